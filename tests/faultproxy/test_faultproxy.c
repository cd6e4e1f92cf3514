/* Each test holds both ends of a connection through the proxy: the client's, and the server's that the proxy made. */
#include "faultproxy.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static const char *standalone; /* the program, or NULL */

/* ---- a server to listen, and ends of connections ---- */

typedef struct bench {
    int listener, port;
    faultproxy_t *proxy;
} bench_t;

typedef struct ends {
    int client, server;
} ends_t;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int listen_somewhere(int *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bind(fd, (struct sockaddr *)&address, sizeof(address));
    listen(fd, 128);
    getsockname(fd, (struct sockaddr *)&address, &len);
    *port = ntohs(address.sin_port);
    return fd;
}

static bench_t bench_new(void)
{
    bench_t bench = { .port = 0 };
    bench.listener = listen_somewhere(&bench.port);
    bench.proxy = faultproxy_start("127.0.0.1", bench.port, NULL);
    CHECK(bench.proxy != NULL);
    return bench;
}

static void bench_free(bench_t *bench)
{
    faultproxy_stop(bench->proxy);
    close(bench->listener);
}

static int patient(int fd)
{
    struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

/* A connected client, or -1 and errno. */
static int dial(int port)
{
    struct sockaddr_in address = loopback(port);
    int fd = patient(socket(AF_INET, SOCK_STREAM, 0));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

static ends_t join(bench_t *bench)
{
    ends_t ends = { .client = dial(faultproxy_port(bench->proxy)), .server = -1 };
    CHECK(ends.client >= 0);
    ends.server = patient(accept(bench->listener, NULL, NULL));
    CHECK(ends.server >= 0);
    return ends;
}

static void part(ends_t *ends)
{
    close(ends->client);
    close(ends->server);
}

static void say(int fd, const char *text)
{
    CHECK_INT(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* What comes until `most` bytes are there or the stream ends: then errno is 0 for FIN. A string. */
static const char *hear(int fd, size_t most)
{
    static char text[4096];
    size_t len = 0;
    ssize_t more = 1;
    errno = 0;
    while (len < most && (more = recv(fd, text + len, most - len, 0)) > 0)
        len += (size_t)more;
    text[len] = '\0';
    return text;
}

/* The stream ends here: with RST, or FIN. */
static void check_end(int fd, bool reset)
{
    char byte;
    ssize_t len = recv(fd, &byte, 1, 0);
    CHECK_INT(len, reset ? -1 : 0);
    if (reset)
        CHECK_INT(errno, ECONNRESET);
}

static bool silent(int fd)
{
    struct pollfd entry = { .fd = fd, .events = POLLIN };
    return poll(&entry, 1, 0) == 0;
}

static bool faults_acted(const faultproxy_counters_t *counters, void *userdata)
{
    return counters->faults >= *(const uint64_t *)userdata;
}

static bool await_faults(bench_t *bench, uint64_t count)
{
    return faultproxy_wait(bench->proxy, faults_acted, &count, PATIENCE_MS);
}

static bool none_open(const faultproxy_counters_t *counters, void *userdata)
{
    (void)userdata;
    return counters->open == 0;
}

static void set(bench_t *bench, faultproxy_connection_t which, faultproxy_fault_t fault)
{
    CHECK_INT(faultproxy_set(bench->proxy, which, &fault), 0);
}

/* ---- without faults ---- */

static void test_passes_bytes_and_ends(void)
{
    bench_t bench = bench_new();
    ends_t ends = join(&bench);
    say(ends.client, "question");
    CHECK_STR(hear(ends.server, 8), "question");
    shutdown(ends.client, SHUT_WR);
    check_end(ends.server, false);
    say(ends.server, "answer");
    CHECK_STR(hear(ends.client, 6), "answer");
    close(ends.server);
    check_end(ends.client, false);
    CHECK(faultproxy_wait(bench.proxy, none_open, NULL, PATIENCE_MS));
    faultproxy_counters_t counters = faultproxy_counters(bench.proxy);
    CHECK_INT(counters.accepted, 1);
    CHECK_INT(counters.to_server, 8);
    CHECK_INT(counters.to_client, 6);
    CHECK_INT(counters.faults, 0);
    close(ends.client);
    bench_free(&bench);
}

#define LARGE (8u << 20)

static void *send_large(void *argument)
{
    int fd = *(int *)argument;
    unsigned char bytes[10007];
    for (size_t sent = 0; sent < LARGE;) {
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (unsigned char)((sent + i) * 31 >> 3);
        size_t len = LARGE - sent < sizeof(bytes) ? LARGE - sent : sizeof(bytes);
        ssize_t done = send(fd, bytes, len, MSG_NOSIGNAL);
        if (done <= 0)
            break;
        sent += (size_t)done;
    }
    shutdown(fd, SHUT_WR);
    return NULL;
}

static size_t hear_large(int fd)
{
    unsigned char bytes[65536];
    size_t good = 0;
    ssize_t len;
    while ((len = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        for (ssize_t i = 0; i < len; i++, good++)
            if (bytes[i] != (unsigned char)(good * 31 >> 3))
                return good;
    return good;
}

static void test_passes_much_at_the_reader_s_pace(void)
{
    bench_t bench = bench_new();
    ends_t ends = join(&bench);
    pthread_t up, down;
    pthread_create(&up, NULL, send_large, &ends.client);
    pthread_create(&down, NULL, send_large, &ends.server);
    CHECK_INT(hear_large(ends.server), LARGE);
    CHECK_INT(hear_large(ends.client), LARGE);
    pthread_join(up, NULL);
    pthread_join(down, NULL);
    part(&ends);
    bench_free(&bench);
}

static void test_passes_resets(void)
{
    bench_t bench = bench_new();
    ends_t ends = join(&bench);
    struct linger at_once = { .l_onoff = 1 };
    setsockopt(ends.server, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(ends.server);
    check_end(ends.client, true);
    close(ends.client);
    bench_free(&bench);
}

static void test_server_absent(void)
{
    /* A port that is taken, so that nobody else listens there, and that nobody listens on. */
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof(address);
    int holder = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_INT(bind(holder, (struct sockaddr *)&address, len), 0);
    getsockname(holder, (struct sockaddr *)&address, &len);
    faultproxy_t *proxy = faultproxy_start("127.0.0.1", ntohs(address.sin_port), NULL);
    int client = dial(faultproxy_port(proxy));
    check_end(client, true);
    close(client);
    CHECK_INT(faultproxy_counters(proxy).failed, 1);
    faultproxy_stop(proxy);
    close(holder);
}

static void test_start_fails(void)
{
    int port, listener = listen_somewhere(&port);
    faultproxy_options_t taken = { .port = port };
    CHECK(faultproxy_start("127.0.0.1", 1, &taken) == NULL);
    CHECK_INT(errno, EADDRINUSE);
    CHECK(faultproxy_start("not a host", 1, NULL) == NULL);
    close(listener);
    faultproxy_stop(NULL);
}

/* ---- time ---- */

static void test_delay(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT,
        (faultproxy_fault_t){ .kind = FAULTPROXY_DELAY, .direction = FAULTPROXY_TO_CLIENT, .at = 2, .ms = 60 });
    ends_t ends = join(&bench);
    int64_t start = now_ms();
    say(ends.server, "abcd");
    CHECK_STR(hear(ends.client, 2), "ab");
    CHECK_STR(hear(ends.client, 2), "cd");
    CHECK(now_ms() - start >= 60);
    say(ends.client, "up");
    CHECK_STR(hear(ends.server, 2), "up");
    CHECK_INT(faultproxy_counters(bench.proxy).faults, 1);
    part(&ends);
    bench_free(&bench);
}

static void test_delay_each(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_DELAY_EACH, .ms = 30 });
    ends_t ends = join(&bench);
    int64_t start = now_ms();
    for (int i = 0; i < 3; i++) {
        say(ends.client, "ping");
        CHECK_STR(hear(ends.server, 4), "ping");
        say(ends.server, "pong");
        CHECK_STR(hear(ends.client, 4), "pong");
    }
    CHECK(now_ms() - start >= 180);
    CHECK_INT(faultproxy_counters(bench.proxy).faults, 2);
    part(&ends);
    bench_free(&bench);
}

static void test_dribble(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_DRIBBLE, .direction = FAULTPROXY_TO_CLIENT, .ms = 5 });
    ends_t ends = join(&bench);
    int64_t start = now_ms();
    say(ends.server, "0123456789");
    CHECK_STR(hear(ends.client, 10), "0123456789");
    CHECK(now_ms() - start >= 45);
    part(&ends);
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_DRIBBLE });
    ends = join(&bench);
    for (int i = 0; i < 100; i++)
        say(ends.server, "0123456789");
    CHECK_INT(strlen(hear(ends.client, 1000)), 1000);
    part(&ends);
    bench_free(&bench);
}

static void test_limit(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT,
        (faultproxy_fault_t){ .kind = FAULTPROXY_LIMIT, .direction = FAULTPROXY_TO_CLIENT, .rate = 10000 });
    ends_t ends = join(&bench);
    int64_t start = now_ms();
    for (int i = 0; i < 100; i++)
        say(ends.server, "0123456789");
    CHECK_INT(strlen(hear(ends.client, 1000)), 1000);
    CHECK(now_ms() - start >= 95);
    part(&ends);
    bench_free(&bench);
}

/* ---- stalls ---- */

static void test_stall_until_released(void)
{
    bench_t bench = bench_new();
    set(&bench, 1, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_CLIENT, .at = 3 });
    ends_t ends = join(&bench);
    say(ends.server, "abcdef");
    shutdown(ends.server, SHUT_WR);
    CHECK_STR(hear(ends.client, 3), "abc");
    CHECK(await_faults(&bench, 1));
    CHECK(silent(ends.client));
    say(ends.client, "up");
    CHECK_STR(hear(ends.server, 2), "up");
    CHECK(silent(ends.client));
    faultproxy_release(bench.proxy, 2);
    say(ends.client, "up");
    CHECK_STR(hear(ends.server, 2), "up");
    CHECK(silent(ends.client));
    faultproxy_release(bench.proxy, 1);
    CHECK_STR(hear(ends.client, 10), "def");
    CHECK_INT(errno, 0);
    part(&ends);
    bench_free(&bench);
}

static void test_stall_for_a_time(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL, .direction = FAULTPROXY_TO_SERVER, .ms = 40 });
    ends_t ends = join(&bench);
    int64_t start = now_ms();
    say(ends.client, "up");
    CHECK_STR(hear(ends.server, 2), "up");
    CHECK(now_ms() - start >= 40);
    part(&ends);
    bench_free(&bench);
}

static void test_stall_ends_with_the_client(void)
{
    bench_t bench = bench_new();
    for (int up = 0; up < 2; up++) {
        set(&bench, FAULTPROXY_NEXT,
            (faultproxy_fault_t){ .kind = FAULTPROXY_STALL, .direction = up ? FAULTPROXY_TO_SERVER : FAULTPROXY_TO_CLIENT });
        ends_t ends = join(&bench);
        say(up ? ends.client : ends.server, "held");
        CHECK(await_faults(&bench, (uint64_t)up + 1));
        close(ends.client);
        check_end(ends.server, false);
        CHECK(faultproxy_wait(bench.proxy, none_open, NULL, PATIENCE_MS));
        close(ends.server);
    }
    bench_free(&bench);
}

static void test_release_takes_what_would_stall_later(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_EVERY, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL });
    faultproxy_release(bench.proxy, FAULTPROXY_EVERY);
    ends_t ends = join(&bench);
    say(ends.server, "abcd");
    CHECK_STR(hear(ends.client, 4), "abcd");
    set(&bench, FAULTPROXY_OPEN, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL, .at = 6 });
    faultproxy_release(bench.proxy, FAULTPROXY_OPEN);
    say(ends.server, "abcd");
    CHECK_STR(hear(ends.client, 4), "abcd");
    part(&ends);
    bench_free(&bench);
}

/* ---- endings ---- */

static void test_cut_at_every_byte(void)
{
    static const char text[] = "0123456789";
    bench_t bench = bench_new();
    for (unsigned at = 0; at < sizeof(text) - 1; at++) {
        for (int variant = 0; variant < 4; variant++) {
            bool reset = variant & 1, up = variant & 2;
            set(&bench, FAULTPROXY_NEXT,
                (faultproxy_fault_t){ .kind = reset ? FAULTPROXY_RESET : FAULTPROXY_CLOSE, .at = at,
                                      .direction = up ? FAULTPROXY_TO_SERVER : FAULTPROXY_TO_CLIENT });
            ends_t ends = join(&bench);
            int source = up ? ends.client : ends.server, target = up ? ends.server : ends.client;
            say(source, text);
            const char *heard = hear(target, at);
            CHECK_INT(strlen(heard), at);
            CHECK(strncmp(heard, text, at) == 0);
            check_end(target, reset);
            check_end(source, reset);
            part(&ends);
        }
    }
    CHECK_INT(faultproxy_counters(bench.proxy).faults, 4 * (sizeof(text) - 1));
    bench_free(&bench);
}

static void test_cut_waits_for_its_byte(void)
{
    bench_t bench = bench_new();
    faultproxy_fault_t cut = { .kind = FAULTPROXY_RESET, .direction = FAULTPROXY_TO_CLIENT, .at = 4 };
    set(&bench, FAULTPROXY_NEXT, cut);
    ends_t ends = join(&bench);
    say(ends.server, "abcd");
    CHECK_STR(hear(ends.client, 4), "abcd");
    say(ends.client, "up");
    CHECK_STR(hear(ends.server, 2), "up");
    CHECK_INT(faultproxy_counters(bench.proxy).faults, 0);
    shutdown(ends.server, SHUT_WR);
    check_end(ends.client, true);
    part(&ends);
    cut.eager = true;
    set(&bench, FAULTPROXY_NEXT, cut);
    ends = join(&bench);
    say(ends.server, "abcd");
    CHECK_STR(hear(ends.client, 4), "abcd");
    check_end(ends.client, true);
    part(&ends);
    bench_free(&bench);
}

static void test_half_close(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT,
        (faultproxy_fault_t){ .kind = FAULTPROXY_HALF_CLOSE, .direction = FAULTPROXY_TO_CLIENT, .at = 2 });
    ends_t ends = join(&bench);
    say(ends.server, "abcd");
    CHECK_STR(hear(ends.client, 10), "ab");
    CHECK_INT(errno, 0);
    say(ends.client, "up");
    CHECK_STR(hear(ends.server, 2), "up");
    pthread_t down;
    pthread_create(&down, NULL, send_large, &ends.server);
    pthread_join(down, NULL);
    say(ends.client, "still");
    CHECK_STR(hear(ends.server, 5), "still");
    close(ends.client);
    check_end(ends.server, false);
    close(ends.server);
    CHECK(faultproxy_wait(bench.proxy, none_open, NULL, PATIENCE_MS));
    CHECK_INT(faultproxy_counters(bench.proxy).to_client, 2);
    bench_free(&bench);
}

static void test_drop(void)
{
    bench_t bench = bench_new();
    ends_t first = join(&bench), second = join(&bench), third = join(&bench);
    faultproxy_drop(bench.proxy, 2, true);
    CHECK_INT(faultproxy_counters(bench.proxy).open, 2);
    check_end(second.client, true);
    check_end(second.server, true);
    say(first.client, "alive");
    CHECK_STR(hear(first.server, 5), "alive");
    faultproxy_drop(bench.proxy, FAULTPROXY_EVERY, false);
    CHECK_INT(faultproxy_counters(bench.proxy).open, 0);
    check_end(first.client, false);
    check_end(third.server, false);
    ends_t fourth = join(&bench);
    say(fourth.client, "alive");
    CHECK_STR(hear(fourth.server, 5), "alive");
    part(&first);
    part(&second);
    part(&third);
    part(&fourth);
    bench_free(&bench);
}

/* ---- others ---- */

static void test_corrupt(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_CORRUPT, .at = 1, .mask = 0x20 });
    ends_t ends = join(&bench);
    say(ends.server, "abc");
    CHECK_STR(hear(ends.client, 3), "aBc");
    say(ends.client, "xyz");
    CHECK_STR(hear(ends.server, 3), "xYz");
    set(&bench, FAULTPROXY_OPEN, (faultproxy_fault_t){ .kind = FAULTPROXY_CORRUPT, .direction = FAULTPROXY_TO_CLIENT, .at = 1,
                                                       .from_now = true, .mask = 1 });
    say(ends.server, "aaa");
    CHECK_STR(hear(ends.client, 3), "a`a");
    part(&ends);
    bench_free(&bench);
}

static void test_refuse(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_REFUSE });
    int client = dial(faultproxy_port(bench.proxy));
    check_end(client, true);
    close(client);
    CHECK(silent(bench.listener));
    CHECK_INT(faultproxy_counters(bench.proxy).refused, 1);
    ends_t ends = join(&bench);
    faultproxy_fault_t late = { .kind = FAULTPROXY_REFUSE };
    CHECK_INT(faultproxy_set(bench.proxy, FAULTPROXY_OPEN, &late), -1);
    CHECK_INT(faultproxy_set(bench.proxy, 2, &late), -1);
    CHECK_INT(errno, EINVAL);
    part(&ends);
    bench_free(&bench);
}

static void test_listen(void)
{
    bench_t bench = bench_new();
    ends_t ends = join(&bench);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(faultproxy_listen(bench.proxy, false), 0);
        CHECK_INT(dial(faultproxy_port(bench.proxy)), -1);
        CHECK_INT(errno, ECONNREFUSED);
        say(ends.client, "alive");
        CHECK_STR(hear(ends.server, 5), "alive");
        CHECK_INT(faultproxy_listen(bench.proxy, true), 0);
        ends_t again = join(&bench);
        part(&again);
    }
    faultproxy_listen(bench.proxy, false);
    faultproxy_clear(bench.proxy);
    ends_t last = join(&bench);
    part(&last);
    part(&ends);
    bench_free(&bench);
}

/* Which of four connections, two of them open when the fault is set, are cut. */
static void check_cut(faultproxy_connection_t which, const char *expected)
{
    bench_t bench = bench_new();
    ends_t ends[4];
    char cut[5] = "";
    for (int i = 0; i < 4; i++) {
        if (i == 2)
            set(&bench, which, (faultproxy_fault_t){ .kind = FAULTPROXY_CLOSE, .direction = FAULTPROXY_TO_CLIENT });
        ends[i] = join(&bench);
    }
    for (int i = 0; i < 4; i++) {
        say(ends[i].server, "x");
        cut[i] = *hear(ends[i].client, 1) ? '-' : 'c';
        part(&ends[i]);
    }
    CHECK_STR(cut, expected);
    bench_free(&bench);
}

static void test_which_connections(void)
{
    check_cut(FAULTPROXY_EVERY, "cccc");
    check_cut(FAULTPROXY_OPEN, "cc--");
    check_cut(FAULTPROXY_NEW, "--cc");
    check_cut(FAULTPROXY_NEXT, "--c-");
    check_cut(1, "c---");
    check_cut(4, "---c");
}

static void test_clear(void)
{
    bench_t bench = bench_new();
    faultproxy_choice_t choice = { .weight = 1, .fault = { .kind = FAULTPROXY_REFUSE } };
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL });
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_RESET, .at = 2 });
    ends_t ends = join(&bench);
    set(&bench, FAULTPROXY_NEW, (faultproxy_fault_t){ .kind = FAULTPROXY_REFUSE });
    faultproxy_random(bench.proxy, 1, &choice, 1);
    say(ends.server, "abcd");
    CHECK(await_faults(&bench, 1));
    faultproxy_clear(bench.proxy);
    CHECK_STR(hear(ends.client, 4), "abcd");
    ends_t other = join(&bench);
    part(&other);
    part(&ends);
    bench_free(&bench);
}

static void test_faults_add_up(void)
{
    bench_t bench = bench_new();
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_DRIBBLE });
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_CORRUPT, .at = 1, .mask = 0x20 });
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_DELAY, .at = 3, .ms = 30 });
    set(&bench, FAULTPROXY_NEXT, (faultproxy_fault_t){ .kind = FAULTPROXY_RESET, .at = 3 });
    ends_t ends = join(&bench);
    int64_t start = now_ms();
    say(ends.server, "abcdef");
    CHECK_STR(hear(ends.client, 3), "aBc");
    check_end(ends.client, true);
    CHECK(now_ms() - start >= 30);
    part(&ends);
    bench_free(&bench);
}

static void test_misuse(void)
{
    bench_t bench = bench_new();
    faultproxy_fault_t wrong[] = { { .kind = (faultproxy_kind_t)99 }, { .direction = (faultproxy_direction_t)3 },
                                   { .at = 5, .at_max = 4 }, { .ms = 5, .ms_max = 4 } };
    faultproxy_choice_t choice = { .weight = 0 };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK_INT(faultproxy_set(bench.proxy, FAULTPROXY_EVERY, &wrong[i]), -1);
        CHECK_INT(errno, EINVAL);
    }
    CHECK_INT(faultproxy_random(bench.proxy, 1, &choice, 1), -1);
    CHECK_INT(errno, EINVAL);
    uint64_t never = 1;
    CHECK(!faultproxy_wait(bench.proxy, faults_acted, &never, 20));
    bench_free(&bench);
}

/* ---- random faults ---- */

/* The fates of connections under a seed: how many bytes of ten each client gets, or r when it is refused. */
static void draw_fates(uint64_t seed, char *fates, size_t count)
{
    static const faultproxy_choice_t choices[] = {
        { .weight = 3, .fault = { .kind = FAULTPROXY_NONE } },
        { .weight = 5, .fault = { .kind = FAULTPROXY_CLOSE, .direction = FAULTPROXY_TO_CLIENT, .at = 1, .at_max = 8 } },
        { .weight = 0, .fault = { .kind = FAULTPROXY_STALL } },
        { .weight = 2, .fault = { .kind = FAULTPROXY_REFUSE } },
    };
    bench_t bench = bench_new();
    CHECK_INT(faultproxy_random(bench.proxy, seed, choices, sizeof(choices) / sizeof(choices[0])), 0);
    for (size_t i = 0; i < count; i++) {
        uint64_t refused = faultproxy_counters(bench.proxy).refused;
        ends_t ends = { .client = dial(faultproxy_port(bench.proxy)), .server = -1 };
        struct pollfd both[2] = { { .fd = ends.client, .events = POLLIN }, { .fd = bench.listener, .events = POLLIN } };
        poll(both, 2, PATIENCE_MS);
        if (faultproxy_counters(bench.proxy).refused > refused) {
            fates[i] = 'r';
        } else {
            ends.server = patient(accept(bench.listener, NULL, NULL));
            say(ends.server, "0123456789");
            fates[i] = (char)('0' + strlen(hear(ends.client, 9)));
        }
        part(&ends);
    }
    fates[count] = '\0';
    bench_free(&bench);
}

static void test_random_repeats(void)
{
    char first[41], second[41], other[41];
    draw_fates(7, first, 40);
    draw_fates(7, second, 40);
    draw_fates(8, other, 40);
    CHECK_STR(second, first);
    CHECK(strcmp(other, first) != 0);
    CHECK(strchr(first, 'r') && strchr(first, '9') && strpbrk(first, "1234") && strpbrk(first, "5678"));
    CHECK(strspn(first, "r123456789") == 40);
}

/* ---- text ---- */

static void test_parse(void)
{
    char message[160];
    faultproxy_connection_t which;
    faultproxy_fault_t fault;
    CHECK_INT(faultproxy_parse("reset,to-client,at=100-200,next,eager", &which, &fault, message, sizeof(message)), 0);
    CHECK(which == FAULTPROXY_NEXT && fault.kind == FAULTPROXY_RESET && fault.direction == FAULTPROXY_TO_CLIENT);
    CHECK(fault.at == 100 && fault.at_max == 200 && fault.eager && !fault.from_now);
    CHECK_INT(faultproxy_parse(" limit  rate=5000 to-server from-now connection=7 ms=1-2 mask=0x0f", &which, &fault, message,
                               sizeof(message)), 0);
    CHECK(which == 7 && fault.kind == FAULTPROXY_LIMIT && fault.rate == 5000 && fault.from_now && fault.mask == 15);
    CHECK(fault.ms == 1 && fault.ms_max == 2 && fault.direction == FAULTPROXY_TO_SERVER);
    static const char *const kinds[] = { "none", "delay", "delay-each", "stall", "close", "reset", "half-close", "dribble",
                                         "corrupt", "limit", "refuse" };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        CHECK_INT(faultproxy_parse(kinds[i], &which, &fault, message, sizeof(message)), 0);
        CHECK_INT(fault.kind, i);
        CHECK(which == FAULTPROXY_EVERY);
    }
    static const char *const wrong[] = {
        "", " , ", "explode", "to-client", "reset at", "reset at=", "reset at=x", "reset at=-1", "reset at=5-4", "reset at=1-",
        "reset mask=256", "reset ms=99999999999", "reset size=1", "reset connection=1-2",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK_INT(faultproxy_parse(wrong[i], &which, &fault, message, sizeof(message)), -1);
        CHECK(message[0] != '\0');
    }
    char longer[400];
    memset(longer, ' ', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    CHECK_INT(faultproxy_parse(longer, &which, &fault, message, sizeof(message)), -1);
}

/* ---- many threads, and what is left behind ---- */

static void *echo(void *argument)
{
    int listener = *(int *)argument, fd;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        char bytes[512];
        ssize_t len;
        patient(fd);
        while ((len = recv(fd, bytes, sizeof(bytes), 0)) > 0)
            if (send(fd, bytes, (size_t)len, MSG_NOSIGNAL) < 0)
                break;
        close(fd);
    }
    return NULL;
}

typedef struct crowd {
    bench_t bench;
    bool hurry;          /* visitors do not wait for long */
    unsigned long whole; /* replies that came whole */
    pthread_mutex_t lock;
} crowd_t;

static void *visit(void *argument)
{
    crowd_t *crowd = argument;
    for (int i = 0; i < 40; i++) {
        char bytes[200] = "visit", reply[200];
        size_t len = 0;
        ssize_t more = 1;
        int fd = dial(faultproxy_port(crowd->bench.proxy));
        if (fd < 0) {
            poll(NULL, 0, 1);
            continue;
        }
        struct timeval impatience = { .tv_usec = crowd->hurry ? 50000 : 0, .tv_sec = crowd->hurry ? 0 : PATIENCE_MS / 1000 };
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &impatience, sizeof(impatience));
        if (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) == sizeof(bytes))
            while (len < sizeof(reply) && (more = recv(fd, reply + len, sizeof(reply) - len, 0)) > 0)
                len += (size_t)more;
        close(fd);
        pthread_mutex_lock(&crowd->lock);
        crowd->whole += len == sizeof(reply) && memcmp(bytes, reply, len) == 0;
        pthread_mutex_unlock(&crowd->lock);
    }
    return NULL;
}

static void *meddle(void *argument)
{
    crowd_t *crowd = argument;
    faultproxy_t *proxy = crowd->bench.proxy;
    faultproxy_fault_t stall = { .kind = FAULTPROXY_STALL, .from_now = true };
    for (int i = 0; i < 30; i++) {
        faultproxy_set(proxy, i % 2 ? FAULTPROXY_OPEN : FAULTPROXY_NEXT, &stall);
        faultproxy_listen(proxy, i % 5 != 0);
        faultproxy_release(proxy, FAULTPROXY_EVERY);
        faultproxy_drop(proxy, FAULTPROXY_EVERY, i % 3 == 0);
        faultproxy_counters(proxy);
        poll(NULL, 0, 2);
    }
    faultproxy_listen(proxy, true);
    return NULL;
}

static void test_many_threads(void)
{
    static const faultproxy_choice_t choices[] = {
        { .weight = 6, .fault = { .kind = FAULTPROXY_NONE } },
        { .weight = 1, .fault = { .kind = FAULTPROXY_RESET, .at_max = 150 } },
        { .weight = 1, .fault = { .kind = FAULTPROXY_CLOSE, .direction = FAULTPROXY_TO_SERVER, .at_max = 150 } },
        { .weight = 1, .fault = { .kind = FAULTPROXY_DRIBBLE, .at = 100 } },
        { .weight = 1, .fault = { .kind = FAULTPROXY_STALL, .at_max = 150, .ms = 10 } },
        { .weight = 1, .fault = { .kind = FAULTPROXY_HALF_CLOSE, .direction = FAULTPROXY_TO_CLIENT, .at_max = 150 } },
        { .weight = 1, .fault = { .kind = FAULTPROXY_REFUSE } },
    };
    crowd_t crowd = { .bench = bench_new(), .hurry = true, .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t servers[4], clients[4], meddlers[2];
    faultproxy_random(crowd.bench.proxy, 42, choices, sizeof(choices) / sizeof(choices[0]));
    for (int i = 0; i < 4; i++)
        pthread_create(&servers[i], NULL, echo, &crowd.bench.listener);
    for (int i = 0; i < 4; i++)
        pthread_create(&clients[i], NULL, visit, &crowd);
    for (int i = 0; i < 2; i++)
        pthread_create(&meddlers[i], NULL, meddle, &crowd);
    for (int i = 0; i < 4; i++)
        pthread_join(clients[i], NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(meddlers[i], NULL);
    faultproxy_clear(crowd.bench.proxy);
    crowd.whole = 0;
    crowd.hurry = false;
    visit(&crowd);
    CHECK_INT(crowd.whole, 40);
    CHECK(faultproxy_wait(crowd.bench.proxy, none_open, NULL, PATIENCE_MS));
    shutdown(crowd.bench.listener, SHUT_RDWR);
    for (int i = 0; i < 4; i++)
        pthread_join(servers[i], NULL);
    bench_free(&crowd.bench);
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

static void test_stop_in_the_middle(void)
{
    int before = count_descriptors();
    bench_t bench = bench_new();
    set(&bench, 2, (faultproxy_fault_t){ .kind = FAULTPROXY_STALL });
    set(&bench, 3, (faultproxy_fault_t){ .kind = FAULTPROXY_LIMIT, .rate = 1 });
    ends_t ends[3];
    for (int i = 0; i < 3; i++) {
        ends[i] = join(&bench);
        say(ends[i].client, "some bytes");
        say(ends[i].server, "some more");
    }
    faultproxy_stop(bench.proxy);
    for (int i = 0; i < 3; i++)
        part(&ends[i]);
    close(bench.listener);
    CHECK_INT(count_descriptors(), before);
}

/* ---- the program ---- */

typedef struct child {
    pid_t pid;
    FILE *commands, *answers;
    int port;
} child_t;

static const char *answer(child_t *child)
{
    static char line[256];
    if (!fgets(line, sizeof(line), child->answers))
        return "(nothing)";
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static const char *ask(child_t *child, const char *command)
{
    fprintf(child->commands, "%s\n", command);
    fflush(child->commands);
    return answer(child);
}

static child_t spawn(int port, const char *fault)
{
    int to[2], from[2];
    char target[32];
    child_t child = { .pid = -1 };
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    CHECK(pipe(to) == 0 && pipe(from) == 0);
    child.pid = fork();
    if (child.pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        for (int fd = 3; fd < 1024; fd++)
            close(fd);
        execl(standalone, standalone, "--target", target, "--fault", fault, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    child.commands = fdopen(to[1], "w");
    child.answers = fdopen(from[0], "r");
    CHECK_INT(sscanf(answer(&child), "127.0.0.1:%d", &child.port), 1);
    return child;
}

static void check_exit(child_t *child, int code)
{
    int status = -1;
    waitpid(child->pid, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), code);
    fclose(child->answers);
}

static void test_program(void)
{
    int port, listener = listen_somewhere(&port);
    child_t child = spawn(port, "close,to-client,at=3,next");
    for (int i = 0; i < 2; i++) {
        ends_t ends = { .client = dial(child.port), .server = patient(accept(listener, NULL, NULL)) };
        say(ends.server, "abcdef");
        CHECK_STR(hear(ends.client, 6), i == 0 ? "abc" : "abcdef");
        if (i == 1) {
            CHECK_STR(ask(&child, "drop 1"), "ok");
            say(ends.client, "alive");
            CHECK_STR(hear(ends.server, 5), "alive");
            CHECK_STR(ask(&child, "drop 2"), "ok");
            check_end(ends.client, true);
        }
        part(&ends);
    }
    CHECK_STR(ask(&child, "counters"), "accepted=2 refused=0 failed=0 open=0 to_client=9 to_server=5 faults=1");
    CHECK_STR(ask(&child, "fault explode"), "error: explode: no such fault");
    CHECK_STR(ask(&child, "random 5"), "error: no choices");
    CHECK_STR(ask(&child, "choice 2 refuse"), "ok");
    CHECK_STR(ask(&child, "choice x refuse"), "error: not WEIGHT FAULT");
    CHECK_STR(ask(&child, "random 5"), "ok");
    int client = dial(child.port);
    check_end(client, true);
    close(client);
    CHECK_STR(ask(&child, "random off"), "ok");
    CHECK_STR(ask(&child, "release"), "ok");
    CHECK_STR(ask(&child, "listen off"), "ok");
    CHECK_INT(dial(child.port), -1);
    CHECK_STR(ask(&child, "clear"), "ok");
    client = dial(child.port);
    CHECK(client >= 0);
    close(client);
    CHECK_STR(ask(&child, "dance"), "error: no such command");
    fclose(child.commands);
    check_exit(&child, 0);
    close(listener);
}

static void test_program_ends_on_a_signal(void)
{
    child_t child = spawn(1, "refuse");
    kill(child.pid, SIGTERM);
    check_exit(&child, 0);
    fclose(child.commands);
}

int main(int argc, char **argv)
{
    standalone = argc > 1 ? argv[1] : NULL;
    RUN(test_passes_bytes_and_ends);
    RUN(test_passes_much_at_the_reader_s_pace);
    RUN(test_passes_resets);
    RUN(test_server_absent);
    RUN(test_start_fails);
    RUN(test_delay);
    RUN(test_delay_each);
    RUN(test_dribble);
    RUN(test_limit);
    RUN(test_stall_until_released);
    RUN(test_stall_for_a_time);
    RUN(test_stall_ends_with_the_client);
    RUN(test_release_takes_what_would_stall_later);
    RUN(test_cut_at_every_byte);
    RUN(test_cut_waits_for_its_byte);
    RUN(test_half_close);
    RUN(test_drop);
    RUN(test_corrupt);
    RUN(test_refuse);
    RUN(test_listen);
    RUN(test_which_connections);
    RUN(test_clear);
    RUN(test_faults_add_up);
    RUN(test_misuse);
    RUN(test_random_repeats);
    RUN(test_parse);
    RUN(test_many_threads);
    RUN(test_stop_in_the_middle);
    if (standalone) {
        RUN(test_program);
        RUN(test_program_ends_on_a_signal);
    }
    return test_end();
}
