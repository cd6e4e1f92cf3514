#include "auth/exec_credential.h"

#include <jansson.h>
#include <kube/time.h>
#include <string.h>

#include "auth/json.h"
#include "auth/text.h"
#include "base/fail.h"
#include "object/yaml_secret.h"

static int copy_text(const json_t *status, const char *key, kube_buffer_t *out, kube_error_t *err)
{
    const json_t *value = json_object_get(status, key);
    if (!value || json_is_null(value))
        return KUBE_OK;
    if (!json_is_string(value))
        return kube_fail(err, KUBE_E_CONFIG, "status.%s is not a string", key);
    if (kube_buffer_reserve(out, json_string_length(value)))
        kube_buffer_append(out, json_string_value(value), json_string_length(value));
    return out->failed ? kube_fail_memory(err) : KUBE_OK;
}

static int read_token(const json_t *status, kube_made_t *out, kube_error_t *err)
{
    const json_t *token = json_object_get(status, "token");
    if (!token || json_is_null(token) || (json_is_string(token) && json_string_length(token) == 0))
        return KUBE_OK;
    if (!json_is_string(token))
        return kube_fail(err, KUBE_E_CONFIG, "status.token is not a string");
    return kube_bearer_value(json_string_value(token), json_string_length(token), "status.token", &out->header, err);
}

static int read_expiry(const json_t *status, kube_made_t *out, kube_error_t *err)
{
    const json_t *expiry = json_object_get(status, "expirationTimestamp");
    if (!expiry || json_is_null(expiry))
        return KUBE_OK;
    if (!json_is_string(expiry) || kube_time_from_text(json_string_value(expiry), json_string_length(expiry), &out->expiry) < 0)
        return kube_fail(err, KUBE_E_CONFIG, "status.expirationTimestamp is not a time");
    return KUBE_OK;
}

static int read_status(const json_t *status, kube_made_t *out, kube_error_t *err)
{
    if (!json_is_object(status))
        return kube_fail(err, KUBE_E_CONFIG, "the ExecCredential has no status");
    int code = read_token(status, out, err);
    if (code == KUBE_OK)
        code = copy_text(status, "clientCertificateData", &out->certificate, err);
    if (code == KUBE_OK)
        code = copy_text(status, "clientKeyData", &out->key, err);
    if (code == KUBE_OK)
        code = read_expiry(status, out, err);
    if (code < 0)
        return code;
    if (!out->certificate.len != !out->key.len)
        return kube_fail(err, KUBE_E_CONFIG, "of status.clientCertificateData and clientKeyData one is missing");
    if (!out->header.len && !out->certificate.len)
        return kube_fail(err, KUBE_E_CONFIG, "status has neither a token nor a certificate");
    return KUBE_OK;
}

static bool says(const json_t *root, const char *key, const char *expected)
{
    const char *value = json_string_value(json_object_get(root, key));
    return value && strcmp(value, expected) == 0;
}

/* One that does not say what it is, is what it should be: client-go goes by the version alone then. */
static bool is_credential(const json_t *root)
{
    const json_t *kind = json_object_get(root, "kind");
    return !kind || says(root, "kind", "") || says(root, "kind", "ExecCredential");
}

/* Only what begins with a brace is JSON. Who prints YAML is understood by kubectl, too. */
static int read_root(const char *text, size_t len, json_t **root, kube_error_t *err)
{
    size_t blank = 0;
    while (blank < len && strchr(" \t\r\n", text[blank]))
        blank++;
    if (blank < len && text[blank] == '{')
        return kube_secret_json_read(text, len, root, err);
    *root = NULL;
    bool found = false;
    kube_buffer_t json = { 0 };
    kube_yaml_reader_t *reader = kube_yaml_secret_reader_new(text ? text : "", len, NULL, &json);
    int code = reader ? kube_yaml_reader_next(reader, &json, &found, NULL) : kube_fail_memory(err);
    if (code == KUBE_OK)
        code = kube_secret_json_read(json.data, found ? json.len : 0, root, err);
    else if (code == KUBE_E_NO_MEMORY)
        kube_fail_memory(err);
    kube_yaml_reader_free(reader);
    kube_buffer_wipe(&json);
    return code;
}

int kube_exec_credential_read(const char *text, size_t len, const char *api_version, kube_made_t *out, kube_error_t *err)
{
    *out = (kube_made_t){ 0 };
    json_t *root;
    int code = read_root(text, len, &root, err);
    if (code < 0)
        return code == KUBE_E_NO_MEMORY ? code : kube_fail(err, KUBE_E_CONFIG, "printed no ExecCredential: not an object in JSON or YAML");
    if (!is_credential(root))
        code = kube_fail(err, KUBE_E_CONFIG, "printed no ExecCredential: its kind is another");
    else if (!says(root, "apiVersion", api_version))
        code = kube_fail(err, KUBE_E_CONFIG, "printed an ExecCredential whose apiVersion is not %s", api_version);
    else
        code = read_status(json_object_get(root, "status"), out, err);
    kube_secret_json_free(root);
    if (code < 0)
        kube_made_wipe(out);
    return code;
}
