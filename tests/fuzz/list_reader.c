/* A list from a stream in pieces: collected, it is what decoding at once makes of it, errors included; item by item, as many items come. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>

#include "object/list_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct outcome {
    int result;
    kube_error_t err;
    void *list;
    kube_problems_t *problems;
    size_t items;
} outcome_t;

static int drain(kube_list_reader_t *reader, outcome_t *outcome)
{
    void *item;
    int step;
    while ((step = kube_list_reader_next(reader, &item, &outcome->err)) == KUBE_LIST_ITEM) {
        kube_free(item);
        outcome->items++;
    }
    return step;
}

static outcome_t read_list(const char *text, size_t len, unsigned flags, bool collect, size_t piece)
{
    outcome_t outcome = { 0 };
    kube_list_reader_options_t options = { .decode = { .flags = flags, .problems = &outcome.problems }, .collect = collect };
    kube_list_reader_t *reader;
    if (kube_list_reader_new(&kube_core_v1_pod_list_type, &options, &reader, NULL) != KUBE_OK)
        abort();
    for (size_t at = 0; at < len && outcome.result == KUBE_OK; at += piece) {
        if (kube_list_reader_push(reader, text + at, at + piece < len ? piece : len - at, NULL) != KUBE_OK)
            abort();
        outcome.result = drain(reader, &outcome);
    }
    kube_list_reader_finish(reader);
    if (outcome.result == KUBE_OK)
        outcome.result = drain(reader, &outcome);
    outcome.list = kube_list_reader_take_list(reader);
    kube_list_reader_free(reader);
    return outcome;
}

static void compare(const outcome_t *got, const outcome_t *wanted)
{
    if (got->result == KUBE_LIST_OTHER)
        return; /* said before all was seen: a kind that comes twice, problems behind it */
    if (got->result != (wanted->result ? wanted->result : KUBE_LIST_END) || got->err.offset != wanted->err.offset ||
        strcmp(got->err.path, wanted->err.path) != 0 || strcmp(got->err.message, wanted->err.message) != 0)
        abort();
    if (kube_problems_total(got->problems) != kube_problems_total(wanted->problems))
        abort();
    if (got->list && !kube_equal(&kube_core_v1_pod_list_type, got->list, wanted->list))
        abort();
}

static void dispose(outcome_t *outcome)
{
    kube_free(outcome->list);
    kube_problems_free(outcome->problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned flag_sets[] = { 0, KUBE_DECODE_STRICT, KUBE_DECODE_PACKED, KUBE_DECODE_INTERN | KUBE_DECODE_DROP_MANAGED_FIELDS };
    if (size < 2)
        return 0;
    unsigned flags = flag_sets[data[0] % 4];
    const char *text = (const char *)data + 2;
    outcome_t wanted = { 0 };
    kube_decode_options_t options = { .flags = flags, .problems = &wanted.problems };
    wanted.result = kube_json_decode(&kube_core_v1_pod_list_type, text, size - 2, &options, &wanted.list, &wanted.err);
    outcome_t collected = read_list(text, size - 2, flags, true, 1u + data[1]), each = read_list(text, size - 2, flags, false, 1u + data[1] / 8);
    compare(&collected, &wanted);
    if (each.result == KUBE_LIST_END && wanted.list && each.items != ((kube_core_v1_pod_list_t *)wanted.list)->items.len)
        abort();
    dispose(&wanted);
    dispose(&collected);
    dispose(&each);
    return 0;
}
