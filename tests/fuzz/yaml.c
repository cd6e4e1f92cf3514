/* Any bytes are read or refused; what was read is written, and from then on YAML and JSON say the same of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kube/yaml.h>

static void must(bool condition, const char *what, const kube_buffer_t *json, const kube_buffer_t *yaml)
{
    if (condition)
        return;
    fprintf(stderr, "%s\nJSON: %.*s\nYAML: %.*s\n", what, (int)json->len, json->data, (int)yaml->len, yaml->data ? yaml->data : "");
    abort();
}

/* JSON to YAML to JSON. */
static void convert(const kube_buffer_t *json, kube_buffer_t *yaml, kube_buffer_t *back)
{
    bool found = false;
    kube_buffer_clear(yaml);
    kube_buffer_clear(back);
    must(kube_yaml_from_json(json->data, json->len, yaml, NULL) == 0, "not written", json, yaml);
    kube_yaml_reader_t *reader = kube_yaml_reader_new(yaml->data, yaml->len, NULL);
    must(reader && kube_yaml_reader_next(reader, back, &found, NULL) == 0 && found, "not read back", json, yaml);
    kube_yaml_reader_free(reader);
}

static void check_document(const kube_buffer_t *json)
{
    kube_buffer_t yaml = { 0 }, first = { 0 }, second = { 0 };
    must(kube_json_check(json->data, json->len, 0, NULL, NULL) == 0, "not JSON", json, &yaml);
    /* JSON documents keep the text of their numbers, which YAML writes in one way only: hence twice. */
    convert(json, &yaml, &first);
    convert(&first, &yaml, &second);
    must(first.len == second.len && memcmp(first.data, second.data, first.len) == 0, "changed", &first, &yaml);
    kube_buffer_dispose(&yaml);
    kube_buffer_dispose(&first);
    kube_buffer_dispose(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kube_yaml_options_t options = { .max_json_bytes = 1 << 20 };
    kube_buffer_t json = { 0 };
    kube_error_t err;
    bool found = true;
    int result = 0;
    kube_yaml_reader_t *reader = kube_yaml_reader_new((const char *)data, size, &options);
    while (reader && result == 0 && found) {
        kube_buffer_clear(&json);
        result = kube_yaml_reader_next(reader, &json, &found, &err);
        if (result == 0 && found) {
            must(kube_yaml_reader_line(reader, 0) > 0, "no line", &json, &json);
            check_document(&json);
        }
    }
    must(result == 0 || (err.offset <= size && err.message[0] && !strchr(err.message, '\n')), "a bad error", &json, &json);
    kube_yaml_reader_free(reader);
    kube_buffer_dispose(&json);
    return 0;
}
