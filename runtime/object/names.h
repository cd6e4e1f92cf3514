/* The forms of kube/names.h for texts that are not NUL-terminated. */
#ifndef KUBE_OBJECT_NAMES_H
#define KUBE_OBJECT_NAMES_H

#include <kube/names.h>

bool kube_label_key_is_valid(const char *text, size_t len);
bool kube_label_value_is_valid(const char *text, size_t len);

#endif
