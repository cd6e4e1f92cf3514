/* Events of a watch: one frame (object/frame.h) of the stream, `{"type":"ADDED","object":{...}}`, its members in any order. */
#ifndef KUBE_OBJECT_WATCH_EVENT_H
#define KUBE_OBJECT_WATCH_EVENT_H

#include <kube/json.h>

typedef enum kube_watch_event_kind {
    KUBE_WATCH_EVENT_UNKNOWN = 0, /* a type that this build does not know */
    KUBE_WATCH_EVENT_ADDED,
    KUBE_WATCH_EVENT_MODIFIED,
    KUBE_WATCH_EVENT_DELETED,
    KUBE_WATCH_EVENT_BOOKMARK,
    KUBE_WATCH_EVENT_ERROR
} kube_watch_event_kind_t;

/* One event. Disposed of with kube_watch_event_dispose. */
typedef struct kube_watch_event {
    kube_watch_event_kind_t kind;
    char name[32];                 /* the type as the server wrote it, "ADDED"; cut when longer */
    void *object;                  /* owned by the event; whoever sets it to NULL has taken it (kube_free) */
    const kube_type_t *type;       /* of object: the one asked for, or kube_meta_v1_status_type for KUBE_WATCH_EVENT_ERROR */
    const char *resource_version;  /* of object, borrowed from it; NULL when it has none, and for KUBE_WATCH_EVENT_ERROR */
    bool initial_events_end;       /* a bookmark with the annotation k8s.io/initial-events-end: "true" */
} kube_watch_event_t;

/*
 * Decodes one event. type: of the objects watched, a root. text, len: the frame, padded if options->flags say so
 * (KUBE_DECODE_PADDED), as a frame reader gives it. options: NULL means the defaults; KUBE_DECODE_PACKED for objects that are
 * kept. event: filled on success, else all zero.
 * Errors: KUBE_E_PARSE (err has the offset in the frame and the path, `object.spec.nodeName`; also for an object of another
 * kind, both named), KUBE_E_LIMIT, KUBE_E_NO_MEMORY, KUBE_E_USAGE. Thread-safe.
 */
int kube_watch_event_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options,
                            kube_watch_event_t *event, kube_error_t *err);
/* Frees the object and makes the event all-zero. NULL is allowed. */
void kube_watch_event_dispose(kube_watch_event_t *event);

#endif
