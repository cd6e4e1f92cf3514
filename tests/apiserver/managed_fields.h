/* metadata.managedFields as a list of owners that can be worked with. */
#ifndef TS_MANAGED_FIELDS_H
#define TS_MANAGED_FIELDS_H

#include "apply.h"

/* One entry. An applier is known by manager and subresource, an updater by its version, too. */
typedef struct ts_owner {
    char *manager, *api_version, *subresource; /* subresource is "" for the object itself */
    char *time;                                /* NULL: none */
    bool applies;
    json_t *fields;                            /* a set of fields */
} ts_owner_t;

typedef struct ts_owners {
    ts_owner_t *items;
    size_t len;
} ts_owners_t;

void ts_owners_dispose(ts_owners_t *owners);
/* Reads entries; what is no valid list is read as none, as the real server does. entries may be NULL. Returns false: memory. */
bool ts_owners_read(ts_owners_t *owners, const json_t *entries);
/* The entries in the real server's order, a new array; NULL: memory. */
json_t *ts_owners_write(const ts_owners_t *owners);

/* The writer's entry, or NULL. */
ts_owner_t *ts_owners_find(const ts_owners_t *owners, const ts_writer_t *writer, bool applies);
/* Sets the writer's fields (takes the reference; NULL fails) and version, in an entry made when there is none. Returns false:
 * memory. */
bool ts_owners_set(ts_owners_t *owners, const ts_writer_t *writer, bool applies, json_t *fields);
bool ts_owner_set_time(ts_owner_t *owner, const char *time);
/* Puts fields (takes the reference; NULL fails) in place of an owner's. Returns false: memory. */
bool ts_owner_replace(ts_owner_t *owner, json_t *fields);
/* Removes the entries that own nothing. */
void ts_owners_drop_empty(ts_owners_t *owners);
/* At most ten updaters: the oldest are merged into "ancient-changes". Returns false: memory. */
bool ts_owners_cap(ts_owners_t *owners);

#endif
