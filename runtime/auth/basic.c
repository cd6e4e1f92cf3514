#include "auth/basic.h"

#include <string.h>

#include "auth/text.h"
#include "base/base64.h"
#include "base/fail.h"
#include "base/memory.h"

typedef struct basic_credentials {
    kube_credentials_t base;
    kube_buffer_t header;
} basic_credentials_t;

void kube_basic_value(const char *name, const char *password, kube_buffer_t *out)
{
    kube_buffer_t pair = { 0 };
    size_t len = strlen(name) + 1 + strlen(password), encoded = kube_base64_encoded_len(len);
    /* Room for all of it at once: a buffer that grows leaves copies behind. */
    if (!kube_buffer_reserve(&pair, len) || !kube_buffer_reserve(out, 6 + encoded)) {
        kube_buffer_wipe(&pair);
        out->failed = true;
        return;
    }
    kube_buffer_puts(&pair, name);
    kube_buffer_puts(&pair, ":");
    kube_buffer_puts(&pair, password);
    kube_buffer_puts(out, "Basic ");
    kube_base64_encode(out->data + out->len, (const uint8_t *)pair.data, len);
    out->len += encoded;
    out->data[out->len] = '\0';
    kube_buffer_wipe(&pair);
}

static int add_headers(kube_credentials_t *base, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    (void)use;
    kube_headers_add(headers, "Authorization", ((basic_credentials_t *)base)->header.data);
    return headers->failed ? kube_fail_memory(err) : KUBE_OK;
}

static void free_credentials(kube_credentials_t *base)
{
    basic_credentials_t *credentials = (basic_credentials_t *)base;
    kube_buffer_wipe(&credentials->header);
    kube_mem_free(credentials);
}

int kube_basic_credentials_new(const kube_config_t *config, kube_credentials_t **out, kube_error_t *err)
{
    *out = NULL;
    if (!config->username || !*config->username)
        return KUBE_OK;
    const char *password = config->password ? config->password : "";
    if (strchr(config->username, ':') || kube_has_control(config->username) || kube_has_control(password))
        return kube_fail(err, KUBE_E_CONFIG, "username, password: a colon in the name, or a control character");
    basic_credentials_t *credentials = kube_mem_zero(sizeof *credentials);
    if (!credentials)
        return kube_fail_memory(err);
    credentials->base = (kube_credentials_t){ .add_headers = add_headers, .free = free_credentials };
    kube_basic_value(config->username, password, &credentials->header);
    if (credentials->header.failed) {
        free_credentials(&credentials->base);
        return kube_fail_memory(err);
    }
    *out = &credentials->base;
    return KUBE_OK;
}
