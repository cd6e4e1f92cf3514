/*
 * The objects, their history, and who waits for it. An object's versions are immutable and counted, so that replies are written without
 * the lock. Every function here is called with the server's lock held, unless said otherwise.
 */
#ifndef TS_STORE_H
#define TS_STORE_H

#include <stdatomic.h>

#include <kube/test/server.h>

#include "util.h"

/* Who an object is, through all its versions; kept until the server is stopped, because change logs refer to it. */
typedef struct ts_identity {
    struct ts_identity *next;
    const char *ns; /* "" for cluster-scoped ones */
    const char *name;
    const char *uid;
    bool has_chore; /* something is to be done about it: see controllers.c */
    char key[]; /* "ns/name" or "name": the order of lists */
} ts_identity_t;

/* One version of an object. */
typedef struct ts_object {
    atomic_uint references;
    int64_t revision;
    const ts_identity_t *identity;
    char *text; /* compact JSON behind apiVersion and kind, `"metadata":{...},...}`: those two depend on the version asked for */
    size_t len;
    size_t metadata_len; /* of `"metadata":{...}` in it */
    kube_string_map_t labels;
    char **fields; /* values of the collection's selectable fields, NULL: absent */
    char *strings; /* what labels and fields point into */
} ts_object_t;

typedef struct ts_event {
    int64_t revision;
    kube_test_change_type_t type;
    ts_object_t *object;
    ts_object_t *previous; /* NULL for ADDED */
} ts_event_t;

struct ts_exchange;

/* All objects of one resource of a group, whatever version they are asked in. */
typedef struct ts_collection {
    struct ts_collection *next;
    char *group;
    char *plural;
    bool namespaced;
    const char *const *fields; /* selectable ones beside metadata.name and metadata.namespace; ends with NULL */
    size_t field_count;
    ts_object_t **objects; /* sorted by key */
    size_t count, capacity;
    ts_event_t *events; /* oldest first: events[first] .. events[last - 1] */
    size_t first, last, event_capacity;
    int64_t dropped;             /* changes up to this revision are not in events any more */
    int64_t forgotten;           /* nor may new requests ask for them: compaction leaves open watches what they have not seen yet */
    struct ts_exchange *waiting; /* watches that have seen all there is */
} ts_collection_t;

ts_collection_t *ts_collection(kube_test_server_t *server, const char *group, const char *plural); /* NULL: none */
ts_collection_t *ts_collection_make(kube_test_server_t *server, const char *group, const char *plural, bool namespaced,
                                    const char *const *fields);
void ts_collection_free(ts_collection_t *collection);

/* The object of that name, borrowed, or NULL. ns: "" or NULL for cluster-scoped ones. */
ts_object_t *ts_find(const ts_collection_t *collection, const char *ns, const char *name);

/* Without the lock, too. */
ts_object_t *ts_object_ref(ts_object_t *object);
void ts_object_unref(ts_object_t *object);
/* The whole object as a new document, apiVersion and kind left out. Without the lock, too. */
json_t *ts_object_document(const ts_object_t *object);

/*
 * Stores a document (borrowed; metadata with name, uid, ... complete) as a new object, or a new version of one; the
 * revision is set in it. previous: the stored version that it replaces, NULL: none. Returns the stored version, borrowed.
 */
ts_object_t *ts_store(kube_test_server_t *server, ts_collection_t *collection, json_t *document, ts_object_t *previous);
/* Takes an object away. document: its last state, NULL: as it is stored. */
void ts_store_delete(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, json_t *document);
/* Stores a new version of a new object; its reference is taken over, and server->revision is its own. */
void ts_store_text(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object);
ts_identity_t *ts_identity(kube_test_server_t *server, const char *ns, const char *name, const char *uid);
/* A version from its document, not yet stored. revision: 0: the document shows none; negative: the one that is in it. */
ts_object_t *ts_object_new(const ts_collection_t *collection, json_t *document, const ts_identity_t *identity, int64_t revision);
/* The same when the text is there already (see ts_object_t); it is taken over. The document is read for what selectors ask. */
ts_object_t *ts_object_of_text(const ts_collection_t *collection, const json_t *document, const ts_identity_t *identity, int64_t revision,
                               char *text, size_t len, size_t metadata_len);

/* The index of the first event after a revision; collection->last when there is none. */
size_t ts_event_after(const ts_collection_t *collection, int64_t revision);
/* Drops events but for the last `keep`. */
void ts_collection_forget(ts_collection_t *collection, size_t keep);

/* Versions in the order of keys. */
typedef struct ts_snapshot {
    ts_object_t **objects; /* each with a reference */
    size_t count;
} ts_snapshot_t;

/*
 * What the collection held at a revision (not older than `forgotten`), from the first key that is `start` or greater (NULL: all), in
 * namespace ns (NULL: all).
 */
ts_snapshot_t ts_snapshot(const ts_collection_t *collection, int64_t revision, const char *start, const char *ns);
void ts_snapshot_dispose(ts_snapshot_t *snapshot);

/* The value of a selectable field, "" when absent. Without the lock, too. */
const char *ts_object_field(const ts_collection_t *collection, const ts_object_t *object, const char *path);

#endif
