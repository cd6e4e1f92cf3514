/* What a reply's body says: the object asked for, or a Status. */
#ifndef KUBE_CLIENT_REPLY_H
#define KUBE_CLIENT_REPLY_H

#include <kube/json.h>
#include <kube/meta/v1.h>

#include "client/request.h"
#include "http/engine.h"

/* Turns the reply of a refused request into an error. *status: set to the server's Status, owned by the caller, or NULL. text: KUBE_JSON_PADDING zeros follow it. */
int kube_reply_fail(const kube_request_t *request, const kube_reply_head_t *head, const char *text, size_t len,
                    kube_meta_v1_status_t **status, kube_error_t *err);
/* What a successful reply says it is. KUBE_E_PARSE: it is no JSON, but the page of a proxy, say. text: may be cut off. */
int kube_reply_meta(const kube_reply_head_t *head, const char *text, size_t len, kube_type_meta_t *meta, kube_error_t *err);
/* Whether a successful reply is of that type; a Status that reports a failure is an error. text: as above; it may be cut off. */
int kube_reply_check(const kube_request_t *request, const kube_reply_head_t *head, const char *text, size_t len, const kube_type_t *type,
                     kube_meta_v1_status_t **status, kube_error_t *err);
/* The error that a Status stands for which is no reply of its own, but an event of a watch, say. */
int kube_status_fail(const kube_meta_v1_status_t *status, kube_error_t *err);
/* Checks and decodes it. out: set to the object, or NULL. */
int kube_reply_decode(const kube_request_t *request, const kube_reply_head_t *head, const kube_buffer_t *body, const kube_type_t *type, void **out,
                      kube_meta_v1_status_t **status, kube_error_t *err);

#endif
