#include "apply.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "apply_prune.h"
#include "apply_walk.h"
#include "managed_fields.h"

#define BEFORE_FIRST_APPLY "before-first-apply"
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

/* Never owned by anybody. */
#define STRIPPED "{\"f:apiVersion\":{},\"f:kind\":{},\"f:metadata\":{\".\":{},\"f:clusterName\":{},\"f:creationTimestamp\":{},\"f:generation\":{}," \
                 "\"f:managedFields\":{},\"f:name\":{},\"f:namespace\":{},\"f:resourceVersion\":{},\"f:selfLink\":{},\"f:uid\":{}}}"

typedef struct {
    const ts_schema_t *schema;
    const ts_node_t *root;
    ts_writer_t writer;
    ts_owners_t owners;
} write_t;

/* a becomes the result; false: memory. */
static bool assign(json_t **a, json_t *result)
{
    json_decref(*a);
    *a = result;
    return result != NULL;
}

static int fail(kube_error_t *err, int code, const char *format, ...)
{
    va_list arguments;

    if (err) {
        *err = (kube_error_t){ .code = code };
        va_start(arguments, format);
        vsnprintf(err->message, sizeof err->message, format, arguments);
        va_end(arguments);
    }
    return code;
}

static ts_writer_t complete_writer(const ts_writer_t *writer)
{
    ts_writer_t out = *writer;

    out.manager = out.manager && *out.manager ? out.manager : "unknown";
    out.subresource = out.subresource ? out.subresource : "";
    return out;
}

/* ---- objects ---- */

static json_t *managed_fields(const json_t *object)
{
    return json_object_get(json_object_get(object, "metadata"), "managedFields");
}

/* A copy as the real server has it in memory, without managedFields. */
static json_t *working_copy(const ts_schema_t *schema, const json_t *object)
{
    json_t *copy = json_deep_copy(object);

    if (copy) {
        json_object_del(json_object_get(copy, "metadata"), "managedFields");
        if (!ts_schema_fill(schema, copy)) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

/* An object that nobody has set anything of. */
static json_t *empty_object(const ts_schema_t *schema, const json_t *like)
{
    json_t *object = json_object();

    if (json_object_set(object, "apiVersion", json_object_get(like, "apiVersion")) ||
        json_object_set(object, "kind", json_object_get(like, "kind")) ||
        !ts_schema_fill(schema, object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static bool put_managed_fields(json_t *object, const ts_owners_t *owners)
{
    json_t *metadata = json_object_get(object, "metadata");

    if (owners->len == 0) {
        json_object_del(metadata, "managedFields");
        return true;
    }
    if (!metadata) {
        metadata = json_object();
        if (json_object_set_new(object, "metadata", metadata)) {
            return false;
        }
    }
    return json_object_set_new(metadata, "managedFields", ts_owners_write(owners)) == 0;
}

static void drop_nulls(json_t *value)
{
    const char *key;
    json_t *member;
    void *next;
    size_t i;

    json_object_foreach_safe(value, next, key, member) {
        if (json_is_null(member)) {
            json_object_del(value, key);
        } else {
            drop_nulls(member);
        }
    }
    for (i = 0; i < json_array_size(value); i++) {
        drop_nulls(json_array_get(value, i));
    }
}

/* ---- who loses what ---- */

/* Takes out of a set what the request cannot change. */
static bool filter(const write_t *write, json_t **set)
{
    json_t *reset = ts_schema_reset_fields(write->schema, write->writer.subresource);
    bool good = reset && assign(set, ts_set_recursive_difference(*set, reset));

    json_decref(reset);
    return good;
}

static bool compare_filtered(const write_t *write, const json_t *before, const json_t *after, ts_comparison_t *out)
{
    return ts_walk_compare(write->root, before, after, out) && filter(write, &out->added) && filter(write, &out->removed) &&
           filter(write, &out->modified);
}

static bool strip(json_t **set)
{
    json_t *stripped = json_loads(STRIPPED, 0, NULL);
    bool good = stripped && assign(set, ts_set_difference(*set, stripped));

    json_decref(stripped);
    return good;
}

static bool take_from_owner(ts_owner_t *owner, const json_t *changed, const json_t *removed)
{
    return ts_owner_replace(owner, ts_set_difference(owner->fields, changed)) &&
        ts_owner_replace(owner, ts_set_difference(owner->fields, removed));
}

/* All but `self` lose what was changed or removed. */
static bool take_from_others(write_t *write, const ts_comparison_t *comparison, const ts_owner_t *self)
{
    json_t *changed = ts_set_union(comparison->added, comparison->modified);
    bool good = changed != NULL;
    size_t i;

    for (i = 0; good && i < write->owners.len; i++) {
        if (&write->owners.items[i] != self) {
            good = take_from_owner(&write->owners.items[i], changed, comparison->removed);
        }
    }
    json_decref(changed);
    return good;
}

/* ---- ordinary writes ---- */

/* Adds fields to what the writer has as an updater. */
static bool give_to_updater(write_t *write, json_t *fields)
{
    const ts_owner_t *owner = ts_owners_find(&write->owners, &write->writer, false);
    json_t *all = owner ? ts_set_union(owner->fields, fields) : json_incref(fields);

    return ts_owners_set(&write->owners, &write->writer, false, all) &&
           ts_owner_set_time(ts_owners_find(&write->owners, &write->writer, false), write->writer.time);
}

static bool own_changes(write_t *write, const json_t *before, const json_t *after)
{
    ts_comparison_t comparison = { 0 };
    json_t *fields = NULL;
    bool good = compare_filtered(write, before, after, &comparison) && take_from_others(write, &comparison, NULL) &&
                assign(&fields, ts_set_union(comparison.added, comparison.modified)) && strip(&fields);

    ts_owners_drop_empty(&write->owners);
    if (good && !ts_set_empty(fields)) {
        good = give_to_updater(write, fields);
    }
    json_decref(fields);
    ts_comparison_dispose(&comparison);
    return good && ts_owners_cap(&write->owners);
}

static bool is_reset(const json_t *entries)
{
    size_t size = json_array_size(entries);

    return json_is_array(entries) && (size == 0 || (size == 1 && json_object_size(json_array_get(entries, 0)) == 0));
}

/* The owners that the request says there are, else the stored ones. */
static bool read_owners(write_t *write, const json_t *before, const json_t *after)
{
    bool is_subresource = *write->writer.subresource;

    if (!is_subresource && is_reset(managed_fields(after))) {
        return true;
    }
    if (!is_subresource && !ts_owners_read(&write->owners, managed_fields(after))) {
        return false;
    }
    return write->owners.len > 0 || ts_owners_read(&write->owners, managed_fields(before));
}

/* The problems of two objects with the schema, one for each. NULL: memory. */
static json_t *check_both(const write_t *write, const json_t *before, const json_t *after)
{
    json_t *problems = json_array();

    if (problems && ts_walk_check(write->root, after, true, problems) && ts_walk_check(write->root, before, true, problems)) {
        return problems;
    }
    json_decref(problems);
    return NULL;
}

static bool own(write_t *write, const json_t *before, const json_t *after)
{
    json_t *problems = check_both(write, before, after);
    bool good = problems != NULL;

    if (good && json_array_size(problems)) {
        ts_owners_dispose(&write->owners);
    } else if (good) {
        good = own_changes(write, before, after);
    }
    json_decref(problems);
    return good;
}

int ts_own(const ts_schema_t *schema, const json_t *before, json_t *after, const ts_writer_t *writer)
{
    write_t write = { .schema = schema, .root = &schema->root, .writer = complete_writer(writer) };
    json_t *old = before ? working_copy(schema, before) : empty_object(schema, after);
    json_t *new = working_copy(schema, after);
    bool good = old && new && read_owners(&write, before, after);

    if (good && (write.owners.len > 0 || !before)) {
        good = own(&write, old, new);
    }
    good = good && put_managed_fields(after, &write.owners);
    ts_owners_dispose(&write.owners);
    json_decref(old);
    json_decref(new);
    return good ? 0 : KUBE_E_NO_MEMORY;
}

/* ---- conflicts ---- */

typedef struct {
    json_t *causes;
    const ts_owner_t *owner;
    bool failed;
} conflicts_t;

/* As Go's %q: names of managers are printable, so that two characters are left to escape. */
static void print_quoted(kube_buffer_t *out, const char *text)
{
    kube_buffer_puts(out, "\"");
    for (; *text; text++) {
        kube_buffer_printf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    }
    kube_buffer_puts(out, "\"");
}

static void print_owner(kube_buffer_t *out, const ts_owner_t *owner)
{
    print_quoted(out, owner->manager);
    if (*owner->subresource) {
        kube_buffer_printf(out, " with subresource \"%s\"", owner->subresource);
    }
    if (!owner->applies) {
        kube_buffer_printf(out, " using %s", owner->api_version);
    }
}

static void add_conflict(const ts_path_t *path, void *userdata)
{
    conflicts_t *conflicts = userdata;
    kube_buffer_t message = { 0 }, field = { 0 };
    json_t *cause = NULL;

    kube_buffer_puts(&message, "conflict with ");
    print_owner(&message, conflicts->owner);
    ts_path_print(&field, path);
    if (!message.failed && !field.failed) {
        cause = json_pack("{s:s, s:s, s:s}", "reason", "FieldManagerConflict", "message", message.data, "field", field.data);
    }
    conflicts->failed |= !cause || json_array_append_new(conflicts->causes, cause);
    kube_buffer_dispose(&message);
    kube_buffer_dispose(&field);
}

/* The fields of others that were changed, as causes. */
static bool find_conflicts(const write_t *write, const json_t *changed, const ts_owner_t *self, conflicts_t *conflicts)
{
    size_t i;

    for (i = 0; !conflicts->failed && i < write->owners.len; i++) {
        json_t *taken;

        conflicts->owner = &write->owners.items[i];
        if (conflicts->owner == self) {
            continue;
        }
        taken = ts_set_intersection(conflicts->owner->fields, changed);
        conflicts->failed |= !taken;
        ts_set_each(taken, add_conflict, conflicts);
        json_decref(taken);
    }
    return !conflicts->failed;
}

static const char *cause_text(const json_t *cause, const char *name)
{
    return json_string_value(json_object_get(cause, name));
}

static bool is_first_of_manager(const json_t *causes, size_t at)
{
    size_t i;

    for (i = 0; i < at; i++) {
        if (strcmp(cause_text(json_array_get(causes, i), "message"), cause_text(json_array_get(causes, at), "message")) == 0) {
            return false;
        }
    }
    return true;
}

static void print_manager_conflicts(kube_buffer_t *out, const json_t *causes, size_t first)
{
    const char *message = cause_text(json_array_get(causes, first), "message");
    size_t i;

    kube_buffer_printf(out, "%sconflicts with %s:", first ? "\n" : "", message + strlen("conflict with "));
    for (i = first; i < json_array_size(causes); i++) {
        if (strcmp(cause_text(json_array_get(causes, i), "message"), message) == 0) {
            kube_buffer_printf(out, "\n- %s", cause_text(json_array_get(causes, i), "field"));
        }
    }
}

char *ts_conflict_text(const json_t *causes)
{
    kube_buffer_t out = { 0 };
    size_t count = json_array_size(causes), i;
    char *text;

    if (count == 1) {
        kube_buffer_printf(&out, "Apply failed with 1 conflict: %s: %s", cause_text(json_array_get(causes, 0), "message"),
                           cause_text(json_array_get(causes, 0), "field"));
    } else {
        kube_buffer_printf(&out, "Apply failed with %zu conflicts: ", count);
    }
    for (i = 0; count > 1 && i < count; i++) {
        if (is_first_of_manager(causes, i)) {
            print_manager_conflicts(&out, causes, i);
        }
    }
    text = out.failed ? NULL : strdup(out.data);
    kube_buffer_dispose(&out);
    return text;
}

/* ---- server-side apply ---- */

typedef struct {
    json_t *live, *merged; /* working copies */
    json_t *last;          /* what the applier owned before; NULL: nothing */
    bool changed;
} apply_t;

/* What kubectl's client-side apply last set and nobody changed since may be taken over by its server-side apply. */
static json_t *last_applied_fields(const write_t *write, const json_t *live)
{
    const char *text = json_string_value(json_object_get(json_object_get(json_object_get(live, "metadata"), "annotations"),
                                                         LAST_APPLIED));
    json_t *last = text ? json_loads(text, 0, NULL) : NULL, *problems = json_array(), *fields = NULL;
    const char *version = json_string_value(json_object_get(last, "apiVersion"));
    ts_comparison_t comparison = { 0 };

    if (last && problems && version && strcmp(version, write->writer.api_version) == 0 &&
        ts_walk_check(write->root, last, false, problems) &&
        json_array_size(problems) == 0 && ts_walk_compare(write->root, last, live, &comparison)) {
        fields = ts_walk_fields(write->root, last);
        if (fields && (!assign(&fields, ts_set_difference(fields, comparison.modified)) ||
                       !assign(&fields, ts_set_difference(fields, comparison.added)))) {
            fields = NULL;
        }
        if (fields) {
            assign(&fields, ts_set_difference(fields, comparison.removed));
        }
    }
    ts_comparison_dispose(&comparison);
    json_decref(last);
    json_decref(problems);
    return fields;
}

static int report_conflicts(json_t **causes, json_t *found, kube_error_t *err)
{
    char *text = ts_conflict_text(found);
    int code = text ? fail(err, KUBE_E_CONFLICT, "%s", text) : fail(err, KUBE_E_NO_MEMORY, "out of memory");

    free(text);
    if (causes) {
        *causes = json_incref(found);
    }
    return code;
}

/* The changes that somebody could object to. NULL: memory. */
static json_t *contested_fields(const write_t *write, const json_t *live, const json_t *changed)
{
    json_t *forgiven = strcmp(write->writer.manager, "kubectl") == 0 ? last_applied_fields(write, live) : NULL;
    json_t *out = ts_set_difference(changed, forgiven);

    json_decref(forgiven);
    return out;
}

static int resolve(write_t *write, const apply_t *apply, const ts_comparison_t *comparison, bool force, json_t **causes,
                   kube_error_t *err)
{
    ts_owner_t *self = ts_owners_find(&write->owners, &write->writer, true);
    json_t *changed = ts_set_union(comparison->added, comparison->modified);
    json_t *contested = changed ? contested_fields(write, apply->live, changed) : NULL;
    conflicts_t conflicts = { .causes = json_array() };
    int code = KUBE_E_NO_MEMORY;

    if (contested && conflicts.causes && (force || find_conflicts(write, contested, self, &conflicts))) {
        if (json_array_size(conflicts.causes)) {
            code = report_conflicts(causes, conflicts.causes, err);
        } else {
            code = take_from_others(write, comparison, self) ? 0 : KUBE_E_NO_MEMORY;
        }
    }
    json_decref(changed);
    json_decref(contested);
    json_decref(conflicts.causes);
    return code;
}

/* Gives the applier what it says; keeps what it had in apply->last. */
static bool own_applied(write_t *write, apply_t *apply, const json_t *applied)
{
    const ts_owner_t *before = ts_owners_find(&write->owners, &write->writer, true);
    json_t *fields = ts_walk_fields(write->root, applied);

    apply->last = before ? json_incref(before->fields) : NULL;
    if (!fields || !filter(write, &fields)) {
        json_decref(fields);
        return false;
    }
    return ts_owners_set(&write->owners, &write->writer, true, fields);
}

static bool finish_owner(write_t *write, bool changed)
{
    ts_owner_t *self = ts_owners_find(&write->owners, &write->writer, true);
    json_t *fields = json_incref(self->fields);

    if (!strip(&fields)) {
        json_decref(fields);
        return false;
    }
    if (!ts_owner_replace(self, fields) || (changed && !ts_owner_set_time(self, write->writer.time))) {
        return false;
    }
    ts_owners_drop_empty(&write->owners);
    return true;
}

static int apply_merged(write_t *write, apply_t *apply, const json_t *applied, bool force, json_t **causes, kube_error_t *err)
{
    ts_comparison_t comparison = { 0 };
    bool failed = false;
    int code = KUBE_E_NO_MEMORY;

    apply->merged = ts_walk_merge(write->root, apply->live, applied, &failed);
    if (!failed && own_applied(write, apply, applied) && ts_apply_prune(write->root, &apply->merged, &write->owners, apply->last) &&
        compare_filtered(write, apply->live, apply->merged, &comparison)) {
        code = resolve(write, apply, &comparison, force, causes, err);
        apply->changed = !ts_value_equal(apply->live, apply->merged);
    }
    ts_comparison_dispose(&comparison);
    if (code == 0 && !finish_owner(write, apply->changed)) {
        code = KUBE_E_NO_MEMORY;
    }
    return code;
}

/* An object without owners that is applied to: what it has belongs to whoever was there before. */
static bool own_the_past(write_t *write, const json_t *live)
{
    ts_writer_t writer = write->writer;
    json_t *nothing = empty_object(write->schema, live);
    bool good;

    write->writer.manager = BEFORE_FIRST_APPLY;
    good = nothing && own_changes(write, nothing, live);
    write->writer = writer;
    json_decref(nothing);
    return good;
}

/* kubectl's own annotation follows its server-side apply. */
static bool update_last_applied(const write_t *write, json_t *object, const json_t *applied)
{
    json_t *annotations = json_object_get(json_object_get(object, "metadata"), "annotations"), *copy;
    char *text;
    size_t len;
    bool good;

    if (strcmp(write->writer.manager, "kubectl") != 0 || !json_string_length(json_object_get(annotations, LAST_APPLIED))) {
        return true;
    }
    copy = json_deep_copy(applied);
    json_object_del(json_object_get(json_object_get(copy, "metadata"), "annotations"), LAST_APPLIED);
    text = copy ? json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    len = text ? strlen(text) : 0;
    good = text && (text = realloc(text, len + 2)) != NULL;
    if (good) {
        memcpy(text + len, "\n", 2);
        good = json_object_set_new(annotations, LAST_APPLIED, json_string(text)) == 0;
    }
    free(text);
    json_decref(copy);
    return good;
}

static json_t *finish(const write_t *write, const apply_t *apply, const json_t *live, const json_t *applied)
{
    json_t *out = apply->changed || !live ? json_incref(apply->merged) : json_deep_copy(live);

    if (out && !write->schema->crd_version) {
        drop_nulls(out);
    }
    if (out && (!update_last_applied(write, out, applied) || !put_managed_fields(out, &write->owners))) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* ---- checks before ---- */

static char *join_problems(const json_t *problems)
{
    kube_buffer_t out = { 0 };
    size_t i, count = json_array_size(problems);
    char *text;

    kube_buffer_puts(&out, count == 1 ? json_string_value(json_array_get(problems, 0)) : "errors:");
    for (i = 0; count > 1 && i < count; i++) {
        kube_buffer_printf(&out, "\n  %s", json_string_value(json_array_get(problems, i)));
    }
    text = out.failed ? NULL : strdup(out.data);
    kube_buffer_dispose(&out);
    return text;
}

static int refuse(const json_t *object, const char *which, const json_t *problems, kube_error_t *err)
{
    const char *version = json_string_value(json_object_get(object, "apiVersion"));
    const char *kind = json_string_value(json_object_get(object, "kind"));
    const char *ns = json_string_value(json_object_get(json_object_get(object, "metadata"), "namespace"));
    const char *name = json_string_value(json_object_get(json_object_get(object, "metadata"), "name"));
    char *text = join_problems(problems);
    int code = text ? fail(err, KUBE_E_SERVER, "failed to create typed %s object (%s/%s; %s, Kind=%s): %s", which, ns ? ns : "",
                           name ? name : "",
                           version ? version : "", kind ? kind : "", text)
                    : KUBE_E_NO_MEMORY;

    free(text);
    return code;
}

static int check_one(const write_t *write, const json_t *object, const char *which, bool allow_duplicates, kube_error_t *err)
{
    json_t *problems = json_array();
    int code = problems && ts_walk_check(write->root, object, allow_duplicates, problems) ? 0 : KUBE_E_NO_MEMORY;

    if (code == 0 && json_array_size(problems)) {
        code = refuse(object, which, problems, err);
    }
    json_decref(problems);
    return code;
}

static int check_applied(const write_t *write, const json_t *live, const json_t *applied, kube_error_t *err)
{
    const json_t *entries = managed_fields(applied);
    int code;

    if (entries && !json_is_null(entries)) {
        return fail(err, KUBE_E_BAD_REQUEST, "metadata.managedFields must be nil");
    }
    code = check_one(write, applied, "patch", false, err);
    return code ? code : check_one(write, live, "live", true, err);
}

int ts_apply(const ts_schema_t *schema, const json_t *live, const json_t *applied, const ts_writer_t *writer, bool force,
             json_t **out, json_t **causes, kube_error_t *err)
{
    write_t write = { .schema = schema, .root = &schema->root, .writer = complete_writer(writer) };
    apply_t apply = { 0 };
    int code = KUBE_E_NO_MEMORY;

    *out = NULL;
    if (causes) {
        *causes = NULL;
    }
    fail(err, KUBE_OK, "%s", "");
    apply.live = live ? working_copy(schema, live) : empty_object(schema, applied);
    if (apply.live && ts_owners_read(&write.owners, managed_fields(live)) &&
        (write.owners.len > 0 || own_the_past(&write, apply.live))) {
        code = check_applied(&write, apply.live, applied, err);
    }
    if (code == 0) {
        code = apply_merged(&write, &apply, applied, force, causes, err);
    }
    if (code == 0) {
        *out = finish(&write, &apply, live, applied);
        code = *out ? 0 : KUBE_E_NO_MEMORY;
    }
    ts_owners_dispose(&write.owners);
    json_decref(apply.live);
    json_decref(apply.merged);
    json_decref(apply.last);
    return code == KUBE_E_NO_MEMORY ? fail(err, code, "out of memory") : code;
}

/* ---- times ---- */

static json_t *without_times(const json_t *object)
{
    json_t *copy = json_deep_copy(object), *entry;
    size_t i;

    json_array_foreach(managed_fields(copy), i, entry) {
        json_object_del(entry, "time");
    }
    return copy;
}

int ts_keep_times(const json_t *before, json_t *after)
{
    json_t *old = without_times(before), *new = without_times(after);
    bool good = old && new;

    if (good && managed_fields(before) && ts_value_equal(old, new)) {
        good = json_object_set_new(json_object_get(after, "metadata"), "managedFields", json_deep_copy(managed_fields(before))) == 0;
    }
    json_decref(old);
    json_decref(new);
    return good ? 0 : KUBE_E_NO_MEMORY;
}
