/* What a real kube-apiserver made of sequences of writes (golden/apply, written by golden/record_apply.py; another folder may be
 * given), and what ts_apply and ts_own make of them. */
#include "apply.h"

#include <dirent.h>

#include <kube/k8s.h>

#include "../unit/test.h"
#include "field_set.h"


typedef struct {
    const char *file;
    size_t number;
    const json_t *step, *before, *reply, *ignore;
    const ts_schema_t *schema;
    bool is_crd;
} step_t;

static kube_scheme_t *scheme;
static size_t steps_run;
static const char *folder = "tests/apiserver/golden/apply";

static const char *text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value ? value : "";
}

static const json_t *managed_fields(const json_t *object)
{
    return json_object_get(json_object_get(object, "metadata"), "managedFields");
}

static void complain(const step_t *step, const char *what, const json_t *actual, const json_t *expected)
{
    char *left = actual ? json_dumps(actual, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    char *right = expected ? json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

    printf("%s: step %zu (%s by %s): %s\n    is:     %.1000s\n    should: %.1000s\n", step->file, step->number,
           text(step->step, "verb"),
           text(step->step, "manager"), what, left ? left : "(none)", right ? right : "(none)");
    test_failed_here = 1;
    free(left);
    free(right);
}

/* Byte for byte, since order matters; the objects of CRDs are sorted by name in the real server. */
static void check_same(const step_t *step, const char *what, const json_t *actual, const json_t *expected)
{
    char *left = json_dumps(actual, JSON_COMPACT | JSON_ENCODE_ANY), *right = json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY);

    bool same = step->is_crd ? ts_value_equal(actual, expected) : left && right ? strcmp(left, right) == 0 : left == right;

    if (!same) {
        complain(step, what, actual, expected);
    }
    free(left);
    free(right);
}

/* The time of this write: that of the writer's entry, else the latest. */
static const char *time_of(const step_t *step)
{
    const char *latest = "2026-01-01T00:00:00Z";
    const json_t *entries = managed_fields(step->reply), *entry;
    const char *operation = strcmp(text(step->step, "verb"), "apply") == 0 ? "Apply" : "Update";
    size_t i;

    json_array_foreach((json_t *)entries, i, entry) {
        const char *time = text(entry, "time");

        if (*time && strcmp(text(entry, "manager"), text(step->step, "manager")) == 0 &&
            strcmp(text(entry, "operation"), operation) == 0 &&
            strcmp(text(entry, "subresource"), text(step->step, "subresource")) == 0) {
            return time;
        }
        if (strcmp(time, latest) > 0) {
            latest = time;
        }
    }
    return latest;
}

static bool is_ignored(const step_t *step, const char *path)
{
    static const char *const system[] = { "metadata.generation", "metadata.resourceVersion", "metadata.uid",
                                          "metadata.creationTimestamp",
                                          "metadata.managedFields", "metadata.namespace",
                                               };
    bool is_status = strcmp(text(step->step, "subresource"), "status") == 0;
    size_t i;

    for (i = 0; i < sizeof system / sizeof *system; i++) {
        if (strcmp(path, system[i]) == 0) {
            return true;
        }
    }
    for (i = 0; i < json_array_size(step->ignore); i++) {
        if (strcmp(path, json_string_value(json_array_get(step->ignore, i))) == 0) {
            return true;
        }
    }
    return ts_schema_has_status(step->schema) && (is_status ? strncmp(path, "spec", 4) == 0 || strncmp(path, "metadata", 8) == 0
                                                  : strncmp(path, "status", 6) == 0);
}

/* What Go leaves out of objects of built-in kinds. */
static bool is_nothing(const json_t *value)
{
    return !value || json_is_null(value) || json_is_false(value) || (json_is_object(value) && json_object_size(value) == 0) ||
           (json_is_array(value) && json_array_size(value) == 0);
}

/* All that is in `actual` is in `expected`; what is only in `expected` is a default, so it was not there before (or is still
 * there, below). */
static void check_values(const step_t *step, const char *path, const json_t *actual, const json_t *expected, const json_t *before)
{
    const char *key;
    json_t *value;
    char below[512];
    size_t i;

    if (is_ignored(step, path)) {
        return;
    }
    if (json_is_object(actual) && json_is_object(expected)) {
        json_object_foreach((json_t *)actual, key, value) {
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", key);
            check_values(step, below, value, json_object_get(expected, key), json_object_get(before, key));
        }
        json_object_foreach((json_t *)expected, key, value) {
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", key);
            if (!is_nothing(value) && !json_object_get(actual, key) && !is_nothing(json_object_get(before, key)) &&
                !is_ignored(step, below)) {
                /* Removed, and set to its default again. */
                if (!strstr(below, "replicas") && !strstr(below, "imagePullPolicy")) {
                    complain(step, below, NULL, value);
                }
            }
        }
    } else if (json_is_array(actual) && json_is_array(expected) && json_array_size(actual) == json_array_size(expected)) {
        for (i = 0; i < json_array_size(actual); i++) {
            snprintf(below, sizeof below, "%s[]", path);
            check_values(step, below, json_array_get(actual, i), json_array_get(expected, i), NULL);
        }
    } else if (!ts_value_equal(actual, expected) && !(is_nothing(actual) && is_nothing(expected))) {
        complain(step, path, actual, expected);
    }
}

static int compare_causes(const void *left, const void *right)
{
    const json_t *a = *(const json_t *const *)left, *b = *(const json_t *const *)right;
    int order = strcmp(text(a, "message"), text(b, "message"));

    return order ? order : strcmp(text(a, "field"), text(b, "field"));
}

static json_t *sorted_causes(const json_t *causes)
{
    size_t count = json_array_size(causes), i;
    const json_t **items = calloc(count + 1, sizeof *items);
    json_t *out = json_array();

    for (i = 0; i < count; i++) {
        items[i] = json_array_get(causes, i);
    }
    qsort(items, count, sizeof *items, compare_causes);
    for (i = 0; i < count; i++) {
        json_array_append(out, (json_t *)items[i]);
    }
    free(items);
    return out;
}

static void check_conflict(const step_t *step, const json_t *causes)
{
    json_t *actual = sorted_causes(causes), *expected = sorted_causes(json_object_get(json_object_get(step->reply, "details"),
                                                                                      "causes"));
    char *message = ts_conflict_text(causes);

    check_same(step, "causes", actual, expected);
    if (json_array_size(causes) == 1) {
        CHECK_STR(message, text(step->reply, "message"));
    }
    CHECK_INT(strlen(message), strlen(text(step->reply, "message")));
    free(message);
    json_decref(actual);
    json_decref(expected);
}

static void run_apply(const step_t *step)
{
    ts_writer_t writer = { text(step->step, "manager"), text(step->step, "apiVersion"), text(step->step, "subresource"),
                           time_of(step) };
    json_int_t expected = json_integer_value(json_object_get(step->step, "code"));
    json_t *body = json_object_get(step->step, "body"), *out, *causes;
    kube_error_t err;
    int code = ts_apply(step->schema, step->before, body, &writer, json_is_true(json_object_get(step->step, "force")), &out,
                        &causes, &err);

    if (expected >= 400 && expected != 422) {
        CHECK_INT(code, expected == 409 ? KUBE_E_CONFLICT : expected == 400 ? KUBE_E_BAD_REQUEST : KUBE_E_SERVER);
        CHECK(out == NULL);
        if (expected == 409) {
            check_conflict(step, causes);
        } else {
            CHECK_STR(err.message, text(step->reply, "message"));
        }
    } else if (code != 0) {
        printf("%s: step %zu: %s\n", step->file, step->number, err.message);
        test_failed_here = 1;
    } else if (expected < 400) {
        check_same(step, "managedFields", managed_fields(out), managed_fields(step->reply));
        check_values(step, "", out, step->reply, step->before);
    }
    json_decref(out);
    json_decref(causes);
}

static void delete_path(json_t *object, const char *path)
{
    char *copy = strdup(path), *rest = copy, *name;

    while ((name = strsep(&rest, ".")) != NULL && rest) {
        object = json_object_get(object, name);
    }
    json_object_del(object, name);
    free(copy);
}

/* The stored object as it was when the real server looked at it: with the managedFields of the request, without what comes later. */
static void run_own(const step_t *step)
{
    ts_writer_t writer = { text(step->step, "manager"), text(step->step, "apiVersion"), text(step->step, "subresource"),
                           time_of(step) };
    json_t *after = json_deep_copy(step->reply), *metadata = json_object_get(after, "metadata");
    json_t *body = json_object_get(step->step, "body"), *sent = json_object_get(json_object_get(body, "metadata"), "managedFields");
    size_t i;

    for (i = 0; !step->before && i < json_array_size(step->ignore); i++) {
        delete_path(after, json_string_value(json_array_get(step->ignore, i)));
    }
    json_object_del(metadata, "managedFields");
    if (sent) {
        json_object_set(metadata, "managedFields", sent);
    }
    CHECK_INT(ts_own(step->schema, step->before, after, &writer), 0);
    check_same(step, "managedFields", managed_fields(after), managed_fields(step->reply));
    json_decref(after);
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
    json_array_foreach(value, i, member) {
        drop_nulls(member);
    }
}

/* The real server's own objects have all their defaults. */
static void check_defaults(const step_t *step)
{
    json_t *object = json_deep_copy(step->reply), *expected = json_deep_copy(step->reply);

    if (!step->is_crd) {
        drop_nulls(expected);
    }
    CHECK_INT(ts_schema_default(step->schema, object), 0);
    if (!ts_value_equal(object, expected)) {
        complain(step, "defaults", object, expected);
    }
    json_decref(object);
    json_decref(expected);
}

static void run_step(step_t *step)
{
    json_int_t code = json_integer_value(json_object_get(step->step, "code"));

    step->before = json_object_get(step->step, "before");
    step->before = json_is_object(step->before) ? step->before : NULL;
    step->reply = json_object_get(step->step, "reply");
    steps_run++;
    if (code < 400 && strcmp(text(step->step, "subresource"), "scale") != 0) {
        check_defaults(step);
    }
    if (strcmp(text(step->step, "verb"), "apply") == 0) {
        run_apply(step);
    } else if (code < 400 && strcmp(text(step->step, "subresource"), "scale") != 0) {
        run_own(step);
    }
}

static ts_schema_t *schema_of(const json_t *golden)
{
    const json_t *spec = json_object_get(json_object_get(golden, "crd"), "spec");
    const kube_type_t *type = kube_scheme_type(scheme, text(golden, "apiVersion"), text(golden, "kind"));
    ts_schema_t *schema = NULL;

    if (spec) {
        CHECK_INT(ts_schema_of_crd(json_array_get(json_object_get(spec, "versions"), 0), text(spec, "group"), text(golden, "kind"),
                                   false, &schema, NULL), 0);
        return schema;
    }
    return type ? ts_schema_of_type(type) : NULL;
}

static void run_file(const char *name)
{
    char path[512];
    json_t *golden, *item;
    ts_schema_t *schema;
    size_t i;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    golden = json_load_file(path, 0, NULL);
    schema = schema_of(golden);
    CHECK(golden && schema);
    if (schema) {
        json_array_foreach(json_object_get(golden, "steps"), i, item) {
            run_step(&(step_t){ .file = name, .number = i, .step = item, .schema = schema,
                                .is_crd = json_object_get(golden, "crd"), .ignore = json_object_get(golden, "ignore") });
        }
    }
    ts_schema_free(schema);
    json_decref(golden);
}

static void golden_sequences(void)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort), i;

    for (i = 0; i < count; i++) {
        if (strstr(entries[i]->d_name, ".json")) {
            run_file(entries[i]->d_name);
        }
        free(entries[i]);
    }
    free(entries);
    CHECK(steps_run > 100);
}

int main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : folder;
    scheme = kube_scheme_new();
    kube_scheme_add(scheme, kube_k8s_packages);
    RUN(golden_sequences);
    kube_scheme_free(scheme);
    return test_end();
}
