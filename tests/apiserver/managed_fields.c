#include "managed_fields.h"

#include <stdlib.h>
#include <string.h>

#include "field_set.h"

#define MAX_UPDATERS 10
#define BUCKET "ancient-changes"

static void dispose_owner(ts_owner_t *owner)
{
    free(owner->manager);
    free(owner->api_version);
    free(owner->subresource);
    free(owner->time);
    json_decref(owner->fields);
}

void ts_owners_dispose(ts_owners_t *owners)
{
    size_t i;

    for (i = 0; i < owners->len; i++) {
        dispose_owner(&owners->items[i]);
    }
    free(owners->items);
    *owners = (ts_owners_t){ 0 };
}

static ts_owner_t *add_owner(ts_owners_t *owners)
{
    ts_owner_t *items = realloc(owners->items, (owners->len + 1) * sizeof *items);

    if (!items) {
        return NULL;
    }
    owners->items = items;
    items[owners->len] = (ts_owner_t){ 0 };
    return &items[owners->len++];
}

static void remove_owner(ts_owners_t *owners, size_t i)
{
    dispose_owner(&owners->items[i]);
    memmove(&owners->items[i], &owners->items[i + 1], (owners->len - i - 1) * sizeof *owners->items);
    owners->len--;
}

/* ---- reading and writing ---- */

static const char *text_of(const json_t *entry, const char *name)
{
    const char *text = json_string_value(json_object_get(entry, name));

    return text ? text : "";
}

static bool is_valid(const json_t *entry)
{
    const char *operation = text_of(entry, "operation");
    const json_t *fields = json_object_get(entry, "fieldsV1");

    return (strcmp(operation, "Apply") == 0 || strcmp(operation, "Update") == 0) && *text_of(entry, "apiVersion") &&
           strcmp(text_of(entry, "fieldsType"), "FieldsV1") == 0 && (!fields || json_is_null(fields) || json_is_object(fields));
}

static bool read_owner(ts_owners_t *owners, const json_t *entry)
{
    ts_owner_t *owner = add_owner(owners);
    const char *time = json_string_value(json_object_get(entry, "time"));
    const json_t *fields = json_object_get(entry, "fieldsV1");

    if (!owner) {
        return false;
    }
    owner->manager = strdup(text_of(entry, "manager"));
    owner->api_version = strdup(text_of(entry, "apiVersion"));
    owner->subresource = strdup(text_of(entry, "subresource"));
    owner->time = time ? strdup(time) : NULL;
    owner->applies = strcmp(text_of(entry, "operation"), "Apply") == 0;
    owner->fields = json_is_object(fields) ? ts_set_canonical(fields) : json_object();
    return owner->manager && owner->api_version && owner->subresource && owner->fields && (owner->time || !time);
}

bool ts_owners_read(ts_owners_t *owners, const json_t *entries)
{
    size_t i;

    *owners = (ts_owners_t){ 0 };
    for (i = 0; i < json_array_size(entries); i++) {
        if (!is_valid(json_array_get(entries, i))) {
            return true;
        }
    }
    for (i = 0; i < json_array_size(entries); i++) {
        if (!read_owner(owners, json_array_get(entries, i))) {
            ts_owners_dispose(owners);
            return false;
        }
    }
    return true;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* Times in RFC 3339, UTC and whole seconds are in order as text. */
static int compare_owners(const void *left, const void *right)
{
    const ts_owner_t *a = *(const ts_owner_t *const *)left, *b = *(const ts_owner_t *const *)right;
    int order = (int)b->applies - (int)a->applies;

    order = order ? order : compare_texts(a->time, b->time);
    order = order ? order : strcmp(a->manager, b->manager);
    order = order ? order : strcmp(a->api_version, b->api_version);
    return order ? order : strcmp(a->subresource, b->subresource);
}

static int set_text(json_t *entry, const char *name, const char *text)
{
    return text && *text ? json_object_set_new(entry, name, json_string(text)) : 0;
}

static json_t *write_owner(const ts_owner_t *owner)
{
    json_t *entry = json_object();

    if (set_text(entry, "manager", owner->manager) || set_text(entry, "operation", owner->applies ? "Apply" : "Update") ||
        set_text(entry, "apiVersion", owner->api_version) || set_text(entry, "time", owner->time) ||
            set_text(entry, "fieldsType", "FieldsV1") ||
        json_object_set_new(entry, "fieldsV1", ts_set_canonical(owner->fields)) || set_text(entry, "subresource", owner->subresource)) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}

static const ts_owner_t **sorted_owners(const ts_owners_t *owners, int (*compare)(const void *, const void *))
{
    const ts_owner_t **sorted = malloc((owners->len + 1) * sizeof *sorted);
    size_t i;

    if (sorted) {
        for (i = 0; i < owners->len; i++) {
            sorted[i] = &owners->items[i];
        }
        qsort(sorted, owners->len, sizeof *sorted, compare);
    }
    return sorted;
}

json_t *ts_owners_write(const ts_owners_t *owners)
{
    const ts_owner_t **sorted = sorted_owners(owners, compare_owners);
    json_t *out = sorted ? json_array() : NULL;
    size_t i;

    for (i = 0; out && i < owners->len; i++) {
        if (json_array_append_new(out, write_owner(sorted[i]))) {
            json_decref(out);
            out = NULL;
        }
    }
    free(sorted);
    return out;
}

/* ---- working with them ---- */

static ts_owner_t *find(const ts_owners_t *owners, const char *manager, const char *api_version, const char *subresource, bool applies)
{
    size_t i;

    for (i = 0; i < owners->len; i++) {
        ts_owner_t *owner = &owners->items[i];

        if (owner->applies == applies && strcmp(owner->manager, manager) == 0 && strcmp(owner->subresource, subresource) == 0 &&
            (applies || strcmp(owner->api_version, api_version) == 0)) {
            return owner;
        }
    }
    return NULL;
}

ts_owner_t *ts_owners_find(const ts_owners_t *owners, const ts_writer_t *writer, bool applies)
{
    return find(owners, writer->manager, writer->api_version, writer->subresource ? writer->subresource : "", applies);
}

static bool replace_text(char **text, const char *with)
{
    char *copy = strdup(with);

    if (copy) {
        free(*text);
        *text = copy;
    }
    return copy != NULL;
}

bool ts_owner_set_time(ts_owner_t *owner, const char *time)
{
    return replace_text(&owner->time, time);
}

bool ts_owner_replace(ts_owner_t *owner, json_t *fields)
{
    if (!fields) {
        return false;
    }
    json_decref(owner->fields);
    owner->fields = fields;
    return true;
}

bool ts_owners_set(ts_owners_t *owners, const ts_writer_t *writer, bool applies, json_t *fields)
{
    ts_owner_t *owner = ts_owners_find(owners, writer, applies);

    if (!owner) {
        owner = add_owner(owners);
        if (!owner) {
            json_decref(fields);
            return false;
        }
        owner->applies = applies;
        owner->manager = strdup(writer->manager);
        owner->subresource = strdup(writer->subresource ? writer->subresource : "");
        owner->fields = json_object();
        if (!owner->manager || !owner->subresource || !owner->fields) {
            json_decref(fields);
            return false;
        }
    }
    return ts_owner_replace(owner, fields) && replace_text(&owner->api_version, writer->api_version);
}

void ts_owners_drop_empty(ts_owners_t *owners)
{
    size_t i = 0;

    while (i < owners->len) {
        if (ts_set_empty(owners->items[i].fields)) {
            remove_owner(owners, i);
        } else {
            i++;
        }
    }
}

/* ---- the limit ---- */

static size_t count_updaters(const ts_owners_t *owners)
{
    size_t i, count = 0;

    for (i = 0; i < owners->len; i++) {
        count += !owners->items[i].applies;
    }
    return count;
}

/* Gives an updater's fields to its version's bucket. The first of a version has only its name changed, when the second comes. */
static bool move_to_bucket(ts_owners_t *owners, ts_owner_t *first, ts_owner_t *owner)
{
    ts_owner_t *bucket = find(owners, BUCKET, owner->api_version, "", false);

    if (!bucket) {
        bucket = first;
        if (!replace_text(&bucket->manager, BUCKET) || !replace_text(&bucket->subresource, "")) {
            return false;
        }
    }
    return ts_owner_replace(bucket, ts_set_union(owner->fields, bucket->fields)) &&
        (!owner->time || ts_owner_set_time(bucket, owner->time));
}

static ts_owner_t *first_of_version(const ts_owner_t **sorted, size_t end, const char *api_version)
{
    size_t i;

    for (i = 0; i < end; i++) {
        if (!sorted[i]->applies && strcmp(sorted[i]->api_version, api_version) == 0) {
            return (ts_owner_t *)sorted[i];
        }
    }
    return NULL;
}

bool ts_owners_cap(ts_owners_t *owners)
{
    size_t count = count_updaters(owners), i;
    const ts_owner_t **sorted;
    bool good = true;

    if (count <= MAX_UPDATERS) {
        return true;
    }
    sorted = sorted_owners(owners, compare_owners);
    for (i = 0; sorted && good && i < owners->len && count > MAX_UPDATERS; i++) {
        ts_owner_t *owner = (ts_owner_t *)sorted[i];
        ts_owner_t *first = owner->applies ? NULL : first_of_version(sorted, i, owner->api_version);

        if (first) {
            good = move_to_bucket(owners, first, owner) && ts_owner_replace(owner, json_object());
            count--;
        }
    }
    good = good && sorted;
    free(sorted);
    ts_owners_drop_empty(owners);
    return good;
}
