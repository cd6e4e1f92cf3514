/* Logs: kube-testserver has them without a kubelet. */
#include <pthread.h>

#include "cases.h"

static bool append(test_t *t, const char *lines)
{
    return CHECK_OK(t, kube_test_server_log_append(t->server->double_, t->ns, "web", NULL, lines, strlen(lines), &t->err));
}

static bool make_log(test_t *t, const char *lines)
{
    return make_pod(t, "web", "node-1") && append(t, lines);
}

/* The whole log as text of the case. */
static const char *whole(test_t *t, const kube_log_options_t *options)
{
    kube_buffer_t log = { 0 };
    CHECK_OK(t, kube_core_v1_pod_get_log(t->client, NULL, "web", options, &log, &t->err));
    const char *copy = text(t, "%s", log.data ? log.data : "");
    kube_buffer_dispose(&log);
    return copy;
}

typedef struct reader {
    test_t *t;
    kube_client_t *client;
    int lines, stop_after;
    size_t longest;
    const char *all;
    void (*act)(struct reader *reader, int line);
    faultproxy_t *proxy;
    kube_cancel_t *cancel;
} reader_t;

static int take_line(const char *line, size_t len, void *userdata)
{
    reader_t *reader = userdata;
    reader->all = text(reader->t, "%s%.*s|", reader->all ? reader->all : "", (int)len, line);
    reader->longest = len > reader->longest ? len : reader->longest;
    reader->lines++;
    if (reader->act)
        reader->act(reader, reader->lines);
    return reader->lines == reader->stop_after ? 42 : 0;
}

static int lines(test_t *t, const kube_log_options_t *options, reader_t *reader)
{
    reader->t = t;
    return kube_core_v1_pod_log_lines(reader->client ? reader->client : t->client, NULL, "web", options, take_line, reader, &t->err);
}

static void buffered(test_t *t)
{
    REQUIRE(t, make_log(t, "one\ntwo\nthree"));
    CHECK_STR(t, whole(t, NULL), "one\ntwo\nthree");
}

static void no_log_of(test_t *t)
{
    kube_buffer_t log = { 0 };
    CHECK_CODE(t, kube_core_v1_pod_get_log(t->client, NULL, "nobody", NULL, &log, &t->err), KUBE_E_NOT_FOUND);
    CHECK_INT(t, log.len, 0);
    REQUIRE(t, make_pod(t, "web", "node-1"));
    CHECK_CODE(t, kube_core_v1_pod_get_log(t->client, NULL, "web", &(kube_log_options_t){ .container = "none" }, &log, &t->err), KUBE_E_BAD_REQUEST);
    kube_buffer_dispose(&log);
}

static void tail_and_limit(test_t *t)
{
    REQUIRE(t, make_log(t, "one\ntwo\nthree\n"));
    CHECK_STR(t, whole(t, &(kube_log_options_t){ .tail_lines = KUBE_SOME(2) }), "two\nthree\n");
    CHECK_STR(t, whole(t, &(kube_log_options_t){ .limit_bytes = KUBE_SOME(5) }), "one\nt");
    CHECK_STR(t, whole(t, &(kube_log_options_t){ .tail_lines = KUBE_SOME(0) }), "");
}

static void timestamps(test_t *t)
{
    REQUIRE(t, make_log(t, "one\n"));
    const char *log = whole(t, &(kube_log_options_t){ .timestamps = true });
    CHECK(t, strlen(log) > 20 && log[4] == '-' && log[10] == 'T' && strstr(log, "Z one\n") != NULL);
}

static void since(test_t *t)
{
    REQUIRE(t, make_log(t, "old\n"));
    const char *log = "", *line = "";
    for (int i = 0; i < 5 && !*log; i++) { /* again when what is new was not any more by the time it was asked for */
        line = text(t, "new %d\n", i);
        pause_ms(2200);
        REQUIRE(t, append(t, line));
        log = whole(t, &(kube_log_options_t){ .since_seconds = KUBE_SOME(1) });
    }
    CHECK_STR(t, log, line);
}

static void line_by_line(test_t *t)
{
    reader_t reader = { 0 };
    REQUIRE(t, make_log(t, "one\n\ntwo words\nlast"));
    REQUIRE_OK(t, lines(t, NULL, &reader));
    CHECK_STR(t, reader.all, "one||two words|last|");
}

static void stops_when_told(test_t *t)
{
    reader_t reader = { .stop_after = 2 };
    REQUIRE(t, make_log(t, "one\ntwo\nthree\n"));
    CHECK_INT(t, lines(t, NULL, &reader), 42);
    CHECK_STR(t, reader.all, "one|two|");
}

/* Each line leads to the next one, so that a follower that waits for more than a line waits for ever. */
static void write_another(reader_t *reader, int line)
{
    if (line < 10)
        append(reader->t, text(reader->t, "line %d\n", line + 1));
    else
        CHECK_OK(reader->t, kube_test_server_log_end(reader->t->server->double_, reader->t->ns, "web", NULL, &reader->t->err));
}

static void followed(test_t *t)
{
    reader_t reader = { .act = write_another };
    REQUIRE(t, make_log(t, "line 1\n"));
    REQUIRE_OK(t, lines(t, &(kube_log_options_t){ .follow = true, .call.timeout_ms = CALL_MS }, &reader));
    CHECK_INT(t, reader.lines, 10);
    CHECK(t, reader.all && strstr(reader.all, "|line 9|line 10|") != NULL);
}

static void trip_soon(reader_t *reader, int line)
{
    (void)line;
    trip_after(reader->t, reader->cancel, 300);
}

static void canceled(test_t *t)
{
    reader_t reader = { .act = trip_soon, .cancel = new_cancel(t) };
    kube_log_options_t options = { .follow = true, .call.cancel = reader.cancel };
    REQUIRE(t, make_log(t, "one\n"));
    CHECK_CODE(t, lines(t, &options, &reader), KUBE_E_CANCELED);
    CHECK_STR(t, reader.all, "one|");
}

static void cut_proxy(reader_t *reader, int line)
{
    if (line == 1)
        faultproxy_drop(reader->proxy, FAULTPROXY_OPEN, true);
}

static void cut(test_t *t)
{
    reader_t reader = { .proxy = new_proxy(t), .act = cut_proxy };
    reader.client = new_client_through(t, reader.proxy, NULL);
    REQUIRE(t, reader.client && make_log(t, "one\n"));
    CHECK_CODE(t, lines(t, &(kube_log_options_t){ .follow = true, .call.timeout_ms = CALL_MS }, &reader), KUBE_E_CONNECT);
    CHECK_STR(t, reader.all, "one|");
}

static void long_lines(test_t *t)
{
    char big[5001];
    reader_t reader = { 0 };
    memset(big, 'x', sizeof big - 2);
    big[sizeof big - 2] = '\n';
    big[sizeof big - 1] = '\0';
    REQUIRE(t, make_log(t, big) && append(t, "end\n"));
    REQUIRE_OK(t, lines(t, &(kube_log_options_t){ .max_line_bytes = 1000 }, &reader));
    CHECK_INT(t, reader.longest, 1000);
    CHECK_INT(t, reader.lines, 6);
    CHECK_INT(t, strlen(reader.all), 4999 + 3 + 6);
}

static void bytes_of_any_kind(test_t *t)
{
    static const char odd[] = "a\0b\xff\xfe\r\nc\n";
    kube_buffer_t log = { 0 };
    REQUIRE(t, make_pod(t, "web", "node-1"));
    REQUIRE_OK(t, kube_test_server_log_append(t->server->double_, t->ns, "web", NULL, odd, sizeof odd - 1, &t->err));
    int code = kube_core_v1_pod_get_log(t->client, NULL, "web", NULL, &log, &t->err);
    CHECK_OK(t, code);
    CHECK(t, log.len == sizeof odd - 1 && memcmp(log.data, odd, log.len) == 0);
    kube_buffer_dispose(&log);
}

static void large(test_t *t)
{
    enum { LINES = 20000 };
    reader_t reader = { 0 };
    kube_buffer_t many = { 0 };
    for (int i = 0; i < LINES; i++)
        kube_buffer_printf(&many, "this is line number %d of a long log\n", i);
    REQUIRE(t, make_pod(t, "web", "node-1"));
    int code = kube_test_server_log_append(t->server->double_, t->ns, "web", NULL, many.data, many.len, &t->err);
    kube_buffer_t log = { 0 };
    if (code == KUBE_OK)
        code = kube_core_v1_pod_get_log(t->client, NULL, "web", NULL, &log, &t->err);
    CHECK(t, log.len == many.len && memcmp(log.data, many.data, log.len) == 0);
    kube_buffer_dispose(&many);
    kube_buffer_dispose(&log);
    REQUIRE_OK(t, code);
    REQUIRE_OK(t, lines(t, &(kube_log_options_t){ .tail_lines = KUBE_SOME(100) }, &reader));
    CHECK_INT(t, reader.lines, 100);
}

const test_case_t logs_cases[] = {
    { "log/whole", buffered },
    { "log/of-nobody", no_log_of },
    { "log/tail-and-limit", tail_and_limit },
    { "log/timestamps", timestamps },
    { "log/since", since },
    { "log/line-by-line", line_by_line },
    { "log/stops-when-told", stops_when_told },
    { "log/followed", followed },
    { "log/canceled", canceled },
    { "log/cut", cut },
    { "log/long-lines", long_lines },
    { "log/bytes-of-any-kind", bytes_of_any_kind },
    { "log/large", large },
    { 0 },
};
