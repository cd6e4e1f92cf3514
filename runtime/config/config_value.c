#include "config/config_value.h"

#include <string.h>

#include "base/base64.h"

static const char hidden[] = "REDACTED";

kube_config_t kube_config_with_uris(const kube_config_t *config, bool secrets)
{
    kube_config_t copy = *config;
    if (config->client_certificate_uri)
        copy.client_certificate_file = secrets ? config->client_certificate_uri : hidden;
    if (config->client_key_uri)
        copy.client_key_file = secrets ? config->client_key_uri : hidden;
    return copy;
}

static kube_value_t *text_value(kube_tree_t *tree, const char *text)
{
    return kube_value_string(tree, text ? text : "", text ? strlen(text) : 0);
}

static bool add(kube_tree_t *tree, kube_value_t *to, const char *key, kube_value_t *value)
{
    return kube_object_set(tree, to, key, strlen(key), value);
}

static kube_value_t *data_value(kube_tree_t *tree, const char *data)
{
    size_t len = strlen(data), encoded = kube_base64_encoded_len(len);
    char *text = kube_tree_alloc(tree, encoded + 1);
    if (!text)
        return NULL;
    kube_base64_encode(text, (const uint8_t *)data, len);
    text[encoded] = '\0';
    return kube_value_string(tree, text, encoded);
}

/* Leaves out what stands before the last "@" of a URL: in one that is not well-formed, a password may have a slash. */
static kube_value_t *url_value(kube_tree_t *tree, const char *url)
{
    const char *authority = strstr(url, "://");
    authority = authority ? authority + 3 : url;
    const char *at = strrchr(authority, '@');
    if (!at)
        return text_value(tree, url);
    size_t begin = (size_t)(authority - url), rest = strlen(at);
    char *text = kube_tree_alloc(tree, begin + sizeof hidden + rest);
    if (!text)
        return NULL;
    memcpy(text, url, begin);
    memcpy(text + begin, hidden, sizeof hidden - 1);
    memcpy(text + begin + sizeof hidden - 1, at, rest + 1);
    return text_value(tree, text);
}

static kube_value_t *shown_text(kube_tree_t *tree, const kube_setting_t *field, const char *text, bool secrets)
{
    if (!secrets && field->show == KUBE_SHOW_NONE)
        return text_value(tree, hidden);
    if (!secrets && field->show == KUBE_SHOW_URL)
        return url_value(tree, text);
    return field->form == KUBE_FORM_DATA ? data_value(tree, text) : text_value(tree, text);
}

static kube_value_t *list_value(kube_tree_t *tree, const kube_string_list_t *list, bool shown)
{
    kube_value_t *value = kube_value_new(tree, KUBE_VALUE_LIST);
    for (size_t i = 0; i < list->len && value; i++) {
        if (!kube_list_add(tree, value, text_value(tree, shown ? list->items[i] : hidden)))
            return NULL;
    }
    return value;
}

/* What an OpenID Connect client says to everyone. */
static bool is_no_secret(const char *key)
{
    static const char *const keys[] = { "idp-issuer-url", "client-id", "idp-certificate-authority", "extra-scopes" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(key, keys[i]) == 0)
            return true;
    }
    return false;
}

static kube_value_t *provider_value(kube_tree_t *tree, const kube_string_entry_t *item, bool secrets)
{
    if (!secrets && !is_no_secret(item->key))
        return text_value(tree, hidden);
    /* Of a URL, user and password are none of it. */
    return !secrets && item->value && strcmp(item->key, "idp-issuer-url") == 0 ? url_value(tree, item->value) : text_value(tree, item->value);
}

static kube_value_t *map_value(kube_tree_t *tree, const kube_string_map_t *map, bool secrets)
{
    kube_value_t *value = kube_value_new(tree, KUBE_VALUE_OBJECT);
    for (size_t i = 0; i < map->len && value; i++) {
        const kube_string_entry_t *item = &map->items[i];
        if (!add(tree, value, item->key, provider_value(tree, item, secrets)))
            return NULL;
    }
    return value;
}

/* An object of a name and one thing more. */
static kube_value_t *named_value(kube_tree_t *tree, const char *name, const char *key, kube_value_t *value)
{
    kube_value_t *object = kube_value_new(tree, KUBE_VALUE_OBJECT);
    return object && add(tree, object, "name", text_value(tree, name)) && add(tree, object, key, value) ? object : NULL;
}

static kube_value_t *env_value(kube_tree_t *tree, const kube_string_map_t *env, bool secrets)
{
    kube_value_t *list = kube_value_new(tree, KUBE_VALUE_LIST);
    for (size_t i = 0; i < env->len && list; i++) {
        kube_value_t *value = text_value(tree, secrets ? env->items[i].value : hidden);
        if (!kube_list_add(tree, list, named_value(tree, env->items[i].key, "value", value)))
            return NULL;
    }
    return list;
}

static kube_value_t *list_map_value(kube_tree_t *tree, const kube_string_list_map_t *map)
{
    kube_value_t *value = kube_value_new(tree, KUBE_VALUE_OBJECT);
    for (size_t i = 0; i < map->len && value; i++) {
        if (!add(tree, value, map->items[i].key, list_value(tree, &map->items[i].value, true)))
            return NULL;
    }
    return value;
}

static kube_value_t *json_value(kube_tree_t *tree, const kube_json_t *json, bool secrets)
{
    if (!json->text)
        return kube_value_new(tree, KUBE_VALUE_NULL);
    return secrets ? kube_value_parse(tree, json->text, json->len, "configuration") : text_value(tree, hidden);
}

static kube_value_t *extensions_value(kube_tree_t *tree, const kube_json_map_t *map, bool secrets)
{
    kube_value_t *list = kube_value_new(tree, KUBE_VALUE_LIST);
    for (size_t i = 0; i < map->len && list; i++) {
        kube_value_t *value = json_value(tree, &map->items[i].value, secrets);
        if (!kube_list_add(tree, list, named_value(tree, map->items[i].key, "extension", value)))
            return NULL;
    }
    return list;
}

static kube_value_t *mode_value(kube_tree_t *tree, kube_interactive_mode_t mode)
{
    bool is_named = mode == KUBE_INTERACTIVE_NEVER || mode == KUBE_INTERACTIVE_ALWAYS;
    return text_value(tree, !is_named ? "IfAvailable" : mode == KUBE_INTERACTIVE_NEVER ? "Never" : "Always");
}

static kube_value_t *struct_value(kube_tree_t *tree, const kube_settings_t *fields, const void *object, bool secrets)
{
    kube_value_t *value = kube_value_new(tree, KUBE_VALUE_OBJECT);
    return value && kube_settings_add(tree, fields, fields->items->part, object, secrets, value) ? value : NULL;
}

kube_value_t *kube_setting_value(kube_tree_t *tree, const kube_setting_t *field, const void *object, bool secrets)
{
    const void *at = kube_setting_at(object, field);
    switch (field->form) {
    case KUBE_FORM_TEXT:
    case KUBE_FORM_PATH:
    case KUBE_FORM_COMMAND:
    case KUBE_FORM_DATA:
        return shown_text(tree, field, *(const char *const *)at, secrets);
    case KUBE_FORM_BOOL:
        return kube_value_new(tree, *(const bool *)at ? KUBE_VALUE_TRUE : KUBE_VALUE_FALSE);
    case KUBE_FORM_MODE:
        return mode_value(tree, *(const kube_interactive_mode_t *)at);
    case KUBE_FORM_STRINGS:
        return list_value(tree, at, secrets || field->show == KUBE_SHOW_ALL);
    case KUBE_FORM_STRING_MAP:
        return map_value(tree, at, secrets);
    case KUBE_FORM_ENV:
        return env_value(tree, at, secrets);
    case KUBE_FORM_LIST_MAP:
        return list_map_value(tree, at);
    case KUBE_FORM_EXTENSIONS:
        return extensions_value(tree, at, secrets);
    case KUBE_FORM_STRUCT:
        return struct_value(tree, field->fields, *(const void *const *)at, secrets);
    case KUBE_FORM_UNKNOWN:
    case KUBE_FORM_JSON:
        break;
    }
    return NULL;
}

static bool add_unknown(kube_tree_t *tree, const kube_json_map_t *map, bool secrets, kube_value_t *to)
{
    for (size_t i = 0; i < map->len; i++) {
        if (!add(tree, to, map->items[i].key, json_value(tree, &map->items[i].value, secrets)))
            return false;
    }
    return true;
}

bool kube_settings_add(kube_tree_t *tree, const kube_settings_t *fields, kube_setting_part_t part, const void *object,
                       bool secrets,
                     kube_value_t *to)
{
    KUBE_EACH_SETTING(field, fields) {
        /* The default of a mode is written too: v1 of the protocol wants it said. */
        bool is_said = kube_setting_is_set(field, object) || field->form == KUBE_FORM_MODE;
        if (field->part != part || !is_said)
            continue;
        if (field->form == KUBE_FORM_UNKNOWN) {
            if (!add_unknown(tree, kube_setting_at(object, field), secrets, to))
                return false;
        } else if (field->key && !add(tree, to, field->key, kube_setting_value(tree, field, object, secrets))) {
            return false;
        }
    }
    return true;
}
