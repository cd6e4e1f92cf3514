/* What protects a private key. */
#ifndef KUBE_HTTP_TLS_PASSPHRASE_H
#define KUBE_HTTP_TLS_PASSPHRASE_H

#include <kube/config.h>
#include <kube/memory.h>

typedef struct kube_passphrase {
    kube_buffer_t text;
    bool has;   /* there is one, be it empty */
    bool asked; /* OpenSSL wanted it */
} kube_passphrase_t;

/* Reads what config names. Errors: KUBE_E_CONFIG (a file that cannot be read), KUBE_E_NO_MEMORY; nothing is to be wiped then. */
int kube_passphrase_read(const kube_config_t *config, kube_passphrase_t *passphrase, kube_error_t *err);
void kube_passphrase_wipe(kube_passphrase_t *passphrase);
/* OpenSSL's pem_password_cb, for a kube_passphrase_t. Without one, OpenSSL would ask on the terminal. */
int kube_passphrase_give(char *buffer, int size, int writing, void *passphrase);

#endif
