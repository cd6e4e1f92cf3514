#include "apply_prune.h"

static bool assign(json_t **a, json_t *result)
{
    json_decref(*a);
    *a = result;
    return result != NULL;
}

static json_t *named(const ts_node_t *root, const json_t *set)
{
    return set ? ts_walk_name_members(root, set) : NULL;
}

static json_t *named_fields(const ts_node_t *root, const json_t *object)
{
    json_t *fields = ts_walk_fields(root, object), *out = named(root, fields);

    json_decref(fields);
    return out;
}

static json_t *owned_by_anybody(const ts_owners_t *owners)
{
    json_t *all = json_object();
    size_t i;

    for (i = 0; all && i < owners->len; i++) {
        assign(&all, ts_set_union(all, owners->items[i].fields));
    }
    return all;
}

/* Removes a set, made by the caller and given up here; NULL fails. */
static json_t *remove_set(const ts_node_t *root, const json_t *object, json_t *set, bool *failed)
{
    json_t *out = set ? ts_walk_remove(root, object, set, failed) : NULL;

    *failed |= !set;
    json_decref(set);
    return out;
}

/* What is in the merged object, not in the pruned one and not kept. */
static json_t *really_gone(const json_t *merged, const json_t *pruned, const json_t *kept)
{
    json_t *stays = ts_set_union(pruned, kept), *out = stays ? ts_set_difference(merged, stays) : NULL;

    json_decref(stays);
    return out;
}

/* All that the applier no longer owns is removed, then what anybody owns is put back. */
static json_t *prune_unowned(const ts_node_t *root, const json_t *merged, const json_t *merged_fields, const ts_owners_t *owners,
                             const json_t *last,
                             bool *failed)
{
    json_t *pruned = remove_set(root, merged, named(root, last), failed), *pruned_fields = named_fields(root, pruned);
    json_t *all = owned_by_anybody(owners), *kept = named(root, all), *out = NULL;

    if (pruned_fields && kept && !*failed) {
        out = remove_set(root, merged, really_gone(merged_fields, pruned_fields, kept), failed);
    } else {
        *failed = true;
    }
    json_decref(pruned);
    json_decref(pruned_fields);
    json_decref(all);
    json_decref(kept);
    return out;
}

/* Of what is missing in the pruned object, what the applier owned before. */
static json_t *formerly_owned(const ts_node_t *root, const json_t *merged_fields, const json_t *pruned, const json_t *last)
{
    json_t *pruned_fields = named_fields(root, pruned), *last_fields = named(root, last), *out = NULL;

    if (pruned_fields && last_fields) {
        out = ts_set_difference(merged_fields, pruned_fields);
        if (out) {
            assign(&out, ts_set_intersection(out, last_fields));
        }
    }
    json_decref(pruned_fields);
    json_decref(last_fields);
    return out;
}

bool ts_apply_prune(const ts_node_t *root, json_t **merged, const ts_owners_t *owners, const json_t *last)
{
    bool failed = false;
    json_t *merged_fields, *pruned, *out;

    if (!last || ts_set_empty(last)) {
        return true;
    }
    merged_fields = named_fields(root, *merged);
    if (!merged_fields) {
        return false;
    }
    pruned = prune_unowned(root, *merged, merged_fields, owners, last, &failed);
    out = remove_set(root, *merged, formerly_owned(root, merged_fields, pruned, last), &failed);
    json_decref(merged_fields);
    json_decref(pruned);
    json_decref(*merged);
    *merged = out;
    return !failed;
}
