/* Two texts with a newline between them: what parses must print, parse again and compare as itself, and a + b - b must be a. */
#include <kube/quantity.h>

#include <stdlib.h>
#include <string.h>

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_round_trip(const kube_quantity_t *quantity)
{
    char text[KUBE_QUANTITY_TEXT_SIZE], again_text[KUBE_QUANTITY_TEXT_SIZE];
    kube_quantity_t again;
    int64_t value;
    int len = kube_quantity_to_text(quantity, text, sizeof text);
    require(len > 0 && (size_t)len == strlen(text));
    int code = kube_quantity_parse(text, (size_t)len, &again);
    if (code) {
        require(quantity->scale > INT32_MAX - 39);
        return;
    }
    require(kube_quantity_compare(quantity, &again) == 0);
    /* A binary quantity that needs no binary suffix reads as a decimal one: 62.5Ki is 64000 is 64k. */
    if (quantity->format == again.format)
        require(kube_quantity_to_text(&again, again_text, sizeof again_text) == len && strcmp(text, again_text) == 0);
    code = kube_quantity_value(quantity, &value);
    if (!code) {
        kube_quantity_t rounded = kube_quantity_from_int64(value, KUBE_QUANTITY_DECIMAL_SI);
        int order = kube_quantity_compare(&rounded, quantity);
        require(quantity->negative ? order <= 0 : order >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *newline = size ? memchr(text, '\n', size) : NULL;
    size_t first = newline ? (size_t)(newline - text) : size;
    kube_quantity_t a, b, sum;
    if (kube_quantity_parse(text ? text : "", first, &a) != KUBE_OK)
        return 0;
    check_round_trip(&a);
    if (!newline || kube_quantity_parse(newline + 1, size - first - 1, &b) != KUBE_OK)
        return 0;
    check_round_trip(&b);
    require((kube_quantity_compare(&a, &b) > 0) == (kube_quantity_compare(&b, &a) < 0));
    if (kube_quantity_add(&a, &b, &sum) == KUBE_OK && kube_quantity_sub(&sum, &b, &sum) == KUBE_OK)
        require(kube_quantity_compare(&sum, &a) == 0);
    return 0;
}
