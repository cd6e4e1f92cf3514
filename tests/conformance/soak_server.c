/* The process of the server and the proxy. Changes come out of one pipe, commands go into another. */
#include "soak.h"

#include <errno.h>
#include <faultproxy.h>
#include <kube/test/server.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_EVERY_MS 5
#define MONKEY_EVERY_MS 1500

struct soak_server {
    pid_t pid;
    int commands, changes; /* pipes */
    kube_config_t *config;
};

/* ---- inside ---- */

static const faultproxy_choice_t misfortunes[] = {
    { 60, { .kind = FAULTPROXY_NONE } },
    { 10, { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = 0, .at_max = 60000 } },
    { 4, { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_SERVER, .at = 0, .at_max = 3000 } },
    { 6, { .kind = FAULTPROXY_CLOSE, .direction = FAULTPROXY_TO_CLIENT, .at = 0, .at_max = 60000 } },
    { 2, { .kind = FAULTPROXY_HALF_CLOSE, .direction = FAULTPROXY_TO_CLIENT, .at = 500, .at_max = 30000 } },
    { 5, { .kind = FAULTPROXY_DELAY, .at = 0, .at_max = 5000, .ms = 1, .ms_max = 400 } },
    { 4, { .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_CLIENT, .at = 0, .at_max = 20000, .ms = 200, .ms_max = 4000 } },
    { 3, { .kind = FAULTPROXY_LIMIT, .direction = FAULTPROXY_TO_CLIENT, .at = 0, .at_max = 20000, .rate = 40000 } },
    { 1, { .kind = FAULTPROXY_DRIBBLE, .direction = FAULTPROXY_TO_CLIENT, .at = 0, .at_max = 2000 } },
    { 3, { .kind = FAULTPROXY_REFUSE } },
};

static const kube_test_fault_t troubles[] = {
    { .verb = "create", .close = KUBE_TEST_CLOSE_AFTER, .percent = 3 },
    { .verb = "patch", .close = KUBE_TEST_CLOSE_AFTER, .percent = 3 },
    { .verb = "update", .close = KUBE_TEST_CLOSE_BEFORE, .percent = 2 },
    { .verb = "delete", .close = KUBE_TEST_CLOSE_AFTER, .percent = 2 },
    { .status = 429, .retry_after = "1", .percent = 1 },
    { .status = 503, .percent = 1 },
    { .reply_delay_ms = 150, .percent = 2 },
};

static bool write_all(int fd, const void *bytes, size_t len)
{
    for (const char *at = bytes; len > 0;) {
        ssize_t written = write(fd, at, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        len -= (size_t)written;
    }
    return true;
}

static bool read_all(int fd, void *bytes, size_t len)
{
    for (char *at = bytes; len > 0;) {
        ssize_t count = read(fd, at, len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += count;
        len -= (size_t)count;
    }
    return true;
}

/* Writes what has happened since `revision`, which it moves on. */
static bool tell_changes(const kube_test_server_t *server, int fd, int64_t *revision)
{
    static kube_test_change_t changes[512];
    static change_t told[512];
    size_t count, kept = 0;
    while ((count = kube_test_server_changes(server, *revision, changes, 512)) > 0) {
        kept = 0;
        for (size_t i = 0; i < count; i++) {
            *revision = changes[i].revision;
            if (strcmp(changes[i].resource, "configmaps") == 0 && strncmp(changes[i].ns, "soak-", 5) == 0)
                told[kept++] = (change_t){ .revision = changes[i].revision, .ns = atoi(changes[i].ns + 5), .object = atoi(changes[i].name + 2),
                                           .type = (kube_event_type_t)changes[i].type };
        }
        if (!write_all(fd, told, kept * sizeof *told))
            return false;
    }
    return true;
}

static bool set_troubles(kube_test_server_t *server, faultproxy_t *proxy, uint64_t seed)
{
    bool set = faultproxy_random(proxy, seed, misfortunes, sizeof misfortunes / sizeof *misfortunes) == 0;
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        set = set && kube_test_server_fault(server, &troubles[i], NULL) == KUBE_OK;
    return set;
}

/* Connections that have been well for long are not spared. */
static void play_monkey(faultproxy_t *proxy, unsigned turn)
{
    uint64_t newest = faultproxy_counters(proxy).accepted;
    for (unsigned i = 0; i < 10 && newest > 0; i++)
        faultproxy_drop(proxy, 1 + (uint64_t)rand() % newest, i % 2);
    if (turn % 20 == 19)
        faultproxy_drop(proxy, FAULTPROXY_OPEN, turn % 40 == 19);
}

static int serve(kube_test_server_t *server, faultproxy_t *proxy, int commands, int changes)
{
    struct pollfd command = { .fd = commands, .events = POLLIN };
    int64_t revision = 0;
    bool bad = true;
    for (unsigned turn = 0, ticks = 0;; ticks++) {
        if (!tell_changes(server, changes, &revision))
            return 1;
        if (bad && ticks % (MONKEY_EVERY_MS / READ_EVERY_MS) == 0)
            play_monkey(proxy, turn++);
        if (poll(&command, 1, READ_EVERY_MS) <= 0)
            continue;
        char word;
        if (read(commands, &word, 1) != 1)
            return tell_changes(server, changes, &revision) ? 0 : 1;
        bad = false;
        kube_test_server_clear_faults(server);
        faultproxy_clear(proxy);
    }
}

static void tell_counters(const kube_test_server_t *server, faultproxy_t *proxy)
{
    kube_test_counters_t counters;
    faultproxy_counters_t passed = faultproxy_counters(proxy);
    kube_test_server_counters(server, &counters);
    printf("server: %llu requests, %llu of them watches, %llu met by a fault; proxy: %llu connections, %llu refused, %llu faults, %llu MB\n",
           (unsigned long long)counters.requests, (unsigned long long)counters.watches, (unsigned long long)counters.faults,
           (unsigned long long)passed.accepted, (unsigned long long)passed.refused, (unsigned long long)passed.faults,
           (unsigned long long)(passed.to_client >> 20));
    fflush(stdout);
}

static int put_text(int fd, const char *text)
{
    size_t len = text ? strlen(text) + 1 : 0;
    return write_all(fd, &len, sizeof len) && write_all(fd, text, len) ? 0 : -1;
}

static int run(const soak_options_t *options, int commands, int changes)
{
    kube_error_t err = { 0 };
    kube_test_server_t *server = NULL;
    kube_test_server_options_t made = {
        .packages = kube_k8s_packages, .tls = options->tls, .event_window = 4000000, .change_log = 4000000, .bookmark_interval_ms = 5000,
    };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    if (kube_test_server_start(&made, &server, &err) < 0) {
        fprintf(stderr, "soak: %s\n", err.message);
        return 1;
    }
    const kube_config_t *config = kube_test_server_config(server);
    faultproxy_t *proxy = faultproxy_start("127.0.0.1", atoi(strrchr(config->server, ':') + 1), NULL);
    char address[64];
    snprintf(address, sizeof address, "%s://127.0.0.1:%d", options->tls ? "https" : "http", proxy ? faultproxy_port(proxy) : 0);
    srand((unsigned)options->seed);
    int code = proxy && set_troubles(server, proxy, options->seed) && put_text(changes, address) == 0 && put_text(changes, config->ca_pem) == 0 &&
                       put_text(changes, config->client_certificate_pem) == 0 && put_text(changes, config->client_key_pem) == 0
                   ? serve(server, proxy, commands, changes)
                   : 1;
    if (proxy)
        tell_counters(server, proxy);
    close(changes);
    faultproxy_stop(proxy);
    kube_test_server_stop(server);
    return code;
}

/* ---- outside ---- */

static char *get_text(int fd)
{
    size_t len = 0;
    if (!read_all(fd, &len, sizeof len) || len == 0 || len > 1 << 20)
        return NULL;
    char *text = malloc(len);
    if (text && !read_all(fd, text, len)) {
        free(text);
        text = NULL;
    }
    return text;
}

static kube_config_t *get_config(int fd)
{
    char *address = get_text(fd), *ca = get_text(fd), *certificate = get_text(fd), *key = get_text(fd);
    kube_config_t config = { .server = address, .ca_pem = ca, .client_certificate_pem = certificate, .client_key_pem = key };
    kube_config_t *copy = address ? kube_config_dup(&config) : NULL;
    free(address);
    free(ca);
    free(certificate);
    free(key);
    return copy;
}

soak_server_t *soak_server_start(const soak_options_t *options)
{
    int commands[2], changes[2];
    soak_server_t *server = calloc(1, sizeof *server);
    if (!server || pipe(commands) != 0 || pipe(changes) != 0)
        return NULL;
    server->pid = fork();
    if (server->pid == 0) {
        close(commands[1]);
        close(changes[0]);
        exit(run(options, commands[0], changes[1]));
    }
    close(commands[0]);
    close(changes[1]);
    server->commands = commands[1];
    server->changes = changes[0];
    server->config = server->pid > 0 ? get_config(server->changes) : NULL;
    if (server->config)
        return server;
    soak_server_end(server);
    soak_server_free(server);
    return NULL;
}

const kube_config_t *soak_server_config(const soak_server_t *server)
{
    return server->config;
}

bool soak_server_read(soak_server_t *server, change_t *change)
{
    return read_all(server->changes, change, sizeof *change);
}

void soak_server_be_good(soak_server_t *server)
{
    if (write(server->commands, "g", 1) != 1)
        fprintf(stderr, "soak: the server is gone\n");
}

void soak_server_end(soak_server_t *server)
{
    close(server->commands);
    server->commands = -1;
}

bool soak_server_free(soak_server_t *server)
{
    int status = -1;
    close(server->changes);
    if (server->pid > 0)
        waitpid(server->pid, &status, 0);
    kube_config_free(server->config);
    free(server);
    return status == 0;
}
