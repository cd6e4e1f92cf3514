/* Options in the query of a request, and in the body of a delete. Readers return false when the reply says what is wrong. */
#ifndef TS_OPTIONS_H
#define TS_OPTIONS_H

#include "request.h"

typedef struct ts_list_options {
    int64_t revision; /* 0: none given, or "0" */
    bool revision_given; /* also "0" */
    bool exact;
    int64_t limit;
    const char *continue_; /* NULL: none */
    int64_t timeout_seconds;
    bool initial_events_given, initial_events;
    bool bookmarks;
} ts_list_options_t;

/* Of list, watch and deletecollection. */
bool ts_list_options_read(const ts_request_t *request, ts_list_options_t *out, ts_reply_t *reply);
/* text: NULL or "": 0. */
bool ts_revision_read(const ts_request_t *request, const char *text, int64_t *out, ts_reply_t *reply);

typedef struct ts_write_options {
    const char *manager; /* never NULL */
    char *manager_owned;
    bool strict, warn, force;
} ts_write_options_t;

/* Of create, update and patch; sets request->dry_run. kind: "CreateOptions". Disposed of with ts_write_options_dispose, also after false. */
bool ts_write_options_read(ts_request_t *request, const char *kind, bool apply, ts_write_options_t *out, ts_reply_t *reply);
void ts_write_options_dispose(ts_write_options_t *options);

typedef struct ts_delete_options {
    json_t *document; /* owned; what follows points into it or the query */
    const char *uid, *revision;
    const char *propagation; /* NULL: the default */
    bool orphan_given, orphan; /* the older way to say it */
    bool grace_given;
    int64_t grace;
} ts_delete_options_t;

bool ts_delete_options_read(ts_request_t *request, ts_delete_options_t *out, ts_reply_t *reply);
void ts_delete_options_dispose(ts_delete_options_t *options);

void ts_status_too_new(ts_reply_t *reply, int64_t asked, int64_t current);

/* URL-safe base64 without padding; NULL when it is none. To be freed. */
char *ts_base64(const char *text);
char *ts_unbase64(const char *text);

#endif
