/* Prints the configuration that the environment leads to as JSON, secrets included: `view [--context NAME]`. */
#include <kube/config.h>
#include <kube/yaml.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    kube_config_options_t options = { .context = argc == 3 && strcmp(argv[1], "--context") == 0 ? argv[2] : NULL };
    kube_config_t *config = NULL;
    kube_buffer_t yaml = { 0 }, json = { 0 };
    kube_error_t err;
    bool found = false;
    int code = kube_config_load(NULL, &options, &config, &err);
    if (code == KUBE_OK)
        code = kube_config_print(config, KUBE_CONFIG_SECRETS, &yaml, &err);
    kube_yaml_reader_t *reader = code == KUBE_OK ? kube_yaml_reader_new(yaml.data, yaml.len, NULL) : NULL;
    if (reader)
        code = kube_yaml_reader_next(reader, &json, &found, &err);
    if (code == KUBE_OK && found)
        puts(json.data);
    else
        fprintf(stderr, "%s\n", err.message);
    kube_yaml_reader_free(reader);
    kube_buffer_dispose(&yaml);
    kube_buffer_dispose(&json);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
