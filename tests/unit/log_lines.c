/* kube_log_lines: lines whatever the pieces they come in. */
#include <kube/core/v1.h>
#include <kube/kube.h>

#include "faults.h"
#include "moved_clock.h"
#include "replay.h"
#include "test.h"

#define LOG "first\n\nthird is longer than the others\nlast, without an end"
#define LINES "first|" "|" "third is longer than the others|" "last, without an end|"

static kube_error_t err;

typedef struct seen {
    char text[512];
    size_t count, stop_at;
    int stop_with;
} seen_t;

static int see(const char *line, size_t len, void *userdata)
{
    seen_t *seen = userdata;
    size_t used = strlen(seen->text);
    snprintf(seen->text + used, sizeof seen->text - used, "%.*s|", (int)len, line);
    return ++seen->count == seen->stop_at ? seen->stop_with : 0;
}

static int lines(replay_t *replay, const kube_log_options_t *options, seen_t *seen)
{
    kube_client_t *client = replay_client(replay, NULL);
    if (!client)
        return KUBE_E_NO_MEMORY;
    int code = kube_log_lines(client, &kube_core_v1_pods, NULL, "web", options, see, seen, &err);
    kube_client_free(client);
    CHECK_INT(replay->open, 0);
    return code;
}

static void test_split_everywhere(void)
{
    static const reply_t replies[] = { REPLY(200, LOG) };
    for (size_t at = 0; at <= strlen(LOG); at++) {
        replay_t replay = REPLAY(replies);
        seen_t seen = { 0 };
        replay.split_at = at;
        CHECK_INT(lines(&replay, NULL, &seen), KUBE_OK);
        CHECK_STR(seen.text, LINES);
        CHECK_STR(replay.targets[0], "/api/v1/namespaces/here/pods/web/log");
        CHECK(!replay.multiplex[0]);
    }
}

static void test_long_lines(void)
{
    static const reply_t replies[] = { REPLY(200, "0123456789abcdef\n0123456789\n01234567890\n01234") };
    kube_log_options_t options = { .max_line_bytes = 10 };
    for (size_t piece = 0; piece < 20; piece++) {
        replay_t replay = REPLAY(replies);
        seen_t seen = { 0 };
        replay.piece = piece;
        CHECK_INT(lines(&replay, &options, &seen), KUBE_OK);
        CHECK_STR(seen.text, "0123456789|abcdef|0123456789|0123456789|0|01234|");
    }
}

static void test_options(void)
{
    static const reply_t replies[] = { REPLY(200, "x\n") };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    kube_log_options_t options = { .container = "c", .follow = true, .timestamps = true, .tail_lines = { true, 0 }, .since_seconds = { true, 5 } };
    CHECK_INT(lines(&replay, &options, &seen), KUBE_OK);
    CHECK_STR(seen.text, "x|");
    CHECK_STR(replay.targets[0], "/api/v1/namespaces/here/pods/web/log?container=c&follow=true&sinceSeconds=5&tailLines=0&timestamps=true");
    CHECK(!replay.multiplex[0]);
}

static void test_callback_ends(void)
{
    static const reply_t replies[] = { REPLY(200, LOG, .stays = true) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { .stop_at = 2, .stop_with = 3 };
    CHECK_INT(lines(&replay, NULL, &seen), 3);
    CHECK_STR(seen.text, "first||");
}

/* The client's time limit is not meant for a log that is followed; the call's own is. */
static void test_time(void)
{
    static const reply_t replies[] = { REPLY(200, "one\nhalf", .stays = true) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    kube_log_options_t options = { .follow = true, .call.timeout_ms = MINUTES_MS(10) };
    kube_client_options_t short_lived = { .timeout_ms = 1 };
    kube_client_t *client = replay_client(&replay, &short_lived);
    CHECK_INT(kube_log_lines(client, &kube_core_v1_pods, NULL, "web", &options, see, &seen, &err), KUBE_E_TIMEOUT);
    CHECK_STR(seen.text, "one|");
    kube_client_free(client);
}

/* What was handed over is not handed over again. */
static void test_cut(void)
{
    static const reply_t replies[] = { REPLY(200, LOG) };
    for (size_t at = 1; at < strlen(LOG); at++) {
        replay_t replay = REPLAY(replies);
        seen_t seen = { 0 };
        replay.cut_at = at;
        CHECK_INT(lines(&replay, NULL, &seen), KUBE_E_CONNECT);
        CHECK(strncmp(seen.text, LINES, strlen(seen.text)) == 0);
        CHECK_INT(replay.requests, 1);
    }
}

static void test_refused(void)
{
    static const reply_t replies[] = { REPLY(400, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"BadRequest\","
                                                  "\"message\":\"a container name must be specified\",\"code\":400}") };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    CHECK_INT(lines(&replay, NULL, &seen), KUBE_E_BAD_REQUEST);
    CHECK(strstr(err.message, "container name") != NULL);
    CHECK_INT(seen.count, 0);
}

static void test_usage(void)
{
    static const reply_t replies[] = { REPLY(200, "") };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    kube_client_t *client = replay_client(&replay, NULL);
    CHECK_INT(kube_log_lines(NULL, &kube_core_v1_pods, NULL, "web", NULL, see, &seen, &err), KUBE_E_USAGE);
    CHECK_INT(kube_log_lines(client, NULL, NULL, "web", NULL, see, &seen, &err), KUBE_E_USAGE);
    CHECK_INT(kube_log_lines(client, &kube_core_v1_pods, NULL, NULL, NULL, see, &seen, &err), KUBE_E_USAGE);
    CHECK_INT(kube_log_lines(client, &kube_core_v1_pods, NULL, "web", NULL, NULL, &seen, &err), KUBE_E_USAGE);
    CHECK_INT(replay.requests, 0);
    CHECK_INT(kube_log_lines(client, &kube_core_v1_pods, NULL, "web", NULL, see, &seen, &err), KUBE_OK);
    CHECK_INT(seen.count, 0);
    kube_client_free(client);
}

static bool lines_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, LOG) };
    replay_t replay = REPLAY(replies);
    seen_t seen = { 0 };
    replay.piece = 7;
    int code = lines(&replay, NULL, &seen);
    return code == KUBE_OK ? strcmp(seen.text, LINES) == 0 : code == KUBE_E_NO_MEMORY && faults.hit;
}

static void test_faults(void)
{
    CHECK(fault_loop(lines_with_faults) > 10);
}

int main(void)
{
    RUN(test_split_everywhere);
    RUN(test_long_lines);
    RUN(test_options);
    RUN(test_callback_ends);
    RUN_IN(without_waiting, test_time);
    RUN(test_cut);
    RUN(test_refused);
    RUN(test_usage);
    RUN(test_faults);
    return test_end();
}
