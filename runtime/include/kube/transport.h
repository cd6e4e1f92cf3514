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

/* What is asked. Everything is borrowed for the time of the call. New fields are only appended. */
typedef struct kube_transport_request {
    const char *method; /* "GET" */
    const char *server; /* base URL without a slash at its end, "https://10.0.0.1:6443" */
    const char *target; /* path and query, begins with a slash, encoded */
    const kube_header_t *headers;
    size_t header_count;
    const char *body;   /* NULL: none */
    size_t body_len;    /* bytes */
    int64_t timeout_ms; /* of the whole exchange; 0: none */
} kube_transport_request_t;

/*
 * Where the reply goes, in pieces, as they arrive: `head` once, then `body` any number of times with at least one byte.
 * Everything handed over is borrowed until the function returns. Either may return a negative KUBE_E_* to end the exchange with
 * that code.
 */
typedef struct kube_transport_sink {
    int (*head)(void *userdata, int status, const kube_header_t *headers, size_t header_count);
    int (*body)(void *userdata, const char *bytes, size_t len);
    void *userdata;
} kube_transport_sink_t;

/* What else is known of an exchange. Zeroed by the caller, also filled in on failure. New fields are only appended. */
typedef struct kube_transport_result {
    bool sent; /* the request, or a part of it, may have reached the server */
} kube_transport_result_t;

typedef struct kube_transport kube_transport_t;

/* A transport. Implementations put this struct first in their own. New functions are only appended. */
struct kube_transport {
    /*
     * One exchange, in the calling thread; any number of threads at once. Returns KUBE_OK when a whole reply of any status has
     * gone to the sink (interim 1xx replies and redirects are not followed or handed over), the code a sink function returned,
     * or KUBE_E_CONNECT (no connection, or lost), KUBE_E_TLS, KUBE_E_TIMEOUT, KUBE_E_PARSE (the reply is not HTTP),
     * KUBE_E_LIMIT (headers too long), KUBE_E_NO_MEMORY, KUBE_E_USAGE (a request the transport cannot carry; use after fork). A
     * request that is not GET or HEAD is never sent twice.
     */
    int (*perform)(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                   kube_transport_result_t *result, kube_error_t *err);
    /* Frees the transport; no exchange may be running. */
    void (*free)(kube_transport_t *transport);
};

/*
 * The usual transport, on libcurl: HTTP/1.1 on kept connections, TLS 1.2 or later with the keys and certificates of config
 * given from memory. config: not NULL, only read. out: not NULL; set to the transport, freed with kube_transport_free, or to
 * NULL on failure. Errors: KUBE_E_USAGE, KUBE_E_CONFIG (a file that cannot be read), KUBE_E_TLS (a key or certificate that does
 * not load), KUBE_E_UNSUPPORTED (a key with a passphrase), KUBE_E_NO_MEMORY.
 */
KUBE_API int kube_transport_new(const kube_config_t *config, kube_transport_t **out, kube_error_t *err);
/* Calls the transport's own free. NULL is allowed. */
KUBE_API void kube_transport_free(kube_transport_t *transport);

#ifdef __cplusplus
}
#endif
#endif
