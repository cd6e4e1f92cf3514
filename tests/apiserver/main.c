/* kube-testserver: the test server as a program. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <kube/k8s.h>
#include <kube/memory.h>
#include <kube/test/server.h>

#define MOST 1000000000 /* of pods, changes and milliseconds: more is a mistake */

typedef struct arguments {
    kube_test_server_options_t options;
    const char *kubeconfig;
    const char *manifests[64];
    size_t manifest_count;
    size_t pods;
    const char *ns;
    bool until_stdin_closes;
} arguments_t;

static const char usage[] =
    "usage: kube-testserver [options]\n"
    "A Kubernetes API server in memory, for tests. Prints its URL when it listens; ends on SIGINT and SIGTERM.\n"
    "  --port N               listen there (a free port)\n"
    "  --tls                  HTTPS, with certificates made at start\n"
    "  --token TOKEN          whoever has it is the user \"admin\", who has none is refused\n"
    "  --kubeconfig FILE      write a kubeconfig\n"
    "  --load FILE            create what a YAML or JSON file has; may be given several times\n"
    "  --pods N               make N pods of about 10 KB each\n"
    "  --namespace NAME       where (default)\n"
    "  --controllers          workloads roll out, jobs complete, pods become ready\n"
    "  --delay MS             how long that takes (100)\n"
    "  --window N             changes of each resource kept for watches (10000)\n"
    "  --bookmarks MS         between bookmarks of a watch (60000)\n"
    "  --no-watch-list        refuse sendInitialEvents\n"
    "  --until-stdin-closes   end when standard input does\n"
    "  --help\n";

/* A whole number from 0 to most; anything else ends the program. */
static long long number(const char *option, const char *text, long long most)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno == ERANGE || value < 0 || value > most) {
        fprintf(stderr, "kube-testserver: %s: \"%s\" is no number from 0 to %lld\n", option, text, most);
        exit(2);
    }
    return value;
}

static void parse(int argc, char **argv, arguments_t *out)
{
    static const struct option names[] = {
        { "port", required_argument, NULL, 'p' },      { "tls", no_argument, NULL, 't' },          { "token", required_argument, NULL, 'T' },
        { "kubeconfig", required_argument, NULL, 'k' }, { "load", required_argument, NULL, 'l' },  { "pods", required_argument, NULL, 'n' },
        { "namespace", required_argument, NULL, 'N' }, { "controllers", no_argument, NULL, 'c' },  { "delay", required_argument, NULL, 'd' },
        { "window", required_argument, NULL, 'w' },    { "bookmarks", required_argument, NULL, 'b' }, { "no-watch-list", no_argument, NULL, 'L' },
        { "until-stdin-closes", no_argument, NULL, 'u' }, { "help", no_argument, NULL, 'h' },      { NULL, 0, NULL, 0 }
    };
    static const char *const groups[] = { "system:masters", NULL };
    static kube_test_token_t token = { .user = "admin", .groups = groups };
    for (int option; (option = getopt_long(argc, argv, "h", names, NULL)) != -1;) {
        switch (option) {
        case 'p': out->options.port = (uint16_t)number("--port", optarg, UINT16_MAX); break;
        case 't': out->options.tls = true; break;
        case 'T':
            token.token = optarg;
            out->options.tokens = &token;
            out->options.token_count = 1;
            out->options.authenticate = true;
            break;
        case 'k': out->kubeconfig = optarg; break;
        case 'l':
            if (out->manifest_count < sizeof out->manifests / sizeof *out->manifests)
                out->manifests[out->manifest_count++] = optarg;
            break;
        case 'n': out->pods = (size_t)number("--pods", optarg, MOST); break;
        case 'N': out->ns = optarg; break;
        case 'c': out->options.controllers = true; break;
        case 'd': out->options.controller_delay_ms = number("--delay", optarg, MOST); break;
        case 'w': out->options.event_window = (size_t)number("--window", optarg, MOST); break;
        case 'b': out->options.bookmark_interval_ms = number("--bookmarks", optarg, MOST); break;
        case 'L': out->options.no_watch_list = true; break;
        case 'u': out->until_stdin_closes = true; break;
        case 'h': fputs(usage, stdout); exit(0);
        default: fputs(usage, stderr); exit(2);
        }
    }
    if (optind < argc) {
        fprintf(stderr, "kube-testserver: %s is no option\n%s", argv[optind], usage);
        exit(2);
    }
}

static bool failed(const char *what, int code, const kube_error_t *err)
{
    if (code != KUBE_OK)
        fprintf(stderr, "kube-testserver: %s: %s\n", what, err->message);
    return code != KUBE_OK;
}

static bool load_file(kube_test_server_t *server, const char *path)
{
    kube_error_t err;
    kube_buffer_t text = { 0 };
    char block[65536];
    size_t len;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file) {
        perror(path);
        return false;
    }
    while ((len = fread(block, 1, sizeof block, file)) > 0)
        kube_buffer_append(&text, block, len);
    if (file != stdin)
        fclose(file);
    bool ok = !failed(path, kube_test_server_load(server, text.data ? text.data : "", text.len, &err), &err);
    kube_buffer_dispose(&text);
    return ok;
}

static bool fill(kube_test_server_t *server, const arguments_t *arguments)
{
    kube_error_t err;
    for (size_t i = 0; i < arguments->manifest_count; i++) {
        if (!load_file(server, arguments->manifests[i]))
            return false;
    }
    if (arguments->pods > 0 &&
        failed("pods", kube_test_server_fill_pods(server, arguments->ns, "pod", arguments->pods, &err), &err))
        return false;
    return !arguments->kubeconfig ||
           !failed("kubeconfig", kube_test_server_write_kubeconfig(server, arguments->kubeconfig, &err), &err);
}

/* In here a signal ends the program at once: a fill can be long, and nothing is served yet. */
static bool prepare(kube_test_server_t *server, const arguments_t *arguments, const sigset_t *signals)
{
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    bool ok = fill(server, arguments);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    return ok;
}

static void wait_for_end(bool until_stdin_closes, const sigset_t *signals)
{
    char byte;
    struct pollfd ends[2] = { { .fd = signalfd(-1, signals, SFD_CLOEXEC), .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
    for (;;) {
        if (poll(ends, until_stdin_closes ? 2 : 1, -1) < 0 || ends[0].revents)
            break;
        if (ends[1].revents && read(STDIN_FILENO, &byte, 1) <= 0)
            break;
    }
    close(ends[0].fd);
}

int main(int argc, char **argv)
{
    arguments_t arguments = { .options.packages = kube_k8s_packages, .ns = "default" };
    kube_test_server_t *server;
    kube_error_t err;
    sigset_t signals;
    parse(argc, argv, &arguments);
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    if (failed("start", kube_test_server_start(&arguments.options, &server, &err), &err))
        return 1;
    bool ok = prepare(server, &arguments, &signals);
    if (ok) {
        printf("%s\n", kube_test_server_url(server));
        fflush(stdout);
        wait_for_end(arguments.until_stdin_closes, &signals);
    }
    kube_test_server_stop(server);
    return ok ? 0 : 1;
}
