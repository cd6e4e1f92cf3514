/*
 * Kubeconfig files, as they come and with each choice of options. What is read must pass its own check, copy, and be the same again when it is
 * printed and read once more; what is not read must have problems, of which err has the first.
 */
#include <kube/config.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_and_read(const kube_config_t *config)
{
    kube_buffer_t text = { 0 };
    kube_config_t *again = NULL;
    int code = kube_config_print(config, 0, &text, NULL);
    kube_buffer_clear(&text);
    if (code == KUBE_OK)
        code = kube_config_print(config, KUBE_CONFIG_SECRETS, &text, NULL);
    if (code == KUBE_OK)
        code = kube_config_parse(text.data, text.len, "/nonexistent", NULL, &again, NULL);
    /* Names that were not there are made up. */
    kube_config_t named = *config;
    named.cluster = again ? again->cluster : NULL;
    named.user = again ? again->user : NULL;
    if (code < 0 || !kube_config_equal(&named, again))
        abort();
    kube_config_free(again);
    kube_buffer_dispose(&text);
}

static void parse(const char *text, size_t len, kube_config_options_t options)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_problems_t *problems = NULL;
    options.problems = &problems;
    int code = kube_config_parse(text, len, "/nonexistent", &options, &config, &err);
    if ((code == KUBE_OK) != (config != NULL) || err.code != code || (code == KUBE_E_CONFIG) != (kube_problems_count(problems) > 0))
        abort();
    kube_problems_free(problems);
    if (config) {
        kube_config_t *copy = kube_config_dup(config);
        if (kube_config_check(config, NULL) != KUBE_OK || !kube_config_equal(config, copy))
            abort();
        kube_config_free(copy);
        print_and_read(config);
    }
    kube_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kube_config_t overrides = { .server = "https://h", .token = "t", .as = "a" };
    parse((const char *)data, size, (kube_config_options_t){ 0 });
    parse((const char *)data, size, (kube_config_options_t){ .context = "c", .user = "u", .ns = "n" });
    parse((const char *)data, size, (kube_config_options_t){ .cluster = "c" });
    parse((const char *)data, size, (kube_config_options_t){ .overrides = &overrides });
    return 0;
}
