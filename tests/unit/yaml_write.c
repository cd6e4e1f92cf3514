/* JSON to YAML: the style, and that the YAML reads back as the very same JSON. */
#include <kube/yaml.h>

#include "object/json_scan.h"
#include "test.h"

static kube_buffer_t yaml, back;

static const char *write_yaml(const char *json, size_t len)
{
    kube_error_t err;
    kube_buffer_clear(&yaml);
    int result = kube_yaml_from_json(json, len, &yaml, &err);
    if (result < 0)
        printf("%.*s: %s\n", (int)len, json, err.message);
    CHECK_INT(result, 0);
    return yaml.data;
}

static bool reads_back(const char *json, size_t len)
{
    kube_error_t err = { 0 };
    bool found = false, more = false;
    write_yaml(json, len);
    kube_yaml_reader_t *reader = kube_yaml_reader_new(yaml.data, yaml.len, NULL);
    kube_buffer_clear(&back);
    int result = kube_yaml_reader_next(reader, &back, &found, &err);
    bool same = result == 0 && found && back.len == len && memcmp(back.data, json, len) == 0;
    if (result == 0)
        result = kube_yaml_reader_next(reader, &back, &more, &err);
    kube_yaml_reader_free(reader);
    if (!same || more || result < 0)
        printf("JSON %.*s\nYAML %s\nback %s (%s)\n", (int)len, json, yaml.data, back.data, err.message);
    return same && !more && result == 0;
}

#define CHECK_YAML(json, expected)                       \
    do {                                                 \
        CHECK_STR(write_yaml(json, strlen(json)), expected); \
        CHECK(reads_back(json, strlen(json)));           \
    } while (0)

static void test_collections(void)
{
    CHECK_YAML("{\"a\":1,\"b\":[1,2],\"c\":{\"d\":null}}", "a: 1\nb:\n- 1\n- 2\nc:\n  d: null\n");
    CHECK_YAML("{\"b\":{},\"a\":[]}", "b: {}\na: []\n");
    CHECK_YAML("[[1,[2]],{\"a\":1,\"b\":[{\"c\":2}]},[]]", "- - 1\n  - - 2\n- a: 1\n  b:\n  - c: 2\n- []\n");
    CHECK_YAML("{}", "{}\n");
    CHECK_YAML("[]", "[]\n");
    CHECK_YAML("true", "true\n");
    CHECK_YAML("\"x\"", "x\n");
    CHECK_YAML("{\"a\":1,\"a\":2}", "a: 1\na: 2\n");
}

static void test_strings(void)
{
    CHECK_YAML("[\"yes\",\"0777\",\"1e3\",\"null\",\"\",\"2001-01-01\",\"1:30\",\"~\",\"y\",\"0x1F\",\".5\",\".inf\"]",
               "- \"yes\"\n- \"0777\"\n- \"1e3\"\n- \"null\"\n- \"\"\n- \"2001-01-01\"\n- \"1:30\"\n- \"~\"\n- \"y\"\n- \"0x1F\"\n- \".5\"\n"
               "- \".inf\"\n");
    CHECK_YAML("[\" x\",\"x \",\"a: b\",\"a #b\",\"- x\",\"*x\",\"&x\",\"!x\",\"%x\",\"@x\",\"it's: x\",\"{a}\",\"---\","
               "\"<<\",\"=\",\"a:b\",\"10.0.0.1\"]",
               "- ' x'\n- 'x '\n- 'a: b'\n- 'a #b'\n- '- x'\n- '*x'\n- '&x'\n- '!x'\n- '%x'\n"
               "- '@x'\n- 'it''s: x'\n- '{a}'\n- '---'\n- \"<<\"\n- =\n"
               "- a:b\n- 10.0.0.1\n");
    CHECK_YAML("{\"a\":\"x\\ny\",\"b\":\"x\\ny\\n\",\"c\":\"x\\n\\n\",\"d\":\"  x\\ny\\n\"}",
               "a: |-\n  x\n  y\nb: |\n  x\n  y\nc: |+\n  x\n\nd: |2\n    x\n  y\n");
    CHECK_YAML("[\"\\u0000\\u0001\\t\\r\\u001f\"]", "- \"\\0\\x01\\t\\r\\x1F\"\n");
}

static void test_keys(void)
{
    CHECK_YAML("{\"yes\":1,\"1\":2,\"\":3,\"a\\nb\":4,\"<<\":{\"x\":1},\"null\":5,\"a b\":6}",
               "\"yes\": 1\n\"1\": 2\n\"\": 3\n? |-\n  a\n  b\n: 4\n\"<<\":\n  x: 1\n\"null\": 5\na b: 6\n");
}

static void test_numbers_keep_their_text(void)
{
    const char *json = "[1.0,1e3,-0,123456789012345678901234567890,18446744073709551615,0.10]";
    CHECK_STR(write_yaml(json, strlen(json)), "- 1.0\n- 1e3\n- -0\n- 123456789012345678901234567890\n- 18446744073709551615\n- 0.10\n");
}

static void test_long_lines_are_not_folded(void)
{
    char json[4100];
    json[0] = '"';
    for (int i = 1; i < 4000; i++)
        json[i] = i % 7 ? 'a' : ' ';
    memcpy(json + 4000, "b\"", 3);
    CHECK(reads_back(json, 4002));
    CHECK_INT(yaml.len, 4001);
}

static void test_bad_json(void)
{
    kube_buffer_t out = { 0 };
    kube_error_t err;
    kube_buffer_puts(&out, "x");
    CHECK_INT(kube_yaml_from_json("{\"a\":", 5, &out, &err), KUBE_E_PARSE);
    CHECK_INT(kube_yaml_from_json("1 2", 3, &out, &err), KUBE_E_PARSE);
    CHECK_INT(kube_yaml_from_json("", 0, &out, &err), KUBE_E_PARSE);
    CHECK_INT(kube_yaml_from_json(NULL, 0, &out, &err), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_from_json("1", 1, NULL, &err), KUBE_E_USAGE);
    CHECK_STR(out.data, "x");
    kube_buffer_dispose(&out);
}

static unsigned long long seed = 88172645463325252ull;

static unsigned next(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % below;
}

static void random_string(kube_buffer_t *json)
{
    static const char *const pieces[] = {
        "a", "b", " ", "  ", "\n", "\n\n", "\n ", "\t", "\r", "\r\n", "\"", "\\", "/", "'", ":", ": ", " #", "#", "- ", "-",
        "---", "...", "? ", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "\x01", "\x1b", "\x7f",
        "\xc2\x85", "\xc2\xa0", "\xc2\x80", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf", "\xef\xbf\xbd", "\xef\xbf\xbe",
        "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xc3\xa9", "\xe4\xb8\xad", "yes", "null", "~", "0", "1", "0x", "1e3", ".",
        "_", "<<", "=", "true", ".inf", "2001-01-01", "1:30", "word and word", "\b", "\f", "\v", "\xed\x9f\xbf",
        "\xee\x80\x80",
    };
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "");
    for (unsigned i = next(next(4) ? 5 : 40); i > 0; i--) {
        if (next(40) == 0)
            kube_buffer_append(&text, "", 1);
        else
            kube_buffer_puts(&text, pieces[next(sizeof pieces / sizeof *pieces)]);
    }
    kube_json_quote(json, text.data, text.len);
    kube_buffer_dispose(&text);
}

static void random_value(kube_buffer_t *json, unsigned depth)
{
    static const char *const words[] = {
        "null", "true", "false", "0", "-1", "12", "0.5", "-2.25", "1e+21", "1e-7", "9223372036854775807", "18446744073709551615",
        "-9223372036854775808", "123456789012345678901234567890", "5e-324", "1.7976931348623157e+308", "1000000",
    };
    unsigned kind = next(depth > 5 ? 2 : 5), count = next(5);
    if (kind == 0) {
        kube_buffer_puts(json, words[next(sizeof words / sizeof *words)]);
    } else if (kind <= 2) {
        random_string(json);
    } else {
        kube_buffer_puts(json, kind == 3 ? "[" : "{");
        for (unsigned i = 0; i < count; i++) {
            kube_buffer_puts(json, i ? "," : "");
            if (kind == 4) {
                random_string(json);
                kube_buffer_puts(json, ":");
            }
            random_value(json, depth + 1);
        }
        kube_buffer_puts(json, kind == 3 ? "]" : "}");
    }
}

/* With YAML_PAIRS in the environment, each pair of YAML and JSON is also written to that file, for tests/golden/yaml -check. */
static void test_random_json_reads_back(void)
{
    FILE *pairs = getenv("YAML_PAIRS") ? fopen(getenv("YAML_PAIRS"), "w") : NULL;
    kube_buffer_t json = { 0 }, quoted = { 0 };
    for (int i = 0; i < 20000 && !test_failed_here; i++) {
        kube_buffer_clear(&json);
        random_value(&json, 0);
        if (strcmp(json.data, "null") == 0)
            continue;
        CHECK(reads_back(json.data, json.len));
        if (!pairs)
            continue;
        kube_buffer_clear(&quoted);
        kube_buffer_puts(&quoted, "{\"yaml\":");
        kube_json_quote(&quoted, yaml.data, yaml.len);
        kube_buffer_puts(&quoted, ",\"json\":");
        kube_json_quote(&quoted, json.data, json.len);
        fprintf(pairs, "%s}\n", quoted.data);
    }
    if (pairs)
        fclose(pairs);
    kube_buffer_dispose(&json);
    kube_buffer_dispose(&quoted);
}

int main(void)
{
    RUN(test_collections);
    RUN(test_strings);
    RUN(test_keys);
    RUN(test_numbers_keep_their_text);
    RUN(test_long_lines_are_not_folded);
    RUN(test_bad_json);
    RUN(test_random_json_reads_back);
    kube_buffer_dispose(&yaml);
    kube_buffer_dispose(&back);
    return test_end();
}
