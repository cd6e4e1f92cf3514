#include "store.h"

#include <stdio.h>

#include "exchange.h"
#include "state.h"

ts_collection_t *ts_collection(kube_test_server_t *server, const char *group, const char *plural)
{
    for (ts_collection_t *c = server->collections; c; c = c->next) {
        if (ts_is(c->group, group) && ts_is(c->plural, plural))
            return c;
    }
    return NULL;
}

ts_collection_t *ts_collection_make(kube_test_server_t *server, const char *group, const char *plural, bool namespaced,
                                    const char *const *fields)
{
    ts_collection_t *collection = ts_alloc(sizeof *collection);
    collection->group = ts_strdup(group);
    collection->plural = ts_strdup(plural);
    collection->namespaced = namespaced;
    collection->fields = fields;
    while (fields && fields[collection->field_count])
        collection->field_count++;
    collection->next = server->collections;
    server->collections = collection;
    return collection;
}

void ts_collection_free(ts_collection_t *collection)
{
    for (size_t i = 0; i < collection->count; i++)
        ts_object_unref(collection->objects[i]);
    ts_collection_forget(collection, 0);
    free(collection->objects);
    free(collection->events);
    free(collection->group);
    free(collection->plural);
    free(collection);
}

/* ---- one version ---- */

ts_object_t *ts_object_ref(ts_object_t *object)
{
    if (object)
        atomic_fetch_add(&object->references, 1);
    return object;
}

void ts_object_unref(ts_object_t *object)
{
    if (!object || atomic_fetch_sub(&object->references, 1) != 1)
        return;
    free(object->text);
    free(object->labels.items);
    free(object->fields);
    free(object->strings);
    free(object);
}

json_t *ts_object_document(const ts_object_t *object)
{
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "{");
    kube_buffer_append(&text, object->text, object->len);
    json_t *document = json_loadb(text.data, text.len, 0, NULL);
    kube_buffer_dispose(&text);
    return ts_need(document);
}

ts_identity_t *ts_identity(kube_test_server_t *server, const char *ns, const char *name, const char *uid)
{
    size_t ns_len = strlen(ns), name_len = strlen(name), key_len = ns_len + (ns_len > 0) + name_len;
    ts_identity_t *identity = ts_alloc(sizeof *identity + key_len + 1 + ns_len + 1 + strlen(uid) + 1);
    char *at = identity->key;
    at += sprintf(at, "%s%s%s", ns, *ns ? "/" : "", name);
    identity->name = at - name_len;
    identity->ns = strcpy(++at, ns);
    identity->uid = strcpy(at + ns_len + 1, uid);
    identity->next = server->identities;
    server->identities = identity;
    return identity;
}

/* The text of a scalar, as field selectors compare it. */
static const char *field_text(const json_t *value, char *number, size_t size)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (json_is_integer(value)) {
        snprintf(number, size, "%lld", (long long)json_integer_value(value));
        return number;
    }
    return NULL;
}

static char *keep(kube_buffer_t *strings, const char *text)
{
    char *at = (char *)strings->len;
    kube_buffer_append(strings, text, strlen(text) + 1);
    return at; /* an offset until all are there */
}

static void index_object(ts_object_t *object, const ts_collection_t *collection, const json_t *document)
{
    kube_buffer_t strings = { 0 };
    const char *key;
    json_t *value, *labels = ts_at(document, "metadata.labels");
    object->labels.items = ts_alloc(json_object_size(labels) * sizeof *object->labels.items);
    object->fields = ts_alloc(collection->field_count * sizeof *object->fields);
    bool *present = ts_alloc(collection->field_count);
    json_object_foreach (labels, key, value) {
        kube_string_entry_t *entry = &object->labels.items[object->labels.len++];
        entry->key = keep(&strings, key);
        entry->value = keep(&strings, json_is_string(value) ? json_string_value(value) : "");
    }
    for (size_t i = 0; i < collection->field_count; i++) {
        char number[24];
        const char *text = field_text(ts_at(document, collection->fields[i]), number, sizeof number);
        present[i] = text != NULL;
        if (text)
            object->fields[i] = keep(&strings, text);
    }
    object->strings = strings.data ? ts_realloc(NULL, strings.len) : NULL;
    if (strings.data)
        memcpy(object->strings, strings.data, strings.len);
    for (size_t i = 0; i < object->labels.len; i++) {
        object->labels.items[i].key = object->strings + (size_t)object->labels.items[i].key;
        object->labels.items[i].value = object->strings + (size_t)object->labels.items[i].value;
    }
    for (size_t i = 0; i < collection->field_count; i++)
        object->fields[i] = present[i] ? object->strings + (size_t)object->fields[i] : NULL;
    free(present);
    kube_buffer_dispose(&strings);
}

/* The order of the real server's metadata; what is not here comes after. */
static json_t *sorted_metadata(json_t *metadata, int64_t revision)
{
    static const char *const first[] = { "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
                                         "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences",
                                         "finalizers", "managedFields" };
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)revision);
    if (revision > 0)
        json_object_set_new(metadata, "resourceVersion", ts_string(text));
    else if (revision == 0)
        json_object_del(metadata, "resourceVersion");
    json_t *sorted = ts_need(json_object());
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        json_t *value = json_object_get(metadata, first[i]);
        if (value)
            json_object_set(sorted, first[i], value);
    }
    json_object_update_missing(sorted, metadata);
    return sorted;
}

ts_object_t *ts_object_of_text(const ts_collection_t *collection, const json_t *document, const ts_identity_t *identity, int64_t revision,
                               char *text, size_t len, size_t metadata_len)
{
    ts_object_t *object = ts_alloc(sizeof *object);
    atomic_init(&object->references, 1);
    object->revision = revision;
    object->identity = identity;
    object->text = text;
    object->len = len;
    object->metadata_len = metadata_len;
    index_object(object, collection, document);
    return object;
}

ts_object_t *ts_object_new(const ts_collection_t *collection, json_t *document, const ts_identity_t *identity, int64_t revision)
{
    json_t *metadata = sorted_metadata(json_object_get(document, "metadata"), revision);
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "\"metadata\":");
    ts_append_json(&text, metadata);
    size_t metadata_len = text.len;
    const char *key;
    json_t *value;
    json_object_foreach (document, key, value) {
        if (ts_is(key, "metadata") || ts_is(key, "apiVersion") || ts_is(key, "kind"))
            continue;
        kube_buffer_puts(&text, ",");
        ts_append_quoted(&text, key);
        kube_buffer_puts(&text, ":");
        ts_append_json(&text, value);
    }
    kube_buffer_puts(&text, "}");
    json_decref(metadata);
    ts_object_t *object = ts_object_of_text(collection, document, identity, revision, ts_strndup(text.data, text.len), text.len, metadata_len);
    kube_buffer_dispose(&text);
    return object;
}

const char *ts_object_field(const ts_collection_t *collection, const ts_object_t *object, const char *path)
{
    if (ts_is(path, "metadata.name"))
        return object->identity->name;
    if (ts_is(path, "metadata.namespace"))
        return object->identity->ns;
    for (size_t i = 0; i < collection->field_count; i++) {
        if (ts_is(path, collection->fields[i]))
            return object->fields[i] ? object->fields[i] : "";
    }
    return "";
}

/* ---- the sorted array ---- */

static size_t position(ts_object_t *const *objects, size_t count, const char *key)
{
    size_t low = 0, high = count;
    if (count > 0 && strcmp(objects[count - 1]->identity->key, key) < 0)
        return count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(objects[middle]->identity->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ts_object_t *ts_find(const ts_collection_t *collection, const char *ns, const char *name)
{
    char key[1024];
    int len = snprintf(key, sizeof key, "%s%s%s", ns ? ns : "", ns && *ns ? "/" : "", name);
    if (len < 0 || (size_t)len >= sizeof key)
        return NULL;
    size_t i = position(collection->objects, collection->count, key);
    return i < collection->count && ts_is(collection->objects[i]->identity->key, key) ? collection->objects[i] : NULL;
}

static void insert(ts_collection_t *collection, size_t i, ts_object_t *object)
{
    if (collection->count == collection->capacity) {
        collection->capacity = collection->capacity ? collection->capacity * 2 : 16;
        collection->objects = ts_realloc(collection->objects, collection->capacity * sizeof *collection->objects);
    }
    memmove(collection->objects + i + 1, collection->objects + i, (collection->count - i) * sizeof *collection->objects);
    collection->objects[i] = object;
    collection->count++;
}

/* ---- history ---- */

void ts_collection_forget(ts_collection_t *collection, size_t keep_count)
{
    while (collection->last - collection->first > keep_count) {
        ts_event_t *event = &collection->events[collection->first++];
        collection->dropped = event->revision;
        ts_object_unref(event->object);
        ts_object_unref(event->previous);
    }
    if (collection->forgotten < collection->dropped)
        collection->forgotten = collection->dropped;
}

size_t ts_event_after(const ts_collection_t *collection, int64_t revision)
{
    size_t low = collection->first, high = collection->last;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (collection->events[middle].revision <= revision)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void log_change(kube_test_server_t *server, const ts_collection_t *collection, const ts_event_t *event)
{
    if (server->change_count == server->change_capacity && server->change_capacity < server->change_limit) {
        server->change_capacity = server->change_capacity ? server->change_capacity * 2 : 256;
        if (server->change_capacity > server->change_limit)
            server->change_capacity = server->change_limit;
        server->changes = ts_realloc(server->changes, server->change_capacity * sizeof *server->changes);
    }
    size_t i = server->change_count++ % server->change_limit;
    const ts_identity_t *identity = event->object->identity;
    server->changes[i] = (kube_test_change_t){ event->revision, event->type, collection->group, collection->plural, identity->ns,
                                               identity->name, identity->uid };
}

/* Takes over the references of event. */
static void record(kube_test_server_t *server, ts_collection_t *collection, ts_event_t event)
{
    if (collection->last == collection->event_capacity) {
        size_t kept = collection->last - collection->first;
        if (collection->first > collection->event_capacity / 2) {
            memmove(collection->events, collection->events + collection->first, kept * sizeof *collection->events);
            collection->first = 0;
            collection->last = kept;
        } else {
            collection->event_capacity = collection->event_capacity ? collection->event_capacity * 2 : 64;
            collection->events = ts_realloc(collection->events, collection->event_capacity * sizeof *collection->events);
        }
    }
    collection->events[collection->last++] = event;
    log_change(server, collection, &event);
    ts_collection_forget(collection, server->event_window);
    ts_wake_all(&collection->waiting);
    ts_controllers_notice(server, collection, &event);
}

void ts_store_text(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object)
{
    insert(collection, position(collection->objects, collection->count, object->identity->key), object);
    server->object_count++;
    record(server, collection, (ts_event_t){ object->revision, KUBE_TEST_ADDED, ts_object_ref(object), NULL });
}

ts_object_t *ts_store(kube_test_server_t *server, ts_collection_t *collection, json_t *document, ts_object_t *previous)
{
    int64_t revision = ++server->revision;
    if (!previous) {
        const char *ns = ts_text_at(document, "metadata.namespace");
        const ts_identity_t *identity =
            ts_identity(server, ns ? ns : "", ts_text_at(document, "metadata.name"), ts_text_at(document, "metadata.uid"));
        ts_object_t *object = ts_object_new(collection, document, identity, revision);
        ts_store_text(server, collection, object);
        return object;
    }
    ts_object_t *object = ts_object_new(collection, document, previous->identity, revision);
    collection->objects[position(collection->objects, collection->count, previous->identity->key)] = object;
    record(server, collection, (ts_event_t){ revision, KUBE_TEST_MODIFIED, ts_object_ref(object), previous });
    return object;
}

void ts_store_delete(kube_test_server_t *server, ts_collection_t *collection, ts_object_t *object, json_t *document)
{
    int64_t revision = ++server->revision;
    json_t *last = document ? json_incref(document) : ts_object_document(object);
    ts_object_t *gone = ts_object_new(collection, last, object->identity, revision);
    json_decref(last);
    size_t i = position(collection->objects, collection->count, object->identity->key);
    memmove(collection->objects + i, collection->objects + i + 1, (collection->count - i - 1) * sizeof *collection->objects);
    collection->count--;
    server->object_count--;
    record(server, collection, (ts_event_t){ revision, KUBE_TEST_DELETED, gone, object });
}

/* ---- snapshots ---- */

static int compare_keys(const void *a, const void *b)
{
    const ts_event_t *const *left = a, *const *right = b;
    int order = strcmp((*left)->object->identity->key, (*right)->object->identity->key);
    if (order != 0)
        return order;
    return (*left)->revision < (*right)->revision ? -1 : (*left)->revision > (*right)->revision;
}

/* The oldest change after revision of each key, in the order of keys: what it replaced is what was there. */
static const ts_event_t **changes_since(const ts_collection_t *collection, int64_t revision, size_t *count)
{
    size_t from = ts_event_after(collection, revision), total = collection->last - from;
    const ts_event_t **events = ts_alloc(total * sizeof *events);
    for (size_t i = 0; i < total; i++)
        events[i] = &collection->events[from + i];
    qsort(events, total, sizeof *events, compare_keys);
    *count = 0;
    for (size_t i = 0; i < total; i++) {
        if (*count == 0 || !ts_is(events[*count - 1]->object->identity->key, events[i]->object->identity->key))
            events[(*count)++] = events[i];
    }
    return events;
}

static void take(ts_snapshot_t *snapshot, ts_object_t *object, const char *start, const char *ns)
{
    if (object && (!start || strcmp(object->identity->key, start) >= 0) && (!ns || ts_is(object->identity->ns, ns)))
        snapshot->objects[snapshot->count++] = ts_object_ref(object);
}

ts_snapshot_t ts_snapshot(const ts_collection_t *collection, int64_t revision, const char *start, const char *ns)
{
    size_t change_count;
    const ts_event_t **changes = changes_since(collection, revision, &change_count);
    ts_snapshot_t snapshot = { .objects = ts_alloc((collection->count + change_count) * sizeof *snapshot.objects) };
    size_t c = 0;
    for (size_t i = start && change_count == 0 ? position(collection->objects, collection->count, start) : 0; i < collection->count; i++) {
        ts_object_t *object = collection->objects[i];
        int order = -1;
        while (c < change_count && (order = strcmp(changes[c]->object->identity->key, object->identity->key)) < 0)
            take(&snapshot, changes[c++]->previous, start, ns);
        bool changed = c < change_count && order == 0;
        take(&snapshot, changed ? changes[c++]->previous : object, start, ns);
    }
    for (; c < change_count; c++)
        take(&snapshot, changes[c]->previous, start, ns);
    free(changes);
    return snapshot;
}

void ts_snapshot_dispose(ts_snapshot_t *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        ts_object_unref(snapshot->objects[i]);
    free(snapshot->objects);
    *snapshot = (ts_snapshot_t){ 0 };
}
