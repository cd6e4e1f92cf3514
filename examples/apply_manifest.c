/*
 * Applies every object of a manifest, of whatever kind, server side: apply_manifest FILE. Kinds are found by apiVersion and kind
 * in a registry of the built-in ones; a program adds those of its own custom resources to it.
 */
#include <kube/k8s.h>
#include <kube/kube.h>
#include <stdio.h>

static int apply(kube_client_t *client, const kube_scheme_t *scheme, const kube_buffer_t *json, kube_error_t *err)
{
    kube_type_meta_t meta;
    kube_decode_options_t strict = { .flags = KUBE_DECODE_STRICT };
    kube_apply_options_t options = { .field_manager = "apply-manifest-example", .field_validation = "Strict" };
    void *object = NULL;
    int code = kube_json_type_meta(json->data, json->len, &meta, err);
    if (code != KUBE_OK)
        return code;
    const kube_type_t *type = kube_scheme_type(scheme, meta.api_version, meta.kind);
    const kube_resource_t *resource = kube_scheme_resource_of(scheme, type);
    if (!resource) {
        snprintf(err->message, sizeof(err->message), "%s %s is no kind that this program knows", meta.api_version, meta.kind);
        return KUBE_E_UNKNOWN_TYPE;
    }
    code = kube_json_decode(type, json->data, json->len, &strict, &object, err);
    if (code == KUBE_OK)
        code = kube_apply(client, resource, NULL, object, &options, NULL, err);
    if (code == KUBE_OK)
        printf("%s/%s\n", resource->plural, kube_meta_name(type, object));
    kube_free(object);
    return code;
}

static int apply_all(kube_client_t *client, const kube_scheme_t *scheme, const kube_buffer_t *text, kube_error_t *err)
{
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text->data, text->len, NULL);
    kube_buffer_t json = { 0 };
    bool found = true;
    int code = reader ? KUBE_OK : KUBE_E_NO_MEMORY;
    while (code == KUBE_OK && (code = kube_yaml_reader_next(reader, &json, &found, err)) == KUBE_OK && found) {
        code = apply(client, scheme, &json, err);
        kube_buffer_clear(&json);
    }
    kube_buffer_dispose(&json);
    kube_yaml_reader_free(reader);
    return code;
}

static bool read_file(const char *path, kube_buffer_t *text)
{
    char block[4096];
    FILE *file = fopen(path, "rb");
    for (size_t got; file && (got = fread(block, 1, sizeof(block), file)) > 0;)
        kube_buffer_append(text, block, got);
    bool complete = file && !ferror(file) && !text->failed;
    if (file)
        fclose(file);
    return complete;
}

int main(int argc, char **argv)
{
    kube_error_t err = { .message = "the file cannot be read" };
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_buffer_t text = { 0 };
    kube_scheme_t *scheme = kube_scheme_new();

    int code = argc > 1 && scheme && read_file(argv[1], &text) ? kube_scheme_add(scheme, kube_k8s_packages) : KUBE_E_IO;
    if (code == KUBE_OK)
        code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = apply_all(client, scheme, &text, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "apply_manifest: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    kube_scheme_free(scheme);
    kube_buffer_dispose(&text);
    return code == KUBE_OK ? 0 : 1;
}
