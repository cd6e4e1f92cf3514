/* Calls and operations while the n-th allocation fails, for every n: the failure is told, and nothing is held afterwards. */
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/op.h>

#include "answers.h"
#include "faults.h"
#include "test.h"

#define ITEM "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"c\",\"resourceVersion\":\"1\"},\"data\":{\"a\":\"1\"}}"
#define LIST "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" ITEM "," ITEM "]}"
#define EVENTS "{\"type\":\"ADDED\",\"object\":" ITEM "}\n{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":" \
               "{\"resourceVersion\":\"6\",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n"
#define EXISTS "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"it is there\",\"reason\":\"AlreadyExists\",\"code\":409}"

static const answer_t object[] = { { .status = 200, .body = ITEM, .headers = { { "Warning", "299 - \"old\"" }, { "Audit-Id", "a" } } } };
static const answer_t lists[] = { { .status = 200, .body = LIST } };
static const answer_t events[] = { { .status = 200, .body = EVENTS, .holds = true } };
static const answer_t lines[] = { { .status = 200, .body = "one\ntwo\nthree" } };
static const answer_t lost[] = { { .status = 503, .headers = { { "Retry-After", "0" } } }, { .status = 409, .body = EXISTS }, { .status = 200, .body = ITEM } };
static const answer_t lost_delete[] = { { .fails = KUBE_E_CONNECT }, { .status = 404, .body = "not there" } };
static const answer_t refused[] = { { .status = 429, .body = EXISTS, .headers = { { "Retry-After", "0" } } }, { .status = 404, .body = EXISTS } };

static kube_string_entry_t entries[] = { { "a", "1" } };
static kube_core_v1_config_map_t map = {
    .metadata = &(kube_meta_v1_object_meta_t){ .name = "c", .resource_version = "1" },
    .data = { .items = entries, .len = 1 },
};

/* One thing that is done, and what comes of it when memory suffices. */
typedef struct attempt {
    const char *name;
    kube_action_t action;
    const answer_t *answers;
    size_t count;
    int code;
} attempt_t;

#define TO(list) list, sizeof(list) / sizeof *(list)

static const attempt_t attempts[] = {
    { "get", KUBE_ACTION_GET, TO(object), KUBE_OK },
    { "get, refused", KUBE_ACTION_GET, TO(refused), KUBE_E_ALREADY_EXISTS },
    { "list", KUBE_ACTION_LIST, TO(lists), KUBE_OK },
    { "list, refused", KUBE_ACTION_LIST, TO(refused), KUBE_E_ALREADY_EXISTS },
    { "create", KUBE_ACTION_CREATE, TO(object), KUBE_OK },
    { "create, lost", KUBE_ACTION_CREATE, TO(lost), KUBE_OK },
    { "update", KUBE_ACTION_UPDATE, TO(object), KUBE_OK },
    { "update, lost", KUBE_ACTION_UPDATE, TO(lost), KUBE_OK },
    { "patch", KUBE_ACTION_PATCH, TO(object), KUBE_OK },
    { "apply", KUBE_ACTION_APPLY, TO(object), KUBE_OK },
    { "delete", KUBE_ACTION_DELETE, TO(object), KUBE_OK },
    { "delete, lost", KUBE_ACTION_DELETE, TO(lost_delete), KUBE_OK },
    { "delete of all", KUBE_ACTION_DELETE_COLLECTION, TO(lists), KUBE_OK },
    { "log", KUBE_ACTION_LOG, TO(lines), KUBE_OK },
    { "raw", KUBE_ACTION_RAW, TO(lines), KUBE_OK },
    { "each", KUBE_ACTION_EACH, TO(lists), KUBE_OK },
    { "watch", KUBE_ACTION_WATCH, TO(events), 7 },
    { "lines", KUBE_ACTION_LOG_LINES, TO(lines), KUBE_OK },
};

static const attempt_t *attempt;
static answers_t answers;

static int on_item(const void *item, void *userdata)
{
    (void)item, (void)userdata;
    return 0;
}

static int on_event(const kube_event_t *event, void *userdata)
{
    (void)userdata;
    return event->type == KUBE_EVENT_SYNCED ? 7 : 0;
}

static int on_line(const char *line, size_t len, void *userdata)
{
    (void)line, (void)len, (void)userdata;
    return 0;
}

static void on_warning(void *userdata, int code, const char *agent, const char *text)
{
    (void)userdata, (void)code, (void)agent, (void)text;
}

static int make(kube_mode_t mode, kube_client_t **out)
{
    static const char *const more[] = { "https://second.test", NULL };
    static const kube_hooks_t hooks = { .warning = on_warning };
    static const kube_config_t config = { .server = "https://first.test", .token = "canary", .ns = "n" };
    kube_client_options_t options = { .transport = &answers.base, .servers = more, .hooks = &hooks, .mode = mode, .user_agent = "test",
                                      .max_retries = KUBE_SOME(2) };
    answers_set(&answers, attempt->answers, attempt->count);
    return kube_client_new(&config, &options, out, NULL);
}

/* What is right when memory ran out: to say so, or what the failure was on top of. */
static bool is_right(int code)
{
    bool loses = attempt->answers == lost || attempt->answers == lost_delete;
    bool told = code == KUBE_E_NO_MEMORY || (loses && code == KUBE_E_AMBIGUOUS) ||
                (attempt->answers == refused && code == KUBE_E_CONFLICT) || (attempt->answers == refused && code == KUBE_E_NOT_FOUND);
    /* Some do without: warnings, memory that is only taken to be quicker. */
    bool right = code == attempt->code || (faults.hit && told);
    if (!right)
        printf("%s: %s\n", attempt->name, kube_code_name(code));
    return right;
}

static kube_spec_t spec_of_attempt(void)
{
    static const kube_apply_options_t apply = { .field_manager = "test" };
    static const kube_raw_request_t raw = { .path = "/version" };
    static const kube_patch_t patch = { .type = KUBE_PATCH_TYPE_MERGE, .text = "{}", .len = 2 };
    kube_spec_t spec = { .action = attempt->action, .resource = &kube_core_v1_config_maps, .name = "c", .body = &map, .patch = &patch,
                         .item = on_item, .event = on_event, .line = on_line };
    if (attempt->action == KUBE_ACTION_APPLY)
        spec.options = &apply;
    if (attempt->action == KUBE_ACTION_RAW)
        spec.options = &raw;
    if (attempt->action == KUBE_ACTION_LOG || attempt->action == KUBE_ACTION_LOG_LINES)
        spec.resource = &kube_core_v1_pods;
    return spec;
}

/* ---- operations ---- */

typedef struct ending {
    int times, code;
} ending_t;

static void on_done(const kube_result_t *result, void *userdata)
{
    ending_t *ending = userdata;
    ending->times++;
    ending->code = result->code;
}

static bool operate(void)
{
    kube_client_t *client = NULL;
    int code = make(KUBE_MODE_CALLER, &client);
    if (code < 0)
        return code == KUBE_E_NO_MEMORY && faults.hit && !client;
    ending_t ending = { 0 };
    kube_op_t *op = NULL;
    kube_spec_t spec = spec_of_attempt();
    code = kube_start(client, &spec, on_done, &ending, &op, NULL);
    bool right = code == KUBE_OK ? op != NULL : code == KUBE_E_NO_MEMORY && faults.hit && !op && !ending.times;
    if (code == KUBE_OK)
        right = kube_op_wait(op, -1, NULL) == KUBE_OK && ending.times == 1 && is_right(ending.code);
    kube_op_free(op);
    kube_client_free(client);
    return right && answers.open == 0;
}

static bool operate_for_a_host(void)
{
    kube_client_t *client = NULL;
    int code = make(KUBE_MODE_HOST, &client);
    if (code < 0)
        return code == KUBE_E_NO_MEMORY && faults.hit && !client;
    ending_t ending = { 0 };
    kube_spec_t spec = spec_of_attempt();
    code = kube_start(client, &spec, on_done, &ending, NULL, NULL);
    bool right = code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit && !ending.times);
    while (code == KUBE_OK && right && !ending.times)
        right = kube_loop_dispatch(client, 50, NULL) >= 0;
    if (ending.times)
        right = right && ending.times == 1 && is_right(ending.code);
    kube_client_free(client);
    return right && answers.open == 0;
}

/* Ended with its client, wherever it was. */
static bool abandon(void)
{
    kube_client_t *client = NULL;
    int code = make(KUBE_MODE_CALLER, &client);
    if (code < 0)
        return code == KUBE_E_NO_MEMORY && faults.hit && !client;
    ending_t ending = { 0 };
    kube_spec_t spec = spec_of_attempt();
    code = kube_start(client, &spec, on_done, &ending, NULL, NULL);
    kube_client_free(client);
    return code < 0 ? code == KUBE_E_NO_MEMORY && !ending.times : ending.times == 1 && answers.open == 0;
}

static void test_operations(void)
{
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        attempt = &attempts[i];
        long rounds = fault_loop(operate), host_rounds = fault_loop(operate_for_a_host), abandoned = fault_loop(abandon);
        if (rounds < 12 || host_rounds < 12 || abandoned < 12)
            printf("%s: %ld, %ld, %ld rounds\n", attempt->name, rounds, host_rounds, abandoned);
        CHECK(rounds >= 12 && host_rounds >= 12 && abandoned >= 12);
    }
}

/* ---- blocking calls ---- */

static int run_watch(kube_client_t *client)
{
    kube_watch_t *watch = NULL;
    kube_event_t event = { 0 };
    int code = kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &watch, NULL);
    while (code == KUBE_OK && event.type != KUBE_EVENT_SYNCED)
        code = kube_watch_next(watch, &event, NULL);
    kube_watch_free(watch);
    return code == KUBE_OK ? 7 : code;
}

static int run(kube_client_t *client)
{
    kube_spec_t spec = spec_of_attempt();
    const kube_resource_t *resource = spec.resource;
    kube_any_t any = { 0 };
    kube_buffer_t bytes = { 0 };
    void *out = NULL;
    int code = KUBE_E_USAGE;
    switch (attempt->action) {
    case KUBE_ACTION_GET:
        code = kube_get(client, resource, NULL, "c", NULL, &out, NULL);
        break;
    case KUBE_ACTION_LIST:
        code = kube_list(client, resource, NULL, NULL, &out, NULL);
        break;
    case KUBE_ACTION_CREATE:
        code = kube_create(client, resource, NULL, &map, NULL, &out, NULL);
        break;
    case KUBE_ACTION_UPDATE:
        code = kube_update(client, resource, NULL, &map, NULL, &out, NULL);
        break;
    case KUBE_ACTION_PATCH:
        code = kube_patch(client, resource, NULL, "c", spec.patch, NULL, &out, NULL);
        break;
    case KUBE_ACTION_APPLY:
        code = kube_apply(client, resource, NULL, &map, spec.options, &out, NULL);
        break;
    case KUBE_ACTION_DELETE:
        code = kube_delete(client, resource, NULL, "c", NULL, &any, NULL);
        break;
    case KUBE_ACTION_DELETE_COLLECTION:
        code = kube_delete_collection(client, resource, NULL, NULL, NULL, &any, NULL);
        break;
    case KUBE_ACTION_LOG:
        code = kube_get_log(client, resource, NULL, "c", NULL, &bytes, NULL);
        break;
    case KUBE_ACTION_RAW:
        code = kube_raw(client, spec.options, &bytes, NULL);
        break;
    case KUBE_ACTION_EACH:
        code = kube_each(client, resource, NULL, NULL, on_item, NULL, NULL);
        break;
    case KUBE_ACTION_WATCH:
        code = run_watch(client);
        break;
    case KUBE_ACTION_LOG_LINES:
        code = kube_log_lines(client, resource, NULL, "c", NULL, on_line, NULL, NULL);
        break;
    }
    bool none = !out && !any.object && bytes.len == 0;
    kube_free(out);
    kube_free(any.object);
    kube_buffer_dispose(&bytes);
    return code < 0 && !none ? KUBE_E_USAGE : code;
}

static bool call(void)
{
    kube_client_t *client = NULL;
    int code = make(KUBE_MODE_CALLER, &client);
    if (code < 0)
        return code == KUBE_E_NO_MEMORY && faults.hit && !client;
    bool right = is_right(run(client));
    kube_client_free(client);
    return right && answers.open == 0;
}

static void test_calls(void)
{
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        attempt = &attempts[i];
        long rounds = fault_loop(call);
        if (rounds < 12)
            printf("%s: %ld rounds\n", attempt->name, rounds);
        CHECK(rounds >= 12);
    }
}

static bool make_token(void)
{
    kube_cancel_t *cancel = kube_cancel_new();
    bool right = cancel || faults.hit;
    kube_cancel_free(cancel);
    return right;
}

static void test_tokens(void)
{
    CHECK(fault_loop(make_token) == 2);
}

int main(void)
{
    RUN(test_tokens);
    RUN(test_calls);
    RUN(test_operations);
    return test_end();
}
