/* The requests of lists: of a whole one, and of its pages one after the other. */
#ifndef KUBE_CLIENT_LIST_REQUEST_H
#define KUBE_CLIENT_LIST_REQUEST_H

#include "client/request.h"

/* Items of a page where the caller leaves it to the library: what client-go asks for. */
#define KUBE_PAGE_ITEMS 500

/* Begins the target of a list: its path, without a query. Errors: KUBE_E_USAGE (also for a resource that cannot be listed). */
int kube_list_request_path(kube_request_t *request, const kube_resource_t *resource, const char *ns, kube_error_t *err);
/* KUBE_E_USAGE for negative numbers; any_limit: but not for that of the limit. */
int kube_check_list_options(const kube_list_options_t *options, bool any_limit, kube_error_t *err);
/* The selectors and the page of a list. */
void kube_query_list(kube_request_t *request, const kube_list_options_t *options);

/* What the pages of a list have in common; copies. All-zero is an empty one. */
typedef struct kube_pages {
    size_t path_len; /* of the request's target */
    char *label_selector;
    char *field_selector;
    char *resource_version; /* of the first page, as is the next */
    char *resource_version_match;
    char *token; /* of the next page; NULL: it is the first */
    int64_t limit; /* 0: none */
    int64_t timeout_seconds;
} kube_pages_t;

/* After kube_list_request_path. options: NULL means the defaults. Errors: KUBE_E_NO_MEMORY; kube_pages_dispose is due in any
 * case. */
int kube_pages_begin(kube_pages_t *pages, const kube_request_t *request, const kube_list_options_t *options, kube_error_t *err);
/* Makes the target of the next page; nothing of a request may be under way. Errors: KUBE_E_NO_MEMORY. */
int kube_pages_next(const kube_pages_t *pages, kube_request_t *request, kube_error_t *err);
/* Sets the token (copied) of the page that follows. Errors: KUBE_E_NO_MEMORY. */
int kube_pages_set_token(kube_pages_t *pages, const char *token, kube_error_t *err);
void kube_pages_dispose(kube_pages_t *pages);

#endif
