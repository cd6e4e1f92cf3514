/* Objects that cases work on. */
#include "conformance.h"

static const config_map_t *create_config_map(test_t *t, const char *name, const char *value, const char *app)
{
    config_map_t *made = NULL;
    kube_meta_v1_object_meta_t metadata = { .name = name };
    config_map_t wanted = { .metadata = &metadata, .data = KUBE_MAP({ "k", value }) };
    kube_string_entry_t label = { .key = "app", .value = app };
    if (app)
        metadata.labels = (kube_string_map_t){ .items = &label, .len = 1 };
    CHECK_OK(t, kube_core_v1_config_map_create(t->client, NULL, &wanted, NULL, &made, &t->err));
    keep(t, made);
    return made;
}

const config_map_t *make_config_map(test_t *t, const char *name, const char *value)
{
    return create_config_map(t, name, value, NULL);
}

const config_map_t *make_labelled(test_t *t, const char *name, const char *app)
{
    return create_config_map(t, name, name, app);
}

bool make_config_maps(test_t *t, const char *prefix, int count)
{
    bool made = true;
    for (int i = 0; i < count && made; i++)
        made = make_config_map(t, text(t, "%s-%d", prefix, i), text(t, "%d", i)) != NULL;
    return made;
}

bool set_value(test_t *t, const char *name, const char *value)
{
    kube_patch_t patch = merge_patch(text(t, "{\"data\":{\"k\":\"%s\"}}", value));
    return CHECK_OK(t, kube_core_v1_config_map_patch(t->client, NULL, name, &patch, NULL, NULL, &t->err));
}

bool delete_config_map(test_t *t, const char *name)
{
    return CHECK_OK(t, kube_core_v1_config_map_delete(t->client, NULL, name, NULL, NULL, &t->err));
}

const char *map_get(const kube_string_map_t *map, const char *key)
{
    for (size_t i = 0; i < map->len; i++) {
        if (strcmp(map->items[i].key, key) == 0)
            return map->items[i].value;
    }
    return NULL;
}

const char *value_of(const config_map_t *object)
{
    const char *value = object ? map_get(&object->data, "k") : NULL;
    return value ? value : "";
}

const kube_apps_v1_deployment_t *make_deployment(test_t *t, const char *name)
{
    kube_apps_v1_deployment_t *made = NULL;
    kube_apps_v1_deployment_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name },
        .spec = &(kube_apps_v1_deployment_spec_t){
            .replicas = KUBE_SOME(0),
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", name }) },
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", name }) },
                .spec = &(kube_core_v1_pod_spec_t){
                    .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "app", .image = "example.com/app:1" }),
                },
            },
        },
    };
    CHECK_OK(t, kube_apps_v1_deployment_create(t->client, NULL, &wanted, NULL, &made, &t->err));
    keep(t, made);
    return made;
}

bool make_service_account(test_t *t)
{
    kube_core_v1_service_account_t account = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "default" } };
    int code = kube_core_v1_service_account_create(t->client, NULL, &account, NULL, NULL, &t->err);
    return code == KUBE_E_ALREADY_EXISTS || CHECK_OK(t, code);
}

const kube_core_v1_pod_t *make_pod(test_t *t, const char *name, const char *node)
{
    kube_core_v1_pod_t *made = NULL;
    kube_core_v1_pod_t wanted = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = name, .labels = KUBE_MAP({ "app", name }) },
        .spec = &(kube_core_v1_pod_spec_t){
            .node_name = node,
            .automount_service_account_token = KUBE_SOME(false),
            .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "app", .image = "example.com/app:1" }),
        },
    };
    if (!make_service_account(t))
        return NULL;
    CHECK_OK(t, kube_core_v1_pod_create(t->client, NULL, &wanted, NULL, &made, &t->err));
    keep(t, made);
    return made;
}

const kube_core_v1_pod_t *make_settled_pod(test_t *t, const char *name)
{
    kube_core_v1_pod_t *settled = NULL;
    kube_wanted_value_t running = { .path = "status.phase", .value = "Running" };
    kube_wait_options_t options = { .call.timeout_ms = CALL_MS };
    const kube_core_v1_pod_t *made = make_pod(t, name, NULL);
    if (!made || !t->server->double_)
        return made;
    CHECK_OK(t, kube_wait(t->client, &kube_core_v1_pods, NULL, name, kube_wait_value, &running, &options, &settled, &t->err));
    keep(t, settled);
    return settled;
}

static kube_patch_t patch_of(kube_patch_type_t type, const char *text)
{
    return (kube_patch_t){ .type = type, .text = text, .len = strlen(text) };
}

kube_patch_t merge_patch(const char *text)
{
    return patch_of(KUBE_PATCH_TYPE_MERGE, text);
}

kube_patch_t json_patch(const char *text)
{
    return patch_of(KUBE_PATCH_TYPE_JSON, text);
}

kube_patch_t strategic_patch(const char *text)
{
    return patch_of(KUBE_PATCH_TYPE_STRATEGIC, text);
}
