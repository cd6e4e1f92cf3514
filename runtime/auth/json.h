/* JSON that holds secrets. */
#ifndef KUBE_AUTH_JSON_H
#define KUBE_AUTH_JSON_H

#include <jansson.h>
#include <kube/error.h>

/* Reads a JSON object, freed with kube_secret_json_free. Errors: KUBE_E_PARSE, KUBE_E_NO_MEMORY; *out is NULL then. */
int kube_secret_json_read(const char *text, size_t len, json_t **out, kube_error_t *err);
/* Overwrites the strings in it and gives it back. NULL is allowed. */
void kube_secret_json_free(json_t *root);

#endif
