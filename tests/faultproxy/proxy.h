/* The proxy as its own files see it. One lock guards everything; the thread holds it but while it polls. */
#ifndef FAULTPROXY_PROXY_H
#define FAULTPROXY_PROXY_H

#include "connection.h"
#include "random.h"

#include <pthread.h>

/* A fault that connections to come will get. */
typedef struct faultproxy_rule {
    faultproxy_connection_t which;
    faultproxy_fault_t fault;
} faultproxy_rule_t;

struct faultproxy {
    int port;
    struct addrinfo *addresses; /* of the server */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t happened; /* something did: waiters look at the counters, or whether their request is handled */
    int wake[2];             /* a byte in this pipe ends a poll */

    faultproxy_link_t *links;
    faultproxy_counters_t counters;
    faultproxy_rule_t *rules;
    size_t rule_count;
    uint64_t drawn; /* numbers for at_max and ms_max of rules */
    faultproxy_lottery_t lottery;

    /* Requests: callers change these and wait until the thread has handled them. */
    uint64_t requested, handled;
    bool stopping;
    bool listening;
    int listen_error;                   /* errno of the last try to listen */
    faultproxy_connection_t drop_which; /* NEXT: none */
    bool drop_reset;

    /* The thread's own. */
    int listener; /* -1 when it does not listen */
    int holder;   /* bound to the port and never listening, so that nobody else gets it in the meantime; -1: could not be had */
    struct pollfd *fds;
    size_t fd_room;
    int64_t accept_again; /* after descriptors ran out; 0: at once */
};

/* The thread's function, with a faultproxy_t. */
void *faultproxy_loop(void *proxy);
/* Ends the poll that the thread may be in. */
void faultproxy_wake(faultproxy_t *proxy);
/* Opens the listening socket on proxy->port. 0, or an errno. */
int faultproxy_open_listener(faultproxy_t *proxy);

/* Whether a request for `which` means the connection of that number, which is open. */
bool faultproxy_means(faultproxy_connection_t which, uint64_t number);
/* Sets what the rules and the lottery have for a new connection; *refuse: it is to be refused. 0, or -1 without memory. */
int faultproxy_rules_apply(faultproxy_t *proxy, faultproxy_link_t *link, bool *refuse);

#endif
