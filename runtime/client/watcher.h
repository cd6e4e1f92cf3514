/*
 * What a watch does, as a machine that is pulled for events: the public calls (watch.c) and operations (watch_operation.c) are
 * made of it. Its parts: watcher.c, what it was told and the order of things; watcher_list.c, the initial state by a list;
 * watcher_stream.c, the events of a request; watcher_failure.c, what follows from failures.
 */
#ifndef KUBE_CLIENT_WATCHER_H
#define KUBE_CLIENT_WATCHER_H

#include <kube/watch.h>

#include "client/list_request.h"
#include "client/page.h"
#include "object/frame.h"
#include "object/watch_event.h"

#define KUBE_US_PER_S ((int64_t)1000000)
/* A server, or what stands before it, that ends a request so much later than agreed is not coming back. */
#define KUBE_OVERSTAY_US (KUBE_US_PER_S * 30)

/* How events are written in one media type. */
typedef struct kube_watch_media {
    const char *accept;
    const kube_framing_t *framing;
    int (*decode)(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options,
                  kube_watch_event_t *event, kube_error_t *err);
} kube_watch_media_t;

typedef enum kube_watcher_state {
    KUBE_WATCHER_BEGIN,  /* a request is to be made */
    KUBE_WATCHER_PAUSE,  /* the same, but not before pause_until */
    KUBE_WATCHER_LIST,   /* the initial state, or the version to begin at, comes by a list */
    KUBE_WATCHER_STREAM, /* events come; those of the initial state as long as there is no version */
    KUBE_WATCHER_ENDED
} kube_watcher_state_t;

/* An initial state that comes by a list. */
typedef struct kube_watcher_list {
    kube_pages_t pages;
    kube_page_t page;
    void *item;            /* the next one to hand over; NULL: none */
    kube_buffer_t version; /* of the list */
    bool complete;
} kube_watcher_list_t;

/* The reply to one watch request. */
typedef struct kube_watcher_stream {
    kube_fetch_t fetch;
    kube_frame_reader_t frames;
    int64_t began;    /* monotonic microseconds */
    int64_t overdue;  /* when the server should long have ended it */
    int64_t heard;    /* when something came last, the head of the reply included */
    bool answered;    /* the head has come */
    bool advanced;    /* an event has moved the version on */
    bool may_repeat;  /* no event has come yet that is younger than the version that was resumed at */
} kube_watcher_stream_t;

typedef struct kube_watcher {
    /* what the owner reads */
    int code;          /* after KUBE_STEP_END */
    int64_t due;       /* after KUBE_STEP_WAIT */
    kube_buffer_t version; /* the version it has come to; empty: the initial state is not complete */
    kube_error_t *err; /* after KUBE_STEP_END; NULL: there was no memory for it. There may be thousands of watches, and each byte of this counts */
    kube_watcher_stream_t stream; /* its own, until then */
    /* what it was told; texts are copies */
    kube_client_t *client;
    kube_waiter_t *waiter;
    const kube_resource_t *resource;
    const kube_watch_media_t *media;
    kube_request_t request; /* its target begins with the path */
    size_t path_len;
    char *label_selector;
    char *field_selector; /* with the name */
    int64_t deadline;
    int64_t idle_timeout_us; /* 0: none */
    int64_t timeout_seconds; /* 0: at random */
    unsigned decode_flags;
    bool bookmarks;
    bool restart_when_expired;
    bool only_changes;
    /* where it is */
    kube_watcher_state_t state;
    bool by_list;         /* the server does not send the initial state as events, or is not to be asked to */
    bool in_one_page;     /* the last list expired between two pages */
    bool dirty;           /* the owner knows of objects, or that there are none */
    bool in_doubt;        /* a request has ended sooner than agreed, and nothing has shown since that the server's history goes on */
    bool checking;        /* the list that is under way is to show that */
    bool restarted;       /* it is to be told to forget them before it gets the next */
    unsigned unauthorized, internal_errors; /* in a row */
    int vain;             /* requests in a row that nothing came of */
    char *trouble;        /* what became of the last of these; NULL: something came of it */
    int64_t doubt_at;     /* when a request was answered first since it is in doubt; 0: none was */
    int64_t pause_us;     /* the last one */
    int64_t pause_until;
    void *object;         /* of the last event */
    kube_watcher_list_t *list; /* NULL outside KUBE_WATCHER_LIST */
} kube_watcher_t;

/*
 * Takes in what is to be watched; sends nothing yet. client and waiter are kept until kube_watcher_dispose, which is due in any
 * case. options: NULL means the defaults. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY.
 */
int kube_watcher_begin(kube_watcher_t *watcher, kube_client_t *client, kube_waiter_t *waiter, const kube_resource_t *resource,
                       const char *ns, const kube_watch_options_t *options, kube_error_t *err);
/* KUBE_STEP_WAIT, KUBE_STEP_ITEM (*event is filled in; its object is borrowed until the next step), or KUBE_STEP_END, from
 * then on for ever. */
kube_step_t kube_watcher_step(kube_watcher_t *watcher, kube_event_t *event);
/* What became of the requests since something was heard last: into the attempts and the earlier of an error that has none. err: may be NULL. */
void kube_watcher_tell_trouble(const kube_watcher_t *watcher, kube_error_t *err);
/* What it has ended with, after KUBE_STEP_END. */
void kube_watcher_error(const kube_watcher_t *watcher, kube_error_t *err);
void kube_watcher_dispose(kube_watcher_t *watcher);

/* ---- between its parts ---- */

/* What a part returns instead of a step: the state has changed, go on with that. */
#define KUBE_STEP_GO_ON ((kube_step_t)0)

/* Has an event handed over. object: becomes the watcher's; NULL: none. */
kube_step_t kube_watcher_emit(kube_watcher_t *watcher, kube_event_t *event, kube_event_type_t type, void *object);
/* Whether the owner is first to be told to forget what it knows, which is done then. */
bool kube_watcher_emit_restarted(kube_watcher_t *watcher, kube_event_t *event);
/* The server's history goes on. */
void kube_watcher_trust(kube_watcher_t *watcher);
int kube_watcher_set_version(kube_watcher_t *watcher, const char *version);

/* Whether one version comes before another: as numbers, which they are for Kubernetes' own servers. What is no number comes before nothing. */
bool kube_watcher_version_is_older(const char *version, const char *than);

void kube_watcher_list_begin(kube_watcher_t *watcher);
/* Ends the silent request, and asks for the server's version: a history that went backwards has no events for this watch. */
void kube_watcher_check_history(kube_watcher_t *watcher);
kube_step_t kube_watcher_list_step(kube_watcher_t *watcher, kube_event_t *event);
void kube_watcher_list_end(kube_watcher_t *watcher);

void kube_watcher_stream_begin(kube_watcher_t *watcher);
kube_step_t kube_watcher_stream_step(kube_watcher_t *watcher, kube_event_t *event);
void kube_watcher_stream_end(kube_watcher_t *watcher);

/* All of these end the request that is under way. */

/* The version it has come to is no use any more: the watch ends, or begins again if its owner wants that. */
void kube_watcher_expired(kube_watcher_t *watcher, int code, const kube_error_t *err);
/* A request came to nothing, which others will follow. */
void kube_watcher_note_trouble(kube_watcher_t *watcher, int code, const char *message);
/* The watch has ended with an error. err: may be that of the request. */
void kube_watcher_fail(kube_watcher_t *watcher, int code, const kube_error_t *err);
/* A request has failed: the watch ends, or a next request is made, at once or after a pause. */
void kube_watcher_request_failed(kube_watcher_t *watcher, int code, const kube_error_t *err);
/* The stream has ended, by whomever: the next request follows at once, or after a pause if this one led to nothing. */
void kube_watcher_stream_ended(kube_watcher_t *watcher);
/* The server does not send the initial state as events: a list is asked for, now and whenever the watch begins again. */
void kube_watcher_turn_to_list(kube_watcher_t *watcher);

#endif
