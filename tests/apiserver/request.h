/* A request as the handlers see it, wherever it came from, and the reply they make. */
#ifndef TS_REQUEST_H
#define TS_REQUEST_H

#include "resource.h"
#include "store.h"

/* A query or header value: NULL when absent. */
typedef struct ts_pair {
    char *name;
    char *value;
} ts_pair_t;

typedef struct ts_user {
    char *name;
    char *uid;
    json_t *groups; /* array of strings */
    bool anonymous;
} ts_user_t;

/* In which form objects are wanted. */
typedef enum ts_form { TS_FORM_OBJECT, TS_FORM_METADATA, TS_FORM_TABLE } ts_form_t;

typedef struct ts_request ts_request_t;

struct ts_request {
    kube_test_server_t *server;
    char *method;
    char *path;   /* decoded, for messages and for what is no resource */
    char **parts; /* its segments, each decoded */
    size_t part_count;
    ts_pair_t *query;
    size_t query_count;
    ts_pair_t *headers;
    size_t header_count;
    kube_buffer_t body;
    ts_user_t user;

    const char *verb; /* "get", "list", ...; NULL: not on a resource */
    ts_resource_t *resource;
    const char *ns;          /* NULL: all, or cluster-scoped */
    const char *name;        /* NULL: the collection */
    const char *subresource; /* NULL: none */
    ts_form_t form;
    bool yaml; /* the reply is wanted as YAML */
    bool pretty;
    bool dry_run;
    bool loading; /* by kube_test_server_load: status is taken as it comes */
};

/* What comes of asking a stream for more. */
typedef enum ts_fill { TS_FILL_MORE, TS_FILL_WAIT, TS_FILL_END, TS_FILL_BREAK } ts_fill_t;

struct ts_exchange;

typedef struct ts_reply {
    int status;
    const char *content_type;
    kube_buffer_t body; /* all of it, or its beginning when there is a stream */
    char *retry_after;
    char **warnings;
    size_t warning_count;
    /* Appends more of the body to an empty buffer. TS_FILL_WAIT: it has put the exchange to sleep. */
    ts_fill_t (*fill)(struct ts_exchange *exchange, void *stream, kube_buffer_t *out);
    void (*dispose)(void *stream);
    void *stream;
    bool watch;
} ts_reply_t;

const char *ts_query(const ts_request_t *request, const char *name);
bool ts_query_true(const ts_request_t *request, const char *name);
const char *ts_header(const ts_request_t *request, const char *name);
/* Splits a target ("/api/v1/pods?limit=5") into path, parts and query. */
void ts_request_target(ts_request_t *request, const char *target);
void ts_request_dispose(ts_request_t *request);
void ts_reply_dispose(ts_reply_t *reply);

void ts_reply_warning(ts_reply_t *reply, const char *text);
/* A JSON document as the body; its reference is taken over. */
void ts_reply_json(ts_reply_t *reply, int status, json_t *document);
void ts_reply_text(ts_reply_t *reply, int status, const char *text);

/*
 * Routes and executes a request; the reply is complete, or has its stream. Without the lock.
 */
void ts_serve(ts_request_t *request, ts_reply_t *reply);

#endif
