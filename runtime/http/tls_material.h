/* The keys and certificates of a configuration, in memory, checked. */
#ifndef KUBE_HTTP_TLS_MATERIAL_H
#define KUBE_HTTP_TLS_MATERIAL_H

#include <kube/config.h>
#include <kube/memory.h>

/* PEM texts; empty when absent. */
typedef struct kube_tls_material {
    kube_buffer_t ca;
    kube_buffer_t certificate;
    kube_buffer_t key;
} kube_tls_material_t;

/*
 * Reads what config names and checks that it loads and that the key is the certificate's. Errors: KUBE_E_CONFIG (a file that
 * cannot be read), KUBE_E_TLS, KUBE_E_UNSUPPORTED (a key with a passphrase), KUBE_E_NO_MEMORY. On failure everything is empty.
 */
int kube_tls_material_read(const kube_config_t *config, kube_tls_material_t *material, kube_error_t *err);
/* Overwrites and frees. */
void kube_tls_material_wipe(kube_tls_material_t *material);

#endif
