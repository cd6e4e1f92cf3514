/* Waiting on a watch, against a server that tells a story. */
#include <kube/core/v1.h>
#include <kube/object.h>
#include <kube/wait.h>

#include "faults.h"
#include "moved_clock.h"
#include "played.h"
#include "test.h"

static played_t server;
static kube_client_t *client;
static kube_error_t err;

/* What each request for a watch is told, one after the other; the last one goes on for ever. */
static const char *const *stories;
static int watches;

static void answer(played_call_t *call)
{
    if (!strstr(call->target, "watch=")) {
        played_refuse(call, 404, "NotFound");
        return;
    }
    const char *story = stories[watches];
    bool last = !stories[watches + 1];
    watches += !last;
    if (strcmp(story, "forbidden") == 0) {
        played_refuse(call, 403, "Forbidden");
        return;
    }
    played_stream(call);
    played_piece(call, story);
    if (last)
        played_hold(call);
}

#define POD(rest) "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"," rest "}"
#define PHASE(uid, version, phase) \
    POD("\"uid\":\"" uid "\",\"resourceVersion\":\"" version "\"},\"status\":{\"phase\":\"" phase "\"}")
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define SYNCED(version) \
    EVENT("BOOKMARK", "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" version "\"," \
          "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}")

static void begin(const char *const *with)
{
    played_forget(&server);
    pthread_mutex_lock(&server.lock);
    stories = with;
    watches = 0;
    pthread_mutex_unlock(&server.lock);
}

static kube_wanted_value_t running = { .path = "status.phase", .value = "Running" };

/* Long enough for everything that comes. */
static const kube_wait_options_t patient = { .call.timeout_ms = MINUTES_MS(4) };

static int wait_running(const kube_wait_options_t *options, kube_core_v1_pod_t **out)
{
    return kube_wait(client, &kube_core_v1_pods, NULL, "p", kube_wait_value, &running, options ? options : &patient, out, &err);
}

static void it_comes(void)
{
    static const char *const now[] = { EVENT("ADDED", PHASE("a", "1", "Running")) SYNCED("1"), NULL };
    static const char *const later[] = { EVENT("ADDED", PHASE("a", "1", "Pending")) SYNCED("1") EVENT("MODIFIED", PHASE("a",
        "2", "Pending"))
                                         EVENT("MODIFIED", PHASE("a", "3", "Running")), NULL };
    const char *const *const both[] = { now, later };
    for (int i = 0; i < 2; i++) {
        kube_core_v1_pod_t *pod = NULL;
        begin(both[i]);
        CHECK_INT(wait_running(NULL, &pod), KUBE_OK);
        CHECK_INT(err.code, 0);
        CHECK(strstr(server.log, "fieldSelector=metadata.name%3Dp"));
        CHECK(pod != NULL);
        CHECK_STR(pod->status->phase, "Running");
        CHECK_STR(pod->metadata->resource_version, i ? "3" : "1");
        kube_free(pod);
    }
    begin(now);
    CHECK_INT(wait_running(NULL, NULL), KUBE_OK);
}

static void not_there(void)
{
    static const char *const missing[] = { SYNCED("1") EVENT("ADDED", PHASE("a", "2", "Running")), NULL };
    static const char *const deleted[] = { EVENT("ADDED", PHASE("a", "1", "Pending")) SYNCED("1") EVENT("DELETED", PHASE("a",
        "2", "Pending"))
                                           EVENT("ADDED", PHASE("b", "3", "Running")), NULL };
    const char *const *const both[] = { missing, deleted };
    for (int i = 0; i < 2; i++) {
        kube_core_v1_pod_t *pod = (void *)&both;
        begin(both[i]);
        CHECK_INT(wait_running(NULL, &pod), KUBE_E_NOT_FOUND);
        CHECK(!pod);
        CHECK_INT(err.code, KUBE_E_NOT_FOUND);
        CHECK_STR(err.message, "it is not there");
        begin(both[i]);
        CHECK_INT(wait_running(&(kube_wait_options_t){ .call.timeout_ms = MINUTES_MS(4), .may_be_missing = true }, &pod), KUBE_OK);
        CHECK(pod != NULL);
        kube_free(pod);
    }
}

static void it_goes(void)
{
    static const char *const missing[] = { SYNCED("1"), NULL };
    static const char *const deleted[] = { EVENT("ADDED", PHASE("a", "1", "Running")) SYNCED("1") EVENT("DELETED", PHASE("a",
        "2", "Running")), NULL };
    static const char *const replaced[] = { EVENT("ADDED", PHASE("a", "1", "Running")) SYNCED("1"),
                                            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\","
                                            "\"code\":410,\"reason\":\"Expired\"}}\n",
                                            EVENT("ADDED", PHASE("b", "5", "Running")) SYNCED("5"), NULL };
    const char *const *const all[] = { missing, deleted, replaced };
    for (int i = 0; i < 3; i++) {
        kube_core_v1_pod_t *pod = (void *)&all;
        begin(all[i]);
        CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, "p", kube_wait_deleted, NULL, &patient, &pod, &err), KUBE_OK);
        CHECK((pod != NULL) == (i == 2));
        if (pod)
            CHECK_STR(pod->metadata->uid, "b");
        kube_free(pod);
    }
}

/* The time is over as soon as the state has been told. */
static int value_when_late(kube_wait_view_t *view, void *userdata)
{
    int code = kube_wait_value(view, userdata);
    move_clock_ms(MINUTES_MS(20));
    return code;
}

static void too_late(void)
{
    static const char *const pending[] = { EVENT("ADDED", PHASE("a", "1", "Pending")) SYNCED("1"), NULL };
    static const char *const silent[] = { "\n", NULL };
    kube_wait_options_t options = { .call.timeout_ms = MINUTES_MS(10) };
    begin(pending);
    CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, "p", value_when_late, &running, &options, NULL, &err), KUBE_E_TIMEOUT);
    CHECK_INT(err.code, KUBE_E_TIMEOUT);
    CHECK_STR(err.message, "status.phase is Pending");
    begin(silent);
    options.call.timeout_ms = 200;
    CHECK_INT(wait_running(&options, NULL), KUBE_E_TIMEOUT);
    CHECK_STR(err.message, "the server has not told the state of the object in time");
}

static int fails(kube_wait_view_t *view, void *userdata)
{
    kube_cancel_trip(userdata);
    snprintf(view->state, sizeof view->state, "two\nlines");
    return userdata ? 0 : KUBE_E_FAILED;
}

static void it_fails(void)
{
    static const char *const pending[] = { EVENT("ADDED", PHASE("a", "1", "Pending")) SYNCED("1"), NULL };
    static const char *const forbidden[] = { "forbidden", NULL };
    begin(pending);
    CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, "p", fails, NULL, NULL, NULL, &err), KUBE_E_FAILED);
    CHECK_STR(err.message, "two lines");
    kube_cancel_t *cancel = kube_cancel_new();
    begin(pending);
    CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, "p", fails, cancel, &(kube_wait_options_t){ .call.cancel = cancel },
                        NULL, &err), KUBE_E_CANCELED);
    kube_cancel_free(cancel);
    begin(forbidden);
    CHECK_INT(wait_running(NULL, NULL), KUBE_E_FORBIDDEN);
    CHECK_STR(err.reason, "Forbidden");
}

static void misuse(void)
{
    CHECK_INT(kube_wait(NULL, &kube_core_v1_pods, NULL, "p", kube_wait_created, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_wait(client, NULL, NULL, "p", kube_wait_created, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, NULL, kube_wait_created, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    static const char *const names[] = { "a/b", "a%2Fb", ".", "" };
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, names[i], kube_wait_created, NULL, &(kube_wait_options_t){ .call.timeout_ms = 1 }, NULL, &err),
                  KUBE_E_USAGE);
    CHECK_STR(err.message, "name is missing");
    CHECK_INT(kube_wait(client, &kube_core_v1_pods, NULL, "p", NULL, NULL, NULL, NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_wait(client, &kube_core_v1_pods, KUBE_ALL_NAMESPACES, "p", kube_wait_created, NULL, NULL, NULL, &err),
              KUBE_E_USAGE);
}

static const char *const faulty[] = { EVENT("ADDED", PHASE("a", "1", "Pending")) SYNCED("1") EVENT("MODIFIED", PHASE("a", "2",
    "Running")), NULL };

static bool with_faults(void)
{
    kube_config_t config = { .server = server.url, .ns = "n" };
    kube_core_v1_pod_t *pod;
    long left = faults.left;
    faults.left = -1;
    kube_client_new(&config, NULL, &client, &err);
    faults.left = left;
    begin(faulty);
    int code = wait_running(NULL, &pod);
    kube_free(pod);
    kube_client_free(client);
    return code == KUBE_OK || (faults.hit && code == KUBE_E_NO_MEMORY && err.code == code);
}

static void no_memory(void)
{
    kube_client_t *shared = client;
    CHECK(fault_loop(with_faults) > 20);
    client = shared;
}

int main(void)
{
    played_start(&server, answer);
    kube_config_t config = { .server = server.url, .ns = "n" };
    CHECK_INT(kube_client_new(&config, NULL, &client, &err), KUBE_OK);
    RUN(it_comes);
    RUN(not_there);
    RUN(it_goes);
    RUN(too_late);
    RUN(it_fails);
    RUN(misuse);
    RUN(no_memory);
    kube_client_free(client);
    played_stop(&server);
    return test_end();
}
