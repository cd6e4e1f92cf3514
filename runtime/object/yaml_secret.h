/* Reading YAML that may hold secrets. */
#ifndef KUBE_OBJECT_YAML_SECRET_H
#define KUBE_OBJECT_YAML_SECRET_H

#include <kube/yaml.h>

/*
 * As kube_yaml_reader_new, and makes room in json (empty) for all that a document of the text becomes: a buffer that grows leaves copies of
 * secrets behind. NULL when memory is exhausted. The caller wipes json in any case.
 */
kube_yaml_reader_t *kube_yaml_secret_reader_new(const char *text, size_t len, const kube_yaml_options_t *options, kube_buffer_t *json);

#endif
