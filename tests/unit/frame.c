/* Frames of a stream: found wherever the stream is cut, whatever it holds, in bounded memory. */
#include "faults.h"
#include "test.h"

#include <kube/json.h>

#include "object/frame.h"
#include "object/json_variant.h"

#define LITERAL(text) text, sizeof(text) - 1

/* ---- a reader under test, and what it gave ---- */

typedef struct outcome {
    kube_buffer_t frames; /* each with a newline behind it; a newline in it is not told apart, which does not matter here */
    size_t count;
    int code;
    size_t offset;
} outcome_t;

static void drain(kube_frame_reader_t *reader, outcome_t *outcome)
{
    const char *text;
    size_t len;
    kube_error_t err = { .offset = outcome->offset };
    while (outcome->code == 0 && (outcome->code = kube_frame_reader_next(reader, &text, &len, &err)) == 1) {
        outcome->code = 0;
        CHECK_INT(text[len], 0);
        kube_buffer_append(&outcome->frames, text, len);
        kube_buffer_append(&outcome->frames, "\n", 1);
        outcome->count++;
    }
    outcome->offset = err.offset;
}

/* Reads a stream in pieces of those sizes, used in turn; 0: all that is left. */
static outcome_t read_stream(const char *stream, size_t len, const size_t *sizes, size_t size_count, size_t max)
{
    outcome_t outcome = { 0 };
    kube_frame_reader_t reader;
    kube_frame_reader_init(&reader, &kube_json_framing, max);
    for (size_t at = 0, i = 0; at < len && outcome.code == 0; i++) {
        size_t n = sizes[i % size_count];
        if (n == 0 || n > len - at)
            n = len - at;
        char *piece = malloc(n); /* of just that size, so that a sanitizer sees reads beyond it */
        memcpy(piece, stream + at, n);
        CHECK_INT(kube_frame_reader_push(&reader, piece, n, NULL), 0);
        free(piece);
        drain(&reader, &outcome);
        at += n;
    }
    kube_frame_reader_finish(&reader);
    drain(&reader, &outcome);
    kube_frame_reader_dispose(&reader);
    return outcome;
}

static bool same_outcome(const outcome_t *a, const outcome_t *b)
{
    return a->code == b->code && a->count == b->count && a->offset == b->offset && a->frames.len == b->frames.len &&
           (a->frames.len == 0 || memcmp(a->frames.data, b->frames.data, a->frames.len) == 0);
}

static void dispose(outcome_t *outcome)
{
    kube_buffer_dispose(&outcome->frames);
}

/* ---- what it must give: the same by a plain reading of byte after byte ---- */

static bool in(char c, const char *set)
{
    return c && strchr(set, c);
}

static size_t plain_end(const char *text, size_t len, size_t *bad)
{
    const char *words = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-.";
    bool string = false;
    size_t depth = 0;
    *bad = SIZE_MAX;
    if (!in(text[0], "{[\"")) {
        size_t end = 1;
        while (end < len && in(text[end], words))
            end++;
        return end;
    }
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (text[0] != '"' && !string && (unsigned char)c < 0x20 && !in(c, "\t\r\n")) {
            *bad = i;
            return 0;
        }
        if (c == '\\')
            i += i + 1 < len && in(text[i + 1], "\"\\"); /* the others do not matter, in strings or out of place */
        else if (c == '"')
            string = !string;
        else if (!string && in(c, "{["))
            depth++;
        else if (!string && in(c, "}]"))
            depth--;
        if (depth == 0 && !string && i < len)
            return i + 1;
    }
    return 0;
}

static outcome_t read_plainly(const char *stream, size_t len)
{
    outcome_t outcome = { 0 };
    size_t at = 0;
    for (;;) {
        size_t bad, end;
        while (at < len && in(stream[at], " \t\r\n"))
            at++;
        if (at == len)
            return outcome;
        outcome.code = KUBE_E_PARSE;
        outcome.offset = at;
        if (!in(stream[at], "{[\"-0123456789tfn"))
            return outcome;
        end = plain_end(stream + at, len - at, &bad);
        outcome.offset = bad == SIZE_MAX ? len : at + bad;
        if (end == 0)
            return outcome;
        outcome.code = 0;
        outcome.offset = 0;
        kube_buffer_append(&outcome.frames, stream + at, end);
        kube_buffer_append(&outcome.frames, "\n", 1);
        outcome.count++;
        at += end;
    }
}

/* ---- tests ---- */

static const char values[] =
    " {} []\t{\"type\":\"ADDED\",\"object\":{\"a\":\"}{]\\\"[\",\"b\":[1,2,{\"c\":[]}]}}\r\n"
    "{\"type\":\"MODIFIED\",\"object\":{\"k\\\\\":\"\\\\\\\\\",\"caf\xC3\xA9\":\"a string of more than one block of vector code, sixty-four bytes at least, yes\"}}{\"x\":1}"
    "\"text\" \"\\\"\" 12 -3.5e+7 true null[[[[[[[[[[]]]]]]]]]]\n\n"
    "{\"last\":\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"\",\"more\":{}} 0";

static void every_split_gives_the_same(void)
{
    size_t len = sizeof values - 1, bytewise = 1;
    outcome_t expected = read_plainly(values, len), all = read_stream(values, len, &bytewise, 1, 0);
    CHECK_INT(expected.code, 0);
    CHECK_INT(expected.count, 14);
    CHECK(same_outcome(&all, &expected));
    dispose(&all);
    for (size_t split = 1; split < len; split++) {
        size_t sizes[] = { split, 0 };
        outcome_t outcome = read_stream(values, len, sizes, 2, 0);
        CHECK(same_outcome(&outcome, &expected));
        dispose(&outcome);
    }
    for (size_t size = 2; size < 200; size++) {
        outcome_t outcome = read_stream(values, len, &size, 1, 0);
        CHECK(same_outcome(&outcome, &expected));
        dispose(&outcome);
    }
    dispose(&expected);
}

static void every_truncation_is_told(void)
{
    for (size_t len = 0; len < sizeof values - 1; len++) {
        size_t whole = 0;
        outcome_t expected = read_plainly(values, len), outcome = read_stream(values, len, &whole, 1, 0);
        CHECK(same_outcome(&outcome, &expected));
        dispose(&expected);
        dispose(&outcome);
    }
}

static void garbage_reads_as_byte_after_byte(void)
{
    static const char *const pieces[] = { "{", "}", "[", "]", "\"", "\"", "\\", "\\\\", "\\\"", "a", " ", "\n", ",", ":", "1", "true", "\x01", "{\"a\":{}}",
                                          "\xC3\xA9", "                                        ", "\"                                          \"" };
    uint64_t state = 7;
    kube_buffer_t stream = { 0 };
    for (unsigned round = 0; round < 40000 && !test_failed_here; round++) {
        kube_buffer_clear(&stream);
        state = state * 6364136223846793005u + round;
        unsigned count = (state >> 40) % 60, kinds = round % 3 ? 16 : sizeof pieces / sizeof *pieces;
        for (unsigned i = 0; i < count; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            kube_buffer_puts(&stream, pieces[(state >> 33) % kinds]);
        }
        if (stream.len == 0)
            continue;
        size_t sizes[] = { 1 + state % 70, 1 + (state >> 8) % 3, (state >> 16) % 200 };
        outcome_t expected = read_plainly(stream.data, stream.len), outcome = read_stream(stream.data, stream.len, sizes, 3, 0);
        if (!same_outcome(&outcome, &expected)) {
            printf("round %u: %s\n  gave %d, offset %zu:\n%s  not %d, offset %zu:\n%s", round, stream.data, outcome.code, outcome.offset,
                   outcome.frames.data ? outcome.frames.data : "", expected.code, expected.offset, expected.frames.data ? expected.frames.data : "");
            test_failed_here = 1;
        }
        dispose(&expected);
        dispose(&outcome);
    }
    kube_buffer_dispose(&stream);
}

static void variants_agree(void)
{
    const kube_json_variant_t *variants[] = { &kube_json_portable,
#if defined(__x86_64__) && defined(__GNUC__)
                                              &kube_json_sse2, __builtin_cpu_supports("avx2") ? &kube_json_avx2 : &kube_json_sse2,
#endif
    };
    char text[300];
    uint64_t state = 3;
    for (unsigned round = 0; round < 20000; round++) {
        size_t len = 1 + round % sizeof text;
        for (size_t i = 0; i < len; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            /* All bytes, and those that count more often. */
            text[i] = round % 2 ? (char)(state >> 40) : "{}[]\"\\ a\x01\x1F\x20\x7F\x80\xDB\xDD\xFB\xFD\t\n\r\"\""[(state >> 40) % 22];
        }
        text[0] = "{[\""[round % 3];
        kube_frame_scan_t scans[3] = { { 0 } };
        size_t ends[3];
        for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
            size_t half = round % len;
            ends[i] = half ? variants[i]->measure(&scans[i], text, half) : 0;
            if (ends[i] == 0)
                ends[i] = variants[i]->measure(&scans[i], text, len);
            CHECK_INT(ends[i], ends[0]);
            CHECK_INT(scans[i].reached, scans[0].reached);
            CHECK_INT(scans[i].depth, scans[0].depth);
        }
    }
}

static void errors_are_told_with_their_place(void)
{
    kube_frame_reader_t reader;
    kube_error_t err;
    const char *text;
    size_t len;
    kube_frame_reader_init(&reader, &kube_json_framing, 0);
    CHECK_INT(kube_frame_reader_push(&reader, LITERAL("  {} {}}"), NULL), 0);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), 1);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), 1);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, 7);
    CHECK_STR(err.message, "expected a JSON value");
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, 7);
    kube_frame_reader_dispose(&reader);

    kube_frame_reader_init(&reader, &kube_json_framing, 0);
    CHECK_INT(kube_frame_reader_push(&reader, LITERAL("[1]\n{\"a\":\x02 1}"), NULL), 0);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), 1);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, 9);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, 9);
    kube_frame_reader_dispose(&reader);
    kube_frame_reader_dispose(NULL);
}

static void frames_have_a_limit(void)
{
    size_t sizes[] = { 1, 3, 0 };
    for (size_t i = 0; i < 3; i++) {
        outcome_t fits = read_stream(LITERAL("{\"a\":\"12345678\"}   {}"), &sizes[i], 1, 16), larger = read_stream(LITERAL("{} {\"a\":\"123456789\"}"), &sizes[i], 1, 16);
        CHECK_INT(fits.code, 0);
        CHECK_INT(fits.count, 2);
        CHECK_INT(larger.code, KUBE_E_LIMIT);
        CHECK_INT(larger.count, 1);
        CHECK_INT(larger.offset, 3);
        dispose(&fits);
        dispose(&larger);
    }
}

static void a_large_frame_is_looked_at_once(void)
{
    enum { SIZE = 5 << 20 };
    bool fast = !getenv("KUBE_TEST_NO_TIMING");
    size_t size = fast ? SIZE : 100000, piece = 1;
    char *stream = malloc(size);
    memset(stream, 'x', size);
    memcpy(stream, "{\"a\":\"", 6);
    memcpy(stream + size - 2, "\"}", 2);
    kube_frame_reader_t reader;
    const char *text;
    size_t len;
    kube_frame_reader_init(&reader, &kube_json_framing, 0);
    for (size_t at = 0; at < size; at += piece) {
        kube_frame_reader_push(&reader, stream + at, piece, NULL);
        if (at + piece == size)
            break;
        CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 0);
        CHECK_INT(reader.scan.reached, at + piece);
        CHECK(reader.backlog.capacity <= 8 * (at + 1) + 1024);
    }
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 1);
    CHECK_INT(len, size);
    CHECK(memcmp(text, stream, size) == 0);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 0);
    CHECK(reader.backlog.capacity <= KUBE_BACKLOG_IDLE);
    kube_frame_reader_dispose(&reader);
    free(stream);
}

static void buffers_are_taken_by_swapping(void)
{
    kube_frame_reader_t reader;
    kube_buffer_t buffer = { 0 };
    const char *text;
    size_t len;
    kube_frame_reader_init(&reader, &kube_json_framing, 0);
    kube_buffer_reserve(&buffer, 1000);
    kube_buffer_puts(&buffer, "{\"a\":1}{\"b\"");
    const char *memory = buffer.data;
    CHECK_INT(kube_frame_reader_take(&reader, &buffer, NULL), 0);
    CHECK_INT(buffer.len, 0);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 1);
    CHECK(text == memory);
    CHECK_STR(text, "{\"a\":1}");
    /* The byte under the NUL is back when the next bytes come. */
    kube_buffer_puts(&buffer, ":2}");
    CHECK_INT(kube_frame_reader_take(&reader, &buffer, NULL), 0);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 1);
    CHECK_STR(text, "{\"b\":2}");
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 0);
    CHECK_INT(kube_frame_reader_held(&reader), 0);
    CHECK_INT(kube_frame_reader_take(&reader, &buffer, NULL), 0);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 0);
    kube_frame_reader_dispose(&reader);
    kube_buffer_dispose(&buffer);
}

/* Another media type: four bytes of length before each frame, as protobuf streams have them. */
static int next_prefixed(kube_frame_scan_t *scan, const char *bytes, size_t len, size_t *begin, size_t *end, kube_error_t *err)
{
    (void)err;
    *begin = *end = 0;
    scan->reached = len;
    if (len < 4)
        return 0;
    size_t size = 0;
    for (int i = 0; i < 4; i++)
        size = size << 8 | (unsigned char)bytes[i];
    *begin = len < 4 + size ? 0 : 4;
    *end = 4 + size;
    return len >= 4 + size;
}

static void other_framings_fit(void)
{
    static const kube_framing_t framing = { "application/x-prefixed", next_prefixed };
    static const char stream[] = "\0\0\0\3abc\0\0\0\0\0\0\0\1z\0\1\0\0";
    for (size_t size = 1; size < sizeof stream; size++) {
        kube_frame_reader_t reader;
        const char *text;
        size_t len, count = 0;
        int code = 0;
        kube_frame_reader_init(&reader, &framing, 1000);
        for (size_t at = 0; at < sizeof stream - 1 && code >= 0; at += size) {
            kube_frame_reader_push(&reader, stream + at, at + size < sizeof stream ? size : sizeof stream - 1 - at, NULL);
            while ((code = kube_frame_reader_next(&reader, &text, &len, NULL)) == 1) {
                CHECK_STR(text, count == 0 ? "abc" : count == 1 ? "" : "z");
                count++;
            }
        }
        CHECK_INT(count, 3);
        CHECK_INT(code, KUBE_E_LIMIT); /* said as soon as the length is known */
        kube_frame_reader_dispose(&reader);
    }
}

static void idle_readers_cost_little(void)
{
    enum { COUNT = 1000 };
    static kube_frame_reader_t readers[COUNT];
    char stream[40000];
    const char *text;
    size_t len, bytes = sizeof readers;
    memset(stream, ' ', sizeof stream);
    stream[0] = '{';
    stream[sizeof stream - 2] = '}';
    for (size_t i = 0; i < COUNT; i++) {
        kube_frame_reader_init(&readers[i], &kube_json_framing, 0);
        kube_frame_reader_push(&readers[i], stream, sizeof stream - i % 2, NULL);
        CHECK_INT(kube_frame_reader_next(&readers[i], &text, &len, NULL), 1);
        CHECK_INT(kube_frame_reader_next(&readers[i], &text, &len, NULL), 0);
        CHECK_INT(kube_frame_reader_held(&readers[i]), 0);
        bytes += readers[i].backlog.capacity;
    }
    CHECK(bytes <= COUNT * 4096);
    /* Also when the first bytes of the next frame have come. */
    kube_frame_reader_push(&readers[0], stream, sizeof stream, NULL);
    kube_frame_reader_push(&readers[0], "{", 1, NULL);
    CHECK_INT(kube_frame_reader_next(&readers[0], &text, &len, NULL), 1);
    CHECK_INT(kube_frame_reader_next(&readers[0], &text, &len, NULL), 0);
    CHECK(readers[0].backlog.capacity <= KUBE_BACKLOG_IDLE);
    CHECK_INT(kube_frame_reader_held(&readers[0]), 1);
    kube_frame_reader_push(&readers[0], "}", 1, NULL);
    CHECK_INT(kube_frame_reader_next(&readers[0], &text, &len, NULL), 1);
    CHECK_STR(text, "{}");
    for (size_t i = 0; i < COUNT; i++)
        kube_frame_reader_dispose(&readers[i]);
}

static void a_resting_reader_goes_on(void)
{
    kube_frame_reader_t reader;
    const char *text;
    size_t len;
    kube_frame_reader_init(&reader, &kube_json_framing, 0);
    kube_frame_reader_push(&reader, "{\"a\":1}\n", 8, NULL);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 1);
    kube_frame_reader_rest(&reader);
    CHECK_INT(reader.backlog.capacity, 0);
    /* Also in the middle of a frame, and between two. */
    kube_frame_reader_push(&reader, "{\"b\":", 5, NULL);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 0);
    kube_frame_reader_rest(&reader);
    kube_frame_reader_push(&reader, "2} {\"c\":3}!", 12, NULL);
    kube_frame_reader_rest(&reader);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 1);
    CHECK_STR(text, "{\"b\":2}");
    kube_frame_reader_rest(&reader);
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, NULL), 1);
    CHECK_STR(text, "{\"c\":3}");
    kube_frame_reader_rest(&reader);
    kube_error_t err;
    CHECK_INT(kube_frame_reader_next(&reader, &text, &len, &err), KUBE_E_PARSE);
    CHECK_INT(err.offset, 23);
    kube_frame_reader_dispose(&reader);
}

static bool read_with_faults(void)
{
    kube_frame_reader_t reader;
    kube_buffer_t buffer = { 0 };
    const char *text;
    size_t len, count = 0;
    kube_error_t err = { 0 };
    int code = 0;
    kube_frame_reader_init(&reader, &kube_json_framing, 0);
    for (size_t at = 0; at < sizeof values - 1 && code == 0; at += 50) {
        size_t n = at + 50 < sizeof values ? 50 : sizeof values - 1 - at;
        if (at % 100) {
            code = kube_frame_reader_push(&reader, values + at, n, &err);
        } else {
            kube_buffer_append(&buffer, values + at, n);
            code = buffer.failed ? KUBE_E_NO_MEMORY : kube_frame_reader_take(&reader, &buffer, &err);
        }
        while (code == 0 && (code = kube_frame_reader_next(&reader, &text, &len, &err)) == 1) {
            count++;
            code = 0;
        }
    }
    kube_frame_reader_dispose(&reader);
    kube_buffer_dispose(&buffer);
    return code == 0 ? count == 13 : code == KUBE_E_NO_MEMORY && faults.hit;
}

static void memory_runs_out_anywhere(void)
{
    CHECK(fault_loop(read_with_faults) > 3);
}

int main(void)
{
    RUN(every_split_gives_the_same);
    RUN(every_truncation_is_told);
    RUN(garbage_reads_as_byte_after_byte);
    RUN(variants_agree);
    RUN(errors_are_told_with_their_place);
    RUN(frames_have_a_limit);
    RUN(a_large_frame_is_looked_at_once);
    RUN(buffers_are_taken_by_swapping);
    RUN(other_framings_fit);
    RUN(idle_readers_cost_little);
    RUN(a_resting_reader_goes_on);
    RUN(memory_runs_out_anywhere);
    return test_end();
}
