/*
 * Conformance: one list of named cases, each a thing that users of libkube rely on, run against any API server: a real kube-apiserver or
 * kube-testserver. A case has a client and a namespace of its own, which goes when all cases have run; what it makes
 * elsewhere is taken away when it ends, however it ends.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <faultproxy.h>
#include <kube/k8s.h>
#include <kube/kube.h>
#include <kube/test/server.h>
#include <kube/wait.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The server that the cases run against. */
typedef struct server {
    char name[64];                 /* "testserver", "testserver-tls", "kube-apiserver-1.36": what exemptions go by */
    const kube_config_t *config;   /* of its administrator */
    const char *kubeconfig;        /* path; NULL: kube-testserver */
    kube_test_server_t *double_;   /* NULL: a real one */
    bool tls;
} server_t;

/* One run of one case. */
typedef struct test test_t;
typedef void undo_fn(void *what);
struct test {
    const char *name; /* of the case */
    const server_t *server;
    kube_client_t *client; /* the administrator's; its calls end after CALL_MS */
    const char *ns;        /* exists, and is the client's own */
    kube_error_t err;      /* for the calls of the thread that runs the case */
    bool failed;
    struct undo *undo;
};

typedef void case_fn(test_t *t);
typedef struct test_case {
    const char *name; /* "watch/resume-after-cut" */
    case_fn *run;
} test_case_t;

/* The cases of one file. Ends with a NULL name. */
extern const test_case_t *const all_cases[];

/* Why a case is not for a server; NULL: it is. */
const char *exemption(const char *server, const char *case_name);

/* Most that a call of a case's client takes, and that an event is waited for: 30,000, or what KUBE_TEST_CALL_MS says, for slow machines. */
int patience_ms(void);
#define CALL_MS patience_ms()
#define EVENT_MS patience_ms()
#define QUIET_MS 300   /* how long nothing must come where nothing is to come */
/* Without the ConfigMap that a controller makes in each namespace. */
#define OURS "metadata.name!=kube-root-ca.crt"
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- checks ---- each true when it holds; else the case has failed, and goes on unless it was REQUIREd */

bool check(test_t *t, bool holds, const char *file, int line, const char *text);
bool check_int(test_t *t, long long actual, long long expected, const char *file, int line, const char *text);
bool check_text(test_t *t, const char *actual, const char *expected, const char *file, int line, const char *text);
bool check_code(test_t *t, int code, int expected, const char *file, int line, const char *text);

#define CHECK(t, condition) check(t, condition, __FILE__, __LINE__, #condition)
#define CHECK_INT(t, actual, expected) check_int(t, actual, expected, __FILE__, __LINE__, #actual)
#define CHECK_STR(t, actual, expected) check_text(t, actual, expected, __FILE__, __LINE__, #actual)
#define CHECK_CODE(t, call, expected) check_code(t, call, expected, __FILE__, __LINE__, #call)
#define CHECK_OK(t, call) CHECK_CODE(t, call, KUBE_OK)

#define REQUIRE(t, condition)        \
    do {                             \
        if (!CHECK(t, condition))    \
            return;                  \
    } while (0)
#define REQUIRE_CODE(t, call, expected)       \
    do {                                      \
        if (!CHECK_CODE(t, call, expected))   \
            return;                           \
    } while (0)
#define REQUIRE_OK(t, call) REQUIRE_CODE(t, call, KUBE_OK)

/* ---- what ends with the case ---- */

/* Has `undo(what)` called when the case ends, the last one first. */
void defer(test_t *t, undo_fn *undo, void *what);
/* Has an object freed when the case ends. */
void keep(test_t *t, const void *object);
/* Text that lives as long as the case. */
const char *text(test_t *t, const char *format, ...) KUBE_FORMAT(2, 3);

/* ---- clients and servers ---- NULL: the case has failed */

/* Another client of the administrator's for the same server. options->timeout_ms 0: CALL_MS. */
kube_client_t *new_client(test_t *t, const kube_client_options_t *options);
kube_client_t *new_client_of(test_t *t, const kube_config_t *config, const kube_client_options_t *options);
/* A copy of the administrator's configuration that leads to another port of 127.0.0.1. */
kube_config_t *config_for_port(test_t *t, int port);
int server_port(const server_t *server);
/* A proxy in front of the server, and a client that goes through it. */
faultproxy_t *new_proxy(test_t *t);
kube_client_t *new_client_through(test_t *t, faultproxy_t *proxy, const kube_client_options_t *options);
/* A kube-testserver of the case's own, with TLS if the other one has it; and a client of its administrator, namespace "default". */
kube_test_server_t *new_server(test_t *t, const kube_test_server_options_t *options, kube_client_t **client);
/* A fault of the kube-testserver that the cases run against; it ends with the case. */
bool set_fault(test_t *t, const kube_test_fault_t *fault);
/* A name that no other object of the cluster has, for what is in no namespace. */
const char *unique_name(test_t *t, const char *prefix);
/* Has the object deleted when the case ends. */
void delete_later(test_t *t, const kube_resource_t *resource, const char *ns, const char *name);

/* ---- objects ---- */

typedef kube_core_v1_config_map_t config_map_t;

/* Creates a ConfigMap with one key "k". The object lives as long as the case; NULL: the case has failed. */
const config_map_t *make_config_map(test_t *t, const char *name, const char *value);
/* The same with a label "app". */
const config_map_t *make_labelled(test_t *t, const char *name, const char *app);
/* name-0 .. name-(count-1) */
bool make_config_maps(test_t *t, const char *prefix, int count);
/* Sets the key "k" of a ConfigMap by a patch. */
bool set_value(test_t *t, const char *name, const char *value);
bool delete_config_map(test_t *t, const char *name);
/* The value of key "k"; "" when it is not there. */
const char *value_of(const config_map_t *object);
/* What is after a key of ConfigMap data; NULL: nothing. */
const char *map_get(const kube_string_map_t *map, const char *key);
/* Creates a Deployment of one container "app", with no replicas. */
const kube_apps_v1_deployment_t *make_deployment(test_t *t, const char *name);
/* Pods need their namespace's default service account, which a controller makes in its own time. */
bool make_service_account(test_t *t);
/* Creates a Pod of one container "app"; node: NULL: it stays unscheduled. */
const kube_core_v1_pod_t *make_pod(test_t *t, const char *name, const char *node);
/* The same, and waits until nobody but the case will write its status: kube-testserver has it run first. */
const kube_core_v1_pod_t *make_settled_pod(test_t *t, const char *name);
/* A patch from a string. */
kube_patch_t merge_patch(const char *text);
kube_patch_t json_patch(const char *text);
kube_patch_t strategic_patch(const char *text);

/* ---- watches ---- */

typedef kube_core_v1_config_map_watch_t config_map_watch_t;
typedef kube_core_v1_config_map_event_t config_map_event_t;

/* A watch of the case's ConfigMaps, without kube-root-ca.crt, which controllers make in each namespace. It is freed with the case. */
config_map_watch_t *watch_config_maps(test_t *t, kube_client_t *client, const kube_watch_options_t *options);
/* The next event is of that type, about an object of that name (NULL: none). event: NULL allowed. */
bool check_event(test_t *t, config_map_watch_t *watch, kube_event_type_t type, const char *name, config_map_event_t *event, const char *file,
                 int line);
#define CHECK_EVENT(t, watch, type, name) check_event(t, watch, type, name, NULL, __FILE__, __LINE__)
#define REQUIRE_EVENT(t, watch, type, name)                                              \
    do {                                                                                 \
        if (!check_event(t, watch, type, name, NULL, __FILE__, __LINE__))                \
            return;                                                                      \
    } while (0)
/* Nothing comes for QUIET_MS. */
bool check_quiet(test_t *t, config_map_watch_t *watch, const char *file, int line);
#define CHECK_QUIET(t, watch) check_quiet(t, watch, __FILE__, __LINE__)
/* Reads the initial state; returns how many objects were in it, -1 when the case has failed. */
int read_initial(test_t *t, config_map_watch_t *watch);

/* ---- time and threads ---- */

int64_t now_ms(void);
void pause_ms(int64_t ms);
/* A token that lives as long as the case. */
kube_cancel_t *new_cancel(test_t *t);
/* Trips a token after a while, in a thread that ends with the case. */
void trip_after(test_t *t, kube_cancel_t *cancel, int64_t ms);
/* A new token that trips after a while, whatever has happened by then. */
kube_cancel_t *cancel_after(test_t *t, int64_t ms);
/* Waits until a flag that another thread sets is there; false, and the case has failed, when that takes longer than EVENT_MS. */
bool wait_for_flag(test_t *t, const atomic_bool *flag);
/* Drives a client of the host's until an operation has ended; false, and the case has failed, when that takes longer than CALL_MS. */
bool drive(test_t *t, kube_client_t *client, kube_op_t *op);

#endif
