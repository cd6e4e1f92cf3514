/*
 * What becomes of a write whose reply was lost. It is sent again where that is harmless; what the server then refuses (the object is there already, it
 * has another version) may be the first attempt's doing, so the object it holds is compared with the one that was sent.
 */
#include <kube/json.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "client/earlier.h"
#include "client/reply.h"
#include "client/write.h"

/* The target of the object: a create's has no name in it yet. */
static void put_target(kube_write_t *write, kube_buffer_t *target)
{
    const kube_operation_t *operation = &write->unary.operation;
    const char *text = operation->request.target.data;
    kube_buffer_append(target, text, strcspn(text, "?"));
}

static int name_target(kube_write_t *write, kube_buffer_t *target)
{
    kube_operation_t *operation = &write->unary.operation;
    const kube_buffer_t *body = &operation->request.body;
    void *sent = NULL;
    int code = kube_json_decode(write->body_type, body->data, body->len, NULL, &sent, NULL);
    if (code == KUBE_OK) {
        kube_buffer_puts(target, "/");
        kube_buffer_puts(target, kube_meta_name(write->body_type, sent));
    }
    kube_free(sent);
    return code;
}

/* Asks for the object: true, or false when memory is exhausted. */
static bool look(kube_write_t *write)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_request_dispose(&write->look_request);
    kube_request_init_beside(&write->look_request, &operation->request);
    write->look_request.resource = operation->request.resource;
    put_target(write, &write->look_request.target);
    int code = write->action == KUBE_ACTION_CREATE ? name_target(write, &write->look_request.target) : KUBE_OK;
    if (code < 0) {
        operation->code = kube_fail_memory(&operation->err);
        return false;
    }
    kube_fetch_dispose(&write->look);
    write->look_err = (kube_error_t){ 0 };
    kube_fetch_begin(&write->look, operation->client, &operation->waiter, &write->look_request, operation->deadline, 0, &write->look_err);
    write->look.reached = true;
    write->look.max_retries = write->unary.fetch.max_retries;
    write->looking = true;
    return true;
}

static bool succeed(kube_write_t *write)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_free(operation->status);
    operation->status = NULL;
    kube_error_reset(&operation->err);
    operation->code = KUBE_OK;
    return false;
}

static bool says_all(const kube_write_t *write, const void *whole, const void *part)
{
    const kube_type_t *type = write->body_type;
    if (!write->writes_status)
        return kube_covers(type, whole, part, KUBE_COVERS_WRITTEN | KUBE_COVERS_ZERO_IS_ABSENT);
    const kube_type_t *status_type = NULL;
    const void *status = kube_at(part, type, "status", &status_type);
    return !status || kube_covers(status_type, kube_at(whole, type, "status", NULL), status, KUBE_COVERS_ZERO_IS_ABSENT);
}

/* Whether the server's object is the one that was sent. To what is created, servers add defaults. What an update left out is gone if it happened: an
 * object that has more is another one. */
static bool holds_what_was_sent(kube_write_t *write, const void *held)
{
    const kube_buffer_t *body = &write->unary.operation.request.body;
    void *sent = NULL;
    bool same = kube_json_decode(write->body_type, body->data, body->len, NULL, &sent, NULL) == KUBE_OK &&
                says_all(write, held, sent) && (write->action == KUBE_ACTION_CREATE || says_all(write, sent, held));
    kube_free(sent);
    return same;
}

static bool fail_ambiguous(kube_write_t *write, const char *what)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_error_t last = operation->err;
    operation->code = kube_fail(&operation->err, KUBE_E_AMBIGUOUS, "the %s may have happened: its reply was lost, and %s",
                                operation->request.method, what);
    kube_earlier_tell(&operation->err, last.message);
    operation->err.attempts = write->unary.fetch.attempt + write->looks;
    return false;
}

static bool compare(kube_write_t *write)
{
    kube_operation_t *operation = &write->unary.operation;
    if (write->look.code == KUBE_E_NOT_FOUND && write->action == KUBE_ACTION_CREATE && operation->code != KUBE_E_ALREADY_EXISTS)
        return false;
    if (write->look.code == KUBE_E_NOT_FOUND)
        return fail_ambiguous(write, "the object is not there any more");
    if (write->look.code < 0)
        return fail_ambiguous(write, "the object could not be read");
    void *held = NULL;
    kube_error_t err = { 0 };
    kube_meta_v1_status_t *status = NULL;
    int code = kube_reply_decode(&write->look_request, &write->look.head, &write->look.bytes, write->body_type, &held, &status, &err);
    kube_free(status);
    if (code < 0 || !holds_what_was_sent(write, held)) {
        kube_free(held);
        return fail_ambiguous(write, "the object on the server is not the one that was sent");
    }
    operation->object = held;
    operation->type = write->body_type;
    return succeed(write);
}

/* What the server says of a deletion that is done. */
static bool succeed_deleted(kube_write_t *write)
{
    kube_operation_t *operation = &write->unary.operation;
    kube_meta_v1_status_t *status = kube_new(&kube_meta_v1_status_type);
    if (!status || kube_set_string(status, status, &kube_meta_v1_status_type, "status", "Success") < 0) {
        kube_free(status);
        operation->code = kube_fail_memory(&operation->err);
        return false;
    }
    operation->object = status;
    operation->type = &kube_meta_v1_status_type;
    return succeed(write);
}

static bool repeat(kube_write_t *write)
{
    kube_fetch_again(&write->unary.fetch);
    return true;
}

static bool is_being_deleted(const kube_type_t *type, const void *object)
{
    const kube_type_t *found = NULL;
    const void *metadata = kube_at(object, type, "metadata", &found);
    return metadata && kube_has(metadata, found, "deletionTimestamp");
}

static bool deleted(kube_write_t *write)
{
    kube_operation_t *operation = &write->unary.operation;
    if (write->look.code == KUBE_E_NOT_FOUND)
        return succeed_deleted(write);
    if (write->look.code < 0)
        return fail_ambiguous(write, "the object could not be read");
    void *held = NULL;
    kube_meta_v1_status_t *status = NULL;
    kube_error_t err = { 0 };
    int code = kube_reply_decode(&write->look_request, &write->look.head, &write->look.bytes, write->unary.reply_type, &held, &status, &err);
    kube_free(status);
    if (code == KUBE_OK && is_being_deleted(write->unary.reply_type, held)) {
        operation->object = held;
        operation->type = write->unary.reply_type;
        return succeed(write);
    }
    kube_free(held);
    /* A precondition keeps a second delete from an object that was made anew. */
    if (code == KUBE_OK && write->repeatable && write->unary.fetch.lost && kube_fetch_has_another(&write->unary.fetch))
        return repeat(write);
    return fail_ambiguous(write, "an object of that name is there");
}

bool kube_lost_looked(kube_write_t *write)
{
    kube_operation_t *operation = &write->unary.operation;
    write->looking = false;
    write->looks += write->look.attempt;
    operation->err.attempts += write->look.attempt;
    if (write->look.code == KUBE_E_CANCELED) {
        operation->code = KUBE_E_CANCELED;
        kube_operation_take_failure(operation, &write->look);
        operation->err.attempts = write->unary.fetch.attempt + write->looks;
        return false;
    }
    if (write->look.code == KUBE_E_TIMEOUT)
        return fail_ambiguous(write, "there was no time to look for its effect");
    return write->policy == KUBE_LOST_LOOK ? deleted(write) : compare(write);
}

/* ---- the attempts ---- */

/* Refusals that the first attempt's work may be the reason of. */
static bool is_refusal(int code)
{
    return code == KUBE_E_ALREADY_EXISTS || code == KUBE_E_CONFLICT || code == KUBE_E_NOT_FOUND || code == KUBE_E_FORBIDDEN ||
           code == KUBE_E_INVALID;
}

/* The write's own reply has just been lost. */
static bool recover(kube_write_t *write)
{
    write->lost = true;
    switch (write->policy) {
    case KUBE_LOST_LOOK:
        return look(write);
    case KUBE_LOST_REPEAT:
    case KUBE_LOST_COMPARE:
        return kube_fetch_has_another(&write->unary.fetch) && repeat(write);
    default:
        return false;
    }
}

bool kube_lost_recover(kube_write_t *write)
{
    kube_fetch_t *fetch = &write->unary.fetch;
    if (fetch->lost && fetch->code == KUBE_E_AMBIGUOUS)
        return recover(write);
    if (!fetch->uncertain || fetch->code == KUBE_E_CANCELED)
        return false;
    if (is_refusal(fetch->code) && write->policy != KUBE_LOST_REPEAT)
        return look(write);
    if (write->lost && !is_refusal(fetch->code))
        return fail_ambiguous(write, "sending it again did not work either");
    return false;
}
