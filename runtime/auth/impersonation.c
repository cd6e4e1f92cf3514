#include "auth/impersonation.h"

#include <string.h>

#include "auth/text.h"
#include "base/escape.h"
#include "base/fail.h"
#include "base/memory.h"

typedef struct impersonation {
    kube_credentials_t base;
    kube_credentials_t *own;  /* who the client really is; NULL: the certificate tells, or nothing does */
    kube_headers_t headers;
} impersonation_t;

static int add_headers(kube_credentials_t *base, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    impersonation_t *impersonation = (impersonation_t *)base;
    int code = kube_credentials_add_headers(impersonation->own, use, headers, err);
    if (code != KUBE_OK)
        return code;
    for (size_t i = 0; i < impersonation->headers.len; i++)
        kube_headers_add(headers, impersonation->headers.items[i].name, impersonation->headers.items[i].value);
    return headers->failed ? kube_fail_memory(err) : KUBE_OK;
}

static bool refused(kube_credentials_t *base, const kube_credentials_use_t *use)
{
    return kube_credentials_refused(((impersonation_t *)base)->own, use);
}

static void leave(kube_credentials_t *base, kube_credentials_use_t *use)
{
    kube_credentials_leave(((impersonation_t *)base)->own, use);
}

static void free_impersonation(kube_credentials_t *base)
{
    impersonation_t *impersonation = (impersonation_t *)base;
    kube_credentials_free(impersonation->own);
    kube_headers_wipe(&impersonation->headers);
    kube_mem_free(impersonation);
}

static int put(impersonation_t *impersonation, const char *name, const char *key, const char *value, kube_error_t *err)
{
    if (kube_has_control(value))
        return kube_fail(err, KUBE_E_CONFIG, "%s: a control character", key);
    kube_headers_add(&impersonation->headers, name, value);
    return impersonation->headers.failed ? kube_fail_memory(err) : KUBE_OK;
}

static int put_extra(impersonation_t *impersonation, const kube_string_list_entry_t *extra, kube_error_t *err)
{
    kube_buffer_t name = { 0 };
    kube_buffer_puts(&name, "Impersonate-Extra-");
    /* What a header's name may have (RFC 9110) goes as it is, but for "%". */
    kube_escape(&name, extra->key, "!#$&'*+^`|");
    int code = name.failed ? kube_fail_memory(err) : KUBE_OK;
    for (size_t i = 0; i < extra->value.len && code == KUBE_OK; i++)
        code = put(impersonation, name.data, "as-user-extra", extra->value.items[i], err);
    kube_buffer_dispose(&name);
    return code;
}

static int put_all(impersonation_t *impersonation, const kube_config_t *config, kube_error_t *err)
{
    int code = put(impersonation, "Impersonate-User", "as", config->as, err);
    if (code == KUBE_OK && config->as_uid && *config->as_uid)
        code = put(impersonation, "Impersonate-Uid", "as-uid", config->as_uid, err);
    for (size_t i = 0; i < config->as_groups.len && code == KUBE_OK; i++)
        code = put(impersonation, "Impersonate-Group", "as-groups", config->as_groups.items[i], err);
    for (size_t i = 0; i < config->as_user_extra.len && code == KUBE_OK; i++)
        code = put_extra(impersonation, &config->as_user_extra.items[i], err);
    return code;
}

int kube_impersonation_wrap(const kube_config_t *config, kube_credentials_t **credentials, kube_error_t *err)
{
    if (!config->as || !*config->as) {
        bool more = (config->as_uid && *config->as_uid) || config->as_groups.len || config->as_user_extra.len;
        return more ? kube_fail(err, KUBE_E_CONFIG, "as: missing beside as-uid, as-groups or as-user-extra") : KUBE_OK;
    }
    impersonation_t *impersonation = kube_mem_zero(sizeof *impersonation);
    if (!impersonation)
        return kube_fail_memory(err);
    impersonation->base = (kube_credentials_t){ .add_headers = add_headers, .refused = refused, .leave = leave,
                                                 .free = free_impersonation };
    int code = put_all(impersonation, config, err);
    if (code < 0) {
        free_impersonation(&impersonation->base);
        return code;
    }
    impersonation->own = *credentials;
    if (impersonation->own) {
        impersonation->base.maker = impersonation->own->maker;
        impersonation->base.maker_name = impersonation->own->maker_name;
    }
    *credentials = &impersonation->base;
    return KUBE_OK;
}
