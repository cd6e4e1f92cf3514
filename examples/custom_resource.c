/*
 * Custom resources with types of their own: custom_resource. Creates a Lighthouse, sets its status as a controller would, lists,
 * deletes.
 *
 * The types in examples/crd were made from the CRD's manifest, which the cluster has to know:
 *
 *     codegen/kube-crd --sources --out examples/crd examples/crd/lighthouse.yaml
 */
#include <kube/example/v1.h>
#include <kube/kube.h>
#include <stdio.h>

static int create(kube_client_t *client, kube_example_v1_lighthouse_t **made, kube_error_t *err)
{
    kube_example_v1_lighthouse_t cape = {
        .metadata = &(kube_meta_v1_object_meta_t){ .name = "cape" },
        .spec = &(kube_example_v1_lighthouse_spec_t){
            .height = KUBE_SOME(31),
            .sectors = KUBE_LIST(kube_example_v1_lighthouse_spec_sectors_t, { .from = KUBE_SOME(10), .to = KUBE_SOME(170) }),
        },
    };
    return kube_example_v1_lighthouse_create(client, NULL, &cape, NULL, made, err);
}

/* The object is ours to change: the create returned it. */
static int light(kube_client_t *client, kube_example_v1_lighthouse_t *cape, kube_error_t *err)
{
    kube_example_v1_lighthouse_status_t lit = { .lit = KUBE_SOME(true), .message = "all is well" };
    cape->status = &lit;
    int code = kube_example_v1_lighthouse_update_status(client, NULL, cape, NULL, NULL, err);
    cape->status = NULL;
    return code;
}

static int list(kube_client_t *client, kube_error_t *err)
{
    kube_example_v1_lighthouse_list_t *all = NULL;
    int code = kube_example_v1_lighthouse_list(client, NULL, NULL, &all, err);
    for (size_t i = 0; code == KUBE_OK && i < all->items.len; i++) {
        const kube_example_v1_lighthouse_t *one = &all->items.items[i];
        printf("%s: %d m, %s, %s\n", one->metadata->name, one->spec->height.value, one->spec->colour,
               one->status && one->status->lit.value ? "lit" : "dark");
    }
    kube_free(all);
    return code;
}

int main(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_example_v1_lighthouse_t *cape = NULL;

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = create(client, &cape, &err);
    if (code == KUBE_OK)
        code = light(client, cape, &err);
    if (code == KUBE_OK)
        code = list(client, &err);
    if (code == KUBE_OK)
        code = kube_example_v1_lighthouse_delete(client, NULL, "cape", NULL, NULL, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "custom_resource: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(cape);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
