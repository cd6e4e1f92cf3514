/*
 * Credentials from a plugin, without a kubeconfig: exec_plugin SERVER CA_FILE PLUGIN [ARGUMENT...]. Only that one program may run: what a
 * kubeconfig of somebody else's names would be refused. Tells who the server takes the plugin's credentials for.
 */
#include <kube/authentication/v1.h>
#include <kube/kube.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_client_t *client = NULL;
    kube_authentication_v1_self_subject_review_t question = { 0 }, *answer = NULL;

    kube_exec_config_t plugin = {
        .command = argc > 3 ? argv[3] : "example-login",
        .api_version = "client.authentication.k8s.io/v1",
        .interactive_mode = KUBE_INTERACTIVE_NEVER,
        .provide_cluster_info = true, /* so that it knows for which server */
        .install_hint = "it comes with the package example-login",
    };
    if (argc > 4)
        plugin.args = (kube_string_list_t){ (const char **)argv + 4, (size_t)argc - 4 };
    kube_config_t config = { .server = argc > 1 ? argv[1] : "https://127.0.0.1:6443", .ca_file = argc > 2 ? argv[2] : NULL, .exec = &plugin };
    const char *const allowed[] = { plugin.command, NULL };
    kube_client_options_t options = { .timeout_ms = 30000, .exec_policy = KUBE_EXEC_ALLOW_LISTED, .exec_allowed = allowed };

    /* It runs with the first request, and again before what it gave expires, or when the server refuses that. */
    int code = kube_client_new(&config, &options, &client, &err);
    if (code == KUBE_OK)
        code = kube_authentication_v1_self_subject_review_create(client, &question, NULL, &answer, &err);
    if (code == KUBE_OK)
        printf("%s\n", answer->status->user_info->username);
    else
        fprintf(stderr, "exec_plugin: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(answer);
    kube_client_free(client);
    return code == KUBE_OK ? 0 : 1;
}
