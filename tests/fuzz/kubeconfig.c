/* Kubeconfig files, as they come and with each choice of options. What is read must pass its own check, and copy. */
#include <kube/config.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *text, size_t len, const kube_config_options_t *options)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    int code = kube_config_parse(text, len, "/nonexistent", options, &config, &err);
    if ((code == KUBE_OK) != (config != NULL) || err.code != code)
        abort();
    if (config) {
        kube_config_t *copy = kube_config_dup(config);
        if (kube_config_check(config, NULL) != KUBE_OK || !copy || strcmp(copy->server, config->server) != 0)
            abort();
        kube_config_free(copy);
    }
    kube_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse((const char *)data, size, NULL);
    parse((const char *)data, size, &(kube_config_options_t){ .context = "c", .user = "u", .ns = "n" });
    parse((const char *)data, size, &(kube_config_options_t){ .cluster = "c" });
    return 0;
}
