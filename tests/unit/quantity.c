#include <kube/quantity.h>

#include <stdint.h>

#include "golden.h"

static kube_quantity_t parse(const char *text)
{
    kube_quantity_t quantity = { 0 };
    CHECK_INT(kube_quantity_parse(text, strlen(text), &quantity), KUBE_OK);
    return quantity;
}

static const char *text_of(const kube_quantity_t *quantity)
{
    static char text[KUBE_QUANTITY_TEXT_SIZE];
    int len = kube_quantity_to_text(quantity, text, sizeof text);
    CHECK_INT(len, strlen(text));
    return text;
}

/* expected: the text, or after "=" any text of the same value where Go's own has lost it. */
static void check_text(const kube_quantity_t *quantity, const char *expected)
{
    if (*expected != '=') {
        CHECK_STR(text_of(quantity), expected);
        return;
    }
    kube_quantity_t same = parse(expected + 1), again = parse(text_of(quantity));
    CHECK_INT(kube_quantity_compare(quantity, &same), 0);
    /* The text of a binary quantity beyond 2^63-1 reads as 2^63-1. */
    if (quantity->format != KUBE_QUANTITY_BINARY_SI)
        CHECK_INT(kube_quantity_compare(quantity, &again), 0);
}

/* The digits of a text's number, without zeros at its ends. */
static size_t digits_in(const char *text)
{
    size_t digits = 0, zeros = 0;
    for (; *text && strchr("=+-.0123456789", *text); text++) {
        if (*text == '0') {
            zeros++;
        } else if (*text >= '1') {
            digits += 1 + (digits ? zeros : 0);
            zeros = 0;
        }
    }
    return digits;
}

/* A sum or difference that Go has exactly: so have we, unless it has too many digits. */
static void check_result(int code, const kube_quantity_t *result, const char *expected)
{
    if (code == KUBE_E_LIMIT) {
        CHECK(digits_in(expected) > 38);
        return;
    }
    CHECK_INT(code, KUBE_OK);
    check_text(result, expected);
}

static void check_value(int code, int64_t value, const char *expected)
{
    if (strcmp(expected, "overflow") == 0) {
        CHECK_INT(code, KUBE_E_LIMIT);
        CHECK(value == INT64_MAX || value == INT64_MIN);
        return;
    }
    CHECK_INT(code, KUBE_OK);
    CHECK_INT(value, strtoll(expected, NULL, 10));
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void pair_row(char **fields)
{
    kube_quantity_t a = parse(fields[0]), b = parse(fields[1]), sum, difference;
    int order = atoi(fields[2]), by_text;
    CHECK_INT(sign(kube_quantity_compare(&a, &b)), order);
    CHECK_INT(sign(kube_quantity_compare(&b, &a)), -order);
    CHECK_INT(kube_quantity_compare_text(fields[0], fields[1], &by_text), KUBE_OK);
    CHECK_INT(sign(by_text), order);
    check_result(kube_quantity_add(&a, &b, &sum), &sum, fields[3]);
    check_result(kube_quantity_sub(&a, &b, &difference), &difference, fields[4]);
}

static void row(char **fields, int count)
{
    kube_quantity_t quantity;
    int64_t value = 0;
    if (count == 5) {
        pair_row(fields);
        return;
    }
    int code = kube_quantity_parse(fields[0], strlen(fields[0]), &quantity);
    if (count == 2) {
        CHECK_STR(fields[1], "error");
        CHECK_INT(code, KUBE_E_PARSE);
        return;
    }
    if (code == KUBE_E_LIMIT) {
        CHECK(digits_in(fields[0]) > 38);
        return;
    }
    CHECK_INT(code, KUBE_OK);
    check_text(&quantity, fields[1]);
    code = kube_quantity_value(&quantity, &value);
    check_value(code, value, fields[2]);
    code = kube_quantity_milli_value(&quantity, &value);
    check_value(code, value, fields[3]);
}

static void as_go_does(void)
{
    CHECK(golden_read("quantity.txt", row) > 4500);
}

static void limits(void)
{
    kube_quantity_t quantity, other;
    CHECK_INT(kube_quantity_parse("1e2147483647", 12, &quantity), KUBE_OK);
    CHECK_STR(text_of(&quantity), "10e2147483646");
    CHECK_INT(kube_quantity_parse("10e2147483647", 13, &quantity), KUBE_E_LIMIT);
    CHECK_INT(kube_quantity_parse("1e2147483648", 12, &quantity), KUBE_E_PARSE);
    CHECK_INT(kube_quantity_parse("-1.5e-2147483648", 16, &quantity), KUBE_OK);
    CHECK_STR(text_of(&quantity), "-1e-9");
    const char *largest = "340282366920938463463374607431768211455";
    quantity = parse(largest);
    CHECK_STR(text_of(&quantity), largest);
    CHECK_INT(kube_quantity_parse("340282366920938463463374607431768211456", 39, &other), KUBE_E_LIMIT);
    CHECK_INT(kube_quantity_parse("340282366920938463463374607431.768211455000001", 46, &other), KUBE_E_LIMIT);
    other = parse("1");
    CHECK_INT(kube_quantity_add(&quantity, &other, &other), KUBE_E_LIMIT);
    CHECK_STR(text_of(&other), "1");
    other = parse("1n");
    CHECK_INT(kube_quantity_sub(&quantity, &other, &other), KUBE_E_LIMIT);
    CHECK(kube_quantity_compare(&quantity, &other) > 0);
    other = parse("4e38");
    CHECK(kube_quantity_compare(&quantity, &other) < 0 && kube_quantity_compare(&other, &quantity) > 0);
    quantity = parse("1000E");
    CHECK_STR(text_of(&quantity), "1e21");
    quantity = parse("8191Pi");
    CHECK_INT(kube_quantity_add(&quantity, &quantity, &quantity), KUBE_OK);
    CHECK_STR(text_of(&quantity), "16382Pi");
}

static void from_numbers(void)
{
    kube_quantity_t quantity = kube_quantity_from_int64(INT64_MIN, KUBE_QUANTITY_DECIMAL_SI);
    CHECK_STR(text_of(&quantity), "-9223372036854775808");
    int64_t value;
    CHECK_INT(kube_quantity_value(&quantity, &value), KUBE_OK);
    CHECK(value == INT64_MIN);
    quantity = kube_quantity_from_milli(1500, KUBE_QUANTITY_DECIMAL_SI);
    CHECK_STR(text_of(&quantity), "1500m");
    CHECK_INT(kube_quantity_value(&quantity, &value), KUBE_OK);
    CHECK_INT(value, 2);
    quantity = kube_quantity_from_int64(3 << 20, KUBE_QUANTITY_BINARY_SI);
    CHECK_STR(text_of(&quantity), "3Mi");
    kube_quantity_negate(&quantity);
    CHECK_STR(text_of(&quantity), "-3Mi");
    quantity = kube_quantity_from_scaled(5, 40, KUBE_QUANTITY_BINARY_SI);
    CHECK_STR(text_of(&quantity), "50e39");
    quantity = kube_quantity_from_scaled(5, INT32_MIN, KUBE_QUANTITY_DECIMAL_SI);
    CHECK_STR(text_of(&quantity), "50e-2147483649");
    CHECK_INT(kube_quantity_value(&quantity, &value), KUBE_OK);
    CHECK_INT(value, 1);
    kube_quantity_t zero = { 0 };
    CHECK_STR(text_of(&zero), "0");
    kube_quantity_negate(&zero);
    CHECK(kube_quantity_is_zero(&zero) && !zero.negative && kube_quantity_is_zero(NULL));
}

static void helpers_and_misuse(void)
{
    char out[8];
    int order;
    kube_quantity_t quantity = parse("1234567");
    CHECK_INT(kube_quantity_to_text(&quantity, out, 7), KUBE_E_LIMIT);
    CHECK_INT(kube_quantity_to_text(&quantity, out, 8), 7);
    CHECK_INT(kube_quantity_canonical("1000m", out, sizeof out), 1);
    CHECK_STR(out, "1");
    CHECK_INT(kube_quantity_canonical(" \t1.5Gi\n", out, sizeof out), 6);
    CHECK_STR(out, "1536Mi");
    CHECK_INT(kube_quantity_canonical("1 Gi", out, sizeof out), KUBE_E_PARSE);
    CHECK_INT(kube_quantity_canonical("  ", out, sizeof out), KUBE_E_PARSE);
    CHECK_INT(kube_quantity_canonical(NULL, out, sizeof out), KUBE_E_USAGE);
    CHECK_INT(kube_quantity_compare_text("1", "x", &order), KUBE_E_PARSE);
    CHECK_INT(kube_quantity_compare_text("1Gi", NULL, &order), KUBE_E_USAGE);
    CHECK_INT(kube_quantity_compare_text("1Gi", "1G", &order), KUBE_OK);
    CHECK(order > 0);
    CHECK_INT(kube_quantity_parse(NULL, 0, &quantity), KUBE_E_USAGE);
    CHECK_INT(kube_quantity_parse("1", 1, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_quantity_parse("1\0", 2, &quantity), KUBE_E_PARSE);
    CHECK_INT(kube_quantity_parse("1\0i", 3, &quantity), KUBE_E_PARSE);
    CHECK_INT(kube_quantity_add(&quantity, NULL, &quantity), KUBE_E_USAGE);
}

int main(void)
{
    RUN(as_go_does);
    RUN(limits);
    RUN(from_numbers);
    RUN(helpers_and_misuse);
    return test_end();
}
