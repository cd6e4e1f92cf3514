#ifndef TS_APPLY_PRUNE_H
#define TS_APPLY_PRUNE_H

#include "apply_walk.h"
#include "managed_fields.h"

/*
 * Removes from a merged object what the applier owned before (last; NULL: nothing) and owns no longer, unless somebody else owns
 * it. owners hold the applier's new fields. *merged is replaced. Returns false: memory.
 */
bool ts_apply_prune(const ts_node_t *root, json_t **merged, const ts_owners_t *owners, const json_t *last);

#endif
