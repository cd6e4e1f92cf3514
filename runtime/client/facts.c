#include "client/facts.h"

#include <kube/json.h>
#include <string.h>

#include "base/decimal.h"

int kube_facts_read(kube_facts_t *facts, const kube_type_t *type, const void *object)
{
    *facts = (kube_facts_t){ 0 };
    int code = kube_json_encode(type, object, 0, &facts->text, NULL);
    if (code < 0)
        return code;
    facts->root = kube_value_parse(&facts->tree, facts->text.data, facts->text.len, "object");
    return facts->root ? KUBE_OK : facts->tree.code;
}

void kube_facts_dispose(kube_facts_t *facts)
{
    kube_tree_dispose(&facts->tree);
    kube_buffer_dispose(&facts->text);
}

/* ---- paths ---- */

/* One step of a path: a name; a number (is_index); or, with name and value, the item of a list in which the field of that name
 * has that value. */
typedef struct step {
    char name[320];
    size_t name_len;
    char value[320];
    size_t value_len;
    int64_t index;
    bool is_index;
    bool is_choice;
} step_t;

/* A quoted text; at: on the first quote. */
static bool read_quoted(const char **at, char *to, size_t size, size_t *len)
{
    for (*len = 0, (*at)++; **at && **at != '"'; (*at)++) {
        if (**at == '\\' && (*at)[1])
            (*at)++;
        if (*len == size)
            return false;
        to[(*len)++] = **at;
    }
    if (**at != '"')
        return false;
    (*at)++;
    return true;
}

static bool read_name(const char **at, const char *ends, step_t *step)
{
    step->name_len = strcspn(*at, ends);
    if (step->name_len == 0 || step->name_len > sizeof step->name)
        return false;
    memcpy(step->name, *at, step->name_len);
    *at += step->name_len;
    return true;
}

/* [0], ["name"], [type="Ready"]; at: behind the bracket. */
static bool read_bracket(const char **at, step_t *step)
{
    if (**at == '"') {
        if (!read_quoted(at, step->name, sizeof step->name, &step->name_len))
            return false;
    } else if (**at >= '0' && **at <= '9') {
        size_t len = strspn(*at, "0123456789");
        step->is_index = kube_decimal_parse(*at, len, &step->index) == KUBE_DECIMAL_OK;
        if (!step->is_index)
            return false;
        *at += len;
    } else {
        step->is_choice = read_name(at, "=]", step) && **at == '=' && *++*at == '"' &&
                          read_quoted(at, step->value, sizeof step->value, &step->value_len);
        if (!step->is_choice)
            return false;
    }
    return *(*at)++ == ']';
}

static bool read_step(const char **at, bool first, step_t *step)
{
    step->is_index = step->is_choice = false;
    if (**at == '[') {
        ++*at;
        return read_bracket(at, step);
    }
    if (**at == '.')
        ++*at;
    else if (!first)
        return false;
    return read_name(at, ".[]\"", step);
}

static bool is_text(const kube_value_t *value, const char *text, size_t len)
{
    return value && value->kind == KUBE_VALUE_STRING && value->len == len && memcmp(value->text, text, len) == 0;
}

static const kube_value_t *choose(const kube_value_t *list, const step_t *step)
{
    for (size_t i = 0; i < list->len; i++) {
        const kube_value_t *item = list->items[i];
        if (item->kind == KUBE_VALUE_OBJECT &&
            is_text(kube_object_get(item, step->name, step->name_len), step->value, step->value_len))
            return item;
    }
    return NULL;
}

static const kube_value_t *follow(const kube_value_t *from, const step_t *step)
{
    if (!from)
        return NULL;
    if (!step->is_index && !step->is_choice)
        return from->kind == KUBE_VALUE_OBJECT ? kube_object_get(from, step->name, step->name_len) : NULL;
    if (from->kind != KUBE_VALUE_LIST)
        return NULL;
    if (step->is_choice)
        return choose(from, step);
    return (uint64_t)step->index < from->len ? from->items[step->index] : NULL;
}

bool kube_facts_find(const kube_value_t *from, const char *path, const kube_value_t **found)
{
    const char *at = path;
    *found = NULL;
    if (!*at)
        return false;
    while (*at) {
        step_t step;
        if (!read_step(&at, at == path, &step))
            return false;
        from = follow(from, &step);
    }
    *found = from;
    return true;
}

/* ---- values ---- */

const kube_value_t *kube_facts_at(const kube_value_t *from, const char *path)
{
    const kube_value_t *found;
    kube_facts_find(from, path, &found);
    return found;
}

int64_t kube_facts_number(const kube_value_t *from, const char *path, int64_t fallback)
{
    const kube_value_t *value = kube_facts_at(from, path);
    int64_t number;
    if (!value || value->kind != KUBE_VALUE_NUMBER || kube_decimal_parse(value->text, value->len, &number) != KUBE_DECIMAL_OK)
        return fallback;
    return number;
}

const char *kube_facts_text(const kube_value_t *from, const char *path)
{
    const kube_value_t *value = kube_facts_at(from, path);
    return value && value->kind == KUBE_VALUE_STRING ? value->text : "";
}

const kube_value_t *kube_facts_condition(const kube_facts_t *facts, const char *type)
{
    const kube_value_t *conditions = kube_facts_at(facts->root, "status.conditions");
    for (size_t i = 0; conditions && conditions->kind == KUBE_VALUE_LIST && i < conditions->len; i++) {
        if (strcmp(kube_facts_text(conditions->items[i], "type"), type) == 0)
            return conditions->items[i];
    }
    return NULL;
}
