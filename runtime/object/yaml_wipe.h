/* libyaml's own memory, which may hold secrets, overwritten before it is given back. */
#ifndef KUBE_OBJECT_YAML_WIPE_H
#define KUBE_OBJECT_YAML_WIPE_H

#include <yaml.h>

void kube_yaml_event_delete(yaml_event_t *event);
void kube_yaml_parser_delete(yaml_parser_t *parser);

#endif
