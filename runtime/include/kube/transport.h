/*
 * How requests reach a server: a struct of functions, so that a scripted transport can stand in for libcurl in tests, and a
 * program can wrap the usual one to measure or record.
 */
#ifndef KUBE_TRANSPORT_H
#define KUBE_TRANSPORT_H

#include <kube/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One header of a request or reply. */
typedef struct kube_header {
    const char *name;
    const char *value;
} kube_header_t;

/* What is asked. Borrowed from start until the exchange has ended or was stopped. New fields are only appended. */
typedef struct kube_transport_request {
    const char *method; /* "GET" */
    const char *server; /* base URL without a slash at its end, "https://10.0.0.1:6443" */
    const char *target; /* path and query, begins with a slash, encoded */
    const kube_header_t *headers;
    size_t header_count;
    const char *body;        /* NULL: none */
    size_t body_len;         /* bytes */
    size_t max_header_bytes; /* of the reply's headers; 0: 256 KiB */
    bool multiplex;          /* may share its connection with others that are under way (HTTP/2): for streams that are mostly silent */
    bool bulk;               /* the reply may be long: better on a connection of its own */
    bool gzip;               /* the reply may be compressed on the way */
} kube_transport_request_t;

/* What a sink's body function returns to say: these bytes were not taken, hand them over again after resume. */
#define KUBE_TRANSPORT_PAUSE 1

/*
 * Where the reply goes, in pieces, as they arrive: `head` once, then `body` any number of times with at least one byte, then `end` once. They are
 * called from inside the transport's functions, also from inside start. Everything handed over is borrowed until the function returns.
 */
typedef struct kube_transport_sink {
    /* KUBE_OK, or a negative KUBE_E_* to end the exchange with that code. */
    int (*head)(void *userdata, int status, const kube_header_t *headers, size_t header_count);
    /* KUBE_OK, KUBE_TRANSPORT_PAUSE, or a negative KUBE_E_* to end the exchange with that code. */
    int (*body)(void *userdata, const char *bytes, size_t len);
    /*
     * code: KUBE_OK when a whole reply of any status has been handed over (interim 1xx replies and redirects are not followed or handed over), the
     * code a sink function returned, or KUBE_E_CONNECT (no connection, or lost), KUBE_E_TLS, KUBE_E_PARSE (the reply is not HTTP), KUBE_E_LIMIT (headers too
     * long), KUBE_E_NO_MEMORY, KUBE_E_USAGE (a request the transport cannot carry). sent: the request, or a part of it, may have reached the server.
     * message: for a person, never NULL.
     */
    void (*end)(void *userdata, int code, bool sent, const char *message);
    void *userdata;
} kube_transport_sink_t;

typedef struct kube_transport kube_transport_t;
/* One request and its reply on their way: what a transport makes of it. */
typedef struct kube_transport_exchange kube_transport_exchange_t;

/*
 * A transport: it never blocks, and has no threads. The library calls its functions one at a time, from changing threads. Implementations put this struct first
 * in their own. A transport that answers at once needs only start and free. New functions are only appended.
 */
struct kube_transport {
    /*
     * Begins an exchange. sink: copied. *exchange: set before the first call of the sink; NULL when the exchange has ended inside start. Errors: KUBE_E_NO_MEMORY,
     * KUBE_E_USAGE; nothing was sent then, and the sink is not called. A request that is not GET or HEAD is never sent twice.
     */
    int (*start)(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                 kube_transport_exchange_t **exchange, kube_error_t *err);
    /* Hands over the bytes that were refused with KUBE_TRANSPORT_PAUSE, and goes on. NULL when sinks are never paused. */
    void (*resume)(kube_transport_t *transport, kube_transport_exchange_t *exchange);
    /* Breaks off an exchange that has not ended; its sink is not called any more. Returns whether the request may have reached the server. NULL when
     * exchanges end inside start. */
    bool (*stop)(kube_transport_t *transport, kube_transport_exchange_t *exchange);
    /* A descriptor that is readable when dispatch has something to do, always the same; NULL or -1: none. */
    int (*fd)(kube_transport_t *transport);
    /* Milliseconds after which dispatch wants to be called in any case; -1: none. NULL: none. */
    int64_t (*timeout_ms)(kube_transport_t *transport);
    /* Moves what bytes there are, without waiting. NULL when exchanges end inside start. */
    void (*dispatch)(kube_transport_t *transport);
    /* Frees the transport; no exchange is under way. */
    void (*free)(kube_transport_t *transport);
    /*
     * Has connections that are made from now on prove who the client is by another certificate and its key (PEM, lengths in bytes; copied); len 0: by none.
     * Unlike the others it is called from any thread at any time. Errors: KUBE_E_TLS (they do not load), KUBE_E_NO_MEMORY. NULL: the transport takes none.
     */
    int (*set_certificate)(kube_transport_t *transport, const char *certificate, size_t certificate_len, const char *key, size_t key_len,
                           kube_error_t *err);
    /*
     * Called before stop for an exchange that is given up because nothing came for longer than its owner waits: its connection may be dead, and is better
     * not given to requests to come. Others that share it go on. NULL: none shares one.
     */
    void (*suspect)(kube_transport_t *transport, kube_transport_exchange_t *exchange);
};

/*
 * The usual transport, on libcurl: kept connections, HTTP/1.1, or HTTP/2 for requests that may share one; TLS 1.2 or later with the keys and
 * certificates of config given from memory. config: not NULL, only read. out: not NULL; set to the transport, freed with kube_transport_free, or to
 * NULL on failure. Errors: KUBE_E_USAGE, KUBE_E_CONFIG (a file that cannot be read, a passphrase that is not the key's, a variable that names no
 * proxy), KUBE_E_TLS (a key or certificate that does not load), KUBE_E_UNSUPPORTED (a URI that no provider of OpenSSL's knows), KUBE_E_NO_MEMORY.
 */
KUBE_API int kube_transport_new(const kube_config_t *config, kube_transport_t **out, kube_error_t *err);
/* Calls the transport's own free. NULL is allowed. */
KUBE_API void kube_transport_free(kube_transport_t *transport);

#ifdef __cplusplus
}
#endif
#endif
