#include "config/kubeconfig_entry.h"

#include <errno.h>
#include <kube/memory.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/memory.h"

/* What is being read. */
typedef struct reading {
    const kube_kubeconfig_entry_at_t *entry;
    bool look;         /* whether files can be read */
    const char *outer; /* the key of the struct that is being read, "exec"; NULL: the entry itself */
    kube_tree_t *tree;
    kube_report_t *report;
} reading_t;

void kube_kubeconfig_entry_add(const kube_kubeconfig_entry_at_t *entry, kube_report_t *report, kube_problem_kind_t kind,
                               const char *key, const char *problem)
{
    char path[KUBE_REPORT_PATH_SIZE];
    kube_report_path(path, kube_kubeconfig_list_key(entry->list), entry->name, kube_kubeconfig_member_key(entry->list), key);
    kube_report_add(report, kind, entry->document->source ? entry->document->source : "kubeconfig", 0, path, "%s", problem);
}

/* Reports a problem at a key; false when memory is exhausted. */
static bool add(const reading_t *reading, kube_problem_kind_t kind, const char *key, const char *problem)
{
    char path[128];
    if (reading->outer)
        snprintf(path, sizeof path, "%s.%s", reading->outer, key);
    kube_kubeconfig_entry_add(reading->entry, reading->report, kind, reading->outer ? path : key, problem);
    return !kube_report_out_of_memory(reading->report);
}

static bool add_type(const reading_t *reading, const char *key, const char *problem)
{
    return add(reading, KUBE_PROBLEM_WRONG_TYPE, key, problem);
}

static bool copy(const reading_t *reading, const char *text, const char **to)
{
    *to = kube_mem_strdup(text);
    return *to || kube_report_memory(reading->report);
}

/* ---- texts ---- */

/* Whether what stands in the place of a path is the URI of a certificate or key in a PKCS#11 token. */
static bool is_uri(const char *text)
{
    return strncmp(text, "pkcs11:", 7) == 0;
}

static void move_uri(const char **path, const char **uri)
{
    if (!*path || !is_uri(*path))
        return;
    *uri = *path;
    *path = NULL;
}

void kube_kubeconfig_move_uris(kube_config_t *config)
{
    move_uri(&config->client_certificate_file, &config->client_certificate_uri);
    move_uri(&config->client_key_file, &config->client_key_uri);
}

/* Resolves a path against the directory of its file. */
static bool copy_path(const reading_t *reading, const char *text, const char **to)
{
    const char *directory = reading->entry->document->directory;
    if (*text == '/' || !directory)
        return copy(reading, text, to);
    kube_buffer_t path = { 0 };
    kube_buffer_printf(&path, "%s%s%s", directory, strcmp(directory, "/") == 0 ? "" : "/", text);
    *to = path.data;
    return !path.failed || kube_report_memory(reading->report);
}

/* A token beside its file is used until the file can be read, as by client-go. */
static bool can_wait(const reading_t *reading, const char *key)
{
    return !reading->outer && strcmp(key, "tokenFile") == 0 && kube_value_says_something(kube_object_gets(reading->entry->object, "token"));
}

static bool read_path(const reading_t *reading, const char *key, const char *text, const char **to)
{
    if (!copy_path(reading, text, to))
        return false;
    if (!reading->look || can_wait(reading, key) || access(*to, R_OK) == 0)
        return true;
    char problem[128];
    snprintf(problem, sizeof problem, "the file cannot be read: %s", strerror(errno));
    return add(reading, KUBE_PROBLEM_BAD_VALUE, key, problem);
}

static bool read_data(const reading_t *reading, const char *key, const char *text, const char **to)
{
    size_t len = strlen(text), decoded = 0, room = kube_base64_decoded_bound(len) + 1;
    char *data = kube_mem_zero(room);
    if (!data)
        return kube_report_memory(reading->report);
    if (kube_base64_decode((uint8_t *)data, text, len, &decoded) && !memchr(data, '\0', decoded)) {
        *to = data;
        return true;
    }
    kube_mem_wipe(data, room);
    kube_mem_free(data);
    return add(reading, KUBE_PROBLEM_BAD_VALUE, key, "not text in base64");
}

static bool read_text(const reading_t *reading, const kube_setting_t *field, const kube_value_t *value, const char **to)
{
    const char *text = kube_value_text(value);
    if (!text)
        return add_type(reading, field->key, "must be a string");
    if (!*text)
        return true;
    if (field->form == KUBE_FORM_PATH && strncmp(field->key, "client-", 7) == 0 && is_uri(text))
        return copy(reading, text, to);
    if (field->form == KUBE_FORM_PATH)
        return read_path(reading, field->key, text, to);
    if (field->form == KUBE_FORM_COMMAND && strchr(text, '/'))
        return copy_path(reading, text, to);
    return field->form == KUBE_FORM_DATA ? read_data(reading, field->key, text, to) : copy(reading, text, to);
}

static bool read_bool(const reading_t *reading, const char *key, const kube_value_t *value, bool *to)
{
    if (value->kind != KUBE_VALUE_TRUE && value->kind != KUBE_VALUE_FALSE)
        return add_type(reading, key, "must be true or false");
    *to = value->kind == KUBE_VALUE_TRUE;
    return true;
}

static bool read_mode(const reading_t *reading, const char *key, const kube_value_t *value, kube_interactive_mode_t *to)
{
    static const char *const names[] = { "IfAvailable", "Never", "Always" };
    const char *text = kube_value_text(value);
    for (int i = 0; text && i <= KUBE_INTERACTIVE_ALWAYS; i++) {
        if (strcmp(text, names[i]) == 0) {
            *to = (kube_interactive_mode_t)i;
            return true;
        }
    }
    return add(reading, KUBE_PROBLEM_NOT_ALLOWED, key, "must be Never, IfAvailable or Always");
}

/* ---- lists and maps ---- */

/* Room for a list's items, zeroed. */
static void *new_items(const reading_t *reading, size_t count, size_t size)
{
    void *items = kube_mem_zero((count + 1) * size);
    if (!items)
        kube_report_memory(reading->report);
    return items;
}

static bool read_strings(const reading_t *reading, const char *key, const kube_value_t *value, kube_string_list_t *to)
{
    if (value->kind != KUBE_VALUE_LIST)
        return add_type(reading, key, "must be a list of strings");
    to->items = new_items(reading, value->len, sizeof *to->items);
    if (!to->items)
        return false;
    for (size_t i = 0; i < value->len; i++) {
        const char *text = kube_value_text(value->items[i]);
        if (!text)
            return add_type(reading, key, "must be a list of strings");
        if (!copy(reading, text, &to->items[to->len]))
            return false;
        to->len++;
    }
    return true;
}

static bool read_string_map(const reading_t *reading, const char *key, const kube_value_t *value, kube_string_map_t *to)
{
    if (value->kind != KUBE_VALUE_OBJECT)
        return add_type(reading, key, "must be a mapping of strings");
    to->items = new_items(reading, value->len, sizeof *to->items);
    if (!to->items)
        return false;
    KUBE_EACH_MEMBER(member, value) {
        const char *text = kube_value_text(member->value);
        if (!text)
            return add_type(reading, key, "must be a mapping of strings");
        kube_string_entry_t *item = &to->items[to->len++];
        if (!copy(reading, member->name, &item->key) || !copy(reading, text, &item->value))
            return false;
    }
    return true;
}

static bool read_env(const reading_t *reading, const char *key, const kube_value_t *value, kube_string_map_t *to)
{
    if (value->kind != KUBE_VALUE_LIST)
        return add_type(reading, key, "must be a list");
    to->items = new_items(reading, value->len, sizeof *to->items);
    if (!to->items)
        return false;
    for (size_t i = 0; i < value->len; i++) {
        const kube_value_t *item = value->items[i];
        bool is_object = item->kind == KUBE_VALUE_OBJECT;
        const char *name = is_object ? kube_value_text(kube_object_gets(item, "name")) : NULL;
        const kube_value_t *text = is_object ? kube_object_gets(item, "value") : NULL;
        bool has_text = text && text->kind != KUBE_VALUE_NULL;
        if (!name || (has_text && !kube_value_text(text)))
            return add_type(reading, key, "must be a list of name and value, which are strings");
        kube_string_entry_t *entry = &to->items[to->len++];
        if (!copy(reading, name, &entry->key) || !copy(reading, has_text ? kube_value_text(text) : "", &entry->value))
            return false;
    }
    return true;
}

static bool read_list_map(const reading_t *reading, const char *key, const kube_value_t *value, kube_string_list_map_t *to)
{
    if (value->kind != KUBE_VALUE_OBJECT)
        return add_type(reading, key, "must be a mapping of lists");
    to->items = new_items(reading, value->len, sizeof *to->items);
    if (!to->items)
        return false;
    KUBE_EACH_MEMBER(member, value) {
        kube_string_list_entry_t *item = &to->items[to->len++];
        if (!copy(reading, member->name, &item->key))
            return false;
        if (member->value->kind != KUBE_VALUE_NULL && !read_strings(reading, key, member->value, &item->value))
            return false;
    }
    return true;
}

static bool read_json(const reading_t *reading, const kube_value_t *value, kube_json_t *to)
{
    kube_buffer_t size = { 0 }, text = { 0 };
    /* Twice, so that the buffer that is kept never grew and left nothing behind. */
    bool ok = kube_value_write(reading->tree, value, &size) && kube_buffer_reserve(&text, size.len) &&
              kube_value_write(reading->tree, value, &text);
    kube_buffer_wipe(&size);
    *to = (kube_json_t){ .text = text.data, .len = text.len };
    return ok || kube_report_memory(reading->report);
}

static bool read_extensions(const reading_t *reading, const char *key, const kube_value_t *value, kube_json_map_t *to)
{
    if (value->kind != KUBE_VALUE_LIST)
        return add_type(reading, key, "must be a list");
    to->items = new_items(reading, value->len, sizeof *to->items);
    if (!to->items)
        return false;
    for (size_t i = 0; i < value->len; i++) {
        const kube_value_t *item = value->items[i];
        const char *name = item->kind == KUBE_VALUE_OBJECT ? kube_value_text(kube_object_gets(item, "name")) : NULL;
        const kube_value_t *extension = name ? kube_object_gets(item, "extension") : NULL;
        if (!name)
            return add_type(reading, key, "must be a list of name and extension");
        bool has_value = extension && extension->kind != KUBE_VALUE_NULL;
        kube_json_entry_t *entry = &to->items[to->len++];
        if (!copy(reading, name, &entry->key) || (has_value && !read_json(reading, extension, &entry->value)))
            return false;
    }
    return true;
}

static bool is_known(const kube_settings_t *fields, kube_setting_part_t part, const char *key)
{
    KUBE_EACH_SETTING(field, fields) {
        if (field->part == part && field->key && strcmp(field->key, key) == 0)
            return true;
    }
    return false;
}

static bool read_unknown(const reading_t *reading, const kube_settings_t *fields, kube_setting_part_t part,
                         const kube_value_t *object, kube_json_map_t *to)
{
    size_t count = 0;
    KUBE_EACH_MEMBER(member, object)
        count += !is_known(fields, part, member->name);
    if (count == 0)
        return true;
    to->items = new_items(reading, count, sizeof *to->items);
    if (!to->items)
        return false;
    KUBE_EACH_MEMBER(member, object) {
        if (is_known(fields, part, member->name))
            continue;
        kube_json_entry_t *entry = &to->items[to->len++];
        if (!copy(reading, member->name, &entry->key) || !read_json(reading, member->value, &entry->value))
            return false;
    }
    return true;
}

/* ---- structs ---- */

static bool read_fields(const reading_t *reading, const kube_settings_t *fields, kube_setting_part_t part,
                        const kube_value_t *object, void *to);

/* What no program may leave open, but a field cannot show: v1 has no default for interactiveMode. */
static bool check_exec(const reading_t *reading, const kube_value_t *exec)
{
    const char *version = kube_value_text(kube_object_gets(exec, "apiVersion"));
    bool is_v1 = version && strcmp(version, "client.authentication.k8s.io/v1") == 0;
    if (!is_v1 || kube_value_says_something(kube_object_gets(exec, "interactiveMode")))
        return true;
    return add(reading, KUBE_PROBLEM_REQUIRED, "interactiveMode", "missing");
}

static bool read_struct(const reading_t *reading, const kube_setting_t *field, const kube_value_t *value, void **to)
{
    if (value->kind != KUBE_VALUE_OBJECT)
        return add_type(reading, field->key, "must be a mapping");
    *to = kube_mem_zero(field->fields->size);
    if (!*to)
        return kube_report_memory(reading->report);
    reading_t inner = { reading->entry, reading->look, field->key, reading->tree, reading->report };
    if (!read_fields(&inner, field->fields, field->fields->items->part, value, *to))
        return false;
    return field->fields != &kube_exec_settings || check_exec(&inner, value);
}

static bool read_field(const reading_t *reading, const kube_setting_t *field, const kube_value_t *value, void *to)
{
    switch (field->form) {
    case KUBE_FORM_TEXT:
    case KUBE_FORM_PATH:
    case KUBE_FORM_COMMAND:
    case KUBE_FORM_DATA:
        return read_text(reading, field, value, to);
    case KUBE_FORM_BOOL:
        return read_bool(reading, field->key, value, to);
    case KUBE_FORM_MODE:
        return kube_value_says_something(value) ? read_mode(reading, field->key, value, to) : true;
    case KUBE_FORM_STRINGS:
        return read_strings(reading, field->key, value, to);
    case KUBE_FORM_STRING_MAP:
        return read_string_map(reading, field->key, value, to);
    case KUBE_FORM_ENV:
        return read_env(reading, field->key, value, to);
    case KUBE_FORM_LIST_MAP:
        return read_list_map(reading, field->key, value, to);
    case KUBE_FORM_EXTENSIONS:
        return read_extensions(reading, field->key, value, to);
    case KUBE_FORM_STRUCT:
        return read_struct(reading, field, value, to);
    case KUBE_FORM_UNKNOWN:
    case KUBE_FORM_JSON:
        break;
    }
    return true;
}

static bool read_fields(const reading_t *reading, const kube_settings_t *fields, kube_setting_part_t part,
                        const kube_value_t *object, void *to)
{
    KUBE_EACH_SETTING(field, fields) {
        if (field->part != part)
            continue;
        const kube_value_t *value = field->key ? kube_object_gets(object, field->key) : NULL;
        if (field->form == KUBE_FORM_UNKNOWN && !read_unknown(reading, fields, part, object, kube_setting_at(to, field)))
            return false;
        if (value && value->kind != KUBE_VALUE_NULL && !read_field(reading, field, value, kube_setting_at(to, field)))
            return false;
    }
    return true;
}

bool kube_kubeconfig_entry_read(const kube_kubeconfig_entry_at_t *entry, kube_setting_part_t part, bool look,
                                kube_config_t *config, kube_tree_t *tree, kube_report_t *report)
{
    const reading_t reading = { entry, look, NULL, tree, report };
    return read_fields(&reading, &kube_config_settings, part, entry->object, config);
}
