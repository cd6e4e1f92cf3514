/* A client's connection and the one to the server that belongs to it. */
#ifndef FAULTPROXY_CONNECTION_H
#define FAULTPROXY_CONNECTION_H

#include "lane.h"

#include <netdb.h>
#include <poll.h>

typedef struct faultproxy_peer {
    int fd;
    bool readable; /* worth a try */
    bool writable;
    bool ended;    /* CLOSING: its FIN has come */
    bool hung_up;  /* poll says so over and over: it is left out while there is nothing to do with it */
} faultproxy_peer_t;

typedef enum faultproxy_state {
    FAULTPROXY_CONNECTING,
    FAULTPROXY_PASSING,
    FAULTPROXY_RESETTING, /* RST follows once the bytes before it have left */
    FAULTPROXY_CLOSING,   /* FIN was sent on both sides: what still comes is thrown away until both have closed */
    FAULTPROXY_GONE       /* to be freed */
} faultproxy_state_t;

typedef struct faultproxy_link {
    uint64_t number;
    faultproxy_state_t state;
    const struct addrinfo *address; /* of the server, tried now */
    faultproxy_peer_t client, server;
    faultproxy_lane_t to_client, to_server;
    int64_t wake;     /* when to step, should nothing else happen */
    int64_t deadline; /* RESETTING, CLOSING */
    struct faultproxy_link *next;
} faultproxy_link_t;

/* A connection for the accepted client_fd, which is closed when memory is exhausted: NULL. */
faultproxy_link_t *faultproxy_link_new(uint64_t number, int client_fd);
/* Resets what is still open, and frees. */
void faultproxy_link_free(faultproxy_link_t *link);
/* Begins to connect to the first of the addresses that can be tried; counts the failure when there is none. */
void faultproxy_link_connect(faultproxy_link_t *link, const struct addrinfo *addresses, faultproxy_counters_t *counters);
/* Whether its ends are still joined: it counts as open, and faults can be set. */
bool faultproxy_link_open(const faultproxy_link_t *link);
/* Ends it now. */
void faultproxy_link_drop(faultproxy_link_t *link, bool reset, int64_t now);

/* What to poll for: fills two entries, the client's and the server's. */
void faultproxy_link_watch(faultproxy_link_t *link, struct pollfd fds[2]);
/* Takes note of what poll found. */
void faultproxy_link_noticed(faultproxy_link_t *link, const struct pollfd fds[2]);
/* Does what can be done now. */
void faultproxy_link_step(faultproxy_link_t *link, int64_t now, faultproxy_counters_t *counters);

#endif
