/*
 * Prints what `kubectl get` prints, with the columns that the server chooses: print_table [NAMESPACE [LABEL_SELECTOR]]. Works
 * for custom resources too, and is cheaper than the objects.
 */
#include <kube/apps/v1.h>
#include <kube/kube.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_meta_v1_table_t *table = NULL;
    kube_buffer_t text = { 0 };
    kube_table_options_t options = { .list.label_selector = argc > 2 ? argv[2] : NULL };

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_list_table(client, &kube_apps_v1_deployments, argc > 1 ? argv[1] : NULL, &options, &table, &err);
    if (code == KUBE_OK)
        code = kube_table_print(table, false, &text, &err);
    if (code == KUBE_OK)
        fputs(text.data, stdout);
    else
        fprintf(stderr, "print_table: %s (%s)\n", err.message, kube_code_name(code));

    kube_buffer_dispose(&text);
    kube_free(table);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
