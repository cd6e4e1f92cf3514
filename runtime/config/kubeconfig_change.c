#include <kube/json.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/config_overrides.h"
#include "config/config_value.h"
#include "config/kubeconfig_handle.h"

/* ---- one edit ---- */

static bool same_entry(const kube_value_t *root, const kube_step_t *steps)
{
    const kube_value_t *list = kube_object_gets(root, steps[0].text);
    for (size_t i = 0; list && list->kind == KUBE_VALUE_LIST && i < list->len; i++) {
        const kube_value_t *item = list->items[i];
        const char *name = item->kind == KUBE_VALUE_OBJECT ? kube_value_text(kube_object_gets(item, "name")) : NULL;
        if (name && strcmp(name, steps[1].text) == 0)
            return true;
    }
    return false;
}

/* The document of a file that has the entry, or the key at the top; the first when none has. */
static size_t document_of(const kube_kubeconfig_set_t *set, const char *path, const kube_pending_edit_t *edit)
{
    size_t at = 0;
    for (size_t i = 0; i < set->len; i++) {
        if (strcmp(set->documents[i].source, path) != 0)
            continue;
        const kube_value_t *root = set->documents[i].root;
        bool has_it = edit->step_count > 1 ? same_entry(root, edit->steps)
                                           : kube_value_says_something(kube_object_gets(root, edit->steps[0].text));
        if (has_it)
            return at;
        at++;
    }
    return 0;
}

int kube_kubeconfig_apply(const kube_kubeconfig_file_t *file, const kube_kubeconfig_set_t *set, kube_buffer_t *text,
                          const kube_pending_edit_t *edit, kube_error_t *err)
{
    static const char header[] = "apiVersion: v1\nkind: Config\n";
    if (text->len == 0 && edit->json) {
        kube_buffer_puts(text, header);
        if (text->failed)
            return kube_fail_memory(err);
    }
    kube_error_t why = { 0 };
    const kube_edit_t change = { edit->steps, edit->step_count, edit->json, edit->json_len };
    int code = kube_yaml_edit(text, document_of(set, file->path, edit), &change, &why);
    return code == KUBE_OK ? KUBE_OK : kube_fail(err, code, "%s: %s", file->path, why.message);
}

static bool keep_edit(kube_kubeconfig_file_t *file, const kube_pending_edit_t *edit)
{
    if (file->edit_count == file->edit_capacity) {
        size_t capacity = file->edit_capacity ? 2 * file->edit_capacity : 8;
        kube_pending_edit_t *edits = kube_mem_realloc(file->edits, capacity * sizeof *edits);
        if (!edits)
            return false;
        file->edits = edits;
        file->edit_capacity = capacity;
    }
    file->edits[file->edit_count++] = *edit;
    return true;
}

/* ---- several, or none ---- */

/* A change of one file, which is made as a whole or not at all. */
typedef struct change {
    kube_kubeconfig_t *handle;
    kube_kubeconfig_file_t *file;
    kube_buffer_t text;  /* of the file, with the edits so far */
    size_t kept;         /* edits that the file had before */
    kube_error_t *err;
    int code;
} change_t;

static bool fail_memory(change_t *change)
{
    change->code = kube_fail_memory(change->err);
    return false;
}

static bool begin(change_t *change, kube_kubeconfig_t *handle, kube_kubeconfig_file_t *file, kube_error_t *err)
{
    *change = (change_t){ .handle = handle, .file = file, .kept = file->edit_count, .err = err };
    if (!kube_buffer_reserve(&change->text, file->text.len))
        return fail_memory(change);
    kube_buffer_append(&change->text, file->text.data, file->text.len);
    return true;
}

/*
 * Takes the steps' texts and the JSON into the edit's own memory and makes it. json: NULL removes. is_there: whether there is something to
 * change; what only others may have written when the file is saved is left for then.
 */
static bool make_edit(change_t *change, const kube_step_t *steps, size_t count, const char *json, size_t json_len, bool is_there)
{
    kube_pending_edit_t edit = { .json_len = json_len };
    for (size_t i = 0; i < count; i++) {
        edit.steps[i] = (kube_step_t){ steps[i].is_item, kube_mem_strdup(steps[i].text) };
        edit.step_count++;
        if (!edit.steps[i].text) {
            kube_pending_edit_dispose(&edit);
            return fail_memory(change);
        }
    }
    if (json && !(edit.json = kube_mem_strndup(json, json_len))) {
        kube_pending_edit_dispose(&edit);
        return fail_memory(change);
    }
    if (is_there)
        change->code = kube_kubeconfig_apply(change->file, &change->handle->set, &change->text, &edit, change->err);
    if (change->code == KUBE_OK && keep_edit(change->file, &edit))
        return true;
    kube_pending_edit_dispose(&edit);
    return change->code < 0 ? false : fail_memory(change);
}

/* Sees whether the files can still be read, and settles the change; else takes it back. */
static int end(change_t *change)
{
    kube_buffer_t before = change->file->text;
    if (change->code == KUBE_OK) {
        change->file->text = change->text;
        kube_report_t report = { .err = change->err };
        kube_kubeconfig_refresh(change->handle, &report);
        change->code = report.code;
        if (change->code == KUBE_OK) {
            kube_buffer_wipe(&before);
            return KUBE_OK;
        }
        change->file->text = before;
    }
    kube_buffer_wipe(&change->text);
    while (change->file->edit_count > change->kept)
        kube_pending_edit_dispose(&change->file->edits[--change->file->edit_count]);
    return change->code;
}

/* ---- where ---- */

/* Where new entries go, as kubectl has it: the first file that is there, else the last one. */
static kube_kubeconfig_file_t *default_file(kube_kubeconfig_t *handle)
{
    for (size_t i = 0; i < handle->file_count; i++) {
        if (handle->files[i].exists || handle->files[i].text.len)
            return &handle->files[i];
    }
    return &handle->files[handle->file_count - 1];
}

static kube_kubeconfig_file_t *file_named(kube_kubeconfig_t *handle, const char *path)
{
    for (size_t i = 0; path && i < handle->file_count; i++) {
        if (strcmp(handle->files[i].path, path) == 0)
            return &handle->files[i];
    }
    return default_file(handle);
}

static kube_kubeconfig_file_t *file_of(kube_kubeconfig_t *handle, kube_kubeconfig_part_t part, const char *name)
{
    return file_named(handle, kube_kubeconfig_file(handle, part, name));
}

/* ---- entries ---- */

static const kube_setting_part_t setting_parts[] = { KUBE_PART_CLUSTER, KUBE_PART_USER, KUBE_PART_CONTEXT };

static bool has_key(const change_t *change, kube_kubeconfig_part_t part, const char *name, const char *key)
{
    kube_kubeconfig_entry_at_t entry;
    return kube_kubeconfig_set_find(&change->handle->set, part, name, &entry) && entry.object && kube_object_gets(entry.object, key);
}

static bool edit_key(change_t *change, kube_kubeconfig_part_t part, const char *name, const char *key, const char *json,
                     size_t json_len)
{
    const kube_step_t steps[] = {
        { false, kube_kubeconfig_list_key(part) }, { true, name }, { false, kube_kubeconfig_member_key(part) }, { false, key },
    };
    return make_edit(change, steps, key ? 4 : 3, json, json_len, json || has_key(change, part, name, key));
}

static bool set_value(change_t *change, kube_kubeconfig_part_t part, const char *name, const char *key, kube_tree_t *tree,
                      const kube_value_t *value)
{
    kube_buffer_t json = { 0 };
    bool ok = value && kube_value_write(tree, value, &json) ? edit_key(change, part, name, key, json.data, json.len)
                                                            : fail_memory(change);
    kube_buffer_wipe(&json);
    return ok;
}

/* Whether a field contradicts one that is to be set. */
static bool is_in_the_way(const kube_setting_t *setting, const kube_config_t *fields)
{
    bool is_token = setting->offset == offsetof(kube_config_t, token) || setting->offset == offsetof(kube_config_t, token_file);
    bool is_basic = setting->offset == offsetof(kube_config_t, username) || setting->offset == offsetof(kube_config_t, password);
    if (is_token && (fields->username || fields->password))
        return true;
    if (is_basic && (fields->token || fields->token_file))
        return true;
    if ((setting->offset == offsetof(kube_config_t, exec) && fields->auth_provider) ||
        (setting->offset == offsetof(kube_config_t, auth_provider) && fields->exec))
        return true;
    /* A server's name in its certificate goes on counting when the file says where the server is now. */
    return setting->offset != offsetof(kube_config_t, tls_server_name) && kube_setting_is_replaced(setting, fields);
}

static bool set_unknown(change_t *change, kube_kubeconfig_part_t part, const char *name, const kube_json_map_t *unknown)
{
    for (size_t i = 0; i < unknown->len; i++) {
        const kube_json_t *json = &unknown->items[i].value;
        if (!edit_key(change, part, name, unknown->items[i].key, json->text ? json->text : "null", json->text ? json->len : 4))
            return false;
    }
    return true;
}

static bool set_field(change_t *change, kube_kubeconfig_part_t part, const char *name, const kube_setting_t *setting,
                      const kube_config_t *fields)
{
    if (setting->form == KUBE_FORM_UNKNOWN)
        return set_unknown(change, part, name, kube_setting_at(fields, setting));
    if (!setting->key)
        return true;
    if (!kube_setting_is_set(setting, fields))
        return !is_in_the_way(setting, fields) || edit_key(change, part, name, setting->key, NULL, 0);
    kube_tree_t tree = { .secret = true };
    bool ok = set_value(change, part, name, setting->key, &tree, kube_setting_value(&tree, setting, fields, true));
    kube_tree_dispose(&tree);
    return ok;
}

static bool add_entry(change_t *change, kube_kubeconfig_part_t part, const char *name, const kube_config_t *fields)
{
    kube_tree_t tree = { .secret = true };
    kube_value_t *object = kube_value_new(&tree, KUBE_VALUE_OBJECT);
    bool ok = object && kube_settings_add(&tree, &kube_config_settings, setting_parts[part], fields, true, object)
                  ? set_value(change, part, name, NULL, &tree, object)
                  : fail_memory(change);
    kube_tree_dispose(&tree);
    return ok;
}

static bool set_fields(change_t *change, kube_kubeconfig_part_t part, const char *name, const kube_config_t *fields)
{
    KUBE_EACH_SETTING(setting, &kube_config_settings) {
        if (setting->part == setting_parts[part] && !set_field(change, part, name, setting, fields))
            return false;
    }
    return true;
}

static bool has_entry(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name)
{
    kube_kubeconfig_entry_at_t entry;
    return kube_kubeconfig_set_find(&files->set, part, name, &entry);
}

int kube_kubeconfig_set(kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, const kube_config_t *fields,
                        kube_error_t *err)
{
    kube_error_reset(err);
    int code = kube_kubeconfig_check_usage(files, (int)part, name, err);
    if (code == KUBE_OK && !fields)
        code = kube_fail(err, KUBE_E_USAGE, "fields is NULL");
    if (code < 0)
        return code;
    change_t change;
    const kube_config_t written = kube_config_with_uris(fields, true);
    if (begin(&change, files, file_of(files, part, name), err)) {
        if (has_entry(files, part, name))
            set_fields(&change, part, name, &written);
        else
            add_entry(&change, part, name, &written);
    }
    return end(&change);
}

int kube_kubeconfig_set_key(kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, const char *key,
                            const char *json, kube_error_t *err)
{
    kube_error_reset(err);
    int code = kube_kubeconfig_check_usage(files, (int)part, name, err);
    if (code == KUBE_OK && (!key || !*key))
        code = kube_fail(err, KUBE_E_USAGE, "key is %s", key ? "empty" : "NULL");
    kube_error_t why;
    if (code == KUBE_OK && json)
        code = kube_json_check(json, strlen(json), 64, NULL, &why);
    if (code < 0)
        return code == KUBE_E_USAGE ? code : kube_fail(err, code, "%s: not JSON", key);
    change_t change;
    if (begin(&change, files, file_of(files, part, name), err))
        edit_key(&change, part, name, key, json, json ? strlen(json) : 0);
    return end(&change);
}

int kube_kubeconfig_remove(kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, kube_error_t *err)
{
    kube_error_reset(err);
    int code = kube_kubeconfig_check_usage(files, (int)part, name, err);
    if (code < 0)
        return code;
    const char *list = kube_kubeconfig_list_key(part);
    if (!has_entry(files, part, name))
        return kube_fail(err, KUBE_E_NOT_FOUND, "%s: none is named \"%s\"", list, name);
    const kube_step_t steps[] = { { false, list }, { true, name } };
    change_t change;
    if (begin(&change, files, file_of(files, part, name), err))
        make_edit(&change, steps, 2, NULL, 0, true);
    return end(&change);
}

int kube_kubeconfig_use(kube_kubeconfig_t *files, const char *name, kube_error_t *err)
{
    kube_error_reset(err);
    int code = kube_kubeconfig_check_usage(files, KUBE_KUBECONFIG_CONTEXT, name ? name : "-", err);
    if (code < 0)
        return code;
    if (name && !has_entry(files, KUBE_KUBECONFIG_CONTEXT, name))
        return kube_fail(err, KUBE_E_NOT_FOUND, "contexts: none is named \"%s\"", name);
    const kube_kubeconfig_document_t *document = NULL;
    const char *current = kube_kubeconfig_set_current(&files->set, &document);
    if (!name && !document)
        return KUBE_OK;
    /* What a later file says already need not be said by the first. */
    bool is_said = !name || (current && strcmp(current, name) == 0);
    const kube_step_t step = { false, "current-context" };
    change_t change;
    if (begin(&change, files, is_said ? file_named(files, document->source) : default_file(files), err)) {
        kube_tree_t tree = { .secret = true };
        kube_buffer_t json = { 0 };
        const kube_value_t *value = name ? kube_value_string(&tree, name, strlen(name)) : NULL;
        if (name && (!value || !kube_value_write(&tree, value, &json)))
            fail_memory(&change);
        else
            make_edit(&change, &step, 1, json.data, json.len, true);
        kube_buffer_dispose(&json);
        kube_tree_dispose(&tree);
    }
    return end(&change);
}
