/* Waiting on a watch of one object. */
#include <inttypes.h>
#include <kube/object.h>
#include <kube/wait.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

typedef struct wait {
    const kube_resource_t *resource;
    kube_wait_fn *fn;
    void *userdata;
    kube_wait_view_t view;
    char *first_uid;
    bool seen; /* since the initial state began */
    void *result;
} wait_t;

static int fail_state(wait_t *wait, int code, kube_error_t *err)
{
    for (char *at = wait->view.state; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            *at = ' ';
    }
    return kube_fail(err, code, "%s", *wait->view.state ? wait->view.state : kube_code_name(code));
}

static int remember_uid(wait_t *wait, const void *object, kube_error_t *err)
{
    const char *uid = kube_meta_uid(wait->resource->type, object);
    if (wait->first_uid || !uid)
        return KUBE_OK;
    wait->view.first_uid = wait->first_uid = kube_mem_strdup(uid);
    return wait->first_uid ? KUBE_OK : kube_fail_memory(err);
}

/* Asks the function; object: NULL when there is none. The first error to come, 0, or 1 when the wait is over. */
static int judge(wait_t *wait, const void *object, kube_error_t *err)
{
    int code = object ? remember_uid(wait, object, err) : KUBE_OK;
    if (code < 0)
        return code;
    wait->view.object = object;
    wait->view.state[0] = '\0';
    code = wait->fn(&wait->view, wait->userdata);
    wait->view.object = NULL;
    if (code < 0)
        return fail_state(wait, code, err);
    if (code > 0 && object && kube_ref(object) == KUBE_OK)
        wait->result = (void *)object;
    return code > 0;
}

static int take_event(wait_t *wait, const kube_event_t *event, kube_error_t *err)
{
    switch (event->type) {
    case KUBE_EVENT_ADDED:
    case KUBE_EVENT_MODIFIED:
        wait->seen = true;
        return judge(wait, event->object, err);
    case KUBE_EVENT_DELETED:
        return judge(wait, NULL, err);
    case KUBE_EVENT_SYNCED:
        return wait->seen ? 0 : judge(wait, NULL, err);
    case KUBE_EVENT_RESTARTED:
        wait->seen = false;
        return 0;
    case KUBE_EVENT_BOOKMARK:
        break;
    }
    return 0;
}

static int fail_next(wait_t *wait, int code, kube_error_t *err)
{
    if (code != KUBE_E_TIMEOUT)
        return code;
    if (*wait->view.state)
        return fail_state(wait, code, err);
    return kube_fail(err, code, "the server has not told the state of the object in time");
}

static int run(wait_t *wait, kube_watch_t *watch, kube_error_t *err)
{
    for (;;) {
        kube_event_t event;
        int code = kube_watch_next(watch, &event, err);
        if (code < 0)
            return fail_next(wait, code, err);
        code = take_event(wait, &event, err);
        if (code != 0)
            return code < 0 ? code : KUBE_OK;
    }
}

int kube_wait(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, kube_wait_fn *fn,
              void *userdata, const kube_wait_options_t *options, void *out, kube_error_t *err)
{
    static const kube_wait_options_t defaults;
    options = options ? options : &defaults;
    kube_error_reset(err);
    if (out)
        *(void **)out = NULL;
    if (options->call.status)
        *options->call.status = NULL;
    if (!client || !resource || !resource->type || !name || !fn)
        return kube_fail(err, KUBE_E_USAGE, "client, resource, name and fn must not be NULL");
    if (resource->namespaced && ns && !*ns)
        return kube_fail(err, KUBE_E_USAGE, "one object is waited for: that needs a namespace");
    wait_t wait = { .resource = resource, .fn = fn, .userdata = userdata,
                    .view = { .type = resource->type, .may_be_missing = options->may_be_missing } };
    kube_watch_options_t watch_options = { .call = options->call, .name = name, .restart_when_expired = true };
    kube_watch_t *watch = NULL;
    int code = kube_watch(client, resource, ns, &watch_options, &watch, err);
    if (code == KUBE_OK)
        code = run(&wait, watch, err);
    kube_watch_free(watch);
    kube_mem_free(wait.first_uid);
    if (out)
        *(void **)out = wait.result;
    else
        kube_free(wait.result);
    return code;
}
