/* The keys and certificates of a configuration, in memory, checked. */
#ifndef KUBE_HTTP_TLS_MATERIAL_H
#define KUBE_HTTP_TLS_MATERIAL_H

#include <kube/config.h>
#include <kube/memory.h>
#include <openssl/ssl.h>

typedef struct kube_tls_material {
    /* PEM texts, keys in the clear; empty when absent. */
    kube_buffer_t ca;
    kube_buffer_t certificate;
    kube_buffer_t key;
    /* What proves who the client is when one of the two is no text; else NULL, and otherwise the two texts are empty. */
    STACK_OF(X509) *chain;
    EVP_PKEY *chain_key;
} kube_tls_material_t;

/*
 * Reads what config names and checks that it loads and that the key is the certificate's. Errors: KUBE_E_CONFIG (a file that
 * cannot be read, a passphrase that is missing or wrong), KUBE_E_TLS, KUBE_E_UNSUPPORTED (a URI that nobody knows),
 * KUBE_E_NO_MEMORY. On failure everything is empty.
 */
int kube_tls_material_read(const kube_config_t *config, kube_tls_material_t *material, kube_error_t *err);
/* Has connections of a context prove who the client is by the chain, which there must be. False when OpenSSL refuses. */
bool kube_tls_material_use_chain(const kube_tls_material_t *material, SSL_CTX *context);
/* Overwrites and frees. */
void kube_tls_material_wipe(kube_tls_material_t *material);

#endif
