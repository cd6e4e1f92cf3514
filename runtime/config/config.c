#include <kube/config.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"

/* Every string of a configuration. */
static const size_t string_offsets[] = {
    offsetof(kube_config_t, server),
    offsetof(kube_config_t, ns),
    offsetof(kube_config_t, tls_server_name),
    offsetof(kube_config_t, ca_file),
    offsetof(kube_config_t, ca_pem),
    offsetof(kube_config_t, client_certificate_file),
    offsetof(kube_config_t, client_certificate_pem),
    offsetof(kube_config_t, client_key_file),
    offsetof(kube_config_t, client_key_pem),
    offsetof(kube_config_t, token),
    offsetof(kube_config_t, token_file),
    offsetof(kube_config_t, source),
    offsetof(kube_config_t, context),
};
#define STRING_COUNT (sizeof string_offsets / sizeof *string_offsets)

static const char **string_at(const kube_config_t *config, size_t i)
{
    return (const char **)((char *)config + string_offsets[i]);
}

kube_config_t *kube_config_dup(const kube_config_t *config)
{
    kube_config_t *copy = config ? kube_mem_zero(sizeof *copy) : NULL;
    if (!copy)
        return NULL;
    copy->insecure_skip_tls_verify = config->insecure_skip_tls_verify;
    for (size_t i = 0; i < STRING_COUNT; i++) {
        const char *text = *string_at(config, i);
        if (text && !(*string_at(copy, i) = kube_mem_strdup(text))) {
            kube_config_free(copy);
            return NULL;
        }
    }
    return copy;
}

void kube_config_free(kube_config_t *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < STRING_COUNT; i++) {
        char *text = (char *)*string_at(config, i);
        if (text)
            kube_mem_wipe(text, strlen(text));
        kube_mem_free(text);
    }
    kube_mem_free(config);
}

/* Begins a message with where the configuration came from. */
static int fail_key(const kube_config_t *config, kube_error_t *err, const char *key, const char *problem)
{
    const char *source = config->source ? config->source : "";
    return kube_fail(err, KUBE_E_CONFIG, "%s%s%s: %s", source, *source ? ": " : "", key, problem);
}

static int check_server(const kube_config_t *config, kube_error_t *err)
{
    kube_url_t url;
    if (!config->server || !*config->server)
        return fail_key(config, err, "server", "missing");
    if (!kube_url_split(config->server, &url))
        return fail_key(config, err, "server", "not an http or https URL of host, port and path");
    const char *name = config->tls_server_name;
    if (name && (!*name || strpbrk(name, "/@[]?#\\ \t\r\n")))
        return fail_key(config, err, "tls-server-name", "not a host name");
    return KUBE_OK;
}

int kube_config_check(const kube_config_t *config, kube_error_t *err)
{
    kube_error_reset(err);
    if (!config)
        return kube_fail(err, KUBE_E_USAGE, "config is NULL");
    int code = check_server(config, err);
    if (code < 0)
        return code;
    if (config->ca_file && config->ca_pem)
        return fail_key(config, err, "certificate-authority", "given both as a file and as data");
    if (config->client_certificate_file && config->client_certificate_pem)
        return fail_key(config, err, "client-certificate", "given both as a file and as data");
    if (config->client_key_file && config->client_key_pem)
        return fail_key(config, err, "client-key", "given both as a file and as data");
    if (config->insecure_skip_tls_verify && (config->ca_file || config->ca_pem))
        return fail_key(config, err, "insecure-skip-tls-verify", "contradicts certificate-authority");
    bool has_certificate = config->client_certificate_file || config->client_certificate_pem;
    bool has_key = config->client_key_file || config->client_key_pem;
    if (has_certificate != has_key)
        return fail_key(config, err, has_key ? "client-certificate" : "client-key", "missing beside its counterpart");
    return KUBE_OK;
}
