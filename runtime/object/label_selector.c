#include "object/label_selector.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/memory.h"
#include "object/names.h"

/* One allocation: the pointers of values and the strings follow the struct. */
struct requirement {
    const char *key;
    kube_label_operator_t operation;
    int64_t number; /* of GREATER and LESS */
    size_t order;   /* in which it was added */
    size_t value_count;
    const char *values[]; /* sorted, each once */
};

struct kube_label_selector {
    struct requirement **items;
    size_t count, capacity;
    bool nothing;
    kube_buffer_t text;
};

kube_label_selector_t *kube_label_selector_new(bool nothing)
{
    kube_label_selector_t *selector = kube_mem_zero(sizeof *selector);
    if (selector)
        selector->nothing = nothing;
    return selector;
}

void kube_label_selector_free(kube_label_selector_t *selector)
{
    if (!selector)
        return;
    for (size_t i = 0; i < selector->count; i++)
        kube_mem_free(selector->items[i]);
    kube_mem_free(selector->items);
    kube_buffer_dispose(&selector->text);
    kube_mem_free(selector);
}

/* ---- making ---- */

static bool count_is_right(kube_label_operator_t operation, size_t count)
{
    switch (operation) {
    case KUBE_LABEL_EXISTS:
    case KUBE_LABEL_DOES_NOT_EXIST: return count == 0;
    case KUBE_LABEL_IN:
    case KUBE_LABEL_NOT_IN: return count > 0;
    default: return count == 1;
    }
}

static int check(const kube_span_t *key, kube_label_operator_t operation, const kube_span_t *values, size_t count, const kube_span_t **bad,
                 kube_error_t *err)
{
    bool numeric = operation == KUBE_LABEL_GREATER || operation == KUBE_LABEL_LESS;
    int64_t number;
    *bad = key;
    if (!kube_label_key_is_valid(key->text, key->len))
        return kube_fail(err, KUBE_E_INVALID, "\"%.*s\" is not a label key", (int)key->len, key->text);
    *bad = NULL;
    if (!count_is_right(operation, count))
        return kube_fail(err, KUBE_E_INVALID, "%zu values do not go with the operator", count);
    for (size_t i = 0; i < count; i++) {
        *bad = &values[i];
        if (!kube_label_value_is_valid(values[i].text, values[i].len))
            return kube_fail(err, KUBE_E_INVALID, "\"%.*s\" is not a label value", (int)values[i].len, values[i].text);
        if (numeric && kube_decimal_parse(values[i].text, values[i].len, &number) != KUBE_DECIMAL_OK)
            return kube_fail(err, KUBE_E_INVALID, "\"%.*s\" is not a whole number", (int)values[i].len, values[i].text);
    }
    return KUBE_OK;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *copy_span(char **to, kube_span_t span)
{
    char *copy = *to;
    if (span.len > 0)
        memcpy(copy, span.text, span.len);
    copy[span.len] = '\0';
    *to += span.len + 1;
    return copy;
}

static void sort_values(struct requirement *made)
{
    size_t kept = 1;
    if (made->value_count < 2)
        return;
    qsort(made->values, made->value_count, sizeof *made->values, compare_strings);
    for (size_t i = 1; i < made->value_count; i++)
        if (strcmp(made->values[i], made->values[kept - 1]) != 0)
            made->values[kept++] = made->values[i];
    made->value_count = kept;
}

static struct requirement *make(kube_span_t key, kube_label_operator_t operation, const kube_span_t *values, size_t count)
{
    size_t size = sizeof(struct requirement) + count * sizeof(char *) + key.len + 1;
    for (size_t i = 0; i < count; i++)
        size += values[i].len + 1;
    struct requirement *made = kube_mem_zero(size);
    if (!made)
        return NULL;
    char *strings = (char *)&made->values[count];
    made->key = copy_span(&strings, key);
    made->operation = operation;
    made->value_count = count;
    for (size_t i = 0; i < count; i++)
        made->values[i] = copy_span(&strings, values[i]);
    if (operation == KUBE_LABEL_GREATER || operation == KUBE_LABEL_LESS)
        kube_decimal_parse(values[0].text, values[0].len, &made->number);
    sort_values(made);
    return made;
}

int kube_label_selector_add(kube_label_selector_t *selector, const kube_span_t *key, kube_label_operator_t operation,
                            const kube_span_t *values, size_t count, const kube_span_t **bad, kube_error_t *err)
{
    int code = check(key, operation, values, count, bad, err);
    if (code)
        return code;
    if (selector->count == selector->capacity) {
        size_t capacity = selector->capacity ? 2 * selector->capacity : 4;
        struct requirement **grown = kube_mem_realloc(selector->items, capacity * sizeof *grown);
        if (!grown)
            return kube_fail_memory(err);
        selector->items = grown;
        selector->capacity = capacity;
    }
    struct requirement *made = make(*key, operation, values, count);
    if (!made)
        return kube_fail_memory(err);
    made->order = selector->count;
    selector->items[selector->count++] = made;
    return KUBE_OK;
}

static int compare_requirements(const void *a, const void *b)
{
    const struct requirement *x = *(struct requirement *const *)a, *y = *(struct requirement *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : x->order < y->order ? -1 : 1;
}

static void print(kube_buffer_t *buffer, const struct requirement *requirement)
{
    static const char *const before_values[] = { "", "", "=", "==", "!=", " in (", " notin (", ">", "<" };
    kube_buffer_puts(buffer, requirement->operation == KUBE_LABEL_DOES_NOT_EXIST ? "!" : "");
    kube_buffer_puts(buffer, requirement->key);
    kube_buffer_puts(buffer, before_values[requirement->operation]);
    for (size_t i = 0; i < requirement->value_count; i++) {
        kube_buffer_puts(buffer, i ? "," : "");
        kube_buffer_puts(buffer, requirement->values[i]);
    }
    if (requirement->operation == KUBE_LABEL_IN || requirement->operation == KUBE_LABEL_NOT_IN)
        kube_buffer_puts(buffer, ")");
}

int kube_label_selector_finish(kube_label_selector_t *selector, kube_error_t *err)
{
    if (selector->count > 0)
        qsort(selector->items, selector->count, sizeof(struct requirement *), compare_requirements);
    for (size_t i = 0; i < selector->count; i++) {
        kube_buffer_puts(&selector->text, i ? "," : "");
        print(&selector->text, selector->items[i]);
    }
    return selector->text.failed ? kube_fail_memory(err) : KUBE_OK;
}

/* ---- using ---- */

/* The value of a label; of a key that stands there twice the last one counts, as in Go. NULL: there is none. */
static const char *find(const kube_string_map_t *labels, const char *key)
{
    for (size_t i = labels ? labels->len : 0; i > 0; i--)
        if (strcmp(labels->items[i - 1].key, key) == 0)
            return labels->items[i - 1].value ? labels->items[i - 1].value : "";
    return NULL;
}

static bool has_value(const struct requirement *requirement, const char *value)
{
    return bsearch(&value, requirement->values, requirement->value_count, sizeof *requirement->values, compare_strings) != NULL;
}

static bool holds(const struct requirement *requirement, const char *value)
{
    int64_t number;
    switch (requirement->operation) {
    case KUBE_LABEL_EXISTS: return value != NULL;
    case KUBE_LABEL_DOES_NOT_EXIST: return !value;
    case KUBE_LABEL_NOT_EQUALS:
    case KUBE_LABEL_NOT_IN: return !value || !has_value(requirement, value);
    case KUBE_LABEL_EQUALS:
    case KUBE_LABEL_DOUBLE_EQUALS:
    case KUBE_LABEL_IN: return value && has_value(requirement, value);
    default: break;
    }
    if (!value || kube_decimal_parse(value, strlen(value), &number) != KUBE_DECIMAL_OK)
        return false;
    return requirement->operation == KUBE_LABEL_GREATER ? number > requirement->number : number < requirement->number;
}

bool kube_label_selector_matches(const kube_label_selector_t *selector, const kube_string_map_t *labels)
{
    if (!selector)
        return true;
    for (size_t i = 0; i < selector->count; i++)
        if (!holds(selector->items[i], find(labels, selector->items[i]->key)))
            return false;
    return !selector->nothing;
}

const char *kube_label_selector_text(const kube_label_selector_t *selector)
{
    return selector && selector->text.data ? selector->text.data : "";
}

bool kube_label_selector_is_nothing(const kube_label_selector_t *selector)
{
    return selector && selector->nothing;
}
