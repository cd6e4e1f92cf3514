#include "client/warning.h"

#include "test.h"

static char value[512];
static char *at;

static void begin(const char *text)
{
    snprintf(value, sizeof value, "%s", text);
    at = value;
}

static void expect(int code, const char *agent, const char *text)
{
    kube_warning_t warning = { 0 };
    CHECK(kube_warning_next(&at, &warning));
    CHECK_INT(warning.code, code);
    CHECK_STR(warning.agent, agent);
    CHECK_STR(warning.text, text);
}

static void expect_end(void)
{
    kube_warning_t warning = { .code = -1 };
    CHECK(!kube_warning_next(&at, &warning));
    CHECK_INT(warning.code, -1);
    CHECK(!kube_warning_next(&at, &warning));
}

static void one(void)
{
    begin("299 - \"policy/v1beta1 PodSecurityPolicy is deprecated\"");
    expect(299, "-", "policy/v1beta1 PodSecurityPolicy is deprecated");
    expect_end();
    begin(" \t299  kube-apiserver:6443 \t\"\" ");
    expect(299, "kube-apiserver:6443", "");
    expect_end();
}

static void several(void)
{
    begin("299 - \"unknown field \\\"spec.foo\\\"\", 214 proxy \"a, b\" \"Sun, 06 Nov 1994 08:49:37 GMT\" ,299 - \"c\"");
    expect(299, "-", "unknown field \"spec.foo\"");
    expect(214, "proxy", "a, b");
    expect(299, "-", "c");
    expect_end();
}

static void quotes(void)
{
    begin("299 - \"back\\\\slash \\\"quoted\\\" \\n\", 299 - \"\\\\\"");
    expect(299, "-", "back\\slash \"quoted\" n");
    expect(299, "-", "\\");
    expect_end();
}

static void stays_one_line(void)
{
    begin("299 - \"a\nb\\\r\x7F\x1B[31m\tc \xC3\xA9\"");
    expect(299, "-", "a b   [31m c \xC3\xA9");
    expect_end();
}

static void what_is_none_is_passed_over(void)
{
    static const char *const bad[] = {
        "", ",", "299", "299 ", "299 -", "299 - ", "299 - text", "29 - \"a\"", "2999 - \"a\"", "-99 - \"a\"", "299- \"a\"",
            "299 \"a\"",
        "299 -\"a\"", "299 - \"a\" b", "299 - \"a\" \"b\" \"c\"", "299 - x \"a\"", "a \"299, 299\"", "299  - \"a\"b",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[128];
        begin(bad[i]);
        expect_end();
        snprintf(text, sizeof text, "%s,299 - \"good\",%s", bad[i], bad[i]);
        begin(text);
        expect(299, "-", "good");
        expect_end();
    }
    begin("junk \"a, 299 - \"b\", 299 - \"c\"");
    expect_end();
    begin("299 - \"not closed, 299 - ");
    expect_end();
    begin("299 - \"not closed \\\"");
    expect_end();
    begin("299 - \"\\");
    expect_end();
}

static void cut_anywhere(void)
{
    static const char text[] = "299 - \"a \\\"b\\\"\" \"date\", 299 agent \"c\"";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *copy = malloc(len + 1), *from = copy;
        kube_warning_t warning;
        int count = 0;
        memcpy(copy, text, len);
        copy[len] = '\0';
        while (kube_warning_next(&from, &warning))
            count++;
        CHECK_INT(count, len >= 15);
        free(copy);
    }
}

int main(void)
{
    RUN(one);
    RUN(several);
    RUN(quotes);
    RUN(stays_one_line);
    RUN(what_is_none_is_passed_over);
    RUN(cut_anywhere);
    return test_end();
}
