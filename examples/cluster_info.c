/*
 * Connects without a kubeconfig and tells about the server: cluster_info URL [CA_FILE TOKEN_FILE]. With hooks: warnings of the
 * server, lines for a log, and figures of each request come to functions of the program.
 */
#include <kube/kube.h>
#include <stdio.h>

static void on_warning(void *userdata, int code, const char *agent, const char *text)
{
    (void)userdata, (void)code, (void)agent;
    fprintf(stderr, "the server warns: %s\n", text);
}

static void on_log(void *userdata, kube_log_level_t level, const char *line)
{
    (void)userdata;
    if (level <= KUBE_LOG_WARNING)
        fprintf(stderr, "%s\n", line);
}

static void on_request(void *userdata, const kube_request_info_t *info)
{
    (void)userdata;
    fprintf(stderr, "%s %s: %d after %lld us\n", info->method, info->path, info->http_status, (long long)info->total_us);
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_client_t *client = NULL;
    kube_version_info_t version;
    kube_buffer_t report = { 0 };
    kube_config_t config = { .server = argc > 1 ? argv[1] : "https://127.0.0.1:6443" };
    kube_hooks_t hooks = { .warning = on_warning, .log = on_log, .request = on_request };
    kube_client_options_t options = { .timeout_ms = 10000, .hooks = &hooks };
    if (argc > 3) {
        config.ca_file = argv[2];
        config.token_file = argv[3]; /* read again when it changes */
    }

    int code = kube_client_new(&config, &options, &client, &err);
    if (code == KUBE_OK)
        code = kube_server_version(client, NULL, &version, &err);
    if (code == KUBE_OK) {
        printf("Kubernetes %d.%d (%s)\n", version.major, version.minor, version.git_version);
        code = kube_server_health(client, "readyz", NULL, &report, &err);
        printf("%s\n", code == KUBE_OK ? "ready" : "not ready");
    }
    if (code != KUBE_OK)
        fprintf(stderr, "cluster_info: %s (%s)\n", err.message, kube_code_name(code));

    kube_buffer_dispose(&report);
    kube_client_free(client);
    return code == KUBE_OK ? 0 : 1;
}
