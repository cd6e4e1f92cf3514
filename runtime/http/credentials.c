#include "http/credentials.h"

void kube_credentials_free(kube_credentials_t *credentials)
{
    if (credentials)
        credentials->free(credentials);
}
