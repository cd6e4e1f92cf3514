#include "config/config_setting.h"

#include <string.h>

#include "base/memory.h"

#define OF(type, member) offsetof(type, member)
#define FIELD(key, form, part, show, member) \
    { key, KUBE_FORM_##form, KUBE_PART_##part, KUBE_SHOW_##show, OF(kube_config_t, member), NULL }

static const kube_setting_t exec_fields[] = {
    { "command", KUBE_FORM_COMMAND, KUBE_PART_EXEC, KUBE_SHOW_ALL, OF(kube_exec_config_t, command), NULL },
    { "args", KUBE_FORM_STRINGS, KUBE_PART_EXEC, KUBE_SHOW_NONE, OF(kube_exec_config_t, args), NULL },
    { "env", KUBE_FORM_ENV, KUBE_PART_EXEC, KUBE_SHOW_KEYS, OF(kube_exec_config_t, env), NULL },
    { "apiVersion", KUBE_FORM_TEXT, KUBE_PART_EXEC, KUBE_SHOW_ALL, OF(kube_exec_config_t, api_version), NULL },
    { "interactiveMode", KUBE_FORM_MODE, KUBE_PART_EXEC, KUBE_SHOW_ALL, OF(kube_exec_config_t, interactive_mode), NULL },
    { "provideClusterInfo", KUBE_FORM_BOOL, KUBE_PART_EXEC, KUBE_SHOW_ALL, OF(kube_exec_config_t, provide_cluster_info), NULL },
    { "installHint", KUBE_FORM_TEXT, KUBE_PART_EXEC, KUBE_SHOW_ALL, OF(kube_exec_config_t, install_hint), NULL },
    { NULL, KUBE_FORM_JSON, KUBE_PART_NOWHERE, KUBE_SHOW_NONE, OF(kube_exec_config_t, cluster_config), NULL },
    { NULL, KUBE_FORM_UNKNOWN, KUBE_PART_EXEC, KUBE_SHOW_KEYS, OF(kube_exec_config_t, unknown), NULL },
};
const kube_settings_t kube_exec_settings = { exec_fields, sizeof exec_fields / sizeof *exec_fields, sizeof(kube_exec_config_t) };

static const kube_setting_t provider_fields[] = {
    { "name", KUBE_FORM_TEXT, KUBE_PART_PROVIDER, KUBE_SHOW_ALL, OF(kube_auth_provider_t, name), NULL },
    { "config", KUBE_FORM_STRING_MAP, KUBE_PART_PROVIDER, KUBE_SHOW_KNOWN, OF(kube_auth_provider_t, config), NULL },
    { NULL, KUBE_FORM_UNKNOWN, KUBE_PART_PROVIDER, KUBE_SHOW_KEYS, OF(kube_auth_provider_t, unknown), NULL },
};
const kube_settings_t kube_provider_settings = { provider_fields, sizeof provider_fields / sizeof *provider_fields,
                                             sizeof(kube_auth_provider_t) };

static const kube_setting_t config_fields[] = {
    FIELD("server", TEXT, CLUSTER, URL, server),
    FIELD("tls-server-name", TEXT, CLUSTER, ALL, tls_server_name),
    FIELD("certificate-authority", PATH, CLUSTER, ALL, ca_file),
    FIELD("certificate-authority-data", DATA, CLUSTER, NONE, ca_pem),
    FIELD("insecure-skip-tls-verify", BOOL, CLUSTER, ALL, insecure_skip_tls_verify),
    FIELD("proxy-url", TEXT, CLUSTER, URL, proxy_url),
    FIELD("disable-compression", BOOL, CLUSTER, ALL, disable_compression),
    FIELD("extensions", EXTENSIONS, CLUSTER, KEYS, cluster_extensions),
    FIELD(NULL, UNKNOWN, CLUSTER, KEYS, cluster_unknown),

    FIELD("client-certificate", PATH, USER, ALL, client_certificate_file),
    FIELD("client-certificate-data", DATA, USER, NONE, client_certificate_pem),
    FIELD("client-key", PATH, USER, ALL, client_key_file),
    FIELD("client-key-data", DATA, USER, NONE, client_key_pem),
    FIELD("token", TEXT, USER, NONE, token),
    FIELD("tokenFile", PATH, USER, ALL, token_file),
    FIELD("username", TEXT, USER, ALL, username),
    FIELD("password", TEXT, USER, NONE, password),
    FIELD("as", TEXT, USER, ALL, as),
    FIELD("as-uid", TEXT, USER, ALL, as_uid),
    FIELD("as-groups", STRINGS, USER, ALL, as_groups),
    FIELD("as-user-extra", LIST_MAP, USER, ALL, as_user_extra),
    { "exec", KUBE_FORM_STRUCT, KUBE_PART_USER, KUBE_SHOW_ALL, OF(kube_config_t, exec), &kube_exec_settings },
    { "auth-provider", KUBE_FORM_STRUCT, KUBE_PART_USER, KUBE_SHOW_ALL, OF(kube_config_t, auth_provider),
      &kube_provider_settings },
    FIELD(NULL, TEXT, USER, NONE, client_key_passphrase),
    FIELD(NULL, TEXT, USER, ALL, client_key_passphrase_file),
    FIELD(NULL, TEXT, USER, NONE, client_certificate_uri),
    FIELD(NULL, TEXT, USER, NONE, client_key_uri),
    FIELD("extensions", EXTENSIONS, USER, KEYS, user_extensions),
    FIELD(NULL, UNKNOWN, USER, KEYS, user_unknown),

    FIELD("cluster", TEXT, CONTEXT, ALL, cluster),
    FIELD("user", TEXT, CONTEXT, ALL, user),
    FIELD("namespace", TEXT, CONTEXT, ALL, ns),
    FIELD("extensions", EXTENSIONS, CONTEXT, KEYS, context_extensions),
    FIELD(NULL, UNKNOWN, CONTEXT, KEYS, context_unknown),

    FIELD(NULL, TEXT, NOWHERE, ALL, context),
    FIELD(NULL, TEXT, NOWHERE, ALL, source),
    FIELD(NULL, TEXT, NOWHERE, ALL, user_source),
    FIELD(NULL, TEXT, NOWHERE, ALL, context_source),
    FIELD(NULL, STRINGS, NOWHERE, ALL, files),
};
const kube_settings_t kube_config_settings = { config_fields, sizeof config_fields / sizeof *config_fields,
                                               sizeof(kube_config_t) };

void kube_secret_free(const char *text)
{
    if (text)
        kube_mem_wipe((char *)text, strlen(text));
    kube_mem_free((char *)text);
}

/* ---- set ---- */

bool kube_setting_is_set(const kube_setting_t *field, const void *object)
{
    const void *at = kube_setting_at(object, field);
    switch (field->form) {
    case KUBE_FORM_TEXT:
    case KUBE_FORM_PATH:
    case KUBE_FORM_COMMAND:
    case KUBE_FORM_DATA:
        return *(const char *const *)at && **(const char *const *)at;
    case KUBE_FORM_BOOL:
        return *(const bool *)at;
    case KUBE_FORM_MODE:
        return *(const kube_interactive_mode_t *)at != KUBE_INTERACTIVE_IF_AVAILABLE;
    case KUBE_FORM_STRINGS:
        return ((const kube_string_list_t *)at)->len > 0;
    case KUBE_FORM_STRING_MAP:
    case KUBE_FORM_ENV:
        return ((const kube_string_map_t *)at)->len > 0;
    case KUBE_FORM_LIST_MAP:
        return ((const kube_string_list_map_t *)at)->len > 0;
    case KUBE_FORM_EXTENSIONS:
    case KUBE_FORM_UNKNOWN:
        return ((const kube_json_map_t *)at)->len > 0;
    case KUBE_FORM_JSON:
        return ((const kube_json_t *)at)->text;
    case KUBE_FORM_STRUCT:
        return *(const void *const *)at;
    }
    return false;
}

/* ---- equal ---- */

static bool equal_texts(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool equal_lists(const kube_string_list_t *a, const kube_string_list_t *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (!equal_texts(a->items[i], b->items[i]))
            return false;
    }
    return a->len == b->len;
}

static bool equal_maps(const kube_string_map_t *a, const kube_string_map_t *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (!equal_texts(a->items[i].key, b->items[i].key) || !equal_texts(a->items[i].value, b->items[i].value))
            return false;
    }
    return a->len == b->len;
}

static bool equal_list_maps(const kube_string_list_map_t *a, const kube_string_list_map_t *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (!equal_texts(a->items[i].key, b->items[i].key) || !equal_lists(&a->items[i].value, &b->items[i].value))
            return false;
    }
    return a->len == b->len;
}

static bool equal_json(const kube_json_t *a, const kube_json_t *b)
{
    return !a->text == !b->text && (!a->text || (a->len == b->len && memcmp(a->text, b->text, a->len) == 0));
}

static bool equal_json_maps(const kube_json_map_t *a, const kube_json_map_t *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (!equal_texts(a->items[i].key, b->items[i].key) || !equal_json(&a->items[i].value, &b->items[i].value))
            return false;
    }
    return a->len == b->len;
}

static bool equal_structs(const kube_settings_t *fields, const void *a, const void *b)
{
    if (!a || !b)
        return a == b;
    KUBE_EACH_SETTING(field, fields) {
        if (!kube_setting_equal(field, a, b))
            return false;
    }
    return true;
}

bool kube_setting_equal(const kube_setting_t *field, const void *a, const void *b)
{
    const void *left = kube_setting_at(a, field), *right = kube_setting_at(b, field);
    if (!kube_setting_is_set(field, a) || !kube_setting_is_set(field, b))
        return kube_setting_is_set(field, a) == kube_setting_is_set(field, b);
    switch (field->form) {
    case KUBE_FORM_TEXT:
    case KUBE_FORM_PATH:
    case KUBE_FORM_COMMAND:
    case KUBE_FORM_DATA:
        return equal_texts(*(const char *const *)left, *(const char *const *)right);
    case KUBE_FORM_BOOL:
        return *(const bool *)left == *(const bool *)right;
    case KUBE_FORM_MODE:
        return *(const kube_interactive_mode_t *)left == *(const kube_interactive_mode_t *)right;
    case KUBE_FORM_STRINGS:
        return equal_lists(left, right);
    case KUBE_FORM_STRING_MAP:
    case KUBE_FORM_ENV:
        return equal_maps(left, right);
    case KUBE_FORM_LIST_MAP:
        return equal_list_maps(left, right);
    case KUBE_FORM_EXTENSIONS:
    case KUBE_FORM_UNKNOWN:
        return equal_json_maps(left, right);
    case KUBE_FORM_JSON:
        return equal_json(left, right);
    case KUBE_FORM_STRUCT:
        return equal_structs(field->fields, *(const void *const *)left, *(const void *const *)right);
    }
    return false;
}

/* ---- clear ---- */

static void clear_list(kube_string_list_t *list)
{
    for (size_t i = 0; i < list->len; i++)
        kube_secret_free(list->items[i]);
    kube_mem_free(list->items);
}

static void clear_map(kube_string_map_t *map)
{
    for (size_t i = 0; i < map->len; i++) {
        kube_secret_free(map->items[i].key);
        kube_secret_free(map->items[i].value);
    }
    kube_mem_free(map->items);
}

static void clear_list_map(kube_string_list_map_t *map)
{
    for (size_t i = 0; i < map->len; i++) {
        kube_secret_free(map->items[i].key);
        clear_list(&map->items[i].value);
    }
    kube_mem_free(map->items);
}

static void clear_json(kube_json_t *json)
{
    if (json->text)
        kube_mem_wipe((char *)json->text, json->len);
    kube_mem_free((char *)json->text);
}

static void clear_json_map(kube_json_map_t *map)
{
    for (size_t i = 0; i < map->len; i++) {
        kube_secret_free(map->items[i].key);
        clear_json(&map->items[i].value);
    }
    kube_mem_free(map->items);
}

static void clear_struct(const kube_settings_t *fields, void *object)
{
    if (object)
        kube_settings_clear(fields, object);
    kube_mem_free(object);
}

void kube_setting_clear(const kube_setting_t *field, void *object)
{
    void *at = kube_setting_at(object, field);
    switch (field->form) {
    case KUBE_FORM_TEXT:
    case KUBE_FORM_PATH:
    case KUBE_FORM_COMMAND:
    case KUBE_FORM_DATA:
        kube_secret_free(*(const char **)at);
        *(const char **)at = NULL;
        break;
    case KUBE_FORM_BOOL:
        *(bool *)at = false;
        break;
    case KUBE_FORM_MODE:
        *(kube_interactive_mode_t *)at = KUBE_INTERACTIVE_IF_AVAILABLE;
        break;
    case KUBE_FORM_STRINGS:
        clear_list(at);
        *(kube_string_list_t *)at = (kube_string_list_t){ 0 };
        break;
    case KUBE_FORM_STRING_MAP:
    case KUBE_FORM_ENV:
        clear_map(at);
        *(kube_string_map_t *)at = (kube_string_map_t){ 0 };
        break;
    case KUBE_FORM_LIST_MAP:
        clear_list_map(at);
        *(kube_string_list_map_t *)at = (kube_string_list_map_t){ 0 };
        break;
    case KUBE_FORM_EXTENSIONS:
    case KUBE_FORM_UNKNOWN:
        clear_json_map(at);
        *(kube_json_map_t *)at = (kube_json_map_t){ 0 };
        break;
    case KUBE_FORM_JSON:
        clear_json(at);
        *(kube_json_t *)at = (kube_json_t){ 0 };
        break;
    case KUBE_FORM_STRUCT:
        clear_struct(field->fields, *(void **)at);
        *(void **)at = NULL;
        break;
    }
}

void kube_settings_clear(const kube_settings_t *fields, void *object)
{
    KUBE_EACH_SETTING(field, fields)
        kube_setting_clear(field, object);
}

/* ---- copy ---- */

static bool copy_text(const char **to, const char *from)
{
    *to = kube_mem_strdup(from);
    return *to || !from;
}

/* Room for the items of a list, zeroed; len counts them at once, so that a list copied in part can be cleared. */
#define COPY_ITEMS(to, from) ((to)->items = (from)->items ? kube_mem_zero(((from)->len + 1) * sizeof *(from)->items) : NULL, \
                              (to)->len = (to)->items ? (from)->len : 0, (to)->items || !(from)->items)

static bool copy_list(kube_string_list_t *to, const kube_string_list_t *from)
{
    bool ok = COPY_ITEMS(to, from);
    for (size_t i = 0; i < to->len && ok; i++)
        ok = copy_text(&to->items[i], from->items[i]);
    return ok;
}

static bool copy_map(kube_string_map_t *to, const kube_string_map_t *from)
{
    bool ok = COPY_ITEMS(to, from);
    for (size_t i = 0; i < to->len && ok; i++)
        ok = copy_text(&to->items[i].key, from->items[i].key) && copy_text(&to->items[i].value, from->items[i].value);
    return ok;
}

static bool copy_list_map(kube_string_list_map_t *to, const kube_string_list_map_t *from)
{
    bool ok = COPY_ITEMS(to, from);
    for (size_t i = 0; i < to->len && ok; i++)
        ok = copy_text(&to->items[i].key, from->items[i].key) && copy_list(&to->items[i].value, &from->items[i].value);
    return ok;
}

static bool copy_json(kube_json_t *to, const kube_json_t *from)
{
    if (!from->text)
        return true;
    to->text = kube_mem_strndup(from->text, from->len);
    to->len = to->text ? from->len : 0;
    return to->text;
}

static bool copy_json_map(kube_json_map_t *to, const kube_json_map_t *from)
{
    bool ok = COPY_ITEMS(to, from);
    for (size_t i = 0; i < to->len && ok; i++)
        ok = copy_text(&to->items[i].key, from->items[i].key) && copy_json(&to->items[i].value, &from->items[i].value);
    return ok;
}

static bool copy_struct(const kube_settings_t *fields, void **to, const void *from)
{
    if (!from)
        return true;
    *to = kube_mem_zero(fields->size);
    return *to && kube_settings_copy(fields, *to, from);
}

bool kube_setting_copy(const kube_setting_t *field, void *to, const void *from)
{
    void *target = kube_setting_at(to, field);
    const void *source = kube_setting_at(from, field);
    switch (field->form) {
    case KUBE_FORM_TEXT:
    case KUBE_FORM_PATH:
    case KUBE_FORM_COMMAND:
    case KUBE_FORM_DATA:
        return copy_text(target, *(const char *const *)source);
    case KUBE_FORM_BOOL:
        *(bool *)target = *(const bool *)source;
        return true;
    case KUBE_FORM_MODE:
        *(kube_interactive_mode_t *)target = *(const kube_interactive_mode_t *)source;
        return true;
    case KUBE_FORM_STRINGS:
        return copy_list(target, source);
    case KUBE_FORM_STRING_MAP:
    case KUBE_FORM_ENV:
        return copy_map(target, source);
    case KUBE_FORM_LIST_MAP:
        return copy_list_map(target, source);
    case KUBE_FORM_EXTENSIONS:
    case KUBE_FORM_UNKNOWN:
        return copy_json_map(target, source);
    case KUBE_FORM_JSON:
        return copy_json(target, source);
    case KUBE_FORM_STRUCT:
        return copy_struct(field->fields, target, *(const void *const *)source);
    }
    return false;
}

bool kube_settings_copy(const kube_settings_t *fields, void *to, const void *from)
{
    KUBE_EACH_SETTING(field, fields) {
        if (!kube_setting_copy(field, to, from))
            return false;
    }
    return true;
}
