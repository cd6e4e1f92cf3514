/* Operations: begun, driven, waited for, canceled, and ended with their client, in both modes. */
#include <dirent.h>
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/op.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>

#include "client/client.h"
#include "client/operations.h"
#include "patience.h"
#include "played.h"

#define BASE "/api/v1/namespaces/n/configmaps"
#define ITEM(name) "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"5\"}}"

static int open_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count;
}

/* ---- the server ---- */

static char last_target[2048], last_method[16], last_body[4096], last_head[4096];

/* Others are answered meanwhile. */
static void let_go(played_call_t *call)
{
    call->streams = true;
    pthread_mutex_unlock(&call->server->lock);
}

/* Answers when it is told to. */
static struct {
    atomic_bool reached, open;
} gate;

static void await_gate(played_call_t *call)
{
    gate.reached = true;
    let_go(call);
    while (!gate.open && !call->server->stopping)
        sleep_us(MS);
    call->streams = false;
    pthread_mutex_lock(&call->server->lock);
    played_reply(call, 200, ITEM("gate"));
}

static void answer_watch(played_call_t *call)
{
    played_stream(call);
    if (strstr(call->target, "silent"))
        played_hold(call);
    played_piece(call, "{\"type\":\"ADDED\",\"object\":" ITEM("a") "}\n{\"type\":\"ADDED\",\"object\":" ITEM("b") "}\n");
    played_piece(call, "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"6\","
                       "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n");
    played_hold(call);
}

#define PAGE(metadata, items) "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{" metadata "},\"items\":[" items "]}"
#define NAMED(name) "{\"metadata\":{\"name\":\"" name "\"}}"

static void answer_list(played_call_t *call)
{
    if (!strstr(call->target, "limit=1"))
        played_reply(call, 200, PAGE("", NAMED("a") "," NAMED("b")));
    else if (!strstr(call->target, "continue="))
        played_reply(call, 200, PAGE("\"continue\":\"t\"", NAMED("a")));
    else
        played_reply(call, 200, PAGE("", NAMED("b")));
}

static void answer_log(played_call_t *call)
{
    if (!strstr(call->target, "follow=true")) {
        played_reply(call, 200, "one\ntwo\n");
        return;
    }
    played_stream(call);
    played_piece(call, "one\ntwo\n");
    played_hold(call);
}

static void answer(played_call_t *call)
{
    snprintf(last_target, sizeof last_target, "%s", call->target);
    snprintf(last_method, sizeof last_method, "%s", call->method);
    snprintf(last_body, sizeof last_body, "%s", call->body);
    snprintf(last_head, sizeof last_head, "%s", call->head);
    if (strcmp(call->method, "HEAD") == 0) {
        const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
        played_write(call->fd, head, strlen(head));
    } else if (strstr(call->target, "/hold")) {
        let_go(call);
        played_hold(call);
    } else if (strstr(call->target, "/slow")) {
        pthread_mutex_unlock(&call->server->lock);
        sleep_us(30 * MS);
        pthread_mutex_lock(&call->server->lock);
        played_reply(call, 200, ITEM("slow"));
    } else if (strstr(call->target, "/gate")) {
        await_gate(call);
    } else if (strstr(call->target, "/refused")) {
        played_refuse(call, 403, "Forbidden");
    } else if (strstr(call->target, "/log")) {
        answer_log(call);
    } else if (strstr(call->target, "watch=")) {
        answer_watch(call);
    } else if (strcmp(call->method, "GET") == 0 && strncmp(call->target + strlen(BASE), "/", 1) != 0) {
        answer_list(call);
    } else if (strcmp(call->method, "DELETE") == 0) {
        played_reply(call, 200, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\"}");
    } else {
        played_reply(call, strcmp(call->method, "POST") == 0 ? 201 : 200, ITEM("c"));
    }
}

static played_t server;

static kube_client_t *make(kube_mode_t mode)
{
    kube_config_t config = { .server = server.url, .ns = "n" };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, &(kube_client_options_t){ .mode = mode }, &client, NULL), KUBE_OK);
    return client;
}

/* ---- operations ---- */

typedef struct record {
    atomic_int done;
    int code;
    int http_status;
    char name[64];   /* of the object that came */
    char bytes[256];
    char text[512];  /* items, events, lines */
    atomic_int count;
    int stop_at;     /* which of those ends the operation, with 77; 0: none */
} record_t;

static void note(record_t *record, const char *text)
{
    size_t used = strlen(record->text);
    if (used + 32 < sizeof record->text)
        snprintf(record->text + used, sizeof record->text - used, "%.*s|", 30, text);
}

static int on_item(const void *object, void *userdata)
{
    record_t *record = userdata;
    note(record, kube_meta_name(&kube_core_v1_config_map_type, object));
    return ++record->count == record->stop_at ? 77 : 0;
}

static int on_event(const kube_event_t *event, void *userdata)
{
    static const char *const types[] = { "", "ADDED", "MODIFIED", "DELETED", "SYNCED", "RESTARTED", "BOOKMARK" };
    record_t *record = userdata;
    note(record, types[event->type]);
    return ++record->count == record->stop_at ? 77 : 0;
}

static int on_line(const char *line, size_t len, void *userdata)
{
    record_t *record = userdata;
    char text[64];
    snprintf(text, sizeof text, "%.*s", (int)len, line);
    note(record, text);
    return ++record->count == record->stop_at ? 77 : 0;
}

static void on_done(const kube_result_t *result, void *userdata)
{
    record_t *record = userdata;
    record->code = result->code;
    record->http_status = result->http_status;
    bool error_fits = result->error && (int)result->error->code == (result->code < 0 ? result->code : 0);
    if (!error_fits)
        printf("code %d, error code %d\n", result->code, result->error ? (int)result->error->code : 0);
    CHECK(error_fits);
    if (result->object && result->type == &kube_core_v1_config_map_type)
        snprintf(record->name, sizeof record->name, "%s", kube_meta_name(result->type, result->object));
    else if (result->object)
        snprintf(record->name, sizeof record->name, "%s", result->type->kind);
    if (result->bytes)
        snprintf(record->bytes, sizeof record->bytes, "%.*s", (int)result->len, result->bytes);
    record->done++;
}

static kube_spec_t get_spec(const char *name)
{
    return (kube_spec_t){ .action = KUBE_ACTION_GET, .resource = &kube_core_v1_config_maps, .name = name };
}

static void start_get(kube_client_t *client, const char *name, record_t *record, kube_op_t **op)
{
    kube_spec_t spec = get_spec(name);
    CHECK_INT(kube_start(client, &spec, on_done, record, op, NULL), KUBE_OK);
}

/* Threads that are in a function of the client. */
static size_t threads_inside(kube_client_t *client)
{
    pthread_mutex_lock(&client->lock);
    size_t count = client->active;
    pthread_mutex_unlock(&client->lock);
    return count;
}

static void dispatch_until_done(kube_client_t *client, record_t *record)
{
    int64_t until = now_us() + PATIENCE_MS * (int64_t)MS;
    while (!record->done && now_us() < until)
        CHECK(kube_loop_dispatch(client, 1000, NULL) >= 0);
}

/* ---- every action, from inputs that are gone by the time they are needed ---- */

/* Everything a spec points to, in one block. */
typedef struct inputs {
    kube_spec_t spec;
    char ns[8], name[8], subresource[16], text[64], selector[32], method[8], path[32], content_type[32], accept[32], manager[16], traceparent[32], key[8];
    kube_patch_t patch;
    kube_core_v1_config_map_t object;
    kube_meta_v1_object_meta_t metadata;
    kube_string_entry_t entries[1];
    kube_list_options_t select;
    union {
        kube_get_options_t get;
        kube_list_options_t list;
        kube_create_options_t create;
        kube_apply_options_t apply;
        kube_delete_options_t delete_;
        kube_log_options_t log;
        kube_raw_request_t raw;
        kube_watch_options_t watch;
    } options;
} inputs_t;

static inputs_t *new_inputs(kube_action_t action)
{
    inputs_t *in = calloc(1, sizeof *in);
    strcpy(in->ns, "n");
    strcpy(in->name, "c");
    strcpy(in->text, "{\"data\":{\"k\":\"v\"}}");
    strcpy(in->selector, "app=x");
    strcpy(in->method, "POST");
    strcpy(in->path, BASE);
    strcpy(in->content_type, "application/x-test");
    strcpy(in->accept, "application/y-test");
    strcpy(in->manager, "tester");
    strcpy(in->traceparent, "00-trace-01");
    strcpy(in->key, "k");
    in->entries[0] = (kube_string_entry_t){ in->key, in->key };
    in->metadata = (kube_meta_v1_object_meta_t){ .name = in->name, .namespace_ = in->ns, .resource_version = in->key };
    in->object = (kube_core_v1_config_map_t){ .metadata = &in->metadata, .data = { .items = in->entries, .len = 1 } };
    in->patch = (kube_patch_t){ .type = KUBE_PATCH_TYPE_MERGE, .text = in->text, .len = strlen(in->text) };
    in->spec = (kube_spec_t){ .action = action, .resource = &kube_core_v1_config_maps, .ns = in->ns, .name = in->name, .options = &in->options,
                              .item = on_item, .event = on_event, .line = on_line };
    in->options.get.call.traceparent = in->traceparent;
    return in;
}

typedef struct action_case {
    kube_action_t action;
    void (*fill)(inputs_t *in);
    const char *request; /* method and target */
    const char *body;    /* a part of it; NULL: none */
    const char *head;    /* a part of it */
    const char *name, *bytes, *text;
    int code;
} action_case_t;

static void fill_object(inputs_t *in) { in->spec.body = &in->object; in->options.create.field_manager = in->manager; }
static void fill_apply(inputs_t *in) { in->spec.body = &in->object; in->options.apply.field_manager = in->manager; }
static void fill_patch(inputs_t *in) { in->spec.patch = &in->patch; }
static void fill_delete(inputs_t *in) { in->options.delete_.precondition_uid = in->selector; }
static void fill_log(inputs_t *in) { in->spec.resource = &kube_core_v1_pods; in->options.log.container = in->key; }

static void fill_list(inputs_t *in)
{
    in->options.list.label_selector = in->selector;
    in->options.list.resource_version = in->key;
}

static void fill_each(inputs_t *in)
{
    fill_list(in);
    in->options.list.limit = 1;
}

static void fill_collection(inputs_t *in)
{
    in->select.label_selector = in->selector;
    in->spec.select = &in->select;
}

static void fill_raw(inputs_t *in)
{
    in->spec.resource = NULL;
    in->options.raw.method = in->method;
    in->options.raw.path = in->path;
    in->options.raw.content_type = in->content_type;
    in->options.raw.accept = in->accept;
    in->options.raw.body = in->text;
    in->options.raw.body_len = strlen(in->text);
}

static void fill_watch(inputs_t *in)
{
    in->options.watch.label_selector = in->selector;
    in->options.watch.name = in->key;
    in->options.watch.timeout_seconds = 333;
}

static void fill_follow(inputs_t *in)
{
    fill_log(in);
    in->options.log.follow = true;
}

static const action_case_t actions[] = {
    { KUBE_ACTION_GET, NULL, "GET " BASE "/c", NULL, "Accept: application/json\r\n", "c", "", "", KUBE_OK },
    { KUBE_ACTION_LIST, fill_list, "GET " BASE "?labelSelector=app%3Dx&resourceVersion=k", NULL, "", "ConfigMapList", "", "", KUBE_OK },
    { KUBE_ACTION_CREATE, fill_object, "POST " BASE "?fieldManager=tester", "\"data\":{\"k\":\"k\"}", "application/json", "c", "", "", KUBE_OK },
    { KUBE_ACTION_UPDATE, fill_object, "PUT " BASE "/c?fieldManager=tester", "\"data\":{\"k\":\"k\"}", "", "c", "", "", KUBE_OK },
    { KUBE_ACTION_PATCH, fill_patch, "PATCH " BASE "/c", "{\"data\":{\"k\":\"v\"}}", "application/merge-patch+json", "c", "", "", KUBE_OK },
    { KUBE_ACTION_APPLY, fill_apply, "PATCH " BASE "/c?fieldManager=tester", "\"data\":{\"k\":\"k\"}", "apply-patch", "c", "", "", KUBE_OK },
    { KUBE_ACTION_DELETE, fill_delete, "DELETE " BASE "/c", "\"uid\":\"app=x\"", "", "Status", "", "", KUBE_OK },
    { KUBE_ACTION_DELETE_COLLECTION, fill_collection, "DELETE " BASE "?labelSelector=app%3Dx", NULL, "", "Status", "", "", KUBE_OK },
    { KUBE_ACTION_LOG, fill_log, "GET /api/v1/namespaces/n/pods/c/log?container=k", NULL, "", "", "one\ntwo\n", "", KUBE_OK },
    { KUBE_ACTION_RAW, fill_raw, "POST " BASE, "{\"data\":{\"k\":\"v\"}}", "application/x-test", "", ITEM("c"), "", KUBE_OK },
    { KUBE_ACTION_EACH, fill_each, "GET " BASE "?continue=t&labelSelector=app%3Dx&limit=1", NULL, "", "", "", "a|b|", KUBE_OK },
    { KUBE_ACTION_WATCH, fill_watch, NULL, NULL, "", "", "", "ADDED|ADDED|SYNCED|", 77 },
    { KUBE_ACTION_LOG_LINES, fill_log, "GET /api/v1/namespaces/n/pods/c/log?container=k", NULL, "", "", "", "one|two|", KUBE_OK },
    { KUBE_ACTION_LOG_LINES, fill_follow, "GET /api/v1/namespaces/n/pods/c/log?container=k&follow=true", NULL, "", "", "", "one|two|", 77 },
};

static void check_action(kube_client_t *client, const action_case_t *expected, void (*run)(kube_client_t *, record_t *, kube_op_t *))
{
    inputs_t *in = new_inputs(expected->action);
    record_t record = { .stop_at = expected->code == 77 ? expected->action == KUBE_ACTION_WATCH ? 3 : 2 : 0 };
    kube_op_t *op = NULL;
    char request[2100];
    if (expected->fill)
        expected->fill(in);
    CHECK_INT(kube_start(client, &in->spec, on_done, &record, &op, NULL), KUBE_OK);
    /* A memset of what is freed next would be optimised away. */
    explicit_bzero(in, sizeof *in);
    free(in);
    CHECK(op && !kube_op_ended(op) && !record.done);
    run(client, &record, op);
    CHECK(kube_op_ended(op));
    CHECK_INT(record.done, 1);
    CHECK_INT(record.code, expected->code);
    CHECK_STR(record.name, expected->name);
    CHECK_STR(record.bytes, expected->bytes);
    CHECK_STR(record.text, expected->text);
    pthread_mutex_lock(&server.lock);
    snprintf(request, sizeof request, "%s %s", last_method, last_target);
    if (expected->request)
        CHECK_STR(request, expected->request);
    else
        CHECK(strstr(request, "labelSelector=app%3Dx") && strstr(request, "metadata.name%3Dk") && strstr(request, "timeoutSeconds=333"));
    CHECK(strstr(last_head, expected->head) && strstr(last_head, "traceparent: 00-trace-01"));
    CHECK(!expected->body || strstr(last_body, expected->body));
    pthread_mutex_unlock(&server.lock);
    kube_op_free(op);
}

static void run_by_dispatch(kube_client_t *client, record_t *record, kube_op_t *op)
{
    (void)op;
    dispatch_until_done(client, record);
}

static void run_by_wait(kube_client_t *client, record_t *record, kube_op_t *op)
{
    (void)client, (void)record;
    CHECK_INT(kube_op_wait(op, PATIENCE_MS, NULL), KUBE_OK);
}

/* As an event loop does it: level-triggered, nothing but the descriptor. */
static int wake_ups;

static void run_by_loop(kube_client_t *client, record_t *record, kube_op_t *op)
{
    (void)op;
    int loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN };
    epoll_ctl(loop, EPOLL_CTL_ADD, kube_loop_fd(client), &event);
    int64_t until = now_us() + PATIENCE_MS * (int64_t)MS;
    while (!record->done && now_us() < until) {
        if (epoll_wait(loop, &event, 1, PATIENCE_MS) != 1)
            break;
        wake_ups++;
        CHECK(kube_loop_dispatch(client, 0, NULL) >= 0);
    }
    close(loop);
}

static void test_every_action(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        check_action(client, &actions[i], run_by_dispatch);
        check_action(client, &actions[i], run_by_wait);
    }
    kube_client_free(client);
    client = make(KUBE_MODE_HOST);
    wake_ups = 0;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        check_action(client, &actions[i], run_by_loop);
    CHECK(wake_ups < 30 * (int)(sizeof actions / sizeof *actions));
    kube_client_free(client);
}

/* ---- wrong calls ---- */

/* Errors name the fields of kube_spec_t. */
static void check_names_of_fields(kube_client_t *client)
{
    const struct { kube_spec_t spec; const char *field; } cases[] = {
        { { .resource = &kube_core_v1_pods, .name = "c" }, "action " },
        { { .action = KUBE_ACTION_RAW }, "options " },
        { { .action = KUBE_ACTION_GET, .name = "c" }, "resource " },
        { { .action = KUBE_ACTION_GET, .resource = &kube_core_v1_pods, .name = "c", .subresource = "status" }, "reply_type " },
        { { .action = KUBE_ACTION_CREATE, .resource = &kube_core_v1_pods }, "body " },
        { { .action = KUBE_ACTION_PATCH, .resource = &kube_core_v1_pods, .name = "c" }, "patch " },
        { { .action = KUBE_ACTION_EACH, .resource = &kube_core_v1_pods }, "item " },
        { { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_pods }, "event " },
        { { .action = KUBE_ACTION_LOG_LINES, .resource = &kube_core_v1_pods, .name = "c" }, "line " },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_error_t err;
        CHECK_INT(kube_start(client, &cases[i].spec, NULL, NULL, NULL, &err), KUBE_E_USAGE);
        if (strncmp(err.message, cases[i].field, strlen(cases[i].field)) != 0)
            CHECK_STR(err.message, cases[i].field);
    }
}

static void test_misuse(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    kube_error_t err;
    kube_op_t *op = (kube_op_t *)&err;
    record_t record = { 0 };
    kube_spec_t spec = get_spec("a/b");
    CHECK_INT(kube_start(NULL, &spec, on_done, &record, &op, &err), KUBE_E_USAGE);
    CHECK(!op);
    CHECK_INT(kube_start(client, NULL, on_done, &record, &op, &err), KUBE_E_USAGE);
    CHECK_INT(kube_start(client, &spec, on_done, &record, &op, &err), KUBE_E_USAGE);
    CHECK(*err.message && err.code == KUBE_E_USAGE && !op);
    static const kube_action_t streams[] = { KUBE_ACTION_EACH, KUBE_ACTION_WATCH, KUBE_ACTION_LOG_LINES, (kube_action_t)0, (kube_action_t)99 };
    for (size_t i = 0; i < 5; i++) {
        spec = (kube_spec_t){ .action = streams[i], .resource = &kube_core_v1_pods, .name = "c" };
        CHECK_INT(kube_start(client, &spec, on_done, &record, NULL, &err), KUBE_E_USAGE);
    }
    for (int action = KUBE_ACTION_GET; action <= KUBE_ACTION_LOG_LINES; action++) {
        spec = (kube_spec_t){ .action = (kube_action_t)action, .item = on_item, .event = on_event, .line = on_line };
        CHECK_INT(kube_start(client, &spec, on_done, &record, &op, &err), KUBE_E_USAGE);
        CHECK(!op);
    }
    check_names_of_fields(client);
    CHECK_INT(record.done, 0);
    CHECK_INT(server.requests, 0);
    CHECK_INT(kube_op_wait(NULL, 0, &err), KUBE_E_USAGE);
    CHECK(kube_op_ended(NULL));
    kube_op_cancel(NULL);
    kube_op_free(NULL);
    CHECK_INT(kube_loop_fd(NULL), -1);
    CHECK_INT(kube_loop_fd(client), -1);
    CHECK_INT(kube_loop_dispatch(NULL, 0, &err), KUBE_E_USAGE);
    CHECK_INT(kube_loop_dispatch(client, 0, &err), 0);
    kube_client_free(client);
}

static void test_blocking_calls_of_a_hosts_client(void)
{
    kube_client_t *client = make(KUBE_MODE_HOST);
    kube_error_t err;
    record_t record = { 0 };
    void *out = client;
    kube_any_t any = { &kube_core_v1_config_map_type, client };
    kube_watch_t *watch = NULL;
    kube_buffer_t buffer = { 0 };
    kube_raw_request_t raw = { .path = "/" };
    const kube_resource_t *resource = &kube_core_v1_config_maps;
    CHECK_INT(kube_get(client, resource, "n", "c", NULL, &out, &err), KUBE_E_USAGE);
    CHECK(!out && strstr(err.message, "kube_start"));
    CHECK_INT(kube_list(client, resource, "n", NULL, &out, &err), KUBE_E_USAGE);
    CHECK_INT(kube_delete(client, resource, "n", "c", NULL, &any, &err), KUBE_E_USAGE);
    CHECK(!any.type && !any.object);
    CHECK_INT(kube_each(client, resource, "n", NULL, on_item, &record, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, resource, "n", NULL, &watch, &err), KUBE_E_USAGE);
    CHECK_INT(kube_log_lines(client, &kube_core_v1_pods, "n", "c", NULL, on_line, &record, &err), KUBE_E_USAGE);
    CHECK_INT(kube_get_log(client, &kube_core_v1_pods, "n", "c", NULL, &buffer, &err), KUBE_E_USAGE);
    CHECK_INT(kube_raw(client, &raw, &buffer, &err), KUBE_E_USAGE);
    kube_op_t *op = NULL;
    start_get(client, "hold", &record, &op);
    CHECK_INT(kube_op_wait(op, 0, &err), KUBE_E_USAGE);
    kube_op_free(op);
    kube_client_free(client);
    CHECK(record.done == 1 && record.code == KUBE_E_CANCELED);
    CHECK_INT(server.requests, 0);
}

/* ---- a host's loop ---- */

typedef struct looped {
    kube_client_t *client;
    int loop;
} looped_t;

/* A time limit comes through the same descriptor, at its time; what ends before it does so as well. */
static int64_t wait_for_time_limit(void *argument)
{
    const looped_t *looped = argument;
    record_t limited = { 0 }, refused = { 0 };
    kube_get_options_t options = { .call.timeout_ms = 200 };
    kube_spec_t spec = get_spec("hold");
    struct epoll_event event;
    int wakes = 0;
    spec.options = &options;
    int64_t begun = now_us(), took = 0;
    CHECK_INT(kube_start(looped->client, &spec, on_done, &limited, NULL, NULL), KUBE_OK);
    start_get(looped->client, "refused", &refused, NULL);
    for (; !(limited.done && refused.done) && now_us() < begun + PATIENCE_MS * (int64_t)MS; wakes++) {
        if (epoll_wait(looped->loop, &event, 1, 1000) == 1)
            kube_loop_dispatch(looped->client, 0, NULL);
        if (limited.done && !took)
            took = now_us() - begun;
    }
    CHECK_INT(limited.code, KUBE_E_TIMEOUT);
    CHECK(took >= 200 * MS);
    CHECK(wakes < 40);
    CHECK(refused.done == 1 && refused.code == KUBE_E_FORBIDDEN && refused.http_status == 403);
    return took - 200 * MS;
}

static void test_loop_is_never_busy(void)
{
    kube_client_t *client = make(KUBE_MODE_HOST);
    record_t watched = { 0 };
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .event = on_event };
    kube_op_t *op = NULL;
    CHECK_INT(kube_start(client, &spec, on_done, &watched, &op, NULL), KUBE_OK);
    int fd = kube_loop_fd(client), loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN };
    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
    int64_t until = now_us() + PATIENCE_MS * (int64_t)MS;
    while (watched.count < 3 && now_us() < until) {
        if (epoll_wait(loop, &event, 1, 1000) == 1)
            kube_loop_dispatch(client, 0, NULL);
    }
    CHECK_STR(watched.text, "ADDED|ADDED|SYNCED|");
    /* Nothing happens: nothing wakes the loop. */
    int wakes = 0;
    for (until = now_us() + 500 * MS; now_us() < until;) {
        if (epoll_wait(loop, &event, 1, 100) == 1) {
            wakes++;
            kube_loop_dispatch(client, 0, NULL);
        }
    }
    CHECK(wakes <= 5);
    CHECK(is_prompt(wait_for_time_limit, &(looped_t){ client, loop }));
    /* The same descriptor all along; another thread's cancel wakes the loop. */
    CHECK_INT(kube_loop_fd(client), fd);
    kube_op_cancel(op);
    CHECK_INT(epoll_wait(loop, &event, 1, PATIENCE_MS), 1);
    CHECK(kube_loop_dispatch(client, 0, NULL) >= 1);
    CHECK(watched.done == 1 && watched.code == KUBE_E_CANCELED && kube_op_ended(op));
    kube_op_free(op);
    close(loop);
    kube_client_free(client);
}

/* A dispatch leaves something for the next, and the descriptor says so. */
static void test_many_at_once(void)
{
    enum { COUNT = 600 };
    kube_client_t *client = make(KUBE_MODE_HOST);
    kube_cancel_t *cancel = kube_cancel_new();
    kube_get_options_t options = { .call.cancel = cancel };
    kube_spec_t spec = get_spec("hold");
    spec.options = &options;
    record_t *records = calloc(COUNT, sizeof *records);
    kube_cancel_trip(cancel);
    for (int i = 0; i < COUNT; i++)
        CHECK_INT(kube_start(client, &spec, on_done, &records[i], NULL, NULL), KUBE_OK);
    kube_cancel_free(cancel);
    int rounds = 0, moved = 0;
    for (; moved < COUNT && rounds < 20; rounds++) {
        struct epoll_event event = { .events = EPOLLIN };
        int loop = epoll_create1(EPOLL_CLOEXEC);
        epoll_ctl(loop, EPOLL_CTL_ADD, kube_loop_fd(client), &event);
        CHECK_INT(epoll_wait(loop, &event, 1, PATIENCE_MS), 1);
        close(loop);
        moved += kube_loop_dispatch(client, 0, NULL);
    }
    CHECK_INT(moved, COUNT);
    CHECK(rounds > 1);
    for (int i = 0; i < COUNT; i++)
        CHECK(records[i].done == 1 && records[i].code == KUBE_E_CANCELED);
    free(records);
    kube_client_free(client);
}

/* ---- waiting ---- */

static int64_t wait_a_moment(void *op)
{
    int64_t begun = now_us();
    CHECK_INT(kube_op_wait(op, 100, NULL), KUBE_E_TIMEOUT);
    int64_t late = now_us() - begun - 100 * MS;
    CHECK(late >= 0);
    return late;
}

static void test_waiting(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    record_t gated = { 0 }, held = { 0 };
    kube_op_t *op = NULL;
    kube_error_t err;
    /* Even looking in, without waiting, gets it there. */
    gate.reached = gate.open = false;
    start_get(client, "gate", &gated, &op);
    int64_t until = now_us() + PATIENCE_MS * (int64_t)MS;
    for (; now_us() < until && !gate.reached; sleep_us(MS))
        CHECK_INT(kube_op_wait(op, 0, &err), KUBE_E_TIMEOUT);
    CHECK_INT(kube_op_wait(op, 0, &err), KUBE_E_TIMEOUT);
    gate.open = true;
    while (now_us() < until && kube_op_wait(op, 0, &err) == KUBE_E_TIMEOUT)
        sleep_us(MS);
    CHECK(gated.done == 1 && gated.code == KUBE_OK && kube_op_ended(op));
    CHECK_INT(kube_op_wait(op, 0, &err), KUBE_OK);
    CHECK_INT(kube_op_wait(op, -1, &err), KUBE_OK);
    kube_op_free(op);
    start_get(client, "hold", &held, &op);
    CHECK(is_prompt(wait_a_moment, op));
    CHECK(!held.done && !kube_op_ended(op));
    CHECK_INT(kube_loop_dispatch(client, 20, &err), 0);
    kube_op_cancel(op);
    kube_op_cancel(op);
    CHECK_INT(kube_op_wait(op, -1, &err), KUBE_OK);
    CHECK(held.done == 1 && held.code == KUBE_E_CANCELED);
    kube_op_cancel(op);
    kube_op_free(op);
    kube_client_free(client);
}

/* ---- callbacks ---- */

typedef struct chain {
    kube_client_t *client;
    kube_op_t *op;
    int left;
    int wrong;
    record_t nested;
} chain_t;

static void next_link(const kube_result_t *result, void *userdata)
{
    chain_t *chain = userdata;
    chain->wrong += result->code != KUBE_OK;
    /* Its own operation has not ended before this returns. */
    chain->wrong += kube_op_wait(chain->op, 0, NULL) != KUBE_E_USAGE;
    chain->wrong += kube_op_ended(chain->op);
    kube_op_cancel(chain->op);
    kube_op_free(chain->op);
    chain->op = NULL;
    if (--chain->left == 0)
        return;
    kube_spec_t spec = get_spec("c");
    chain->wrong += kube_start(chain->client, &spec, next_link, chain, &chain->op, NULL) != KUBE_OK;
}

static void test_callbacks_begin_operations(void)
{
    chain_t chain = { .client = make(KUBE_MODE_CALLER), .left = 50 };
    kube_spec_t spec = get_spec("c");
    CHECK_INT(kube_start(chain.client, &spec, next_link, &chain, &chain.op, NULL), KUBE_OK);
    int64_t until = now_us() + PATIENCE_MS * (int64_t)MS;
    while (chain.left > 0 && now_us() < until)
        kube_loop_dispatch(chain.client, 1000, NULL);
    CHECK_INT(chain.left, 0);
    CHECK_INT(chain.wrong, 0);
    kube_client_free(chain.client);
}

/* In a callback, other calls of the client block as usual. */
static int nest(const void *object, void *userdata)
{
    chain_t *chain = userdata;
    kube_op_t *op = NULL;
    record_t record = { 0 };
    (void)object;
    chain->wrong += kube_get(chain->client, &kube_core_v1_config_maps, "n", "c", NULL, NULL, NULL) != KUBE_OK;
    chain->wrong += kube_op_wait(chain->op, -1, NULL) != KUBE_E_USAGE;
    start_get(chain->client, "slow", &record, &op);
    chain->wrong += kube_op_wait(op, -1, NULL) != KUBE_OK || record.done != 1;
    kube_op_free(op);
    chain->left--;
    return 0;
}

static void test_callbacks_wait(void)
{
    chain_t chain = { .client = make(KUBE_MODE_CALLER), .left = 2 };
    kube_spec_t spec = { .action = KUBE_ACTION_EACH, .resource = &kube_core_v1_config_maps, .item = nest };
    CHECK_INT(kube_start(chain.client, &spec, NULL, &chain, &chain.op, NULL), KUBE_OK);
    CHECK_INT(kube_op_wait(chain.op, PATIENCE_MS, NULL), KUBE_OK);
    CHECK_INT(chain.left, 0);
    CHECK_INT(chain.wrong, 0);
    kube_op_free(chain.op);
    kube_client_free(chain.client);
}

/* ---- many threads ---- */

enum { OPS = 120 };

typedef struct crowd {
    kube_client_t *client;
    kube_op_t *ops[OPS];
    record_t records[OPS];
    atomic_int next, started, dispatching;
    atomic_bool canceling;
} crowd_t;

static void *start_some(void *argument)
{
    static const char *const names[] = { "c", "slow", "refused", "hold" };
    crowd_t *crowd = argument;
    for (int i; (i = crowd->next++) < OPS;) {
        start_get(crowd->client, names[i % (crowd->canceling ? 4 : 3)], &crowd->records[i], &crowd->ops[i]);
        crowd->started++;
    }
    return NULL;
}

static void *wait_for_all(void *argument)
{
    crowd_t *crowd = argument;
    for (int i = 0; i < OPS; i++) {
        CHECK_INT(kube_op_wait(crowd->ops[i], -1, NULL), KUBE_OK);
        CHECK(crowd->records[i].done == 1);
    }
    return NULL;
}

static void *dispatch_all(void *argument)
{
    crowd_t *crowd = argument;
    while (crowd->dispatching)
        kube_loop_dispatch(crowd->client, 5, NULL);
    return NULL;
}

static void *cancel_all(void *argument)
{
    crowd_t *crowd = argument;
    for (int i = OPS - 1; i >= 0; i--) {
        kube_op_cancel(crowd->ops[i]);
        if (i % 7 == 0)
            sleep_us(500);
    }
    return NULL;
}

static void run_crowd(bool canceling)
{
    crowd_t *crowd = calloc(1, sizeof *crowd);
    pthread_t starters[3], waiters[3], dispatchers[3], cancelers[2];
    crowd->client = make(KUBE_MODE_CALLER);
    crowd->dispatching = 1;
    crowd->canceling = canceling;
    for (int i = 0; i < 3; i++)
        pthread_create(&dispatchers[i], NULL, dispatch_all, crowd);
    for (int i = 0; i < 3; i++)
        pthread_create(&starters[i], NULL, start_some, crowd);
    for (int i = 0; i < 3; i++)
        join(starters[i]);
    CHECK_INT(crowd->started, OPS);
    for (int i = 0; i < 3; i++)
        pthread_create(&waiters[i], NULL, wait_for_all, crowd);
    for (int i = 0; canceling && i < 2; i++)
        pthread_create(&cancelers[i], NULL, cancel_all, crowd);
    for (int i = 0; canceling && i < 2; i++)
        join(cancelers[i]);
    for (int i = 0; i < 3; i++)
        join(waiters[i]);
    crowd->dispatching = 0;
    for (int i = 0; i < 3; i++)
        join(dispatchers[i]);
    for (int i = 0; i < OPS; i++) {
        CHECK_INT(crowd->records[i].done, 1);
        int code = crowd->records[i].code;
        bool right = canceling ? code == KUBE_E_CANCELED || i % 4 != 3 : code == (i % 3 == 2 ? KUBE_E_FORBIDDEN : KUBE_OK);
        if (!right)
            printf("operation %d: %s\n", i, kube_code_name(code));
        CHECK(right);
        kube_op_free(crowd->ops[i]);
    }
    kube_client_free(crowd->client);
    free(crowd);
}

static void test_threads(void)
{
    run_crowd(false);
}

static void test_threads_that_cancel(void)
{
    run_crowd(true);
}

/* Begun with a token that another thread trips at about that time, while others dispatch: steps never run before the beginning is over. */
static void *begin_canceled(void *argument)
{
    crowd_t *crowd = argument;
    for (int i; (i = crowd->next++) < OPS;) {
        kube_cancel_t *cancel = kube_cancel_new();
        kube_get_options_t options = { .call.cancel = cancel };
        kube_spec_t spec = get_spec("hold");
        spec.options = &options;
        if (i % 2)
            kube_cancel_trip(cancel);
        CHECK_INT(kube_start(crowd->client, &spec, on_done, &crowd->records[i], &crowd->ops[i], NULL), KUBE_OK);
        kube_cancel_trip(cancel);
        /* What cannot be begun is not done, tripped or not. */
        spec.name = "a/b";
        CHECK_INT(kube_start(crowd->client, &spec, on_done, NULL, NULL, NULL), KUBE_E_USAGE);
        kube_cancel_free(cancel);
    }
    return NULL;
}

static void test_tokens_at_the_beginning(void)
{
    crowd_t *crowd = calloc(1, sizeof *crowd);
    pthread_t starters[3], dispatchers[2];
    crowd->client = make(KUBE_MODE_CALLER);
    crowd->dispatching = 1;
    for (int i = 0; i < 2; i++)
        pthread_create(&dispatchers[i], NULL, dispatch_all, crowd);
    for (int i = 0; i < 3; i++)
        pthread_create(&starters[i], NULL, begin_canceled, crowd);
    for (int i = 0; i < 3; i++)
        join(starters[i]);
    for (int i = 0; i < OPS; i++) {
        CHECK_INT(kube_op_wait(crowd->ops[i], -1, NULL), KUBE_OK);
        CHECK(crowd->records[i].done == 1 && crowd->records[i].code == KUBE_E_CANCELED);
        kube_op_free(crowd->ops[i]);
    }
    crowd->dispatching = 0;
    for (int i = 0; i < 2; i++)
        join(dispatchers[i]);
    kube_client_free(crowd->client);
    free(crowd);
}

/* ---- the end of a client ---- */

typedef struct user {
    kube_client_t *client;
    int kind;
    int code;
    record_t record;
} user_t;

static int use(user_t *user)
{
    kube_watch_t *watch = NULL;
    kube_event_t event;
    int code = KUBE_OK;
    switch (user->kind % 6) {
    case 0:
        return kube_get(user->client, &kube_core_v1_config_maps, "n", "hold", NULL, NULL, NULL);
    case 1:
        code = kube_watch(user->client, &kube_core_v1_config_maps, "n", NULL, &watch, NULL);
        while (code == KUBE_OK)
            code = kube_watch_next(watch, &event, NULL);
        kube_watch_free(watch);
        return code;
    case 2:
        return kube_log_lines(user->client, &kube_core_v1_pods, "n", "c", &(kube_log_options_t){ .follow = true }, on_line, &user->record, NULL);
    case 3:
        return kube_create(user->client, &kube_core_v1_config_maps, NULL, &(kube_core_v1_config_map_t){
            .metadata = &(kube_meta_v1_object_meta_t){ .name = "x", .namespace_ = "hold" } }, NULL, NULL, NULL);
    case 4: {
        kube_op_t *op = NULL;
        start_get(user->client, "hold", &user->record, &op);
        kube_op_wait(op, -1, NULL);
        kube_op_free(op);
        return user->record.code;
    }
    default:
        while ((code = kube_get(user->client, &kube_core_v1_config_maps, "n", "slow", NULL, NULL, NULL)) == KUBE_OK)
            continue;
        return code;
    }
}

static void *be_user(void *argument)
{
    user_t *user = argument;
    user->code = use(user);
    return NULL;
}

static void test_freed_in_the_middle(void)
{
    enum { USERS = 32, LASTING = 20 };
    for (int round = 0; round < 3; round++) {
        kube_client_t *client = make(KUBE_MODE_CALLER);
        user_t *users = calloc(USERS, sizeof *users);
        pthread_t threads[USERS];
        record_t records[LASTING] = { { 0 } };
        kube_op_t *ops[LASTING] = { NULL };
        kube_spec_t watch = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .event = on_event };
        for (int i = 0; i < USERS; i++) {
            users[i] = (user_t){ .client = client, .kind = i };
            /* The last kind comes back for more: that is not allowed once a client is being freed. */
            if (i % 6 == 5)
                users[i].kind = 0;
            pthread_create(&threads[i], NULL, be_user, &users[i]);
        }
        for (int i = 0; i < LASTING; i++) {
            if (i % 2)
                CHECK_INT(kube_start(client, &watch, on_done, &records[i], &ops[i], NULL), KUBE_OK);
            else
                start_get(client, "hold", &records[i], i % 4 ? NULL : &ops[i]);
        }
        if (round)
            kube_loop_dispatch(client, 20, NULL);
        /* All of them are inside, wherever; nobody may come once the client is being freed. */
        AWAIT(threads_inside(client) == USERS);
        sleep_us(round == 0 ? 200 * MS : 0);
        kube_client_free(client);
        for (int i = 0; i < USERS; i++) {
            join(threads[i]);
            if (users[i].code != KUBE_E_CANCELED)
                printf("kind %d: %s\n", users[i].kind % 6, kube_code_name(users[i].code));
            CHECK_INT(users[i].code, KUBE_E_CANCELED);
        }
        for (int i = 0; i < LASTING; i++) {
            CHECK_INT(records[i].done, 1);
            CHECK_INT(records[i].code, KUBE_E_CANCELED);
            /* What is left of an operation can still be asked. */
            CHECK(kube_op_ended(ops[i]));
            kube_op_cancel(ops[i]);
            if (ops[i])
                CHECK_INT(kube_op_wait(ops[i], -1, NULL), KUBE_OK);
            kube_op_free(ops[i]);
        }
        free(users);
    }
}

static void begin_another(const kube_result_t *result, void *userdata)
{
    chain_t *chain = userdata;
    kube_spec_t spec = get_spec("c");
    chain->wrong += result->code != KUBE_E_CANCELED;
    chain->wrong += kube_start(chain->client, &spec, begin_another, chain, NULL, NULL) != KUBE_E_CANCELED;
    chain->left--;
}

static void test_nothing_begins_at_the_end(void)
{
    chain_t chain = { .client = make(KUBE_MODE_CALLER), .left = 3 };
    kube_spec_t spec = get_spec("hold");
    for (int i = 0; i < 3; i++)
        CHECK_INT(kube_start(chain.client, &spec, begin_another, &chain, NULL, NULL), KUBE_OK);
    kube_client_free(chain.client);
    CHECK_INT(chain.left, 0);
    CHECK_INT(chain.wrong, 0);
}

static void *free_client(void *argument)
{
    kube_client_free(argument);
    return NULL;
}

static void *dispatch_for_ever(void *argument)
{
    return (void *)(intptr_t)kube_loop_dispatch(argument, -1, NULL);
}

/* Threads that wait for something to do, when there is nothing. */
static void test_freed_with_dispatchers(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    pthread_t dispatchers[3], end;
    for (int i = 0; i < 3; i++)
        pthread_create(&dispatchers[i], NULL, dispatch_for_ever, client);
    AWAIT(threads_inside(client) == 3);
    pthread_create(&end, NULL, free_client, client);
    join(end);
    for (int i = 0; i < 3; i++)
        join(dispatchers[i]);
}

typedef struct slow_end {
    kube_client_t *client;
    kube_op_t *op;
    atomic_bool inside;
} slow_end_t;

static void free_slowly(const kube_result_t *result, void *userdata)
{
    slow_end_t *end = userdata;
    (void)result;
    end->inside = true;
    /* The library's reference, ours, and that of the thread that waits. */
    AWAIT(end->op->references == 3);
    kube_op_free(end->op);
}

static void *dispatch_to_the_end(void *argument)
{
    slow_end_t *end = argument;
    while (!end->inside)
        kube_loop_dispatch(end->client, -1, NULL);
    return NULL;
}

/* The callback of one thread frees what another one waits for. */
static void test_freed_while_waited_for(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    slow_end_t end = { .client = client };
    kube_spec_t spec = get_spec("c");
    pthread_t dispatcher;
    CHECK_INT(kube_start(client, &spec, free_slowly, &end, &end.op, NULL), KUBE_OK);
    pthread_create(&dispatcher, NULL, dispatch_to_the_end, &end);
    while (!end.inside)
        sleep_us(MS);
    CHECK_INT(kube_op_wait(end.op, -1, NULL), KUBE_OK);
    kube_client_free(client);
    join(dispatcher);
}

/* Times that no clock can tell. */
static void test_endless_watches(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    kube_watch_options_t options = { .timeout_seconds = INT64_MAX, .idle_timeout_ms = INT64_MAX, .call.timeout_ms = INT64_MAX };
    kube_watch_t *watch = NULL;
    kube_event_t event;
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, "n", &options, &watch, NULL), KUBE_OK);
    CHECK_INT(kube_watch_next_within(watch, PATIENCE_MS, &event, NULL), KUBE_OK);
    CHECK_INT(event.type, KUBE_EVENT_ADDED);
    kube_watch_free(watch);
    kube_client_free(client);
}

/* What the length of a body would be says nothing of the memory that a HEAD takes. */
static void test_head(void)
{
    kube_config_t config = { .server = server.url };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, &(kube_client_options_t){ .max_reply_bytes = 100 }, &client, NULL), KUBE_OK);
    CHECK_INT(kube_raw(client, &(kube_raw_request_t){ .method = "HEAD", .path = "/metrics" }, NULL, NULL), KUBE_OK);
    kube_client_free(client);
}

/* A watch outlives its client, as a handle. */
static void test_watch_after_its_client(void)
{
    kube_client_t *client = make(KUBE_MODE_CALLER);
    kube_watch_t *watch = NULL;
    kube_event_t event;
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, "n", NULL, &watch, NULL), KUBE_OK);
    CHECK_INT(kube_watch_next(watch, &event, NULL), KUBE_OK);
    CHECK_INT(event.type, KUBE_EVENT_ADDED);
    kube_client_free(client);
    CHECK_INT(kube_watch_next(watch, &event, NULL), KUBE_E_CANCELED);
    kube_watch_free(watch);
}

static void test_fork(void)
{
    kube_client_t *client = make(KUBE_MODE_HOST);
    record_t record = { 0 };
    kube_op_t *op = NULL;
    start_get(client, "c", &record, &op);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        kube_spec_t spec = get_spec("c");
        bool right = kube_start(client, &spec, on_done, &record, NULL, NULL) == KUBE_E_USAGE && kube_loop_dispatch(client, 0, NULL) == KUBE_E_USAGE;
        kube_op_cancel(NULL);
        kube_op_free(op);
        kube_client_free(client);
        execlp(right && !record.done ? "true" : "false", "true", (char *)NULL);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    run_by_loop(client, &record, op);
    CHECK(record.done == 1 && record.code == KUBE_OK);
    kube_op_free(op);
    kube_client_free(client);
}

static void with_server(void (*test)(void))
{
    int before = open_descriptors();
    played_start(&server, answer);
    test();
    played_stop(&server);
    CHECK_INT(open_descriptors(), before);
}

int main(void)
{
    RUN_IN(with_server, test_every_action);
    RUN_IN(with_server, test_misuse);
    RUN_IN(with_server, test_blocking_calls_of_a_hosts_client);
    RUN_IN(with_server, test_loop_is_never_busy);
    RUN_IN(with_server, test_many_at_once);
    RUN_IN(with_server, test_waiting);
    RUN_IN(with_server, test_callbacks_begin_operations);
    RUN_IN(with_server, test_callbacks_wait);
    RUN_IN(with_server, test_threads);
    RUN_IN(with_server, test_threads_that_cancel);
    RUN_IN(with_server, test_tokens_at_the_beginning);
    RUN_IN(with_server, test_freed_in_the_middle);
    RUN_IN(with_server, test_nothing_begins_at_the_end);
    RUN_IN(with_server, test_freed_with_dispatchers);
    RUN_IN(with_server, test_freed_while_waited_for);
    RUN_IN(with_server, test_endless_watches);
    RUN_IN(with_server, test_head);
    RUN_IN(with_server, test_watch_after_its_client);
    RUN_IN(with_server, test_fork);
    return test_end();
}
