/*
 * libkube. Warm: chunks from a pool, an output buffer used again. Variants:
 *     huge     huge pages for the chunks
 *     packed   each item of the list decoded by itself, in an arena of its own
 *     cache    without managedFields, equal strings held once
 *     strict   unknown fields refused: for checks of the corpora
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <kube/json.h>
#include <kube/k8s.h>
#include <kube/object.h>
#include "harness.h"

typedef struct span {
    const char *text;
    size_t len;
} span_t;

static const input_t *input;
static kube_scheme_t *scheme;
static const kube_type_t *type; /* of what is decoded: the list, or its items */
static kube_decode_options_t options;
static kube_pool_t *pool;
static kube_buffer_t buffer;
static span_t *spans; /* what is decoded: the whole input, or each item */
static void **objects;
static size_t count;

/* Behind the JSON value at text, which is well-formed. */
static const char *skip_value(const char *text)
{
    int depth = 0;
    bool quoted = false;
    do {
        if (*text == '\\')
            text++;
        else if (*text == '"')
            quoted = !quoted;
        else if (!quoted && (*text == '{' || *text == '['))
            depth++;
        else if (!quoted && (*text == '}' || *text == ']'))
            depth--;
        text++;
    } while (depth > 0 || quoted);
    return text;
}

static bool add_span(const char *text, size_t len)
{
    if ((count & (count + 1)) == 0) { /* room for 2 to the n, less one, is used up */
        span_t *grown = realloc(spans, (2 * count + 2) * sizeof *spans);
        if (!grown)
            return false;
        spans = grown;
    }
    spans[count++] = (span_t){text, len};
    return true;
}

/* Of a list as the generator writes it: compact, `items` last, and found first at the top. */
static bool find_items(void)
{
    static const char items[] = "\"items\":[";
    const char *at = strstr(input->text, items);
    if (!at)
        return false;
    for (at += sizeof items - 1; *at == '{' || *at == ',';) {
        at += *at == ',';
        const char *end = skip_value(at);
        if (!add_span(at, (size_t)(end - at)))
            return false;
        at = end;
    }
    return true;
}

static const kube_type_t *item_type(void)
{
    char kind[128];
    snprintf(kind, sizeof kind, "%.*s", (int)(strlen(input->kind) - strlen("List")), input->kind);
    return kube_scheme_type(scheme, input->api_version, kind);
}

static bool choose_variant(void)
{
    bool packed = strcmp(input->variant, "packed") == 0;
    bool huge = strcmp(input->variant, "huge") == 0;
    options.flags = KUBE_DECODE_PADDED;
    if (packed)
        options.flags |= KUBE_DECODE_PACKED;
    else if (strcmp(input->variant, "cache") == 0)
        options.flags |= KUBE_DECODE_DROP_MANAGED_FIELDS | KUBE_DECODE_INTERN;
    else if (strcmp(input->variant, "strict") == 0)
        options.flags |= KUBE_DECODE_STRICT;
    else if (!huge && *input->variant)
        return false;
    if (input->warm || huge) {
        pool = kube_pool_new(&(kube_pool_options_t){.max_bytes = 8 * input->len + (64u << 20), .huge_pages = huge});
        options.pool = pool;
    }
    return packed ? find_items() : add_span(input->text, input->len);
}

static bool prepare(const input_t *given)
{
    input = given;
    scheme = kube_scheme_new();
    if (!scheme || kube_scheme_add(scheme, kube_k8s_packages) != KUBE_OK || !choose_variant())
        return false;
    type = strcmp(input->variant, "packed") == 0 ? item_type() : kube_scheme_type(scheme, input->api_version, input->kind);
    objects = calloc(count + 1, sizeof *objects);
    return type && objects;
}

static bool decode(void)
{
    for (size_t i = 0; i < count; i++) {
        kube_error_t error;
        if (kube_json_decode(type, spans[i].text, spans[i].len, &options, &objects[i], &error) != KUBE_OK) {
            fprintf(stderr, "libkube: %s: %s\n", error.path, error.message);
            return false;
        }
    }
    return true;
}

static void release(void)
{
    for (size_t i = 0; i < count; i++)
        kube_free(objects[i]);
}

/* Items that were decoded one by one are put back into the list's text, so that every variant's output is the input's value. */
static bool encode(output_t *output)
{
    kube_buffer_clear(&buffer);
    const char *copied = input->text;
    for (size_t i = 0; i < count; i++) {
        kube_buffer_append(&buffer, copied, (size_t)(spans[i].text - copied));
        copied = spans[i].text + spans[i].len;
        if (kube_json_encode(type, objects[i], 0, &buffer, NULL) != KUBE_OK)
            return false;
    }
    kube_buffer_append(&buffer, copied, (size_t)(input->text + input->len - copied));
    *output = (output_t){buffer.data, buffer.len};
    return !buffer.failed;
}

static void release_output(void)
{
    if (!input->warm)
        kube_buffer_dispose(&buffer);
}

static size_t object_bytes(void)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += kube_memory_used(objects[i]);
    return bytes;
}

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, object_bytes};
    int status = peer_main(&peer, argc, argv);
    kube_buffer_dispose(&buffer);
    kube_pool_free(pool);
    kube_scheme_free(scheme);
    free(spans);
    free(objects);
    return status;
}
