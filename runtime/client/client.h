/* The client, as its own files see it. */
#ifndef KUBE_CLIENT_CLIENT_H
#define KUBE_CLIENT_CLIENT_H

#include <kube/client.h>
#include <stdatomic.h>

#include "client/limiter.h"
#include "client/live.h"
#include "http/engine.h"

struct kube_client {
    kube_live_t live;
    kube_engine_t *engine;
    kube_pool_t *pool;
    char *user_agent;
    kube_limiter_t limiter;
    kube_hooks_t hooks;
    int64_t timeout_ms;
    unsigned max_retries;
    size_t max_reply_bytes;
    size_t max_item_bytes;
    size_t max_header_bytes;
    size_t queue_bytes;
    atomic_size_t references; /* its owner's, and one of each operation and watch: their memory points here */
    atomic_bool closed;
    pthread_mutex_t lock;     /* guards active */
    pthread_cond_t idle;
    size_t active;            /* threads inside */
};

/* One more reference to the client's memory, given back with kube_client_release. */
void kube_client_hold(kube_client_t *client);
void kube_client_release(kube_client_t *client);
/*
 * What a thread does before it runs a machine of the client, and after: kube_client_free waits for the threads inside. blocking: it will wait, which a host's
 * client cannot. Errors: KUBE_E_USAGE (NULL; a host's client; after fork).
 */
int kube_client_enter(kube_client_t *client, bool blocking, kube_error_t *err);
void kube_client_leave(kube_client_t *client);

#endif
