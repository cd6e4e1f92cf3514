/* The runner: picks the cases, gives each a client and a namespace, counts. */
#include <fnmatch.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "given_back.h"
#include "server.h"

/* A case that takes longer hangs. */
#define CASE_SECONDS 300

static const char usage[] =
    "usage: conformance --testserver [--tls] [PATTERN...]\n"
    "       conformance --kubeconfig FILE [PATTERN...]\n"
    "       conformance --list [PATTERN...]\n"
    "\n"
    "Runs the cases whose names match a pattern (`watch/resume-after-cut`, 'watch/*'), or all. --verbose tells how long each took.\n";

typedef struct arguments {
    const char *kubeconfig;
    bool testserver, tls, list, verbose;
    char **patterns;
} arguments_t;

static struct { int passed, failed, exempt; } counts;
static char running[128];

static bool read_arguments(int argc, char **argv, arguments_t *arguments)
{
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--testserver") == 0)
            arguments->testserver = true;
        else if (strcmp(argv[i], "--tls") == 0)
            arguments->tls = true;
        else if (strcmp(argv[i], "--list") == 0)
            arguments->list = true;
        else if (strcmp(argv[i], "--verbose") == 0)
            arguments->verbose = true;
        else if (strcmp(argv[i], "--kubeconfig") == 0 && i + 1 < argc)
            arguments->kubeconfig = argv[++i];
        else
            return false;
    }
    arguments->patterns = argv + i;
    return arguments->list || arguments->testserver != (arguments->kubeconfig != NULL);
}

static bool is_chosen(const char *name, char **patterns)
{
    bool chosen = !*patterns;
    for (; *patterns && !chosen; patterns++)
        chosen = fnmatch(*patterns, name, 0) == 0;
    return chosen;
}

static void hung(int signal)
{
    static const char message[] = "hung: ";
    (void)signal;
    if (write(STDOUT_FILENO, message, sizeof message - 1) < 0 || write(STDOUT_FILENO, running, strlen(running)) < 0 ||
        write(STDOUT_FILENO, "\n", 1) < 0)
        _exit(4);
    _exit(3);
}

static void run_case(const server_t *server, const test_case_t *which, bool verbose)
{
    const char *reason = exemption(server->name, which->name);
    if (reason) {
        printf("not for %s: %s: %s\n", server->name, which->name, reason);
        counts.exempt++;
        return;
    }
    snprintf(running, sizeof running, "%s", which->name);
    int64_t start = now_ms();
    test_t t = { .name = which->name, .server = server };
    alarm(CASE_SECONDS);
    holdings_t before = holdings(server);
    if (test_begin(&t))
        which->run(&t);
    test_end(&t);
    check_given_back(&t, &before);
    alarm(0);
    counts.passed += !t.failed;
    counts.failed += t.failed;
    if (t.failed || verbose)
        printf("%s: %s (%lld ms)\n", t.failed ? "failed" : "ok", which->name, (long long)(now_ms() - start));
}

static void run_all(const server_t *server, const arguments_t *arguments)
{
    for (size_t i = 0; all_cases[i]; i++) {
        for (const test_case_t *which = all_cases[i]; which->name; which++) {
            if (!is_chosen(which->name, arguments->patterns))
                continue;
            if (arguments->list)
                puts(which->name);
            else
                run_case(server, which, arguments->verbose);
        }
    }
}

int main(int argc, char **argv)
{
    arguments_t arguments = { 0 };
    server_t server = { 0 };
    if (!read_arguments(argc, argv, &arguments)) {
        fputs(usage, stderr);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (arguments.list) {
        run_all(&server, &arguments);
        return 0;
    }
    signal(SIGALRM, hung);
    count_blocks();
    if (!server_open(&server, arguments.kubeconfig, arguments.tls))
        return 1;
    run_all(&server, &arguments);
    server_close(&server);
    if (counts.passed + counts.failed + counts.exempt == 0) {
        fprintf(stderr, "conformance: no case of that name; --list has them\n");
        return 2;
    }
    printf("%s: %d passed, %d failed\n", server.name, counts.passed, counts.failed);
    printf("%d passed, %d failed\n", counts.passed, counts.failed);
    return counts.failed != 0;
}
