/* The client, as its own files see it. */
#ifndef KUBE_CLIENT_CLIENT_H
#define KUBE_CLIENT_CLIENT_H

#include <kube/client.h>

#include "http/credentials.h"

struct kube_client {
    kube_config_t *config;
    kube_transport_t *transport;
    kube_credentials_t *credentials; /* NULL: none, or the server is not to be trusted with any */
    kube_pool_t *pool;
    char *user_agent;
    int64_t timeout_ms;
    size_t max_reply_bytes;
    bool owns_transport;
};

#endif
