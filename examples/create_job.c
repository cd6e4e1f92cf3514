/*
 * Creates a Job with a name that the server completes: create_job IMAGE [COMMAND...]. When the server finds it invalid, every
 * cause is printed, not only the first.
 */
#include <kube/batch/v1.h>
#include <kube/kube.h>
#include <stdio.h>

static int create(kube_client_t *client, const char *image, const char **command, size_t words, kube_error_t *err)
{
    kube_batch_v1_job_t job = {
        .metadata = &(kube_meta_v1_object_meta_t){ .generate_name = "example-", .labels = KUBE_MAP({ "made-by", "create_job" }) },
        .spec = &(kube_batch_v1_job_spec_t){
            .backoff_limit = KUBE_SOME(2),
            .ttl_seconds_after_finished = KUBE_SOME(3600),
            .template_ = &(kube_core_v1_pod_template_spec_t){
                .spec = &(kube_core_v1_pod_spec_t){
                    .restart_policy = KUBE_CORE_V1_POD_SPEC_RESTART_POLICY_NEVER,
                    .containers = KUBE_LIST(kube_core_v1_container_t, {
                        .name = "work",
                        .image = image,
                        .command = { .items = command, .len = words },
                    }),
                },
            },
        },
    };
    kube_meta_v1_status_t *status = NULL;
    kube_create_options_t options = { .call.status = &status, .field_validation = "Strict" };
    kube_batch_v1_job_t *made = NULL;
    int code = kube_batch_v1_job_create(client, NULL, &job, &options, &made, err);
    if (code == KUBE_OK)
        printf("%s/%s\n", made->metadata->namespace_, made->metadata->name);
    for (size_t i = 0; status && status->details && i < status->details->causes.len; i++)
        fprintf(stderr, "  %s: %s\n", status->details->causes.items[i].field, status->details->causes.items[i].message);
    kube_free(status);
    kube_free(made);
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: create_job IMAGE [COMMAND...]\n");
        return 2;
    }
    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = create(client, argv[1], (const char **)argv + 2, (size_t)argc - 2, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "create_job: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
