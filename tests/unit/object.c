/* Making, editing, copying, comparing and checking objects. */
#include <stdio.h>

#include "faults.h"
#include "test.h"
#include "widget.h"

#include <kube/json.h>

static const char full[] =
    "{\"apiVersion\":\"test/v1\",\"blob\":\"AAEC/w==\",\"flag\":true,\"free\":{\"a\":[1,2.50]},\"kind\":\"Widget\",\"labels\":{\"a\":\"1\",\"b\":\"2\"},"
    "\"large\":5,\"numberText\":1.5,\"numbers\":[1,2],\"part\":{\"count\":1,\"name\":\"p\",\"later\":[true]},\"parts\":[{\"name\":\"x\"},{\"count\":2}],"
    "\"partsByName\":{\"k\":{\"name\":\"v\"}},\"port\":\"http\",\"ratio\":0.25,\"size\":\"1Gi\",\"tags\":[\"t\"],\"tagsByName\":{\"l\":[\"m\"]},"
    "\"time\":\"2024-01-01T00:00:00Z\",\"timeMicro\":\"2024-01-01T00:00:00.000001Z\",\"future\":{\"z\":null}}";

static widget_t *decode(const char *text)
{
    widget_t *widget = NULL;
    kube_json_decode(&widget_type, text, strlen(text), NULL, &widget, NULL);
    return widget;
}

static void check_json(const widget_t *widget, const char *expected)
{
    kube_buffer_t out = { 0 };
    CHECK_INT(kube_json_encode(&widget_type, widget, 0, &out, NULL), 0);
    CHECK_STR(out.data, expected);
    kube_buffer_dispose(&out);
}

static void new_objects_are_empty_and_owned(void)
{
    widget_t *w = kube_new(&widget_type);
    CHECK(w && w->owner && !w->part && kube_memory_used(w) > 0);
    check_json(w, "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\"}");
    kube_free(w);
    CHECK(!kube_new(&part_type));
    CHECK(!kube_new(NULL));
    kube_free(NULL);
}

static void objects_are_built_with_functions(void)
{
    widget_t *w = kube_new(&widget_type);
    const kube_type_t *t = &widget_type;
    part_t *part = kube_ensure(w, w, t, "part");
    CHECK(part && kube_ensure(w, w, t, "part") == part && w->part == part);
    CHECK(!kube_ensure(w, w, t, "size") && !kube_ensure(w, w, t, "nothing"));
    CHECK_INT(kube_set_int(w, part, &part_type, "count", 7), 0);
    CHECK_INT(kube_set_int(w, part, &part_type, "count", 1LL << 40), KUBE_E_USAGE);
    CHECK_INT(kube_set_string(w, part, &part_type, "name", "n"), 0);
    CHECK_INT(kube_set_bool(w, w, t, "flag", false), 0);
    CHECK_INT(kube_set_double(w, w, t, "ratio", 0.5), 0);
    CHECK_INT(kube_set_time(w, w, t, "time", 0, 0), 0);
    CHECK_INT(kube_set_time(w, w, t, "time", 0, -1), KUBE_E_USAGE);
    CHECK_INT(kube_set_bytes(w, w, t, "blob", "\0\1", 2), 0);
    CHECK_INT(kube_set_json(w, w, t, "free", "[1]", 3), 0);
    CHECK_INT(kube_set_json(w, w, t, "free", "[1", 2), KUBE_E_PARSE);
    CHECK_INT(kube_set_string(w, w, t, "port", "http"), 0);
    CHECK_INT(kube_map_set(w, w, t, "labels", "a", "1"), 0);
    CHECK_INT(kube_map_set(w, w, t, "labels", "b", "2"), 0);
    CHECK_INT(kube_map_set(w, w, t, "labels", "a", "3"), 0);
    CHECK_STR(*(const char **)kube_map_find(w, t, "labels", "b"), "2");
    CHECK_INT(kube_map_remove(w, w, t, "labels", "b"), 0);
    CHECK(!kube_map_find(w, t, "labels", "b"));
    for (int i = 0; i < 3; i++) {
        part_t *item = kube_list_append(w, w, t, "parts");
        CHECK(item);
        item->name = kube_printf(w, "p%d", i);
    }
    CHECK_INT(kube_list_remove(w, w, t, "parts", 1), 0);
    CHECK_INT(kube_list_remove(w, w, t, "parts", 2), KUBE_E_USAGE);
    CHECK_INT(kube_list_append_string(w, w, t, "tags", "x"), 0);
    part_t *by_name = kube_map_put(w, w, t, "partsByName", "k");
    CHECK(by_name && !by_name->name);
    check_json(w, "{\"apiVersion\":\"test/v1\",\"blob\":\"AAE=\",\"flag\":false,\"free\":[1],\"kind\":\"Widget\",\"labels\":{\"a\":\"3\"},"
                  "\"part\":{\"count\":7,\"name\":\"n\"},\"parts\":[{\"name\":\"p0\"},{\"name\":\"p2\"}],\"partsByName\":{\"k\":{}},"
                  "\"port\":\"http\",\"ratio\":0.5,\"tags\":[\"x\"],\"time\":\"1970-01-01T00:00:00Z\"}");
    CHECK(kube_has(w, t, "flag") && !kube_has(w, t, "size") && !kube_has(w, t, "nothing"));
    CHECK_INT(kube_unset(w, w, t, "flag"), 0);
    CHECK(!kube_has(w, t, "flag"));
    CHECK(kube_at(w, t, "parts[1]", NULL) == &w->parts.items[1] && kube_at(w, t, "part", NULL) == w->part);
    CHECK(!kube_at(w, t, "parts[2]", NULL) && !kube_at(w, t, "parts", NULL) && !kube_at(w, t, "part.", NULL));
    kube_free(w);
}

static void appending_is_linear_and_survives_interleaving(void)
{
    widget_t *w = kube_new(&widget_type);
    for (int i = 0; i < 20000; i++) {
        part_t *item = kube_list_append(w, w, &widget_type, "parts");
        item->count = (kube_int32_t){ true, i };
        CHECK_INT(kube_list_append_string(w, w, &widget_type, "tags", "tag"), 0);
    }
    bool right = w->parts.len == 20000 && w->tags.len == 20000;
    for (int i = 0; right && i < 20000; i++)
        right = w->parts.items[i].count.value == i && strcmp(w->tags.items[i], "tag") == 0;
    CHECK(right);
    CHECK(kube_memory_used(w) < 16u << 20);
    kube_free(w);
    w = decode(full);
    CHECK(kube_list_append(w, w, &widget_type, "parts") && w->parts.len == 3);
    CHECK_STR(w->parts.items[0].name, "x");
    kube_free(w);
}

static void what_is_not_the_callers_alone_is_not_edited(void)
{
    widget_t own = { 0 };
    CHECK(!kube_ensure(&own, &own, &widget_type, "part"));
    CHECK_INT(kube_set_bool(&own, &own, &widget_type, "flag", true), KUBE_E_USAGE);
    CHECK_INT(kube_ref(&own), KUBE_E_USAGE);
    kube_free(&own);
    widget_t *w = kube_new(&widget_type);
    kube_ref(w);
    CHECK_INT(kube_set_bool(w, w, &widget_type, "flag", true), KUBE_E_USAGE);
    kube_free(w);
    CHECK_INT(kube_set_bool(w, w, &widget_type, "flag", true), 0);
    kube_free(w);
}

static void interned_objects_share_their_parts_and_are_read_only(void)
{
    static const char text[] = "{\"parts\":[{\"name\":\"a name\",\"count\":1},{\"name\":\"other\"}],\"part\":{\"name\":\"a name\"},"
                               "\"tags\":[\"a name\"],\"tagsByName\":{\"x\":[\"p\",\"q\"],\"y\":[\"p\",\"q\"],\"z\":[]}}";
    kube_decode_options_t options = { .flags = KUBE_DECODE_INTERN };
    widget_t *w = NULL, *plain = decode(text);
    CHECK_INT(kube_json_decode(&widget_type, text, sizeof text - 1, &options, &w, NULL), 0);
    CHECK(kube_equal(&widget_type, w, plain));
    CHECK(w->part->name == w->parts.items[0].name && w->tags.items[0] == w->part->name);
    CHECK(w->tags_by_name.items[0].value.items == w->tags_by_name.items[1].value.items);
    CHECK_INT(kube_set_bool(w, w, &widget_type, "flag", true), KUBE_E_USAGE);
    CHECK_INT(kube_fill_defaults(&widget_type, w, NULL), KUBE_E_USAGE);
    widget_t *copy = kube_dup(&widget_type, w);
    CHECK_INT(kube_set_bool(copy, copy, &widget_type, "flag", true), 0);
    CHECK(copy->tags_by_name.items[0].value.items != copy->tags_by_name.items[1].value.items);
    kube_free(copy);
    kube_free(w);
    kube_free(plain);
}

static void copies_are_deep_and_equal(void)
{
    widget_t *w = decode(full);
    widget_t *copy = kube_dup(&widget_type, w);
    CHECK(copy && kube_equal(&widget_type, w, copy));
    CHECK(kube_memory_used(copy) < sizeof full * 4);
    kube_free(w);
    check_json(copy, full);
    kube_free(copy);
}

static void differences_are_seen(void)
{
    static const char *const changes[][2] = {
        { "\"AAEC/w==\"", "\"AAEC/g==\"" }, { "\"flag\":true", "\"flag\":false" },   { "2.50", "2.51" },       { "\"b\":\"2\"", "\"b\":\"3\"" },
        { "\"large\":5", "\"large\":6" },   { "[1,2],\"part\"", "[1,3],\"part\"" }, { "\"p\"", "\"q\"" },     { "[true]", "[false]" },
        { "\"http\"", "80" },               { "0.25", "0.5" },                       { "1Gi", "2Gi" },         { "[\"t\"]", "[]" },
        { "[\"m\"]", "[\"n\"]" },           { "01-01T00:00:00Z", "01-02T00:00:00Z" }, { "000001Z", "000002Z" }, { "{\"z\":null}", "{}" },
        { "\"v\"", "\"w\"" },               { "\"k\"", "\"K\"" },                    { "1.5,", "1.6," },       { ",\"flag\":true", "" },
    };
    widget_t *w = decode(full);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char text[2048];
        const char *at = strstr(full, changes[i][0]);
        CHECK(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - full), full, changes[i][1], at + strlen(changes[i][0]));
        widget_t *other = decode(text);
        if (!other || kube_equal(&widget_type, w, other)) {
            printf("not told apart: %s\n", changes[i][1]);
            test_failed_here = 1;
        }
        kube_free(other);
    }
    kube_free(w);
}

static void what_means_the_same_is_equal(void)
{
    widget_t *a = decode("{\"free\":{\"x\":1,\"y\":[2]},\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"size\":\"1000m\",\"u\":{\"p\":1}}");
    widget_t *b = decode("{\"free\":{ \"y\":[2], \"x\":1},\"labels\":{\"b\":\"2\",\"a\":\"1\"},\"size\":1,\"u\":{ \"p\":1}}");
    CHECK(a && b && kube_equal(&widget_type, a, b));
    CHECK(kube_equal(&widget_type, NULL, NULL) && !kube_equal(&widget_type, a, NULL));
    kube_free(a);
    kube_free(b);
    widget_t *absent = decode("{}"), *empty = decode("{\"tags\":[]}");
    CHECK(!kube_equal(&widget_type, absent, empty));
    kube_free(absent);
    kube_free(empty);
}

static bool equal_texts(const char *one, const char *other)
{
    widget_t *a = decode(one), *b = decode(other);
    bool equal = kube_equal(&widget_type, a, b);
    kube_free(a);
    kube_free(b);
    return equal;
}

/* Nested deeper than the documents of patches may be. */
static void nested(char *text, const char *innermost)
{
    enum { DEEP = 300 };
    kube_buffer_t buffer = { 0 };
    kube_buffer_puts(&buffer, "{\"free\":");
    for (int i = 0; i < DEEP; i++)
        kube_buffer_puts(&buffer, "[");
    kube_buffer_puts(&buffer, innermost);
    for (int i = 0; i < DEEP; i++)
        kube_buffer_puts(&buffer, "]");
    kube_buffer_puts(&buffer, "}");
    strcpy(text, buffer.data);
    kube_buffer_dispose(&buffer);
}

static bool deep_texts_equal(const char *one, const char *other)
{
    char a[1024], b[1024];
    void *x = NULL, *y = NULL;
    kube_decode_options_t options = { .max_depth = 1000 };
    nested(a, one);
    nested(b, other);
    CHECK_INT(kube_json_decode(&widget_type, a, strlen(a), &options, &x, NULL), 0);
    CHECK_INT(kube_json_decode(&widget_type, b, strlen(b), &options, &y, NULL), 0);
    bool equal = kube_equal(&widget_type, x, y);
    kube_free(x);
    kube_free(y);
    return equal;
}

static void unknown_fields_are_equal_both_ways(void)
{
    CHECK(equal_texts("{\"u\":1,\"v\":2,\"w\":3}", "{\"w\":3,\"v\":2,\"u\":1}"));
    CHECK(!equal_texts("{\"u\":1,\"u\":1}", "{\"u\":1,\"v\":2}"));
    CHECK(!equal_texts("{\"u\":1,\"v\":2}", "{\"u\":1,\"u\":1}"));
    CHECK(!equal_texts("{\"u\":1,\"v\":2}", "{\"v\":1,\"u\":2}"));
    CHECK(!equal_texts("{\"u\":1}", "{}"));
    CHECK(!equal_texts("{}", "{\"u\":1}"));
}

static void numbers_are_equal_by_value(void)
{
    CHECK(equal_texts("{\"numberText\":1.5}", "{\"numberText\":1.50}"));
    CHECK(!equal_texts("{\"numberText\":1.5}", "{\"numberText\":1.51}"));
    CHECK(equal_texts("{\"free\":{\"a\":1,\"b\":1e400}}", "{\"free\":{\"b\":10e399,\"a\":1.0}}"));
    CHECK(equal_texts("{\"u\":[123456789012345678901234567890,0]}", "{\"u\":[1234567890123456789012345678.90e2,-0]}"));
    CHECK(!equal_texts("{\"u\":[0.1]}", "{\"u\":[0.1000000000000000055]}"));
    CHECK(!equal_texts("{\"u\":[9007199254740993.0]}", "{\"u\":[9007199254740992.0]}"));
    CHECK(deep_texts_equal("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"));
    CHECK(!deep_texts_equal("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":3}"));
}

static void checks_find_what_is_missing_or_not_allowed(void)
{
    widget_t *w = decode("{\"parts\":[{\"count\":1}],\"size\":\"1Q\"}");
    kube_problems_t *problems;
    kube_error_t err;
    CHECK_INT(kube_check(&widget_type, w, &problems, &err), KUBE_E_INVALID);
    CHECK_STR(err.path, "part");
    CHECK_INT(kube_problems_count(problems), 3);
    CHECK_STR(kube_problems_at(problems, 1)->path, "parts[0].name");
    CHECK_STR(kube_problems_at(problems, 2)->path, "size");
    kube_problems_free(problems);
    kube_free(w);
    w = decode("{\"part\":{\"name\":\"x\"}}");
    CHECK_INT(kube_check(&widget_type, w, &problems, &err), 0);
    CHECK(!problems);
    kube_free(w);
}

static void allowed_numbers_and_booleans_go_by_value(void)
{
    widget_t *w = decode("{\"part\":{\"name\":\"x\"},\"flag\":true,\"large\":-7,\"numberText\":1.50,\"numbers\":[2,1],\"port\":80}");
    kube_problems_t *problems;
    CHECK_INT(kube_check(&widget_type, w, NULL, NULL), 0);
    kube_free(w);
    w = decode("{\"part\":{\"name\":\"x\"},\"flag\":false,\"large\":6,\"numberText\":1.51,\"numbers\":[2,3],\"port\":\"https\"}");
    CHECK_INT(kube_check(&widget_type, w, &problems, NULL), KUBE_E_INVALID);
    static const char *const wanted[][2] = {
        { "flag", "\"false\" is not one of \"true\"" },  { "large", "6 is not one of 5, -7" }, { "numberText", "1.51 is not one of 1.5, 2.50, 3" },
        { "numbers[1]", "3 is not one of 1, 2" },          { "port", "\"https\" is not one of \"80\", \"http\"" },
    };
    CHECK_INT(kube_problems_count(problems), 5);
    for (size_t i = 0; i < kube_problems_count(problems); i++) {
        CHECK_STR(kube_problems_at(problems, i)->path, wanted[i][0]);
        CHECK_STR(kube_problems_at(problems, i)->message, wanted[i][1]);
    }
    kube_problems_free(problems);
    kube_free(w);
}

static void embedded_objects_have_a_kind(void)
{
    kube_field_t fields[sizeof widget_fields / sizeof *widget_fields];
    kube_type_t type = widget_type;
    memcpy(fields, widget_fields, sizeof fields);
    type.fields = fields;
    for (size_t i = 0; i < type.field_count; i++)
        if (fields[i].kind == KUBE_KIND_JSON)
            fields[i].flags |= KUBE_FIELD_EMBEDDED;
    static const struct { const char *text; int code; } cases[] = {
        { "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"x\":1}", KUBE_OK }, { "null", KUBE_OK },          { "{\"kind\":\"Pod\"}", KUBE_E_INVALID },
        { "{\"apiVersion\":\"v1\",\"kind\":\"\"}", KUBE_E_INVALID },     { "[]", KUBE_E_INVALID },     { "\"Pod\"", KUBE_E_INVALID },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_error_t err;
        widget_t w = { .part = &(part_t){ .name = "p" }, .free = { cases[i].text, strlen(cases[i].text) } };
        CHECK_INT(kube_check(&widget_type, &w, NULL, &err), KUBE_OK);
        CHECK_INT(kube_check(&type, &w, NULL, &err), cases[i].code);
        CHECK_STR(err.path, cases[i].code == KUBE_OK ? "" : "free");
    }
}

static void defaults_are_filled_once(void)
{
    widget_t *w = decode("{\"part\":{\"name\":\"x\"}}");
    CHECK_INT(kube_fill_defaults(&widget_type, w, NULL), 0);
    check_json(w, "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"numberText\":1.50,\"part\":{\"name\":\"x\"},\"tags\":[\"a\",\"b\"]}");
    kube_free(w);
    w = decode("{\"numberText\":3,\"tags\":[]}");
    CHECK_INT(kube_fill_defaults(&widget_type, w, NULL), 0);
    check_json(w, "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"numberText\":3,\"tags\":[]}");
    kube_free(w);
    widget_t own = { 0 };
    CHECK_INT(kube_fill_defaults(&widget_type, &own, NULL), KUBE_E_USAGE);
}

/* ---- every allocation fails once ---- */

static bool decode_encode_copy(void)
{
    unsigned flags[] = { 0, KUBE_DECODE_STRICT, KUBE_DECODE_PACKED, KUBE_DECODE_INTERN };
    bool ok = true;
    for (size_t i = 0; ok && i < 4; i++) {
        widget_t *w = NULL;
        kube_buffer_t out = { 0 };
        kube_problems_t *problems = NULL;
        kube_decode_options_t options = { .flags = flags[i], .problems = &problems };
        kube_error_t err;
        int code = kube_json_decode(&widget_type, full, sizeof full - 1, &options, &w, &err);
        ok = code == KUBE_OK || code == KUBE_E_NO_MEMORY || (flags[i] == KUBE_DECODE_STRICT && code == KUBE_E_PARSE);
        ok = ok && (code != KUBE_E_NO_MEMORY || faults.hit) && !w == (code != KUBE_OK) && err.code == code;
        if (w) {
            code = kube_json_encode(&widget_type, w, KUBE_ENCODE_INDENT, &out, &err);
            ok = ok && (code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit));
            widget_t *copy = kube_dup(&widget_type, w);
            ok = ok && (copy ? kube_equal(&widget_type, w, copy) : faults.hit);
            kube_free(copy);
            code = kube_check(&widget_type, w, &problems, &err);
            ok = ok && (code == KUBE_E_INVALID || (code == KUBE_E_NO_MEMORY && faults.hit));
            kube_problems_free(problems);
            problems = NULL;
            code = kube_fill_defaults(&widget_type, w, &err);
            ok = ok && (code == (flags[i] == KUBE_DECODE_INTERN ? KUBE_E_USAGE : KUBE_OK) || (code == KUBE_E_NO_MEMORY && faults.hit));
        }
        kube_problems_free(problems);
        kube_buffer_dispose(&out);
        kube_free(w);
    }
    return ok;
}

static bool edit(void)
{
    widget_t *w = kube_new(&widget_type);
    bool ok = w || faults.hit;
    for (int i = 0; w && ok && i < 40; i++) {
        bool done = kube_list_append(w, w, &widget_type, "parts") && kube_printf(w, "%0500d", i) &&
                    kube_map_set(w, w, &widget_type, "labels", "k", "v") == KUBE_OK &&
                    kube_set_json(w, w, &widget_type, "free", "{\"a\":1}", 7) == KUBE_OK;
        ok = done || faults.hit;
    }
    kube_free(w);
    return ok;
}

static void every_failing_allocation_is_met(void)
{
    CHECK(fault_loop(decode_encode_copy) > 20);
    CHECK(fault_loop(edit) > 5);
}

int main(void)
{
    RUN(new_objects_are_empty_and_owned);
    RUN(objects_are_built_with_functions);
    RUN(appending_is_linear_and_survives_interleaving);
    RUN(what_is_not_the_callers_alone_is_not_edited);
    RUN(interned_objects_share_their_parts_and_are_read_only);
    RUN(copies_are_deep_and_equal);
    RUN(differences_are_seen);
    RUN(what_means_the_same_is_equal);
    RUN(unknown_fields_are_equal_both_ways);
    RUN(numbers_are_equal_by_value);
    RUN(checks_find_what_is_missing_or_not_allowed);
    RUN(allowed_numbers_and_booleans_go_by_value);
    RUN(embedded_objects_have_a_kind);
    RUN(defaults_are_filled_once);
    RUN(every_failing_allocation_is_met);
    return test_end();
}
