/*
 * The sockets of a transport behind one descriptor that can be polled. A connection that waits for its next request stays in the system's set: to take it out
 * and to put it in again would be two system calls a request.
 */
#ifndef KUBE_HTTP_SOCKETS_H
#define KUBE_HTTP_SOCKETS_H

#include <kube/error.h>
#include <stddef.h>

enum { KUBE_SOCKET_IN = 1 << 0, KUBE_SOCKET_OUT = 1 << 1, KUBE_SOCKET_ERROR = 1 << 2 };

typedef struct kube_socket_event {
    int fd;
    unsigned tag;  /* as given to kube_sockets_set */
    unsigned what; /* KUBE_SOCKET_* */
} kube_socket_event_t;

typedef struct kube_sockets {
    int fd; /* of the whole set, readable when one of its sockets is ready; -1: none */
    struct kube_socket *items; /* by descriptor */
    size_t count;
} kube_sockets_t;

/* False: no descriptor is to be had. */
bool kube_sockets_open(kube_sockets_t *sockets);
void kube_sockets_close(kube_sockets_t *sockets);
/* Has the set watch a socket for what (0: not any more). False when that cannot be had. */
bool kube_sockets_set(kube_sockets_t *sockets, int fd, unsigned tag, unsigned what);
/* A descriptor is new, or about to be closed. */
void kube_sockets_forget(kube_sockets_t *sockets, int fd);
/* The sockets that are ready now, at most `most` of them. */
int kube_sockets_ready(kube_sockets_t *sockets, kube_socket_event_t *events, int most);

#endif
