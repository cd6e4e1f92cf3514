#include "http/credentials.h"

int kube_credentials_add_headers(kube_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    return credentials ? credentials->add_headers(credentials, use, headers, err) : KUBE_OK;
}

bool kube_credentials_refused(kube_credentials_t *credentials, const kube_credentials_use_t *use)
{
    return credentials && credentials->refused && credentials->refused(credentials, use);
}

void kube_credentials_leave(kube_credentials_t *credentials, kube_credentials_use_t *use)
{
    if (credentials && credentials->leave && use->waits)
        credentials->leave(credentials, use);
    use->waits = false;
}

void kube_credentials_free(kube_credentials_t *credentials)
{
    if (credentials)
        credentials->free(credentials);
}
