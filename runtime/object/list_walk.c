/*
 * A list reader's walk over the members of a list: a chain of steps, each of which reads one piece (a key, a colon, a value, an
 * item) or returns that it is not there yet. Errors are those of kube_json_decode because the same decoder reads each piece.
 */
#include "base/fail.h"
#include "object/list_state.h"

/* Collecting, bytes are read so many at a time, so that few items have to be measured. */
enum { COLLECT_BATCH = 64 * 1024 };

static kube_list_step_fn at_first_key, at_key, at_colon, at_value, behind_value, at_first_item, at_item, behind_item, behind_all;

/* ---- the stream ---- */

static const char *position(const kube_list_reader_t *reader)
{
    return reader->decoder.begin + reader->at;
}

static size_t offset_of(const kube_list_reader_t *reader, const char *p)
{
    return reader->decoder.base + (size_t)(p - reader->decoder.begin);
}

int kube_list_too_large(kube_list_reader_t *reader, const char *p)
{
    kube_decode_fail(&reader->decoder, p, KUBE_E_LIMIT, "a part of the list is larger than allowed");
    return KUBE_E_LIMIT;
}

/* What is before the first item is kept as a whole, so it counts as a whole. */
static bool is_too_large(const kube_list_reader_t *reader, size_t size)
{
    return size + (reader->keeps_text ? reader->at : 0) > reader->options.max_item_bytes;
}

/* The next byte that is not white space, at the end of the stream the NUL behind it. NULL: *result says why. */
static const char *next_byte(kube_list_reader_t *reader, int *result)
{
    const char *end = reader->decoder.end, *p = position(reader);
    while (p < end && kube_list_is_space(*p))
        p++;
    reader->at += (size_t)(p - position(reader));
    *result = is_too_large(reader, 0) ? kube_list_too_large(reader, p) : KUBE_LIST_MORE;
    return *result == KUBE_LIST_MORE && (p < end || reader->scan.ended) ? p : NULL;
}

bool kube_list_measure(kube_list_reader_t *reader, const char *p, size_t *size, int *result)
{
    size_t there = (size_t)(reader->decoder.end - p);
    *size = there > 0 ? kube_json_measure(&reader->scan, p, there) : 0;
    bool whole = *size > 0 || reader->scan.ended;
    if (*size == KUBE_MEASURE_BAD)
        *size = reader->scan.fault + 1;
    else if (*size == 0)
        *size = there;
    *result = is_too_large(reader, *size) ? kube_list_too_large(reader, p) : KUBE_LIST_MORE;
    return whole && *result == KUBE_LIST_MORE;
}

/* All up to next was read, and this comes then. */
static int go_on(kube_list_reader_t *reader, const char *next, kube_list_step_fn *step)
{
    reader->at = (size_t)(next - reader->decoder.begin);
    reader->scan = (kube_frame_scan_t){ .ended = reader->scan.ended };
    reader->step = step;
    return KUBE_LIST_GO_ON;
}

static int refuse(kube_list_reader_t *reader, const char *p, const char *message)
{
    kube_decode_fail(&reader->decoder, p, KUBE_E_PARSE, p >= reader->decoder.end ? "the input ends here" : message);
    return reader->decoder.code;
}

/* One more bracket is open. */
static bool enter(kube_list_reader_t *reader, const char *p)
{
    kube_decoder_t *d = &reader->decoder;
    if (++d->depth <= d->max_depth)
        return true;
    kube_decode_fail(d, p, KUBE_E_LIMIT, "nested too deeply");
    return false;
}

/* ---- members ---- */

int kube_list_at_start(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    if (*p != '{')
        return refuse(reader, p, "expected an object");
    if (!enter(reader, p))
        return reader->decoder.code;
    reader->decoder.frames = &reader->member_frame;
    return go_on(reader, p + 1, at_first_key);
}

static int at_first_key(kube_list_reader_t *reader, void **item)
{
    int result;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    return *p == '}' ? go_on(reader, p, behind_value) : at_key(reader, item);
}

static int at_key(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    size_t size;
    const char *p = next_byte(reader, &result), *next = NULL;
    if (!p)
        return result;
    if (*p != '"')
        return refuse(reader, p, "expected a key");
    if (!kube_list_measure(reader, p, &size, &result))
        return result;
    reader->name = NULL;
    reader->field = kube_json_variant()->look_up(&reader->decoder, p, reader->type, &next, &reader->name);
    if (!next)
        return reader->decoder.code;
    reader->value_at = NULL;
    if (size == sizeof "\"kind\"" - 1 && memcmp(p, "\"kind\"", size) == 0)
        reader->value_at = &reader->kind_at;
    else if (size == sizeof "\"apiVersion\"" - 1 && memcmp(p, "\"apiVersion\"", size) == 0)
        reader->value_at = &reader->api_version_at;
    return go_on(reader, next, at_colon);
}

static int at_colon(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    if (*p != ':')
        return refuse(reader, p, "expected :");
    reader->member_frame.field = reader->field;
    reader->member_frame.key = reader->name;
    return go_on(reader, p + 1, at_value);
}

/* Strict decoding: false when it is recorded that the field came before, and memory is exhausted by that. */
static bool note_field(kube_list_reader_t *reader, const char *p)
{
    size_t number = reader->field ? (size_t)(reader->field - reader->type->fields) : SIZE_MAX;
    if (!reader->decoder.problems || number >= 64 * (sizeof reader->seen / sizeof *reader->seen))
        return true;
    uint64_t *seen = &reader->seen[number / 64], bit = (uint64_t)1 << number % 64;
    bool before = *seen & bit;
    *seen |= bit;
    return !before || kube_decode_problem(&reader->decoder, p, KUBE_PROBLEM_DUPLICATE_FIELD, "duplicate field");
}

/* Before the first item, a kind or version of something else is the end of it, and no problem of a list. */
static bool is_our_type(kube_list_reader_t *reader, const char *p)
{
    kube_decoder_t *d = &reader->decoder;
    if (!reader->value_at || !reader->keeps_text)
        return true;
    kube_problems_t *problems = d->problems;
    kube_frame_t *frames = d->frames;
    d->problems = NULL;
    d->frames = NULL;
    bool ours = reader->value_at == &reader->kind_at ? kube_decode_kind(d, p, reader->type, reader->list)
                                                     : kube_decode_api_version(d, p, reader->type, reader->list);
    d->problems = problems;
    d->frames = frames;
    return ours;
}

static const char *decode_unknown(kube_list_reader_t *reader, const char *p)
{
    static const kube_field_t field = { .kind = KUBE_KIND_JSON };
    kube_decoder_t *d = &reader->decoder;
    kube_unknown_t *unknown = kube_decode_new_unknown(d, p, reader->type, reader->name, &reader->tail);
    return unknown ? kube_json_variant()->decode_field(d, p, &field, &unknown->value) : NULL;
}

static const char *decode_member(kube_list_reader_t *reader, const char *p)
{
    const kube_field_t *field = reader->field;
    if (!field)
        return decode_unknown(reader, p);
    void *slot = kube_slot(reader->list, field);
    if (memcmp(p, "null", 4) != 0)
        return kube_json_variant()->decode_field(&reader->decoder, p, field, slot);
    memset(slot, 0, kube_kind_size(field->kind));
    return p + 4;
}

static int at_value(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    size_t size;
    kube_decoder_t *d = &reader->decoder;
    const char *p = next_byte(reader, &result), *next;
    if (!p)
        return result;
    if (reader->field == reader->items && reader->had_items && !reader->options.collect)
        return refuse(reader, p, "items come twice");
    if (reader->field == reader->items && *p == '[') {
        reader->had_items = true;
        if (!note_field(reader, p) || !enter(reader, p))
            return d->code;
        return go_on(reader, p + 1, at_first_item);
    }
    if (!kube_list_measure(reader, p, &size, &result))
        return result;
    if (reader->value_at)
        *reader->value_at = offset_of(reader, p);
    if (!note_field(reader, p))
        return d->code;
    next = decode_member(reader, p);
    return next && is_our_type(reader, p) ? go_on(reader, next, behind_value) : d->code;
}

static int behind_value(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    if (*p == ',')
        return go_on(reader, p + 1, at_key);
    if (*p != '}')
        return refuse(reader, p, "expected , or }");
    reader->decoder.depth--;
    reader->decoder.frames = NULL;
    return go_on(reader, p + 1, behind_all);
}

/* ---- items ---- */

static int end_items(kube_list_reader_t *reader, const char *p)
{
    reader->decoder.depth--;
    reader->decoder.frames = &reader->member_frame;
    if (reader->options.collect && !kube_list_end_items(reader))
        return kube_fail_memory(&reader->error);
    return go_on(reader, p + 1, behind_value);
}

static int at_first_item(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    reader->count = 0;
    reader->item_frame = (kube_frame_t){ .up = &reader->member_frame };
    reader->decoder.frames = &reader->item_frame;
    return *p == ']' ? end_items(reader, p) : go_on(reader, p, at_item);
}

/* Collecting, items are read when there are many bytes of them, as long as the next one is there in all likelihood. */
static bool waits_for_batch(kube_list_reader_t *reader, size_t there)
{
    size_t enough = reader->waits ? COLLECT_BATCH : 2 * reader->largest;
    reader->waits = reader->options.collect && !reader->scan.ended && there < enough;
    return reader->waits;
}

static int at_item(kube_list_reader_t *reader, void **item)
{
    int result;
    reader->keeps_text = false;
    const char *p = next_byte(reader, &result), *next;
    if (!p)
        return result;
    if (waits_for_batch(reader, (size_t)(reader->decoder.end - p)))
        return KUBE_LIST_MORE;
    result = kube_list_read_item(reader, p, &next, item);
    if (result == KUBE_LIST_ITEM || result == KUBE_LIST_GO_ON)
        go_on(reader, next, behind_item);
    return result;
}

static int behind_item(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    if (*p == ']')
        return end_items(reader, p);
    if (*p != ',')
        return refuse(reader, p, "expected , or ]");
    reader->item_frame.index++;
    return go_on(reader, p + 1, at_item);
}

/* ---- the end ---- */

/* The decoder stands where that was, as far as an error tells. */
static const char *stand_at(kube_list_reader_t *reader, size_t offset)
{
    reader->decoder.base = offset;
    return reader->decoder.begin;
}

static int behind_all(kube_list_reader_t *reader, void **item)
{
    (void)item;
    int result;
    kube_decoder_t *d = &reader->decoder;
    const char *p = next_byte(reader, &result);
    if (!p)
        return result;
    if (p < d->end)
        return refuse(reader, p, "there is more behind the object");
    if (!kube_decode_kind(d, stand_at(reader, reader->kind_at), reader->type, reader->list) ||
        !kube_decode_api_version(d, stand_at(reader, reader->api_version_at), reader->type, reader->list))
        return d->code;
    result = kube_decode_judge(d);
    if (result != KUBE_OK)
        return result;
    d->owner->frozen = d->flags & KUBE_DECODE_INTERN;
    if (reader->options.collect)
        result = kube_decode_pack(d, reader->type, &reader->list);
    return result == KUBE_OK ? KUBE_LIST_END : result;
}
