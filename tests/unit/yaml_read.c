/* The reader beyond single scalars: streams, JSON documents, lines, errors, limits, hostile input, failing memory. */
#include <time.h>

#include <kube/yaml.h>

#include "base/fail.h"
#include "test.h"
#include "faults.h"

static kube_buffer_t json;

static int read_with(const char *text, size_t len, const kube_yaml_options_t *options, kube_error_t *err)
{
    bool found;
    int result;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, options);
    kube_buffer_clear(&json);
    kube_buffer_puts(&json, "");
    while ((result = kube_yaml_reader_next(reader, &json, &found, err)) == 0 && found)
        kube_buffer_puts(&json, "\n");
    kube_yaml_reader_free(reader);
    return result;
}

static const char *read_text(const char *text)
{
    kube_error_t err;
    int result = read_with(text, strlen(text), NULL, &err);
    if (result < 0)
        printf("%s: line %zu, offset %zu: %s\n", text, err.line, err.offset, err.message);
    CHECK_INT(result, 0);
    return json.data;
}

static void test_streams(void)
{
    CHECK_STR(read_text("a: 1\n---\nb: 2\n...\n---\n---\n# nothing\n---\nnull\n---\nc: 3\n"), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    CHECK_STR(read_text(""), "");
    CHECK_STR(read_text("# only this"), "");
    CHECK_STR(read_text("\xEF\xBB\xBF" "a: 1"), "{\"a\":1}\n");
    kube_error_t err;
    CHECK_INT(read_with("\xFF\xFE" "a\0:\0 \0\xE9\0", 10, NULL, &err), 0);
    CHECK_STR(json.data, "{\"a\":\"\xC3\xA9\"}\n");
    CHECK_INT(read_with("\xFE\xFF" "\0a\0:\0 \0|\0\n\0 \0x", 16, NULL, &err), 0);
    CHECK_STR(json.data, "{\"a\":\"x\\n\"}\n");
    CHECK_INT(read_with("\xFF\xFE" "a\0", 3, NULL, &err), KUBE_E_PARSE);
}

static void test_json_documents(void)
{
    CHECK_STR(read_text("{\"a\": 1.0,\n\t\"b\": [1e3, \"\\ud83d\\ude00\\/\", { } ]\n}\n"), "{\"a\":1.0,\"b\":[1e3,\"\\ud83d\\ude00\\/\",{}]}\n");
    CHECK_STR(read_text("{\"a\":1}{\"b\":2}\n {\"c\":3}"), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    CHECK_STR(read_text("{\"a\":1}\n---\n{\"b\":2.0}\n---\nc: 3.0\n---\n{\"d\":4.0}"), "{\"a\":1}\n{\"b\":2.0}\n{\"c\":3}\n{\"d\":4}\n");
    CHECK_STR(read_text("---\n{\"a\":1.0}\n---\n"), "{\"a\":1.0}\n");
    CHECK_STR(read_text("\xEF\xBB\xBF{\"a\":1.0}"), "{\"a\":1.0}\n");
    CHECK_STR(read_text("{a: 1.0}\n---\n{b: 2}"), "{\"a\":1}\n{\"b\":2}\n");
    CHECK_STR(read_text("{\"a\":1} # end"), "{\"a\":1}\n");
    CHECK_STR(read_text("[\"a\", 1.0]"), "[\"a\",1]\n");
}

static size_t line_of(const char *text, const char *part)
{
    bool found;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, strlen(text), NULL);
    kube_buffer_clear(&json);
    CHECK_INT(kube_yaml_reader_next(reader, &json, &found, NULL), 0);
    const char *at = found ? strstr(json.data, part) : NULL;
    CHECK(at);
    size_t line = at ? kube_yaml_reader_line(reader, (size_t)(at - json.data)) : 0;
    kube_yaml_reader_free(reader);
    return line;
}

static void test_lines(void)
{
    static const char text[] = "# c\na: 1\nb:\n- x\n- m: |\n    1\n    2\n  z: 3\n\nc: {d: 1,\n  e: 2}\n";
    CHECK_INT(line_of(text, "{\"a\""), 2);
    CHECK_INT(line_of(text, "\"b\""), 3);
    CHECK_INT(line_of(text, "\"x\""), 4);
    CHECK_INT(line_of(text, "\"m\""), 5);
    CHECK_INT(line_of(text, "\"z\""), 8);
    CHECK_INT(line_of(text, "\"d\""), 10);
    CHECK_INT(line_of(text, "\"e\""), 11);
    CHECK_INT(line_of(text, "2}"), 11);
    static const char merged[] = "x: &x\n  a: 1\n  b: 2\ny:\n  c: 3\n  <<: *x\n  b: 4\n  d: 5\n";
    CHECK_INT(line_of(merged, "\"c\""), 5);
    CHECK_INT(line_of(merged, "\"b\":4"), 7);
    CHECK_INT(line_of(merged, "\"a\":1,\"b\":4"), 6);
    CHECK_INT(line_of(merged, "\"d\""), 8);
    static const char pretty[] = "\n\n{\n  \"a\": 1,\n  \"b\": [\n    \"\\\"\",\n    2\n  ]\n}\n";
    CHECK_INT(line_of(pretty, "{\"a\""), 3);
    CHECK_INT(line_of(pretty, "\"a\""), 4);
    CHECK_INT(line_of(pretty, "\"\\\""), 6);
    CHECK_INT(line_of(pretty, "2]"), 7);
}

static void test_lines_of_later_documents(void)
{
    static const char text[] = "{\"a\":1}\n---\n{\n\"b\":2}\n---\nc: 3\n---\n\nd: 4\n";
    static const size_t lines[] = { 1, 4, 6, 9 };
    bool found;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, sizeof text - 1, NULL);
    kube_buffer_clear(&json);
    for (int i = 0; i < 4; i++) {
        kube_buffer_puts(&json, "behind what is there");
        CHECK_INT(kube_yaml_reader_next(reader, &json, &found, NULL), 0);
        CHECK(found);
        CHECK_INT(kube_yaml_reader_line(reader, 1), lines[i]);
    }
    kube_yaml_reader_free(reader);
    CHECK_INT(kube_yaml_reader_line(NULL, 0), 0);
}

static void check_error(const char *text, int code, size_t line, size_t offset, const char *message)
{
    kube_error_t err;
    CHECK_INT(read_with(text, strlen(text), NULL, &err), code);
    CHECK_INT(err.code, code);
    CHECK_INT(err.line, line);
    CHECK_INT(err.offset, offset);
    if (!strstr(err.message, message))
        CHECK_STR(err.message, message);
}

static void test_errors(void)
{
    check_error("a: 1\nb: [1\nc: 2\n", KUBE_E_PARSE, 3, 12, "did not find expected ',' or ']' while parsing a flow sequence");
    check_error("\xC3\xA9: 1\nb: @\n", KUBE_E_PARSE, 2, 9, "found character that cannot start any token");
    check_error("a: 1\nb: x\xFFy\n", KUBE_E_PARSE, 2, 9, "invalid");
    check_error("a: 1\nb: \x01\n", KUBE_E_PARSE, 2, 8, "control characters are not allowed");
    check_error("a: 1\nb: *x\n", KUBE_E_PARSE, 2, 8, "not there");
    check_error("a: 1\nb: &x [*x]\n", KUBE_E_PARSE, 2, 12, "contains itself");
    check_error("a: .inf\n", KUBE_E_PARSE, 1, 3, "infinity");
    check_error("a:\n  ~: 1\n", KUBE_E_PARSE, 2, 5, "null");
    check_error("? [a]\n: 1\n", KUBE_E_PARSE, 1, 2, "JSON's are strings");
    check_error("a: !!int x\n", KUBE_E_PARSE, 1, 3, "!!int");
    check_error("{\"a\": 1,\n\"b\": x y z tru\n", KUBE_E_PARSE, 3, 24, "flow mapping");
    check_error("{\"a\": \"\\ud83d\\ude00\",\n\"b\": 1 2}", KUBE_E_PARSE, 2, 29, "");
}

static void test_a_failed_reader_stays_failed(void)
{
    kube_error_t err;
    bool found = true;
    kube_yaml_reader_t *reader = kube_yaml_reader_new("a: 1\n---\n*x\n---\nb: 2", 19, NULL);
    kube_buffer_clear(&json);
    CHECK_INT(kube_yaml_reader_next(reader, &json, &found, &err), 0);
    CHECK_INT(kube_yaml_reader_next(reader, &json, &found, &err), KUBE_E_PARSE);
    CHECK(!found);
    CHECK_STR(json.data, "{\"a\":1}");
    CHECK_INT(kube_yaml_reader_next(reader, &json, &found, &err), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_reader_next(reader, NULL, &found, &err), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_reader_next(NULL, &json, &found, &err), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_reader_next(reader, &json, NULL, &err), KUBE_E_USAGE);
    kube_yaml_reader_free(reader);
    kube_yaml_reader_free(NULL);
}

static void repeat(kube_buffer_t *text, const char *part, size_t times)
{
    for (size_t i = 0; i < times; i++)
        kube_buffer_puts(text, part);
}

static void test_depth(void)
{
    kube_buffer_t text = { 0 };
    kube_error_t err;
    for (size_t depth = 200; depth <= 201; depth++) {
        kube_buffer_clear(&text);
        repeat(&text, "[", depth);
        repeat(&text, "]", depth);
        CHECK_INT(read_with(text.data, text.len, NULL, &err), depth == 200 ? 0 : KUBE_E_LIMIT);
        kube_buffer_clear(&text);
        repeat(&text, "{\"a\":", depth);
        kube_buffer_puts(&text, "1");
        repeat(&text, "}", depth);
        CHECK_INT(read_with(text.data, text.len, NULL, &err), depth == 200 ? 0 : KUBE_E_LIMIT);
    }
    kube_yaml_options_t options = { .max_depth = 2 };
    CHECK_INT(read_with("a: {b: 1}", 9, &options, &err), 0);
    CHECK_INT(read_with("a: {b: []}", 10, &options, &err), KUBE_E_LIMIT);
    CHECK_INT(read_with("- &x {a: 1}\n- *x\n", 17, &options, &err), 0);
    CHECK_INT(read_with("- &x {a: 1}\n- [*x]\n", 19, &options, &err), KUBE_E_LIMIT);
    CHECK_INT(read_with("{\"a\":{\"b\":[]}}", 14, &options, &err), KUBE_E_LIMIT);
    kube_buffer_dispose(&text);
}

static void test_size_limit(void)
{
    kube_error_t err;
    kube_yaml_options_t options = { .max_json_bytes = 20 };
    CHECK_INT(read_with("a: 0123\n---\nb: 1\n", 17, &options, &err), 0);
    CHECK_INT(read_with("- &x [1,2,3]\n- *x\n- *x\n", 23, &options, &err), KUBE_E_LIMIT);
    CHECK_INT(read_with("{\"a\":\"0123456789012345\"}", 24, &options, &err), KUBE_E_LIMIT);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Reads text and tells how many seconds of the processor that took; what a virtual machine is kept waiting may be among them. */
static double timed(const kube_buffer_t *text, int expected)
{
    kube_error_t err;
    double start = seconds();
    CHECK_INT(read_with(text->data, text->len, NULL, &err), expected);
    return seconds() - start;
}

/* What takes too long takes too long each time. */
#define TRIES 10

static bool is_read_within(double limit, const kube_buffer_t *text, int expected)
{
    double took = limit;
    for (int tries = 0; tries < TRIES && took >= limit; tries++)
        took = timed(text, expected);
    if (took >= limit)
        printf("%zu bytes: %.3f s\n", text->len, took);
    return took < limit;
}

static void test_alias_bombs(void)
{
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++)
        kube_buffer_printf(&text, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
                           i - 1, i - 1, i - 1);
    CHECK(is_read_within(5, &text, KUBE_E_LIMIT));
    kube_buffer_clear(&text);
    kube_buffer_puts(&text, "a0: &a0 {x: 1}\n");
    for (int i = 1; i < 100; i++)
        kube_buffer_printf(&text, "a%d: &a%d {<<: [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]}\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1,
                           i - 1, i - 1, i - 1, i - 1);
    CHECK(is_read_within(1, &text, 0));
    CHECK(json.len < 2000);
    kube_buffer_dispose(&text);
}

static void test_hostile_nesting(void)
{
    static const char *const parts[] = { "[", "{", "- ", "? ", "a: [", "[{", "!!x [", "&a [", "- - ", "{\"a\":", "{? " };
    kube_buffer_t text = { 0 };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        kube_error_t err;
        kube_buffer_clear(&text);
        repeat(&text, parts[i], 10000000 / strlen(parts[i]));
        int code = read_with(text.data, text.len, NULL, &err);
        CHECK(code < 0 && is_read_within(3, &text, code));
    }
    kube_buffer_dispose(&text);
}

static void put_lines(kube_buffer_t *text, const char *head, const char *format, size_t count)
{
    kube_buffer_puts(text, head);
    for (size_t i = 0; i < count; i++)
        kube_buffer_printf(text, format, (int)i, (int)i, (int)i);
}

/* Four times the input takes about four times the time. */
static void check_linear(const char *name, const char *head, const char *format, size_t count)
{
    kube_buffer_t once = { 0 }, four_times = { 0 };
    put_lines(&once, head, format, count);
    put_lines(&four_times, head, format, 4 * count);
    double first = timed(&once, 0), limit = 12 * first + 0.2;
    bool linear = is_read_within(limit, &four_times, 0);
    if (!linear)
        printf("%s: %.3f s, four times as much more than %.3f s\n", name, first, limit);
    CHECK(linear);
    kube_buffer_dispose(&once);
    kube_buffer_dispose(&four_times);
}

static void test_time_is_linear(void)
{
    check_linear("anchors", "", "- &a%d x\n- *a%d\n", 50000);
    check_linear("one anchor again and again", "", "- &a [%d]\n- *a\n", 50000);
    check_linear("keys", "", "key%d: value\n", 100000);
    check_linear("merged keys", "<<: {x: 1}\n", "key%d: value\n", 100000);
    check_linear("merges", "", "<<: {k%d: 1}\n", 50000);
    check_linear("documents", "", "---\na: %d\n", 50000);
    check_linear("documents with anchors", "", "---\n- &a%d [%d]\n- *a%d\n", 50000);
    check_linear("JSON documents", "", "{\"a\":%d}\n", 50000);
    check_linear("comments", "", "# %d\n", 200000);
    check_linear("a block", "a: |\n", "  line %d\n", 200000);
    check_linear("a long scalar", "a: x", " word%d", 100000);
}

static int read_and_write(kube_error_t *err)
{
    static const char text[] = "{\"j\":\n 1}\n---\na: &x {b: 1, c: [1, two]}\nd: *x\ne:\n  <<: [*x, {f: !!binary aGk=}]\n  b: 2\ng: &y\n"
                               "  a scalar that is long enough for the store of the anchors to grow when it is kept there - one allocation more, or two\n"
                               "h: *y\n"
                               "l: [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]\n";
    kube_buffer_t out = { 0 }, yaml = { 0 };
    bool found = true;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, sizeof text - 1, NULL);
    int result = reader ? 0 : kube_fail_memory(err);
    while (result == 0 && found) {
        out.len = 0;
        result = kube_yaml_reader_next(reader, &out, &found, err);
        if (result == 0 && found)
            result = kube_yaml_from_json(out.data, out.len, &yaml, err);
    }
    kube_yaml_reader_free(reader);
    kube_buffer_dispose(&out);
    kube_buffer_dispose(&yaml);
    return result;
}

static bool fails_for_memory_only(void)
{
    kube_error_t err = { 0 };
    int result = read_and_write(&err);
    return result == (faults.hit ? KUBE_E_NO_MEMORY : 0) && err.code == (kube_code_t)result;
}

/* Each allocation of reading, and of writing what was read, fails once. libyaml's own: yaml_memory.c. */
static void test_failing_memory(void)
{
    CHECK(fault_loop(fails_for_memory_only) > 20);
}

/* A document cut at every byte is read or refused. */
static void test_cut_input(void)
{
    static const char text[] = "a: &x {b: 1, \"c\": [1, 'two', ~]}\nd: *x\n? e\n: |+\n  f\n\n\ng: >-\n  h\n  i\n---\n{\"j\": [1.5, \"\\u00e9\"]}\n...\n";
    for (size_t len = 0; len < sizeof text; len++) {
        char *copy = malloc(len + 1);
        memcpy(copy, text, len);
        kube_error_t err;
        int result = read_with(copy, len, NULL, &err);
        CHECK(result == 0 || (result == KUBE_E_PARSE && err.offset <= len && err.line > 0));
        free(copy);
    }
}

int main(void)
{
    RUN(test_streams);
    RUN(test_json_documents);
    RUN(test_lines);
    RUN(test_lines_of_later_documents);
    RUN(test_errors);
    RUN(test_a_failed_reader_stays_failed);
    RUN(test_depth);
    RUN(test_size_limit);
    if (!getenv("KUBE_TEST_NO_TIMING")) { /* under valgrind time means nothing, and these take minutes */
        RUN(test_alias_bombs);
        RUN(test_hostile_nesting);
        RUN(test_time_is_linear);
    }
    RUN(test_failing_memory);
    RUN(test_cut_input);
    kube_buffer_dispose(&json);
    return test_end();
}
