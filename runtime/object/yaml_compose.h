/* Turns the events of libyaml into the JSON of one document after the other. */
#ifndef KUBE_OBJECT_YAML_COMPOSE_H
#define KUBE_OBJECT_YAML_COMPOSE_H

#include "object/yaml_lines.h"

#include <kube/yaml.h>

typedef struct kube_yaml_composer kube_yaml_composer_t;

/*
 * A composer of the documents in text, of which the first line is number first_line and the first byte offset first_offset of
 * the whole input. options: resolved, without zeros. NULL when memory is exhausted.
 */
kube_yaml_composer_t *kube_yaml_composer_new(const char *text, size_t len, size_t first_line, size_t first_offset,
                                             const kube_yaml_options_t *options);
void kube_yaml_composer_free(kube_yaml_composer_t *composer);
/*
 * Appends the next document that is not empty to json and its lines to `lines`. *found is false at the end. Errors:
 * kube_yaml_reader_next.
 */
int kube_yaml_compose(kube_yaml_composer_t *composer, kube_buffer_t *json, kube_yaml_lines_t *lines, bool *found, kube_error_t *err);

#endif
