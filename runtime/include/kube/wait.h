/*
 * Waiting until an object is as one wants it, on a watch of that one object, so that nothing is asked again and again:
 *
 *     kube_wanted_condition_t ready = { .type = "Ready" };
 *     kube_wait_options_t options = { .call.timeout_ms = 60000 };
 *     int code = kube_wait(client, &kube_core_v1_pods, "web", "db-0", kube_wait_condition, &ready, &options, NULL, &err);
 *
 * What is waited for is a function: one of those below, or one's own, which may call them. They read objects by the names of
 * their fields, so that they work for custom resources too, free-form ones included.
 */
#ifndef KUBE_WAIT_H
#define KUBE_WAIT_H

#include <kube/watch.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An object as it is at a moment. New fields are only appended. */
typedef struct kube_wait_view {
    const kube_type_t *type;
    const void *object;    /* borrowed until the function returns; NULL: it is not there */
    const char *first_uid; /* of the object that was there first; NULL: none was there so far */
    bool may_be_missing;   /* from the options */
    char state[400];       /* for the function to say in a line what is missing or wrong: "2 of 3 replicas are updated" */
} kube_wait_view_t;

/* Says whether what is waited for has come. Returns 1 (any positive number) when it has, 0 to wait on, a negative KUBE_E_* to
 * end the wait with that and view->state as its message. Called in the waiting thread. */
typedef int kube_wait_fn(kube_wait_view_t *view, void *userdata);

/* All zero means the defaults. New fields are only appended. */
typedef struct kube_wait_options {
    kube_call_t call;    /* timeout_ms: of the whole wait; 0: none. Its status is left NULL */
    bool may_be_missing; /* an object that is not there (yet), or is deleted, is waited for, where it would be KUBE_E_NOT_FOUND */
} kube_wait_options_t;

/*
 * Waits until fn says that an object is as wanted. fn is called with the object as it is now, and after each change. name, fn:
 * not NULL. *out (NULL allowed) is set to the object as it was in the end, freed with kube_free; NULL when it was not there,
 * and on failure.
 * Errors: those of kube_watch_next, KUBE_E_TIMEOUT (the message is the last state), what fn returned; for the functions below
 * KUBE_E_NOT_FOUND, KUBE_E_FAILED (it will not come: a failed job, a rollout beyond its deadline), KUBE_E_UNSUPPORTED,
 * KUBE_E_NO_MEMORY, KUBE_E_USAGE.
 */
KUBE_API int kube_wait(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name, kube_wait_fn *fn,
                       void *userdata, const kube_wait_options_t *options, void *out, kube_error_t *err);

/* ---- what to wait for ---- none of them keeps state, so one may also be called with a view that the program made itself */

/* The object is there. userdata: NULL. */
KUBE_API int kube_wait_created(kube_wait_view_t *view, void *userdata);
/* The object is not there any more, or another one has its name. userdata: the uid (const char *) of the object that is to go;
 * NULL: the first that was there. */
KUBE_API int kube_wait_deleted(kube_wait_view_t *view, void *userdata);

/* A condition of status.conditions, as far as it is about the present generation of the object. */
typedef struct kube_wanted_condition {
    const char *type;   /* "Ready" */
    const char *status; /* NULL: "True" */
} kube_wanted_condition_t;
/* userdata: a kube_wanted_condition_t. */
KUBE_API int kube_wait_condition(kube_wait_view_t *view, void *userdata);

/*
 * A value somewhere in the object. path: names with dots between them, numbers of list items in brackets, names with dots in
 * them and values of a field that selects a list item in brackets and quotes: `status.phase`, `.spec.containers[0].image`,
 * `metadata.annotations["example.com/x"]`, `status.conditions[type="Ready"].status`. Text behind a backslash inside of quotes
 * is meant literally.
 */
typedef struct kube_wanted_value {
    const char *path;
    const char *value; /* text of a string, a number, true or false; NULL: any but null */
} kube_wanted_value_t;
/* userdata: a kube_wanted_value_t. */
KUBE_API int kube_wait_value(kube_wait_view_t *view, void *userdata);

/* A Job (or what has its conditions) has completed; KUBE_E_FAILED with its own words when it has failed. userdata: NULL. */
KUBE_API int kube_wait_job_complete(kube_wait_view_t *view, void *userdata);
/* A Deployment, StatefulSet or DaemonSet of apps/v1 is rolled out, as `kubectl rollout status` decides; KUBE_E_FAILED when a
 * Deployment's progress deadline is exceeded, KUBE_E_UNSUPPORTED for other kinds, and for those that are only updated when
 * their pods are deleted. userdata: NULL. */
KUBE_API int kube_wait_rollout(kube_wait_view_t *view, void *userdata);

#ifdef __cplusplus
}
#endif
#endif
