/* One request of a verb, from its parts to its reply. */
#ifndef KUBE_CLIENT_REQUEST_H
#define KUBE_CLIENT_REQUEST_H

#include "client/client.h"

typedef struct kube_request {
    kube_client_t *client;
    const char *method;
    const char *content_type; /* of the body */
    const char *accept;
    const kube_call_t *call;
    kube_buffer_t target; /* path and query, encoded; sticky failure */
    kube_buffer_t body;   /* what this request encoded itself */
    const char *text;     /* the body if it is the caller's; NULL: body, when that is not empty */
    size_t text_len;
    bool has_query;
} kube_request_t;

typedef struct kube_reply {
    int status;
    int64_t retry_after_ms;
    kube_buffer_t body; /* KUBE_JSON_PADDING readable bytes follow its content */
    size_t max_bytes;
} kube_reply_t;

/* ---- making: begin, path, query, body ---- */

/*
 * What each verb does first: resets err and call's status, checks client, and fills in the request, whose memory
 * kube_request_run (or kube_request_dispose) frees. out: the verb's own, set to NULL; may be NULL.
 */
int kube_request_begin(kube_request_t *request, kube_client_t *client, const char *method, const kube_call_t *call, void *out,
                       kube_error_t *err);
void kube_request_dispose(kube_request_t *request);

/* Whether a resource's or type's tables can be read by this runtime: KUBE_OK or KUBE_E_USAGE. */
int kube_check_resource(const kube_resource_t *resource, kube_error_t *err);
int kube_check_type(const kube_type_t *type, kube_error_t *err);

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

/* The selectors and the page of a list. */
void kube_query_list(kube_request_t *request, const kube_list_options_t *options);

/* Encodes an object as the JSON body. */
int kube_request_encode(kube_request_t *request, const kube_type_t *type, const void *object, kube_error_t *err);

/* ---- running ---- */

/* Sends the request. KUBE_OK: a reply with status 200 to 206, to be disposed of with kube_reply_dispose. */
int kube_request_send(kube_request_t *request, kube_reply_t *reply, kube_error_t *err);
void kube_reply_dispose(kube_reply_t *reply);
/* Turns a reply with another status into an error, and into the call's status. */
int kube_reply_fail(const kube_request_t *request, const kube_reply_t *reply, kube_error_t *err);
/* Decodes a reply as `type`; a Status that reports a failure is an error. out: NULL means the object is not wanted. */
int kube_reply_decode(const kube_request_t *request, const kube_reply_t *reply, const kube_type_t *type, void *out, kube_error_t *err);

/* What each verb does last: if code is KUBE_OK, sends the request and decodes the reply; then disposes of the request. */
int kube_request_run(kube_request_t *request, int code, const kube_type_t *type, void *out, kube_error_t *err);
/* The same for replies that are passed on as they are: appended to buffer, which may be NULL. */
int kube_request_run_raw(kube_request_t *request, int code, kube_buffer_t *buffer, kube_error_t *err);

#endif
