/* What is done to JSON text without a type: checking, indenting, finding apiVersion and kind. */
#include "base/fail.h"
#include "object/json_variant.h"

/* The copy may hold secrets. */
static void give_copy(kube_chunk_t *copy, const char *padded, size_t len)
{
    kube_mem_wipe((char *)padded, len);
    kube_chunk_give(NULL, copy);
}

/* Checks text; on success *copy and *padded hold it with padding behind. */
static int check(const char *text, size_t len, unsigned max_depth, const char **padded, kube_chunk_t **copy, kube_error_t *err)
{
    *padded = kube_json_padded(text, len, 0, NULL, copy);
    if (!*padded)
        return kube_fail_memory(err);
    unsigned depth = max_depth ? max_depth : KUBE_DEPTH_DEFAULT;
    kube_decoder_t d = { .begin = *padded, .end = *padded + len, .err = err,
                         .max_depth = depth < KUBE_DEPTH_MAX ? depth : KUBE_DEPTH_MAX };
    const char *p = kube_json_variant()->skip(&d, *padded);
    if (p && p != d.end)
        kube_decode_fail(&d, p, KUBE_E_PARSE, "there is more behind the value");
    if (d.code != KUBE_OK) {
        give_copy(*copy, *padded, len);
        *copy = NULL;
    }
    return d.code;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The end of the string whose opening quote is at p; the text is well-formed. */
static const char *string_end(const char *p)
{
    for (p++; *p != '"'; p++)
        p += *p == '\\';
    return p + 1;
}

static void append_compact(kube_buffer_t *buffer, const char *p, const char *end)
{
    while (p < end) {
        const char *start = p;
        while (p < end && !is_space(*p))
            p = *p == '"' ? string_end(p) : p + 1;
        kube_buffer_append(buffer, start, (size_t)(p - start));
        while (p < end && is_space(*p))
            p++;
    }
}

static void append_line(kube_buffer_t *buffer, size_t level)
{
    static const char spaces[] = "                                ";
    kube_buffer_append(buffer, "\n", 1);
    for (size_t left = 2 * level; left > 0;) {
        size_t n = left < sizeof spaces - 1 ? left : sizeof spaces - 1;
        kube_buffer_append(buffer, spaces, n);
        left -= n;
    }
}

static const char *skip_spaces(const char *p, const char *end)
{
    while (p < end && is_space(*p))
        p++;
    return p;
}

static void append_indented(kube_buffer_t *buffer, const char *p, const char *end)
{
    size_t level = 0;
    for (p = skip_spaces(p, end); p < end; p = skip_spaces(p, end)) {
        const char *start = p;
        p = *p == '"' ? string_end(p) : p + 1;
        if (*start == '{' || *start == '[') {
            const char *inside = skip_spaces(p, end);
            kube_buffer_append(buffer, start, 1);
            if (*inside == '}' || *inside == ']') {
                kube_buffer_append(buffer, inside, 1);
                p = inside + 1;
            } else {
                append_line(buffer, ++level);
            }
        } else if (*start == '}' || *start == ']') {
            append_line(buffer, --level);
            kube_buffer_append(buffer, start, 1);
        } else {
            kube_buffer_append(buffer, start, (size_t)(p - start));
            if (*start == ',')
                append_line(buffer, level);
            else if (*start == ':')
                kube_buffer_append(buffer, " ", 1);
        }
    }
    kube_buffer_append(buffer, "\n", 1);
}

static int transform(const char *text, size_t len, unsigned max_depth, kube_buffer_t *buffer,
                     void (*append)(kube_buffer_t *buffer, const char *p, const char *end), kube_error_t *err)
{
    const char *padded;
    kube_chunk_t *copy;
    kube_error_reset(err);
    if (!text || (buffer && buffer->failed))
        return kube_fail(err, KUBE_E_USAGE, "text is NULL, or the buffer has failed");
    int result = check(text, len, max_depth, &padded, &copy, err);
    if (result != KUBE_OK)
        return result;
    if (buffer) {
        size_t before = buffer->len;
        append(buffer, padded, padded + len);
        if (buffer->failed) {
            buffer->len = before;
            buffer->failed = false;
            if (buffer->data)
                buffer->data[before] = '\0';
            result = kube_fail_memory(err);
        }
    }
    give_copy(copy, padded, len);
    return result;
}

int kube_json_check(const char *text, size_t len, unsigned max_depth, kube_buffer_t *compact, kube_error_t *err)
{
    return transform(text, len, max_depth, compact, append_compact, err);
}

int kube_json_indent(const char *text, size_t len, kube_buffer_t *buffer, kube_error_t *err)
{
    if (!buffer) {
        kube_error_reset(err);
        return kube_fail(err, KUBE_E_USAGE, "buffer is NULL");
    }
    return transform(text, len, KUBE_DEPTH_MAX, buffer, append_indented, err);
}

/* ---- apiVersion and kind ---- */

static bool is_key(const char *p, const char *end, const char *name)
{
    size_t len = strlen(name);
    return (size_t)(end - p) == len + 2 && memcmp(p + 1, name, len) == 0;
}

/* The plain text of a string value; left "" for other values and for escapes, which neither a version nor a kind has. */
static void copy_value(char *to, size_t size, const char *p, const char *end)
{
    if (*p == '"' && !memchr(p, '\\', (size_t)(end - p)) && (size_t)(end - p) - 2 < size)
        kube_copy_cut(to, size, p + 1, (size_t)(end - p) - 2);
}

/* Walks the members of the object at p until both are found. */
static void find_type_meta(kube_decoder_t *d, const char *p, kube_type_meta_t *out)
{
    const kube_json_variant_t *variant = kube_json_variant();
    p = skip_spaces(p, d->end);
    if (*p != '{') {
        kube_decode_fail(d, p, KUBE_E_PARSE, "expected an object");
        return;
    }
    p = skip_spaces(p + 1, d->end);
    if (*p == '}')
        return;
    while (!*out->api_version || !*out->kind) {
        const char *key = p;
        if (*p != '"') {
            kube_decode_fail(d, p, KUBE_E_PARSE, "expected a key");
            return;
        }
        p = variant->skip(d, p);
        if (!p)
            return;
        const char *key_end = string_end(key);
        if (*p != ':') {
            kube_decode_fail(d, p, KUBE_E_PARSE, "expected :");
            return;
        }
        const char *value = skip_spaces(p + 1, d->end);
        p = variant->skip(d, value);
        if (!p)
            return;
        if (is_key(key, key_end, "apiVersion"))
            copy_value(out->api_version, sizeof out->api_version, value, *value == '"' ? string_end(value) : p);
        else if (is_key(key, key_end, "kind"))
            copy_value(out->kind, sizeof out->kind, value, *value == '"' ? string_end(value) : p);
        if (*p == '}')
            return;
        if (*p != ',') {
            kube_decode_fail(d, p, KUBE_E_PARSE, "expected , or }");
            return;
        }
        p = skip_spaces(p + 1, d->end);
    }
}

const char *kube_json_member(const char *p, const char *end, const char *name)
{
    kube_decoder_t d = { .begin = p, .end = end, .max_depth = KUBE_DEPTH_MAX };
    const char *found = p;
    for (p = skip_spaces(p, end) + 1; (p = skip_spaces(p, end)) && *p == '"'; p++) {
        const char *key = p, *value = skip_spaces(skip_spaces(string_end(key), end) + 1, end);
        if (is_key(key, string_end(key), name))
            found = value;
        p = kube_json_variant()->skip(&d, value);
        if (!p || *p != ',')
            break;
    }
    return found;
}

int kube_json_type_meta(const char *text, size_t len, kube_type_meta_t *out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!text || !out)
        return kube_fail(err, KUBE_E_USAGE, "text or out is NULL");
    memset(out, 0, sizeof *out);
    kube_chunk_t *copy;
    const char *padded = kube_json_padded(text, len, 0, NULL, &copy);
    if (!padded)
        return kube_fail_memory(err);
    kube_decoder_t d = { .begin = padded, .end = padded + len, .err = err, .max_depth = KUBE_DEPTH_DEFAULT };
    find_type_meta(&d, padded, out);
    kube_chunk_give(NULL, copy);
    return d.code;
}
