/* Lists. */
#include "cases.h"

typedef kube_core_v1_config_map_list_t config_map_list_t;

/* Lists the case's ConfigMaps; NULL: the case has failed. The list lives as long as the case. */
static config_map_list_t *list(test_t *t, const kube_list_options_t *options)
{
    config_map_list_t *found = NULL;
    kube_list_options_t used = options ? *options : (kube_list_options_t){ 0 };
    if (!used.field_selector)
        used.field_selector = OURS;
    CHECK_OK(t, kube_core_v1_config_map_list(t->client, NULL, &used, &found, &t->err));
    keep(t, found);
    return found;
}

static const char *names(test_t *t, const config_map_list_t *found)
{
    const char *joined = "";
    for (size_t i = 0; found && i < found->items.len; i++)
        joined = text(t, "%s%s%s", joined, i ? " " : "", found->items.items[i].metadata->name);
    return joined;
}

static void all_of_it(test_t *t)
{
    REQUIRE(t, make_config_map(t, "b", "2") && make_config_map(t, "a", "1"));
    config_map_list_t *found = list(t, NULL);
    REQUIRE(t, found);
    CHECK_STR(t, names(t, found), "a b");
    CHECK_STR(t, value_of(&found->items.items[0]), "1");
    CHECK_STR(t, found->items.items[0].kind, "ConfigMap");
    CHECK_STR(t, found->items.items[0].api_version, "v1");
    CHECK_STR(t, found->kind, "ConfigMapList");
    CHECK(t, found->metadata->resource_version && *found->metadata->resource_version);
    CHECK(t, !found->metadata->continue_ || !*found->metadata->continue_);
}

static void empty(test_t *t)
{
    config_map_list_t *found = list(t, NULL);
    REQUIRE(t, found);
    CHECK_INT(t, found->items.len, 0);
    CHECK(t, found->items.items != NULL);
    CHECK(t, found->metadata->resource_version != NULL);
}

static void pages(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 5));
    kube_list_options_t options = { .limit = 2, .label_selector = "" };
    const char *all = "";
    for (int page = 0; page < 3; page++) {
        config_map_list_t *found = NULL;
        REQUIRE_OK(t, kube_core_v1_config_map_list(t->client, NULL, &options, &found, &t->err));
        keep(t, found);
        for (size_t i = 0; i < found->items.len; i++) {
            if (strcmp(found->items.items[i].metadata->name, "kube-root-ca.crt") != 0)
                all = text(t, "%s %s", all, found->items.items[i].metadata->name);
        }
        options.continue_ = found->metadata->continue_;
        if (!options.continue_ || !*options.continue_)
            break;
        CHECK(t, found->items.len <= 2);
    }
    CHECK_STR(t, all, " p-0 p-1 p-2 p-3 p-4");
}

static void remaining(test_t *t)
{
    kube_coordination_v1_lease_list_t *found = NULL;
    kube_list_options_t options = { .limit = 2 };
    for (int i = 0; i < 5; i++) {
        kube_coordination_v1_lease_t lease = { .metadata = &(kube_meta_v1_object_meta_t){ .name = text(t, "l-%d", i) } };
        REQUIRE_OK(t, kube_coordination_v1_lease_create(t->client, NULL, &lease, NULL, NULL, &t->err));
    }
    REQUIRE_OK(t, kube_coordination_v1_lease_list(t->client, NULL, &options, &found, &t->err));
    keep(t, found);
    CHECK_INT(t, found->items.len, 2);
    CHECK_INT(t, found->metadata->remaining_item_count.value, 3);
}

/* All pages show the state of the first one. */
static void pages_are_one_state(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 4));
    config_map_list_t *first = list(t, &(kube_list_options_t){ .limit = 2 });
    REQUIRE(t, first && first->metadata->continue_);
    REQUIRE(t, make_config_map(t, "p-9", "late") && delete_config_map(t, "p-3") && set_value(t, "p-2", "changed"));
    kube_list_options_t options = { .limit = 10, .continue_ = first->metadata->continue_ };
    config_map_list_t *second = list(t, &options);
    REQUIRE(t, second);
    CHECK_STR(t, names(t, second), "p-2 p-3");
    CHECK_STR(t, value_of(&second->items.items[0]), "2");
    CHECK_STR(t, second->metadata->resource_version, first->metadata->resource_version);
}

static void by_label(test_t *t)
{
    static const struct { const char *selector, *names; } selections[] = {
        { "app=web", "a b" }, { "app==db", "c" }, { "app!=web", "c d" }, { "app in (web,db)", "a b c" }, { "app notin (web)", "c d" },
        { "app", "a b c" }, { "!app", "d" }, { "app=web,app!=db", "a b" }, { "app=none", "" },
    };
    REQUIRE(t, make_labelled(t, "a", "web") && make_labelled(t, "b", "web") && make_labelled(t, "c", "db") && make_config_map(t, "d", "1"));
    for (size_t i = 0; i < COUNT(selections); i++)
        CHECK_STR(t, names(t, list(t, &(kube_list_options_t){ .label_selector = selections[i].selector })), selections[i].names);
}

static void by_selector_object(test_t *t)
{
    kube_label_selector_t *selector = NULL;
    kube_meta_v1_label_selector_t wanted = { .match_labels = KUBE_MAP({ "app", "web" }) };
    REQUIRE(t, make_labelled(t, "a", "web") && make_labelled(t, "c", "db"));
    REQUIRE_OK(t, kube_label_selector_from(&wanted, &selector, &t->err));
    kube_list_options_t options = { .label_selector = text(t, "%s", kube_label_selector_text(selector)) };
    kube_label_selector_free(selector);
    CHECK_STR(t, names(t, list(t, &options)), "a");
}

static void by_field(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 3));
    CHECK_STR(t, names(t, list(t, &(kube_list_options_t){ .field_selector = "metadata.name=p-1" })), "p-1");
    CHECK_STR(t, names(t, list(t, &(kube_list_options_t){ .field_selector = OURS ",metadata.name!=p-1" })), "p-0 p-2");
}

static void pods_by_node(test_t *t)
{
    kube_core_v1_pod_list_t *found = NULL;
    REQUIRE(t, make_pod(t, "a", "node-1") && make_pod(t, "b", NULL));
    REQUIRE_OK(t, kube_core_v1_pod_list(t->client, NULL, &(kube_list_options_t){ .field_selector = "spec.nodeName=node-1" }, &found, &t->err));
    keep(t, found);
    CHECK(t, found->items.len == 1 && strcmp(found->items.items[0].metadata->name, "a") == 0);
}

static void bad_selectors(test_t *t)
{
    kube_list_options_t label = { .label_selector = "a in (" }, field = { .field_selector = "data.k=1" };
    CHECK_CODE(t, kube_core_v1_config_map_list(t->client, NULL, &label, NULL, &t->err), KUBE_E_BAD_REQUEST);
    CHECK_CODE(t, kube_core_v1_config_map_list(t->client, NULL, &field, NULL, &t->err), KUBE_E_BAD_REQUEST);
    CHECK(t, strstr(t->err.message, "\"data.k\" is not a known field selector") != NULL);
}

static void all_namespaces(test_t *t)
{
    config_map_list_t *found = NULL;
    const char *app = unique_name(t, "app");
    REQUIRE(t, make_labelled(t, "a", app));
    config_map_t elsewhere = { .metadata = &(kube_meta_v1_object_meta_t){ .name = app, .labels = KUBE_MAP({ "app", app }) } };
    delete_later(t, &kube_core_v1_config_maps, "default", app);
    REQUIRE_OK(t, kube_core_v1_config_map_create(t->client, "default", &elsewhere, NULL, NULL, &t->err));
    kube_list_options_t options = { .label_selector = text(t, "app=%s", app) };
    REQUIRE_OK(t, kube_core_v1_config_map_list(t->client, KUBE_ALL_NAMESPACES, &options, &found, &t->err));
    keep(t, found);
    REQUIRE(t, found->items.len == 2);
    CHECK(t, strcmp(found->items.items[0].metadata->namespace_, found->items.items[1].metadata->namespace_) != 0);
}

static void versions(test_t *t)
{
    REQUIRE(t, make_config_map(t, "a", "1"));
    config_map_list_t *now = list(t, NULL);
    REQUIRE(t, now);
    const char *version = now->metadata->resource_version;
    REQUIRE(t, make_config_map(t, "b", "1"));
    CHECK_STR(t, names(t, list(t, &(kube_list_options_t){ .resource_version = version, .resource_version_match = "Exact" })), "a");
    config_map_list_t *later = list(t, &(kube_list_options_t){ .resource_version = version, .resource_version_match = "NotOlderThan" });
    REQUIRE(t, later);
    CHECK(t, strtoll(later->metadata->resource_version, NULL, 10) >= strtoll(version, NULL, 10));
    CHECK(t, list(t, &(kube_list_options_t){ .resource_version = "0" }) != NULL);
}

static void version_to_come(test_t *t)
{
    kube_list_options_t options = { .resource_version = "9000000000000000", .resource_version_match = "NotOlderThan", .call.max_retries = KUBE_SOME(0) };
    CHECK_CODE(t, kube_core_v1_config_map_list(t->client, NULL, &options, NULL, &t->err), KUBE_E_TIMEOUT);
    CHECK_INT(t, t->err.http_status, 504);
    CHECK(t, strstr(t->err.message, "Too large resource version") != NULL);
}

static void bad_options(test_t *t)
{
    kube_list_options_t match = { .resource_version_match = "Exact" }, version = { .resource_version = "abc" }, token = { .continue_ = "???" };
    CHECK_CODE(t, kube_core_v1_config_map_list(t->client, NULL, &match, NULL, &t->err), KUBE_E_INVALID);
    CHECK(t, kube_core_v1_config_map_list(t->client, NULL, &version, NULL, &t->err) < 0);
    CHECK_CODE(t, kube_core_v1_config_map_list(t->client, NULL, &token, NULL, &t->err), KUBE_E_BAD_REQUEST);
}

static void without_managed_fields(test_t *t)
{
    REQUIRE(t, make_config_map(t, "a", "1"));
    config_map_list_t *with = list(t, NULL), *without = list(t, &(kube_list_options_t){ .decode_flags = KUBE_DECODE_DROP_MANAGED_FIELDS });
    REQUIRE(t, with && without && with->items.len == 1 && without->items.len == 1);
    CHECK_INT(t, with->items.items[0].metadata->managed_fields.len, 1);
    CHECK_INT(t, without->items.items[0].metadata->managed_fields.len, 0);
}

static void items_are_kept_alone(test_t *t)
{
    config_map_list_t *found = NULL;
    REQUIRE(t, make_config_maps(t, "p", 3));
    REQUIRE_OK(t, kube_core_v1_config_map_list(t->client, NULL, &(kube_list_options_t){ .field_selector = OURS }, &found, &t->err));
    const config_map_t *item = &found->items.items[1];
    int code = kube_ref(item);
    kube_free(found);
    REQUIRE_OK(t, code);
    keep(t, item);
    CHECK_STR(t, item->metadata->name, "p-1");
    CHECK_STR(t, value_of(item), "1");
}

static void cluster_scoped(test_t *t)
{
    kube_core_v1_namespace_list_t *found = NULL;
    kube_list_options_t one = { .field_selector = text(t, "metadata.name=%s", t->ns) };
    REQUIRE_OK(t, kube_core_v1_namespace_list(t->client, &one, &found, &t->err));
    keep(t, found);
    CHECK(t, found->items.len == 1 && strcmp(found->items.items[0].status->phase, "Active") == 0);
}

static void large(test_t *t)
{
    REQUIRE(t, make_config_maps(t, "p", 300));
    config_map_list_t *found = list(t, NULL);
    REQUIRE(t, found && found->items.len == 300);
    for (size_t i = 1; i < 300; i++)
        REQUIRE(t, strcmp(found->items.items[i - 1].metadata->name, found->items.items[i].metadata->name) < 0);
}

static void compressed(test_t *t)
{
    config_map_list_t *plain = NULL, *packed = NULL;
    kube_client_t *client = new_client(t, &(kube_client_options_t){ .gzip = true });
    char *value = malloc(64 * 1024 + 1);
    REQUIRE(t, value && client);
    defer(t, free, value);
    memset(value, 'z', 64 * 1024);
    value[64 * 1024] = '\0';
    for (int i = 0; i < 4; i++)
        REQUIRE(t, make_config_map(t, text(t, "p-%d", i), value));
    REQUIRE_OK(t, kube_core_v1_config_map_list(t->client, NULL, NULL, &plain, &t->err));
    keep(t, plain);
    kube_list_options_t exact = { .resource_version = plain->metadata->resource_version, .resource_version_match = "Exact" };
    REQUIRE_OK(t, kube_core_v1_config_map_list(client, NULL, &exact, &packed, &t->err));
    keep(t, packed);
    CHECK(t, kube_equal(&kube_core_v1_config_map_list_type, plain, packed));
}

const test_case_t lists_cases[] = {
    { "list/all-of-it", all_of_it },
    { "list/empty", empty },
    { "list/pages", pages },
    { "list/tells-what-remains", remaining },
    { "list/pages-are-of-one-state", pages_are_one_state },
    { "list/by-label", by_label },
    { "list/by-selector-object", by_selector_object },
    { "list/by-field", by_field },
    { "list/pods-by-node", pods_by_node },
    { "list/bad-selectors", bad_selectors },
    { "list/all-namespaces", all_namespaces },
    { "list/resource-versions", versions },
    { "list/version-to-come", version_to_come },
    { "list/bad-options", bad_options },
    { "list/without-managed-fields", without_managed_fields },
    { "list/items-are-kept-alone", items_are_kept_alone },
    { "list/cluster-scoped", cluster_scoped },
    { "list/many", large },
    { "list/compressed", compressed },
    { 0 },
};
