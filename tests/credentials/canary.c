/*
 * Says everything that libkube says about configurations and calls: messages, problems, log lines, warnings, figures, printed configurations.
 *     canary KUBECONFIG CONTEXT...
 * PASSPHRASE in the environment: of the client's key. A line "CONTEXT: CODE" tells how each context ended. Nothing of it may hold a secret.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>

static void say_log(void *userdata, kube_log_level_t level, const char *line)
{
    printf("  log %s %d: %s\n", (const char *)userdata, (int)level, line);
}

static void say_warning(void *userdata, int code, const char *agent, const char *text)
{
    printf("  warning %s %d %s: %s\n", (const char *)userdata, code, agent ? agent : "", text);
}

static void say_request(void *userdata, const kube_request_info_t *info)
{
    printf("  request %s: %s %s%s %s %s %s %d %s\n", (const char *)userdata, info->method, info->server, info->path, info->group ? info->group : "",
           info->resource ? info->resource : "", kube_code_name(info->code), info->http_status, info->audit_id ? info->audit_id : "");
}

static void say_error(const char *what, const kube_error_t *err)
{
    if (err->code < 0)
        printf("  %s: %s %s %s %s\n", what, kube_code_name(err->code), err->reason, err->path, err->message);
}

static void say_config(const kube_config_t *config)
{
    kube_buffer_t text = { 0 };
    kube_problems_t *problems = NULL;
    kube_error_t err = { 0 };
    kube_config_check_all(config, &problems, &err);
    say_error("check", &err);
    for (size_t i = 0; i < kube_problems_count(problems); i++)
        printf("  problem %s %s\n", kube_problems_at(problems, i)->path, kube_problems_at(problems, i)->message);
    kube_problems_free(problems);
    if (kube_config_print(config, 0, &text, &err) == KUBE_OK)
        printf("%s", text.data);
    kube_buffer_dispose(&text);
}

static int call(kube_client_t *client)
{
    kube_error_t err = { 0 }, first;
    kube_core_v1_config_map_t map = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "canary" }, .data = KUBE_MAP({ "a", "b" }) };
    int code = kube_core_v1_namespace_get(client, "default", NULL, NULL, &err);
    first = err;
    say_error("get", &first);
    kube_core_v1_config_map_create(client, "default", &map, &(kube_create_options_t){ .dry_run = true }, NULL, &err);
    say_error("create", &err);
    kube_core_v1_secret_get(client, "default", "none", NULL, NULL, &err);
    say_error("get", &err);
    kube_raw(client, &(kube_raw_request_t){ .path = "/api/v1/componentstatuses" }, NULL, &err);
    say_error("raw", &err);
    kube_core_v1_config_map_watch_t *watch = NULL;
    kube_core_v1_config_map_event_t event;
    if (kube_core_v1_config_map_watch(client, "default", NULL, &watch, &err) == KUBE_OK)
        kube_core_v1_config_map_watch_next_within(watch, 5000, &event, &err);
    say_error("watch", &err);
    kube_core_v1_config_map_watch_free(watch);
    return code;
}

static int try(const char *kubeconfig, const char *context)
{
    kube_error_t err = { 0 };
    kube_config_t *config = NULL, told = { .client_key_passphrase = getenv("PASSPHRASE") };
    kube_problems_t *problems = NULL;
    kube_config_options_t options = { .context = context, .overrides = &told, .problems = &problems };
    kube_hooks_t hooks = { .userdata = (void *)context, .log = say_log, .warning = say_warning, .request = say_request };
    kube_client_options_t made = { .hooks = &hooks, .timeout_ms = 20000, .max_retries = { true, 1 } };
    kube_client_t *client = NULL;
    int code = kube_config_load(kubeconfig, &options, &config, &err);
    for (size_t i = 0; i < kube_problems_count(problems); i++)
        printf("  problem %s %s\n", kube_problems_at(problems, i)->path, kube_problems_at(problems, i)->message);
    kube_problems_free(problems);
    if (code == KUBE_OK) {
        say_config(config);
        code = kube_client_new(config, &made, &client, &err);
    }
    say_error("begin", &err);
    if (code == KUBE_OK)
        code = call(client);
    kube_client_free(client);
    kube_config_free(config);
    return code;
}

int main(int argc, char **argv)
{
    for (int i = 2; i < argc; i++) {
        int code = try(argv[1], argv[i]);
        printf("%s: %s\n", argv[i], kube_code_name(code));
        fflush(stdout);
    }
    return 0;
}
