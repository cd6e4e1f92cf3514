/* The request that a verb makes: method, path, query, body. */
#ifndef KUBE_CLIENT_REQUEST_H
#define KUBE_CLIENT_REQUEST_H

#include "client/client.h"

typedef struct kube_request {
    kube_client_t *client;
    kube_access_t *access; /* where it goes: all requests of one call go to the same cluster */
    const char *method;
    const char *content_type; /* of the body */
    const char *accept;
    const kube_resource_t *resource; /* NULL: no table describes it */
    kube_buffer_t target;  /* path and query, encoded; sticky failure */
    kube_buffer_t body;    /* what this request encoded itself */
    const char *text;      /* the body if it is the caller's; NULL: body, when that is not empty */
    size_t text_len;
    bool has_query;
    bool multiplex;        /* mostly silent: may share its connection */
    bool bulk;             /* its reply may be long */
    bool refusal_is_answer; /* 429 is what the caller wants to hear, not a reason to try again */
    bool any_status;       /* a reply of any status is a success */
    bool safe;             /* changes nothing, whatever its method: a dry run, a review */
    bool repeatable;       /* a write that may be sent again when an attempt before may have done its work */
    kube_int32_t max_retries; /* instead of the client's */
    char traceparent[64];  /* "": none */
    kube_buffer_t texts;   /* copies of method and media types, for one that outlives its spec */
} kube_request_t;

/* An empty request, whose memory kube_request_dispose frees. */
void kube_request_init(kube_request_t *request, kube_client_t *client);
/* Likewise, for one that is asked where another one was. */
void kube_request_init_beside(kube_request_t *request, const kube_request_t *other);
/* Has the next one of a series go where the configuration leads now; false when that is another cluster. */
bool kube_request_move(kube_request_t *request);
void kube_request_dispose(kube_request_t *request);
/* text: NULL: none. Errors: KUBE_E_USAGE (no such header). */
int kube_request_set_traceparent(kube_request_t *request, const char *text, kube_error_t *err);
/* The body's bytes, wherever they are; NULL: none. */
const char *kube_request_body(const kube_request_t *request, size_t *len);
/* Has the request own everything it was given but tables, so that the caller's may go. */
int kube_request_own(kube_request_t *request, kube_error_t *err);
/* Whether it changes nothing, so that it may be sent any number of times. */
bool kube_request_is_safe(const kube_request_t *request);

/* Whether a resource's or type's tables can be read by this runtime: KUBE_OK or KUBE_E_USAGE. */
int kube_check_resource(const kube_resource_t *resource, kube_error_t *err);
int kube_check_type(const kube_type_t *type, kube_error_t *err);
/* Whether the numbers of a call mean something. */
int kube_check_call(const kube_call_t *call, kube_error_t *err);

/* Whether a name (what: says of what) may be put into a path: KUBE_E_USAGE for one that would change it, or that servers refuse in any case. */
int kube_check_segment(const char *what, const char *text, kube_error_t *err);
/* The path of all objects of a resource. ns: NULL means the client's; KUBE_ALL_NAMESPACES only if across is true. */
int kube_request_collection(kube_request_t *request, const kube_resource_t *resource, const char *ns, bool across, kube_error_t *err);
/* The path of one object or, when subresource is not NULL, of that part of it. */
int kube_request_object(kube_request_t *request, const kube_resource_t *resource, const char *ns, const char *name,
                        const char *subresource, kube_error_t *err);
/* The namespace for a request that carries an object: ns, which must agree with the object's, or the object's, or NULL. */
int kube_request_namespace(const kube_resource_t *resource, const char *ns, const kube_type_t *type, const void *object,
                           const char **out, kube_error_t *err);

/*
 * Append key=value, encoded. To be called in the bytewise order of the keys, as other clients send them. Absent values append
 * nothing.
 */
void kube_query_text(kube_request_t *request, const char *key, const char *value);
void kube_query_number(kube_request_t *request, const char *key, int64_t value);
void kube_query_optional(kube_request_t *request, const char *key, const kube_int64_t *value);
void kube_query_flag(kube_request_t *request, const char *key, bool value);
/* dryRun, fieldManager and fieldValidation, and force between them and what follows. */
void kube_query_write(kube_request_t *request, bool dry_run, const char *field_manager, const char *field_validation, bool force);

/* Asks for the metadata of objects alone when that is what the resource stands for. list: of a list of them. */
void kube_request_accept_form(kube_request_t *request, const kube_resource_t *resource, bool list);

/* Encodes an object as the JSON body. */
int kube_request_encode(kube_request_t *request, const kube_type_t *type, const void *object, kube_error_t *err);

#endif
