/* each: a list page after page, item by item. */
#include <kube/object.h>
#include <kube/op.h>

#include "base/fail.h"
#include "client/list_request.h"
#include "client/operation.h"
#include "client/page.h"

/* Items of one step: other operations of a thread that dispatches get their turn after so many. */
#define ITEMS_OF_A_STEP 100

typedef struct each {
    kube_operation_t operation;
    kube_pages_t pages;
    kube_page_t page;
    kube_item_fn *fn;
    bool *inconsistent; /* the caller's; NULL: not wanted */
    bool expired;       /* the page before: a server that says so twice in a row is not asked a third time */
    unsigned decode_flags;
} each_t;

static int begin_page(each_t *each)
{
    kube_operation_t *operation = &each->operation;
    int code = kube_pages_next(&each->pages, &operation->request, &operation->err);
    if (code < 0)
        return code;
    kube_page_plan_t plan = {
        .client = operation->client, .waiter = &operation->waiter, .request = &operation->request, .type = operation->type,
        .deadline = operation->deadline, .decode_flags = each->decode_flags,
    };
    return kube_page_begin(&each->page, &plan, &operation->err);
}

static int begin(kube_operation_t *operation, const kube_spec_t *spec)
{
    each_t *each = (each_t *)operation;
    const kube_list_options_t *options = spec->options;
    if (!spec->item)
        return kube_fail(&operation->err, KUBE_E_USAGE, "item is NULL: there is no function to call");
    each->fn = spec->item;
    each->decode_flags = options ? options->decode_flags : 0;
    each->inconsistent = options ? options->inconsistent : NULL;
    if (each->inconsistent)
        *each->inconsistent = false;
    int code = kube_list_request_path(&operation->request, spec->resource, spec->ns, &operation->err);
    if (code == KUBE_OK)
        code = kube_pages_begin(&each->pages, &operation->request, options, &operation->err);
    if (code < 0)
        return code;
    operation->type = spec->resource->list_type;
    return begin_page(each);
}

static kube_step_t end(each_t *each, int code)
{
    each->operation.code = code;
    return KUBE_STEP_END;
}

/* The token by which a server goes on where it no longer has the state that the list began with; NULL: there is none, or
 * nobody wants it. */
static const char *inconsistent_token(const each_t *each)
{
    const kube_meta_v1_status_t *status = each->page.fetch.status;
    bool wanted = each->inconsistent && each->pages.token && !each->expired && each->page.code == KUBE_E_EXPIRED;
    const char *token = wanted && status && status->metadata ? status->metadata->continue_ : NULL;
    return token && *token ? token : NULL;
}

/* KUBE_STEP_BYTES: there is another page. */
static kube_step_t end_page(each_t *each)
{
    kube_error_t *err = &each->operation.err;
    const kube_meta_v1_list_meta_t *metadata = kube_page_metadata(&each->page);
    const char *token = metadata ? metadata->continue_ : NULL;
    bool expired = each->page.code < 0;
    if (expired) {
        token = inconsistent_token(each);
        if (!token) {
            kube_operation_take_failure(&each->operation, &each->page.fetch);
            return end(each, each->page.code);
        }
        *each->inconsistent = true;
    }
    each->expired = expired;
    int code = kube_pages_set_token(&each->pages, token, err);
    kube_page_dispose(&each->page);
    if (code == KUBE_OK && !each->pages.token)
        return end(each, KUBE_OK);
    if (code == KUBE_OK)
        code = begin_page(each);
    return code < 0 ? end(each, code) : KUBE_STEP_BYTES;
}

/* KUBE_OK, or what ends the call. */
static int hand_over(each_t *each, void *item)
{
    int code = each->fn(item, each->operation.userdata);
    kube_free(item);
    if (code < 0)
        kube_fail(&each->operation.err, code, "the function that is called for each item ended the call");
    return code != 0 ? code : kube_operation_check(&each->operation);
}

static kube_step_t step(kube_operation_t *operation)
{
    each_t *each = (each_t *)operation;
    for (int items = 0; items < ITEMS_OF_A_STEP;) {
        void *item;
        kube_step_t step = kube_page_step(&each->page, &item);
        operation->due = each->page.due;
        if (step == KUBE_STEP_WAIT)
            return step;
        if (step == KUBE_STEP_END) {
            if (end_page(each) == KUBE_STEP_END)
                return KUBE_STEP_END;
            continue;
        }
        int code = hand_over(each, item);
        if (code != 0)
            return end(each, code);
        items++;
    }
    kube_waiter_signal(&operation->waiter);
    operation->due = KUBE_NEVER;
    return KUBE_STEP_WAIT;
}

static void dispose(kube_operation_t *operation)
{
    each_t *each = (each_t *)operation;
    kube_page_dispose(&each->page);
    kube_pages_dispose(&each->pages);
}

const kube_operation_kind_t kube_each_kind = { sizeof(each_t), begin, step, dispose };

int kube_each(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options,
              kube_item_fn *fn, void *userdata, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_EACH, .resource = resource, .ns = ns, .options = options, .item = fn };
    each_t each;
    int code = kube_operation_run(&each.operation, &kube_each_kind, client, &spec, userdata, err);
    kube_operation_dispose(&each.operation);
    return code;
}
