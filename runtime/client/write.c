#include "client/write.h"

#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "client/reply.h"

static int begin(kube_operation_t *operation, const kube_spec_t *spec)
{
    ((kube_write_t *)operation)->action = spec->action;
    return kube_unary_begin((kube_unary_t *)operation, spec, kube_write_request);
}

/* A delete is answered with a Status, with the object (when it lingers), or with the list of the deleted: the reply's own kind tells. */
static int find_type(kube_write_t *write, const kube_type_t **out)
{
    kube_operation_t *operation = &write->unary.operation;
    const kube_fetch_t *fetch = &write->unary.fetch;
    kube_type_meta_t meta;
    int code = kube_reply_meta(&fetch->head, fetch->bytes.data, fetch->bytes.len, &meta, &operation->err);
    if (code < 0)
        return code;
    const kube_type_t *candidates[] = { &kube_meta_v1_status_type, write->unary.reply_type, write->list_type };
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        *out = candidates[i];
        if (*out && (*out)->kind && strcmp((*out)->kind, meta.kind) == 0)
            return KUBE_OK;
    }
    return kube_fail(&operation->err, KUBE_E_PARSE, "the reply to a DELETE of %s is a %s %s", operation->request.resource->plural,
                     meta.api_version, meta.kind);
}

static void take_reply(kube_write_t *write)
{
    kube_unary_t *unary = &write->unary;
    kube_operation_t *operation = &unary->operation;
    bool deletes = write->action == KUBE_ACTION_DELETE || write->action == KUBE_ACTION_DELETE_COLLECTION;
    const kube_type_t *type = unary->reply_type;
    /* What an attempt before this one left. */
    kube_error_reset(&operation->err);
    kube_free(operation->status);
    operation->status = NULL;
    int code = deletes ? find_type(write, &type) : KUBE_OK;
    if (code == KUBE_OK) {
        kube_unary_take_reply(unary, type);
        return;
    }
    operation->code = code;
    operation->http_status = unary->fetch.head.status;
    operation->err.attempts = unary->fetch.attempt;
}

/* The fetch at hand has ended: true when another one was begun. */
static bool go_on(kube_write_t *write)
{
    if (write->looking)
        return kube_lost_looked(write);
    if (write->unary.fetch.code == KUBE_OK) {
        take_reply(write);
        return false;
    }
    kube_unary_take_failure(&write->unary);
    return kube_lost_recover(write);
}

static kube_step_t step(kube_operation_t *operation)
{
    kube_write_t *write = (kube_write_t *)operation;
    do {
        kube_fetch_t *fetch = write->looking ? &write->look : &write->unary.fetch;
        if (kube_fetch_step(fetch) == KUBE_STEP_WAIT) {
            operation->due = fetch->due;
            return KUBE_STEP_WAIT;
        }
    } while (go_on(write));
    return KUBE_STEP_END;
}

static void dispose(kube_operation_t *operation)
{
    kube_write_t *write = (kube_write_t *)operation;
    kube_unary_dispose(operation);
    kube_fetch_dispose(&write->look);
    kube_request_dispose(&write->look_request);
}

const kube_operation_kind_t kube_write_kind = { sizeof(kube_write_t), begin, step, dispose };
