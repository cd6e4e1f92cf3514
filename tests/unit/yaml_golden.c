/*
 * Every case of tests/golden/yaml/table.jsonl (what the Kubernetes tools make of YAML) against the reader, save those that
 * tests/golden/yaml/exceptions.jsonl lists with the reader's own result and the reason.
 */
#include <jansson.h>

#include <kube/yaml.h>

#include "object/json_scan.h"
#include "test.h"

#define FOLDER "tests/golden/yaml/"

typedef struct {
    const char *text; /* "name":value */
    size_t name_len, order;
    char *value;
} member_t;

static char *canonical(const char **at, const char *end, bool *duplicate);

static int by_name(const void *left, const void *right)
{
    const member_t *a = left, *b = right;
    size_t len = a->name_len < b->name_len ? a->name_len : b->name_len;
    int difference = memcmp(a->text, b->text, len - 1);
    if (difference == 0)
        difference = (a->name_len > b->name_len) - (a->name_len < b->name_len);
    return difference ? difference : (a->order > b->order) - (a->order < b->order);
}

static char *canonical_object(const char **at, const char *end, bool *duplicate)
{
    member_t members[256];
    size_t count = 0;
    kube_buffer_t out = { 0 };
    for (kube_json_token_t name; (name = kube_json_scan(at, end)).kind == KUBE_JSON_STRING && count < 256; count++)
        members[count] = (member_t){ name.text, name.len, count, canonical(at, end, duplicate) };
    qsort(members, count, sizeof *members, by_name);
    kube_buffer_puts(&out, "{");
    for (size_t i = 0; i < count; i++) {
        bool same = i + 1 < count && members[i].name_len == members[i + 1].name_len &&
                    memcmp(members[i].text, members[i + 1].text, members[i].name_len) == 0;
        *duplicate |= same;
        if (!same)
            kube_buffer_printf(&out, "%s%.*s:%s", out.len > 1 ? "," : "", (int)members[i].name_len, members[i].text, members[i].value);
        free(members[i].value);
    }
    kube_buffer_puts(&out, "}");
    return out.data;
}

static char *canonical_array(const char **at, const char *end, bool *duplicate)
{
    kube_buffer_t out = { 0 };
    kube_buffer_puts(&out, "[");
    for (;;) {
        const char *item = *at;
        kube_json_token_t token = kube_json_scan(&item, end);
        if (token.kind == KUBE_JSON_ARRAY_END || token.kind == KUBE_JSON_END) {
            *at = item;
            kube_buffer_puts(&out, "]");
            return out.data;
        }
        char *value = canonical(at, end, duplicate);
        kube_buffer_printf(&out, "%s%s", out.len > 1 ? "," : "", value);
        free(value);
    }
}

/* Members sorted, of duplicate ones the last. Allocated with malloc. */
static char *canonical(const char **at, const char *end, bool *duplicate)
{
    kube_json_token_t token = kube_json_scan(at, end);
    if (token.kind == KUBE_JSON_OBJECT)
        return canonical_object(at, end, duplicate);
    if (token.kind == KUBE_JSON_ARRAY)
        return canonical_array(at, end, duplicate);
    return strndup(token.text, token.len);
}

typedef struct {
    char *documents; /* joined by newlines, or "error" */
    bool duplicate;
} reading_t;

static reading_t read_all(const char *text, size_t len)
{
    reading_t reading = { 0 };
    kube_buffer_t out = { 0 }, json = { 0 };
    kube_error_t err;
    bool found;
    int result;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, NULL);
    kube_buffer_puts(&out, "");
    while ((result = kube_yaml_reader_next(reader, &json, &found, &err)) == 0 && found) {
        const char *at = json.data;
        CHECK_INT(kube_json_check(json.data, json.len, 0, NULL, NULL), 0);
        char *document = canonical(&at, json.data + json.len, &reading.duplicate);
        kube_buffer_printf(&out, "%s\n", document);
        free(document);
        kube_buffer_clear(&json);
    }
    if (result < 0) {
        CHECK_INT(result, KUBE_E_PARSE);
        CHECK(err.line >= 1 && err.offset <= len && err.message[0] && !strchr(err.message, '\n'));
        kube_buffer_clear(&out);
        kube_buffer_puts(&out, "error");
    }
    kube_yaml_reader_free(reader);
    kube_buffer_dispose(&json);
    reading.documents = out.data;
    return reading;
}

static char *expected_documents(const json_t *row)
{
    const json_t *documents = json_object_get(row, "json"), *document;
    size_t i;
    kube_buffer_t out = { 0 };
    kube_buffer_puts(&out, json_is_string(documents) ? "error" : "");
    json_array_foreach(documents, i, document)
        kube_buffer_printf(&out, "%s\n", json_string_value(document));
    return out.data;
}

static json_t *read_table(const char *path)
{
    json_t *rows = json_array();
    json_error_t error;
    FILE *file = fopen(path, "r");
    if (!file)
        printf("%s is missing\n", path);
    for (json_t *row; file && (row = json_loadf(file, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &error));)
        json_array_append_new(rows, row);
    CHECK(file && error.position > 0);
    if (file)
        fclose(file);
    return rows;
}

/* The exceptions by their YAML; a row's key is the dump of the text, because that may hold NUL. */
static json_t *read_exceptions(void)
{
    json_t *rows = read_table(FOLDER "exceptions.jsonl"), *by_text = json_object(), *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        char *key = json_dumps(json_object_get(row, "yaml"), JSON_ENCODE_ANY);
        CHECK(json_is_string(json_object_get(row, "why")));
        CHECK(!json_object_get(by_text, key));
        json_object_set(by_text, key, row);
        free(key);
    }
    json_decref(rows);
    return by_text;
}

static bool check_row(const json_t *row, json_t *exceptions)
{
    const json_t *yaml = json_object_get(row, "yaml");
    char *key = json_dumps(yaml, JSON_ENCODE_ANY), *golden = expected_documents(row);
    json_t *exception = json_object_get(exceptions, key);
    char *expected = exception ? expected_documents(exception) : strdup(golden);
    json_t *own_strict = json_object_get(exception, "strict");
    const char *strict = json_string_value(own_strict ? own_strict : json_object_get(row, "strict"));
    reading_t reading = read_all(json_string_value(yaml), json_string_length(yaml));
    bool same = strcmp(reading.documents, expected) == 0;
    bool same_strict = strcmp(golden, "error") == 0 || strcmp(expected, "error") == 0 || reading.duplicate == (strcmp(strict, "error") == 0);
    if (!same)
        printf("%s\n  is     %s\n  not    %s\n", key, reading.documents, expected);
    if (!same_strict)
        printf("%s\n  duplicate members: %d, not as strict \"%s\"\n", key, reading.duplicate, strict);
    bool stale = exception && strcmp(golden, expected) == 0 && !own_strict;
    if (stale)
        printf("%s\n  is no exception\n", key);
    json_object_del(exceptions, key);
    free(key);
    free(golden);
    free(expected);
    free(reading.documents);
    return same && same_strict && !stale;
}

static void test_table(void)
{
    json_t *rows = read_table(FOLDER "table.jsonl"), *exceptions = read_exceptions(), *row;
    size_t i, failed = 0;
    json_array_foreach(rows, i, row)
        failed += !check_row(row, exceptions);
    CHECK_INT(failed, 0);
    CHECK(json_array_size(rows) > 5000);
    CHECK_INT(json_object_size(exceptions), 0);
    json_decref(rows);
    json_decref(exceptions);
}

int main(void)
{
    RUN(test_table);
    return test_end();
}
