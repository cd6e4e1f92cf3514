/*
 * One page of a list on its way from the server: decoded item by item as its bytes come. A machine that is stepped, as
 * kube_fetch_t is.
 */
#ifndef KUBE_CLIENT_PAGE_H
#define KUBE_CLIENT_PAGE_H

#include <kube/meta/v1.h>

#include "client/fetch.h"
#include "object/list_reader.h"

/* What is asked, of whom, and for whom. Borrowed until kube_page_dispose. */
typedef struct kube_page_plan {
    kube_client_t *client;
    kube_waiter_t *waiter;
    const kube_request_t *request;
    const kube_type_t *type; /* of the list */
    int64_t deadline;        /* monotonic microseconds, or KUBE_NEVER */
    unsigned decode_flags;
    bool collect;            /* the list as a whole; no KUBE_STEP_ITEM comes */
} kube_page_plan_t;

typedef struct kube_page {
    /* what the owner reads */
    int code;    /* after KUBE_STEP_END: KUBE_OK, or an error; err and fetch.status tell more */
    int64_t due; /* after KUBE_STEP_WAIT */
    kube_error_t err;
    kube_fetch_t fetch;
    /* its own */
    kube_page_plan_t plan;
    kube_list_reader_t *reader;
    bool handed_over; /* an item of this page */
    bool ended;       /* no bytes will follow */
} kube_page_t;

/* Sends nothing yet. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY; kube_page_dispose is due in any case. */
int kube_page_begin(kube_page_t *page, const kube_page_plan_t *plan, kube_error_t *err);
/*
 * KUBE_STEP_WAIT, KUBE_STEP_ITEM (*item is the caller's to free with kube_free), or KUBE_STEP_END. A connection that breaks
 * before the first item of the page was handed over is retried like one that breaks before the first byte.
 */
kube_step_t kube_page_step(kube_page_t *page, void **item);
/* The list's own metadata, as far as it has come; NULL: none. Borrowed until the next step. */
const kube_meta_v1_list_meta_t *kube_page_metadata(const kube_page_t *page);
/* Breaks off what is under way and frees everything. All-zero is allowed. */
void kube_page_dispose(kube_page_t *page);

#endif
