/* Places in YAML text. */
#ifndef KUBE_OBJECT_YAML_POSITION_H
#define KUBE_OBJECT_YAML_POSITION_H

#include <stddef.h>

typedef enum kube_yaml_encoding { KUBE_YAML_UTF8, KUBE_YAML_UTF16_LE, KUBE_YAML_UTF16_BE } kube_yaml_encoding_t;

/* What the byte order mark says; UTF-8 when there is none. */
kube_yaml_encoding_t kube_yaml_encoding(const char *text, size_t len);
/* The byte offset of the character that libyaml counts as number `index`. */
size_t kube_yaml_byte_offset(const char *text, size_t len, size_t index);
/* The number of line feeds before a byte offset. */
size_t kube_yaml_count_lines(const char *text, size_t len, size_t offset);

#endif
