#include "auth/exec_info.h"

#include <string.h>

#include "base/base64.h"
#include "base/fail.h"
#include "config/file.h"
#include "object/tree.h"

static bool put(kube_tree_t *tree, kube_value_t *object, const char *key, kube_value_t *value)
{
    return value && kube_object_set(tree, object, key, strlen(key), value);
}

static bool put_text(kube_tree_t *tree, kube_value_t *object, const char *key, const char *text)
{
    return !text || !*text || put(tree, object, key, kube_value_string(tree, text, strlen(text)));
}

static bool put_true(kube_tree_t *tree, kube_value_t *object, const char *key, bool value)
{
    return !value || put(tree, object, key, kube_value_new(tree, KUBE_VALUE_TRUE));
}

static kube_value_t *encode(kube_tree_t *tree, const char *pem, size_t len)
{
    size_t encoded = kube_base64_encoded_len(len);
    char *text = kube_tree_alloc(tree, encoded + 1);
    if (text)
        kube_base64_encode(text, (const uint8_t *)pem, len);
    return text ? kube_value_string(tree, text, encoded) : NULL;
}

static int put_ca(kube_tree_t *tree, kube_value_t *cluster, const kube_config_t *config, kube_error_t *err)
{
    kube_buffer_t file = { 0 };
    const char *pem = config->ca_pem;
    size_t len = pem ? strlen(pem) : 0;
    int code = KUBE_OK;
    if (!pem && config->ca_file) {
        code = kube_file_read_for("certificate-authority", config->ca_file, &file, err);
        pem = file.data;
        len = file.len;
    }
    if (code == KUBE_OK && len && !put(tree, cluster, "certificate-authority-data", encode(tree, pem, len)))
        code = kube_fail_memory(err);
    kube_buffer_dispose(&file);
    return code;
}

static int put_cluster(kube_tree_t *tree, kube_value_t *spec, const kube_config_t *config, kube_error_t *err)
{
    const kube_json_t *extension = &config->exec->cluster_config;
    kube_value_t *cluster = kube_value_new(tree, KUBE_VALUE_OBJECT);
    bool done = put(tree, spec, "cluster", cluster) && put_text(tree, cluster, "server", config->server) &&
                put_text(tree, cluster, "tls-server-name", config->tls_server_name) &&
                put_text(tree, cluster, "proxy-url", config->proxy_url) &&
                put_true(tree, cluster, "insecure-skip-tls-verify", config->insecure_skip_tls_verify) &&
                put_true(tree, cluster, "disable-compression", config->disable_compression);
    int code = done ? put_ca(tree, cluster, config, err) : kube_fail_memory(err);
    if (code < 0 || !extension->text)
        return code;
    kube_value_t *value = kube_value_parse(tree, extension->text, extension->len, "cluster_config");
    return put(tree, cluster, "config", value) ? KUBE_OK : tree->code;
}

int kube_exec_info(const kube_config_t *config, bool interactive, kube_buffer_t *out, kube_error_t *err)
{
    kube_tree_t tree = { .err = err, .secret = true };
    kube_value_t *root = kube_value_new(&tree, KUBE_VALUE_OBJECT), *spec = kube_value_new(&tree, KUBE_VALUE_OBJECT);
    bool done = root && spec && put_text(&tree, root, "apiVersion", config->exec->api_version) &&
                put_text(&tree, root, "kind", "ExecCredential") && put(&tree, root, "spec", spec) &&
                put(&tree, spec, "interactive", kube_value_new(&tree, interactive ? KUBE_VALUE_TRUE : KUBE_VALUE_FALSE));
    int code = done ? KUBE_OK : kube_fail_memory(err);
    if (code == KUBE_OK && config->exec->provide_cluster_info)
        code = put_cluster(&tree, spec, config, err);
    if (code == KUBE_OK && !kube_value_write(&tree, root, out))
        code = kube_fail_memory(err);
    kube_tree_dispose(&tree);
    return code;
}
