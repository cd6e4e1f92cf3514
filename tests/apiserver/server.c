/* The public functions around a server: start, stop, configuration, what happened. */
#include <stdio.h>

#include "admission.h"
#include "state.h"

static kube_time_t system_clock(void *userdata)
{
    (void)userdata;
    return kube_time_now();
}

void ts_now(const kube_test_server_t *server, char out[TS_TIME_SIZE])
{
    kube_time_t now = server->clock(server->clock_userdata);
    kube_time_to_text(&now, out, TS_TIME_SIZE);
}

static void take_options(kube_test_server_t *server, const kube_test_server_options_t *options)
{
    server->event_window = options->event_window ? options->event_window : 10000;
    server->change_limit = options->change_log ? options->change_log : 1000000;
    server->bookmark_interval_ms = options->bookmark_interval_ms > 0 ? options->bookmark_interval_ms : 60000;
    server->controller_delay_ms = options->controller_delay_ms > 0 ? options->controller_delay_ms : 100;
    server->no_watch_list = options->no_watch_list;
    server->controllers = options->controllers;
    server->authenticate = options->authenticate;
    server->clock = options->clock ? options->clock : system_clock;
    server->clock_userdata = options->clock_userdata;
}

/* Revisions do not begin at 1, so that "0" and "1" mean what they mean to a real server: anything, and something old. */
static void begin_store(kube_test_server_t *server, const kube_test_server_options_t *options)
{
    static const char *const namespaces[] = { "default", "kube-system", "kube-public", "kube-node-lease" };
    ts_resources_of_packages(server, options->packages);
    ts_resources_builtin(server);
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        ts_ensure_namespace(server, namespaces[i]);
}

static void make_config(kube_test_server_t *server)
{
    server->config = (kube_config_t){ .server = server->url, .ca_pem = server->credentials.ca_pem,
                                      .client_certificate_pem = server->credentials.client_pem,
                                      .client_key_pem = server->credentials.client_key_pem };
}

int kube_test_server_start(const kube_test_server_options_t *options, kube_test_server_t **out, kube_error_t *err)
{
    static const kube_test_server_options_t defaults;
    ts_fail(err, KUBE_OK, "%s", "");
    if (!out)
        return ts_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    options = options ? options : &defaults;
    if (options->token_count > 0 && !options->tokens)
        return ts_fail(err, KUBE_E_USAGE, "token_count without tokens");
    kube_test_server_t *server = ts_alloc(sizeof *server);
    pthread_mutex_init(&server->lock, NULL);
    pthread_mutex_init(&server->connection_lock, NULL);
    server->timer.epoll_fd = server->timer.event_fd = -1;
    take_options(server, options);
    int code = ts_credentials_make(&server->credentials, options, err);
    if (code == KUBE_OK && ts_timer_start(server) != KUBE_OK)
        code = ts_fail(err, KUBE_E_NO_MEMORY, "no thread or descriptor for the timer");
    if (code == KUBE_OK) {
        pthread_mutex_lock(&server->lock);
        begin_store(server, options);
        pthread_mutex_unlock(&server->lock);
        code = ts_http_start(server, options, err);
    }
    if (code != KUBE_OK) {
        kube_test_server_stop(server);
        return code;
    }
    make_config(server);
    *out = server;
    return KUBE_OK;
}

static void free_lists(kube_test_server_t *server)
{
    kube_test_server_clear_faults(server);
    ts_controllers_dispose(server);
    while (server->resources) {
        ts_resource_t *resource = server->resources;
        server->resources = resource->next;
        ts_resource_free(resource);
    }
    while (server->collections) {
        ts_collection_t *collection = server->collections;
        server->collections = collection->next;
        ts_collection_free(collection);
    }
    while (server->identities) {
        ts_identity_t *identity = server->identities;
        server->identities = identity->next;
        free(identity);
    }
    while (server->logs) {
        ts_log_t *log = server->logs;
        server->logs = log->next;
        ts_log_free(log);
    }
}

void kube_test_server_stop(kube_test_server_t *server)
{
    if (!server)
        return;
    ts_http_stop(server);
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_mutex_unlock(&server->lock);
    ts_timer_stop(server);
    free_lists(server);
    ts_credentials_dispose(&server->credentials);
    free(server->changes);
    free(server->connected);
    free(server->url);
    pthread_mutex_destroy(&server->lock);
    pthread_mutex_destroy(&server->connection_lock);
    free(server);
}

const char *kube_test_server_url(const kube_test_server_t *server)
{
    return server->url;
}

const kube_config_t *kube_test_server_config(const kube_test_server_t *server)
{
    return &server->config;
}

void kube_test_server_compact(kube_test_server_t *server)
{
    pthread_mutex_lock(&server->lock);
    for (ts_collection_t *c = server->collections; c; c = c->next)
        c->forgotten = server->revision;
    pthread_mutex_unlock(&server->lock);
}

int64_t kube_test_server_revision(const kube_test_server_t *server)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&server->lock;
    pthread_mutex_lock(lock);
    int64_t revision = server->revision;
    pthread_mutex_unlock(lock);
    return revision;
}

size_t kube_test_server_changes(const kube_test_server_t *server, int64_t after, kube_test_change_t *out, size_t max)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)&server->lock;
    size_t count = 0;
    pthread_mutex_lock(lock);
    size_t low = server->change_count > server->change_limit ? server->change_count - server->change_limit : 0, high = server->change_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (server->changes[middle % server->change_limit].revision <= after)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < server->change_count && count < max; low++)
        out[count++] = server->changes[low % server->change_limit];
    pthread_mutex_unlock(lock);
    return count;
}

void kube_test_server_counters(const kube_test_server_t *server, kube_test_counters_t *out)
{
    kube_test_server_t *counted = (kube_test_server_t *)server;
    *out = (kube_test_counters_t){ .requests = atomic_load(&counted->requests), .watches = atomic_load(&counted->watches),
                                   .open_watches = atomic_load(&counted->open_watches), .connections = atomic_load(&counted->connections),
                                   .open_connections = atomic_load(&counted->open_connections), .faults = atomic_load(&counted->faults_met) };
    pthread_mutex_lock(&counted->lock);
    out->objects = counted->object_count;
    pthread_mutex_unlock(&counted->lock);
}
