/* kube_label_selector_from: selectors that API objects hold. */
#include <kube/meta/v1.h>
#include <kube/selector.h>

#include "golden.h"

enum { MOST = 16 };

/* "a=b,c=d" as entries; cuts text. */
static kube_string_map_t pairs(char *text, kube_string_entry_t *entries)
{
    kube_string_map_t map = { .items = entries };
    for (char *rest, *pair = strtok_r(text, ",", &rest); pair; pair = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(pair, '=');
        *equals = '\0';
        entries[map.len++] = (kube_string_entry_t){ .key = pair, .value = equals + 1 };
    }
    return map;
}

static char *next_word(char **text)
{
    char *word = *text, *space = word ? strchr(word, ' ') : NULL;
    if (space)
        *space = '\0';
    *text = space ? space + 1 : NULL;
    return word;
}

/* "key operator value value" */
static kube_meta_v1_label_selector_requirement_t expression(char *text, const char **values)
{
    kube_meta_v1_label_selector_requirement_t made = { .values.items = values };
    made.key = next_word(&text);
    made.operator_ = next_word(&text);
    for (char *value; (value = next_word(&text));)
        values[made.values.len++] = value;
    return made;
}

static void row(char **fields, int count)
{
    kube_meta_v1_label_selector_requirement_t expressions[MOST];
    kube_string_entry_t entries[MOST];
    const char *values[MOST][MOST];
    kube_meta_v1_label_selector_t object = { .match_labels = pairs(fields[0], entries), .match_expressions = { expressions, 0 } };
    kube_label_selector_t *selector;
    kube_error_t err;
    for (char *rest, *text = strtok_r(fields[1], ";", &rest); text; text = strtok_r(NULL, ";", &rest)) {
        size_t i = object.match_expressions.len++;
        expressions[i] = expression(text, values[i]);
    }
    int code = kube_label_selector_from(&object, &selector, &err);
    if (count == 3 && strcmp(fields[2], "error") == 0) {
        CHECK_INT(code, KUBE_E_INVALID);
        CHECK(!selector && err.code == KUBE_E_INVALID && err.message[0] && err.path[0]);
        return;
    }
    CHECK_INT(code, KUBE_OK);
    CHECK_STR(kube_label_selector_text(selector), fields[2]);
    for (int i = 3; i + 1 < count; i += 2) {
        kube_string_map_t labels = pairs(fields[i], entries);
        CHECK_INT(kube_label_selector_matches(selector, &labels), strcmp(fields[i + 1], "true") == 0);
    }
    kube_label_selector_free(selector);
}

static void as_go_does(void)
{
    CHECK(golden_read("object_selector.txt", row) == 700);
}

static void nothing_and_everything(void)
{
    kube_meta_v1_label_selector_t empty = { 0 };
    kube_string_map_t labels = KUBE_MAP({ "a", "b" });
    kube_label_selector_t *selector;
    CHECK_INT(kube_label_selector_from(NULL, &selector, NULL), KUBE_OK);
    CHECK(kube_label_selector_is_nothing(selector));
    CHECK(!kube_label_selector_matches(selector, &labels) && !kube_label_selector_matches(selector, NULL));
    kube_label_selector_free(selector);
    CHECK_INT(kube_label_selector_from(&empty, &selector, NULL), KUBE_OK);
    CHECK(!kube_label_selector_is_nothing(selector) && kube_label_selector_matches(selector, &labels) && kube_label_selector_matches(selector, NULL));
    kube_label_selector_free(selector);
    CHECK_INT(kube_label_selector_from(&empty, NULL, NULL), KUBE_E_USAGE);
}

static void check_path(const kube_meta_v1_label_selector_t *object, const char *path)
{
    kube_label_selector_t *selector;
    kube_error_t err;
    CHECK_INT(kube_label_selector_from(object, &selector, &err), KUBE_E_INVALID);
    CHECK_STR(err.path, path);
    CHECK(!selector);
}

static void where_it_is_wrong(void)
{
    kube_meta_v1_label_selector_requirement_t items[] = {
        { .key = "a", .operator_ = "Exists" },
        { .key = "b", .operator_ = "In", .values = KUBE_STRINGS("x", "y", "-") },
    };
    kube_meta_v1_label_selector_t object = { .match_expressions = { items, 2 } };
    check_path(&object, "matchExpressions[1].values[2]");
    items[1].values.len = 0;
    check_path(&object, "matchExpressions[1].values");
    items[1].operator_ = NULL;
    check_path(&object, "matchExpressions[1].operator");
    items[0].key = NULL;
    check_path(&object, "matchExpressions[0].key");
    object.match_labels = (kube_string_map_t)KUBE_MAP({ "a", "b" }, { "c/", "d" });
    check_path(&object, "matchLabels[\"c/\"]");
}

static int allocations_left = -1;

static void *allocate(size_t size, void *context)
{
    (void)context;
    if (allocations_left == 0)
        return NULL;
    allocations_left -= allocations_left > 0;
    return malloc(size);
}

static void *reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    if (allocations_left == 0)
        return NULL;
    allocations_left -= allocations_left > 0;
    return realloc(pointer, size);
}

static void release(void *pointer, void *context)
{
    (void)context;
    free(pointer);
}

static void no_memory(void)
{
    static const kube_allocator_t faulty = { allocate, reallocate, release, NULL };
    kube_meta_v1_label_selector_requirement_t items[] = { { .key = "b", .operator_ = "In", .values = KUBE_STRINGS("x", "y") } };
    kube_meta_v1_label_selector_t object = { .match_labels = KUBE_MAP({ "a", "b" }), .match_expressions = { items, 1 } };
    kube_label_selector_t *selector = NULL;
    int tries = 0;
    kube_set_allocator(&faulty);
    for (; !selector && tries < 100; tries++) {
        kube_error_t err;
        allocations_left = tries;
        int code = kube_label_selector_from(&object, &selector, &err);
        CHECK(code == (selector ? KUBE_OK : KUBE_E_NO_MEMORY) && code == (int)err.code);
    }
    CHECK(tries > 4 && tries < 100);
    CHECK_STR(kube_label_selector_text(selector), "a=b,b in (x,y)");
    kube_label_selector_free(selector);
    kube_set_allocator(NULL);
}

int main(void)
{
    RUN(as_go_does);
    RUN(nothing_and_everything);
    RUN(where_it_is_wrong);
    RUN(no_memory);
    return test_end();
}
