#include "config/kubeconfig_set.h"

#include <stdio.h>
#include <string.h>

#include "object/yaml_secret.h"

static const char *const list_keys[] = { "clusters", "users", "contexts" };
static const char *const member_keys[] = { "cluster", "user", "context" };

const char *kube_kubeconfig_list_key(kube_kubeconfig_part_t list)
{
    return list_keys[list];
}

const char *kube_kubeconfig_member_key(kube_kubeconfig_part_t list)
{
    return member_keys[list];
}

bool kube_value_says_something(const kube_value_t *value)
{
    if (!value || value->kind == KUBE_VALUE_NULL)
        return false;
    if (value->kind == KUBE_VALUE_OBJECT)
        return value->present > 0;
    return (value->kind != KUBE_VALUE_STRING && value->kind != KUBE_VALUE_LIST) || value->len > 0;
}

/* A NUL inside a string is held as the bytes C0 80. */
const char *kube_value_text(const kube_value_t *value)
{
    bool is_text = value && value->kind == KUBE_VALUE_STRING && strlen(value->text) == value->len &&
                   !strstr(value->text, "\xC0\x80");
    return is_text ? value->text : NULL;
}

void kube_kubeconfig_set_dispose(kube_kubeconfig_set_t *set)
{
    kube_tree_dispose(&set->tree);
    *set = (kube_kubeconfig_set_t){ 0 };
}

/* ---- reading ---- */

static void check_word(const kube_kubeconfig_document_t *document, const char *key, const char *wanted, kube_report_t *report)
{
    const kube_value_t *value = kube_object_gets(document->root, key);
    const char *text = kube_value_text(value);
    if (kube_value_says_something(value) && (!text || strcmp(text, wanted) != 0))
        kube_report_add(report, KUBE_PROBLEM_NOT_ALLOWED, document->source, 0, key, "must be %s", wanted);
}

static bool has_room(kube_tree_t *tree, kube_kubeconfig_entries_t *entries)
{
    if (entries->items->len < entries->capacity)
        return true;
    size_t capacity = entries->capacity ? 2 * entries->capacity : 8;
    size_t *documents = kube_tree_alloc(tree, capacity * sizeof *documents);
    if (!documents)
        return false;
    if (entries->capacity)
        memcpy(documents, entries->documents, entries->capacity * sizeof *documents);
    entries->documents = documents;
    entries->capacity = capacity;
    return true;
}

/* An entry of the last document: it counts unless there is one of its name. */
static bool add_entry(kube_kubeconfig_set_t *set, kube_kubeconfig_entries_t *entries, const char *name, kube_value_t *item)
{
    if (!entries->items && !(entries->items = kube_value_new(&set->tree, KUBE_VALUE_OBJECT)))
        return false;
    if (kube_object_gets(entries->items, name))
        return true;
    if (!has_room(&set->tree, entries))
        return false;
    entries->documents[entries->items->len] = set->len - 1;
    return kube_object_set(&set->tree, entries->items, name, strlen(name), item);
}

/* Takes one of the three lists: entries with names that differ. */
static bool take_list(kube_kubeconfig_set_t *set, const kube_kubeconfig_document_t *document, kube_kubeconfig_part_t part,
                      kube_report_t *report)
{
    const char *key = list_keys[part];
    const kube_value_t *list = kube_object_gets(document->root, key);
    if (!list || list->kind == KUBE_VALUE_NULL)
        return true;
    if (list->kind != KUBE_VALUE_LIST) {
        kube_report_add(report, KUBE_PROBLEM_WRONG_TYPE, document->source, 0, key, "must be a list");
        return true;
    }
    kube_value_t *seen = kube_value_new(&set->tree, KUBE_VALUE_OBJECT);
    for (size_t i = 0; i < list->len && seen; i++) {
        const kube_value_t *item = list->items[i];
        kube_value_t *name_value = item->kind == KUBE_VALUE_OBJECT ? kube_object_gets(item, "name") : NULL;
        const char *name = kube_value_text(name_value);
        char path[256];
        if (!name) {
            snprintf(path, sizeof path, "%s[%zu].name", key, i);
            kube_report_add(report, KUBE_PROBLEM_WRONG_TYPE, document->source, 0, path, "must be a string");
        } else if (kube_object_gets(seen, name)) {
            snprintf(path, sizeof path, "%s[%s]", key, name);
            kube_report_add(report, KUBE_PROBLEM_DUPLICATE_FIELD, document->source, 0, path, "there are two of that name");
        } else if (!kube_object_set(&set->tree, seen, name, strlen(name), name_value) ||
                   !add_entry(set, &set->entries[part], name, list->items[i])) {
            return kube_report_memory(report);
        }
    }
    return seen || kube_report_memory(report);
}

static bool take_document(kube_kubeconfig_set_t *set, const kube_kubeconfig_document_t *document, kube_report_t *report)
{
    check_word(document, "apiVersion", "v1", report);
    check_word(document, "kind", "Config", report);
    const kube_value_t *current = kube_object_gets(document->root, "current-context");
    if (kube_value_says_something(current) && !kube_value_text(current))
        kube_report_add(report, KUBE_PROBLEM_WRONG_TYPE, document->source, 0, "current-context", "must be a string");
    for (int list = KUBE_KUBECONFIG_CLUSTER; list <= KUBE_KUBECONFIG_CONTEXT; list++) {
        if (!take_list(set, document, (kube_kubeconfig_part_t)list, report))
            return false;
    }
    return !kube_report_out_of_memory(report);
}

static kube_kubeconfig_document_t *new_document(kube_kubeconfig_set_t *set)
{
    if (set->len == set->capacity) {
        size_t capacity = set->capacity ? 2 * set->capacity : 4;
        kube_kubeconfig_document_t *documents = kube_tree_alloc(&set->tree, capacity * sizeof *documents);
        if (!documents)
            return NULL;
        if (set->len)
            memcpy(documents, set->documents, set->len * sizeof *documents);
        set->documents = documents;
        set->capacity = capacity;
    }
    return &set->documents[set->len];
}

static bool add_document(kube_kubeconfig_set_t *set, const kube_buffer_t *json, const char *source, const char *directory,
                         kube_report_t *report)
{
    kube_value_t *root = kube_value_parse(&set->tree, json->data, json->len, "kubeconfig");
    kube_kubeconfig_document_t *document = root ? new_document(set) : NULL;
    if (!document)
        return kube_report_memory(report);
    if (root->kind != KUBE_VALUE_OBJECT) {
        kube_report_add(report, KUBE_PROBLEM_WRONG_TYPE, source, 0, "", "not a YAML mapping");
        return !kube_report_out_of_memory(report);
    }
    *document = (kube_kubeconfig_document_t){ .source = source, .directory = directory, .root = root };
    set->len++;
    return take_document(set, document, report);
}

/* The reader's own message may quote what stands there: a secret. */
static bool report_yaml(int code, const kube_error_t *yaml, const char *source, kube_report_t *report)
{
    if (code == KUBE_E_NO_MEMORY)
        return kube_report_memory(report);
    kube_report_add(report, KUBE_PROBLEM_SYNTAX, source ? source : "kubeconfig", yaml->line, "",
                    code == KUBE_E_LIMIT ? "too large or too deep" : "not well-formed YAML");
    return !kube_report_out_of_memory(report);
}

static bool copy_name(kube_kubeconfig_set_t *set, const char **name)
{
    if (!*name)
        return true;
    char *copy = kube_tree_alloc(&set->tree, strlen(*name) + 1);
    if (!copy)
        return false;
    *name = strcpy(copy, *name);
    return true;
}

/* Deeper than any kubeconfig, and less than the tree takes. */
static const kube_yaml_options_t yaml_options = { .max_depth = 100 };

bool kube_kubeconfig_set_add(kube_kubeconfig_set_t *set, const char *text, size_t len, const char *source, const char *directory,
                             kube_report_t *report)
{
    set->tree.secret = true;
    kube_buffer_t json = { 0 };
    kube_yaml_reader_t *reader = kube_yaml_secret_reader_new(text, len, &yaml_options, &json);
    bool ok = reader && copy_name(set, &source) && copy_name(set, &directory);
    if (!ok)
        kube_report_memory(report);
    set->source = source;
    set->source_count++;
    for (bool found = true; ok && found;) {
        kube_error_t yaml = { 0 };
        json.len = 0;
        int code = kube_yaml_reader_next(reader, &json, &found, &yaml);
        if (code == KUBE_OK && found)
            ok = add_document(set, &json, source, directory, report);
        else if (code < 0)
            ok = report_yaml(code, &yaml, source, report);
        found = found && code == KUBE_OK;
    }
    kube_yaml_reader_free(reader);
    kube_buffer_wipe(&json);
    return ok;
}

/* ---- looking ---- */

bool kube_kubeconfig_set_is_empty(const kube_kubeconfig_set_t *set)
{
    for (size_t i = 0; i < set->len; i++) {
        const kube_value_t *root = set->documents[i].root;
        if (kube_value_says_something(kube_object_gets(root, "clusters")) ||
            kube_value_says_something(kube_object_gets(root, "current-context")))
            return false;
    }
    return true;
}

const char *kube_kubeconfig_set_current(const kube_kubeconfig_set_t *set, const kube_kubeconfig_document_t **document)
{
    for (size_t i = 0; i < set->len; i++) {
        const char *current = kube_value_text(kube_object_gets(set->documents[i].root, "current-context"));
        if (!current || !*current)
            continue;
        if (document)
            *document = &set->documents[i];
        return current;
    }
    return NULL;
}

size_t kube_kubeconfig_set_count(const kube_kubeconfig_set_t *set, kube_kubeconfig_part_t list)
{
    return set->entries[list].items ? set->entries[list].items->len : 0;
}

const char *kube_kubeconfig_set_name(const kube_kubeconfig_set_t *set, kube_kubeconfig_part_t list, size_t i)
{
    return i < kube_kubeconfig_set_count(set, list) ? set->entries[list].items->members[i].name : NULL;
}

bool kube_kubeconfig_set_find(const kube_kubeconfig_set_t *set, kube_kubeconfig_part_t list, const char *name,
                              kube_kubeconfig_entry_at_t *entry)
{
    static const kube_value_t nothing = { .kind = KUBE_VALUE_OBJECT };
    const kube_kubeconfig_entries_t *entries = &set->entries[list];
    size_t i = entries->items ? kube_object_position(entries->items, name, strlen(name)) : SIZE_MAX;
    if (i == SIZE_MAX)
        return false;
    const kube_member_t *found = &entries->items->members[i];
    const kube_value_t *object = kube_object_gets(found->value, member_keys[list]);
    if (!kube_value_says_something(object))
        object = &nothing;
    *entry = (kube_kubeconfig_entry_at_t){ .document = &set->documents[entries->documents[i]], .list = list, .name = found->name,
                                           .object = object->kind == KUBE_VALUE_OBJECT ? object : NULL };
    return true;
}
