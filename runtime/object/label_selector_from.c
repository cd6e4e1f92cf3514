#include <stdio.h>

#include <kube/meta/v1.h>

#include "base/fail.h"
#include "base/memory.h"
#include "object/label_selector.h"

static bool operator_of(const char *text, kube_label_operator_t *operation)
{
    static const struct { const char *text; kube_label_operator_t operation; } operators[] = {
        { "In", KUBE_LABEL_IN },
        { "NotIn", KUBE_LABEL_NOT_IN },
        { "Exists", KUBE_LABEL_EXISTS },
        { "DoesNotExist", KUBE_LABEL_DOES_NOT_EXIST },
    };
    for (size_t i = 0; text && i < sizeof operators / sizeof *operators; i++)
        if (strcmp(text, operators[i].text) == 0) {
            *operation = operators[i].operation;
            return true;
        }
    return false;
}

/* map: what err->path calls it. */
static int add_labels(kube_label_selector_t *selector, const kube_string_map_t *labels, const char *map, kube_error_t *err)
{
    for (size_t i = 0; i < labels->len; i++) {
        const kube_string_entry_t *label = &labels->items[i];
        kube_span_t key = kube_span_of(label->key), value = kube_span_of(label->value ? label->value : "");
        const kube_span_t *bad;
        int code = kube_label_selector_add(selector, &key, KUBE_LABEL_EQUALS, &value, 1, &bad, err);
        if (code == KUBE_E_INVALID && err)
            snprintf(err->path, sizeof err->path, "%s[\"%s\"]", map, label->key);
        if (code)
            return code;
    }
    return KUBE_OK;
}

/* part: of the i-th of matchExpressions. */
static int invalid(kube_error_t *err, size_t i, const char *part)
{
    if (err)
        snprintf(err->path, sizeof err->path, "matchExpressions[%zu].%s", i, part);
    return KUBE_E_INVALID;
}

static kube_span_t *spans_of(const kube_string_list_t *list)
{
    kube_span_t *spans = kube_mem_alloc(list->len * sizeof *spans);
    for (size_t i = 0; spans && i < list->len; i++)
        spans[i] = kube_span_of(list->items[i] ? list->items[i] : "");
    return spans;
}

static int add_expression(kube_label_selector_t *selector, const kube_meta_v1_label_selector_requirement_t *expression, size_t i,
                          kube_error_t *err)
{
    kube_label_operator_t operation;
    const kube_span_t *bad;
    char part[64] = "values";
    if (!operator_of(expression->operator_, &operation)) {
        kube_fail(err, KUBE_E_INVALID, "\"%s\" is not an operator", expression->operator_ ? expression->operator_ : "");
        return invalid(err, i, "operator");
    }
    kube_span_t key = kube_span_of(expression->key ? expression->key : ""), *values = spans_of(&expression->values);
    if (!values)
        return kube_fail_memory(err);
    int code = kube_label_selector_add(selector, &key, operation, values, expression->values.len, &bad, err);
    if (code == KUBE_E_INVALID) {
        if (bad && bad != &key)
            snprintf(part, sizeof part, "values[%zu]", (size_t)(bad - values));
        invalid(err, i, bad == &key ? "key" : part);
    }
    kube_mem_free(values);
    return code;
}

static int add_all(kube_label_selector_t *to, const kube_meta_v1_label_selector_t *from, kube_error_t *err)
{
    int code = add_labels(to, &from->match_labels, "matchLabels", err);
    for (size_t i = 0; !code && i < from->match_expressions.len; i++)
        code = add_expression(to, &from->match_expressions.items[i], i, err);
    return code;
}

/* Hands made over, or frees it: code is that of the additions. */
static int finish(kube_label_selector_t *made, int code, kube_label_selector_t **out, kube_error_t *err)
{
    if (!code)
        code = kube_label_selector_finish(made, err);
    if (code)
        kube_label_selector_free(made);
    else
        *out = made;
    return code;
}

static int begin(kube_label_selector_t **out, bool nothing, kube_label_selector_t **made, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is required");
    *out = NULL;
    *made = kube_label_selector_new(nothing);
    return *made ? KUBE_OK : kube_fail_memory(err);
}

int kube_label_selector_from(const kube_meta_v1_label_selector_t *selector, kube_label_selector_t **out, kube_error_t *err)
{
    kube_label_selector_t *made;
    int code = begin(out, !selector, &made, err);
    if (code)
        return code;
    return finish(made, selector ? add_all(made, selector, err) : KUBE_OK, out, err);
}

int kube_label_selector_from_labels(const kube_string_map_t *labels, kube_label_selector_t **out, kube_error_t *err)
{
    kube_label_selector_t *made;
    int code = begin(out, false, &made, err);
    if (code)
        return code;
    return finish(made, labels ? add_labels(made, labels, "", err) : KUBE_OK, out, err);
}
