#include "http/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <string.h>

#include "base/fail.h"
#include "config/file.h"
#include "http/tls_stored.h"

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

/* ---- PEM ---- */

/* The first certificate of a PEM text, or NULL. */
static X509 *first_certificate(const kube_buffer_t *pem)
{
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

static STACK_OF(X509) *all_certificates(const kube_buffer_t *pem)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    for (X509 *next; all && bio && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL));) {
        if (!sk_X509_push(all, next))
            X509_free(next);
    }
    BIO_free(bio);
    return all;
}

static EVP_PKEY *private_key(const kube_buffer_t *pem, kube_passphrase_t *passphrase)
{
    passphrase->asked = false;
    BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, kube_passphrase_give, passphrase) : NULL;
    BIO_free(bio);
    return key;
}

/* libcurl gets a key that it need not open. */
static int write_in_the_clear(EVP_PKEY *key, kube_buffer_t *pem, kube_error_t *err)
{
    char *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    bool written = bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    long len = written ? BIO_get_mem_data(bio, &text) : 0;
    kube_buffer_wipe(pem);
    if (len > 0 && kube_buffer_reserve(pem, (size_t)len))
        kube_buffer_append(pem, text, (size_t)len);
    BIO_free(bio);
    return len > 0 && !pem->failed ? KUBE_OK : kube_fail_memory(err);
}

/* ---- checks ---- */

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

static int fail_certificate(const kube_config_t *config, kube_error_t *err)
{
    return kube_fail(err, KUBE_E_TLS, "client-certificate: no PEM certificate in %s",
                     origin(config->client_certificate_pem, config->client_certificate_file));
}

static int fail_key(const kube_config_t *config, const kube_passphrase_t *passphrase, kube_error_t *err)
{
    const char *from = origin(config->client_key_pem, config->client_key_file);
    if (passphrase->asked && passphrase->has)
        return kube_fail(err, KUBE_E_CONFIG, "client-key: the passphrase is not that of the key in %s", from);
    if (passphrase->asked)
        return kube_fail(err, KUBE_E_CONFIG, "client-key: the key in %s has a passphrase, and none is given", from);
    return kube_fail(err, KUBE_E_TLS, "client-key: no usable PEM private key in %s", from);
}

/* Not every provider tells enough of a key to compare it. */
static int check_match(const kube_config_t *config, X509 *certificate, EVP_PKEY *key, kube_error_t *err)
{
    int equal = EVP_PKEY_eq(X509_get0_pubkey(certificate), key);
    if (equal == 1 || (equal == -2 && config->client_key_uri))
        return KUBE_OK;
    return kube_fail(err, KUBE_E_TLS, "client-key: the key in %s is not that of the client certificate",
                     config->client_key_uri ? "its provider" : origin(config->client_key_pem, config->client_key_file));
}

static int check_pair(const kube_config_t *config, kube_passphrase_t *passphrase, kube_tls_material_t *material, kube_error_t *err)
{
    if (!config->client_certificate_pem && !config->client_certificate_file)
        return KUBE_OK;
    X509 *certificate = first_certificate(&material->certificate);
    EVP_PKEY *key = certificate ? private_key(&material->key, passphrase) : NULL;
    int code = KUBE_OK;
    if (!certificate)
        code = fail_certificate(config, err);
    else if (!key)
        code = fail_key(config, passphrase, err);
    else
        code = check_match(config, certificate, key, err);
    if (code == KUBE_OK && passphrase->asked)
        code = write_in_the_clear(key, &material->key, err);
    EVP_PKEY_free(key);
    X509_free(certificate);
    return code;
}

/* ---- what is no text ---- */

static int read_chain(const kube_config_t *config, kube_passphrase_t *passphrase, kube_tls_material_t *material, kube_error_t *err)
{
    if (config->client_certificate_uri)
        return kube_stored_certificates(config->client_certificate_uri, passphrase, &material->chain, err);
    material->chain = all_certificates(&material->certificate);
    return sk_X509_num(material->chain) > 0 ? KUBE_OK : fail_certificate(config, err);
}

static int read_chain_key(const kube_config_t *config, kube_passphrase_t *passphrase, kube_tls_material_t *material, kube_error_t *err)
{
    if (config->client_key_uri)
        return kube_stored_key(config->client_key_uri, passphrase, &material->chain_key, err);
    material->chain_key = private_key(&material->key, passphrase);
    return material->chain_key ? KUBE_OK : fail_key(config, passphrase, err);
}

/* libcurl tells connections apart by the texts that it was given, and not by what a context was given: there must be another one. */
static void make_distinct(kube_buffer_t *pem)
{
    static atomic_uint versions;
    if (pem->len)
        kube_buffer_printf(pem, "\n# %u\n", atomic_fetch_add(&versions, 1));
}

static int read_stored(const kube_config_t *config, kube_passphrase_t *passphrase, kube_tls_material_t *material, kube_error_t *err)
{
    int code = read_chain(config, passphrase, material, err);
    if (code == KUBE_OK)
        code = read_chain_key(config, passphrase, material, err);
    if (code == KUBE_OK)
        code = check_match(config, sk_X509_value(material->chain, 0), material->chain_key, err);
    kube_buffer_wipe(&material->certificate);
    kube_buffer_wipe(&material->key);
    make_distinct(&material->ca);
    return code == KUBE_OK && material->ca.failed ? kube_fail_memory(err) : code;
}

bool kube_tls_material_use_chain(const kube_tls_material_t *material, SSL_CTX *context)
{
    bool used = SSL_CTX_use_certificate(context, sk_X509_value(material->chain, 0)) == 1;
    for (int i = 1; i < sk_X509_num(material->chain) && used; i++)
        used = SSL_CTX_add1_chain_cert(context, sk_X509_value(material->chain, i)) == 1;
    return used && SSL_CTX_use_PrivateKey(context, material->chain_key) == 1;
}

/* ---- all of it ---- */

static int read_texts(const kube_config_t *config, kube_tls_material_t *material, kube_error_t *err)
{
    int code = read_pem("certificate-authority", config->ca_pem, config->ca_file, &material->ca, err);
    if (code == KUBE_OK)
        code = read_pem("client-certificate", config->client_certificate_pem, config->client_certificate_file, &material->certificate,
                        err);
    if (code == KUBE_OK)
        code = read_pem("client-key", config->client_key_pem, config->client_key_file, &material->key, err);
    return code;
}

int kube_tls_material_read(const kube_config_t *config, kube_tls_material_t *material, kube_error_t *err)
{
    kube_passphrase_t passphrase;
    *material = (kube_tls_material_t){ 0 };
    int code = kube_passphrase_read(config, &passphrase, err);
    if (code == KUBE_OK)
        code = read_texts(config, material, err);
    ERR_set_mark();
    if (code == KUBE_OK)
        code = check_ca(config, material, err);
    if (code == KUBE_OK && (config->client_certificate_uri || config->client_key_uri))
        code = read_stored(config, &passphrase, material, err);
    else if (code == KUBE_OK)
        code = check_pair(config, &passphrase, material, err);
    ERR_pop_to_mark();
    kube_passphrase_wipe(&passphrase);
    if (code < 0)
        kube_tls_material_wipe(material);
    return code;
}

void kube_tls_material_wipe(kube_tls_material_t *material)
{
    kube_buffer_wipe(&material->ca);
    kube_buffer_wipe(&material->certificate);
    kube_buffer_wipe(&material->key);
    sk_X509_pop_free(material->chain, X509_free);
    EVP_PKEY_free(material->chain_key);
    material->chain = NULL;
    material->chain_key = NULL;
}
