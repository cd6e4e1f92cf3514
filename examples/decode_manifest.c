/*
 * Decodes a manifest file: decode_manifest [FILE]. Reads every document (YAML or JSON), finds its type by apiVersion and kind,
 * and prints what it is; a Deployment is looked into as the C struct that it is.
 */
#include <kube/k8s.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

static void print_deployment(const kube_apps_v1_deployment_t *deployment)
{
    const kube_apps_v1_deployment_spec_t *spec = deployment->spec;
    if (!spec || !spec->template_ || !spec->template_->spec)
        return;
    if (spec->replicas.has)
        printf("  replicas: %d\n", spec->replicas.value);
    for (size_t i = 0; i < spec->template_->spec->containers.len; i++) {
        const kube_core_v1_container_t *container = &spec->template_->spec->containers.items[i];
        printf("  container %s: %s\n", container->name, container->image ? container->image : "(no image)");
    }
}

static int print_document(const kube_scheme_t *scheme, const kube_buffer_t *json, kube_error_t *err)
{
    kube_type_meta_t meta;
    int code = kube_json_type_meta(json->data, json->len, &meta, err);
    if (code != KUBE_OK)
        return code;
    const kube_type_t *type = kube_scheme_type(scheme, meta.api_version, meta.kind);
    if (!type) {
        printf("%s %s: not a built-in type\n", meta.api_version, meta.kind);
        return KUBE_OK;
    }
    void *object;
    code = kube_json_decode(type, json->data, json->len, NULL, &object, err);
    if (code != KUBE_OK)
        return code;
    const char *name = kube_meta_name(type, object);
    printf("%s %s: %s\n", meta.api_version, meta.kind, name ? name : "(no name)");
    if (type == &kube_apps_v1_deployment_type)
        print_deployment(object);
    kube_free(object);
    return KUBE_OK;
}

static int print_documents(const kube_scheme_t *scheme, const char *text, size_t len, kube_error_t *err)
{
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, NULL);
    kube_buffer_t json = { 0 };
    bool found = reader != NULL;
    int code = reader ? KUBE_OK : KUBE_E_NO_MEMORY;
    while (code == KUBE_OK && found) {
        kube_buffer_clear(&json);
        code = kube_yaml_reader_next(reader, &json, &found, err);
        if (code == KUBE_OK && found)
            code = print_document(scheme, &json, err);
    }
    kube_buffer_dispose(&json);
    kube_yaml_reader_free(reader);
    return code;
}

static bool read_file(const char *path, kube_buffer_t *text)
{
    char chunk[4096];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    for (size_t got; (got = fread(chunk, 1, sizeof(chunk), file)) > 0;)
        kube_buffer_append(text, chunk, got);
    bool complete = !ferror(file) && !text->failed;
    fclose(file);
    return complete;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "examples/manifests/web.yaml";
    kube_buffer_t text = { 0 };
    kube_error_t err = { 0 };
    kube_scheme_t *scheme = kube_scheme_new();
    int code = KUBE_E_NO_MEMORY;

    if (!read_file(path, &text)) {
        perror(path);
        code = KUBE_E_IO;
    } else if (scheme && kube_scheme_add(scheme, kube_k8s_packages) == KUBE_OK) {
        code = print_documents(scheme, text.data, text.len, &err);
        if (code != KUBE_OK)
            fprintf(stderr, "%s:%zu: %s: %s (%s)\n", path, err.line, err.path, err.message, kube_code_name(code));
    }
    kube_scheme_free(scheme);
    kube_buffer_dispose(&text);
    return code == KUBE_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
