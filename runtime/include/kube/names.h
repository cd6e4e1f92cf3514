/*
 * The forms that Kubernetes requires of names, label keys and label values. Each function: whether the whole NUL-terminated text has the
 * form; false for NULL. Thread-safe.
 */
#ifndef KUBE_NAMES_H
#define KUBE_NAMES_H

#include <kube/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key of labels and annotations, a "qualified name": [DNS-1123 subdomain "/"] name, the name 1 to 63 bytes of letters, digits, '-', '_'
 * and '.' with a letter or digit at both ends. */
KUBE_API bool kube_is_label_key(const char *text);
/* A value of a label: empty, or as the name of a key. */
KUBE_API bool kube_is_label_value(const char *text);
/* Namespaces, containers, ports: 1 to 63 bytes of lower-case letters, digits and '-', a letter or digit at both ends. */
KUBE_API bool kube_is_dns1123_label(const char *text);
/* Most objects: DNS-1123 labels with '.' between them, of any length each, at most 253 bytes together. */
KUBE_API bool kube_is_dns1123_subdomain(const char *text);
/* Services: as a DNS-1123 label, but it begins with a letter. */
KUBE_API bool kube_is_dns1035_label(const char *text);
/* What can stand as one segment of an API path: not "." or "..", no '/' and no '%'. The empty text passes. */
KUBE_API bool kube_is_path_segment(const char *text);

#ifdef __cplusplus
}
#endif
#endif
