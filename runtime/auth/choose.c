#include "auth/choose.h"

#include "auth/basic.h"
#include "auth/exec.h"
#include "auth/impersonation.h"
#include "auth/oidc.h"
#include "auth/own.h"
#include "auth/token.h"

static int choose(const kube_config_t *config, const kube_client_options_t *options, kube_transport_t *transport,
                  kube_credentials_t **out, kube_error_t *err)
{
    if (options->credentials)
        return kube_own_credentials_new(options->credentials, out, err);
    int code = kube_token_credentials_new(config, out, err);
    if (code == KUBE_OK && !*out)
        code = kube_basic_credentials_new(config, out, err);
    if (code == KUBE_OK && !*out)
        code = kube_exec_credentials_new(config, options, transport, out, err);
    if (code == KUBE_OK && !*out)
        code = kube_oidc_credentials_new(config, NULL, out, err);
    return code;
}

int kube_credentials_new(const kube_config_t *config, const kube_client_options_t *options, kube_transport_t *transport,
                         kube_credentials_t **out, kube_error_t *err)
{
    int code = choose(config, options, transport, out, err);
    if (code == KUBE_OK)
        code = kube_impersonation_wrap(config, out, err);
    if (code < 0) {
        kube_credentials_free(*out);
        *out = NULL;
    }
    return code;
}
