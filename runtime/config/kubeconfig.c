#include "config/kubeconfig.h"

#include <jansson.h>
#include <kube/yaml.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/fail.h"
#include "base/memory.h"

/* What is being read. */
typedef struct kubeconfig {
    const char *source;
    const char *directory;
    json_t *root;
    kube_error_t *err;
} kubeconfig_t;

/* One entry of clusters, users or contexts: { "name": ..., member: object }. */
typedef struct entry {
    const char *list;
    const char *member;
    const char *name;
    json_t *object;
} entry_t;

/* ---- messages ---- */

static int fail_file(const kubeconfig_t *kubeconfig, int code, const char *key, const char *problem)
{
    return kube_fail(kubeconfig->err, code, "%s: %s%s%s", kubeconfig->source, key ? key : "", key ? ": " : "", problem);
}

static int fail_entry(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *key, int code, const char *problem)
{
    return kube_fail(kubeconfig->err, code, "%s: %s[%s].%s.%s: %s", kubeconfig->source, entry->list, entry->name, entry->member, key, problem);
}

/* ---- text to JSON ---- */

static int fail_yaml(const kubeconfig_t *kubeconfig, int code, const kube_error_t *yaml)
{
    if (code == KUBE_E_NO_MEMORY)
        return kube_fail_memory(kubeconfig->err);
    /* The reader's own message may quote what stands there: a secret. */
    kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s:%zu: not well-formed YAML", kubeconfig->source, yaml->line);
    if (kubeconfig->err)
        kubeconfig->err->line = yaml->line;
    return KUBE_E_CONFIG;
}

/* Appends the one document there may be; nothing when there is none. */
static int read_document(const kubeconfig_t *kubeconfig, const char *text, size_t len, kube_buffer_t *json)
{
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, len, NULL);
    if (!reader)
        return kube_fail_memory(kubeconfig->err);
    kube_error_t yaml = { 0 };
    bool found = false;
    size_t first_len = 0;
    int code = kube_yaml_reader_next(reader, json, &found, &yaml);
    if (code == KUBE_OK && found) {
        first_len = json->len;
        code = kube_yaml_reader_next(reader, json, &found, &yaml);
        json->len = first_len;
    }
    kube_yaml_reader_free(reader);
    if (code < 0)
        return fail_yaml(kubeconfig, code, &yaml);
    if (found)
        return fail_file(kubeconfig, KUBE_E_UNSUPPORTED, NULL, "more than one document in a kubeconfig is not supported");
    return KUBE_OK;
}

static int read_root(kubeconfig_t *kubeconfig, const char *text, size_t len)
{
    kube_buffer_t json = { 0 };
    /* Room for all of it at once: a buffer that grows leaves copies of secrets behind. */
    if (len > SIZE_MAX / 4 || !kube_buffer_reserve(&json, 2 * len + 1024))
        return kube_fail_memory(kubeconfig->err);
    int code = read_document(kubeconfig, text, len, &json);
    if (code == KUBE_OK) {
        json_error_t problem;
        kubeconfig->root = json.len ? json_loadb(json.data, json.len, 0, &problem) : json_object();
        if (!kubeconfig->root && json.len && json_error_code(&problem) != json_error_out_of_memory)
            code = fail_file(kubeconfig, KUBE_E_CONFIG, NULL, "not a YAML mapping, or a NUL inside a string");
        else if (!kubeconfig->root)
            code = kube_fail_memory(kubeconfig->err);
        else if (!json_is_object(kubeconfig->root))
            code = fail_file(kubeconfig, KUBE_E_CONFIG, NULL, "not a YAML mapping");
    }
    kube_buffer_wipe(&json);
    return code;
}

static void wipe_strings(json_t *value)
{
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_string(value)) {
        kube_mem_wipe((char *)json_string_value(value), json_string_length(value));
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, child)
            wipe_strings(child);
    } else if (json_is_object(value)) {
        json_object_foreach(value, key, child)
            wipe_strings(child);
    }
}

/* ---- values ---- */

/* *out: NULL when the key is absent, null or empty. */
static int get_string(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *key, const char **out)
{
    const json_t *value = json_object_get(entry->object, key);
    *out = json_string_value(value);
    if (value && !json_is_null(value) && !*out)
        return fail_entry(kubeconfig, entry, key, KUBE_E_CONFIG, "must be a string");
    if (*out && !**out)
        *out = NULL;
    return KUBE_OK;
}

static int copy_string(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *key, const char **out)
{
    const char *text;
    int code = get_string(kubeconfig, entry, key, &text);
    if (code < 0 || !text)
        return code;
    *out = kube_mem_strdup(text);
    return *out ? KUBE_OK : kube_fail_memory(kubeconfig->err);
}

/* A path, resolved, of a file that can be read. */
static int copy_path(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *key, const char **out)
{
    const char *text;
    int code = get_string(kubeconfig, entry, key, &text);
    if (code < 0 || !text)
        return code;
    kube_buffer_t path = { 0 };
    if (*text != '/' && kubeconfig->directory)
        kube_buffer_printf(&path, "%s/", kubeconfig->directory);
    kube_buffer_puts(&path, text);
    if (path.failed) {
        kube_buffer_dispose(&path);
        return kube_fail_memory(kubeconfig->err);
    }
    *out = path.data;
    return access(path.data, R_OK) == 0 ? KUBE_OK : fail_entry(kubeconfig, entry, key, KUBE_E_CONFIG, "the file cannot be read");
}

/* Text in base64. */
static int copy_data(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *key, const char **out)
{
    const char *text;
    int code = get_string(kubeconfig, entry, key, &text);
    if (code < 0 || !text)
        return code;
    size_t len = strlen(text), decoded = 0;
    char *data = kube_mem_zero(kube_base64_decoded_bound(len) + 1);
    if (!data)
        return kube_fail_memory(kubeconfig->err);
    *out = data;
    if (!kube_base64_decode((uint8_t *)data, text, len, &decoded) || memchr(data, '\0', decoded))
        return fail_entry(kubeconfig, entry, key, KUBE_E_CONFIG, "not text in base64");
    return KUBE_OK;
}

static int get_bool(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *key, bool *out)
{
    const json_t *value = json_object_get(entry->object, key);
    if (value && !json_is_null(value) && !json_is_boolean(value))
        return fail_entry(kubeconfig, entry, key, KUBE_E_CONFIG, "must be true or false");
    *out = json_is_true(value);
    return KUBE_OK;
}

static bool is_set(const json_t *value)
{
    bool empty = !value || json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0) ||
                 (json_is_object(value) && json_object_size(value) == 0) || (json_is_array(value) && json_array_size(value) == 0);
    return !empty;
}

/* Keys that would change what a client does, and that this version cannot honour. */
static int refuse(const kubeconfig_t *kubeconfig, const entry_t *entry, const char *const *keys)
{
    for (; *keys; keys++) {
        if (is_set(json_object_get(entry->object, *keys)))
            return fail_entry(kubeconfig, entry, *keys, KUBE_E_UNSUPPORTED, "not supported by this version");
    }
    return KUBE_OK;
}

/* ---- entries ---- */

/* Checks one of the three lists: entries with names that differ. */
static int check_list(const kubeconfig_t *kubeconfig, const char *list)
{
    const json_t *entries = json_object_get(kubeconfig->root, list);
    if (!entries || json_is_null(entries))
        return KUBE_OK;
    if (!json_is_array(entries))
        return fail_file(kubeconfig, KUBE_E_CONFIG, list, "must be a list");
    json_t *seen = json_object();
    int code = seen ? KUBE_OK : kube_fail_memory(kubeconfig->err);
    for (size_t i = 0; i < json_array_size(entries) && code == KUBE_OK; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(entries, i), "name"));
        if (!name)
            code = kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s[%zu].name: must be a string", kubeconfig->source, list, i);
        else if (json_object_get(seen, name))
            code = kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s[%s]: there are two of that name", kubeconfig->source, list, name);
        else if (json_object_set_new(seen, name, json_true()) != 0)
            code = kube_fail_memory(kubeconfig->err);
    }
    json_decref(seen);
    return code;
}

static int find_entry(const kubeconfig_t *kubeconfig, const char *list, const char *member, const char *name, entry_t *entry)
{
    const json_t *entries = json_object_get(kubeconfig->root, list);
    *entry = (entry_t){ .list = list, .member = member, .name = name };
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *item = json_array_get(entries, i);
        if (strcmp(json_string_value(json_object_get(item, "name")), name) != 0)
            continue;
        entry->object = json_object_get(item, member);
        if (json_is_object(entry->object))
            return KUBE_OK;
        return kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s[%s].%s: must be a mapping", kubeconfig->source, list, name, member);
    }
    return kube_fail(kubeconfig->err, KUBE_E_CONFIG, "%s: %s: none is named \"%s\"", kubeconfig->source, list, name);
}

/* A bare host gets the scheme that kubectl would take; slashes at the end are dropped. */
static int complete_server(const kubeconfig_t *kubeconfig, kube_config_t *config)
{
    if (!config->server)
        return KUBE_OK;
    bool has_scheme = strstr(config->server, "://") != NULL;
    bool secure = config->ca_file || config->ca_pem || config->client_certificate_file || config->client_certificate_pem ||
                  config->client_key_file || config->client_key_pem || config->insecure_skip_tls_verify;
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, has_scheme ? "" : secure ? "https://" : "http://");
    kube_buffer_puts(&text, config->server);
    if (text.failed)
        return kube_fail_memory(kubeconfig->err);
    while (text.len && text.data[text.len - 1] == '/')
        text.data[--text.len] = '\0';
    kube_mem_free((char *)config->server);
    config->server = text.data;
    return KUBE_OK;
}

static int read_cluster(const kubeconfig_t *kubeconfig, const char *name, kube_config_t *config)
{
    static const char *const unsupported[] = { "proxy-url", NULL };
    entry_t cluster;
    int code = find_entry(kubeconfig, "clusters", "cluster", name, &cluster);
    if (code == KUBE_OK)
        code = refuse(kubeconfig, &cluster, unsupported);
    if (code == KUBE_OK)
        code = copy_string(kubeconfig, &cluster, "server", &config->server);
    if (code == KUBE_OK && !config->server)
        code = fail_entry(kubeconfig, &cluster, "server", KUBE_E_CONFIG, "missing");
    if (code == KUBE_OK)
        code = copy_string(kubeconfig, &cluster, "tls-server-name", &config->tls_server_name);
    if (code == KUBE_OK)
        code = get_bool(kubeconfig, &cluster, "insecure-skip-tls-verify", &config->insecure_skip_tls_verify);
    if (code == KUBE_OK)
        code = copy_path(kubeconfig, &cluster, "certificate-authority", &config->ca_file);
    if (code == KUBE_OK)
        code = copy_data(kubeconfig, &cluster, "certificate-authority-data", &config->ca_pem);
    return code;
}

static int read_user(const kubeconfig_t *kubeconfig, const char *name, kube_config_t *config)
{
    static const char *const unsupported[] = { "exec",   "auth-provider", "username",      "password", "as",
                                               "as-uid", "as-groups",     "as-user-extra", NULL };
    entry_t user;
    int code = find_entry(kubeconfig, "users", "user", name, &user);
    if (code == KUBE_OK)
        code = refuse(kubeconfig, &user, unsupported);
    if (code == KUBE_OK)
        code = copy_path(kubeconfig, &user, "client-certificate", &config->client_certificate_file);
    if (code == KUBE_OK)
        code = copy_data(kubeconfig, &user, "client-certificate-data", &config->client_certificate_pem);
    if (code == KUBE_OK)
        code = copy_path(kubeconfig, &user, "client-key", &config->client_key_file);
    if (code == KUBE_OK)
        code = copy_data(kubeconfig, &user, "client-key-data", &config->client_key_pem);
    if (code == KUBE_OK)
        code = copy_string(kubeconfig, &user, "token", &config->token);
    if (code == KUBE_OK)
        code = copy_path(kubeconfig, &user, "tokenFile", &config->token_file);
    return code;
}

/* ---- the whole ---- */

/* What is chosen; strings borrowed from the options or the JSON. */
typedef struct choice {
    const char *context, *cluster, *user, *ns;
} choice_t;

static const char *first_of(const char *a, const char *b)
{
    return a && *a ? a : b && *b ? b : NULL;
}

static int choose(const kubeconfig_t *kubeconfig, const kube_config_options_t *options, choice_t *choice)
{
    const json_t *current = json_object_get(kubeconfig->root, "current-context");
    if (current && !json_is_null(current) && !json_is_string(current))
        return fail_file(kubeconfig, KUBE_E_CONFIG, "current-context", "must be a string");
    *choice = (choice_t){ .context = first_of(options->context, json_string_value(current)),
                          .cluster = options->cluster, .user = options->user, .ns = options->ns };
    if (!choice->context)
        return choice->cluster ? KUBE_OK : fail_file(kubeconfig, KUBE_E_CONFIG, "current-context", "missing");
    entry_t context;
    int code = find_entry(kubeconfig, "contexts", "context", choice->context, &context);
    const char *cluster = NULL, *user = NULL, *ns = NULL;
    if (code == KUBE_OK)
        code = get_string(kubeconfig, &context, "cluster", &cluster);
    if (code == KUBE_OK)
        code = get_string(kubeconfig, &context, "user", &user);
    if (code == KUBE_OK)
        code = get_string(kubeconfig, &context, "namespace", &ns);
    choice->cluster = first_of(choice->cluster, cluster);
    choice->user = first_of(choice->user, user);
    choice->ns = first_of(choice->ns, ns);
    if (code == KUBE_OK && !choice->cluster)
        code = fail_entry(kubeconfig, &context, "cluster", KUBE_E_CONFIG, "missing");
    return code;
}

static int copy_choice(const kubeconfig_t *kubeconfig, const choice_t *choice, kube_config_t *config)
{
    const struct { const char *from; const char **to; } strings[] = { { choice->ns, &config->ns }, { choice->context, &config->context },
                                                                      { kubeconfig->source, &config->source } };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        if (strings[i].from && !(*strings[i].to = kube_mem_strdup(strings[i].from)))
            return kube_fail_memory(kubeconfig->err);
    }
    return KUBE_OK;
}

static int check_header(const kubeconfig_t *kubeconfig)
{
    const json_t *version = json_object_get(kubeconfig->root, "apiVersion"), *kind = json_object_get(kubeconfig->root, "kind");
    if (is_set(version) && (!json_is_string(version) || strcmp(json_string_value(version), "v1") != 0))
        return fail_file(kubeconfig, KUBE_E_CONFIG, "apiVersion", "must be v1");
    if (is_set(kind) && (!json_is_string(kind) || strcmp(json_string_value(kind), "Config") != 0))
        return fail_file(kubeconfig, KUBE_E_CONFIG, "kind", "must be Config");
    int code = check_list(kubeconfig, "clusters");
    if (code == KUBE_OK)
        code = check_list(kubeconfig, "users");
    if (code == KUBE_OK)
        code = check_list(kubeconfig, "contexts");
    return code;
}

static int fill(const kubeconfig_t *kubeconfig, const kube_config_options_t *options, kube_config_t *config)
{
    choice_t choice = { 0 };
    int code = choose(kubeconfig, options, &choice);
    if (code == KUBE_OK)
        code = copy_choice(kubeconfig, &choice, config);
    if (code == KUBE_OK)
        code = read_cluster(kubeconfig, choice.cluster, config);
    if (code == KUBE_OK && choice.user)
        code = read_user(kubeconfig, choice.user, config);
    if (code == KUBE_OK)
        code = complete_server(kubeconfig, config);
    return code == KUBE_OK ? kube_config_check(config, kubeconfig->err) : code;
}

int kube_kubeconfig_read(const char *text, size_t len, const char *source, const char *directory, const kube_config_options_t *options,
                         kube_config_t **out, bool *empty, kube_error_t *err)
{
    static const kube_config_options_t defaults;
    kubeconfig_t kubeconfig = { .source = source ? source : "kubeconfig", .directory = directory, .err = err };
    kube_config_t *config = kube_mem_zero(sizeof *config);
    *out = NULL;
    *empty = false;
    int code = config ? read_root(&kubeconfig, text, len) : kube_fail_memory(err);
    if (code == KUBE_OK)
        code = check_header(&kubeconfig);
    if (code == KUBE_OK) {
        *empty = !is_set(json_object_get(kubeconfig.root, "clusters")) && !is_set(json_object_get(kubeconfig.root, "current-context"));
        code = fill(&kubeconfig, options ? options : &defaults, config);
    }
    wipe_strings(kubeconfig.root);
    json_decref(kubeconfig.root);
    if (code < 0) {
        kube_config_free(config);
        return code;
    }
    *out = config;
    return KUBE_OK;
}
