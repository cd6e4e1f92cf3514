/*
 * Who owns which field: server-side apply, and the bookkeeping of every other write, kept in metadata.managedFields as the real
 * server does. Objects carry apiVersion and kind, in the API version of the schema. Thread-safe as long as nobody else edits the
 * objects given.
 */
#ifndef TS_APPLY_H
#define TS_APPLY_H

#include "schema.h"

/* Who writes, and when. All strings are borrowed for the call. */
typedef struct ts_writer {
    const char *manager;     /* the field manager, or what the core made of the User-Agent; not NULL */
    const char *api_version; /* of the request, "apps/v1"; not NULL */
    const char *subresource; /* "status", "scale"; NULL or "": the object itself */
    const char *time;        /* now, RFC 3339 in whole seconds, "2026-01-01T00:00:00Z"; not NULL */
} ts_writer_t;

/*
 * Server-side apply. live: the stored object, NULL when there is none (then the result is what is to be created). applied: the
 * body, without managedFields. Both are borrowed and left as they are. *out (not NULL) is a new object with its managedFields;
 * metadata other than what `applied` says is that of `live`. It is neither defaulted nor validated, and fields that the request
 * may not change (status, or all but the status) are still those of the merge: the core resets them as for an update. When it
 * equals `live` (managedFields included), nothing happened. *causes (NULL allowed) is a new array on conflict, one entry for each
 * field and manager: { reason: FieldManagerConflict, message, field }. Errors: KUBE_E_CONFLICT (err's message is cut;
 * ts_conflict_text has all of it), KUBE_E_BAD_REQUEST (`applied` has managedFields), KUBE_E_SERVER (HTTP 500 in the real server: a
 * value does not fit the schema, a list has a key twice; err->message is that of its Status), KUBE_E_NO_MEMORY.
 */
int ts_apply(const ts_schema_t *schema, const json_t *live, const json_t *applied, const ts_writer_t *writer, bool force, json_t **out,
             json_t **causes, kube_error_t *err);

/* The message of the Status for causes of ts_apply: `Apply failed with 1 conflict: ...`. To be freed with free(). NULL: memory. */
char *ts_conflict_text(const json_t *causes);

/*
 * Ownership after an ordinary write (create, update, patch). before: the stored object, NULL for a create. after: what is to be
 * stored, complete and defaulted, but without what the server adds on its own (cluster IPs, finalizers, generated labels), which
 * nobody owns; its metadata.managedFields as the client sent it (absent: the stored ones stay; [] or [{}]: all are forgotten).
 * Sets after.metadata.managedFields, or removes it when nobody is known. Returns 0 or KUBE_E_NO_MEMORY; an object that does not
 * fit the schema loses its managedFields, as in the real server.
 */
int ts_own(const ts_schema_t *schema, const json_t *before, json_t *after, const ts_writer_t *writer);

/*
 * The last step of a write, when defaults are in: when nothing but times in managedFields differs between the stored object and
 * what is to be stored, `after` gets the old times. Returns 0 or KUBE_E_NO_MEMORY.
 */
int ts_keep_times(const json_t *before, json_t *after);

#endif
