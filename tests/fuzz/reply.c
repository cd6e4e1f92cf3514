/*
 * Replies of a hostile server to the calls of a client: whatever comes, a call ends with an object that can be written, or with an error that says so.
 *   input: which call, bytes handed over at once, then replies, each "STATUS\nName: value\n...\n\nBODY", one behind the other with a byte 1E between them.
 */
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <kube/policy/v1.h>
#include <kube/watch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS_MAX = 16 };

typedef struct script {
    kube_transport_t base;
    char *at, *end; /* the replies that are left */
    size_t piece;
} script_t;

/* ---- the server ---- */

/* A line, cut out; NULL: the empty one behind the headers, or no more. */
static char *next_line(char **at, char *end)
{
    char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line));
    if (!newline) {
        *at = end;
        return NULL;
    }
    *newline = '\0';
    *at = newline + 1;
    return newline == line ? NULL : line;
}

static int reply(script_t *script, char *at, char *end, const kube_transport_sink_t *sink)
{
    kube_header_t headers[HEADERS_MAX];
    size_t count = 0;
    char *line = next_line(&at, end);
    int status = line ? atoi(line) % 1000 : 0;
    if (status < 100)
        return KUBE_E_PARSE;
    while ((line = next_line(&at, end))) {
        char *colon = strstr(line, ": ");
        if (!colon || count == HEADERS_MAX)
            continue;
        *colon = '\0';
        headers[count++] = (kube_header_t){ line, colon + 2 };
    }
    int code = sink->head(sink->userdata, status, headers, count);
    for (size_t piece; code == KUBE_OK && at < end; at += piece) {
        piece = script->piece < (size_t)(end - at) ? script->piece : (size_t)(end - at);
        code = sink->body(sink->userdata, at, piece);
    }
    return code < 0 ? code : KUBE_OK;
}

static int start(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                 kube_transport_exchange_t **exchange, kube_error_t *err)
{
    script_t *script = (script_t *)transport;
    (void)request, (void)err;
    *exchange = NULL;
    if (script->at == script->end) {
        sink->end(sink->userdata, KUBE_E_CONNECT, false, "no reply is left");
        return KUBE_OK;
    }
    char *at = script->at, *next = memchr(at, 0x1E, (size_t)(script->end - at));
    script->at = next ? next + 1 : script->end;
    int code = reply(script, at, next ? next : script->end, sink);
    sink->end(sink->userdata, code, true, code < 0 ? "the reply is none" : "");
    return KUBE_OK;
}

static void free_nothing(kube_transport_t *transport)
{
    (void)transport;
}

/* ---- the calls ---- */

static kube_client_t *client;
static kube_error_t err;
static const kube_call_t hurried = { .timeout_ms = 2 };

static void check_object(const kube_type_t *type, const void *object)
{
    kube_buffer_t text = { 0 };
    if (kube_json_encode(type, object, 0, &text, NULL) < 0)
        abort();
    kube_buffer_dispose(&text);
}

static int on_item(const void *object, void *userdata)
{
    (void)userdata;
    check_object(&kube_core_v1_config_map_type, object);
    return 0;
}

static int on_line(const char *line, size_t len, void *userdata)
{
    (void)userdata;
    return memchr(line, '\n', len) ? abort(), 1 : 0;
}

static void take(int code, const kube_type_t *type, void *object)
{
    if ((code < 0) != (object == NULL))
        abort();
    if (object)
        check_object(type, object);
    kube_free(object);
}

static int watch(void)
{
    kube_watch_options_t options = { .call = hurried };
    kube_watch_t *handle = NULL;
    kube_event_t event;
    int code = kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &handle, &err);
    while (code == KUBE_OK && (code = kube_watch_next(handle, &event, &err)) == KUBE_OK) {
        if ((event.object != NULL) != (event.type != KUBE_EVENT_SYNCED && event.type != KUBE_EVENT_RESTARTED))
            abort();
        if (event.object)
            check_object(&kube_core_v1_config_map_type, event.object);
    }
    kube_watch_free(handle);
    return code;
}

static int pass_on(bool log)
{
    kube_buffer_t bytes = { 0 };
    kube_raw_request_t raw = { .call = hurried, .path = "/version", .any_status = false };
    kube_log_options_t options = { .call = hurried };
    int code = log ? kube_get_log(client, &kube_core_v1_pods, NULL, "p", &options, &bytes, &err) : kube_raw(client, &raw, &bytes, &err);
    if (code < 0 && bytes.len)
        abort();
    kube_buffer_dispose(&bytes);
    return code;
}

static int call(unsigned which, kube_meta_v1_status_t **status)
{
    static kube_string_entry_t entries[] = { { "a", "1" } };
    static kube_meta_v1_object_meta_t metadata = { .name = "c", .resource_version = "1" };
    static const kube_core_v1_config_map_t map = { .metadata = &metadata, .data = { .items = entries, .len = 1 } };
    static const kube_policy_v1_eviction_t eviction = { .metadata = &metadata };
    const kube_resource_t *resource = &kube_core_v1_config_maps;
    kube_get_options_t get = { .call = hurried };
    kube_list_options_t list = { .call = hurried, .limit = 2 };
    kube_create_options_t create = { .call = hurried };
    kube_apply_options_t apply = { .call = hurried, .field_manager = "fuzz" };
    kube_delete_options_t delete_ = { .call = hurried, .precondition_uid = which & 64 ? "u" : NULL };
    kube_log_options_t log = { .call = hurried, .max_line_bytes = 100 };
    get.call.status = list.call.status = create.call.status = apply.call.status = delete_.call.status = status;
    kube_any_t any = { 0 };
    void *out = NULL;
    int code;
    switch (which % 13) {
    case 0:
        code = kube_get(client, resource, NULL, "c", &get, &out, &err);
        break;
    case 1:
        code = kube_list(client, resource, NULL, &list, &out, &err);
        take(code, resource->list_type, out);
        return code;
    case 2:
        code = kube_create(client, resource, NULL, &map, &create, &out, &err);
        break;
    case 3:
        code = kube_update(client, resource, NULL, &map, &create, &out, &err);
        break;
    case 4:
        code = kube_apply(client, resource, NULL, &map, &apply, &out, &err);
        break;
    case 5:
        code = kube_delete(client, resource, NULL, "c", &delete_, &any, &err);
        take(code, any.type, any.object);
        return code;
    case 6:
        code = kube_delete_collection(client, resource, NULL, &delete_, NULL, &any, &err);
        take(code, any.type, any.object);
        return code;
    case 7:
        return kube_each(client, resource, NULL, &list, on_item, NULL, &err);
    case 8:
        return kube_log_lines(client, &kube_core_v1_pods, NULL, "p", &log, on_line, NULL, &err);
    case 9:
        return watch();
    case 10:
        return kube_create_subresource(client, &kube_core_v1_pods, NULL, "p", "eviction", &kube_policy_v1_eviction_type, &eviction,
                                       &kube_meta_v1_status_type, &create, NULL, &err);
    default:
        return pass_on(which % 13 == 11);
    }
    take(code, resource->type, out);
    return code;
}

/* ---- what must hold ---- */

static void on_warning(void *userdata, int code, const char *agent, const char *text)
{
    (void)userdata, (void)agent;
    if (code != 299 || strpbrk(text, "\r\n"))
        abort();
}

static void on_log(void *userdata, kube_log_level_t level, const char *line)
{
    (void)userdata, (void)level;
    if (strpbrk(line, "\r\n"))
        abort();
}

static void check_error(int code, const kube_meta_v1_status_t *status)
{
    if (code > 0 || strcmp(kube_code_name(code), "unknown") == 0 || err.code != (kube_code_t)code)
        abort();
    if (code < 0 && (!*err.message || strpbrk(err.message, "\r\n") || strpbrk(err.earlier, "\r\n")))
        abort();
    if (code == KUBE_OK && (*err.message || status))
        abort();
    if (status)
        check_object(&kube_meta_v1_status_type, status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kube_hooks_t hooks = { .warning = on_warning, .log = on_log };
    if (size < 2)
        return 0;
    char *replies = malloc(size);
    memcpy(replies, data + 2, size - 2);
    script_t script = { .base = { .start = start, .free = free_nothing }, .at = replies, .end = replies + size - 2, .piece = 1u + data[1] };
    kube_config_t config = { .server = "http://fuzz.test", .ns = "n" };
    kube_client_options_t options = { .transport = &script.base, .hooks = &hooks, .max_retries = KUBE_SOME(3), .queue_bytes = 1000,
                                      .max_reply_bytes = 1 << 20, .max_item_bytes = 4096 };
    if (kube_client_new(&config, &options, &client, NULL) < 0)
        abort();
    kube_meta_v1_status_t *status = NULL;
    memset(&err, 0xAA, sizeof err);
    check_error(call(data[0], &status), status);
    kube_free(status);
    kube_client_free(client);
    free(replies);
    return 0;
}
