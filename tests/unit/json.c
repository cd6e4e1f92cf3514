/* The JSON codec over hand-written tables: every kind of value, what is lenient, what is strict, and bad input. */
#include "test.h"
#include "widget.h"

#include <kube/json.h>

static widget_t *decode(const char *text, kube_error_t *err)
{
    widget_t *widget = NULL;
    kube_json_decode(&widget_type, text, strlen(text), NULL, &widget, err);
    return widget;
}

/* The text that an input becomes when it is decoded and encoded again; "" on failure. */
static const char *again(const char *text)
{
    static kube_buffer_t buffer;
    kube_error_t err;
    kube_buffer_clear(&buffer);
    widget_t *widget = decode(text, &err);
    if (widget)
        kube_json_encode(&widget_type, widget, 0, &buffer, &err);
    kube_free(widget);
    return widget && buffer.data ? buffer.data : "";
}

static void check_same(const char *members)
{
    char text[4096];
    snprintf(text, sizeof text, "{\"apiVersion\":\"test/v1\",%s}", members);
    CHECK_STR(again(text), text);
}

static void every_kind_round_trips(void)
{
    check_same("\"blob\":\"AAEC/w==\",\"flag\":true,\"free\":{\"a\": [1,2.50,null]},\"kind\":\"Widget\"");
    check_same("\"flag\":false,\"kind\":\"Widget\",\"labels\":{\"b\":\"2\",\"a\":\"1\"},\"large\":-9223372036854775808");
    check_same("\"kind\":\"Widget\",\"large\":0,\"numberText\":1.500e+3,\"numbers\":[1,-2,2147483647]");
    check_same("\"kind\":\"Widget\",\"part\":{\"count\":0,\"name\":\"\"},\"parts\":[{\"name\":\"x\"},{},{\"count\":7}]");
    check_same("\"kind\":\"Widget\",\"partsByName\":{\"k\":{\"name\":\"x\"}},\"port\":80,\"ratio\":0.1");
    check_same("\"kind\":\"Widget\",\"port\":\"80%\",\"requiredDuringSchedulingIgnoredDuringExecution\":\"long\",\"size\":\"500m\"");
    check_same("\"kind\":\"Widget\",\"tags\":[\"a\",\"b\"],\"tagsByName\":{\"x\":[],\"y\":[\"z\"]}");
    check_same("\"kind\":\"Widget\",\"time\":\"2024-02-29T23:59:59Z\",\"timeMicro\":\"2024-02-29T23:59:59.123456Z\"");
    check_same("\"kind\":\"Widget\",\"labels\":{},\"parts\":[],\"tags\":[]");
}

static void unknown_fields_are_kept_at_every_level(void)
{
    check_same("\"kind\":\"Widget\",\"part\":{\"name\":\"x\",\"future\":{\"deep\":[1]}},\"newField\":null,\"other\":\"\\u0001\"");
}

static void presence_is_exact(void)
{
    widget_t *w = decode("{\"flag\":null,\"tags\":[],\"labels\":null,\"port\":null,\"part\":null,\"time\":null}", NULL);
    CHECK(w && !w->flag.has && w->tags.items && w->tags.len == 0 && !w->labels.items && !w->port.has && !w->part && !w->time.has);
    CHECK_STR(w->api_version, "test/v1");
    CHECK_STR(w->kind, "Widget");
    kube_free(w);
}

static void strings_of_every_length_and_escape(void)
{
    char text[2048], body[600];
    for (size_t len = 0; len < 300; len++) {
        for (size_t i = 0; i < len; i++)
            body[i] = (char)('a' + i % 26);
        body[len] = '\0';
        snprintf(text, sizeof text, "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"size\":\"%s\"}", body);
        widget_t *w = decode(text, NULL);
        CHECK(w);
        CHECK_STR(w ? w->size : NULL, body);
        kube_free(w);
        snprintf(text, sizeof text, "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"size\":\"%s\\n\xC3\xA9\xF0\x9F\x98\x80\\\\%s\"}", body, body);
        CHECK_STR(again(text), text);
    }
    widget_t *w = decode("{\"size\":\"\\u0041\\u00e9\\ud83d\\ude00\\/\\b\\u0000x\"}", NULL);
    CHECK_STR(w ? w->size : NULL, "A\xC3\xA9\xF0\x9F\x98\x80/\b\xC0\x80x");
    kube_buffer_t out = { 0 };
    CHECK_INT(kube_json_encode(&widget_type, w, 0, &out, NULL), 0);
    CHECK(out.data && strstr(out.data, "\\b\\u0000x"));
    kube_buffer_dispose(&out);
    kube_free(w);
}

static void integers_of_every_length(void)
{
    static const char *const values[] = { "0", "9", "10", "99", "100", "1234", "99999", "123456", "1000000", "9876543", "10000000", "98765432",
                                          "999999999", "2147483647", "9223372036854775807", "-1", "-99", "-9876543", "-9223372036854775808" };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char text[128];
        for (const char *behind = "}, \n"; *behind; behind++) {
            snprintf(text, sizeof text, "{\"large\":%s%c%s", values[i], *behind, *behind == ',' ? "\"flag\":true}" : *behind == '}' ? "" : "}");
            widget_t *w = decode(text, NULL);
            CHECK(w && w->large.has && w->large.value == strtoll(values[i], NULL, 10));
            kube_free(w);
        }
        snprintf(text, sizeof text, "\"kind\":\"Widget\",\"large\":%s", values[i]);
        check_same(text);
    }
    static const char *const bad[] = { "", "-", "00", "01", "0123456", "1x", "1:", "12/", "123456a", "1234567a", "1.5", "1e3", "- 1", "9223372036854775808" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"large\":%s,\"flag\":true}", bad[i]);
        CHECK(!decode(text, NULL));
    }
}

/* The second time is read by another path than the first one of a day. */
static void every_clock_of_a_day_that_was_read_before(void)
{
    char text[256];
    widget_t *w;
    for (int second = 0; second < 86400; second += 61) {
        int hour = second / 3600, minute = second / 60 % 60;
        snprintf(text, sizeof text, "{\"time\":\"2024-02-29T00:00:00Z\",\"timeMicro\":\"2024-02-29T%02d:%02d:%02dZ\"}", hour, minute, second % 60);
        w = decode(text, NULL);
        CHECK(w && w->time_micro.has && w->time_micro.seconds - w->time.seconds == second && w->time_micro.nanoseconds == 0);
        kube_free(w);
    }
    static const char *const bad[] = { "24:00:00", "00:60:00", "00:00:60", "0:000:00", "00:00:0/", "00;00:00", "00:00:0:", "/0:00:00", "a0:00:00" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "{\"time\":\"2024-02-29T00:00:00Z\",\"timeMicro\":\"2024-02-29T%sZ\"}", bad[i]);
        CHECK(!decode(text, NULL));
    }
}

static void white_space_is_allowed_everywhere(void)
{
    CHECK_STR(again(" {\n \"apiVersion\" : \"test/v1\" ,\t\"parts\" : [ { \"name\" :\"x\" } , { } ] , \"labels\":{ \"a\" : \"b\" } }\r\n"),
              "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"labels\":{\"a\":\"b\"},\"parts\":[{\"name\":\"x\"},{}]}");
}

static void escaped_and_reordered_keys_are_found(void)
{
    CHECK_STR(again("{\"t\\u0061gs\":[\"x\"],\"kind\":\"Widget\",\"\\u0066uture\":1}"),
              "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"tags\":[\"x\"],\"future\":1}");
}

static void of_duplicates_the_last_wins(void)
{
    CHECK_STR(again("{\"size\":\"1\",\"size\":\"2\",\"labels\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}}"),
              "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"labels\":{\"b\":\"2\",\"a\":\"3\"},\"size\":\"2\"}");
}

static void many_keys_of_a_map_take_no_quadratic_time(void)
{
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "{\"labels\":{");
    for (int i = 0; i < 200000; i++)
        kube_buffer_printf(&text, "%s\"k%d\":\"v\"", i ? "," : "", i % 150000);
    kube_buffer_puts(&text, "}}");
    widget_t *w = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text.data, text.len, NULL, &w, NULL), 0);
    CHECK_INT(w ? w->labels.len : 0, 150000);
    kube_free(w);
    kube_buffer_dispose(&text);
}

typedef struct bad {
    const char *text;
    int code;
    size_t offset;
    const char *path;
} bad_t;

static void bad_input_is_refused_with_offset_and_path(void)
{
    static const bad_t cases[] = {
        { "", KUBE_E_PARSE, 0, "" },
        { "{", KUBE_E_PARSE, 1, "" },
        { "[]", KUBE_E_PARSE, 0, "" },
        { "{}x", KUBE_E_PARSE, 2, "" },
        { "{\"size\":5x}", KUBE_E_PARSE, 9, "size" },
        { "{\"flag\":1}", KUBE_E_PARSE, 8, "flag" },
        { "{\"flag\":truefalse}", KUBE_E_PARSE, 12, "flag" },
        { "{\"part\":{\"count\":\"1\"}}", KUBE_E_PARSE, 17, "part.count" },
        { "{\"part\":{\"count\":2147483648}}", KUBE_E_PARSE, 17, "part.count" },
        { "{\"part\":{\"count\":1.0}}", KUBE_E_PARSE, 17, "part.count" },
        { "{\"part\":{\"count\":01}}", KUBE_E_PARSE, 17, "part.count" },
        { "{\"large\":9223372036854775808}", KUBE_E_PARSE, 9, "large" },
        { "{\"large\":99999999999999999999999999}", KUBE_E_PARSE, 9, "large" },
        { "{\"ratio\":1e999}", KUBE_E_PARSE, 9, "ratio" },
        { "{\"parts\":[{},{\"name\":3}]}", KUBE_E_PARSE, 21, "parts[1].name" },
        { "{\"partsByName\":{\"k\":{\"count\":true}}}", KUBE_E_PARSE, 29, "partsByName[k].count" },
        { "{\"tags\":[\"a\" \"b\"]}", KUBE_E_PARSE, 13, "tags[0]" },
        { "{\"tags\":{}}", KUBE_E_PARSE, 8, "tags" },
        { "{\"labels\":[]}", KUBE_E_PARSE, 10, "labels" },
        { "{\"size\":\"\\ud800\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"\\udc00\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"\\ud800\\u0041\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"\\x\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"\xFF\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"\xC0\x80\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"\xED\xA0\x80\"}", KUBE_E_PARSE, 9, "size" },
        { "{\"size\":\"a\nb\"}", KUBE_E_PARSE, 10, "size" },
        { "{\"size\":\"abc", KUBE_E_PARSE, 12, "size" },
        { "{\"blob\":\"!!!!\"}", KUBE_E_PARSE, 8, "blob" },
        { "{\"time\":\"yesterday\"}", KUBE_E_PARSE, 8, "time" },
        { "{\"free\":{\"a\":[1,}]}}", KUBE_E_PARSE, 16, "free" },
        { "{\"free\":tru}", KUBE_E_PARSE, 8, "free" },
        { "{\"future\":\"\xFF\"}", KUBE_E_PARSE, 11, "future" },
        { "{\"kind\":\"Gadget\"}", KUBE_E_PARSE, 8, "kind" },
        { "{\"size\":\"1\", \"apiVersion\" : \"test/v2\"}", KUBE_E_PARSE, 28, "apiVersion" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_error_t err;
        widget_t *w = decode(cases[i].text, &err);
        if (w || err.code != cases[i].code || err.offset != cases[i].offset || strcmp(err.path, cases[i].path) != 0) {
            printf("case %zu %s: code %d offset %zu path \"%s\": %s\n", i, cases[i].text, err.code, err.offset, err.path, err.message);
            test_failed_here = 1;
        }
        kube_free(w);
    }
}

static void a_nul_byte_in_the_input_is_refused(void)
{
    static const char text[] = "{\"size\":\"a\0b\"}";
    widget_t *w = NULL;
    kube_error_t err;
    CHECK_INT(kube_json_decode(&widget_type, text, sizeof text - 1, NULL, &w, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, 10);
}

static void every_cut_is_an_error(void)
{
    static const char text[] = "{\"apiVersion\":\"test/v1\",\"blob\":\"AAEC/w==\",\"flag\":true,\"free\":{\"a\":[1,2.50,null,\"\\ud83d\\ude00\"]},"
                               "\"labels\":{\"b\":\"2\"},\"large\":-12,\"numbers\":[1,-2],\"part\":{\"count\":0,\"name\":\"caf\xC3\xA9\"},"
                               "\"port\":\"80%\",\"ratio\":0.1e2,\"time\":\"2024-02-29T23:59:59Z\",\"new\":[{}]}";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        widget_t *w = NULL;
        char *copy = malloc(len ? len : 1);
        memcpy(copy, text, len);
        CHECK(kube_json_decode(&widget_type, copy, len, NULL, &w, NULL) == KUBE_E_PARSE && !w);
        free(copy);
    }
}

static void nesting_is_limited(void)
{
    for (int strict = 0; strict < 2; strict++) {
        for (unsigned depth = 100; depth <= 300; depth += 100) {
            kube_buffer_t text = { 0 };
            kube_buffer_puts(&text, "{\"free\":");
            for (unsigned i = 0; i < depth; i++)
                kube_buffer_puts(&text, "[");
            for (unsigned i = 0; i < depth; i++)
                kube_buffer_puts(&text, "]");
            kube_buffer_puts(&text, "}");
            widget_t *w = NULL;
            kube_decode_options_t options = { .flags = strict ? KUBE_DECODE_STRICT : 0, .max_depth = 0 };
            CHECK_INT(kube_json_decode(&widget_type, text.data, text.len, &options, &w, NULL), depth < 200 ? KUBE_OK : KUBE_E_LIMIT);
            kube_free(w);
            options.max_depth = 400;
            CHECK_INT(kube_json_decode(&widget_type, text.data, text.len, &options, &w, NULL), KUBE_OK);
            kube_free(w);
            kube_buffer_dispose(&text);
        }
    }
}

static void strict_reports_every_problem(void)
{
    static const char text[] = "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"flag\":\"x\",\"parts\":[{\"nam\":1},{\"count\":{}}],"
                               "\"size\":\"1\",\"size\":\"2\",\"labels\":{\"a\":1,\"b\":\"2\",\"b\":\"3\"}}";
    static const char *const paths[] = { "flag", "parts[0].nam", "parts[1].count", "size", "labels[a]", "labels[b]" };
    static const kube_problem_kind_t kinds[] = { KUBE_PROBLEM_WRONG_TYPE, KUBE_PROBLEM_UNKNOWN_FIELD, KUBE_PROBLEM_WRONG_TYPE,
                                                 KUBE_PROBLEM_DUPLICATE_FIELD, KUBE_PROBLEM_WRONG_TYPE, KUBE_PROBLEM_DUPLICATE_FIELD };
    kube_problems_t *problems = NULL;
    kube_decode_options_t options = { .flags = KUBE_DECODE_STRICT, .problems = &problems };
    kube_error_t err;
    widget_t *w = NULL;
    CHECK_INT(kube_json_decode(&widget_type, text, sizeof text - 1, &options, &w, &err), KUBE_E_PARSE);
    CHECK(!w);
    CHECK_STR(err.path, "flag");
    CHECK_INT(kube_problems_count(problems), 6);
    for (size_t i = 0; i < kube_problems_count(problems) && i < 6; i++) {
        CHECK_STR(kube_problems_at(problems, i)->path, paths[i]);
        CHECK_INT(kube_problems_at(problems, i)->kind, kinds[i]);
    }
    kube_problems_free(problems);
    CHECK_INT(kube_json_decode(&widget_type, "{\"size\":\"1\"}", 12, &options, &w, &err), KUBE_OK);
    CHECK(w && !problems);
    kube_free(w);
}

static void list_items_get_their_type(void)
{
    static const char text[] = "{\"apiVersion\":\"test/v1\",\"items\":[{\"size\":\"1\"},{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\"}],\"kind\":\"WidgetList\"}";
    widget_list_t *list = NULL;
    CHECK_INT(kube_json_decode(&widget_list_type, text, sizeof text - 1, NULL, &list, NULL), 0);
    CHECK_INT(list->items.len, 2);
    CHECK_STR(list->items.items[0].api_version, "test/v1");
    CHECK_STR(list->items.items[0].kind, "Widget");
    kube_buffer_t out = { 0 };
    CHECK_INT(kube_json_encode(&widget_list_type, list, 0, &out, NULL), 0);
    CHECK_STR(out.data, text);
    kube_buffer_clear(&out);
    CHECK_INT(kube_json_encode(&widget_type, &list->items.items[0], 0, &out, NULL), 0);
    CHECK_STR(out.data, "{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"size\":\"1\"}");
    kube_buffer_clear(&out);
    widget_list_t *copy = kube_dup(&widget_list_type, list);
    kube_free(list);
    CHECK_INT(kube_json_encode(&widget_list_type, copy, 0, &out, NULL), 0);
    CHECK_STR(out.data, text);
    kube_buffer_clear(&out);
    CHECK_INT(kube_json_encode(&widget_list_type, copy, KUBE_ENCODE_LIST_TYPES, &out, NULL), 0);
    CHECK(strstr(out.data, "[{\"apiVersion\":\"test/v1\",\"kind\":\"Widget\",\"size\""));
    /* An item pins the whole list. */
    widget_t *item = &copy->items.items[1];
    CHECK_INT(kube_ref(item), 0);
    kube_free(copy);
    CHECK_STR(item->kind, "Widget");
    kube_free(item);
    kube_buffer_dispose(&out);
}

static void items_of_another_type_are_refused(void)
{
    static const char text[] = "{\"items\":[{},{\"size\":\"1\",\"kind\":\"Gadget\"},{\"apiVersion\":\"test/v9\"}]}";
    widget_list_t *list = NULL;
    kube_error_t err;
    CHECK_INT(kube_json_decode(&widget_list_type, text, sizeof text - 1, NULL, &list, &err), KUBE_E_PARSE);
    CHECK_STR(err.path, "items[1].kind");
    CHECK_STR(err.message, "expected \"Widget\", found \"Gadget\"");
    CHECK_INT(err.offset, strstr(text, "\"Gadget\"") - text);
    kube_problems_t *problems = NULL;
    kube_decode_options_t strict = { .flags = KUBE_DECODE_STRICT, .problems = &problems };
    CHECK_INT(kube_json_decode(&widget_list_type, text, sizeof text - 1, &strict, &list, &err), KUBE_E_PARSE);
    CHECK_INT(kube_problems_count(problems), 2);
    CHECK_STR(kube_problems_at(problems, 1)->path, "items[2].apiVersion");
    kube_problems_free(problems);
}

static void long_lists_outgrow_the_scratch(void)
{
    kube_buffer_t text = { 0 }, out = { 0 };
    kube_buffer_puts(&text, "{\"apiVersion\":\"test/v1\",\"items\":[");
    for (int i = 0; i < 3000; i++)
        kube_buffer_printf(&text, "%s{\"numbers\":[%d,2],\"parts\":[{\"count\":%d},{\"name\":\"p\"}],\"tags\":[\"t%d\"]}", i ? "," : "", i, i, i);
    kube_buffer_puts(&text, "],\"kind\":\"WidgetList\"}");
    kube_pool_t *pool = kube_pool_new(NULL);
    for (unsigned round = 0; round < 4; round++) {
        kube_decode_options_t options = { .pool = round ? pool : NULL, .flags = round == 3 ? KUBE_DECODE_PACKED | KUBE_DECODE_INTERN : 0 };
        widget_list_t *list = NULL;
        CHECK_INT(kube_json_decode(&widget_list_type, text.data, text.len, &options, &list, NULL), 0);
        kube_buffer_clear(&out);
        CHECK_INT(kube_json_encode(&widget_list_type, list, 0, &out, NULL), 0);
        CHECK(out.len == text.len && memcmp(out.data, text.data, out.len) == 0);
        kube_free(list);
    }
    CHECK(kube_pool_idle_bytes(pool) > 0);
    kube_pool_free(pool);
    kube_buffer_dispose(&text);
    kube_buffer_dispose(&out);
}

static void the_users_own_objects_are_encoded(void)
{
    const widget_t own = {
        .flag = KUBE_SOME(true),
        .labels = KUBE_MAP({ "app", "web" }),
        .numbers = KUBE_LIST(int32_t, 1, 2),
        .part = &(part_t){ .count = KUBE_SOME(3), .name = "\x01\"\\" },
        .port = KUBE_INT(80),
        .tags = KUBE_STRINGS("a", "b"),
        .time = KUBE_TIME(0),
        .free = KUBE_JSON("{\"x\":1}"),
    };
    kube_buffer_t out = { 0 };
    CHECK_INT(kube_json_encode(&widget_type, &own, 0, &out, NULL), 0);
    CHECK_STR(out.data, "{\"apiVersion\":\"test/v1\",\"flag\":true,\"free\":{\"x\":1},\"kind\":\"Widget\",\"labels\":{\"app\":\"web\"},\"numbers\":[1,2],"
                        "\"part\":{\"count\":3,\"name\":\"\\u0001\\\"\\\\\"},\"port\":80,\"tags\":[\"a\",\"b\"],\"time\":\"1970-01-01T00:00:00Z\"}");
    kube_buffer_clear(&out);
    const widget_t bad = { .part = &(part_t){ .name = "\xFF" } };
    kube_error_t err;
    CHECK_INT(kube_json_encode(&widget_type, &bad, 0, &out, &err), KUBE_E_INVALID);
    CHECK_STR(err.path, "part.name");
    CHECK_INT(out.len, 0);
    kube_buffer_dispose(&out);
}

static void values_of_every_length_fit_a_growing_buffer(void)
{
    char json[600] = "\"", bytes[600] = { 0 };
    for (size_t len = 2; len < 400; len++) {
        memset(json + 1, 'x', len - 2);
        json[len - 1] = '"';
        const widget_t own = { .blob = { (const uint8_t *)bytes, len }, .free = { json, len },
                               .labels = KUBE_MAP({ "a", "1" }, { "b", "2" }, { "c", "3" }), .number_text = "12345" };
        widget_t items[5] = { own, own, own, own, own };
        const widget_list_t list = { .items = { items, 5 } };
        kube_buffer_t out = { 0 };
        widget_list_t *again = NULL;
        CHECK_INT(kube_json_encode(&widget_list_type, &list, 0, &out, NULL), 0);
        CHECK_INT(kube_json_decode(&widget_list_type, out.data, out.len, NULL, &again, NULL), 0);
        CHECK(again && again->items.len == 5 && again->items.items[4].blob.len == len && again->items.items[4].free.len == len);
        kube_free(again);
        kube_buffer_dispose(&out);
    }
}

/* A type whose properties of that type have names longer than the encoder's spare room for one key and value. */
typedef struct chain chain_t;
struct chain {
    chain_t *next;
    chain_t *longer;
    const char *longest;
    const kube_unknown_t *unknown;
};
#define NAME_60 "nameOfSixtyBytes____________________________________________"
#define NAME_120 NAME_60 NAME_60
#define NAME_240 NAME_120 NAME_120
extern const kube_type_t chain_type;
#define CHAIN_ROW(member, json, k, t) \
    { .key = ",\"nameOfSixtyBytes______________", .long_name = json, .name_len = sizeof json - 1, .offset = offsetof(chain_t, member), .kind = k, .type = t }
static const kube_field_t chain_fields[] = {
    CHAIN_ROW(next, NAME_60, KUBE_KIND_OBJECT, &chain_type),
    CHAIN_ROW(longer, NAME_120, KUBE_KIND_OBJECT, &chain_type),
    CHAIN_ROW(longest, NAME_240, KUBE_KIND_STRING, NULL),
};
static const uint8_t chain_words[] = { 1, 2, 3, 0 };
const kube_type_t chain_type = {
    .abi = KUBE_TABLE_ABI, .size = sizeof(chain_t), .name = "test.Chain", .fields = chain_fields, .field_count = 3,
    .words = sizeof(void *) == 8 ? chain_words : NULL, .unknown_offset = offsetof(chain_t, unknown),
    .api_version_offset = KUBE_NO_OFFSET, .kind_offset = KUBE_NO_OFFSET, .metadata_offset = KUBE_NO_OFFSET, .items_offset = KUBE_NO_OFFSET,
};

static void keys_of_every_length_fit_a_growing_buffer(void)
{
    enum { LINKS = 40 };
    chain_t links[LINKS] = { 0 };
    kube_buffer_t expected = { 0 }, buffer = { 0 };
    for (int i = 0; i + 1 < LINKS; i++) {
        chain_t **next = i % 3 ? &links[i].next : &links[i].longer;
        *next = &links[i + 1];
        kube_buffer_printf(&expected, "{\"%s\":", i % 3 ? NAME_60 : NAME_120);
    }
    links[LINKS - 1].longest = "end";
    kube_buffer_printf(&expected, "{\"%s\":\"end\"", NAME_240);
    for (int i = 0; i < LINKS; i++)
        kube_buffer_append(&expected, "}", 1);
    CHECK_INT(kube_json_encode(&chain_type, &links[0], 0, &buffer, NULL), KUBE_OK);
    CHECK_STR(buffer.data, expected.data);
    kube_buffer_dispose(&expected);
    kube_buffer_dispose(&buffer);
}

static void text_is_checked_compacted_and_indented(void)
{
    kube_buffer_t out = { 0 };
    static const char text[] = " { \"a b\" : [ 1 , { } , [ ] , \"x\\\" y\" ] } ";
    CHECK_INT(kube_json_check(text, sizeof text - 1, 0, &out, NULL), 0);
    CHECK_STR(out.data, "{\"a b\":[1,{},[],\"x\\\" y\"]}");
    kube_buffer_clear(&out);
    CHECK_INT(kube_json_indent(text, sizeof text - 1, &out, NULL), 0);
    CHECK_STR(out.data, "{\n  \"a b\": [\n    1,\n    {},\n    [],\n    \"x\\\" y\"\n  ]\n}\n");
    kube_buffer_dispose(&out);
    CHECK_INT(kube_json_check("{\"a\":}", 6, 0, NULL, NULL), KUBE_E_PARSE);
}

static void type_meta_is_found(void)
{
    kube_type_meta_t meta;
    static const char text[] = "{\"items\":[{\"kind\":\"No\"}],\"kind\":\"List\",\"apiVersion\":\"v1\"}";
    CHECK_INT(kube_json_type_meta(text, sizeof text - 1, &meta, NULL), 0);
    CHECK_STR(meta.kind, "List");
    CHECK_STR(meta.api_version, "v1");
    CHECK_INT(kube_json_type_meta("{}", 2, &meta, NULL), 0);
    CHECK_STR(meta.kind, "");
    CHECK_INT(kube_json_type_meta("[]", 2, &meta, NULL), KUBE_E_PARSE);
    CHECK_INT(kube_json_type_meta("{\"a\":1 \"b\"}", 11, &meta, NULL), KUBE_E_PARSE);
}

int main(void)
{
    RUN(every_kind_round_trips);
    RUN(unknown_fields_are_kept_at_every_level);
    RUN(presence_is_exact);
    RUN(strings_of_every_length_and_escape);
    RUN(integers_of_every_length);
    RUN(every_clock_of_a_day_that_was_read_before);
    RUN(white_space_is_allowed_everywhere);
    RUN(escaped_and_reordered_keys_are_found);
    RUN(of_duplicates_the_last_wins);
    RUN(many_keys_of_a_map_take_no_quadratic_time);
    RUN(bad_input_is_refused_with_offset_and_path);
    RUN(a_nul_byte_in_the_input_is_refused);
    RUN(every_cut_is_an_error);
    RUN(nesting_is_limited);
    RUN(strict_reports_every_problem);
    RUN(list_items_get_their_type);
    RUN(items_of_another_type_are_refused);
    RUN(long_lists_outgrow_the_scratch);
    RUN(the_users_own_objects_are_encoded);
    RUN(values_of_every_length_fit_a_growing_buffer);
    RUN(keys_of_every_length_fit_a_growing_buffer);
    RUN(text_is_checked_compacted_and_indented);
    RUN(type_meta_is_found);
    return test_end();
}
