/* Certificates for tests, made on the fly: one authority, and what it signs. PEM texts are static to the program. */
#ifndef CERTIFICATES_H
#define CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

typedef struct pem_pair {
    char certificate[4096];
    char key[2048];
} pem_pair_t;

static inline EVP_PKEY *parse_key(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return key;
}

static inline X509 *parse_certificate(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return certificate;
}

static inline void take_text(BIO *bio, char *to, size_t size)
{
    int len = BIO_read(bio, to, (int)size - 1);
    to[len > 0 ? len : 0] = '\0';
    BIO_free(bio);
}

static inline void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    if (!extension || !X509_add_ext(certificate, extension, -1))
        abort();
    X509_EXTENSION_free(extension);
}

/* passphrase: NULL for a key in the clear. issuer: NULL for a self-signed authority. names: a subjectAltName, or NULL. */
static inline void make_pair(pem_pair_t *pair, const pem_pair_t *issuer, const char *common_name, const char *names, const char *passphrase)
{
    static long serial;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1, -1, 0);
    EVP_PKEY *signer = issuer ? parse_key(issuer->key) : key;
    if (issuer) {
        X509 *authority = parse_certificate(issuer->certificate);
        X509_set_issuer_name(certificate, X509_get_subject_name(authority));
        X509_free(authority);
    } else {
        X509_set_issuer_name(certificate, name);
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    }
    if (names)
        add_extension(certificate, NID_subject_alt_name, names);
    X509_sign(certificate, signer, EVP_sha256());

    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    take_text(bio, pair->certificate, sizeof pair->certificate);
    bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PKCS8PrivateKey(bio, key, passphrase ? EVP_aes_256_cbc() : NULL, passphrase, passphrase ? (int)strlen(passphrase) : 0,
                                  NULL, NULL);
    take_text(bio, pair->key, sizeof pair->key);
    if (issuer)
        EVP_PKEY_free(signer);
    EVP_PKEY_free(key);
    X509_free(certificate);
}

#endif
