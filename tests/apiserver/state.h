/* The server's state. What is below `lock` is guarded by it. */
#ifndef TS_STATE_H
#define TS_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "auth.h"
#include "exchange.h"
#include "fault.h"
#include "log.h"
#include "resource.h"
#include "store.h"

struct kube_test_server {
    /* set at start */
    struct MHD_Daemon *daemon;
    ts_credentials_t credentials;
    kube_config_t config;
    char *url;
    size_t event_window;
    int64_t bookmark_interval_ms;
    int64_t controller_delay_ms;
    bool no_watch_list, controllers, authenticate;
    kube_time_t (*clock)(void *userdata);
    void *clock_userdata;
    ts_timer_t timer;

    atomic_uint_fast64_t requests, watches, open_watches, connections, open_connections, faults_met;
    pthread_mutex_t connection_lock; /* below `lock` */
    uint8_t *connected;              /* by descriptor */
    size_t connected_size;

    pthread_mutex_t lock;
    int64_t revision;
    ts_resource_t *resources;
    ts_collection_t *collections;
    ts_identity_t *identities;
    size_t object_count;
    kube_test_change_t *changes; /* a ring */
    size_t change_count, change_capacity, change_limit;
    ts_fault_t *faults;
    ts_log_t *logs;
    struct ts_chore *chores;
    bool owners_exist; /* some object has had ownerReferences */
    uint64_t next_ip;
    bool stopping;
};

/* The present as the server's objects have it: RFC 3339 in whole seconds. */
#define TS_TIME_SIZE KUBE_TIME_TEXT_SIZE
#include <kube/time.h>
void ts_now(const kube_test_server_t *server, char out[TS_TIME_SIZE]);

#endif
