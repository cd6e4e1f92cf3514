/*
 * A TCP proxy that misbehaves on demand, between a client and any server. It passes bytes only, so TLS and HTTP/2 go through it
 * unseen. In a program: one proxy has one thread of its own, and every function may be called from any thread.
 *
 *     faultproxy_t *proxy = faultproxy_start("127.0.0.1", server_port, NULL);
 *     ... the client connects to 127.0.0.1, port faultproxy_port(proxy) ...
 *     faultproxy_fault_t cut = { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = 100 };
 *     faultproxy_set(proxy, FAULTPROXY_NEXT, &cut);
 *     ... the next connection gets 100 bytes of the reply, then a reset ...
 *     faultproxy_stop(proxy);
 *
 * By itself: build/faultproxy (tests/faultproxy/README.md). Link $(FAULTPROXY_OBJ) of faultproxy.mk, and -pthread.
 */
#ifndef FAULTPROXY_H
#define FAULTPROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct faultproxy faultproxy_t;

/*
 * What goes wrong. `at`, `ms` and the others are members of faultproxy_fault_t. A client that closes a connection while bytes are
 * stalled ends it, because nobody would release them.
 */
typedef enum faultproxy_kind {
    FAULTPROXY_NONE,       /* nothing: for the lists of faultproxy_random */
    FAULTPROXY_DELAY,      /* byte `at` waits for `ms`, once */
    FAULTPROXY_DELAY_EACH, /* from byte `at` on, every chunk (what was there when its turn came) waits for `ms` */
    FAULTPROXY_STALL,      /* from byte `at` on, bytes are held and the connection stays open: for `ms`, or 0: until released */
    FAULTPROXY_CLOSE,      /* at byte `at`, the connection ends with FIN on both sides */
    FAULTPROXY_RESET,      /* at byte `at`, the connection ends with RST on both sides */
    FAULTPROXY_HALF_CLOSE, /* at byte `at`, this direction ends with FIN, the other goes on; what still comes is thrown away */
    FAULTPROXY_DRIBBLE,    /* from byte `at` on, one byte at a time, `ms` after each */
    FAULTPROXY_CORRUPT,    /* byte `at` is XORed with `mask` */
    FAULTPROXY_LIMIT,      /* from byte `at` on, at most `rate` bytes a second */
    FAULTPROXY_REFUSE      /* the connection is accepted and reset at once, the server never hears of it; not for open ones */
} faultproxy_kind_t;

typedef enum faultproxy_direction {
    FAULTPROXY_BOTH, /* each direction by itself: it has its own count of bytes */
    FAULTPROXY_TO_CLIENT,
    FAULTPROXY_TO_SERVER
} faultproxy_direction_t;

/* A fault. Members that a kind does not name mean nothing to it. */
typedef struct faultproxy_fault {
    faultproxy_kind_t kind;
    faultproxy_direction_t direction;
    uint64_t at;     /* a byte of one direction, the first being 0: all before it are delivered as usual */
    uint64_t at_max; /* above `at`: each connection draws its own byte from at to at_max */
    bool from_now;   /* `at` counts from the bytes already delivered when the fault is set */
    bool eager;      /* endings only: act once the bytes before `at` are delivered; else when byte `at` comes, or a FIN there */
    unsigned ms;     /* milliseconds */
    unsigned ms_max; /* above `ms`: each connection draws its own from ms to ms_max */
    uint64_t rate;   /* bytes a second; 0 counts as 1 */
    uint8_t mask;    /* 0 counts as 0xff */
} faultproxy_fault_t;

/* Which connection: its number (1 is the first that the proxy accepted; those refused by a fault count), or one of these. */
typedef uint64_t faultproxy_connection_t;
#define FAULTPROXY_EVERY ((faultproxy_connection_t)0)  /* those that are open and all to come */
#define FAULTPROXY_OPEN (UINT64_MAX)                   /* those that are open */
#define FAULTPROXY_NEW (UINT64_MAX - 1)                /* all to come */
#define FAULTPROXY_NEXT (UINT64_MAX - 2)               /* the one that comes next */

/* All zero means the defaults. */
typedef struct faultproxy_options {
    int port; /* to listen on at 127.0.0.1; 0: a free one */
} faultproxy_options_t;

/*
 * Starts a proxy for the server at host (name or address) and port. It listens on 127.0.0.1. NULL on failure, with errno set; a
 * server that is not there is no failure: connections are then reset. options: NULL allowed. Ended with faultproxy_stop.
 */
faultproxy_t *faultproxy_start(const char *host, int port, const faultproxy_options_t *options);
/* Resets all connections, ends the thread and frees everything; no other call may be running. NULL is allowed. */
void faultproxy_stop(faultproxy_t *proxy);
/* The port it listens on. */
int faultproxy_port(const faultproxy_t *proxy);

/*
 * Sets a fault, which is copied. Several may be set for one connection: all hold. Returns 0; or -1 with errno EINVAL when the
 * fault makes no sense (no such kind; at_max or ms_max below their lower ends and not 0; REFUSE for what is open), or ENOMEM.
 */
int faultproxy_set(faultproxy_t *proxy, faultproxy_connection_t which, const faultproxy_fault_t *fault);
/* Ends stalls where they hold bytes, and those that would later; other faults stay. which: a number, EVERY, OPEN or NEW. */
void faultproxy_release(faultproxy_t *proxy, faultproxy_connection_t which);
/* Takes all faults away, also the random ones: held bytes flow, new connections are healthy. It listens again if it did not. */
void faultproxy_clear(faultproxy_t *proxy);

/* One of the faults that connections draw, `weight` times as often as one of weight 1. */
typedef struct faultproxy_choice {
    unsigned weight;
    faultproxy_fault_t fault;
} faultproxy_choice_t;

/*
 * From now on, each new connection draws one of these faults (copied), besides those set for it; count 0 ends this. The same
 * seed gives the n-th connection after this call the same fault with the same at and ms. Returns 0; or -1 with errno EINVAL
 * (also when all weights are 0) or ENOMEM.
 */
int faultproxy_random(faultproxy_t *proxy, uint64_t seed, const faultproxy_choice_t *choices, size_t count);

/*
 * Ends connections now, with RST, or with FIN on both sides when `reset` is false; bytes on their way are lost. Returns when it
 * is done. which: a number, EVERY or OPEN.
 */
void faultproxy_drop(faultproxy_t *proxy, faultproxy_connection_t which, bool reset);
/* Stops listening, so that connections are refused, or listens again on the same port; open connections go on. Returns when it is
 * done: 0, or -1 with errno set when it cannot listen again. */
int faultproxy_listen(faultproxy_t *proxy, bool on);

/* What has happened since the start. */
typedef struct faultproxy_counters {
    uint64_t accepted;  /* connections, the refused ones included: the number of the last one */
    uint64_t refused;   /* by FAULTPROXY_REFUSE */
    uint64_t failed;    /* reset because the server could not be reached */
    uint64_t open;      /* connections that are open now */
    uint64_t to_client; /* bytes delivered, of all connections */
    uint64_t to_server;
    uint64_t faults;    /* that acted (a stall when it holds its first byte), each counted once for a connection and direction */
} faultproxy_counters_t;

/* The counters now. */
faultproxy_counters_t faultproxy_counters(faultproxy_t *proxy);
/*
 * Waits until holds(counters, userdata) says true, asked again whenever something has happened; false when timeout_ms (negative:
 * none) passed before. holds must not call the proxy.
 */
bool faultproxy_wait(faultproxy_t *proxy, bool (*holds)(const faultproxy_counters_t *counters, void *userdata), void *userdata,
                     int timeout_ms);

/*
 * Reads a fault from text: words parted by spaces or commas, the kind first ("reset,to-client,at=100,next"); README.md has the
 * words. *which is the connection it names, FAULTPROXY_EVERY when it names none. Returns 0; or -1, with a message for a person
 * in message.
 */
int faultproxy_parse(const char *text, faultproxy_connection_t *which, faultproxy_fault_t *fault, char *message, size_t size);

#ifdef __cplusplus
}
#endif
#endif
