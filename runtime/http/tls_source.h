/* The keys and certificates of a transport, which change while it is in use: files are replaced, plugins hand out others. */
#ifndef KUBE_HTTP_TLS_SOURCE_H
#define KUBE_HTTP_TLS_SOURCE_H

#include <stdatomic.h>

#include "http/tls_material.h"

typedef struct kube_tls_source kube_tls_source_t;

/* One version of them, constant, freed with the last reference. */
typedef struct kube_tls_version {
    kube_tls_material_t material;
    atomic_size_t references;
} kube_tls_version_t;

kube_tls_version_t *kube_tls_version_ref(kube_tls_version_t *version);
/* NULL is allowed. */
void kube_tls_version_free(kube_tls_version_t *version);

/* Reads what config names. Errors: as of kube_tls_material_read. */
int kube_tls_source_new(const kube_config_t *config, kube_tls_source_t **out, kube_error_t *err);
/* NULL is allowed. */
void kube_tls_source_free(kube_tls_source_t *source);
/*
 * The version for connections to come, a reference of the caller's. Files are looked at, once a second at most, and read again
 * when they changed; while what they hold cannot be used (one of a pair was replaced and the other not yet), the version before
 * it stays. Thread-safe.
 */
kube_tls_version_t *kube_tls_source_take(kube_tls_source_t *source);
/* Has the next take look at the files in any case. Thread-safe. */
void kube_tls_source_doubt(kube_tls_source_t *source);
/*
 * Another certificate and its key (PEM), instead of what config names; len 0: none. Errors: KUBE_E_TLS, KUBE_E_NO_MEMORY.
 * Thread-safe.
 */
int kube_tls_source_set(kube_tls_source_t *source, const char *certificate, size_t certificate_len, const char *key,
                        size_t key_len, kube_error_t *err);

#endif
