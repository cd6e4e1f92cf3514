/* A type of every kind of field, with tables written by hand as the generator would: for tests of what walks the tables. */
#ifndef WIDGET_H
#define WIDGET_H

#include <kube/object.h>
#include <kube/type.h>

typedef struct part {
    kube_int32_t count;
    const char *name;
    const kube_unknown_t *unknown;
} part_t;

typedef struct part_entry {
    const char *key;
    part_t value;
} part_entry_t;

typedef struct widget widget_t;
struct widget {
    kube_owner_t *owner;
    const char *api_version;
    kube_bytes_t blob;
    kube_bool_t flag;
    kube_json_t free;
    const char *kind;
    kube_string_map_t labels;
    kube_int64_t large;
    const char *number_text;
    kube_int32_list_t numbers;
    part_t *part;
    struct { part_t *items; size_t len; } parts;
    struct { part_entry_t *items; size_t len; } parts_by_name;
    kube_int_or_string_t port;
    kube_double_t ratio;
    const char *required_during_scheduling_ignored_during_execution;
    const char *size;
    kube_string_list_t tags;
    kube_string_list_map_t tags_by_name;
    kube_time_t time;
    kube_time_t time_micro;
    const kube_unknown_t *unknown;
};

typedef struct widget_list {
    kube_owner_t *owner;
    const char *api_version;
    struct { widget_t *items; size_t len; } items;
    const char *kind;
    const kube_unknown_t *unknown;
} widget_list_t;

#define ROW_INFO(holder, member, json, k, t, f, i) \
    { .key = ",\"" json "\":", .type = (t), .info = (i), .offset = offsetof(holder, member), .flags = (f), \
      .name_len = sizeof json - 1, .kind = KUBE_KIND_##k }
#define ROW(holder, member, json, k, t, f) ROW_INFO(holder, member, json, k, t, f, NULL)

static const kube_field_t part_fields[] = {
    ROW(part_t, count, "count", INT32, NULL, 0),
    ROW(part_t, name, "name", STRING, NULL, KUBE_FIELD_REQUIRED),
};
static const uint8_t part_words[sizeof(part_t) / 8] = { [offsetof(part_t, count) / 8] = 1, [offsetof(part_t, name) / 8] = 2 };
static const kube_type_t part_type = {
    .abi = KUBE_TABLE_ABI, .size = sizeof(part_t), .name = "test.v1.Part", .fields = part_fields, .words = part_words, .field_count = 2,
    .unknown_offset = offsetof(part_t, unknown), .api_version_offset = KUBE_NO_OFFSET, .kind_offset = KUBE_NO_OFFSET,
    .metadata_offset = KUBE_NO_OFFSET, .items_offset = KUBE_NO_OFFSET,
};

static const kube_element_t string_element = { KUBE_KIND_STRING, sizeof(char *), 0, NULL };
static const kube_element_t int32_element = { KUBE_KIND_PLAIN_INT32, sizeof(int32_t), 0, NULL };
static const kube_element_t label_element = { KUBE_KIND_STRING, sizeof(kube_string_entry_t), offsetof(kube_string_entry_t, value), NULL };
static const kube_element_t part_element = { KUBE_KIND_STRUCT, sizeof(part_t), 0, &part_type };
static const kube_element_t part_entry_element = { KUBE_KIND_STRUCT, sizeof(part_entry_t), offsetof(part_entry_t, value), &part_type };
static const kube_element_t tags_element = { KUBE_KIND_LIST, sizeof(kube_string_list_entry_t), offsetof(kube_string_list_entry_t, value),
                                             &string_element };

static const char *const number_text_allowed[] = { "1.5", "2.50", "3", NULL };
static const char *const large_allowed[] = { "5", "-7", NULL };
static const char *const numbers_allowed[] = { "1", "2", NULL };
static const char *const flag_allowed[] = { "true", NULL };
static const char *const port_allowed[] = { "80", "http", NULL };
static const kube_field_info_t tags_info = { .default_json = "[\"a\",\"b\"]" };
static const kube_field_info_t number_text_info = { .default_json = "1.50", .allowed = number_text_allowed };
static const kube_field_info_t large_info = { .allowed = large_allowed }, numbers_info = { .allowed = numbers_allowed };
static const kube_field_info_t flag_info = { .allowed = flag_allowed }, port_info = { .allowed = port_allowed };

static const kube_field_t widget_fields[] = {
    ROW(widget_t, api_version, "apiVersion", STRING, NULL, 0),
    ROW(widget_t, blob, "blob", BYTES, NULL, 0),
    ROW_INFO(widget_t, flag, "flag", BOOL, NULL, 0, &flag_info),
    ROW(widget_t, free, "free", JSON, NULL, 0),
    ROW(widget_t, kind, "kind", STRING, NULL, 0),
    ROW(widget_t, labels, "labels", MAP, &label_element, 0),
    ROW_INFO(widget_t, large, "large", INT64, NULL, 0, &large_info),
    { .key = ",\"numberText\":", .info = &number_text_info, .offset = offsetof(widget_t, number_text),
      .name_len = 10, .kind = KUBE_KIND_NUMBER },
    ROW_INFO(widget_t, numbers, "numbers", LIST, &int32_element, 0, &numbers_info),
    ROW(widget_t, part, "part", OBJECT, &part_type, KUBE_FIELD_REQUIRED),
    ROW(widget_t, parts, "parts", LIST, &part_element, 0),
    ROW(widget_t, parts_by_name, "partsByName", MAP, &part_entry_element, 0),
    ROW_INFO(widget_t, port, "port", INT_OR_STRING, NULL, 0, &port_info),
    ROW(widget_t, ratio, "ratio", DOUBLE, NULL, 0),
    { .key = ",\"requiredDuringSchedulingIgno", .long_name = "requiredDuringSchedulingIgnoredDuringExecution",
      .offset = offsetof(widget_t, required_during_scheduling_ignored_during_execution), .name_len = 46, .kind = KUBE_KIND_STRING },
    ROW(widget_t, size, "size", QUANTITY, NULL, 0),
    { .key = ",\"tags\":", .type = &string_element, .info = &tags_info, .offset = offsetof(widget_t, tags),
      .name_len = 4, .kind = KUBE_KIND_LIST },
    ROW(widget_t, tags_by_name, "tagsByName", MAP, &tags_element, 0),
    ROW(widget_t, time, "time", TIME, NULL, 0),
    ROW(widget_t, time_micro, "timeMicro", MICRO_TIME, NULL, 0),
};
#define W(member, number) [offsetof(widget_t, member) / 8] = (number)
static const uint8_t widget_words[sizeof(widget_t) / 8] = {
    W(api_version, 1), W(blob, 2), W(flag, 3), W(free, 4), W(kind, 5), W(labels, 6), W(large, 7), W(number_text, 8), W(numbers, 9),
    W(part, 10), W(parts, 11), W(parts_by_name, 12), W(port, 13), W(ratio, 14),
    W(required_during_scheduling_ignored_during_execution, 15), W(size, 16), W(tags, 17), W(tags_by_name, 18), W(time, 19), W(time_micro, 20),
};
static const kube_type_t widget_type = {
    .abi = KUBE_TABLE_ABI, .size = sizeof(widget_t), .name = "test.v1.Widget", .api_version = "test/v1", .kind = "Widget",
    .fields = widget_fields, .words = widget_words, .field_count = 20, .flags = KUBE_TYPE_ROOT,
    .unknown_offset = offsetof(widget_t, unknown), .api_version_offset = offsetof(widget_t, api_version),
    .kind_offset = offsetof(widget_t, kind), .metadata_offset = KUBE_NO_OFFSET, .items_offset = KUBE_NO_OFFSET,
};

static const kube_element_t widget_element = { KUBE_KIND_STRUCT, sizeof(widget_t), 0, &widget_type };
static const kube_field_t widget_list_fields[] = {
    ROW(widget_list_t, api_version, "apiVersion", STRING, NULL, 0),
    ROW(widget_list_t, items, "items", LIST, &widget_element, 0),
    ROW(widget_list_t, kind, "kind", STRING, NULL, 0),
};
static const kube_type_t widget_list_type = {
    .abi = KUBE_TABLE_ABI, .size = sizeof(widget_list_t), .name = "test.v1.WidgetList", .api_version = "test/v1", .kind = "WidgetList",
    .fields = widget_list_fields, .field_count = 3, .flags = KUBE_TYPE_ROOT | KUBE_TYPE_LIST,
    .unknown_offset = offsetof(widget_list_t, unknown), .api_version_offset = offsetof(widget_list_t, api_version),
    .kind_offset = offsetof(widget_list_t, kind), .metadata_offset = KUBE_NO_OFFSET, .items_offset = offsetof(widget_list_t, items),
};

#endif
