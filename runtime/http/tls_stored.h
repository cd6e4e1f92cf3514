/* Keys and certificates that are no texts: what an OpenSSL provider, or the PKCS#11 engine, finds at a URI. */
#ifndef KUBE_HTTP_TLS_STORED_H
#define KUBE_HTTP_TLS_STORED_H

#include <openssl/x509.h>

#include "http/tls_passphrase.h"

/*
 * A private key, freed with EVP_PKEY_free; it stays where it is, and is only referred to. passphrase: what it is protected with, a PIN too.
 * Errors: KUBE_E_TLS, KUBE_E_UNSUPPORTED (nobody knows such URIs); no message holds the URI, which may hold a PIN.
 */
int kube_stored_key(const char *uri, kube_passphrase_t *passphrase, EVP_PKEY **out, kube_error_t *err);
/* Likewise a certificate and those that follow it, freed with OSSL_STACK_OF_X509_free. */
int kube_stored_certificates(const char *uri, kube_passphrase_t *passphrase, STACK_OF(X509) **out, kube_error_t *err);

#endif
