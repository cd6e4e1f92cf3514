#include "client/page.h"

#include <kube/object.h>

#include "client/reply.h"

static int make_reader(kube_page_t *page, kube_error_t *err)
{
    kube_list_reader_options_t options = {
        .decode = { .pool = page->plan.client->pool, .flags = page->plan.decode_flags },
        .collect = page->plan.collect,
        .max_item_bytes = page->plan.client->max_item_bytes,
    };
    return kube_list_reader_new(page->plan.type, &options, &page->reader, err);
}

int kube_page_begin(kube_page_t *page, const kube_page_plan_t *plan, kube_error_t *err)
{
    *page = (kube_page_t){ .plan = *plan };
    int code = make_reader(page, err);
    if (code == KUBE_OK)
        kube_fetch_begin(&page->fetch, plan->client, plan->waiter, plan->request, plan->deadline, KUBE_FETCH_STREAM, &page->err);
    return code;
}

void kube_page_dispose(kube_page_t *page)
{
    kube_list_reader_free(page->reader);
    page->reader = NULL;
    kube_fetch_dispose(&page->fetch);
}

const kube_meta_v1_list_meta_t *kube_page_metadata(const kube_page_t *page)
{
    const void *list = page->reader ? kube_list_reader_list(page->reader) : NULL;
    const kube_type_t *type = NULL;
    const void *metadata = list ? kube_at(list, page->plan.type, "metadata", &type) : NULL;
    return type == &kube_meta_v1_list_meta_type ? metadata : NULL;
}

static kube_step_t end(kube_page_t *page, int code)
{
    page->code = code;
    if (code < 0) {
        page->err.attempts = page->fetch.attempt;
        if (page->err.http_status == 0)
            page->err.http_status = page->fetch.head.status;
    }
    return KUBE_STEP_END;
}

/* ---- once more ---- */

static bool may_be_sent_again(const kube_page_t *page)
{
    const kube_fetch_t *fetch = &page->fetch;
    return fetch->lost && fetch->code == KUBE_E_CONNECT && !page->handed_over && kube_fetch_has_another(fetch);
}

/* What was read of the page is forgotten. KUBE_STEP_BYTES: go on. */
static kube_step_t send_again(kube_page_t *page)
{
    kube_error_t err = { 0 };
    kube_list_reader_free(page->reader);
    page->reader = NULL;
    int code = make_reader(page, &err);
    if (code < 0) {
        page->err = err;
        return end(page, code);
    }
    kube_fetch_again(&page->fetch);
    return KUBE_STEP_BYTES;
}

/* ---- what came ---- */

/* The body is no such list: a Status, perhaps, or what a proxy has to say. err: what the reader said. */
static kube_step_t end_with_other(kube_page_t *page, const kube_error_t *err)
{
    size_t len;
    const char *text = kube_list_reader_text(page->reader, &len);
    int code = kube_reply_check(page->plan.request, &page->fetch.head, text, len, page->plan.type,
                                &page->fetch.status, &page->err);
    if (code == KUBE_OK) {
        page->err = *err;
        code = err->code;
    }
    return end(page, code);
}

/* The fetch's bytes; KUBE_STEP_BYTES: go on. */
static kube_step_t step_fetch(kube_page_t *page)
{
    kube_step_t step = kube_fetch_step(&page->fetch);
    page->due = page->fetch.due;
    if (step == KUBE_STEP_BYTES) {
        int code = kube_list_reader_take(page->reader, &page->fetch.bytes, &page->err);
        return code < 0 ? end(page, code) : step;
    }
    if (step != KUBE_STEP_END)
        return step;
    if (page->fetch.code < 0)
        return may_be_sent_again(page) ? send_again(page) : end(page, page->fetch.code);
    kube_list_reader_finish(page->reader);
    page->ended = true;
    return KUBE_STEP_BYTES;
}

kube_step_t kube_page_step(kube_page_t *page, void **item)
{
    *item = NULL;
    for (;;) {
        kube_error_t err = { 0 };
        int found = kube_list_reader_next(page->reader, item, &err);
        if (found == KUBE_LIST_ITEM) {
            page->handed_over = true;
            return KUBE_STEP_ITEM;
        }
        if (found == KUBE_LIST_OTHER && page->ended)
            return end_with_other(page, &err);
        if (found == KUBE_LIST_END)
            return end(page, KUBE_OK);
        if (found < 0) {
            page->err = err;
            return end(page, found);
        }
        kube_step_t step = step_fetch(page);
        if (step != KUBE_STEP_BYTES)
            return step;
    }
}
