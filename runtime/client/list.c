/* list: the reply is decoded while it is still on its way, and its text never held as a whole. */
#include <kube/op.h>

#include "client/list_request.h"
#include "client/operation.h"
#include "client/page.h"

typedef struct list_operation {
    kube_operation_t operation;
    kube_page_t page;
} list_operation_t;

static int begin(kube_operation_t *operation, const kube_spec_t *spec)
{
    static const kube_list_options_t defaults;
    list_operation_t *list = (list_operation_t *)operation;
    const kube_list_options_t *options = spec->options ? spec->options : &defaults;
    int code = kube_list_request_path(&operation->request, spec->resource, spec->ns, &operation->err);
    if (code == KUBE_OK)
        code = kube_check_list_options(options, false, &operation->err);
    if (code < 0)
        return code;
    kube_query_list(&operation->request, options);
    operation->type = spec->resource->list_type;
    kube_page_plan_t plan = {
        .client = operation->client, .waiter = &operation->waiter, .request = &operation->request, .type = operation->type,
        .deadline = operation->deadline, .decode_flags = options->decode_flags, .collect = true,
    };
    return kube_page_begin(&list->page, &plan, &operation->err);
}

static kube_step_t step(kube_operation_t *operation)
{
    list_operation_t *list = (list_operation_t *)operation;
    kube_page_t *page = &list->page;
    void *item;
    kube_step_t step = kube_page_step(page, &item);
    operation->due = page->due;
    if (step == KUBE_STEP_END) {
        operation->code = page->code;
        operation->object = page->reader ? kube_list_reader_take_list(page->reader) : NULL;
        kube_operation_take_failure(operation, &page->fetch);
    }
    return step;
}

static void dispose(kube_operation_t *operation)
{
    kube_page_dispose(&((list_operation_t *)operation)->page);
}

const kube_operation_kind_t kube_list_kind = { sizeof(list_operation_t), begin, step, dispose };

int kube_list(kube_client_t *client, const kube_resource_t *resource, const char *ns, const kube_list_options_t *options,
              void *out, kube_error_t *err)
{
    kube_spec_t spec = { .action = KUBE_ACTION_LIST, .resource = resource, .ns = ns, .options = options };
    list_operation_t list;
    if (out)
        *(void **)out = NULL;
    int code = kube_operation_run(&list.operation, &kube_list_kind, client, &spec, NULL, err);
    if (code == KUBE_OK && out) {
        *(void **)out = list.operation.object;
        list.operation.object = NULL;
    }
    kube_operation_dispose(&list.operation);
    return code;
}
