#include <kube/selector.h>

#include "golden.h"

/* ---- the n-th allocation fails ---- */

static int allocations_left = -1, allocations_live;

static void *allocate(size_t size, void *context)
{
    (void)context;
    if (allocations_left == 0)
        return NULL;
    allocations_left -= allocations_left > 0;
    allocations_live++;
    return malloc(size);
}

static void *reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    if (allocations_left == 0)
        return NULL;
    allocations_left -= allocations_left > 0;
    allocations_live += !pointer;
    return realloc(pointer, size);
}

static void release(void *pointer, void *context)
{
    (void)context;
    allocations_live--;
    free(pointer);
}

static const kube_allocator_t faulty = { allocate, reallocate, release, NULL };

/* ---- helpers ---- */

static void unescape_tabs(char *text)
{
    char *to = text;
    for (; *text; text++) {
        bool tab = text[0] == '\\' && text[1] == 't';
        *to++ = tab ? '\t' : *text;
        text += tab;
    }
    *to = '\0';
}

/* "a=b,c=d" as entries; cuts text. */
static kube_string_map_t pairs(char *text, kube_string_entry_t *entries)
{
    kube_string_map_t map = { .items = entries };
    for (char *pair = strtok(text, ","); pair; pair = strtok(NULL, ",")) {
        char *equals = strchr(pair, '=');
        *equals = '\0';
        entries[map.len++] = (kube_string_entry_t){ .key = pair, .value = equals + 1 };
    }
    return map;
}

static const char *get_from_map(const char *path, void *userdata)
{
    const kube_string_map_t *map = userdata;
    for (size_t i = 0; i < map->len; i++)
        if (strcmp(map->items[i].key, path) == 0)
            return map->items[i].value;
    return NULL;
}

/* ---- labels ---- */

static void label_row(char **fields, int count)
{
    kube_label_selector_t *selector, *again = NULL;
    kube_string_entry_t entries[16];
    kube_error_t err;
    unescape_tabs(fields[0]);
    int code = kube_label_selector_parse(fields[0], &selector, &err);
    if (count == 2) {
        CHECK_STR(fields[1], "error");
        CHECK_INT(code, KUBE_E_PARSE);
        CHECK_INT(err.code, KUBE_E_PARSE);
        CHECK(!selector && err.message[0] && err.offset <= strlen(fields[0]));
        return;
    }
    CHECK_INT(code, KUBE_OK);
    CHECK_STR(kube_label_selector_text(selector), fields[1]);
    CHECK_INT(kube_label_selector_parse(kube_label_selector_text(selector), &again, NULL), KUBE_OK);
    CHECK_STR(kube_label_selector_text(again), fields[1]);
    for (int i = 2; i + 1 < count; i += 2) {
        kube_string_map_t labels = pairs(fields[i], entries);
        bool expected = strcmp(fields[i + 1], "true") == 0;
        CHECK_INT(kube_label_selector_matches(selector, &labels), expected);
        CHECK_INT(kube_label_selector_matches(again, &labels), expected);
    }
    kube_label_selector_free(again);
    kube_label_selector_free(selector);
}

static void labels_as_go_does(void)
{
    CHECK(golden_read("label_selector.txt", label_row) > 2000);
}

static void label_errors(void)
{
    static const struct { const char *text; size_t offset; const char *message; } cases[] = {
        { "a,b in (c,-d)", 10, "\"-d\" is not a label value" },
        { "a,b/", 2, "\"b/\" is not a label key" },
        { "a>x", 2, "\"x\" is not a whole number" },
        { "a b", 2, "expected an operator, ',' or the end, found \"b\"" },
        { "a in (b", 7, "expected ',' or ')', found the end" },
        { "a in b", 5, "expected '(', found \"b\"" },
        { "a=b c", 4, "expected ',' or the end, found \"c\"" },
        { "a,", 2, "expected a label key, found the end" },
        { "a=(", 2, "expected a value, found \"(\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_label_selector_t *selector;
        kube_error_t err;
        CHECK_INT(kube_label_selector_parse(cases[i].text, &selector, &err), KUBE_E_PARSE);
        CHECK_INT(err.offset, cases[i].offset);
        CHECK_STR(err.message, cases[i].message);
    }
}

static void many_requirements_keep_their_order(void)
{
    char text[1024] = "", expected[1024] = "";
    kube_label_selector_t *selector;
    for (int i = 99; i >= 0; i--)
        sprintf(text + strlen(text), "%sk%02d!=v%d", i < 99 ? "," : "", i / 10, i % 10);
    for (int i = 0; i < 100; i++)
        sprintf(expected + strlen(expected), "%sk%02d!=v%d", i > 0 ? "," : "", i / 10, 9 - i % 10);
    CHECK_INT(kube_label_selector_parse(text, &selector, NULL), KUBE_OK);
    CHECK_STR(kube_label_selector_text(selector), expected);
    kube_label_selector_free(selector);
}

static void from_labels(void)
{
    kube_string_entry_t entries[] = { { "b", "2" }, { "a", NULL } }, doubled[] = { { "a", "1" }, { "b", "2" }, { "a", "" } };
    kube_string_map_t map = { entries, 2 }, matching = { doubled, 3 }, other = { doubled, 2 };
    kube_label_selector_t *selector;
    kube_error_t err;
    CHECK_INT(kube_label_selector_from_labels(&map, &selector, NULL), KUBE_OK);
    CHECK_STR(kube_label_selector_text(selector), "a=,b=2");
    CHECK(kube_label_selector_matches(selector, &matching) && !kube_label_selector_matches(selector, &other));
    CHECK(!kube_label_selector_matches(selector, NULL) && !kube_label_selector_is_nothing(selector));
    kube_label_selector_free(selector);
    CHECK_INT(kube_label_selector_from_labels(NULL, &selector, NULL), KUBE_OK);
    CHECK_STR(kube_label_selector_text(selector), "");
    CHECK(kube_label_selector_matches(selector, NULL));
    kube_label_selector_free(selector);
    entries[0].value = "-";
    CHECK_INT(kube_label_selector_from_labels(&map, &selector, &err), KUBE_E_INVALID);
    CHECK(!selector && err.code == KUBE_E_INVALID);
}

/* ---- fields ---- */

static void field_row(char **fields, int count)
{
    kube_field_selector_t *selector, *again;
    kube_string_entry_t entries[16];
    kube_error_t err;
    int code = kube_field_selector_parse(fields[0], &selector, &err);
    if (count == 2) {
        CHECK_STR(fields[1], "error");
        CHECK_INT(code, KUBE_E_PARSE);
        CHECK(!selector && err.message[0] && err.offset < strlen(fields[0]));
        return;
    }
    CHECK_INT(code, KUBE_OK);
    CHECK_STR(kube_field_selector_text(selector), fields[1]);
    CHECK_INT(kube_field_selector_parse(fields[1], &again, NULL), KUBE_OK);
    for (int i = 2; i + 1 < count; i += 2) {
        kube_string_map_t map = pairs(fields[i], entries);
        bool expected = strcmp(fields[i + 1], "true") == 0;
        CHECK_INT(kube_field_selector_matches(selector, get_from_map, &map), expected);
        CHECK_INT(kube_field_selector_matches(again, get_from_map, &map), expected);
    }
    kube_field_selector_free(again);
    kube_field_selector_free(selector);
}

static void fields_as_go_does(void)
{
    CHECK(golden_read("field_selector.txt", field_row) > 900);
}

static void field_errors_and_escapes(void)
{
    static const struct { const char *text; size_t offset; } cases[] = {
        { "b=1,a", 4 }, { "b=1,a=x\\y", 7 }, { "a=\\", 2 }, { "b=1,a=x=y", 7 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_field_selector_t *selector;
        kube_error_t err;
        CHECK_INT(kube_field_selector_parse(cases[i].text, &selector, &err), KUBE_E_PARSE);
        CHECK_INT(err.offset, cases[i].offset);
    }
    kube_buffer_t buffer = { 0 };
    kube_field_selector_escape(&buffer, "a,b=c\\d");
    kube_field_selector_escape(&buffer, NULL);
    CHECK_STR(buffer.data, "a\\,b\\=c\\\\d");
    kube_buffer_dispose(&buffer);
}

/* ---- both ---- */

static void no_memory(void)
{
    static const char text[] = "a in (1,2,3,4,5,6,7,8,9,10),b,c,d,!e,f>1,a notin (x)";
    int labels_code = KUBE_E_NO_MEMORY, fields_code = KUBE_E_NO_MEMORY, tries = 0;
    kube_set_allocator(&faulty);
    for (; (labels_code || fields_code) && tries < 100; tries++) {
        kube_label_selector_t *labels;
        kube_field_selector_t *fields;
        kube_error_t err;
        allocations_left = tries;
        labels_code = kube_label_selector_parse(text, &labels, &err);
        CHECK(labels_code == (labels ? KUBE_OK : KUBE_E_NO_MEMORY) && labels_code == (int)err.code);
        allocations_left = tries;
        fields_code = kube_field_selector_parse("metadata.name=x,status.phase!=Running,a=\\,", &fields, &err);
        CHECK(fields_code == (fields ? KUBE_OK : KUBE_E_NO_MEMORY) && fields_code == (int)err.code);
        kube_label_selector_free(labels);
        kube_field_selector_free(fields);
        CHECK_INT(allocations_live, 0);
    }
    CHECK(tries > 10 && tries < 100);
    allocations_left = -1;
    kube_set_allocator(NULL);
}

static void misuse(void)
{
    kube_label_selector_t *labels;
    kube_field_selector_t *fields;
    CHECK_INT(kube_label_selector_parse(NULL, &labels, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_label_selector_parse("", NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_field_selector_parse(NULL, &fields, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_field_selector_parse("", NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_label_selector_from_labels(NULL, NULL, NULL), KUBE_E_USAGE);
    CHECK(kube_label_selector_matches(NULL, NULL) && kube_field_selector_matches(NULL, get_from_map, NULL));
    CHECK_STR(kube_label_selector_text(NULL), "");
    CHECK_STR(kube_field_selector_text(NULL), "");
    kube_label_selector_free(NULL);
    kube_field_selector_free(NULL);
}

int main(void)
{
    RUN(labels_as_go_does);
    RUN(label_errors);
    RUN(many_requirements_keep_their_order);
    RUN(from_labels);
    RUN(fields_as_go_does);
    RUN(field_errors_and_escapes);
    RUN(no_memory);
    RUN(misuse);
    return test_end();
}
