#include "client/client.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "client/operations.h"

#define DEFAULT_MAX_REPLY_BYTES ((size_t)1 << 30)
#define DEFAULT_MAX_ITEM_BYTES ((size_t)64 << 20)
#define DEFAULT_QUEUE_BYTES ((size_t)256 << 10)
#define DEFAULT_MAX_RETRIES 10

static void set_limits(kube_client_t *client, const kube_client_options_t *options)
{
    client->timeout_ms = options->timeout_ms;
    client->max_reply_bytes = options->max_reply_bytes;
    client->max_item_bytes = options->max_item_bytes ? options->max_item_bytes : DEFAULT_MAX_ITEM_BYTES;
    client->max_header_bytes = options->max_header_bytes;
    client->queue_bytes = options->queue_bytes ? options->queue_bytes : DEFAULT_QUEUE_BYTES;
    client->max_retries = DEFAULT_MAX_RETRIES;
    if (options->max_retries.has)
        client->max_retries = (unsigned)options->max_retries.value;
    kube_limiter_init(&client->limiter, options->qps, options->burst);
    if (options->hooks)
        client->hooks = *options->hooks;
}

static int fill(kube_client_t *client, const kube_config_t *config, const kube_client_options_t *options, kube_error_t *err)
{
    client->user_agent = kube_mem_strdup(options->user_agent ? options->user_agent : "libkube/" KUBE_VERSION);
    client->pool = options->pool ? kube_pool_ref(options->pool) : kube_pool_new(NULL);
    if (!client->user_agent || !client->pool)
        return kube_fail_memory(err);
    int code = kube_live_init(&client->live, config, options, err);
    if (code < 0)
        return code;
    kube_transport_group_t *group = client->live.plan.group;
    kube_transport_t *transport = group ? kube_transport_group_base(group) : options->transport;
    return kube_engine_new(transport, options->mode == KUBE_MODE_HOST, &client->engine, err);
}

/* With the limits that others are handed too. */
static kube_client_options_t complete(const kube_client_options_t *options)
{
    kube_client_options_t all = options ? *options : (kube_client_options_t){ 0 };
    all.max_reply_bytes = all.max_reply_bytes ? all.max_reply_bytes : DEFAULT_MAX_REPLY_BYTES;
    return all;
}

static bool has_control_character(const char *text)
{
    while ((unsigned char)*text >= ' ' && *text != 0x7F)
        text++;
    return *text;
}

static int check_numbers(const kube_client_options_t *options, kube_error_t *err)
{
    if (!(options->qps >= 0))
        return kube_fail(err, KUBE_E_USAGE, "qps is negative or not a number");
    if (options->burst < 0)
        return kube_fail(err, KUBE_E_USAGE, "burst is negative");
    if (options->timeout_ms < 0)
        return kube_fail(err, KUBE_E_USAGE, "timeout_ms is negative");
    if (options->max_retries.has && options->max_retries.value < 0)
        return kube_fail(err, KUBE_E_USAGE, "max_retries is negative");
    return KUBE_OK;
}

static int check_options(const kube_client_options_t *options, kube_error_t *err)
{
    if (options->mode != KUBE_MODE_CALLER && options->mode != KUBE_MODE_HOST)
        return kube_fail(err, KUBE_E_USAGE, "mode %d is none of KUBE_MODE_*", (int)options->mode);
    if (options->follow < KUBE_FOLLOW_FILES || options->follow > KUBE_FOLLOW_NOTHING)
        return kube_fail(err, KUBE_E_USAGE, "follow %d is none of KUBE_FOLLOW_*", (int)options->follow);
    if (options->user_agent && has_control_character(options->user_agent))
        return kube_fail(err, KUBE_E_USAGE, "user_agent has a control character");
    return check_numbers(options, err);
}

int kube_client_new(const kube_config_t *config, const kube_client_options_t *options, kube_client_t **out, kube_error_t *err)
{
    const kube_client_options_t all = complete(options);
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    options = &all;
    int code = kube_config_check(config, err);
    if (code < 0)
        return code;
    code = check_options(options, err);
    if (code < 0)
        return code;
    kube_client_t *client = kube_mem_zero(sizeof *client);
    if (!client)
        return kube_fail_memory(err);
    atomic_init(&client->references, 1);
    atomic_init(&client->closed, false);
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->idle, NULL);
    set_limits(client, options);
    code = fill(client, config, options, err);
    if (code < 0) {
        kube_client_free(client);
        return code;
    }
    *out = client;
    return KUBE_OK;
}

/* ---- ending ---- */

void kube_client_hold(kube_client_t *client)
{
    atomic_fetch_add(&client->references, 1);
}

void kube_client_release(kube_client_t *client)
{
    if (atomic_fetch_sub(&client->references, 1) != 1)
        return;
    kube_engine_free(client->engine);
    kube_live_dispose(&client->live);
    kube_pool_free(client->pool);
    kube_limiter_dispose(&client->limiter);
    kube_mem_free(client->user_agent);
    pthread_mutex_destroy(&client->lock);
    pthread_cond_destroy(&client->idle);
    kube_mem_free(client);
}

static void await_leaving(kube_client_t *client)
{
    pthread_mutex_lock(&client->lock);
    while (client->active)
        pthread_cond_wait(&client->idle, &client->lock);
    pthread_mutex_unlock(&client->lock);
}

void kube_client_free(kube_client_t *client)
{
    if (!client)
        return;
    /* In a forked child, the threads inside are not there, and the connections are its parent's. */
    bool own = client->engine && kube_engine_is_own(client->engine);
    if (own) {
        atomic_store(&client->closed, true);
        kube_engine_close(client->engine);
        await_leaving(client);
        kube_operations_end(client);
        kube_engine_shut(client->engine);
    }
    if (client->live.plan.group)
        kube_transport_group_shut(client->live.plan.group);
    kube_client_release(client);
}

int kube_client_enter(kube_client_t *client, bool blocking, kube_error_t *err)
{
    if (!client)
        return kube_fail(err, KUBE_E_USAGE, "client is NULL");
    if (!kube_engine_is_own(client->engine))
        return kube_fail(err, KUBE_E_USAGE, "a client must not be used after fork: make a new one in the child");
    if (blocking && kube_engine_is_host(client->engine))
        return kube_fail(err, KUBE_E_USAGE, "the client is the host's to drive: use kube_start");
    kube_client_hold(client);
    pthread_mutex_lock(&client->lock);
    client->active++;
    pthread_mutex_unlock(&client->lock);
    return KUBE_OK;
}

void kube_client_leave(kube_client_t *client)
{
    pthread_mutex_lock(&client->lock);
    if (--client->active == 0)
        pthread_cond_broadcast(&client->idle);
    pthread_mutex_unlock(&client->lock);
    kube_client_release(client);
}

const char *kube_client_namespace(const kube_client_t *shared)
{
    kube_client_t *client = (kube_client_t *)shared;
    kube_access_t *access = client ? kube_live_access(client) : NULL;
    const char *ns = access ? access->ns : NULL;
    kube_access_free(access);
    return ns;
}

kube_config_t *kube_client_config(const kube_client_t *shared)
{
    kube_client_t *client = (kube_client_t *)shared;
    kube_access_t *access = client ? kube_live_access(client) : NULL;
    kube_config_t *copy = access ? kube_config_dup(access->config) : NULL;
    kube_access_free(access);
    return copy;
}
