#include "auth/own.h"

#include "auth/text.h"
#include "base/fail.h"
#include "base/memory.h"

typedef struct own_credentials {
    kube_credentials_t base;
    kube_credentials_hooks_t hooks;
} own_credentials_t;

/* What the hook says, checked: its code and message become the call's. */
static int take(int code, const kube_buffer_t *value, const kube_error_t *problem, kube_headers_t *headers, kube_error_t *err)
{
    if (code < 0)
        return kube_fail(err, code, "%s", *problem->message ? problem->message : "the program's own credentials failed");
    if (value->failed)
        return kube_fail_memory(err);
    if (value->len && kube_has_control(value->data))
        return kube_fail(err, KUBE_E_USAGE, "the program's own credentials have a control character");
    if (value->len)
        kube_headers_add(headers, "Authorization", value->data);
    return headers->failed ? kube_fail_memory(err) : KUBE_OK;
}

static int add_headers(kube_credentials_t *base, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    const kube_credentials_hooks_t *hooks = &((own_credentials_t *)base)->hooks;
    kube_buffer_t value = { 0 };
    kube_error_t problem = { 0 };
    int code = hooks->authorize(hooks->userdata, &value, &problem);
    use->waits = code > 0;
    code = use->waits ? KUBE_CREDENTIALS_WAIT : take(code, &value, &problem, headers, err);
    kube_buffer_wipe(&value);
    return code;
}

static bool refused(kube_credentials_t *base, const kube_credentials_use_t *use)
{
    (void)use;
    const kube_credentials_hooks_t *hooks = &((own_credentials_t *)base)->hooks;
    return hooks->refused && hooks->refused(hooks->userdata);
}

static void free_credentials(kube_credentials_t *base)
{
    kube_mem_free(base);
}

int kube_own_credentials_new(const kube_credentials_hooks_t *hooks, kube_credentials_t **out, kube_error_t *err)
{
    *out = NULL;
    if (!hooks->authorize)
        return kube_fail(err, KUBE_E_USAGE, "credentials.authorize is NULL");
    own_credentials_t *credentials = kube_mem_zero(sizeof *credentials);
    if (!credentials)
        return kube_fail_memory(err);
    credentials->base = (kube_credentials_t){ .add_headers = add_headers, .refused = refused, .free = free_credentials,
                                               .maker = "program itself" };
    credentials->hooks = *hooks;
    *out = &credentials->base;
    return KUBE_OK;
}
