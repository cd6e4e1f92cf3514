/* One request and its reply on a connection of libmicrohttpd: waits, timers, and the faults it meets. */
#ifndef TS_EXCHANGE_H
#define TS_EXCHANGE_H

#include <pthread.h>

#include "fault.h"
#include "request.h"

struct MHD_Connection;

typedef enum ts_stage { TS_STAGE_READING, TS_STAGE_READ, TS_STAGE_EXECUTED, TS_STAGE_REPLYING } ts_stage_t;

typedef struct ts_exchange {
    kube_test_server_t *server;
    struct MHD_Connection *connection;
    int fd;
    ts_request_t request;
    ts_reply_t reply;
    ts_stage_t stage;
    ts_fault_t *fault; /* a copy of its own, or NULL */
    size_t body_at;    /* bytes of reply.body that are sent */
    uint64_t sent;     /* bytes of the whole body */
    bool ended;        /* the stream has no more */
    bool half_closed;
    /* With the server's lock: */
    bool asleep;
    bool gone; /* the client closed the connection */
    int64_t deadline; /* when it is woken: ts_monotonic_ms; 0: never */
    size_t timer_index; /* in the timer's heap, from 1; 0: not there */
    struct ts_exchange *next_waiting, **waiting_link;
} ts_exchange_t;

/* Wakes exchanges when their time has come, or their client has gone. One thread. */
typedef struct ts_timer {
    pthread_t thread;
    bool started;
    int epoll_fd, event_fd;
    ts_exchange_t **heap; /* heap[1] is next */
    size_t count, capacity;
    ts_exchange_t **by_fd; /* exchange in progress on a descriptor */
    size_t by_fd_size;
} ts_timer_t;

int ts_timer_start(kube_test_server_t *server);
void ts_timer_stop(kube_test_server_t *server);
/* The timer looks again when it has to wake; with the lock. */
void ts_timer_nudge(kube_test_server_t *server);

/* Puts an exchange to sleep: until `deadline` (0: none), or woken. waiting: a list to stand in, or NULL. With the lock. */
void ts_exchange_sleep(ts_exchange_t *exchange, int64_t deadline, ts_exchange_t **waiting);
/* With the lock. Does nothing when it is awake. */
void ts_exchange_wake(ts_exchange_t *exchange);
void ts_wake_all(ts_exchange_t **waiting);

/* What else happens when something was stored (controllers, namespaces, owners); with the lock. */
void ts_controllers_notice(kube_test_server_t *server, ts_collection_t *collection, const ts_event_t *event);
/* Does what is due; returns when the next is: ts_monotonic_ms, 0: nothing. With the lock. */
int64_t ts_controllers_run(kube_test_server_t *server, int64_t now);

void ts_controllers_dispose(kube_test_server_t *server);

int ts_http_start(kube_test_server_t *server, const kube_test_server_options_t *options, kube_error_t *err);
void ts_http_stop(kube_test_server_t *server);

#endif
