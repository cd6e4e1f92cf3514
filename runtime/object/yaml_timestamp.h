/* Whether text is a point in time in one of the forms the Kubernetes tools know: such strings are written in quotes. */
#ifndef KUBE_OBJECT_YAML_TIMESTAMP_H
#define KUBE_OBJECT_YAML_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>

bool kube_yaml_is_timestamp(const char *text, size_t len);

#endif
