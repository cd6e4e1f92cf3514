/* Lists read from a stream: the same as decoded at once, wherever the stream is cut, in memory that does not grow with the list. */
#include "faults.h"
#include "random_object.h"
#include "test.h"

#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/k8s.h>
#include <kube/object.h>

#include "object/json_decoder.h"
#include "object/list_reader.h"

#define SPEC "\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"x/\\\"y\\\"\",\"ports\":[{\"containerPort\":80}]},{\"name\":\"caf\xC3\xA9\"}],\"nodeName\":\"n-1\"}"
#define POD(name) "{\"metadata\":{\"name\":\"" name "\",\"labels\":{\"app\":\"web\",\"t\":\"}]\\\\\"}," \
                  "\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":{\"f:a\":{\".\":{}}}}]}," SPEC ",\"status\":{\"phase\":\"Running\"},\"later\":[1,{\"x\":null}]}"
#define ITEMS "\"items\":[" POD("one") "," POD("two") ",null," POD("three") "]"
#define METADATA "\"metadata\":{\"resourceVersion\":\"77\",\"continue\":\"next\",\"remainingItemCount\":9}"

static const char typed_order[] = "{\"kind\":\"PodList\",\"apiVersion\":\"v1\"," METADATA "," ITEMS "}\n";
static const char sorted_order[] = "{\"apiVersion\":\"v1\"," ITEMS ",\"kind\":\"PodList\"," METADATA ",\"new\":{\"a\":1},\"newer\":true}";
static const char spaced[] = " \t{ \"kind\" : \"PodList\" ,\n \"more\" : [ ] , \"items\" : [ " POD("one") " , { } ] , " METADATA " , \"more\" : 1 }\r\n ";
static const char without_items[] = "{" METADATA "}";
static const char no_items[] = "{\"kind\":\"PodList\",\"items\":[ ]," METADATA "}";
static const char null_items[] = "{\"items\":[{}],\"metadata\":null,\"items\":null}";
static const char *const lists[] = { typed_order, sorted_order, spaced, without_items, no_items, null_items, "{}" };
enum { LISTS = sizeof lists / sizeof *lists };

/* ---- what a reader gave ---- */

typedef struct outcome {
    int result;
    void *list;
    kube_problems_t *problems;
    kube_error_t err;
    kube_buffer_t items; /* pointers */
    bool other;
} outcome_t;

static size_t item_count(const outcome_t *outcome)
{
    return outcome->items.len / sizeof(void *);
}

static void *item_at(const outcome_t *outcome, size_t i)
{
    void *item;
    memcpy(&item, outcome->items.data + i * sizeof item, sizeof item);
    return item;
}

static void dispose(outcome_t *outcome)
{
    for (size_t i = 0; i < item_count(outcome); i++)
        kube_free(item_at(outcome, i));
    kube_free(outcome->list);
    kube_problems_free(outcome->problems);
    kube_buffer_dispose(&outcome->items);
}

/* How a stream comes: in pieces of these sizes in turn (0: the rest). */
typedef struct pieces {
    size_t sizes[3];
} pieces_t;
static const pieces_t at_once, byte_by_byte = { { 1, 1, 1 } };

static int drain(kube_list_reader_t *reader, outcome_t *outcome)
{
    void *item;
    int step;
    while ((step = kube_list_reader_next(reader, &item, &outcome->err)) == KUBE_LIST_ITEM)
        kube_buffer_append(&outcome->items, &item, sizeof item);
    if (item)
        test_failed_here = 1;
    return step;
}

static outcome_t read_list(const kube_type_t *type, const char *text, size_t len, const kube_list_reader_options_t *wanted, pieces_t pieces)
{
    outcome_t outcome = { 0 };
    kube_list_reader_options_t options = wanted ? *wanted : (kube_list_reader_options_t){ 0 };
    options.decode.problems = &outcome.problems;
    kube_list_reader_t *reader;
    CHECK_INT(kube_list_reader_new(type, &options, &reader, NULL), 0);
    for (size_t at = 0, i = 0; at < len && outcome.result == 0; i++) {
        size_t n = pieces.sizes[i % 3];
        if (n == 0 || n > len - at)
            n = len - at;
        char *piece = malloc(n);
        memcpy(piece, text + at, n);
        CHECK_INT(kube_list_reader_push(reader, piece, n, NULL), 0);
        free(piece);
        at += n;
        outcome.result = drain(reader, &outcome);
    }
    kube_list_reader_finish(reader);
    if (outcome.result == 0)
        outcome.result = drain(reader, &outcome);
    if (outcome.result == KUBE_LIST_OTHER) {
        size_t held;
        const char *so_far = kube_list_reader_text(reader, &held);
        CHECK(so_far && held <= len && memcmp(so_far, text, held) == 0 && so_far[held] == '\0');
        CHECK(kube_list_reader_list(reader) == NULL);
        outcome.other = true;
        outcome.result = outcome.err.code;
    }
    outcome.list = kube_list_reader_take_list(reader);
    CHECK(!outcome.list == (outcome.result != KUBE_LIST_END));
    if (outcome.result == KUBE_LIST_END)
        outcome.result = 0;
    kube_list_reader_free(reader);
    return outcome;
}

static outcome_t decode_at_once(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *wanted)
{
    outcome_t outcome = { 0 };
    kube_decode_options_t options = wanted ? *wanted : (kube_decode_options_t){ 0 };
    options.problems = &outcome.problems;
    outcome.result = kube_json_decode(type, text, len, &options, &outcome.list, &outcome.err);
    return outcome;
}

static bool same_problems(const outcome_t *a, const outcome_t *b)
{
    size_t count = kube_problems_total(a->problems);
    if (a->other || b->other)
        return true; /* a reply of another type has none */
    if (count != kube_problems_total(b->problems))
        return false;
    for (size_t i = 0; i < kube_problems_count(a->problems); i++) {
        const kube_problem_t *x = kube_problems_at(a->problems, i), *y = kube_problems_at(b->problems, i);
        if (x->kind != y->kind || x->offset != y->offset || strcmp(x->path, y->path) != 0 || strcmp(x->message, y->message) != 0)
            return false;
    }
    return true;
}

static bool same_error(const outcome_t *a, const outcome_t *b)
{
    /* Decoding at once looks further before it tells of another kind, and in strict mode of no object. */
    if (a->other && b->result == KUBE_E_PARSE && (strcmp(a->err.path, "kind") == 0 || strcmp(a->err.path, "apiVersion") == 0 || b->problems))
        return true;
    return a->result == b->result && a->err.offset == b->err.offset && strcmp(a->err.path, b->err.path) == 0 &&
           strcmp(a->err.message, b->err.message) == 0;
}

static void complain(const char *what, const char *text, size_t len, const outcome_t *got, const outcome_t *wanted)
{
    printf("%s: %.*s\n", what, len < 3000 ? (int)len : 3000, text);
    printf("  got %d at %zu, %s: %s (%zu problems)\n", got->result, got->err.offset, got->err.path, got->err.message, kube_problems_total(got->problems));
    printf("  not %d at %zu, %s: %s (%zu problems)\n", wanted->result, wanted->err.offset, wanted->err.path, wanted->err.message,
           kube_problems_total(wanted->problems));
    test_failed_here = 1;
}

static kube_any_list_t items_of(const kube_type_t *type, const void *list, const kube_element_t **element)
{
    const kube_field_t *field = kube_type_field(type, "items", 5);
    *element = field->type;
    return *(const kube_any_list_t *)kube_slot(list, field);
}

/* Collecting gives what decoding at once gives. */
static void compare_collected(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *decode, pieces_t pieces)
{
    kube_list_reader_options_t options = { .decode = decode ? *decode : (kube_decode_options_t){ 0 }, .collect = true };
    outcome_t wanted = decode_at_once(type, text, len, decode), got = read_list(type, text, len, &options, pieces);
    if (!same_error(&got, &wanted) || !same_problems(&got, &wanted))
        complain("collected", text, len, &got, &wanted);
    else if (!kube_equal(type, got.list, wanted.list))
        complain("the list collected is not equal", text, len, &got, &wanted);
    CHECK(item_count(&got) == 0);
    dispose(&got);
    dispose(&wanted);
}

/* Each item is the one of the list decoded at once, and the list is what remains of that without its items. The strings that say what an item is are known to the encoder. */
static void compare_each(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *decode, pieces_t pieces)
{
    kube_list_reader_options_t options = { .decode = decode ? *decode : (kube_decode_options_t){ 0 } };
    outcome_t wanted = decode_at_once(type, text, len, decode), got = read_list(type, text, len, &options, pieces);
    bool strict = options.decode.flags & KUBE_DECODE_STRICT, twice = strcmp(got.err.message, "items come twice") == 0;
    if (!twice && (strict ? got.result != wanted.result : !same_error(&got, &wanted)))
        complain("each", text, len, &got, &wanted);
    if (got.list && wanted.list) {
        const kube_element_t *element;
        kube_any_list_t all = items_of(type, wanted.list, &element);
        if (all.len != item_count(&got))
            complain("not the number of items", text, len, &got, &wanted);
        for (size_t i = 0; i < all.len && i < item_count(&got); i++) {
            const void *item = kube_item_value(element, &all, i);
            if (!kube_equal(element->type, item, item_at(&got, i)))
                complain("an item is not equal", text, len, &got, &wanted);
            CHECK(kube_memory_used(item_at(&got, i)) > 0);
        }
        *(kube_any_list_t *)kube_slot(wanted.list, kube_type_field(type, "items", 5)) = (kube_any_list_t){ NULL, 0 };
        if (!kube_equal(type, got.list, wanted.list))
            complain("the list is not equal", text, len, &got, &wanted);
    }
    dispose(&got);
    dispose(&wanted);
}

static void compare(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *decode, pieces_t pieces)
{
    compare_collected(type, text, len, decode, pieces);
    compare_each(type, text, len, decode, pieces);
}

/* ---- the same as at once ---- */

static void every_split_gives_the_same(void)
{
    for (size_t i = 0; i < LISTS && !test_failed_here; i++) {
        size_t len = strlen(lists[i]);
        compare(&kube_core_v1_pod_list_type, lists[i], len, NULL, at_once);
        compare(&kube_core_v1_pod_list_type, lists[i], len, NULL, byte_by_byte);
        for (size_t split = 1; split < len && !test_failed_here; split++)
            compare(&kube_core_v1_pod_list_type, lists[i], len, NULL, (pieces_t){ { split, 0 } });
    }
}

static void every_truncation_gives_the_same(void)
{
    for (size_t i = 0; i < LISTS; i++)
        for (size_t len = 0; len < strlen(lists[i]) && !test_failed_here; len++) {
            compare(&kube_core_v1_pod_list_type, lists[i], len, NULL, at_once);
            compare(&kube_core_v1_pod_list_type, lists[i], len, NULL, (pieces_t){ { 7, 1, 30 } });
        }
}

static const unsigned flag_sets[] = { 0, KUBE_DECODE_STRICT, KUBE_DECODE_PACKED, KUBE_DECODE_INTERN, KUBE_DECODE_DROP_MANAGED_FIELDS,
                                      KUBE_DECODE_STRICT | KUBE_DECODE_DROP_MANAGED_FIELDS, KUBE_DECODE_PACKED | KUBE_DECODE_INTERN,
                                      KUBE_DECODE_INTERN | KUBE_DECODE_DROP_MANAGED_FIELDS };
enum { FLAG_SETS = sizeof flag_sets / sizeof *flag_sets };

static void every_flag_is_honoured(void)
{
    static const char *const more[] = {
        "{\"kind\":\"PodList\",\"kind\":\"PodList\",\"items\":[{\"spec\":{\"nodename\":1}},7,{\"spec\":5,\"spec\":{}},{\"status\":{\"phase\":1}}],\"x\":1,\"metadata\":[]}",
        "{\"items\":[{\"kind\":\"Pod\"},{\"kind\":\"Node\",\"metadata\":{\"name\":7}}],\"kind\":\"PodLists\",\"apiVersion\":\"v2\"}",
        "{\"items\":[{}],\"metadata\":{},\"kind\":7}",
    };
    for (size_t flags = 0; flags < FLAG_SETS; flags++)
        for (size_t i = 0; i < LISTS + sizeof more / sizeof *more && !test_failed_here; i++) {
            const char *text = i < LISTS ? lists[i] : more[i - LISTS];
            kube_decode_options_t decode = { .flags = flag_sets[flags] };
            compare(&kube_core_v1_pod_list_type, text, strlen(text), &decode, at_once);
            compare(&kube_core_v1_pod_list_type, text, strlen(text), &decode, byte_by_byte);
        }
}

/* A list of a type with its members in an order, each there or not, some twice. */
static void random_list(random_object_t *r, const kube_type_t *type, unsigned order)
{
    bool first = true;
    size_t start = random_bits(r) % type->field_count;
    kube_buffer_clear(r->out);
    kube_buffer_puts(r->out, order & 1 ? " {\n" : "{");
    for (size_t i = 0; i < type->field_count + (order % 16 == 0 ? 1u : 0u); i++) {
        size_t number = order & 2 ? (start + i) % type->field_count : type->field_count - 1 - i % type->field_count;
        const kube_field_t *field = &type->fields[number];
        if (random_bits(r) % 8 == 0)
            continue;
        kube_buffer_printf(r->out, "%s\"%.*s\":", first ? "" : order & 1 ? " , " : ",", (int)field->name_len, kube_field_name(field));
        first = false;
        if (field->offset == type->kind_offset || field->offset == type->api_version_offset)
            kube_buffer_printf(r->out, "\"%s\"", field->offset == type->kind_offset ? type->kind : type->api_version);
        else
            random_value(r, field->kind, field->type, 1);
        if (r->unknown && random_bits(r) % 4 == 0)
            kube_buffer_printf(r->out, ",\"zz%zu\":{\"a\":[true]}", i);
    }
    kube_buffer_puts(r->out, order & 1 ? "\n} " : "}");
}

/* Changes a few bytes. */
static void damage(random_object_t *r, kube_buffer_t *text)
{
    static const char bytes[] = "{}[]\",:\\ 1tn\x01\xC3x";
    for (unsigned n = 1 + random_bits(r) % 2; n > 0 && text->len > 1; n--) {
        size_t at = random_bits(r) % text->len;
        if (random_bits(r) % 3 == 0)
            text->len = at;
        else if (random_bits(r) % 2)
            text->data[at] = bytes[random_bits(r) % (sizeof bytes - 1)];
        else
            memmove(text->data + at, text->data + at + 1, --text->len - at);
    }
}

static void lists_of_every_type(bool damaged, unsigned rounds)
{
    kube_scheme_t *scheme = kube_scheme_new();
    kube_pool_t *pool = kube_pool_new(NULL);
    kube_buffer_t text = { 0 };
    size_t types = 0;
    kube_scheme_add(scheme, kube_k8s_packages);
    for (size_t i = 0; i < kube_scheme_type_count(scheme) && !test_failed_here; i++) {
        const kube_type_t *type = kube_scheme_type_at(scheme, i);
        if (!(type->flags & KUBE_TYPE_LIST))
            continue;
        types++;
        for (unsigned round = 0; round < rounds && !test_failed_here; round++) {
            random_object_t r = { .state = i * 1000 + round, .chance = 20 + round * 7 % 90, .unknown = round & 4, .out = &text };
            random_list(&r, type, round);
            if (text.len > 100000)
                continue;
            if (damaged)
                damage(&r, &text);
            kube_decode_options_t decode = { .flags = flag_sets[round % FLAG_SETS], .pool = round & 8 ? pool : NULL };
            compare(type, text.data, text.len, &decode, (pieces_t){ { 1 + random_bits(&r) % 100, random_bits(&r) % 3000, 1 + random_bits(&r) % 3 } });
        }
    }
    CHECK(types > 40);
    kube_buffer_dispose(&text);
    kube_pool_free(pool);
    kube_scheme_free(scheme);
}

static void random_lists_of_every_type(void)
{
    lists_of_every_type(false, 24);
}

static void damaged_lists_of_every_type(void)
{
    lists_of_every_type(true, 80);
}

/* ---- long lists ---- */

static void append_pods(kube_buffer_t *out, size_t count, size_t text)
{
    kube_buffer_puts(out, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[");
    for (size_t i = 0; i < count; i++) {
        kube_buffer_printf(out, "%s{\"metadata\":{\"name\":\"pod-%zu\",\"namespace\":\"default\",\"uid\":\"%040zu\",\"annotations\":{\"note\":\"", i ? "," : "", i, i);
        for (size_t n = 0; n < text + i % 7 * 50; n += 10)
            kube_buffer_puts(out, "some words ");
        kube_buffer_puts(out, "\"}}," SPEC ",\"status\":{\"phase\":\"Running\",\"message\":\"a message that all share\",\"reason\":\"and such a reason\"}}");
    }
    kube_buffer_puts(out, "]}");
}

static void long_lists_are_the_same_with_every_flag(void)
{
    kube_buffer_t text = { 0 };
    append_pods(&text, 3000, 100);
    for (size_t flags = 0; flags < FLAG_SETS && !test_failed_here; flags++) {
        kube_decode_options_t decode = { .flags = flag_sets[flags] };
        compare(&kube_core_v1_pod_list_type, text.data, text.len, &decode, (pieces_t){ { 16384, 16384, 16000 } });
        compare_collected(&kube_core_v1_pod_list_type, text.data, text.len, &decode, (pieces_t){ { 300000, 5, 0 } });
    }
    /* An error far behind. */
    memcpy(strstr(text.data, "\"pod-2990\""), "\"pod-\x01", 6);
    compare(&kube_core_v1_pod_list_type, text.data, text.len, NULL, (pieces_t){ { 16384, 1000, 70 } });
    kube_buffer_dispose(&text);
}

static void memory_of_a_collected_list(void)
{
    kube_buffer_t text = { 0 };
    append_pods(&text, 20000, 500);
    for (size_t packed = 0; packed < 2; packed++) {
        kube_decode_options_t decode = { .flags = packed ? KUBE_DECODE_PACKED : 0 };
        outcome_t wanted = decode_at_once(&kube_core_v1_pod_list_type, text.data, text.len, &decode);
        kube_list_reader_options_t options = { .decode.flags = packed ? KUBE_DECODE_PACKED : 0, .collect = true };
        outcome_t got = read_list(&kube_core_v1_pod_list_type, text.data, text.len, &options, (pieces_t){ { 16384, 16384, 16384 } });
        CHECK(got.list && kube_memory_used(got.list) <= kube_memory_used(wanted.list) + (512 << 10));
        const kube_core_v1_pod_list_t *list = got.list;
        /* An item pins the list. */
        const kube_core_v1_pod_t *last = &list->items.items[19999];
        CHECK_INT(kube_ref(last), 0);
        kube_free(list);
        got.list = NULL;
        CHECK_STR(last->metadata->name, "pod-19999");
        kube_free(last);
        dispose(&got);
        dispose(&wanted);
    }
    kube_buffer_dispose(&text);
}

static size_t allocated, most_allocated;

static void *count_allocate(size_t size, void *context)
{
    (void)context;
    size_t *block = malloc(size + 16);
    *block = size;
    allocated += size;
    most_allocated = allocated > most_allocated ? allocated : most_allocated;
    return (char *)block + 16;
}

static void count_release(void *pointer, void *context)
{
    (void)context;
    size_t *block = (size_t *)(void *)((char *)pointer - 16);
    allocated -= *block;
    free(block);
}

static void *count_reallocate(void *pointer, size_t size, void *context)
{
    void *moved = count_allocate(size, context);
    if (pointer) {
        size_t old = *(size_t *)(void *)((char *)pointer - 16);
        memcpy(moved, pointer, old < size ? old : size);
        count_release(pointer, context);
    }
    return moved;
}

/* The most memory in use while a list of so many items is read and its items are freed one by one. */
static size_t most_memory(size_t count)
{
    static const kube_allocator_t allocator = { count_allocate, count_reallocate, count_release, NULL };
    kube_buffer_t text = { 0 };
    append_pods(&text, count, 500);
    kube_set_allocator(&allocator);
    allocated = most_allocated = 0;
    kube_pool_t *pool = kube_pool_new(NULL);
    kube_list_reader_options_t options = { .decode.pool = pool };
    kube_list_reader_t *reader;
    size_t given = 0;
    kube_list_reader_new(&kube_core_v1_pod_list_type, &options, &reader, NULL);
    for (size_t at = 0; at < text.len; at += 16384) {
        void *item;
        kube_list_reader_push(reader, text.data + at, at + 16384 < text.len ? 16384 : text.len - at, NULL);
        while (kube_list_reader_next(reader, &item, NULL) == KUBE_LIST_ITEM) {
            given++;
            kube_free(item);
        }
        CHECK_INT(kube_list_reader_count(reader), given);
    }
    CHECK_INT(given, count);
    CHECK_STR(kube_meta_resource_version(&kube_core_v1_pod_list_type, kube_list_reader_list(reader)), "1");
    kube_list_reader_free(reader);
    kube_pool_free(pool);
    CHECK_INT(allocated, 0);
    kube_set_allocator(NULL);
    kube_buffer_dispose(&text);
    return most_allocated;
}

static void memory_does_not_grow_with_the_list(void)
{
    size_t few = most_memory(1000), many = most_memory(10000);
    CHECK(many <= few + 4096);
    CHECK(many < 400000);
}

/* Items that are larger than those before let an attempt at one that is not whole fail. Nothing is left of it. */
static void attempts_leave_nothing_behind(void)
{
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "{\"items\":[{}");
    for (size_t i = 1; i < 40; i++) {
        kube_buffer_puts(&text, ",{\"spec\":{\"containers\":[{\"args\":[");
        for (size_t n = 0; n < i * i * 20; n++)
            kube_buffer_printf(&text, "%s\"argument %zu\"", n ? "," : "", n);
        kube_buffer_puts(&text, "]}]}}");
    }
    kube_buffer_puts(&text, "]}");
    for (size_t size = 500; size < 20000; size += 1777) {
        kube_decode_options_t decode = { .max_depth = 7 };
        compare(&kube_core_v1_pod_list_type, text.data, text.len, &decode, (pieces_t){ { size, size, size } });
        decode.max_depth = 6;
        compare(&kube_core_v1_pod_list_type, text.data, text.len, &decode, (pieces_t){ { size, size, size } });
    }
    kube_buffer_dispose(&text);
}

/* ---- what flags make of lists and items ---- */

static void interned_objects_are_frozen(void)
{
    for (size_t collect = 0; collect < 2; collect++)
        for (size_t intern = 0; intern < 2; intern++) {
            kube_list_reader_options_t options = { .decode.flags = intern ? KUBE_DECODE_INTERN : 0, .collect = collect };
            outcome_t got = read_list(&kube_core_v1_pod_list_type, typed_order, sizeof typed_order - 1, &options, at_once);
            kube_core_v1_pod_t *pod = collect ? ((kube_core_v1_pod_list_t *)got.list)->items.items : item_at(&got, 0);
            int expected = intern ? KUBE_E_USAGE : KUBE_OK;
            CHECK_INT(kube_set_string(pod, pod->metadata, &kube_meta_v1_object_meta_type, "name", "x"), expected);
            CHECK_INT(kube_unset(got.list, got.list, &kube_core_v1_pod_list_type, "metadata"), expected);
            dispose(&got);
        }
}

static void packed_objects_take_less(void)
{
    for (size_t collect = 0; collect < 2; collect++) {
        kube_list_reader_options_t options = { .collect = collect };
        outcome_t loose = read_list(&kube_core_v1_pod_list_type, typed_order, sizeof typed_order - 1, &options, at_once);
        options.decode.flags = KUBE_DECODE_PACKED;
        outcome_t packed = read_list(&kube_core_v1_pod_list_type, typed_order, sizeof typed_order - 1, &options, at_once);
        size_t loose_bytes = kube_memory_used(collect ? loose.list : item_at(&loose, 0));
        CHECK(kube_memory_used(collect ? packed.list : item_at(&packed, 0)) < loose_bytes * 3 / 4);
        dispose(&loose);
        dispose(&packed);
    }
}

/* ---- what is no list ---- */

static void other_replies_are_handed_over(void)
{
    static const struct {
        const char *text;
        const char *path;
        const char *message;
    } replies[] = {
        { "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410}", "kind",
          "expected \"PodList\", found \"Status\"" },
        { "{\"apiVersion\":\"v1\",\"kind\":\"NodeList\",\"items\":[{}]}", "kind", "expected \"PodList\", found \"NodeList\"" },
        { "{\"kind\":\"PodList\",\"apiVersion\":\"v2\",\"items\":[]}", "apiVersion", "expected \"v1\", found \"v2\"" },
        { "[{\"kind\":\"PodList\"}]", "", "expected an object" },
        { "<html>", "", "expected an object" },
        { "", "", "the input ends here" },
        { "{\"kind\":\"PodList\",\"metadata\":{\"continue\":1}}", "metadata.continue", "expected a string" },
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
        for (size_t size = 0; size < 5; size++) {
            size_t len = strlen(replies[i].text);
            kube_list_reader_options_t options = { .collect = i & 1, .decode.flags = size & 1 ? KUBE_DECODE_STRICT : 0 };
            if (i == 6 && size & 1)
                continue;
            outcome_t got = read_list(&kube_core_v1_pod_list_type, replies[i].text, len, &options, (pieces_t){ { size, size, size } });
            CHECK(got.other);
            CHECK_INT(got.result, KUBE_E_PARSE);
            CHECK_STR(got.err.path, replies[i].path);
            CHECK_STR(got.err.message, replies[i].message);
            CHECK(!got.problems);
            dispose(&got);
        }
}

static void a_status_is_collected(void)
{
    const char *text = "{\"kind\":\"Status\",\"code\":410}", *all;
    kube_list_reader_options_t options = { .max_item_bytes = 40 };
    kube_list_reader_t *reader;
    kube_error_t err;
    void *item;
    size_t len;
    CHECK_INT(kube_list_reader_new(&kube_core_v1_pod_list_type, &options, &reader, NULL), 0);
    kube_list_reader_push(reader, text, 20, NULL);
    CHECK_INT(kube_list_reader_next(reader, &item, &err), KUBE_LIST_OTHER);
    kube_buffer_t rest = { 0 };
    kube_buffer_puts(&rest, text + 20);
    CHECK_INT(kube_list_reader_take(reader, &rest, NULL), 0);
    CHECK_INT(kube_list_reader_next(reader, &item, &err), KUBE_LIST_OTHER);
    CHECK_INT(err.code, KUBE_E_PARSE);
    all = kube_list_reader_text(reader, &len);
    CHECK_INT(len, strlen(text));
    CHECK_STR(all, text);
    CHECK_INT(kube_list_reader_push(reader, text, 20, NULL), KUBE_E_LIMIT);
    kube_list_reader_finish(reader);
    CHECK_INT(kube_list_reader_push(reader, text, 1, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_list_reader_next(reader, &item, &err), KUBE_LIST_OTHER);
    kube_list_reader_free(reader);
    kube_buffer_dispose(&rest);
}

/* ---- limits, misuse, memory ---- */

static void parts_have_a_limit(void)
{
    const char *text = "{\"items\":[{},{\"metadata\":{\"name\":\"twenty bytes of it..\"}}],\"metadata\":{}}", *longer = "{\"a\":1,\"b\":{\"c\":\"more than fifty bytes before the items\"},\"items\":[]}";
    for (size_t size = 0; size < 10; size++)
        for (size_t collect = 0; collect < 2; collect++) {
            kube_list_reader_options_t options = { .collect = collect, .max_item_bytes = 44 };
            pieces_t pieces = { { size, size, size } };
            outcome_t got = read_list(&kube_core_v1_pod_list_type, text, strlen(text), &options, pieces);
            CHECK_INT(got.result, 0);
            dispose(&got);
            options.max_item_bytes = 43;
            got = read_list(&kube_core_v1_pod_list_type, text, strlen(text), &options, pieces);
            CHECK_INT(got.result, KUBE_E_LIMIT);
            CHECK_INT(got.err.offset, 13);
            CHECK_STR(got.err.path, "items[1]");
            dispose(&got);
            got = read_list(&kube_core_v1_pod_list_type, longer, strlen(longer), &options, pieces);
            CHECK_INT(got.result, KUBE_E_LIMIT);
            CHECK_INT(got.err.offset, 11);
            dispose(&got);
        }
    /* So much white space that it cannot be the beginning of a list; between items it is let go. */
    kube_buffer_t spaces = { 0 };
    for (size_t i = 0; i < 1000; i++)
        kube_buffer_puts(&spaces, " ");
    kube_list_reader_options_t options = { .max_item_bytes = 500 };
    outcome_t got = read_list(&kube_core_v1_pod_list_type, spaces.data, spaces.len, &options, byte_by_byte);
    CHECK_INT(got.result, KUBE_E_LIMIT);
    dispose(&got);
    kube_buffer_clear(&spaces);
    kube_buffer_puts(&spaces, "{\"items\":[{}");
    for (size_t i = 0; i < 1000; i++)
        kube_buffer_puts(&spaces, " ");
    kube_buffer_puts(&spaces, ",{}]}");
    for (size_t i = 0; i < 2; i++) {
        got = read_list(&kube_core_v1_pod_list_type, spaces.data, spaces.len, &options, i ? at_once : byte_by_byte);
        CHECK_INT(got.result, 0);
        dispose(&got);
    }
    kube_buffer_dispose(&spaces);
    /* An item that is wrong before it is too large. */
    const char *wrong = "{\"items\":[{\"a\":\x01,\"b\":\"more than twenty bytes\"}]}";
    options.max_item_bytes = 20;
    for (size_t i = 0; i < 2; i++) {
        got = read_list(&kube_core_v1_pod_list_type, wrong, strlen(wrong), &options, i ? at_once : byte_by_byte);
        CHECK_INT(got.result, KUBE_E_PARSE);
        CHECK_INT(got.err.offset, 15);
        dispose(&got);
    }
}

static void depth_has_a_limit(void)
{
    const char *text = "{\"items\":[{\"metadata\":{\"labels\":{\"a\":\"b\"}}},{\"x\":[[[[[[]]]]]]}],\"z\":[[[[[[[[[1]]]]]]]]]}";
    for (unsigned depth = 1; depth < 13; depth++) {
        kube_decode_options_t decode = { .max_depth = depth };
        compare(&kube_core_v1_pod_list_type, text, strlen(text), &decode, at_once);
        compare(&kube_core_v1_pod_list_type, text, strlen(text), &decode, byte_by_byte);
    }
}

static void the_list_is_known_before_its_end(void)
{
    kube_list_reader_t *reader;
    void *item, *list;
    CHECK_INT(kube_list_reader_new(&kube_core_v1_pod_list_type, NULL, &reader, NULL), 0);
    CHECK_INT(kube_list_reader_next(reader, &item, NULL), KUBE_LIST_MORE);
    kube_list_reader_push(reader, typed_order, strlen(typed_order), NULL);
    CHECK_INT(kube_list_reader_next(reader, &item, NULL), KUBE_LIST_ITEM);
    const kube_core_v1_pod_list_t *known = kube_list_reader_list(reader);
    CHECK_STR(known->metadata->continue_, "next");
    CHECK_INT(known->metadata->remaining_item_count.value, 9);
    CHECK(kube_list_reader_take_list(reader) == NULL);
    kube_core_v1_pod_t *pod = item;
    CHECK_STR(pod->kind, "Pod");
    CHECK_STR(pod->api_version, "v1");
    CHECK(pod->kind == kube_core_v1_pod_type.kind);
    while (kube_list_reader_next(reader, &item, NULL) == KUBE_LIST_ITEM)
        kube_free(item);
    kube_list_reader_finish(reader);
    CHECK_INT(kube_list_reader_next(reader, &item, NULL), KUBE_LIST_END);
    CHECK_INT(kube_list_reader_next(reader, &item, NULL), KUBE_LIST_END);
    CHECK_INT(kube_list_reader_count(reader), 4);
    CHECK((list = kube_list_reader_take_list(reader)) == known);
    CHECK(kube_list_reader_take_list(reader) == NULL);
    kube_list_reader_free(reader);
    CHECK_STR(((kube_core_v1_pod_list_t *)list)->metadata->resource_version, "77");
    CHECK_STR(pod->metadata->name, "one");
    kube_free(list);
    kube_free(pod);
}

static void misuse_is_told(void)
{
    kube_list_reader_t *reader;
    CHECK_INT(kube_list_reader_new(&kube_core_v1_pod_type, NULL, &reader, NULL), KUBE_E_USAGE);
    CHECK(reader == NULL);
    CHECK_INT(kube_list_reader_new(NULL, NULL, &reader, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_list_reader_new(&kube_core_v1_pod_list_type, NULL, NULL, NULL), KUBE_E_USAGE);
    kube_list_reader_free(NULL);
    outcome_t twice = read_list(&kube_core_v1_pod_list_type, "{\"items\":[{}],\"items\":[]}", 25, NULL, at_once);
    CHECK_INT(twice.result, KUBE_E_PARSE);
    CHECK_STR(twice.err.message, "items come twice");
    dispose(&twice);
    compare_collected(&kube_core_v1_pod_list_type, "{\"items\":[{}],\"items\":[{},{}]}", 30, NULL, byte_by_byte);
}

static kube_list_reader_options_t fault_options;
static const char *fault_text;

static bool read_with_faults(void)
{
    kube_list_reader_t *reader;
    kube_error_t err;
    kube_problems_t *problems = NULL;
    void *item, *kept = NULL;
    size_t len = strlen(fault_text);
    fault_options.decode.problems = &problems;
    int code = kube_list_reader_new(&kube_core_v1_pod_list_type, &fault_options, &reader, &err);
    for (size_t at = 0; at < len && code == 0; at += 200) {
        code = kube_list_reader_push(reader, fault_text + at, at + 200 < len ? 200 : len - at, &err);
        while (code == 0 && (code = kube_list_reader_next(reader, &item, &err)) == KUBE_LIST_ITEM) {
            kube_free(kept);
            kept = item;
            code = 0;
        }
    }
    if (code == 0) {
        kube_list_reader_finish(reader);
        while ((code = kube_list_reader_next(reader, &item, &err)) == KUBE_LIST_ITEM)
            kube_free(item);
    }
    kube_free(kept);
    kube_list_reader_free(reader);
    kube_problems_free(problems);
    return faults.hit ? code == KUBE_E_NO_MEMORY && err.code == code : code == KUBE_LIST_END || code == KUBE_E_PARSE;
}

static void memory_runs_out_anywhere(void)
{
    for (size_t flags = 0; flags < FLAG_SETS; flags++)
        for (size_t collect = 0; collect < 2; collect++)
            for (size_t i = 0; i < 3; i++) {
                fault_text = lists[i];
                fault_options = (kube_list_reader_options_t){ .decode.flags = flag_sets[flags], .collect = collect };
                CHECK(fault_loop(read_with_faults) > 5);
            }
}

int main(void)
{
    RUN(every_split_gives_the_same);
    RUN(every_truncation_gives_the_same);
    RUN(every_flag_is_honoured);
    RUN(random_lists_of_every_type);
    RUN(damaged_lists_of_every_type);
    RUN(long_lists_are_the_same_with_every_flag);
    RUN(memory_of_a_collected_list);
    RUN(memory_does_not_grow_with_the_list);
    RUN(attempts_leave_nothing_behind);
    RUN(interned_objects_are_frozen);
    RUN(packed_objects_take_less);
    RUN(other_replies_are_handed_over);
    RUN(a_status_is_collected);
    RUN(parts_have_a_limit);
    RUN(depth_has_a_limit);
    RUN(the_list_is_known_before_its_end);
    RUN(misuse_is_told);
    RUN(memory_runs_out_anywhere);
    return test_end();
}
