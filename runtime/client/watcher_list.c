/* The initial state of a watch by a list, page by page; and the version to begin at where no initial state is wanted. */
#include <kube/object.h>

#include "base/fail.h"
#include "base/memory.h"
#include "client/watcher.h"

static int begin_page(kube_watcher_t *watcher, kube_error_t *err)
{
    kube_watcher_list_t *list = watcher->list;
    int code = kube_pages_next(&list->pages, &watcher->request, err);
    if (code < 0)
        return code;
    kube_page_plan_t plan = {
        .client = watcher->client, .waiter = watcher->waiter, .request = &watcher->request, .type = watcher->resource->list_type,
        .deadline = watcher->deadline, .decode_flags = watcher->decode_flags,
    };
    return kube_page_begin(&list->page, &plan, err);
}

static int begin_pages(kube_watcher_t *watcher, kube_error_t *err)
{
    /* The newest state, not any that a cache has: no owner is to see the past again after a restart. */
    kube_list_options_t options = { .label_selector = watcher->label_selector, .field_selector = watcher->field_selector };
    if (watcher->only_changes || watcher->checking)
        options.limit = 1;
    else if (watcher->in_one_page)
        options.limit = -1;
    watcher->request.target.len = watcher->path_len;
    watcher->request.multiplex = false;
    kube_request_accept_form(&watcher->request, watcher->resource, true);
    int code = kube_pages_begin(&watcher->list->pages, &watcher->request, &options, err);
    return code == KUBE_OK ? begin_page(watcher, err) : code;
}

void kube_watcher_list_begin(kube_watcher_t *watcher)
{
    kube_error_t err = { 0 };
    watcher->state = KUBE_WATCHER_LIST;
    watcher->list = kube_mem_zero(sizeof *watcher->list);
    int code = watcher->list ? begin_pages(watcher, &err) : kube_fail_memory(&err);
    if (code < 0)
        kube_watcher_fail(watcher, code, &err);
}

void kube_watcher_list_end(kube_watcher_t *watcher)
{
    kube_watcher_list_t *list = watcher->list;
    if (!list)
        return;
    kube_page_dispose(&list->page);
    kube_pages_dispose(&list->pages);
    kube_free(list->item);
    kube_buffer_dispose(&list->version);
    kube_mem_free(list);
    watcher->list = NULL;
}

/* The list's version says whether the server can have events for this watch. */
static void judge_history(kube_watcher_t *watcher)
{
    const kube_buffer_t *found = &watcher->list->version;
    kube_error_t err = { 0 };
    if (found->len && kube_watcher_version_is_older(found->data, watcher->version.data)) {
        kube_fail(&err, KUBE_E_EXPIRED, "the server's history went backwards: it has come to version %s, the watch to %s", found->data,
                  watcher->version.data);
        watcher->checking = false;
        kube_watcher_request_failed(watcher, KUBE_E_EXPIRED, &err);
        return;
    }
    kube_watcher_list_end(watcher);
    watcher->checking = false;
    kube_watcher_trust(watcher);
    watcher->state = KUBE_WATCHER_BEGIN;
}

/* The list ends here: what follows are changes. */
static kube_step_t complete(kube_watcher_t *watcher, kube_event_t *event)
{
    if (kube_watcher_emit_restarted(watcher, event))
        return KUBE_STEP_ITEM;
    kube_error_t err = { 0 };
    int code = KUBE_OK;
    if (watcher->list->version.len == 0)
        code = kube_fail(&err, KUBE_E_PARSE, "the list has no resourceVersion to go on from");
    else if (kube_watcher_set_version(watcher, watcher->list->version.data) < 0)
        code = kube_fail_memory(&err);
    if (code < 0) {
        kube_watcher_fail(watcher, code, &err);
        return KUBE_STEP_GO_ON;
    }
    kube_watcher_list_end(watcher);
    watcher->in_one_page = false;
    watcher->state = KUBE_WATCHER_BEGIN;
    watcher->dirty = true;
    return watcher->only_changes ? KUBE_STEP_GO_ON : kube_watcher_emit(watcher, event, KUBE_EVENT_SYNCED, NULL);
}

/* All pages are of the first one's version. */
static int end_page(kube_watcher_t *watcher, kube_error_t *err)
{
    kube_watcher_list_t *list = watcher->list;
    const kube_meta_v1_list_meta_t *metadata = kube_page_metadata(&list->page);
    if (metadata && list->version.len == 0)
        kube_buffer_puts(&list->version, metadata->resource_version);
    int code = list->version.failed ? kube_fail_memory(err) : KUBE_OK;
    if (code == KUBE_OK)
        code = kube_pages_set_token(&list->pages, metadata ? metadata->continue_ : NULL, err);
    kube_page_dispose(&list->page);
    list->complete = !list->pages.token || watcher->only_changes || watcher->checking;
    return code == KUBE_OK && !list->complete ? begin_page(watcher, err) : code;
}

static kube_step_t step_page(kube_watcher_t *watcher)
{
    kube_watcher_list_t *list = watcher->list;
    kube_step_t step = kube_page_step(&list->page, &list->item);
    watcher->due = list->page.due;
    if (step != KUBE_STEP_END)
        return step == KUBE_STEP_WAIT ? step : KUBE_STEP_GO_ON;
    if (list->page.code < 0) {
        kube_watcher_request_failed(watcher, list->page.code, &list->page.err);
        return KUBE_STEP_GO_ON;
    }
    watcher->unauthorized = 0;
    kube_error_t err = { 0 };
    int code = end_page(watcher, &err);
    if (code < 0)
        kube_watcher_fail(watcher, code, &err);
    return KUBE_STEP_GO_ON;
}

kube_step_t kube_watcher_list_step(kube_watcher_t *watcher, kube_event_t *event)
{
    kube_watcher_list_t *list = watcher->list;
    if (list->complete && watcher->checking) {
        judge_history(watcher);
        return KUBE_STEP_GO_ON;
    }
    if (list->complete)
        return complete(watcher, event);
    if (!list->item)
        return step_page(watcher);
    if (!watcher->checking && kube_watcher_emit_restarted(watcher, event))
        return KUBE_STEP_ITEM;
    void *item = list->item;
    list->item = NULL;
    if (!watcher->only_changes && !watcher->checking)
        return kube_watcher_emit(watcher, event, KUBE_EVENT_ADDED, item);
    kube_free(item);
    return KUBE_STEP_GO_ON;
}
