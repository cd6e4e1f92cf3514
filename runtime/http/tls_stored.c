/* Debian 12 has PKCS#11 as an engine only, which OpenSSL 3 calls deprecated. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "http/tls_stored.h"

#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#ifndef OPENSSL_NO_ENGINE
#include <openssl/engine.h>
#endif

#include "base/fail.h"

/* One look at a URI. */
typedef struct search {
    const char *uri;
    kube_passphrase_t *passphrase;
    UI_METHOD *ui;
    bool is_known; /* somebody knows such URIs */
} search_t;

/* ---- providers ---- */

typedef struct found {
    EVP_PKEY *key;
    STACK_OF(X509) *certificates;
} found_t;

static void take(OSSL_STORE_INFO *info, int wanted, found_t *found)
{
    if (OSSL_STORE_INFO_get_type(info) != wanted)
        return;
    if (wanted == OSSL_STORE_INFO_PKEY && !found->key)
        found->key = OSSL_STORE_INFO_get1_PKEY(info);
    X509 *certificate = wanted == OSSL_STORE_INFO_CERT ? OSSL_STORE_INFO_get1_CERT(info) : NULL;
    if (certificate && !sk_X509_push(found->certificates, certificate))
        X509_free(certificate);
}

static bool has_loader(const char *uri)
{
    char scheme[32];
    kube_copy_cut(scheme, sizeof scheme, uri, strcspn(uri, ":"));
    OSSL_STORE_LOADER *loader = OSSL_STORE_LOADER_fetch(NULL, scheme, NULL);
    OSSL_STORE_LOADER_free(loader);
    return loader != NULL;
}

static void search_providers(search_t *search, int wanted, found_t *found)
{
    OSSL_STORE_CTX *store = OSSL_STORE_open(search->uri, search->ui, search->passphrase, NULL, NULL);
    search->is_known = store || has_loader(search->uri);
    if (!store)
        return;
    OSSL_STORE_expect(store, wanted);
    while (!OSSL_STORE_eof(store) && !OSSL_STORE_error(store) && !found->key) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        if (info)
            take(info, wanted, found);
        OSSL_STORE_INFO_free(info);
    }
    OSSL_STORE_close(store);
}

/* ---- the PKCS#11 engine ---- */

#ifndef OPENSSL_NO_ENGINE

static pthread_once_t engine_once = PTHREAD_ONCE_INIT;
static ENGINE *engine;

/* Not to be let go: keys refer to it. */
static void find_engine(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC | OPENSSL_INIT_LOAD_CONFIG, NULL);
    engine = ENGINE_by_id("pkcs11");
    if (!engine)
        return;
    ENGINE_ctrl_cmd_string(engine, "QUIET", NULL, 1);
    if (ENGINE_init(engine))
        return;
    ENGINE_free(engine);
    engine = NULL;
}

static bool is_for_engine(search_t *search)
{
    if (search->is_known || strncasecmp(search->uri, "pkcs11:", 7) != 0)
        return false;
    pthread_once(&engine_once, find_engine);
    search->is_known = engine != NULL;
    return search->is_known;
}

static EVP_PKEY *key_of_engine(search_t *search)
{
    return is_for_engine(search) ? ENGINE_load_private_key(engine, search->uri, search->ui, search->passphrase) : NULL;
}

static X509 *certificate_of_engine(search_t *search)
{
    /* The command's own way of passing things. */
    struct { const char *uri; X509 *certificate; } parameters = { search->uri, NULL };
    if (is_for_engine(search))
        ENGINE_ctrl_cmd(engine, "LOAD_CERT_CTRL", 0, &parameters, NULL, 1);
    return parameters.certificate;
}

#else

static EVP_PKEY *key_of_engine(search_t *search)
{
    (void)search;
    return NULL;
}

static X509 *certificate_of_engine(search_t *search)
{
    (void)search;
    return NULL;
}

#endif

/* ---- the functions ---- */

static int fail(const search_t *search, const char *key, const char *what, kube_error_t *err)
{
    int scheme = (int)strcspn(search->uri, ":");
    if (!search->is_known)
        return kube_fail(err, KUBE_E_UNSUPPORTED, "%s: OpenSSL has no provider or engine here for %.*s: URIs", key, scheme, search->uri);
    if (search->passphrase->asked)
        return kube_fail(err, KUBE_E_CONFIG, "%s: %s of the %s at the %.*s: URI", key,
                         search->passphrase->has ? "the passphrase or PIN is not that" : "no passphrase or PIN is given, but there is one", what,
                         scheme, search->uri);
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    return kube_fail(err, KUBE_E_TLS, "%s: no %s at the %.*s: URI%s%s", key, what, scheme, search->uri, reason ? ": " : "", reason ? reason : "");
}

static bool begin(search_t *search, const char *uri, kube_passphrase_t *passphrase)
{
    passphrase->asked = false;
    *search = (search_t){ .uri = uri, .passphrase = passphrase, .ui = UI_UTIL_wrap_read_pem_callback(kube_passphrase_give, 0) };
    return search->ui != NULL;
}

int kube_stored_key(const char *uri, kube_passphrase_t *passphrase, EVP_PKEY **out, kube_error_t *err)
{
    search_t search;
    found_t found = { 0 };
    *out = NULL;
    if (!begin(&search, uri, passphrase))
        return kube_fail_memory(err);
    search_providers(&search, OSSL_STORE_INFO_PKEY, &found);
    *out = found.key ? found.key : key_of_engine(&search);
    UI_destroy_method(search.ui);
    return *out ? KUBE_OK : fail(&search, "client-key", "private key", err);
}

int kube_stored_certificates(const char *uri, kube_passphrase_t *passphrase, STACK_OF(X509) **out, kube_error_t *err)
{
    search_t search;
    found_t found = { .certificates = sk_X509_new_null() };
    *out = NULL;
    if (!found.certificates || !begin(&search, uri, passphrase)) {
        sk_X509_free(found.certificates);
        return kube_fail_memory(err);
    }
    search_providers(&search, OSSL_STORE_INFO_CERT, &found);
    X509 *certificate = sk_X509_num(found.certificates) ? NULL : certificate_of_engine(&search);
    if (certificate && !sk_X509_push(found.certificates, certificate))
        X509_free(certificate);
    UI_destroy_method(search.ui);
    if (sk_X509_num(found.certificates)) {
        *out = found.certificates;
        return KUBE_OK;
    }
    sk_X509_free(found.certificates);
    return fail(&search, "client-certificate", "certificate", err);
}
