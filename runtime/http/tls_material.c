#include "http/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/fail.h"
#include "config/file.h"

static int read_pem(const char *key, const char *text, const char *path, kube_buffer_t *out, kube_error_t *err)
{
    if (!text && path)
        return kube_file_read_for(key, path, out, err);
    if (!text)
        return KUBE_OK;
    kube_buffer_append(out, text, strlen(text));
    return out->failed ? kube_fail_memory(err) : KUBE_OK;
}

/* Where a text came from, for messages. */
static const char *origin(const char *text, const char *path)
{
    return text ? "the inline data" : path;
}

/* The first certificate of a PEM text, or NULL. */
static X509 *first_certificate(const kube_buffer_t *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

/* Called for keys with a passphrase; without it OpenSSL would ask on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *asked)
{
    (void)buffer, (void)size, (void)writing;
    *(bool *)asked = true;
    return -1;
}

static EVP_PKEY *private_key(const kube_buffer_t *pem, bool *has_passphrase)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, has_passphrase) : NULL;
    BIO_free(bio);
    return key;
}

static int check_ca(const kube_config_t *config, const kube_tls_material_t *material, kube_error_t *err)
{
    if (!config->ca_pem && !config->ca_file)
        return KUBE_OK;
    X509 *certificate = first_certificate(&material->ca);
    if (!certificate)
        return kube_fail(err, KUBE_E_TLS, "certificate-authority: no PEM certificate in %s", origin(config->ca_pem, config->ca_file));
    X509_free(certificate);
    return KUBE_OK;
}

static int check_pair(const kube_config_t *config, const kube_tls_material_t *material, kube_error_t *err)
{
    if (!config->client_certificate_pem && !config->client_certificate_file)
        return KUBE_OK;
    int code = KUBE_OK;
    bool has_passphrase = false;
    X509 *certificate = first_certificate(&material->certificate);
    EVP_PKEY *key = private_key(&material->key, &has_passphrase);
    const char *key_origin = origin(config->client_key_pem, config->client_key_file);
    if (!certificate)
        code = kube_fail(err, KUBE_E_TLS, "client-certificate: no PEM certificate in %s",
                         origin(config->client_certificate_pem, config->client_certificate_file));
    else if (has_passphrase)
        code = kube_fail(err, KUBE_E_UNSUPPORTED, "client-key: the key in %s has a passphrase: not supported", key_origin);
    else if (!key)
        code = kube_fail(err, KUBE_E_TLS, "client-key: no usable PEM private key in %s", key_origin);
    else if (X509_check_private_key(certificate, key) != 1)
        code = kube_fail(err, KUBE_E_TLS, "client-key: the key in %s is not that of the client certificate", key_origin);
    EVP_PKEY_free(key);
    X509_free(certificate);
    return code;
}

int kube_tls_material_read(const kube_config_t *config, kube_tls_material_t *material, kube_error_t *err)
{
    *material = (kube_tls_material_t){ 0 };
    int code = read_pem("certificate-authority", config->ca_pem, config->ca_file, &material->ca, err);
    if (code == KUBE_OK)
        code = read_pem("client-certificate", config->client_certificate_pem, config->client_certificate_file, &material->certificate,
                        err);
    if (code == KUBE_OK)
        code = read_pem("client-key", config->client_key_pem, config->client_key_file, &material->key, err);
    ERR_set_mark();
    if (code == KUBE_OK)
        code = check_ca(config, material, err);
    if (code == KUBE_OK)
        code = check_pair(config, material, err);
    ERR_pop_to_mark();
    if (code < 0)
        kube_tls_material_wipe(material);
    return code;
}

void kube_tls_material_wipe(kube_tls_material_t *material)
{
    kube_buffer_wipe(&material->ca);
    kube_buffer_wipe(&material->certificate);
    kube_buffer_wipe(&material->key);
}
