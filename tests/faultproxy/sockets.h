/* Non-blocking TCP sockets, closed on exec. */
#ifndef FAULTPROXY_SOCKETS_H
#define FAULTPROXY_SOCKETS_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>

/* Milliseconds of a clock that never goes back. */
int64_t faultproxy_now(void);

/* A socket bound to that port of 127.0.0.1 (0: a free one), not listening. -1 and errno on failure. */
int faultproxy_socket_bound(int port);
/* The port a socket is bound to. */
int faultproxy_socket_port(int fd);
/* A connection that came; -1 and errno when there is none, or no descriptor for it. */
int faultproxy_socket_accept(int listener);
/* A connection on its way (it succeeds or fails when writable). -1 and errno on failure. */
int faultproxy_socket_connect(const struct addrinfo *address);
/* What became of it: 0, or an errno. */
int faultproxy_socket_result(int fd);
/* Whether all that was written has left for the other side. */
bool faultproxy_socket_flushed(int fd);
/* Closes with RST. fd -1 is allowed. */
void faultproxy_socket_reset(int fd);
/* A pipe, both ends non-blocking and closed on exec. 0, or -1 and errno. */
int faultproxy_pipe(int ends[2]);

#endif
