#include <kube/yaml.h>
#include <string.h>

#include "base/fail.h"
#include "config/config_value.h"

static kube_value_t *text_value(kube_tree_t *tree, const char *text)
{
    return kube_value_string(tree, text, strlen(text));
}

/* Adds a list of one entry: [{ "name": ..., member: { the fields of a part } }]. */
static bool add_list(kube_tree_t *tree, kube_value_t *root, const char *key, const char *member, const char *name,
                     kube_setting_part_t part, const kube_config_t *config, bool secrets)
{
    kube_value_t *list = kube_value_new(tree, KUBE_VALUE_LIST), *entry = kube_value_new(tree, KUBE_VALUE_OBJECT);
    kube_value_t *object = kube_value_new(tree, KUBE_VALUE_OBJECT);
    return list && entry && object && kube_settings_add(tree, &kube_config_settings, part, config, secrets, object) &&
           kube_object_set(tree, entry, "name", 4, text_value(tree, name)) &&
           kube_object_set(tree, entry, member, strlen(member), object) && kube_list_add(tree, list, entry) &&
           kube_object_set(tree, root, key, strlen(key), list);
}

static kube_value_t *build(kube_tree_t *tree, const kube_config_t *config, bool secrets)
{
    /* A configuration that is none of a kubeconfig's gets names, so that it can be read as one. */
    kube_config_t named = kube_config_with_uris(config, secrets);
    named.cluster = config->cluster && *config->cluster ? config->cluster : "cluster";
    named.user = config->user && *config->user ? config->user : "user";
    const char *context = config->context && *config->context ? config->context : "context";
    kube_value_t *root = kube_value_new(tree, KUBE_VALUE_OBJECT);
    bool ok = root && kube_object_set(tree, root, "apiVersion", 10, text_value(tree, "v1")) &&
              kube_object_set(tree, root, "kind", 4, text_value(tree, "Config")) &&
              add_list(tree, root, "clusters", "cluster", named.cluster, KUBE_PART_CLUSTER, &named, secrets) &&
              add_list(tree, root, "users", "user", named.user, KUBE_PART_USER, &named, secrets) &&
              add_list(tree, root, "contexts", "context", context, KUBE_PART_CONTEXT, &named, secrets) &&
              kube_object_set(tree, root, "current-context", 15, text_value(tree, context));
    return ok ? root : NULL;
}

int kube_config_print(const kube_config_t *config, unsigned flags, kube_buffer_t *buffer, kube_error_t *err)
{
    kube_error_reset(err);
    if (!config || !buffer)
        return kube_fail(err, KUBE_E_USAGE, "%s is NULL", config ? "buffer" : "config");
    if (flags & ~(unsigned)KUBE_CONFIG_SECRETS)
        return kube_fail(err, KUBE_E_USAGE, "flags %#x are none of KUBE_CONFIG_*", flags);
    kube_tree_t tree = { .secret = true };
    kube_buffer_t json = { 0 };
    kube_value_t *root = build(&tree, config, flags & KUBE_CONFIG_SECRETS);
    int code = root && kube_value_write(&tree, root, &json) ? KUBE_OK : kube_fail(err, tree.code, "out of memory");
    if (code == KUBE_OK)
        code = kube_yaml_from_json(json.data, json.len, buffer, err);
    kube_buffer_wipe(&json);
    kube_tree_dispose(&tree);
    return code;
}
