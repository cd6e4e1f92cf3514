/*
 * Credential plugins, as scripts: what they are told, what they print, how they fail, how often they run, from many threads. The
 * transport answers 200 to a request with the newest token and 401 to others.
 */
#include <dirent.h>
#include <kube/core/v1.h>
#include <kube/object.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "patience.h"

#define POD "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\"}}"
#define V1 "client.authentication.k8s.io/v1"
#define V1BETA1 "client.authentication.k8s.io/v1beta1"

static char directory[] = "/tmp/libkube-exec-XXXXXX";
static kube_error_t err;

/* ---- a server ---- */

static struct {
    kube_transport_t base;
    atomic_int requests, refusals;
    atomic_int known;         /* tokens below that number ("token-7") are not known any more */
    char authorization[8192]; /* of the last request, in tests of one thread */
    char certificate[256];
    bool threads;
} server;

static int serve(kube_transport_t *transport, const kube_transport_request_t *request, const kube_transport_sink_t *sink,
                 kube_transport_exchange_t **exchange, kube_error_t *error)
{
    (void)transport, (void)error;
    *exchange = NULL;
    server.requests++;
    const char *value = "";
    for (size_t i = 0; i < request->header_count; i++) {
        if (strcmp(request->headers[i].name, "Authorization") == 0)
            value = request->headers[i].value;
    }
    if (!server.threads)
        snprintf(server.authorization, sizeof server.authorization, "%s", value);
    int number = 0, known = server.known;
    bool good = !known || (sscanf(value, "Bearer token-%d", &number) == 1 && number >= known);
    server.refusals += !good;
    int code = sink->head(sink->userdata, good ? 200 : 401, NULL, 0);
    if (code == KUBE_OK && good)
        code = sink->body(sink->userdata, POD, strlen(POD));
    sink->end(sink->userdata, code, true, "");
    return KUBE_OK;
}

static int set_certificate(kube_transport_t *transport, const char *certificate, size_t certificate_len, const char *key, size_t key_len,
                           kube_error_t *error)
{
    (void)transport, (void)error;
    snprintf(server.certificate, sizeof server.certificate, "%.*s|%.*s", (int)certificate_len, certificate, (int)key_len, key);
    return KUBE_OK;
}

static void free_nothing(kube_transport_t *transport)
{
    (void)transport;
}

static void start_server(void)
{
    memset(&server, 0, sizeof server);
    server.base = (kube_transport_t){ .start = serve, .free = free_nothing, .set_certificate = set_certificate };
}

/* ---- plugins ---- */

static char *path_of(const char *name)
{
    static char paths[64][320];
    static int next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

/* Writes a script; in it, $D is the folder. */
static char *write_plugin(const char *name, const char *body)
{
    char *path = path_of(name);
    FILE *file = fopen(path, "w");
    fprintf(file, "#!/bin/sh\nD=%s\necho run >> $D/runs\n%s\n", directory, body);
    fclose(file);
    chmod(path, 0755);
    return path;
}

static const char *read_text(const char *name)
{
    static char text[8192];
    FILE *file = fopen(path_of(name), "r");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[len] = '\0';
    return text;
}

static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    fputs(text, file);
    fclose(file);
}

/* How often plugins ran since this was asked last. */
static int runs(void)
{
    int count = (int)(strlen(read_text("runs")) / 4);
    unlink(path_of("runs"));
    return count;
}

#define STATUS(members) "echo '{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":{" members "}}'"
/* A token with the number of this run, good for so many seconds. */
#define COUNTED(seconds)                                                                                                      \
    "echo x >> $D/count; n=$(wc -l < $D/count)\n"                                                                              \
    "echo '{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"token-'$n'\"," \
    "\"expirationTimestamp\":\"'$(date -u -d '+" #seconds " seconds' +%Y-%m-%dT%H:%M:%S.%NZ)'\"}}'"

static kube_exec_config_t plugin;
static kube_client_options_t options;

static kube_client_t *make(const char *command)
{
    plugin.command = command;
    plugin.api_version = plugin.api_version ? plugin.api_version : V1;
    kube_config_t config = { .server = "https://api.test", .exec = &plugin, .ca_pem = NULL };
    kube_client_t *client = NULL;
    options.transport = &server.base;
    kube_client_new(&config, &options, &client, &err);
    return client;
}

static void reset(void)
{
    start_server();
    memset(&plugin, 0, sizeof plugin);
    memset(&options, 0, sizeof options);
    plugin.interactive_mode = KUBE_INTERACTIVE_NEVER;
    unlink(path_of("count"));
    runs();
}

static int get(kube_client_t *client)
{
    kube_core_v1_pod_t *pod = NULL;
    int code = kube_core_v1_pod_get(client, "n", "p", NULL, &pod, &err);
    kube_free(pod);
    return code;
}

static int get_within(kube_client_t *client, int64_t ms)
{
    kube_core_v1_pod_t *pod = NULL;
    kube_get_options_t within = { .call = { .timeout_ms = ms } };
    int code = kube_core_v1_pod_get(client, "n", "p", &within, &pod, &err);
    kube_free(pod);
    return code;
}

static int create(kube_client_t *client)
{
    kube_core_v1_pod_t pod = { .metadata = &(kube_meta_v1_object_meta_t){ .name = "p" } };
    return kube_core_v1_pod_create(client, "n", &pod, NULL, NULL, &err);
}

static int ask_once(const char *command)
{
    kube_client_t *client = make(command);
    int code = client ? get(client) : (int)err.code;
    kube_client_free(client);
    return code;
}

static bool no_child_is_left(void)
{
    int status;
    return waitpid(-1, &status, WNOHANG) < 0;
}

/* ---- tests ---- */

static void test_token(void)
{
    reset();
    kube_client_t *client = make(write_plugin("token", STATUS("\"token\":\"canary\"")));
    CHECK(client);
    CHECK_INT(runs(), 0);
    for (int i = 0; i < 3; i++)
        CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.authorization, "Bearer canary");
    CHECK_INT(runs(), 1);
    kube_client_free(client);
    CHECK(no_child_is_left());
    /* To an http server nothing goes, so nothing runs. */
    plugin.command = path_of("token");
    CHECK_INT(kube_client_new(&(kube_config_t){ .server = "http://api.test", .exec = &plugin }, &options, &client, &err), KUBE_OK);
    CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.authorization, "");
    CHECK_INT(runs(), 0);
    kube_client_free(client);
}

/* kubectl takes these too. */
static void test_other_forms(void)
{
    static const char *const bodies[] = {
        "printf 'apiVersion: " V1 "\\nkind: ExecCredential\\nstatus:\\n  token: canary\\n'",
        "printf '# made\\n---\\napiVersion: " V1 "\\nstatus: {token: canary}\\n---\\nother: 1\\n'",
        "echo; echo ' {\"apiVersion\":\"" V1 "\",\"status\":{\"token\":\"canary\"}}'",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        reset();
        CHECK_INT(ask_once(write_plugin("form", bodies[i])), KUBE_OK);
        CHECK_STR(server.authorization, "Bearer canary");
    }
}

static void test_what_it_is_told(void)
{
    reset();
    const char *args[] = { "--cluster", "two words; $(not a shell)" };
    kube_string_entry_t env[] = { { "PLUGIN_SECRET", "canary" }, { "HOME", "/elsewhere" } };
    write_plugin("told", "printf '%s\\n' \"$@\" > $D/args; env > $D/env; cat > $D/stdin; ls -l /proc/self/fd > $D/fds\n"
                         STATUS("\"token\":\"t\""));
    plugin.args = (kube_string_list_t){ args, 2 };
    plugin.env = (kube_string_map_t){ env, 2 };
    int inherited[2]; /* like those by which old versions of libcurl wake themselves */
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, inherited), 0);
    CHECK_INT(ask_once(path_of("told")), KUBE_OK);
    close(inherited[0]);
    close(inherited[1]);
    CHECK_STR(read_text("args"), "--cluster\ntwo words; $(not a shell)\n");
    CHECK(strstr(read_text("env"), "\nPLUGIN_SECRET=canary\n"));
    CHECK(strstr(read_text("env"), "HOME=/elsewhere\n") && strstr(read_text("env"), "PATH="));
    CHECK(strstr(read_text("env"), "KUBERNETES_EXEC_INFO={\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"spec\":{\"interactive\":false}}\n"));
    CHECK_STR(read_text("stdin"), "");
    CHECK(!strstr(read_text("fds"), "event"));
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    CHECK(!strstr(read_text("fds"), "socket"));
#endif

    plugin.provide_cluster_info = true;
    plugin.cluster_config = (kube_json_t)KUBE_JSON("{\"audience\":[\"x\"]}");
    kube_client_t *client = NULL;
    kube_config_t config = { .server = "https://api.test", .exec = &plugin, .tls_server_name = "name.test", .insecure_skip_tls_verify = true,
                             .disable_compression = true };
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    CHECK_INT(get(client), KUBE_OK);
    kube_client_free(client);
    CHECK(strstr(read_text("env"), "\"spec\":{\"interactive\":false,\"cluster\":{\"server\":\"https://api.test\",\"tls-server-name\":\"name.test\","
                                   "\"insecure-skip-tls-verify\":true,\"disable-compression\":true,\"config\":{\"audience\":[\"x\"]}}}}\n"));
    config = (kube_config_t){ .server = "https://api.test", .exec = &plugin, .ca_pem = "PEM" };
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    CHECK_INT(get(client), KUBE_OK);
    kube_client_free(client);
    CHECK(strstr(read_text("env"), "\"certificate-authority-data\":\"UEVN\""));
}

static void test_certificate(void)
{
    reset();
    kube_client_t *client = make(write_plugin("certificate", STATUS("\"clientCertificateData\":\"CERT\",\"clientKeyData\":\"KEY\"")));
    CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.certificate, "CERT|KEY");
    CHECK_STR(server.authorization, "");
    kube_client_free(client);
    server.base.set_certificate = NULL;
    CHECK_INT(ask_once(path_of("certificate")), KUBE_E_UNSUPPORTED);
    CHECK(strstr(err.message, "exec plugin ") && strstr(err.message, "certificate: the transport takes no certificates"));
    /* Who has a certificate already needs no plugin. */
    runs();
    plugin.command = path_of("certificate");
    kube_config_t config = { .server = "https://api.test", .exec = &plugin, .client_certificate_pem = "C", .client_key_pem = "K" };
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(runs(), 0);
    kube_client_free(client);
}

static void test_bad_plugins(void)
{
    static const struct { const char *body, *message; } cases[] = {
        { "echo canary; exit 3", "ended with status 3" },
        { "kill -9 $$", "was ended by signal 9" },
        { "true", "printed no ExecCredential" },
        { "echo canary", "printed no ExecCredential" },
        { "echo '[\"canary\"]'; echo '{'", "printed no ExecCredential" },
        { "echo 'canary: ['", "printed no ExecCredential: not an object" },
        { "echo '[\"canary\"]'", "printed no ExecCredential" },
        { "head -c 100000 /dev/urandom", "printed no ExecCredential" },
        { "echo '{\"kind\":\"Secret\",\"apiVersion\":\"" V1 "\",\"status\":{\"token\":\"canary\"}}'", "its kind is another" },
        { "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1BETA1 "\",\"status\":{\"token\":\"canary\"}}'", "apiVersion is not" },
        { "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"token\":\"canary\"}'", "no status" },
        { STATUS(""), "neither a token nor a certificate" },
        { STATUS("\"token\":7"), "status.token is not a string" },
        { STATUS("\"token\":\"canary\\u000aX-Evil: 1\""), "white space or a control character" },
        { STATUS("\"token\":\"canary\",\"expirationTimestamp\":\"canary\""), "not a time" },
        { STATUS("\"clientCertificateData\":\"canary\""), "one is missing" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reset();
        plugin.install_hint = "get it\n\033[31mfrom\xC2\x9B us\x7f\xE2\x80\xAE";
        CHECK_INT(ask_once(write_plugin("bad", cases[i].body)), KUBE_E_CONFIG);
        if (!strstr(err.message, cases[i].message) || !strstr(err.message, "; get it  [31mfrom  us  ") || !strstr(err.message, "exec plugin "))
            printf("%s: %s\n", cases[i].body, err.message);
        CHECK(strstr(err.message, cases[i].message) && strstr(err.message, "; get it  [31mfrom  us  ") && strstr(err.message, "exec plugin "));
        CHECK(!strstr(err.message, "canary"));
        CHECK_INT(server.requests, 0);
        CHECK_INT(runs(), 1);
        CHECK(no_child_is_left());
    }
    reset();
    CHECK_INT(ask_once("libkube-no-such-plugin"), KUBE_E_CONFIG);
    CHECK_STR(err.message, "exec plugin libkube-no-such-plugin: there is no such program in PATH");
    CHECK_INT(ask_once(path_of("missing")), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "cannot be started: No such file or directory"));
    CHECK_INT(ask_once(directory), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "cannot be started: not an executable file"));
    CHECK_INT(chmod(write_plugin("plain", "exit 0"), 0600), 0);
    CHECK_INT(ask_once(path_of("plain")), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "cannot be started: not an executable file"));
    plugin.api_version = "client.authentication.k8s.io/v1alpha1";
    CHECK_INT(ask_once("x"), KUBE_E_CONFIG);
    plugin.api_version = "v1";
    CHECK_INT(ask_once("x"), KUBE_E_CONFIG);
    /* The standard input of tests may be a terminal. */
    plugin.api_version = V1;
    plugin.interactive_mode = KUBE_INTERACTIVE_ALWAYS;
    int saved = dup(STDIN_FILENO);
    CHECK(freopen("/dev/null", "r", stdin));
    CHECK_INT(ask_once(write_plugin("asks", STATUS("\"token\":\"t\""))), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "interactiveMode is Always"));
    plugin.interactive_mode = KUBE_INTERACTIVE_IF_AVAILABLE;
    CHECK_INT(ask_once(path_of("asks")), KUBE_OK);
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void test_policy(void)
{
    reset();
    char *path = write_plugin("allowed", STATUS("\"token\":\"t\"")), *other = write_plugin("other", STATUS("\"token\":\"t\""));
    options.exec_policy = KUBE_EXEC_DENY_ALL;
    CHECK(!make(path));
    CHECK_INT(err.code, KUBE_E_CONFIG);
    options.exec_policy = KUBE_EXEC_ALLOW_LISTED;
    CHECK_INT(ask_once(path), KUBE_E_CONFIG);
    CHECK_STR(err.message, "exec: the client's list of plugins is empty");
    static const char *const unclean[] = { "", "..", "bin/x", "./x", "/bin/../x", "/bin//x", "/bin/./x", "/bin/x/", "/" };
    for (size_t i = 0; i < sizeof unclean / sizeof *unclean; i++) {
        options.exec_allowed = (const char *[]){ path, unclean[i], NULL };
        CHECK_INT(ask_once(path), KUBE_E_CONFIG);
        CHECK(strstr(err.message, "neither a name nor a clean absolute path"));
    }
    CHECK_INT(runs(), 0);
    const char *allowed[] = { "libkube-no-such-plugin", path, NULL };
    options.exec_allowed = allowed;
    CHECK_INT(ask_once(path), KUBE_OK);
    CHECK_INT(ask_once(other), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "policy"));
    CHECK_INT(runs(), 1);
    /* By name, where PATH leads; relative folders in it do not count. */
    char *usual = strdup(getenv("PATH")), changed[512];
    snprintf(changed, sizeof changed, ":.:%s:%s", directory, usual);
    setenv("PATH", changed, 1);
    allowed[0] = "allowed";
    allowed[1] = NULL;
    CHECK_INT(ask_once("allowed"), KUBE_OK);
    CHECK_INT(ask_once(path), KUBE_OK);
    CHECK_INT(ask_once("other"), KUBE_E_CONFIG);
    setenv("PATH", usual, 1);
    free(usual);
}

static void test_401(void)
{
    reset();
    kube_client_t *client = make(write_plugin("counted", COUNTED(3600)));
    CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.authorization, "Bearer token-1");
    server.known = 2;
    CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.authorization, "Bearer token-2");
    server.known = 3;
    CHECK_INT(create(client), KUBE_OK);
    CHECK_STR(server.authorization, "Bearer token-3");
    CHECK_INT(server.refusals, 2);
    CHECK_INT(runs(), 3);
    server.known = 100;
    CHECK_INT(get(client), KUBE_E_UNAUTHORIZED);
    CHECK_INT(runs(), 1);
    kube_client_free(client);
}

static void test_expiry(void)
{
    reset();
    kube_client_t *client = make(write_plugin("short", COUNTED(1)));
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(runs(), 1);
    sleep_us(1050 * MS);
    CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.authorization, "Bearer token-2");
    kube_client_free(client);
    /*
     * A plugin that fails when they are stale, which is a tenth of their time before they expire, but good: the old ones go on.
     */
    reset();
    client = make(write_plugin("short", COUNTED(6)));
    int64_t begin = now_us();
    CHECK_INT(get(client), KUBE_OK);
    write_plugin("short", "exit 1");
    runs();
    sleep_us(5600 * MS);
    int first = get(client), second = get(client), count = runs();
    /* Unless the machine was so slow that they have expired. */
    if (now_us() - begin < 6000 * MS) {
        CHECK_INT(first, KUBE_OK);
        CHECK_INT(second, KUBE_OK);
        CHECK_STR(server.authorization, "Bearer token-1");
        CHECK_INT(count, 1);
    }
    sleep_us(1000 * MS);
    CHECK_INT(get(client), KUBE_E_CONFIG);
    kube_client_free(client);
    /* What has expired already is used for the request that waited, and no more. */
    reset();
    client = make(write_plugin("late", COUNTED(-5)));
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(runs(), 2);
    kube_client_free(client);
    /* Whenever that was: nanoseconds since 1970 do not go back so far. */
    client = make(write_plugin("ancient", STATUS("\"token\":\"t\",\"expirationTimestamp\":\"1590-01-01T00:00:00Z\"")));
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(get(client), KUBE_OK);
    CHECK_INT(runs(), 2);
    kube_client_free(client);
}

static void test_slow(void)
{
    reset();
    kube_client_t *client = make(write_plugin("slow", "echo $$ > $D/pid; exec sleep 3600"));
    /* Until it has the time to begin. */
    pid_t pid = 0;
    for (int64_t ms = 300; pid == 0 && ms < PATIENCE_MS; ms *= 2) {
        CHECK_INT(get_within(client, ms), KUBE_E_TIMEOUT);
        pid = (pid_t)atoi(read_text("pid"));
    }
    CHECK(strstr(err.message, "it waited for credentials of the exec plugin /") && strstr(err.message, "/slow"));
    /* It was killed, and is no zombie. */
    CHECK(pid > 0 && kill(pid, 0) != 0);
    CHECK(no_child_is_left());
    write_plugin("slow", "sleep 0.2\n" STATUS("\"token\":\"t\""));
    CHECK_INT(get_within(client, PATIENCE_MS), KUBE_OK);
    kube_client_free(client);
    /* What the plugin leaves running does not hold up the request. */
    write_text("stay", "");
    client = make(write_plugin("forks", "while [ -e $D/stay ]; do sleep 0.1; done &\n" STATUS("\"token\":\"t\"")));
    CHECK_INT(get_within(client, PATIENCE_MS), KUBE_OK);
    unlink(path_of("stay"));
    kube_client_free(client);
}

/* As much as the program lets the client hold, and no bound beside that. */
static void test_large(void)
{
    reset();
    kube_client_t *client = make(write_plugin("large", "printf '{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t\"},\"x\":\"'\n"
                                                       "head -c 40000000 /dev/zero | tr '\\0' x; echo '\"}'"));
    CHECK_INT(get(client), KUBE_OK);
    CHECK_STR(server.authorization, "Bearer t");
    kube_client_free(client);
    options.max_reply_bytes = 1000;
    CHECK_INT(ask_once(write_plugin("large", "head -c 900 /dev/zero | tr '\\0' x")), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "printed no ExecCredential"));
    /* One that never stops is stopped. */
    CHECK_INT(ask_once(write_plugin("large", "exec cat /dev/zero")), KUBE_E_LIMIT);
    CHECK(strstr(err.message, "printed more than 1000 bytes"));
    CHECK(no_child_is_left());
}

/* A host program that ignores SIGCHLD, as some do. */
static void test_ignored_sigchld(void)
{
    reset();
    signal(SIGCHLD, SIG_IGN);
    CHECK_INT(ask_once(write_plugin("token", STATUS("\"token\":\"canary\""))), KUBE_OK);
    CHECK_INT(ask_once(write_plugin("token", "echo canary; exit 1")), KUBE_E_CONFIG);
    signal(SIGCHLD, SIG_DFL);
}

/* ---- many threads ---- */

enum { THREADS = 32, ROUNDS = 20 };

static atomic_int good, bad;

static void *work(void *argument)
{
    kube_error_t error;
    for (int i = 0; i < ROUNDS; i++) {
        kube_core_v1_pod_t *pod = NULL;
        int code = kube_core_v1_pod_get(argument, "n", "p", NULL, &pod, &error);
        kube_free(pod);
        good += code == KUBE_OK;
        bad += code != KUBE_OK;
        if (code != KUBE_OK && strstr(error.message, "canary"))
            abort();
        sleep_us(100 * MS);
    }
    return NULL;
}

static void run_threads(kube_client_t *client)
{
    pthread_t threads[THREADS];
    good = bad = 0;
    server.threads = true;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, client);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void test_threads(void)
{
    reset();
    kube_client_t *client = make(write_plugin("thread", "sleep 0.3\n" COUNTED(3600)));
    run_threads(client);
    CHECK_INT(good, THREADS * ROUNDS);
    CHECK_INT(runs(), 1);
    /* All are refused at once: one run for them. */
    server.known = 2;
    run_threads(client);
    CHECK_INT(good, THREADS * ROUNDS);
    CHECK_INT(runs(), 1);
    kube_client_free(client);
    reset();
    client = make(write_plugin("thread", COUNTED(1)));
    run_threads(client);
    CHECK_INT(good, THREADS * ROUNDS);
    int count = runs();
    /* Not one for each request, however slow the machine is. */
    CHECK(count >= 2 && count <= THREADS * ROUNDS / 2);
    kube_client_free(client);
    reset();
    client = make(write_plugin("thread", "echo canary; exit 1"));
    run_threads(client);
    CHECK_INT(bad, THREADS * ROUNDS);
    kube_client_free(client);
    CHECK(no_child_is_left());
}

static bool ask_with_faults(void)
{
    int code = ask_once(path_of("faulty"));
    return code == KUBE_OK || code == KUBE_E_NO_MEMORY;
}

static void test_failing_allocations(void)
{
    reset();
    write_plugin("faulty", STATUS("\"token\":\"t\",\"clientCertificateData\":\"C\",\"clientKeyData\":\"K\""));
    kube_string_entry_t env[] = { { "A", "1" } };
    plugin.env = (kube_string_map_t){ env, 1 };
    plugin.provide_cluster_info = true;
    CHECK(fault_loop(ask_with_faults) > 20);
}

static void remove_directory(void)
{
    DIR *entries = opendir(directory);
    for (struct dirent *entry; (entry = readdir(entries));)
        unlink(path_of(entry->d_name));
    closedir(entries);
    rmdir(directory);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    RUN(test_token);
    RUN(test_other_forms);
    RUN(test_what_it_is_told);
    RUN(test_certificate);
    RUN(test_bad_plugins);
    RUN(test_policy);
    RUN(test_401);
    RUN(test_expiry);
    RUN(test_slow);
    RUN(test_large);
    RUN(test_ignored_sigchld);
    RUN(test_threads);
    RUN(test_failing_allocations);
    remove_directory();
    return test_end();
}
