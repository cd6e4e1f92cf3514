/*
 * Changing what others change as well: writing again what met somebody else's write (KUBE_E_CONFLICT), and what server-side
 * apply says of the fields of other managers. These functions block, and call what they are given in the calling thread.
 */
#ifndef KUBE_CONFLICT_H
#define KUBE_CONFLICT_H

#include <kube/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- again after a conflict ---- */

/* How often to try, and how long to wait in between. All zero means the defaults, which suit a few writers of one object. New
 * fields are only appended. */
typedef struct kube_retry {
    int steps;             /* tries in all; 0: 5 */
    int64_t base_ms;       /* to wait after the first; 0: 10; negative: no waiting */
    double factor;         /* by which each wait is longer than the one before; 0: 1 */
    kube_double_t jitter;  /* each wait is longer by up to this part of itself, at random; absent: 0.1 */
    kube_cancel_t *cancel; /* ends the waiting; NULL: none */
} kube_retry_t;

/* For objects with many writers: 4 tries after 10, 50 and 250 ms. `kube_retry_t retry = KUBE_RETRY_BACKOFF;` */
#define KUBE_RETRY_BACKOFF { 4, 10, 5.0, { true, 0.1 }, NULL }

/* Reads an object, changes it and writes it. err: for the calls it makes; never NULL. Returns KUBE_E_CONFLICT to be called
 * again, anything else to end. */
typedef int kube_attempt_fn(kube_error_t *err, void *userdata);

/*
 * Calls fn, again while it returns KUBE_E_CONFLICT and tries are left; returns what it returned last. retry: NULL means all
 * defaults. fn: not NULL.
 * Errors: those of fn, KUBE_E_CANCELED, KUBE_E_USAGE. Thread-safe.
 */
KUBE_API int kube_retry_on_conflict(const kube_retry_t *retry, kube_attempt_fn *fn, void *userdata, kube_error_t *err);

/* ---- changing an object through a function ---- */

/* What has become of the object. */
typedef enum kube_modified {
    KUBE_MODIFIED_NOTHING = 0, /* nothing was to be changed, and nothing was sent; also after every failure */
    KUBE_MODIFIED_UPDATED,
    KUBE_MODIFIED_CREATED
} kube_modified_t;

/* All zero means the defaults. New fields are only appended. */
typedef struct kube_modify_options {
    kube_call_t call;   /* timeout_ms: of everything together; 0: the client's, of each request */
    kube_retry_t retry; /* its cancel: NULL means call.cancel */
    bool create_if_missing;
    bool dry_run;
    const char *field_manager;
    const char *field_validation;
    const char *subresource;             /* what is changed instead of the object itself: "status", "scale"; NULL: the object */
    const kube_type_t *subresource_type; /* of the subresource; NULL: the object's own, as for "status" */
    kube_modified_t *modified;           /* set to what was done; NULL: not wanted */
} kube_modify_options_t;

/*
 * Changes an object: by assignment, or with the functions of kube/object.h, object being their root. It is called once for each
 * try, each time with what the server has at that moment; what it assigns must stay valid until kube_modify has returned. A new
 * object has no metadata.resourceVersion. Returns 0 to have the object written; anything else ends the call, which returns that
 * number. metadata's name, namespace and resourceVersion must stay as they are.
 */
typedef int kube_change_fn(void *object, void *userdata);

/*
 * Has change work on the server's present object and writes the result, again from the start when somebody else wrote in
 * between: so nobody's changes are lost. Nothing is sent when the object is the same (kube_equal) as before. name, change: not
 * NULL. *out (NULL allowed) is the object as the server holds it, of resource's type or options->subresource_type, freed with
 * kube_free.
 * Errors: those of kube_get, kube_update and kube_create; what change returned; KUBE_E_CONFLICT when no tries are left;
 * KUBE_E_NOT_FOUND when the object is not there, unless options->create_if_missing has change work on an empty one, which is
 * created even when it stays so.
 */
KUBE_API int kube_modify(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                         kube_change_fn *change, void *userdata, const kube_modify_options_t *options, void *out,
                         kube_error_t *err);
/* The same with create_if_missing. */
KUBE_API int kube_create_or_modify(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                                   kube_change_fn *change, void *userdata, const kube_modify_options_t *options, void *out,
                                   kube_error_t *err);

/* ---- conflicts of server-side apply ---- */

/* A field that somebody else manages, and that an apply without `force` would have changed. */
typedef struct kube_conflict {
    const char *field;     /* ".spec.template.spec.containers[name=\"app\"].image"; borrowed from the status; "": not said */
    const char *message;   /* the server's words; borrowed from the status; "" when there are none */
    char manager[160];     /* in this and the next: "" when the message does not say */
    char subresource[64];  /* "status" when it wrote that */
    char api_version[320]; /* in which it wrote, "apps/v1"; "" for a manager that applies */
    kube_time_t time;      /* when it wrote; absent when it is not said */
} kube_conflict_t;

/*
 * Reads the conflicts out of the Status that comes with KUBE_E_CONFLICT (kube_call_t.status). Returns how many there are, and
 * fills in as many items as capacity allows; 0 when there are none, when the status is about something else, or NULL. items:
 * NULL only with capacity 0. Thread-safe.
 */
KUBE_API size_t kube_status_conflicts(const struct kube_meta_v1_status_t *status, kube_conflict_t *items, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
