/*
 * Acts as somebody else, as `kubectl --as` does: impersonate [USER [GROUP...]]. Tells who the server then takes it for, and whether that
 * somebody may list secrets. The user of the kubeconfig needs the right to impersonate.
 */
#include <kube/authentication/v1.h>
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>

static void print(const kube_authentication_v1_user_info_t *user)
{
    printf("%s in", user->username);
    for (size_t i = 0; i < user->groups.len; i++)
        printf(" %s", user->groups.items[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_authentication_v1_self_subject_review_t question = { 0 }, *answer = NULL;

    kube_config_t wanted = { .as = argc > 1 ? argv[1] : "jane" };
    if (argc > 2)
        wanted.as_groups = (kube_string_list_t){ (const char **)argv + 2, (size_t)argc - 2 };
    int code = kube_config_default(NULL, &(kube_config_options_t){ .overrides = &wanted }, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_authentication_v1_self_subject_review_create(client, &question, NULL, &answer, &err);
    if (code == KUBE_OK) {
        print(answer->status->user_info);
        code = kube_core_v1_secret_list(client, KUBE_ALL_NAMESPACES, &(kube_list_options_t){ .limit = 1 }, NULL, &err);
        if (code == KUBE_OK || code == KUBE_E_FORBIDDEN)
            printf("%s list secrets\n", code == KUBE_OK ? "may" : "may not");
        code = code == KUBE_E_FORBIDDEN ? KUBE_OK : code;
    }
    if (code != KUBE_OK)
        fprintf(stderr, "impersonate: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(answer);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
