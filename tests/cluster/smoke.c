/*
 * Typed calls against a server of another version than the types were generated from, and the ways to be known to it:
 *     smoke KUBECONFIG
 */
#include <kube/apps/v1.h>
#include <kube/authentication/v1.h>
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <unistd.h>

#include "../unit/test.h"

static const char *kubeconfig;
static kube_client_t *client;
static kube_error_t err;

static int connect_as(const char *context, kube_client_t **out)
{
    kube_config_t *config = NULL;
    kube_config_options_t options = { .context = context };
    int code = kube_config_load(kubeconfig, &options, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, out, &err);
    kube_config_free(config);
    if (code != KUBE_OK)
        printf("%s: %s\n", context, err.message);
    return code;
}

static void test_ways_to_be_known(void)
{
    static const struct { const char *context; int code; } ways[] = {
        { "admin", KUBE_OK },
        { "admin-files", KUBE_OK },
        { "token", KUBE_OK },
        { "nobody", KUBE_E_FORBIDDEN },
        { "stranger", KUBE_E_UNAUTHORIZED },
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        kube_client_t *other = NULL;
        kube_meta_v1_status_t *status = NULL;
        kube_list_options_t options = { .limit = 1, .call.status = &status };
        CHECK_INT(connect_as(ways[i].context, &other), KUBE_OK);
        CHECK_INT(kube_core_v1_secret_list(other, KUBE_ALL_NAMESPACES, &options, NULL, &err), ways[i].code);
        CHECK((status != NULL) == (ways[i].code != KUBE_OK));
        kube_free(status);
        kube_client_free(other);
    }
}

static void test_tls_names(void)
{
    kube_config_t *config = NULL;
    CHECK_INT(kube_config_load(kubeconfig, NULL, &config, &err), KUBE_OK);
    static const struct { const char *name; int code; } names[] = {
        { "kubernetes.default.svc", KUBE_OK }, { "127.0.0.1", KUBE_OK }, { "somebody.else", KUBE_E_TLS },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        kube_client_t *other = NULL;
        kube_config_t renamed = *config;
        renamed.tls_server_name = names[i].name;
        CHECK_INT(kube_client_new(&renamed, NULL, &other, &err), KUBE_OK);
        CHECK_INT(kube_core_v1_namespace_get(other, "default", NULL, NULL, &err), names[i].code);
        kube_client_free(other);
    }
    kube_config_free(config);
}

/* As in a pod: a service account's token in a file, asked for through the API and replaced by another one. */
static void test_service_account(void)
{
    char path[] = "/tmp/libkube-smoke-XXXXXX";
    kube_config_t *config = NULL;
    kube_client_t *pod = NULL;
    CHECK_INT(kube_config_load(kubeconfig, NULL, &config, &err), KUBE_OK);
    int fd = mkstemp(path);
    for (int round = 0; round < 2; round++) {
        kube_authentication_v1_token_request_t *made = NULL, wish = {
            .spec = &(kube_authentication_v1_token_request_spec_t){ .expiration_seconds = KUBE_SOME(600 + round) },
        };
        kube_authentication_v1_self_subject_review_t review = { 0 }, *self = NULL;
        CHECK_INT(kube_core_v1_service_account_create_token(client, NULL, "default", &wish, NULL, &made, &err), KUBE_OK);
        CHECK(made && pwrite(fd, made->status->token, strlen(made->status->token), 0) > 0);
        kube_config_t from_files = { .server = config->server, .ca_pem = config->ca_pem, .token_file = path };
        if (!pod)
            CHECK_INT(kube_client_new(&from_files, NULL, &pod, &err), KUBE_OK);
        CHECK_INT(kube_authentication_v1_self_subject_review_create(pod, &review, NULL, &self, &err), KUBE_OK);
        CHECK_STR(self ? self->status->user_info->username : NULL, "system:serviceaccount:default:default");
        kube_free(made);
        kube_free(self);
    }
    CHECK_INT(kube_core_v1_secret_list(pod, NULL, NULL, NULL, &err), KUBE_E_FORBIDDEN);
    close(fd);
    unlink(path);
    kube_client_free(pod);
    kube_config_free(config);
}

/* What the library does not know survives its reading and writing. */
static void test_config_map(void)
{
    kube_core_v1_config_map_t map = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "smoke", .labels = KUBE_MAP({ "smoke", "yes" }) },
        .data = KUBE_MAP({ "a", "1" }, { "empty", "" }, { "text", "line\nline \xE2\x82\xAC" }),
    };
    kube_core_v1_config_map_t *made = NULL, *read = NULL, *changed = NULL;
    CHECK_INT(kube_core_v1_config_map_create(client, NULL, &map, NULL, &made, &err), KUBE_OK);
    CHECK_INT(kube_core_v1_config_map_create(client, NULL, &map, NULL, NULL, &err), KUBE_E_ALREADY_EXISTS);
    CHECK_INT(kube_core_v1_config_map_get(client, NULL, "smoke", NULL, &read, &err), KUBE_OK);
    CHECK(kube_equal(&kube_core_v1_config_map_type, made, read));
    CHECK(read && read->data.len == 3);
    CHECK_INT(kube_map_set(read, read, &kube_core_v1_config_map_type, "data", "b", "2"), KUBE_OK);
    CHECK_INT(kube_core_v1_config_map_update(client, NULL, read, NULL, &changed, &err), KUBE_OK);
    CHECK(changed && changed->data.len == 4);
    CHECK_INT(kube_core_v1_config_map_update(client, NULL, made, NULL, NULL, &err), KUBE_E_CONFLICT);
    kube_core_v1_config_map_list_t *list = NULL;
    kube_list_options_t options = { .label_selector = "smoke in (yes)" };
    CHECK_INT(kube_core_v1_config_map_list(client, KUBE_ALL_NAMESPACES, &options, &list, &err), KUBE_OK);
    CHECK(list && list->items.len == 1);
    kube_any_t deleted;
    kube_delete_options_t stale = { .precondition_uid = "not-this-one" };
    CHECK_INT(kube_core_v1_config_map_delete(client, NULL, "smoke", &stale, NULL, &err), KUBE_E_CONFLICT);
    CHECK_INT(kube_core_v1_config_map_delete(client, NULL, "smoke", &(kube_delete_options_t){ .dry_run = true }, NULL, &err), KUBE_OK);
    CHECK_INT(kube_core_v1_config_map_delete(client, NULL, "smoke", NULL, &deleted, &err), KUBE_OK);
    CHECK(deleted.type == &kube_meta_v1_status_type);
    CHECK_INT(kube_core_v1_config_map_get(client, NULL, "smoke", NULL, NULL, &err), KUBE_E_NOT_FOUND);
    kube_free(deleted.object);
    kube_free(list);
    kube_free(made);
    kube_free(read);
    kube_free(changed);
}

static void test_deployment(void)
{
    kube_apps_v1_deployment_t web = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "smoke" },
        .spec = &(kube_apps_v1_deployment_spec_t){
            .replicas = KUBE_SOME(0),
            .selector = &(kube_meta_v1_label_selector_t){ .match_labels = KUBE_MAP({ "app", "smoke" }) },
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .metadata = &(kube_meta_v1_object_meta_t){ .labels = KUBE_MAP({ "app", "smoke" }) },
                .spec = &(kube_core_v1_pod_spec_t){ .containers = KUBE_LIST(kube_core_v1_container_t, { .name = "c", .image = "i" }) },
            },
        },
    };
    kube_apps_v1_deployment_t *applied = NULL, *patched = NULL;
    kube_apply_options_t mine = { .field_manager = "smoke" }, other = { .field_manager = "other" };
    CHECK_INT(kube_apps_v1_deployment_apply(client, NULL, &web, &mine, &applied, &err), KUBE_OK);
    CHECK(applied && applied->spec->replicas.has && applied->spec->replicas.value == 0 && applied->metadata->managed_fields.len >= 1);
    web.spec->replicas.value = 2;
    CHECK_INT(kube_apps_v1_deployment_apply(client, NULL, &web, &other, NULL, &err), KUBE_E_CONFLICT);
    CHECK(strstr(err.message, "conflict"));
    web.spec->selector = NULL;
    CHECK_INT(kube_apps_v1_deployment_apply(client, NULL, &web, &mine, NULL, &err), KUBE_E_INVALID);
    CHECK(*err.path);
    kube_patch_t patch = { .type = KUBE_PATCH_TYPE_STRATEGIC, .text = "{\"spec\":{\"paused\":true}}", .len = 24 };
    CHECK_INT(kube_apps_v1_deployment_patch(client, NULL, "smoke", &patch, NULL, &patched, &err), KUBE_OK);
    CHECK(patched && patched->spec->paused.value);
    CHECK_INT(kube_apps_v1_deployment_delete(client, NULL, "smoke", NULL, NULL, &err), KUBE_OK);
    kube_free(applied);
    kube_free(patched);
}

static void test_strict_validation_and_raw(void)
{
    kube_buffer_t reply = { 0 };
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/version" }, &reply, &err), KUBE_OK);
    CHECK(strstr(reply.data, "gitVersion"));
    kube_raw_request_t post = { .method = "POST", .path = "/api/v1/namespaces/default/configmaps?dryRun=All&fieldValidation=Strict",
                                .body = "{\"metadata\":{\"name\":\"x\"},\"dataa\":{}}", .body_len = 36 };
    CHECK_INT(kube_raw(client, &post, NULL, &err), KUBE_E_BAD_REQUEST);
    CHECK(strstr(err.message, "dataa"));
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .path = "/no/such/path" }, NULL, &err), KUBE_E_NOT_FOUND);
    kube_buffer_dispose(&reply);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: smoke KUBECONFIG\n");
        return 2;
    }
    kubeconfig = argv[1];
    if (connect_as(NULL, &client) != KUBE_OK)
        return 1;
    RUN(test_ways_to_be_known);
    RUN(test_tls_names);
    RUN(test_service_account);
    RUN(test_config_map);
    RUN(test_deployment);
    RUN(test_strict_validation_and_raw);
    kube_client_free(client);
    return test_end();
}
