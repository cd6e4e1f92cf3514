/* The proxy by itself: see usage(), and README.md for the faults. */
#include "faultproxy.h"
#include "sockets.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_CHOICES 64

typedef struct choices {
    faultproxy_choice_t items[MOST_CHOICES];
    size_t count;
} choices_t;

static int signaled[2] = { -1, -1 }; /* a pipe: a signal writes to it */

static void on_signal(int signal_number)
{
    int before = errno;
    (void)signal_number;
    ssize_t written = write(signaled[1], "", 1);
    (void)written;
    errno = before;
}

static int usage(FILE *out, int code)
{
    fputs("usage: faultproxy --target HOST:PORT [--port N] [--fault FAULT]... [--choice WEIGHT:FAULT]... [--random SEED]\n"
          "Prints 127.0.0.1:PORT, where it listens, then reads commands from standard input and answers each line with one:\n"
          "  fault FAULT           choice WEIGHT FAULT      random SEED | off\n"
          "  release [NUMBER]      clear                    drop [NUMBER] [reset | close]\n"
          "  listen on | off       counters\n"
          "A FAULT is a kind and words: reset,to-client,at=100,next. Ends with its standard input, or on SIGTERM.\n", out);
    return code;
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "faultproxy: %s: %s\n", what, why);
    return -1;
}

/* ---- commands: each returns NULL, or what is wrong ---- */

static const char *set_fault(faultproxy_t *proxy, const char *text)
{
    static char message[160];
    faultproxy_connection_t which;
    faultproxy_fault_t fault;
    if (faultproxy_parse(text, &which, &fault, message, sizeof(message)) != 0)
        return message;
    return faultproxy_set(proxy, which, &fault) == 0 ? NULL : strerror(errno);
}

/* "WEIGHT FAULT", or "WEIGHT:FAULT". */
static const char *add_choice(choices_t *choices, const char *text)
{
    static char message[160];
    char *end;
    faultproxy_connection_t which;
    unsigned long weight = strtoul(text, &end, 10);
    if (end == text || (*end != ' ' && *end != ':') || weight > UINT16_MAX)
        return "not WEIGHT FAULT";
    if (choices->count == MOST_CHOICES)
        return "too many choices";
    faultproxy_choice_t *choice = &choices->items[choices->count];
    choice->weight = (unsigned)weight;
    if (faultproxy_parse(end + 1, &which, &choice->fault, message, sizeof(message)) != 0)
        return message;
    if (which != FAULTPROXY_EVERY)
        return "a choice is for each connection that draws it";
    choices->count++;
    return NULL;
}

static const char *draw_faults(faultproxy_t *proxy, const choices_t *choices, const char *seed_text)
{
    char *end;
    uint64_t seed = strtoull(seed_text, &end, 0);
    bool off = strcmp(seed_text, "off") == 0;
    if (!off && (end == seed_text || *end != '\0'))
        return "not a seed";
    if (!off && choices->count == 0)
        return "no choices";
    return faultproxy_random(proxy, seed, choices->items, off ? 0 : choices->count) == 0 ? NULL : strerror(errno);
}

static const char *drop(faultproxy_t *proxy, char *words)
{
    faultproxy_connection_t which = FAULTPROXY_EVERY;
    bool reset = true;
    for (char *word; (word = strtok_r(words, " ", &words)) != NULL;) {
        if (strcmp(word, "close") == 0)
            reset = false;
        else if (word[0] >= '1' && word[0] <= '9')
            which = strtoull(word, NULL, 10);
        else if (strcmp(word, "reset") != 0)
            return "drop [NUMBER] [reset | close]";
    }
    faultproxy_drop(proxy, which, reset);
    return NULL;
}

static const char *listen_or_not(faultproxy_t *proxy, const char *word)
{
    if (strcmp(word, "on") != 0 && strcmp(word, "off") != 0)
        return "listen on | off";
    return faultproxy_listen(proxy, strcmp(word, "on") == 0) == 0 ? NULL : strerror(errno);
}

static void print_counters(faultproxy_t *proxy)
{
    faultproxy_counters_t now = faultproxy_counters(proxy);
    printf("accepted=%" PRIu64 " refused=%" PRIu64 " failed=%" PRIu64 " open=%" PRIu64 " to_client=%" PRIu64 " to_server=%" PRIu64
           " faults=%" PRIu64 "\n",
           now.accepted, now.refused, now.failed, now.open, now.to_client, now.to_server, now.faults);
}

static const char *obey(faultproxy_t *proxy, choices_t *choices, const char *command, char *rest)
{
    if (strcmp(command, "fault") == 0)
        return set_fault(proxy, rest);
    if (strcmp(command, "choice") == 0)
        return add_choice(choices, rest);
    if (strcmp(command, "random") == 0)
        return draw_faults(proxy, choices, rest);
    if (strcmp(command, "drop") == 0)
        return drop(proxy, rest);
    if (strcmp(command, "listen") == 0)
        return listen_or_not(proxy, rest);
    if (strcmp(command, "release") == 0)
        faultproxy_release(proxy, strtoull(rest, NULL, 10));
    else if (strcmp(command, "clear") == 0)
        faultproxy_clear(proxy);
    else
        return "no such command";
    return NULL;
}

static void obey_line(faultproxy_t *proxy, choices_t *choices, char *line)
{
    char *command = strtok_r(line, " \r", &line);
    if (!command)
        return;
    if (strcmp(command, "counters") == 0) {
        print_counters(proxy);
    } else {
        const char *wrong = obey(proxy, choices, command, line + strspn(line, " "));
        printf("%s%s\n", wrong ? "error: " : "ok", wrong ? wrong : "");
    }
    fflush(stdout);
}

/* ---- options and standard input ---- */

typedef struct settings {
    char *host;
    int port;
    faultproxy_options_t options;
    const char *faults[MOST_CHOICES];
    size_t fault_count;
    choices_t choices;
    const char *seed;
} settings_t;

static int parse_port(const char *text, int *port)
{
    char *end;
    long number = strtol(text, &end, 10);
    *port = (int)number;
    return end > text && *end == '\0' && number >= 0 && number <= 65535 ? 0 : fail(text, "not a port");
}

/* HOST:PORT; the brackets of [::1]:443 are taken off. */
static int parse_target(char *text, settings_t *settings)
{
    char *colon = strrchr(text, ':');
    if (!colon || colon == text)
        return fail(text, "not HOST:PORT");
    *colon = '\0';
    if (text[0] == '[' && colon[-1] == ']') {
        colon[-1] = '\0';
        text++;
    }
    settings->host = text;
    return parse_port(colon + 1, &settings->port);
}

static int parse_option(int option, char *value, settings_t *settings)
{
    const char *wrong;
    switch (option) {
    case 't':
        return parse_target(value, settings);
    case 'p':
        return parse_port(value, &settings->options.port);
    case 'f':
        if (settings->fault_count == MOST_CHOICES)
            return fail(value, "too many faults");
        settings->faults[settings->fault_count++] = value;
        return 0;
    case 'c':
        wrong = add_choice(&settings->choices, value);
        return wrong ? fail(value, wrong) : 0;
    case 'r':
        settings->seed = value;
        return 0;
    default:
        return -1;
    }
}

static int set_up(faultproxy_t *proxy, const settings_t *settings)
{
    for (size_t i = 0; i < settings->fault_count; i++) {
        const char *wrong = set_fault(proxy, settings->faults[i]);
        if (wrong)
            return fail(settings->faults[i], wrong);
    }
    const char *wrong = settings->seed ? draw_faults(proxy, &settings->choices, settings->seed) : NULL;
    return wrong ? fail(settings->seed, wrong) : 0;
}

/* Obeys the whole lines of text, len bytes, and returns the length of what is left, at the front. */
static size_t obey_lines(faultproxy_t *proxy, choices_t *choices, char *text, size_t len)
{
    char *line = text, *newline;
    while ((newline = memchr(line, '\n', (size_t)(text + len - line))) != NULL) {
        *newline = '\0';
        obey_line(proxy, choices, line);
        line = newline + 1;
    }
    len -= (size_t)(line - text);
    memmove(text, line, len);
    return len;
}

/* Until the input ends, a line is too long, or a signal comes. */
static void serve(faultproxy_t *proxy, choices_t *choices)
{
    char text[4096];
    size_t len = 0;
    while (len < sizeof(text)) {
        struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = signaled[0], .events = POLLIN } };
        if (poll(fds, 2, -1) < 0)
            continue;
        ssize_t more = fds[1].revents ? 0 : read(STDIN_FILENO, text + len, sizeof(text) - len);
        if (more <= 0)
            return;
        len = obey_lines(proxy, choices, text, len + (size_t)more);
    }
}

static int catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigemptyset(&action.sa_mask);
    if (faultproxy_pipe(signaled) != 0)
        return -1;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct option names[] = { { "target", required_argument, NULL, 't' }, { "port", required_argument, NULL, 'p' },
                                           { "fault", required_argument, NULL, 'f' },  { "choice", required_argument, NULL, 'c' },
                                           { "random", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' },
                                           { 0 } };
    static settings_t settings;
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'h')
            return usage(stdout, 0);
        if (parse_option(option, optarg, &settings) != 0)
            return 2;
    }
    if (!settings.host || optind < argc)
        return usage(stderr, 2);
    faultproxy_t *proxy = catch_signals() != 0 ? NULL : faultproxy_start(settings.host, settings.port, &settings.options);
    if (!proxy) {
        fail(settings.host, strerror(errno));
        return 1;
    }
    int code = set_up(proxy, &settings) == 0 ? 0 : 2;
    if (code == 0) {
        printf("127.0.0.1:%d\n", faultproxy_port(proxy));
        fflush(stdout);
        serve(proxy, &settings.choices);
    }
    faultproxy_stop(proxy);
    return code;
}
