/* The text of a kubeconfig as a JSON value. */
#ifndef KUBE_CONFIG_KUBECONFIG_DOCUMENT_H
#define KUBE_CONFIG_KUBECONFIG_DOCUMENT_H

#include <jansson.h>
#include <kube/error.h>

/*
 * Reads the one YAML document that the text may hold; none is an empty mapping. source: for messages. Errors: KUBE_E_CONFIG,
 * KUBE_E_UNSUPPORTED (more than one document), KUBE_E_NO_MEMORY.
 */
int kube_kubeconfig_document(const char *text, size_t len, const char *source, json_t **out, kube_error_t *err);
/* Frees the value and overwrites all its strings, which may be secrets. NULL is allowed. */
void kube_kubeconfig_document_free(json_t *root);

#endif
