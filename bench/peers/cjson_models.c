/*
 * cJSON with models: the work that kubernetes-client/c does with cJSON for a decode and for an encode, driven by the type tables of libkube where
 * that client has a function generated for each type. bench/README.md says what is modelled, and where this is kinder or harsher.
 */
#include <cjson/cJSON.h>
#include <kube/k8s.h>
#include <kube/type.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "harness.h"

typedef enum kind { TEXT, NUMBER, BOOL, INT_OR_STRING, FREE_FORM, MODEL, LIST, MAP } kind_t;

/* What a property, an item of a list or a value of a map is. */
typedef struct shape {
    kind_t kind;
    const struct plan *plan;  /* of a MODEL */
    const struct shape *item; /* of a LIST or MAP */
} shape_t;

typedef struct property {
    char *name;
    shape_t shape;
} property_t;

/* What is known of a type. */
typedef struct plan {
    const kube_type_t *type;
    struct plan *next;
    size_t count;
    property_t properties[];
} plan_t;

typedef union value {
    void *pointer; /* NULL: absent */
    double number;
    int truth;
} value_t;

enum { MAX_PROPERTIES = 64 };

/* One word for each property of the type, and one for what that client calls the owner. */
typedef struct model {
    uint64_t given; /* by property: whether a number or boolean was there */
    value_t values[];
} model_t;

typedef struct entry {
    struct entry *next;
    struct entry *previous;
    void *data;
} entry_t;

typedef struct list {
    entry_t *first;
    entry_t *last;
    long count;
} list_t;

typedef struct pair {
    char *key;
    void *value;
} pair_t;

typedef struct int_or_string {
    int is_text;
    int number;
    char *text;
} int_or_string_t;

typedef struct free_form {
    char *text;
} free_form_t;

static const input_t *input;
static plan_t *plans;
static const plan_t *root;
static model_t *object;
static char *text;
static bool failed; /* a value was of the wrong type */

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* ---- plans ---- */

static const plan_t *plan_of(const kube_type_t *type);

static kind_t kind_of(uint8_t kind)
{
    switch (kind) {
    case KUBE_KIND_BOOL:
    case KUBE_KIND_PLAIN_BOOL: return BOOL;
    case KUBE_KIND_INT32:
    case KUBE_KIND_INT64:
    case KUBE_KIND_DOUBLE:
    case KUBE_KIND_NUMBER:
    case KUBE_KIND_PLAIN_INT32:
    case KUBE_KIND_PLAIN_INT64:
    case KUBE_KIND_PLAIN_DOUBLE: return NUMBER;
    case KUBE_KIND_INT_OR_STRING: return INT_OR_STRING;
    case KUBE_KIND_JSON: return FREE_FORM;
    case KUBE_KIND_OBJECT:
    case KUBE_KIND_STRUCT: return MODEL;
    case KUBE_KIND_LIST: return LIST;
    case KUBE_KIND_MAP: return MAP;
    default: return TEXT;
    }
}

static shape_t shape_of(uint8_t kind, const void *type)
{
    shape_t shape = {.kind = kind_of(kind)};
    if (shape.kind == MODEL)
        shape.plan = plan_of(type);
    if (shape.kind == LIST || shape.kind == MAP) {
        const kube_element_t *element = type;
        shape_t *item = must(malloc(sizeof *item));
        *item = shape_of(element->kind, element->type);
        shape.item = item;
    }
    return shape;
}

/* A type may contain itself, so its plan is found before it is complete. */
static const plan_t *plan_of(const kube_type_t *type)
{
    for (const plan_t *plan = plans; plan; plan = plan->next)
        if (plan->type == type)
            return plan;
    if (type->field_count > MAX_PROPERTIES)
        abort();
    plan_t *plan = must(calloc(1, sizeof *plan + type->field_count * sizeof *plan->properties));
    plan->type = type;
    plan->next = plans;
    plan->count = type->field_count;
    plans = plan;
    for (size_t i = 0; i < plan->count; i++) {
        const kube_field_t *field = &type->fields[i];
        plan->properties[i].name = must(strndup(kube_field_name(field), field->name_len));
        plan->properties[i].shape = shape_of(field->kind, field->type);
    }
    return plan;
}

/* ---- from the tree into models ---- */

static void *read_item(const shape_t *shape, const cJSON *json);
static void *read_model(const plan_t *plan, const cJSON *json);

static void *wrong_type(void)
{
    failed = true;
    return NULL;
}

static void add_entry(list_t *list, void *data)
{
    entry_t *entry = must(malloc(sizeof *entry));
    *entry = (entry_t){.previous = list->last, .data = data};
    if (list->last)
        list->last->next = entry;
    else
        list->first = entry;
    list->last = entry;
    list->count++;
}

static void *read_list(const shape_t *item, const cJSON *json)
{
    if (!cJSON_IsArray(json))
        return wrong_type();
    list_t *list = must(calloc(1, sizeof *list));
    const cJSON *member;
    cJSON_ArrayForEach(member, json)
        add_entry(list, read_item(item, member));
    return list;
}

static void *read_map(const shape_t *item, const cJSON *json)
{
    if (!cJSON_IsObject(json))
        return wrong_type();
    list_t *list = must(calloc(1, sizeof *list));
    const cJSON *member;
    cJSON_ArrayForEach(member, json) {
        pair_t *pair = must(malloc(sizeof *pair));
        *pair = (pair_t){must(strdup(member->string)), read_item(item, member)};
        add_entry(list, pair);
    }
    return list;
}

static void *read_int_or_string(const cJSON *json)
{
    int_or_string_t *value = must(calloc(1, sizeof *value));
    if (cJSON_IsNumber(json)) {
        value->number = (int)json->valuedouble;
    } else if (cJSON_IsString(json)) {
        value->is_text = true;
        value->text = must(strdup(json->valuestring));
    } else {
        wrong_type();
    }
    return value;
}

static void *read_free_form(const cJSON *json)
{
    free_form_t *value = must(calloc(1, sizeof *value));
    value->text = must(cJSON_Print(json));
    return value;
}

static void *read_number(const cJSON *json)
{
    if (!cJSON_IsNumber(json))
        return wrong_type();
    double *number = must(malloc(sizeof *number));
    *number = json->valuedouble;
    return number;
}

static void *read_truth(const cJSON *json)
{
    if (!cJSON_IsBool(json))
        return wrong_type();
    int *truth = must(malloc(sizeof *truth));
    *truth = cJSON_IsTrue(json);
    return truth;
}

static void *read_item(const shape_t *shape, const cJSON *json)
{
    switch (shape->kind) {
    case TEXT: return cJSON_IsString(json) ? must(strdup(json->valuestring)) : wrong_type();
    case MODEL: return read_model(shape->plan, json);
    case LIST: return read_list(shape->item, json);
    case MAP: return read_map(shape->item, json);
    case INT_OR_STRING: return read_int_or_string(json);
    case FREE_FORM: return read_free_form(json);
    case NUMBER: return read_number(json);
    case BOOL: return read_truth(json);
    }
    return NULL;
}

static void read_property(model_t *model, size_t i, const shape_t *shape, const cJSON *json)
{
    value_t *value = &model->values[i];
    if (shape->kind == NUMBER && cJSON_IsNumber(json))
        value->number = json->valuedouble;
    else if (shape->kind == BOOL && cJSON_IsBool(json))
        value->truth = cJSON_IsTrue(json);
    else if (shape->kind == NUMBER || shape->kind == BOOL)
        wrong_type();
    else
        value->pointer = read_item(shape, json);
    model->given |= (uint64_t)1 << i;
}

static void *read_model(const plan_t *plan, const cJSON *json)
{
    if (!cJSON_IsObject(json))
        return wrong_type();
    model_t *model = must(calloc(1, sizeof *model + plan->count * sizeof *model->values));
    for (size_t i = 0; i < plan->count; i++) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(json, plan->properties[i].name);
        if (!cJSON_IsNull(member) && member) /* asked of absent members, too */
            read_property(model, i, &plan->properties[i].shape, member);
    }
    return model;
}

/* ---- from models into a tree ---- */

static cJSON *write_model(const plan_t *plan, const model_t *model);

/* Without a name: to a list. */
static void add_item(cJSON *into, const char *name, cJSON *item)
{
    if (name)
        cJSON_AddItemToObject(into, name, must(item));
    else
        cJSON_AddItemToArray(into, must(item));
}

static void write_item(cJSON *into, const char *name, const shape_t *shape, const void *data);

static void write_list(cJSON *array, const shape_t *item, const list_t *list)
{
    for (const entry_t *entry = list->first; entry; entry = entry->next)
        write_item(array, NULL, item, entry->data);
}

static void write_map(cJSON *members, const shape_t *item, const list_t *list)
{
    for (const entry_t *entry = list->first; entry; entry = entry->next) {
        const pair_t *pair = entry->data;
        write_item(members, pair->key, item, pair->value);
    }
}

static cJSON *write_int_or_string(const int_or_string_t *value)
{
    return value->is_text ? cJSON_CreateString(value->text) : cJSON_CreateNumber(value->number);
}

static void write_item(cJSON *into, const char *name, const shape_t *shape, const void *data)
{
    const char *any = name ? name : "";
    switch (shape->kind) {
    case TEXT: cJSON_AddStringToObject(into, any, data); break;
    case MODEL: add_item(into, name, write_model(shape->plan, data)); break;
    case LIST: write_list(must(cJSON_AddArrayToObject(into, any)), shape->item, data); break;
    case MAP: write_map(must(cJSON_AddObjectToObject(into, any)), shape->item, data); break;
    case INT_OR_STRING: add_item(into, name, write_int_or_string(data)); break;
    case FREE_FORM: add_item(into, name, cJSON_Parse(((const free_form_t *)data)->text)); break;
    case NUMBER: cJSON_AddNumberToObject(into, any, *(const double *)data); break;
    case BOOL: cJSON_AddBoolToObject(into, any, *(const int *)data); break;
    }
}

static cJSON *write_model(const plan_t *plan, const model_t *model)
{
    cJSON *json = must(cJSON_CreateObject());
    for (size_t i = 0; i < plan->count; i++) {
        const property_t *property = &plan->properties[i];
        const value_t *value = &model->values[i];
        if (!(model->given >> i & 1))
            continue;
        if (property->shape.kind == NUMBER)
            cJSON_AddNumberToObject(json, property->name, value->number);
        else if (property->shape.kind == BOOL)
            cJSON_AddBoolToObject(json, property->name, value->truth);
        else
            write_item(json, property->name, &property->shape, value->pointer);
    }
    return json;
}

/* ---- freeing models ---- */

static void free_model(const plan_t *plan, model_t *model);
static void free_item(const shape_t *shape, void *data);

static void free_pair(const shape_t *item, pair_t *pair)
{
    free(pair->key);
    free_item(item, pair->value);
    free(pair);
}

static void free_list(const shape_t *shape, list_t *list)
{
    for (entry_t *entry = list->first, *next; entry; entry = next) {
        next = entry->next;
        if (shape->kind == MAP)
            free_pair(shape->item, entry->data);
        else
            free_item(shape->item, entry->data);
        free(entry);
    }
    free(list);
}

static void free_item(const shape_t *shape, void *data)
{
    if (!data)
        return;
    if (shape->kind == MODEL) {
        free_model(shape->plan, data);
        return;
    }
    if (shape->kind == LIST || shape->kind == MAP) {
        free_list(shape, data);
        return;
    }
    if (shape->kind == INT_OR_STRING)
        free(((int_or_string_t *)data)->text);
    if (shape->kind == FREE_FORM)
        cJSON_free(((free_form_t *)data)->text);
    free(data);
}

static void free_model(const plan_t *plan, model_t *model)
{
    for (size_t i = 0; i < plan->count; i++) {
        const shape_t *shape = &plan->properties[i].shape;
        if (shape->kind != NUMBER && shape->kind != BOOL)
            free_item(shape, model->values[i].pointer);
    }
    free(model);
}

/* ---- the peer ---- */

static bool prepare(const input_t *given)
{
    input = given;
    kube_scheme_t *scheme = kube_scheme_new();
    if (!scheme || kube_scheme_add(scheme, kube_k8s_packages) != KUBE_OK)
        return false;
    const kube_type_t *type = kube_scheme_type(scheme, input->api_version, input->kind);
    root = type ? plan_of(type) : NULL;
    kube_scheme_free(scheme);
    return root;
}

static bool decode(void)
{
    cJSON *tree = cJSON_ParseWithLength(input->text, input->len);
    object = tree ? read_model(root, tree) : NULL;
    cJSON_Delete(tree);
    return object && !failed;
}

static void release(void)
{
    free_model(root, object);
    object = NULL;
}

static bool encode(output_t *output)
{
    cJSON *tree = write_model(root, object);
    text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    if (text)
        *output = (output_t){text, strlen(text)};
    return text;
}

static void release_output(void)
{
    cJSON_free(text);
    text = NULL;
}

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, NULL};
    return peer_main(&peer, argc, argv);
}
