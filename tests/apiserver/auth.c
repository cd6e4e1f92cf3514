#include "auth.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <strings.h>
#include <time.h>

#include "request.h"
#include "state.h"

/* ---- tokens ---- */

static void copy_tokens(ts_credentials_t *credentials, const kube_test_server_options_t *options)
{
    credentials->tokens = ts_alloc(options->token_count * sizeof *credentials->tokens);
    for (size_t i = 0; i < options->token_count; i++) {
        const kube_test_token_t *from = &options->tokens[i];
        size_t groups = 0;
        while (from->groups && from->groups[groups])
            groups++;
        struct ts_known_token *to = &credentials->tokens[credentials->token_count++];
        to->token = ts_strdup(from->token ? from->token : "");
        to->user = ts_strdup(from->user ? from->user : "");
        to->groups = ts_alloc((groups + 1) * sizeof *to->groups);
        for (size_t g = 0; g < groups; g++)
            to->groups[g] = ts_strdup(from->groups[g]);
    }
}

void ts_credentials_dispose(ts_credentials_t *credentials)
{
    for (size_t i = 0; i < credentials->token_count; i++) {
        for (char **group = credentials->tokens[i].groups; *group; group++)
            free(*group);
        free(credentials->tokens[i].groups);
        free(credentials->tokens[i].token);
        free(credentials->tokens[i].user);
    }
    free(credentials->tokens);
    free(credentials->ca_pem);
    free(credentials->server_pem);
    free(credentials->server_key_pem);
    free(credentials->client_pem);
    free(credentials->client_key_pem);
    *credentials = (ts_credentials_t){ 0 };
}

/* ---- certificates ---- */

typedef struct signer {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
} signer_t;

static char *text_of(const gnutls_datum_t *data)
{
    char *text = ts_strndup((const char *)data->data, data->size);
    gnutls_free(data->data);
    return text;
}

static int make_key(gnutls_x509_privkey_t *key, char **pem)
{
    gnutls_datum_t data;
    int code = gnutls_x509_privkey_init(key);
    if (code == 0)
        code = gnutls_x509_privkey_generate(*key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (code == 0 && pem && (code = gnutls_x509_privkey_export2_pkcs8(*key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &data)) == 0)
        *pem = text_of(&data);
    return code;
}

static int describe(gnutls_x509_crt_t certificate, const char *name, const char *organization)
{
    unsigned char serial[16];
    time_t now = time(NULL);
    ts_random(serial, sizeof serial);
    serial[0] &= 0x7f;
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
    gnutls_x509_crt_set_activation_time(certificate, now - 3600);
    gnutls_x509_crt_set_expiration_time(certificate, now + 365 * 24 * 3600);
    if (organization)
        gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, organization, (unsigned)strlen(organization));
    return gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
}

/* Signed by `by`, or by itself when that is NULL: a CA. Its key is kept in own. */
static int make_certificate(const char *name, const char *organization, const signer_t *by, signer_t *own, char **pem, char **key_pem)
{
    gnutls_datum_t data;
    static const unsigned char loopback[] = { 127, 0, 0, 1 };
    int code = make_key(&own->key, key_pem);
    if (code == 0)
        code = gnutls_x509_crt_init(&own->certificate);
    if (code != 0)
        return code;
    describe(own->certificate, name, organization);
    gnutls_x509_crt_set_key(own->certificate, own->key);
    if (by) {
        gnutls_x509_crt_set_basic_constraints(own->certificate, 0, -1);
        gnutls_x509_crt_set_key_usage(own->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
        gnutls_x509_crt_set_key_purpose_oid(own->certificate, organization ? GNUTLS_KP_TLS_WWW_CLIENT : GNUTLS_KP_TLS_WWW_SERVER, 0);
        gnutls_x509_crt_set_subject_alt_name(own->certificate, GNUTLS_SAN_IPADDRESS, loopback, sizeof loopback, GNUTLS_FSAN_SET);
        gnutls_x509_crt_set_subject_alt_name(own->certificate, GNUTLS_SAN_DNSNAME, "localhost", 9, GNUTLS_FSAN_APPEND);
    } else {
        gnutls_x509_crt_set_basic_constraints(own->certificate, 1, -1);
        gnutls_x509_crt_set_key_usage(own->certificate, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
        by = own;
    }
    code = gnutls_x509_crt_sign2(own->certificate, by->certificate, by->key, GNUTLS_DIG_SHA256, 0);
    if (code == 0 && (code = gnutls_x509_crt_export2(own->certificate, GNUTLS_X509_FMT_PEM, &data)) == 0)
        *pem = text_of(&data);
    return code;
}

static void signer_dispose(signer_t *signer)
{
    if (signer->certificate)
        gnutls_x509_crt_deinit(signer->certificate);
    if (signer->key)
        gnutls_x509_privkey_deinit(signer->key);
}

int ts_credentials_make(ts_credentials_t *credentials, const kube_test_server_options_t *options, kube_error_t *err)
{
    signer_t ca = { 0 }, server = { 0 }, client = { 0 };
    copy_tokens(credentials, options);
    if (!options->tls)
        return KUBE_OK;
    int code = make_certificate("kube-testserver-ca", NULL, NULL, &ca, &credentials->ca_pem, NULL);
    if (code == 0)
        code = make_certificate("kube-testserver", NULL, &ca, &server, &credentials->server_pem, &credentials->server_key_pem);
    if (code == 0)
        code = make_certificate("kubernetes-admin", "system:masters", &ca, &client, &credentials->client_pem, &credentials->client_key_pem);
    signer_dispose(&ca);
    signer_dispose(&server);
    signer_dispose(&client);
    return code == 0 ? KUBE_OK : ts_fail(err, KUBE_E_TLS, "cannot make certificates: %s", gnutls_strerror(code));
}

/* ---- who asks ---- */

static void add_group(ts_user_t *user, const char *group)
{
    json_array_append_new(user->groups, ts_string(group));
}

static void set_user(ts_user_t *user, const char *name)
{
    free(user->name);
    json_decref(user->groups);
    user->name = ts_strdup(name);
    user->groups = ts_need(json_array());
}

static bool by_token(const ts_credentials_t *credentials, const char *token, ts_user_t *user)
{
    for (size_t i = 0; i < credentials->token_count; i++) {
        if (!ts_is(credentials->tokens[i].token, token))
            continue;
        set_user(user, credentials->tokens[i].user);
        for (char **group = credentials->tokens[i].groups; *group; group++)
            add_group(user, *group);
        add_group(user, "system:authenticated");
        return true;
    }
    return false;
}

/* A certificate of the connection's client: common name and organizations. */
static bool by_certificate(struct MHD_Connection *connection, ts_user_t *user)
{
    const union MHD_ConnectionInfo *info = connection ? MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION) : NULL;
    unsigned count = 0, status = 0;
    const gnutls_datum_t *chain = info && info->tls_session ? gnutls_certificate_get_peers(info->tls_session, &count) : NULL;
    gnutls_x509_crt_t certificate;
    char text[256];
    size_t size = sizeof text;
    if (!chain || count == 0 || gnutls_certificate_verify_peers2(info->tls_session, &status) != 0 || status != 0)
        return false;
    if (gnutls_x509_crt_init(&certificate) != 0)
        return false;
    bool ok = gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == 0 &&
              gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &size) == 0;
    if (ok) {
        set_user(user, text);
        for (unsigned i = 0;; i++) {
            size = sizeof text;
            if (gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_ORGANIZATION_NAME, i, 0, text, &size) != 0)
                break;
            add_group(user, text);
        }
        add_group(user, "system:authenticated");
    }
    gnutls_x509_crt_deinit(certificate);
    return ok;
}

static void impersonate(ts_request_t *request)
{
    const char *name = ts_header(request, "Impersonate-User"), *uid = ts_header(request, "Impersonate-Uid");
    if (!name)
        return;
    set_user(&request->user, name);
    request->user.uid = ts_strdup(uid);
    request->user.anonymous = false;
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, "Impersonate-Group") == 0)
            add_group(&request->user, request->headers[i].value);
    }
    add_group(&request->user, "system:authenticated");
}

bool ts_authenticate(const kube_test_server_t *server, struct MHD_Connection *connection, ts_request_t *request)
{
    const char *header = ts_header(request, "Authorization");
    bool bearer = header && strncasecmp(header, "Bearer ", 7) == 0;
    bool known = bearer ? by_token(&server->credentials, header + 7 + strspn(header + 7, " "), &request->user)
                        : by_certificate(connection, &request->user);
    bool tokens_matter = server->credentials.token_count > 0 || server->authenticate;
    if (!known && ((bearer && tokens_matter) || server->authenticate))
        return false;
    if (!known) {
        set_user(&request->user, "system:anonymous");
        add_group(&request->user, "system:unauthenticated");
        request->user.anonymous = true;
    }
    impersonate(request);
    return true;
}
