/*
 * The soak: writers and a thousand watches go through a proxy that misbehaves, against kube-testserver, and what each watch was told is compared,
 * event by event, with the server's own log of changes. Server and proxy live in a process of their own, so that this one's memory and
 * descriptors are those of libkube's clients.
 */
#ifndef SOAK_H
#define SOAK_H

#include <kube/k8s.h>
#include <kube/kube.h>
#include <stdatomic.h>

enum { NAMESPACES = 10, OBJECTS = 40 };

/* One change of a ConfigMap o-<object> in soak-<ns>. */
typedef struct change {
    int64_t revision;
    int ns, object;
    kube_event_type_t type;
} change_t;

typedef struct soak_options {
    int seconds, host_watches, thread_watches, writers;
    uint64_t seed;
    bool tls;
} soak_options_t;

/* ---- the other process: soak_server.c ---- */

typedef struct soak_server soak_server_t;

/* Starts it. To be called before there are threads. NULL: it did not start. */
soak_server_t *soak_server_start(const soak_options_t *options);
/* The administrator's configuration, with the address of the proxy. */
const kube_config_t *soak_server_config(const soak_server_t *server);
/* The next change of a ConfigMap; false at the end. Blocks. */
bool soak_server_read(soak_server_t *server, change_t *change);
/* From now on nothing goes wrong any more. */
void soak_server_be_good(soak_server_t *server);
/* Has soak_server_read return false, once all that happened was read. */
void soak_server_end(soak_server_t *server);
/* Waits until the process is gone; whether it ended well. */
bool soak_server_free(soak_server_t *server);

/* ---- what happened, and what a watch was told of it: soak_log.c ---- */

/* What a watch of one namespace knows. */
typedef struct witness {
    int ns;
    bool synced;
    bool placed;               /* `next` is known: an event has come since it was synced */
    size_t next;               /* the change that must come next */
    int64_t revisions[OBJECTS]; /* of the objects that it believes to be there; 0: it is not */
    unsigned events, restarts;
} witness_t;

typedef struct verdict {
    atomic_ullong events;      /* that were as they had to be */
    atomic_uint lost;          /* changes that a watch was not told of */
    atomic_uint duplicated;    /* events that came twice */
    atomic_uint wrong;         /* events of nothing that happened, or of another type; states that never were */
    atomic_uint restarts;      /* initial states that began again */
    atomic_uint late_restarts; /* the same after the state had been complete */
} verdict_t;

/* room: changes in all that the log can hold; it is allocated, and written to, at once. */
bool soak_log_init(size_t room);
void soak_log_free(void);
/* Reads the server's changes until they end, in a thread. */
void *soak_log_fill(void *server);
size_t soak_log_count(void);
/* One event of a watch, as it comes. */
void soak_witness(witness_t *witness, const kube_event_t *event, verdict_t *verdict);
/* Whether a watch has been told everything up to now. */
bool soak_has_all(const witness_t *witness);

/* ---- the load: soak_load.c ---- */

typedef struct load {
    kube_client_t *client;
    atomic_bool stop;
    uint64_t seed;
    atomic_ullong calls;
    atomic_ullong by_code[64]; /* -KUBE_E_* */
} load_t;

/* One writer, in a thread: calls of all kinds until load->stop. */
void *soak_write(void *load);

#endif
