#include <kube/int_or_string.h>

#include "test.h"

static void from_text(void)
{
    kube_int_or_string_t value = kube_int_or_string_from_text("80");
    CHECK(value.has && !value.string && value.number == 80);
    value = kube_int_or_string_from_text("-2147483648");
    CHECK(value.has && !value.string && value.number == INT32_MIN);
    value = kube_int_or_string_from_text("2147483648");
    CHECK_STR(value.string, "2147483648");
    value = kube_int_or_string_from_text("http");
    CHECK_STR(value.string, "http");
    value = kube_int_or_string_from_text("");
    CHECK_STR(value.string, "");
    CHECK(!kube_int_or_string_from_text(NULL).has);
}

static void values(void)
{
    static const struct { kube_int_or_string_t value; int64_t number; } cases[] = {
        { { .has = true, .number = 7 }, 7 },
        { { .has = true, .string = "42" }, 42 },
        { { .has = true, .string = "+42" }, 42 },
        { { .has = true, .string = "-42" }, -42 },
        { { .has = true, .string = "25%" }, 0 },
        { { .has = true, .string = "" }, 0 },
        { { .has = true, .string = "-" }, 0 },
        { { .has = true, .string = "1_0" }, 0 },
        { { .has = true, .string = "9223372036854775807" }, INT64_MAX },
        { { .has = true, .string = "9223372036854775808" }, INT64_MAX },
        { { .has = true, .string = "-9223372036854775808" }, INT64_MIN },
        { { .has = true, .string = "-99999999999999999999" }, INT64_MIN },
        { { .has = true, .string = "99999999999999999999x" }, 0 },
        { { .has = false, .number = 7 }, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(kube_int_or_string_value(&cases[i].value), cases[i].number);
    CHECK_INT(kube_int_or_string_value(NULL), 0);
}

static void scaled(void)
{
    static const struct { const char *text; int64_t total; bool round_up; int code; int64_t result; } cases[] = {
        { "25%", 10, false, KUBE_OK, 2 }, { "25%", 10, true, KUBE_OK, 3 },  { "25%", 8, true, KUBE_OK, 2 },    { "0%", 10, true, KUBE_OK, 0 },
        { "-25%", 10, false, KUBE_OK, -3 }, { "-25%", 10, true, KUBE_OK, -2 }, { "150%", 3, false, KUBE_OK, 4 }, { "+50%", 4, false, KUBE_OK, 2 },
        { "25", 10, true, KUBE_OK, 25 },  { "x", 10, true, KUBE_E_PARSE, 0 }, { "", 10, true, KUBE_E_PARSE, 0 }, { "%", 10, true, KUBE_E_PARSE, 0 },
        { "2.5%", 10, true, KUBE_E_PARSE, 0 }, { "25%%", 10, true, KUBE_E_PARSE, 0 }, { "9223372036854775807%", 2, true, KUBE_E_LIMIT, 0 },
        { "9223372036854775808%", 1, true, KUBE_E_PARSE, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_int_or_string_t value = kube_int_or_string_from_text(cases[i].text);
        kube_error_t err;
        int64_t out = 0;
        CHECK_INT(kube_int_or_string_scaled(&value, cases[i].total, cases[i].round_up, &out, &err), cases[i].code);
        CHECK_INT(out, cases[i].result);
        CHECK_INT(err.code, cases[i].code);
    }
    kube_int_or_string_t digits_in_a_string = { .has = true, .string = "25" }, absent = { .has = false };
    int64_t out;
    CHECK_INT(kube_int_or_string_scaled(&digits_in_a_string, 10, true, &out, NULL), KUBE_E_PARSE);
    CHECK_INT(kube_int_or_string_scaled(&absent, 10, true, &out, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_int_or_string_scaled(NULL, 10, true, &out, NULL), KUBE_E_USAGE);
}

static void equality_and_text(void)
{
    kube_int_or_string_t number = { .has = true, .number = -80 }, same = { .has = true, .number = -80 }, text = { .has = true, .string = "-80" };
    kube_int_or_string_t other = { .has = true, .string = "http" }, absent = { .has = false, .number = -80 };
    char out[8];
    CHECK(kube_int_or_string_equal(&number, &same) && !kube_int_or_string_equal(&number, &text) && !kube_int_or_string_equal(&text, &other));
    CHECK(kube_int_or_string_equal(&absent, NULL) && !kube_int_or_string_equal(&absent, &number));
    CHECK_INT(kube_int_or_string_to_text(&number, out, sizeof out), 3);
    CHECK_STR(out, "-80");
    CHECK_INT(kube_int_or_string_to_text(&other, out, 3), 4);
    CHECK_STR(out, "ht");
    CHECK_INT(kube_int_or_string_to_text(&other, NULL, 0), 4);
    CHECK_INT(kube_int_or_string_to_text(&absent, out, sizeof out), KUBE_E_USAGE);
}

int main(void)
{
    RUN(from_text);
    RUN(values);
    RUN(scaled);
    RUN(equality_and_text);
    return test_end();
}
