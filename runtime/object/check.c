/* Checking an object in memory against the facts of its type. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <kube/json.h>
#include <kube/object.h>
#include <kube/quantity.h>

#include "base/fail.h"
#include "base/time.h"
#include "object/problems.h"
#include "object/tree.h"
#include "object/type.h"
#include "object/walk_path.h"

typedef struct checker {
    kube_problems_t *problems;
    kube_buffer_t path;
    bool failed; /* out of memory */
} checker_t;

static void check_struct(checker_t *c, const kube_type_t *type, const void *object);

static void report(checker_t *c, kube_problem_kind_t kind, const char *message)
{
    kube_problem_t problem = { .kind = kind, .path = c->path.data ? c->path.data : "", .message = message };
    if (c->path.failed || !kube_problems_add(c->problems, &problem))
        c->failed = true;
}

/* Values named in a message, at most: the rest is cut. */
enum { MOST_NAMED = 12 };

static void report_not_allowed(checker_t *c, const char *const *allowed, const char *text, bool is_text)
{
    const char *quote = is_text ? "\"" : "";
    kube_buffer_t message = { 0 };
    kube_buffer_printf(&message, "%s%.60s%s is not one of", quote, text, quote);
    for (size_t i = 0; allowed[i] && i <= MOST_NAMED; i++)
        if (i < MOST_NAMED)
            kube_buffer_printf(&message, "%s %s%.60s%s", i ? "," : "", quote, allowed[i], quote);
        else
            kube_buffer_puts(&message, ", ...");
    if (message.failed)
        c->failed = true;
    else
        report(c, KUBE_PROBLEM_NOT_ALLOWED, message.data);
    kube_buffer_dispose(&message);
}

/* text: of the value; numbers and booleans as JSON writes them. */
static void check_allowed(checker_t *c, const kube_field_info_t *info, const char *text, bool is_text)
{
    if (!info || !info->allowed || !text)
        return;
    for (const char *const *allowed = info->allowed; *allowed; allowed++)
        if (strcmp(*allowed, text) == 0 || (!is_text && kube_number_equal(*allowed, strlen(*allowed), text, strlen(text))))
            return;
    report_not_allowed(c, info->allowed, text, is_text);
}

static void check_integer(checker_t *c, const kube_field_info_t *info, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    check_allowed(c, info, text, false);
}

static void check_int_or_string(checker_t *c, const kube_field_info_t *info, const kube_int_or_string_t *value)
{
    if (value->string)
        check_allowed(c, info, value->string, true);
    else
        check_integer(c, info, value->number);
}

static void check_quantity(checker_t *c, const char *text)
{
    int order;
    if (text && kube_quantity_compare_text(text, text, &order) != KUBE_OK)
        report(c, KUBE_PROBLEM_BAD_VALUE, "not a quantity");
}

static void check_date_time(checker_t *c, const char *text)
{
    kube_time_t time;
    if (text && !kube_time_parse(text, strlen(text), &time))
        report(c, KUBE_PROBLEM_BAD_VALUE, "not a time in RFC 3339 form");
}

/* Null is for the schema to allow. */
static void check_embedded(checker_t *c, const kube_json_t *value)
{
    kube_type_meta_t meta;
    if (!value->text || (value->len == 4 && memcmp(value->text, "null", 4) == 0))
        return;
    int code = kube_json_type_meta(value->text, value->len, &meta, NULL);
    if (code == KUBE_E_NO_MEMORY)
        c->failed = true;
    else if (code != KUBE_OK || !*meta.api_version || !*meta.kind)
        report(c, KUBE_PROBLEM_BAD_VALUE, "not a Kubernetes object: apiVersion and kind are missing");
}

/* The value of a field, a list's item or a map's entry; field is the one that holds it. */
static void check_value(checker_t *c, const kube_field_t *field, unsigned kind, const void *type, const void *slot)
{
    const kube_any_list_t *list = slot;
    const kube_element_t *element = type;
    switch (kind) {
    case KUBE_KIND_OBJECT:
        if (*(const void *const *)slot)
            check_struct(c, type, *(const void *const *)slot);
        break;
    case KUBE_KIND_STRUCT: check_struct(c, type, slot); break;
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP:
        for (size_t i = 0; list->items && i < list->len; i++) {
            size_t len = kind == KUBE_KIND_LIST ? kube_path_item(&c->path, i) : kube_path_key(&c->path, *kube_item_key(element, list, i));
            check_value(c, field, element->kind, element->type, kube_item_value(element, list, i));
            kube_path_cut(&c->path, len);
        }
        break;
    case KUBE_KIND_BOOL: check_allowed(c, field->info, ((const kube_bool_t *)slot)->value ? "true" : "false", true); break;
    case KUBE_KIND_INT32: check_integer(c, field->info, ((const kube_int32_t *)slot)->value); break;
    case KUBE_KIND_INT64: check_integer(c, field->info, ((const kube_int64_t *)slot)->value); break;
    case KUBE_KIND_PLAIN_INT32: check_integer(c, field->info, *(const int32_t *)slot); break;
    case KUBE_KIND_PLAIN_INT64: check_integer(c, field->info, *(const int64_t *)slot); break;
    case KUBE_KIND_NUMBER: check_allowed(c, field->info, *(const char *const *)slot, false); break;
    case KUBE_KIND_INT_OR_STRING: check_int_or_string(c, field->info, slot); break;
    case KUBE_KIND_STRING:
        check_allowed(c, field->info, *(const char *const *)slot, true);
        if (field->flags & KUBE_FIELD_DATE_TIME)
            check_date_time(c, *(const char *const *)slot);
        break;
    case KUBE_KIND_QUANTITY: check_quantity(c, *(const char *const *)slot); break;
    case KUBE_KIND_JSON:
        if (field->flags & KUBE_FIELD_EMBEDDED)
            check_embedded(c, slot);
        break;
    default: break;
    }
}

static void check_struct(checker_t *c, const kube_type_t *type, const void *object)
{
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        const void *slot = kube_slot(object, field);
        size_t len = kube_path_field(&c->path, field);
        if (kube_present(field->kind, slot))
            check_value(c, field, field->kind, field->type, slot);
        else if (field->flags & KUBE_FIELD_REQUIRED)
            report(c, KUBE_PROBLEM_REQUIRED, "required, but absent");
        kube_path_cut(&c->path, len);
    }
}

/* The first problem into err. */
static int invalid(const kube_problems_t *problems, kube_error_t *err)
{
    const kube_problem_t *first = kube_problems_at(problems, 0);
    int code = kube_fail(err, KUBE_E_INVALID, "%s", first->message);
    if (err)
        kube_copy_cut(err->path, sizeof err->path, first->path, strlen(first->path));
    return code;
}

int kube_check(const kube_type_t *type, const void *object, kube_problems_t **problems, kube_error_t *err)
{
    kube_error_reset(err);
    if (problems)
        *problems = NULL;
    if (!type || !object || type->abi != KUBE_TABLE_ABI)
        return kube_fail(err, KUBE_E_USAGE, "type or object is NULL, or the type was generated for another runtime");
    checker_t c = { .problems = kube_problems_new() };
    if (!c.problems)
        return kube_fail_memory(err);
    check_struct(&c, type, object);
    int result = c.failed                             ? kube_fail_memory(err)
                 : kube_problems_total(c.problems) > 0 ? invalid(c.problems, err)
                                                      : KUBE_OK;
    kube_buffer_dispose(&c.path);
    if (problems && result == KUBE_E_INVALID)
        *problems = c.problems;
    else
        kube_problems_free(c.problems);
    return result;
}
