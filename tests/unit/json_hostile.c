/* What nobody should hand to the JSON codec and somebody will: odd tables, half-filled objects, bytes left over behind the input. */
#include "test.h"
#include "widget.h"

#include <kube/json.h>
#include <kube/meta/v1.h>

/* A name too long for the room that the encoder keeps free. */
#define LONG_10 "abcdefghij"
#define LONG_100 LONG_10 LONG_10 LONG_10 LONG_10 LONG_10 LONG_10 LONG_10 LONG_10 LONG_10 LONG_10
#define LONG_NAME(letter) letter LONG_100 LONG_100 LONG_100
#define LONG_ROW(member, letter, k, t) \
    { .key = ",\"" letter LONG_10 LONG_10 "abcdefghi", .long_name = LONG_NAME(letter), .type = (t), .offset = offsetof(longish_t, member), \
      .name_len = sizeof LONG_NAME(letter) - 1, .kind = KUBE_KIND_##k }

typedef struct longish {
    kube_owner_t *owner;
    const char *a;
    kube_string_list_t b;
    kube_string_map_t c;
    part_t *d;
    kube_int32_t e;
    const char *api_version;
    const char *kind;
    const kube_unknown_t *unknown;
} longish_t;

static const kube_field_t longish_fields[] = {
    LONG_ROW(a, "a", STRING, NULL),        LONG_ROW(b, "b", LIST, &string_element), LONG_ROW(c, "c", MAP, &label_element),
    LONG_ROW(d, "d", OBJECT, &part_type), LONG_ROW(e, "e", INT32, NULL),
};
static const kube_type_t longish_type = {
    .abi = KUBE_TABLE_ABI, .size = sizeof(longish_t), .name = "test.v1.Longish", .api_version = "test/v1", .kind = "Longish",
    .fields = longish_fields, .field_count = 5, .flags = KUBE_TYPE_ROOT, .unknown_offset = offsetof(longish_t, unknown),
    .api_version_offset = offsetof(longish_t, api_version), .kind_offset = offsetof(longish_t, kind),
    .metadata_offset = KUBE_NO_OFFSET, .items_offset = KUBE_NO_OFFSET,
};

static void long_names_fit_the_buffer(void)
{
    part_t part = { .name = "p" };
    longish_t object = { .a = "text", .b = KUBE_STRINGS("x"), .c = KUBE_MAP({ "k", "v" }), .d = &part, .e = KUBE_SOME(7) };
    for (size_t before = 0; before < 3000; before += 3) {
        kube_buffer_t out = { 0 };
        for (size_t i = 0; i < before; i++)
            kube_buffer_append(&out, "-", 1);
        CHECK_INT(kube_json_encode(&longish_type, &object, 0, &out, NULL), 0);
        longish_t *again = NULL;
        CHECK_INT(kube_json_decode(&longish_type, out.data + before, out.len - before, NULL, &again, NULL), 0);
        CHECK(again && kube_equal(&longish_type, &object, again));
        kube_free(again);
        kube_buffer_dispose(&out);
    }
}

static void a_long_name_is_not_read_past_the_input(void)
{
    char text[64];
    for (size_t n = 24; n < 60; n++) {
        size_t len = (size_t)snprintf(text, sizeof text, "{\"%.*s", (int)n, LONG_NAME("a"));
        longish_t *object = NULL;
        CHECK_INT(kube_json_decode(&longish_type, text, len, NULL, &object, NULL), KUBE_E_PARSE);
    }
}

typedef struct empty {
    kube_owner_t *owner;
    const char *api_version;
    const char *kind;
    const kube_unknown_t *unknown;
} empty_t;
static const kube_type_t empty_type = {
    .abi = KUBE_TABLE_ABI, .size = sizeof(empty_t), .name = "test.v1.Empty", .api_version = "test/v1", .kind = "Empty",
    .fields = longish_fields, .flags = KUBE_TYPE_ROOT, .unknown_offset = offsetof(empty_t, unknown), .api_version_offset = offsetof(empty_t, api_version),
    .kind_offset = offsetof(empty_t, kind), .metadata_offset = KUBE_NO_OFFSET, .items_offset = KUBE_NO_OFFSET,
};

static void a_type_may_have_no_fields(void)
{
    empty_t *object = NULL;
    kube_buffer_t out = { 0 };
    CHECK_INT(kube_json_decode(&empty_type, "{\"a\":1,\"b\":{}}", 14, NULL, &object, NULL), 0);
    empty_t *copy = kube_dup(&empty_type, object);
    CHECK(copy && kube_equal(&empty_type, object, copy));
    CHECK_INT(kube_json_encode(&empty_type, copy, 0, &out, NULL), 0);
    CHECK_STR(out.data, "{\"a\":1,\"b\":{}}");
    CHECK_INT(kube_check(&empty_type, copy, NULL, NULL), 0);
    kube_buffer_dispose(&out);
    kube_free(copy);
    kube_free(object);
}

/* ---- more than 255 fields ---- */

enum { WIDE = 300 };
typedef struct wide {
    kube_owner_t *owner;
    const char *api_version;
    kube_int32_t numbers[WIDE];
    const char *kind;
    const kube_unknown_t *unknown;
} wide_t;

static void a_type_may_have_hundreds_of_fields(void)
{
    static char names[WIDE][8];
    static kube_field_t fields[WIDE];
    for (size_t i = 0; i < WIDE; i++) {
        snprintf(names[i], sizeof names[i], "f%03zu", i);
        fields[i] = (kube_field_t){ .name_len = 4, .kind = KUBE_KIND_INT32,
                                    .offset = (uint16_t)(offsetof(wide_t, numbers) + i * sizeof(kube_int32_t)) };
        memcpy(fields[i].key, (char[8]){ ',', '"', names[i][0], names[i][1], names[i][2], names[i][3], '"', ':' }, 8);
    }
    const kube_type_t type = {
        .abi = KUBE_TABLE_ABI, .size = sizeof(wide_t), .name = "test.v1.Wide", .api_version = "test/v1", .kind = "Wide", .fields = fields,
        .field_count = WIDE, .flags = KUBE_TYPE_ROOT, .unknown_offset = offsetof(wide_t, unknown),
        .api_version_offset = offsetof(wide_t, api_version), .kind_offset = offsetof(wide_t, kind), .metadata_offset = KUBE_NO_OFFSET,
        .items_offset = KUBE_NO_OFFSET,
    };
    kube_buffer_t text = { 0 }, out = { 0 };
    for (int i = 0; i < WIDE; i++)
        kube_buffer_printf(&text, "%c\"f%03d\":%d", i ? ',' : '{', i, i);
    kube_buffer_puts(&text, "}");
    kube_pool_t *pool = kube_pool_new(NULL);
    for (int round = 0; round < 4; round++) {
        kube_decode_options_t options = { .pool = pool, .flags = round & 1 ? KUBE_DECODE_STRICT : KUBE_DECODE_INTERN };
        wide_t *object = NULL;
        CHECK_INT(kube_json_decode(&type, text.data, text.len, &options, &object, NULL), 0);
        kube_buffer_clear(&out);
        CHECK_INT(kube_json_encode(&type, object, 0, &out, NULL), 0);
        CHECK_STR(out.data, text.data);
        kube_free(object);
    }
    kube_pool_free(pool);
    kube_buffer_dispose(&text);
    kube_buffer_dispose(&out);
}

/* ---- objects that a program filled in carelessly ---- */

static const char *encoded(const widget_t *widget, int expected)
{
    static kube_buffer_t out;
    kube_buffer_clear(&out);
    CHECK_INT(kube_json_encode(&widget_type, widget, 0, &out, NULL), expected);
    return out.data ? out.data : "";
}

static void lengths_without_items_are_absent(void)
{
    kube_string_list_entry_t entry = { "k", { NULL, 5 } };
    widget_t widget = { .api_version = "test/v1", .kind = "Widget", .tags = { NULL, 5 }, .labels = { NULL, 5 }, .parts = { NULL, 5 },
                        .parts_by_name = { NULL, 5 }, .tags_by_name = { &entry, 1 }, .blob = { NULL, 5 }, .free = { NULL, 5 } };
    const char *text = "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"tagsByName\":{\"k\":null}}";
    CHECK_STR(encoded(&widget, 0), text);
    CHECK(kube_equal(&widget_type, &widget, &widget));
    widget_t *copy = kube_dup(&widget_type, &widget);
    CHECK(copy && kube_equal(&widget_type, copy, &widget));
    CHECK_STR(encoded(copy, 0), text);
    kube_check(&widget_type, &widget, NULL, NULL);
    if (!copy)
        return;
    CHECK_INT(kube_list_remove(copy, copy, &widget_type, "tags", 0), KUBE_E_USAGE);
    CHECK_INT(kube_list_append_string(copy, copy, &widget_type, "tags", "x"), 0);
    CHECK_INT(copy->tags.len, 1);
    CHECK(!kube_map_find(copy, &widget_type, "labels", "a"));
    CHECK_INT(kube_map_remove(copy, copy, &widget_type, "labels", "a"), 0);
    CHECK_INT(kube_map_set(copy, copy, &widget_type, "labels", "a", "b"), 0);
    CHECK_INT(copy->labels.len, 1);
    CHECK_INT(kube_fill_defaults(&widget_type, copy, NULL), 0);
    kube_free(copy);
}

static void null_keys_and_values_are_met(void)
{
    widget_t widget = { .labels = KUBE_MAP({ "a", NULL }, { NULL, "x" }), .part = &(part_t){ .name = "p" } };
    widget_t other = { .labels = KUBE_MAP({ NULL, "x" }, { "a", NULL }), .part = &(part_t){ .name = "p" } };
    encoded(&widget, KUBE_E_INVALID);
    CHECK(kube_equal(&widget_type, &widget, &other));
    CHECK_INT(kube_check(&widget_type, &widget, NULL, NULL), 0);
    widget_t *copy = kube_dup(&widget_type, &widget);
    CHECK(copy && copy->labels.len == 2 && !copy->labels.items[1].key && !copy->labels.items[0].value);
    CHECK(kube_map_find(copy, &widget_type, "labels", "b") == NULL);
    kube_free(copy);
}

static void a_number_must_be_one(void)
{
    static const char *const bad[] = { "", "abc", "1,\"x\":2", "01", "+1", "1.", "0x10", "NaN" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        encoded(&(widget_t){ .number_text = bad[i] }, KUBE_E_INVALID);
    encoded(&(widget_t){ .number_text = "-1.50e+3" }, 0);
}

static void unknown_fields_may_be_half_filled(void)
{
    kube_unknown_t no_value = { .name = "x" }, no_name = { .value = KUBE_JSON("1") };
    CHECK_STR(encoded(&(widget_t){ .api_version = "test/v1", .kind = "Widget", .unknown = &no_value }, 0),
              "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"x\":null}");
    encoded(&(widget_t){ .unknown = &no_name }, KUBE_E_INVALID);
}

static void null_lists_in_maps_come_back(void)
{
    const char *text = "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"tagsByName\":{\"a\":null,\"b\":[]}}";
    widget_t *widget = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text, strlen(text), NULL, &widget, NULL), 0);
    CHECK_STR(encoded(widget, 0), text);
    kube_free(widget);
}

/* ---- decoding ---- */

static void of_an_int_and_a_string_the_last_wins(void)
{
    const char *text = "{\"port\":\"http\",\"port\":80}";
    widget_t *widget = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text, strlen(text), NULL, &widget, NULL), 0);
    CHECK(widget && widget->port.has && !widget->port.string && widget->port.number == 80);
    kube_free(widget);
}

static void nuls_are_no_date(void)
{
    char text[64] = "{\"time\":\"20";
    size_t len = strlen(text) + 8;
    memcpy(text + len, "T01:02:03Z\"}", 13);
    widget_t *widget = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text, len + 12, NULL, &widget, NULL), KUBE_E_PARSE);
    CHECK(!widget);
    kube_free(widget);
    /* The same left over behind an input that ends early. */
    char padded[256] = "{\"time\":\"20";
    len = strlen(padded);
    memcpy(padded + len + 8, "T01:02:03Z\",\"size\":\"", 20);
    memset(padded + len + 28, 'x', sizeof padded - len - 28);
    kube_decode_options_t options = { .flags = KUBE_DECODE_PADDED };
    kube_error_t err;
    CHECK_INT(kube_json_decode(&widget_type, padded, len, &options, &widget, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, len);
}

static void what_lies_behind_the_input_says_nothing(void)
{
    static const char *const inputs[] = { "{", "{\"size\"", "{\"size\":\"", "{\"size\":\"a", "{\"size\":\"\\", "{\"size\":\"\\u00", "{\"tags\":[\"\xC3",
                                          "{\"large\":1", "{\"flag\":t", "{\"x\":{\"y\":", "{\"size\":\"\\ud83d", "{\"labels\":{\"a\":", "{\"ratio\":1." };
    static const char *const behind[] = { "\"}", "\"size\":\"x\"}", "41\"}", "\\ude00\"}", "rue}", ",}", "\xA9\"]}", "1}", ":\"\"}", "}}" };
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (size_t k = 0; k < sizeof behind / sizeof *behind; k++) {
            char text[160];
            size_t len = strlen(inputs[i]);
            memset(text, 'y', sizeof text);
            memcpy(text, inputs[i], len + 1);
            memcpy(text + len + 1, behind[k], strlen(behind[k]));
            kube_decode_options_t options = { .flags = KUBE_DECODE_PADDED };
            widget_t *widget = NULL;
            CHECK_INT(kube_json_decode(&widget_type, text, len, &options, &widget, NULL), KUBE_E_PARSE);
            CHECK(!widget);
        }
}

static void a_missing_nul_is_noticed(void)
{
    char text[128];
    memset(text, ' ', sizeof text);
    memcpy(text, "{\"size\":\"1\"}", 12);
    kube_decode_options_t options = { .flags = KUBE_DECODE_PADDED };
    widget_t *widget = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text, 12, &options, &widget, NULL), 0);
    CHECK_STR(widget ? widget->size : NULL, "1");
    kube_free(widget);
}

static void null_items_of_a_typed_list_can_be_kept(void)
{
    const char *text = "{\"items\":[null,{}]}";
    widget_list_t *list = NULL;
    CHECK_INT(kube_json_decode(&widget_list_type, text, strlen(text), NULL, &list, NULL), 0);
    CHECK_INT(list ? list->items.len : 0, 2);
    for (size_t i = 0; list && i < list->items.len; i++) {
        CHECK_INT(kube_ref(&list->items.items[i]), 0);
        kube_free(&list->items.items[i]);
    }
    kube_free(list);
}

static void depth_is_what_was_asked_for(void)
{
    static char text[5000];
    for (unsigned depth = 1; depth <= 1200; depth = depth < 4 ? depth + 1 : depth + 200) {
        unsigned allowed = depth < 1000 ? depth : 1000;
        kube_decode_options_t options = { .max_depth = depth };
        for (unsigned levels = allowed; levels <= allowed + 1; levels++) {
            size_t len = (size_t)snprintf(text, sizeof text, levels > 1 ? "{\"free\":" : "{");
            for (unsigned i = 1; i < levels; i++)
                text[len++] = '[';
            for (unsigned i = 1; i < levels; i++)
                text[len++] = ']';
            text[len++] = '}';
            widget_t *widget = NULL;
            CHECK_INT(kube_json_decode(&widget_type, text, len, &options, &widget, NULL), levels > allowed ? KUBE_E_LIMIT : 0);
            kube_free(widget);
        }
    }
}

static void dropped_managed_fields_are_still_checked(void)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        { "{\"metadata\":{\"managedFields\":[{\"manager\":\"x\"}],\"name\":\"a\"}}", KUBE_OK },
        { "{\"metadata\":{\"managedFields\":null}}", KUBE_OK },
        { "{\"metadata\":{\"managedFields\":5}}", KUBE_E_PARSE },
        { "{\"metadata\":{\"managedFields\":[1,]}}", KUBE_E_PARSE },
    };
    kube_decode_options_t options = { .flags = KUBE_DECODE_DROP_MANAGED_FIELDS };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_meta_v1_partial_object_metadata_t *object = NULL;
        const kube_type_t *type = &kube_meta_v1_partial_object_metadata_type;
        CHECK_INT(kube_json_decode(type, cases[i].text, strlen(cases[i].text), &options, &object, NULL), cases[i].code);
        CHECK(!object || !object->metadata->managed_fields.items);
        kube_free(object);
    }
}

/* ---- what a pool keeps ---- */

static size_t held;
static int segments; /* of a decoder's stack, that were ever allocated: they are large, and no power of two as chunks are */

static void *counted_allocate(size_t size, void *context)
{
    (void)context;
    size_t *block = malloc(size + 16);
    if (block)
        held += *block = size;
    segments += size >= 1 << 16 && (size & (size - 1)) != 0;
    return block ? (char *)block + 16 : NULL;
}

static void counted_release(void *pointer, void *context)
{
    (void)context;
    size_t *block = (size_t *)(void *)((char *)pointer - 16);
    held -= *block;
    free(block);
}

static void *counted_reallocate(void *pointer, size_t size, void *context)
{
    void *moved = counted_allocate(size, context);
    if (moved && pointer) {
        size_t before = *(size_t *)(void *)((char *)pointer - 16);
        memcpy(moved, pointer, before < size ? before : size);
        counted_release(pointer, context);
    }
    return moved;
}

static void a_pool_is_bounded_after_any_input(void)
{
    enum { BOUND = 1 << 20 };
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "{\"tags\":[\"a\"");
    for (int i = 0; i < 300000; i++)
        kube_buffer_printf(&text, ",\"%d\"", i);
    kube_buffer_puts(&text, "]}");
    kube_set_allocator(&(kube_allocator_t){ counted_allocate, counted_reallocate, counted_release, NULL });
    kube_pool_t *pool = kube_pool_new(&(kube_pool_options_t){ .max_bytes = BOUND });
    for (unsigned round = 0; round < 3; round++) {
        kube_decode_options_t options = { .pool = pool, .flags = round == 1 ? KUBE_DECODE_INTERN : 0 };
        widget_t *widget = NULL;
        CHECK_INT(kube_json_decode(&widget_type, text.data, text.len, &options, &widget, NULL), 0);
        kube_free(widget);
        CHECK(kube_pool_idle_bytes(pool) <= BOUND && held <= BOUND + 4096);
    }
    kube_pool_free(pool);
    CHECK_INT(held, 0);
    kube_set_allocator(NULL);
    kube_buffer_dispose(&text);
}

static void a_long_list_moves_once(void)
{
    enum { LEN = 300 };
    kube_buffer_t text = { 0 };
    char item[LEN + 1], padding[KUBE_JSON_PADDING] = { 0 };
    memset(item, 'x', LEN);
    item[LEN] = 0;
    kube_buffer_puts(&text, "{\"tags\":[\"a\"");
    for (int i = 0; i < 20000; i++)
        kube_buffer_printf(&text, ",\"%d%s\"", i, item);
    kube_buffer_puts(&text, "]}");
    size_t len = text.len;
    kube_buffer_append(&text, padding, sizeof padding);
    kube_set_allocator(&(kube_allocator_t){ counted_allocate, counted_reallocate, counted_release, NULL });
    segments = 0;
    kube_decode_options_t options = { .flags = KUBE_DECODE_PADDED };
    widget_t *widget = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text.data, len, &options, &widget, NULL), 0);
    CHECK_INT(segments, 2);
    kube_free(widget);
    kube_set_allocator(NULL);
    kube_buffer_dispose(&text);
}

static void problems_are_null_unless_strict(void)
{
    kube_problems_t *problems = (kube_problems_t *)1;
    kube_decode_options_t options = { .problems = &problems };
    widget_t *widget = NULL;
    CHECK_INT(kube_json_decode(&widget_type, "{\"x\":}", 6, &options, &widget, NULL), KUBE_E_PARSE);
    CHECK(!problems);
}

static void a_failed_indent_leaves_the_buffer(void)
{
    kube_buffer_t out = { 0 };
    kube_buffer_puts(&out, "before");
    widget_t widget = { .free = { "{", 1 } };
    CHECK(kube_json_encode(&widget_type, &widget, KUBE_ENCODE_INDENT, &out, NULL) != KUBE_OK);
    CHECK_STR(out.data, "before");
    CHECK(!out.failed);
    kube_buffer_dispose(&out);
}

int main(void)
{
    RUN(long_names_fit_the_buffer);
    RUN(a_long_name_is_not_read_past_the_input);
    RUN(a_type_may_have_no_fields);
    RUN(a_type_may_have_hundreds_of_fields);
    RUN(lengths_without_items_are_absent);
    RUN(null_keys_and_values_are_met);
    RUN(a_number_must_be_one);
    RUN(unknown_fields_may_be_half_filled);
    RUN(null_lists_in_maps_come_back);
    RUN(of_an_int_and_a_string_the_last_wins);
    RUN(nuls_are_no_date);
    RUN(what_lies_behind_the_input_says_nothing);
    RUN(a_missing_nul_is_noticed);
    RUN(null_items_of_a_typed_list_can_be_kept);
    RUN(depth_is_what_was_asked_for);
    RUN(dropped_managed_fields_are_still_checked);
    RUN(a_pool_is_bounded_after_any_input);
    RUN(a_long_list_moves_once);
    RUN(problems_are_null_unless_strict);
    RUN(a_failed_indent_leaves_the_buffer);
    return test_end();
}
