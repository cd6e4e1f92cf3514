/* Watches from replays: initial states, resumption, expiry, failures; every stream split and cut at every byte. */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <kube/meta/v1.h>
#include <pthread.h>

#include "client/watcher.h"
#include "faults.h"
#include "moved_clock.h"
#include "patience.h"
#include "replay.h"

#define OBJECT(name, version) \
    "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" version "\"}}"
#define EVENT(type, name, version) "{\"type\":\"" type "\",\"object\":" OBJECT(name, version) "}\n"
#define BOOKMARK(version)                                                                                             \
    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" version "\"}}}\n"
#define END_MARK(version)                                                                                                               \
    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" version "\"," \
    "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n"
#define STATUS(code, reason, more)                                                                                 \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"because\",\"reason\":\"" reason \
    "\"" more ",\"code\":" code "}"
#define ERROR_EVENT(code, reason, more) "{\"type\":\"ERROR\",\"object\":" STATUS(code, reason, more) "}\n"
#define LIST(version, token, items)                                                                                               \
    "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"" version "\",\"continue\":\"" token "\"}," \
    "\"items\":[" items "]}"
#define ITEM(name, version) "{\"metadata\":{\"name\":\"" name "\",\"resourceVersion\":\"" version "\"}}"

/* An initial state of two objects at version 10, two changes, and what comes of them. */
#define INITIAL EVENT("ADDED", "a", "9") EVENT("ADDED", "b", "3") END_MARK("10")
#define CHANGES EVENT("MODIFIED", "a", "11") EVENT("DELETED", "b", "12")
#define INITIAL_SEEN "+a +b =10 "
#define CHANGES_SEEN "~a -b "

#define PATH "/api/v1/namespaces/here/configmaps?"
#define WATCH_LIST PATH "allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=400&watch=true"
#define WATCH_FROM(version) PATH "allowWatchBookmarks=true&resourceVersion=" version "&timeoutSeconds=400&watch=true"

/* ---- a watch whose pauses are skipped ---- */

typedef struct run {
    replay_t *replay;
    kube_client_t *client;
    kube_waiter_t waiter;
    kube_watcher_t watcher;
    kube_error_t err;
    bool begun;
    char seen[1024];   /* "+a ~a -a *a": what was handed over; "=10": synced, at that version; "!": restarted */
    size_t pauses;
    int64_t pause_us;  /* the last one */
    int64_t wait_us;   /* until when the last wait would last, from then */
} run_t;

static int begin(run_t *run, replay_t *replay, const kube_watch_options_t *options, const kube_client_options_t *client_options)
{
    static const kube_watch_options_t usual = { .timeout_seconds = 400 };
    *run = (run_t){ .replay = replay, .client = replay_client(replay, client_options) };
    if (!run->client || !kube_waiter_init(&run->waiter, run->client->engine, options ? options->call.cancel : NULL, false))
        return KUBE_E_NO_MEMORY;
    run->begun = true;
    return kube_watcher_begin(&run->watcher, run->client, &run->waiter, &kube_core_v1_config_maps, NULL, options ? options : &usual, &run->err);
}

static void end(run_t *run, const replay_t *replay)
{
    if (run->begun) {
        kube_watcher_dispose(&run->watcher);
        kube_waiter_dispose(&run->waiter);
    }
    CHECK_INT(replay->open, 0);
    kube_client_free(run->client);
}

static void note(run_t *run, const kube_event_t *event)
{
    static const char signs[] = "?+~-=!*";
    const kube_core_v1_config_map_t *map = event->object;
    size_t used = strlen(run->seen);
    const char *what = "";
    if (event->type == KUBE_EVENT_SYNCED)
        what = run->watcher.version.len ? run->watcher.version.data : "nothing";
    else if (event->type == KUBE_EVENT_BOOKMARK)
        what = map->metadata->resource_version;
    else if (map)
        what = map->metadata->name;
    snprintf(run->seen + used, sizeof run->seen - used, "%c%s ", signs[event->type], what);
}

/* One step; pauses take no time, and nothing else does: the clock stands. */
static kube_step_t step(run_t *run)
{
    kube_event_t event;
    kube_step_t step = kube_watcher_step(&run->watcher, &event);
    int64_t now = kube_now_us();
    if (step == KUBE_STEP_ITEM)
        note(run, &event);
    if (step == KUBE_STEP_WAIT && run->watcher.state == KUBE_WATCHER_PAUSE) {
        run->pauses++;
        run->pause_us = run->watcher.pause_until - now;
        run->watcher.pause_until = now;
    } else if (step == KUBE_STEP_WAIT) {
        run->wait_us = run->watcher.due - now;
    }
    return step;
}

/* Until the watch has ended, or nothing more comes: the replay has nothing left, and no page waits to be asked for again. */
static int follow(run_t *run)
{
    for (int quiet = 0; quiet < 3;) {
        kube_step_t last = step(run);
        if (last == KUBE_STEP_END)
            return run->watcher.code;
        if (last != KUBE_STEP_WAIT || run->watcher.state == KUBE_WATCHER_PAUSE) {
            quiet = 0;
            continue;
        }
        int64_t now = kube_now_us();
        bool soon = run->watcher.due < now + 200000;
        quiet = soon || replay_ready(run->replay) ? 0 : quiet + 1;
        kube_waiter_wait(&run->waiter, soon ? run->watcher.due : now + (quiet ? 200 : 20000));
    }
    return KUBE_OK;
}

static int watch(run_t *run, replay_t *replay, const kube_watch_options_t *options)
{
    int code = begin(run, replay, options, NULL);
    if (code == KUBE_OK)
        code = follow(run);
    return code;
}

/* ---- the initial state as events ---- */

static void test_watch_list(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES BOOKMARK("20"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN);
    CHECK_STR(run.watcher.version.data, "20");
    CHECK_STR(replay.targets[0], WATCH_LIST);
    CHECK(replay.multiplex[0]);
    end(&run, &replay);
}

static void test_split_everywhere(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES BOOKMARK("20"), .stays = true) };
    size_t len = strlen(replies[0].body);
    for (size_t at = 0; at <= len; at++) {
        replay_t replay = REPLAY(replies);
        run_t run;
        if (at == len)
            replay.piece = 1;
        replay.split_at = at;
        CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
        CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN);
        end(&run, &replay);
    }
}

static void test_paused(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES, .stays = true) };
    static const kube_client_options_t small = { .queue_bytes = 16 };
    replay_t replay = REPLAY(replies);
    run_t run;
    replay.piece = 10;
    CHECK_INT(begin(&run, &replay, NULL, &small), KUBE_OK);
    CHECK_INT(follow(&run), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN);
    end(&run, &replay);
}

/* The first reply is cut at every byte, the second is whole, and what comes after the last event seen is handed over once. */
static void test_cut_everywhere(void)
{
    static const reply_t again[] = { REPLY(200, INITIAL CHANGES), REPLY(200, INITIAL CHANGES, .stays = true) };
    static const reply_t from_10[] = { REPLY(200, INITIAL CHANGES), REPLY(200, CHANGES, .stays = true) };
    static const reply_t from_11[] = { REPLY(200, INITIAL CHANGES), REPLY(200, EVENT("DELETED", "b", "12"), .stays = true) };
    static const reply_t from_12[] = { REPLY(200, INITIAL CHANGES), REPLY(200, BOOKMARK("15"), .stays = true) };
    const char *first_end = strchr(INITIAL, '\n'), *whole = again[0].body;
    size_t synced = strlen(INITIAL) - 1, changed = synced + strlen(EVENT("MODIFIED", "a", "11"));
    for (size_t at = 0; at <= strlen(whole); at++) {
        bool initial = at < synced;
        const reply_t *replies = initial ? again : at < changed ? from_10 : at < strlen(whole) - 1 ? from_11 : from_12;
        replay_t replay = replay_of(replies, 2);
        run_t run;
        replay.cut_at = at;
        CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
        CHECK_INT(replay.requests, 2);
        if (initial) {
            const char *restarted = strchr(run.seen, '!');
            CHECK((restarted != NULL) == (at >= (size_t)(first_end - INITIAL)));
            CHECK_STR(restarted ? restarted + 2 : run.seen, INITIAL_SEEN CHANGES_SEEN);
            CHECK_STR(replay.targets[1], WATCH_LIST);
            CHECK_INT(run.pauses, 1);
        } else {
            CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN);
            CHECK_STR(replay.targets[1], replies == from_10 ? WATCH_FROM("10") : replies == from_11 ? WATCH_FROM("11") : WATCH_FROM("12"));
            CHECK_INT(run.pauses, 0);
        }
        end(&run, &replay);
    }
}

/* The initial state comes in any order, bookmarks within it are none to resume at, and changes may come before its end. */
static void test_initial_events_never_advance(void)
{
    static const reply_t replies[] = { REPLY(200, EVENT("ADDED", "a", "9") BOOKMARK("8") EVENT("MODIFIED", "a", "12") EVENT("DELETED", "a", "13"),
                                             .fails = KUBE_E_CONNECT),
                                       REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(run.seen, "+a ~a -a ! " INITIAL_SEEN);
    CHECK_STR(replay.targets[1], WATCH_LIST);
    end(&run, &replay);
}

static void test_no_version_before_the_end(void)
{
    static const reply_t replies[] = { REPLY(200, EVENT("ADDED", "a", "9"), .stays = true) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    kube_watch_t *one = NULL;
    kube_event_t event;
    kube_error_t err;
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &one, &err), KUBE_OK);
    CHECK_INT(replay.requests, 0);
    CHECK_INT(kube_watch_next(one, &event, &err), KUBE_OK);
    CHECK_INT(event.type, KUBE_EVENT_ADDED);
    CHECK(!kube_watch_resource_version(one));
    CHECK_INT(kube_watch_next_within(one, 10, &event, &err), KUBE_E_TIMEOUT);
    CHECK_INT(kube_watch_next_within(one, 0, &event, &err), KUBE_E_TIMEOUT);
    CHECK_INT(event.type, 0);
    CHECK(!event.object);
    kube_watch_free(one);
    CHECK(!kube_watch_resource_version(NULL));
    kube_client_free(client);
}

static void test_empty_state(void)
{
    static const reply_t replies[] = { REPLY(200, END_MARK("5"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(run.seen, "=5 ");
    end(&run, &replay);
}

/* ---- the initial state by a list ---- */

#define LIST_TARGET PATH "limit=500"

static void check_listed(run_t *run, const replay_t *replay, size_t first)
{
    CHECK_STR(run->seen, "+a +b +c =10 " CHANGES_SEEN);
    CHECK_STR(replay->targets[first], LIST_TARGET);
    CHECK(!replay->multiplex[first]);
    CHECK_STR(replay->targets[first + 1], PATH "continue=more&limit=500");
    CHECK_STR(replay->targets[first + 2], WATCH_FROM("10"));
    CHECK_STR(run->watcher.version.data, "12");
}

#define PAGES REPLY(200, LIST("10", "more", ITEM("a", "9") "," ITEM("b", "3"))), REPLY(200, LIST("10", "", ITEM("c", "4")))

static void test_no_watch_list(void)
{
    static const reply_t replies[] = { PAGES, REPLY(200, CHANGES, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .no_watch_list = true, .timeout_seconds = 400 }), KUBE_OK);
    check_listed(&run, &replay, 0);
    end(&run, &replay);
}

static void test_refused_watch_list(void)
{
    static const reply_t replies[][4] = {
        { REPLY(422, STATUS("422", "Invalid", "")), PAGES, REPLY(200, CHANGES, .stays = true) },
        { REPLY(400, STATUS("400", "BadRequest", "")), PAGES, REPLY(200, CHANGES, .stays = true) },
        { REPLY(400, "what is sendInitialEvents?"), PAGES, REPLY(200, CHANGES, .stays = true) },
        { REPLY(200, ERROR_EVENT("422", "Invalid", "")), PAGES, REPLY(200, CHANGES, .stays = true) },
    };
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        replay_t replay = replay_of(replies[i], 4);
        run_t run;
        CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
        check_listed(&run, &replay, 1);
        CHECK_INT(run.pauses, 0);
        end(&run, &replay);
    }
}

/* A server that ignores sendInitialEvents sends no end mark, with or without the objects there are. */
static void test_no_end_mark(void)
{
    static const reply_t replies[][4] = {
        { REPLY(200, EVENT("ADDED", "a", "9"), .stays = true), PAGES, REPLY(200, CHANGES, .stays = true) },
        { REPLY(200, "", .stays = true), PAGES, REPLY(200, CHANGES, .stays = true) },
    };
    for (size_t i = 0; i < 2; i++) {
        replay_t replay = replay_of(replies[i], 4);
        run_t run;
        CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
        CHECK_STR(run.seen, i == 0 ? "+a " : "");
        CHECK(run.wait_us > 9000000 && run.wait_us <= 10000000);
        run.watcher.stream.heard -= 10000000;
        *run.seen = '\0';
        CHECK_INT(follow(&run), KUBE_OK);
        CHECK(i == 1 || strncmp(run.seen, "! ", 2) == 0);
        memmove(run.seen, run.seen + (i == 0 ? 2 : 0), strlen(run.seen + (i == 0 ? 2 : 0)) + 1);
        check_listed(&run, &replay, 1);
        end(&run, &replay);
    }
}

/* As long as no head has come, the server is slow, not ignorant. */
static void test_slow_head(void)
{
    static const reply_t replies[] = { REPLY(200, "", .silent = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    run.watcher.stream.heard -= 11000000;
    CHECK_INT(follow(&run), KUBE_OK);
    CHECK_INT(replay.requests, 1);
    end(&run, &replay);
}

static void test_list_cut(void)
{
    static const reply_t replies[] = { REPLY(200, LIST("10", "more", ITEM("a", "9") "," ITEM("b", "3"))),
                                       PAGES, REPLY(200, CHANGES, .stays = true) };
    size_t len = strlen(replies[0].body), first_end = (size_t)(strstr(replies[0].body, ITEM("a", "9")) - replies[0].body) + strlen(ITEM("a", "9"));
    for (size_t at = 1; at < len; at += at < first_end - 2 ? 7 : 1) {
        replay_t replay = REPLAY(replies);
        run_t run;
        replay.cut_at = at;
        CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .no_watch_list = true, .timeout_seconds = 400 }), KUBE_OK);
        const char *restarted = strchr(run.seen, '!');
        if (restarted)
            memmove(run.seen, restarted + 2, strlen(restarted + 2) + 1);
        CHECK((at > first_end) <= (restarted != NULL));
        CHECK((at < first_end) <= (restarted == NULL));
        check_listed(&run, &replay, 1);
        end(&run, &replay);
    }
}

/* A list whose second page comes too late is asked for in one. */
static void test_list_expired(void)
{
    static const reply_t replies[] = { REPLY(200, LIST("10", "more", ITEM("a", "9"))), REPLY(410, STATUS("410", "Expired", "")),
                                       REPLY(200, LIST("30", "", ITEM("a", "9") "," ITEM("b", "20"))), REPLY(200, "", .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .no_watch_list = true, .timeout_seconds = 400 }), KUBE_OK);
    CHECK_STR(run.seen, "+a ! +a +b =30 ");
    CHECK_STR(replay.targets[2], "/api/v1/namespaces/here/configmaps");
    CHECK_STR(replay.targets[3], WATCH_FROM("30"));
    end(&run, &replay);
}

static void test_list_without_version(void)
{
    static const reply_t replies[] = { REPLY(200, "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"items\":[]}") };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .no_watch_list = true }), KUBE_E_PARSE);
    end(&run, &replay);
}

/* ---- where to begin ---- */

static void test_from_version(void)
{
    static const reply_t replies[] = { REPLY(200, CHANGES, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .resource_version = "10", .timeout_seconds = 400 }), KUBE_OK);
    CHECK_STR(run.seen, CHANGES_SEEN);
    CHECK_STR(replay.targets[0], WATCH_FROM("10"));
    end(&run, &replay);
}

static void test_only_changes(void)
{
    static const reply_t replies[] = { REPLY(200, LIST("10", "more", ITEM("a", "9"))), REPLY(200, CHANGES, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .only_changes = true, .timeout_seconds = 400 }), KUBE_OK);
    CHECK_STR(run.seen, CHANGES_SEEN);
    CHECK_STR(replay.targets[0], PATH "limit=1");
    CHECK_STR(replay.targets[1], WATCH_FROM("10"));
    end(&run, &replay);
}

static void test_selection(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    kube_watch_options_t options = { .label_selector = "l", .field_selector = "x=y", .name = "n,o", .timeout_seconds = 7 };
    CHECK_INT(watch(&run, &replay, &options), KUBE_OK);
    CHECK_STR(replay.targets[0], PATH "allowWatchBookmarks=true&fieldSelector=metadata.name%3Dn%5C%2Co%2Cx%3Dy&labelSelector=l&"
                                      "resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=7&watch=true");
    end(&run, &replay);
}

static void test_random_timeout(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    for (int i = 0; i < 20; i++) {
        replay_t replay = REPLAY(replies);
        run_t run;
        CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ 0 }), KUBE_OK);
        int seconds = atoi(strstr(replay.targets[0], "timeoutSeconds=") + strlen("timeoutSeconds="));
        CHECK(seconds >= 300 && seconds < 600);
        end(&run, &replay);
    }
}

static void test_bookmarks(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL BOOKMARK("15") EVENT("MODIFIED", "a", "16"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .bookmarks = true }), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN "*15 ~a ");
    end(&run, &replay);
}

/* ---- resuming ---- */

/* Ended by the server as agreed. */
static void test_resume_at_once(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES BOOKMARK("20")), REPLY(200, EVENT("ADDED", "c", "21"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN "+c ");
    CHECK_STR(replay.targets[1], WATCH_FROM("20"));
    CHECK_INT(run.pauses, 0);
    end(&run, &replay);
}

static void test_repeated_events(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES),
                                       REPLY(200, CHANGES EVENT("DELETED", "c", "5") EVENT("ADDED", "d", "100") EVENT("MODIFIED", "d", "99"),
                                             .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    /* A deletion may bear an old version; and once younger events have come, a server with an order of its own is believed. */
    CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN "-c +d ~d ");
    end(&run, &replay);
}

static void test_short_watches(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL), REPLY(200, ""), REPLY(200, ""), REPLY(200, ""), REPLY(200, ""), REPLY(200, ""),
                                       REPLY(200, ""), REPLY(200, ""), REPLY(200, EVENT("ADDED", "c", "21"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN "+c ");
    CHECK_INT(run.pauses, 7);
    CHECK(run.pause_us >= 29000000 && run.pause_us <= 60000000);
    end(&run, &replay);
}

static void test_pauses_double(void)
{
    static const reply_t replies[] = { REPLY(0, NULL, .fails = KUBE_E_CONNECT, .unsent = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(begin(&run, &replay, NULL, NULL), KUBE_OK);
    for (int64_t least = 800000; run.pauses < 12; least = least * 2 < 30000000 ? least * 2 : 30000000) {
        size_t before = run.pauses;
        while (run.pauses == before) {
            if (step(&run) == KUBE_STEP_WAIT && run.pauses == before)
                kube_waiter_wait(&run.waiter, run.watcher.due);
        }
        CHECK(run.pause_us > least - 10000 && run.pause_us < 2 * least);
    }
    /* Two minutes without one, and it begins with the shortest. */
    run.watcher.pause_until -= 121000000;
    CHECK_INT(run.watcher.pause_us, 30000000);
    size_t before = run.pauses;
    while (run.pauses == before) {
        if (step(&run) == KUBE_STEP_WAIT && run.pauses == before)
            kube_waiter_wait(&run.waiter, run.watcher.due);
    }
    CHECK_INT(run.watcher.pause_us, 800000);
    end(&run, &replay);
}

static void test_idle(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true), REPLY(200, EVENT("ADDED", "c", "21"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .idle_timeout_ms = 5000, .timeout_seconds = 400 }), KUBE_OK);
    CHECK(run.wait_us > 4000000 && run.wait_us <= 5000000);
    run.watcher.stream.heard -= 5000000;
    CHECK_INT(follow(&run), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN "+c ");
    CHECK_STR(replay.targets[1], WATCH_FROM("10"));
    CHECK_INT(replay.suspected, 1);
    end(&run, &replay);
}

/* ---- history that went backwards ---- */

#define LIST_ONE PATH "limit=1"

/* A watch whose first request is cut short, and whose second one is silent for longer than servers are. */
static int watch_in_doubt(run_t *run, replay_t *replay, const kube_watch_options_t *options)
{
    CHECK_INT(watch(run, replay, options), KUBE_OK);
    CHECK_STR(run->seen, INITIAL_SEEN);
    CHECK_INT(replay->requests, 2);
    CHECK_STR(replay->targets[1], WATCH_FROM("10"));
    CHECK(run->wait_us > 119000000 && run->wait_us <= 120000000);
    run->watcher.doubt_at -= 120000000;
    return follow(run);
}

static void test_history_goes_backwards(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL), REPLY(200, "", .stays = true), REPLY(200, LIST("9", "more", ITEM("z", "1"))),
                                       REPLY(200, END_MARK("9"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch_in_doubt(&run, &replay, &(kube_watch_options_t){ .timeout_seconds = 400 }), KUBE_E_EXPIRED);
    CHECK_STR(run.watcher.err->message, "the server's history went backwards: it has come to version 9, the watch to 10");
    CHECK_STR(replay.targets[2], LIST_ONE);
    CHECK_STR(run.seen, INITIAL_SEEN);
    end(&run, &replay);
    replay = (replay_t)REPLAY(replies);
    CHECK_INT(watch_in_doubt(&run, &replay, &(kube_watch_options_t){ .timeout_seconds = 400, .restart_when_expired = true }), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN "! =9 ");
    CHECK_STR(replay.targets[3], WATCH_LIST);
    end(&run, &replay);
}

/* What shows that it does not, or shows nothing: the watch goes on, and is not in doubt any more. */
static void test_history_goes_on(void)
{
    static const reply_t lists[] = { REPLY(200, LIST("10", "", "")), REPLY(200, LIST("11", "", "")), REPLY(200, LIST("", "", "")),
                                     REPLY(403, STATUS("403", "Forbidden", "")), REPLY(200, LIST("opaque", "", "")) };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const reply_t replies[] = { REPLY(200, INITIAL), REPLY(200, "", .stays = true), lists[i], REPLY(200, EVENT("ADDED", "c", "12"), .stays = true) };
        replay_t replay = REPLAY(replies);
        run_t run;
        CHECK_INT(watch_in_doubt(&run, &replay, NULL), KUBE_OK);
        CHECK_STR(run.seen, INITIAL_SEEN "+c ");
        CHECK_STR(replay.targets[3], WATCH_FROM("10"));
        CHECK(!run.watcher.in_doubt && run.wait_us > 400000000);
        end(&run, &replay);
    }
}

/* Neither a request that ended as agreed nor one after which something comes is a reason to ask. */
static void test_history_is_not_asked(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL), REPLY(200, BOOKMARK("11"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(replay.targets[1], WATCH_FROM("10"));
    CHECK(!run.watcher.in_doubt && run.wait_us > 429000000);
    end(&run, &replay);
    static const reply_t agreed[] = { REPLY(200, INITIAL, .stays = true), REPLY(200, "", .stays = true) };
    replay = (replay_t)REPLAY(agreed);
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    run.watcher.stream.overdue = 0;
    CHECK_INT(follow(&run), KUBE_OK);
    CHECK_INT(replay.requests, 2);
    CHECK(!run.watcher.in_doubt && run.wait_us > 429000000);
    end(&run, &replay);
}

static void test_overstay(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true), REPLY(200, EVENT("ADDED", "c", "21"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK(run.wait_us > 429000000 && run.wait_us <= 430000000);
    run.watcher.stream.overdue = 0;
    CHECK_INT(follow(&run), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN "+c ");
    CHECK_INT(replay.suspected, 1);
    end(&run, &replay);
}

/* ---- failures ---- */

static void test_expired(void)
{
    static const reply_t gone[][3] = {
        { REPLY(200, INITIAL), REPLY(410, STATUS("410", "Expired", "")), REPLY(200, END_MARK("50") EVENT("ADDED", "z", "51"), .stays = true) },
        { REPLY(200, INITIAL), REPLY(200, ERROR_EVENT("410", "Gone", "")), REPLY(200, END_MARK("50") EVENT("ADDED", "z", "51"), .stays = true) },
        { REPLY(200, INITIAL ERROR_EVENT("410", "Expired", "")), REPLY(200, END_MARK("50") EVENT("ADDED", "z", "51"), .stays = true) },
    };
    for (size_t i = 0; i < 3; i++) {
        replay_t replay = replay_of(gone[i], 3);
        run_t run;
        CHECK_INT(watch(&run, &replay, NULL), KUBE_E_EXPIRED);
        CHECK_INT(run.watcher.err->http_status, 410);
        CHECK_STR(run.seen, INITIAL_SEEN);
        CHECK_INT(step(&run), KUBE_STEP_END);
        end(&run, &replay);
        replay = replay_of(gone[i], 3);
        CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .restart_when_expired = true }), KUBE_OK);
        CHECK_STR(run.seen, INITIAL_SEEN "! =50 +z ");
        CHECK_INT(run.pauses, 1);
        end(&run, &replay);
    }
}

/* Who began at a version of before is told to forget, too. */
static void test_expired_at_first(void)
{
    static const reply_t replies[] = { REPLY(410, STATUS("410", "Expired", "")), REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .restart_when_expired = true, .resource_version = "1" }), KUBE_OK);
    CHECK_STR(run.seen, "! " INITIAL_SEEN);
    end(&run, &replay);
}

/* Failures that pass. */
static void test_waited_out(void)
{
    static const struct { reply_t reply; int64_t at_least_us; } cases[] = {
        { REPLY(429, STATUS("429", "TooManyRequests", ""), .retry_after = "7"), 6900000 },
        { REPLY(503, "no", .retry_after = "100000"), 299000000 },
        { REPLY(500, STATUS("500", "InternalError", "")), 790000 },
        { REPLY(504, STATUS("504", "Timeout", ",\"details\":{\"retryAfterSeconds\":3,\"causes\":[{\"reason\":\"ResourceVersionTooLarge\"}]}")),
          2900000 },
        { REPLY(200, ERROR_EVENT("429", "TooManyRequests", ",\"details\":{\"retryAfterSeconds\":4}")), 3900000 },
        { REPLY(200, ERROR_EVENT("504", "Timeout", ",\"details\":{\"retryAfterSeconds\":1}")), 990000 },
        { REPLY(200, ERROR_EVENT("500", "InternalError", "")), 790000 },
        { REPLY(0, NULL, .fails = KUBE_E_CONNECT, .unsent = true), 790000 },
        { REPLY(0, NULL, .fails = KUBE_E_CONNECT), 790000 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reply_t replies[] = { cases[i].reply, REPLY(200, CHANGES, .stays = true) };
        replay_t replay = REPLAY(replies);
        run_t run;
        CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .resource_version = "10", .timeout_seconds = 400 }), KUBE_OK);
        CHECK_STR(run.seen, CHANGES_SEEN);
        CHECK_STR(replay.targets[1], WATCH_FROM("10"));
        CHECK_INT(run.pauses, 1);
        if (run.pause_us < cases[i].at_least_us)
            printf("case %zu: a pause of %lld us\n", i, (long long)run.pause_us);
        CHECK(run.pause_us >= cases[i].at_least_us);
        end(&run, &replay);
    }
}

static void test_ends(void)
{
    static const struct { reply_t reply; int code; size_t requests; } cases[] = {
        { REPLY(401, STATUS("401", "Unauthorized", "")), KUBE_E_UNAUTHORIZED, 2 },
        { REPLY(403, STATUS("403", "Forbidden", "")), KUBE_E_FORBIDDEN, 1 },
        { REPLY(404, "404 page not found"), KUBE_E_NOT_FOUND, 1 },
        { REPLY(400, STATUS("400", "BadRequest", "")), KUBE_E_BAD_REQUEST, 1 },
        { REPLY(302, ""), KUBE_E_SERVER, 1 },
        { REPLY(0, NULL, .fails = KUBE_E_TLS, .unsent = true), KUBE_E_TLS, 1 },
        { REPLY(200, ERROR_EVENT("403", "Forbidden", "")), KUBE_E_FORBIDDEN, 1 },
        { REPLY(200, ERROR_EVENT("500", "InternalError", "")), KUBE_E_SERVER, 11 },
        { REPLY(200, "<html>"), KUBE_E_PARSE, 1 },
        { REPLY(200, LIST("1", "", "")), KUBE_E_PARSE, 1 },
        { REPLY(200, STATUS("403", "Forbidden", "")), KUBE_E_FORBIDDEN, 1 },
        { REPLY(200, "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}}"), KUBE_E_PARSE, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        replay_t replay = replay_of(&cases[i].reply, 1);
        run_t run;
        CHECK_INT(watch(&run, &replay, &(kube_watch_options_t){ .resource_version = "10" }), cases[i].code);
        CHECK_INT(run.watcher.err->code, cases[i].code);
        CHECK(*run.watcher.err->message);
        CHECK_INT(replay.requests, cases[i].requests);
        end(&run, &replay);
    }
}

/* One refusal may be the old credentials'; and success in between makes it the first again. */
static void test_unauthorized_once(void)
{
    static const reply_t replies[] = { REPLY(401, ""), REPLY(200, INITIAL), REPLY(401, ""), REPLY(200, CHANGES), REPLY(401, ""), REPLY(401, "") };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_E_UNAUTHORIZED);
    CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN);
    CHECK_INT(replay.requests, 6);
    end(&run, &replay);
}

static void test_unknown_events(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL EVENT("MOVED", "q", "99") CHANGES, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(watch(&run, &replay, NULL), KUBE_OK);
    CHECK_STR(run.seen, INITIAL_SEEN CHANGES_SEEN);
    CHECK_STR(run.watcher.version.data, "12");
    end(&run, &replay);
}

static void test_limit(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    static const kube_client_options_t small = { .max_item_bytes = 50 };
    replay_t replay = REPLAY(replies);
    run_t run;
    CHECK_INT(begin(&run, &replay, NULL, &small), KUBE_OK);
    CHECK_INT(follow(&run), KUBE_E_LIMIT);
    end(&run, &replay);
}

/* ---- deadline, cancel, and clients that go first ---- */

static void test_deadline(void)
{
    static const reply_t stays[] = { REPLY(200, INITIAL, .stays = true) };
    static const reply_t away[] = { REPLY(0, NULL, .fails = KUBE_E_CONNECT, .unsent = true) };
    for (int i = 0; i < 2; i++) {
        replay_t replay = replay_of(i ? away : stays, 1);
        kube_client_t *client = replay_client(&replay, &(kube_client_options_t){ .timeout_ms = 1 });
        kube_watch_t *one = NULL;
        kube_event_t event;
        kube_error_t err;
        kube_watch_options_t options = { .call.timeout_ms = 50 };
        CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &one, &err), KUBE_OK);
        int code;
        while ((code = kube_watch_next(one, &event, &err)) == KUBE_OK)
            continue;
        CHECK_INT(code, KUBE_E_TIMEOUT);
        CHECK_INT(kube_watch_next(one, &event, &err), KUBE_E_TIMEOUT);
        CHECK_INT(err.code, KUBE_E_TIMEOUT);
        kube_watch_free(one);
        kube_client_free(client);
    }
}

static void test_cancel(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    kube_cancel_t *cancel = kube_cancel_new();
    kube_watch_t *one = NULL;
    kube_event_t event;
    kube_error_t err;
    kube_watch_options_t options = { .call.cancel = cancel };
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &options, &one, &err), KUBE_OK);
    CHECK_INT(kube_watch_next(one, &event, &err), KUBE_OK);
    kube_cancel_trip(cancel);
    kube_cancel_free(cancel);
    CHECK_INT(kube_watch_next(one, &event, &err), KUBE_E_CANCELED);
    CHECK_INT(replay.open, 0);
    kube_watch_free(one);
    kube_client_free(client);
}

static void test_client_goes_first(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    for (int events = 0; events < 4; events++) {
        replay_t replay = REPLAY(replies);
        kube_client_t *client = replay_client(&replay, NULL);
        kube_watch_t *one = NULL;
        kube_event_t event;
        kube_error_t err;
        CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &one, &err), KUBE_OK);
        for (int i = 0; i < events; i++)
            CHECK_INT(kube_watch_next(one, &event, &err), KUBE_OK);
        kube_client_free(client);
        CHECK_INT(replay.open, 0);
        if (events & 1)
            CHECK_INT(kube_watch_next(one, &event, &err), KUBE_E_CANCELED);
        kube_watch_free(one);
    }
}

/* Threads that wait, each with its own watch, while the client is freed by another. */
typedef struct waiting {
    kube_watch_t *watch;
    pthread_t thread;
    atomic_int events;
    int code;
} waiting_t;

static void *wait_for_the_end(void *userdata)
{
    waiting_t *waiting = userdata;
    kube_event_t event;
    while ((waiting->code = kube_watch_next(waiting->watch, &event, NULL)) == KUBE_OK)
        waiting->events++;
    kube_watch_free(waiting->watch);
    return NULL;
}

static void test_threads(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES, .stays = true) };
    enum { THREADS = 4 };
    replay_t replay = REPLAY(replies);
    replay.piece = 50;
    kube_client_t *client = replay_client(&replay, NULL);
    waiting_t waiting[THREADS] = { 0 };
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &waiting[i].watch, NULL), KUBE_OK);
        pthread_create(&waiting[i].thread, NULL, wait_for_the_end, &waiting[i]);
    }
    for (int i = 0; i < THREADS; i++)
        AWAIT(waiting[i].events == 5);
    kube_client_free(client);
    for (int i = 0; i < THREADS; i++) {
        join(waiting[i].thread);
        CHECK_INT(waiting[i].code, KUBE_E_CANCELED);
        CHECK_INT(waiting[i].events, 5);
    }
    CHECK_INT(replay.open, 0);
}

static void test_usage(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    kube_client_t *host = replay_client(&replay, &(kube_client_options_t){ .mode = KUBE_MODE_HOST });
    kube_watch_t *one = NULL;
    kube_event_t event;
    kube_error_t err;
    CHECK_INT(kube_watch(NULL, &kube_core_v1_config_maps, NULL, NULL, &one, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, NULL, NULL, NULL, &one, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, &kube_core_v1_bindings, NULL, NULL, &one, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(host, &kube_core_v1_config_maps, NULL, NULL, &one, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, "a/b", NULL, &one, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &(kube_watch_options_t){ .resource_version = "0" }, &one, &err), KUBE_E_USAGE);
    kube_watch_options_t wrong[] = { { .name = "" }, { .name = "a/b" }, { .name = "a%2Fb" }, { .name = ".." }, { .idle_timeout_ms = -1 },
                                     { .timeout_seconds = -1 }, { .call.max_retries = KUBE_SOME(-1) } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, &wrong[i], &one, &err), KUBE_E_USAGE);
    CHECK(!one);
    CHECK_INT(kube_watch_next(NULL, &event, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &one, &err), KUBE_OK);
    CHECK_INT(kube_watch_next(one, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(replay.requests, 0);
    CHECK_INT(kube_watch_next(one, &event, &err), KUBE_OK);
    kube_watch_free(one);
    kube_watch_free(NULL);
    kube_client_free(client);
    kube_client_free(host);
}

/* ---- as an operation ---- */

typedef struct told {
    char seen[256];
    size_t count, stop_at;
    int code;
} told_t;

static int tell(const kube_event_t *event, void *userdata)
{
    told_t *told = userdata;
    const kube_core_v1_config_map_t *map = event->object;
    size_t used = strlen(told->seen);
    snprintf(told->seen + used, sizeof told->seen - used, "%d%s ", (int)event->type, map ? map->metadata->name : "");
    return ++told->count == told->stop_at ? 5 : 0;
}

static void done(const kube_result_t *result, void *userdata)
{
    ((told_t *)userdata)->code = result->code;
}

static void test_operation(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES, .stays = true) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, &(kube_client_options_t){ .timeout_ms = 1 });
    char selector[] = "app=x";
    kube_watch_options_t options = { .label_selector = selector };
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .options = &options, .event = tell };
    told_t told = { .stop_at = 5 };
    kube_op_t *op = NULL;
    kube_error_t err;
    CHECK_INT(kube_start(client, &spec, done, &told, &op, &err), KUBE_OK);
    memset(selector, '!', sizeof selector - 1);
    memset(&options, 0xFF, sizeof options);
    CHECK_INT(kube_op_wait(op, PATIENCE_MS, &err), KUBE_OK);
    CHECK_STR(told.seen, "1a 1b 4 2a 3b ");
    CHECK_INT(told.code, 5);
    CHECK(strstr(replay.targets[0], "labelSelector=app%3Dx&") != NULL);
    kube_op_free(op);
    spec.event = NULL;
    spec.options = NULL;
    CHECK_INT(kube_start(client, &spec, done, &told, &op, &err), KUBE_E_USAGE);
    kube_client_free(client);
}

typedef struct turns {
    struct shared {
        const struct turns *last;
        size_t in_a_row, most_in_a_row;
    } *shared;
    size_t events;
} turns_t;

static int take_turn(const kube_event_t *event, void *userdata)
{
    turns_t *turns = userdata;
    struct shared *shared = turns->shared;
    (void)event;
    turns->events++;
    shared->in_a_row = shared->last == turns ? shared->in_a_row + 1 : 1;
    shared->last = turns;
    if (shared->in_a_row > shared->most_in_a_row)
        shared->most_in_a_row = shared->in_a_row;
    return 0;
}

/* Many events that are there already are handed over in several turns, so that another watch gets its own in between. */
static void test_turns(void)
{
    enum { EVENTS = 1000 };
    char *body = malloc(EVENTS * 120 + 200), *at = body;
    for (int i = 0; i < EVENTS; i++)
        at += sprintf(at, "%s", EVENT("ADDED", "a", "1"));
    strcpy(at, END_MARK("10"));
    reply_t replies[] = { REPLY(200, body, .stays = true) };
    replay_t replay = REPLAY(replies);
    replay.at_once = true;
    kube_client_t *client = replay_client(&replay, &(kube_client_options_t){ .mode = KUBE_MODE_HOST });
    kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .event = take_turn };
    struct shared shared = { 0 };
    turns_t turns[2] = { { .shared = &shared }, { .shared = &shared } };
    kube_error_t err;
    for (int i = 0; i < 2; i++)
        CHECK_INT(kube_start(client, &spec, NULL, &turns[i], NULL, &err), KUBE_OK);
    for (int i = 0; i < 10000 && turns[0].events + turns[1].events < 2 * (EVENTS + 1); i++)
        CHECK(kube_loop_dispatch(client, 10, &err) >= 0);
    CHECK_INT(turns[0].events, EVENTS + 1);
    CHECK_INT(turns[1].events, EVENTS + 1);
    CHECK(shared.most_in_a_row <= 101);
    kube_client_free(client);
    free(body);
}

/* Canceled, or its client freed. */
static void test_operation_ends(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL CHANGES, .stays = true) };
    for (int i = 0; i < 2; i++) {
        replay_t replay = REPLAY(replies);
        kube_client_t *client = replay_client(&replay, NULL);
        kube_spec_t spec = { .action = KUBE_ACTION_WATCH, .resource = &kube_core_v1_config_maps, .event = tell };
        told_t told = { 0 };
        kube_op_t *op = NULL;
        kube_error_t err;
        CHECK_INT(kube_start(client, &spec, done, &told, &op, &err), KUBE_OK);
        CHECK_INT(kube_op_wait(op, MINUTES_MS(1), &err), KUBE_E_TIMEOUT);
        CHECK_STR(told.seen, "1a 1b 4 2a 3b ");
        if (i == 0) {
            kube_op_cancel(op);
            CHECK_INT(kube_op_wait(op, PATIENCE_MS, &err), KUBE_OK);
            CHECK_INT(told.code, KUBE_E_CANCELED);
        }
        kube_client_free(client);
        CHECK_INT(told.code, KUBE_E_CANCELED);
        kube_op_free(op);
    }
}

/* ---- memory ---- */

static long count_allocations;
static size_t held_bytes;

static void *count_allocate(size_t size, void *context)
{
    size_t *block = malloc(size + sizeof(max_align_t));
    (void)context;
    if (!block)
        return NULL;
    count_allocations++;
    held_bytes += *block = size;
    return (char *)block + sizeof(max_align_t);
}

static void count_release(void *pointer, void *context)
{
    (void)context;
    if (!pointer)
        return;
    size_t *block = (size_t *)(void *)((char *)pointer - sizeof(max_align_t));
    held_bytes -= *block;
    free(block);
}

static void *count_reallocate(void *pointer, size_t size, void *context)
{
    void *fresh = count_allocate(size, context);
    if (fresh && pointer) {
        size_t before = *(size_t *)(void *)((char *)pointer - sizeof(max_align_t));
        memcpy(fresh, pointer, before < size ? before : size);
        count_release(pointer, context);
    }
    return fresh;
}

/* Reads to the end of the initial state; waits: and on until nothing more comes. */
static void read_events(replay_t *replay, kube_watch_t *watch, bool waits)
{
    kube_event_t event = { 0 };
    while (event.type != KUBE_EVENT_SYNCED && kube_watch_next(watch, &event, NULL) == KUBE_OK)
        continue;
    CHECK_INT(event.type, KUBE_EVENT_SYNCED);
    while (waits && (replay_ready(replay) || kube_watch_next_within(watch, 1, &event, NULL) == KUBE_OK))
        kube_watch_next_within(watch, 0, &event, NULL);
}

/* What a silent watch holds, the engine's part of it included. */
static size_t idle_bytes(const char *body, bool waits)
{
    enum { WATCHES = 100 };
    const reply_t replies[] = { REPLY(200, body, .stays = true) };
    replay_t replay = REPLAY(replies);
    replay.piece = 16384;
    kube_client_t *client = replay_client(&replay, NULL);
    kube_watch_t *watches[WATCHES];
    size_t before = held_bytes - kube_pool_idle_bytes(client->pool);
    for (size_t i = 0; i < WATCHES; i++) {
        CHECK_INT(kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &watches[i], NULL), KUBE_OK);
        read_events(&replay, watches[i], waits);
    }
    size_t each = (held_bytes - kube_pool_idle_bytes(client->pool) - before) / WATCHES;
    for (size_t i = 0; i < WATCHES; i++)
        kube_watch_free(watches[i]);
    kube_client_free(client);
    return each;
}

static void test_idle_memory(void)
{
    static const kube_allocator_t counting = { count_allocate, count_reallocate, count_release, NULL };
    enum { LIMIT = 2048, OBJECTS = 2000 };
    kube_set_allocator(&counting);
    kube_buffer_t many = { 0 };
    for (int i = 0; i < OBJECTS; i++)
        kube_buffer_puts(&many, EVENT("ADDED", "a", "9"));
    kube_buffer_puts(&many, END_MARK("10"));
    size_t each[] = { idle_bytes(INITIAL CHANGES, true), idle_bytes(INITIAL, false), idle_bytes(many.data, true), idle_bytes(many.data, false) };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        if (each[i] > LIMIT)
            printf("an idle watch takes %zu bytes (%zu)\n", each[i], i);
        CHECK(each[i] <= LIMIT);
    }
    kube_buffer_dispose(&many);
    CHECK_INT(held_bytes, 0);
    CHECK(count_allocations > 0);
    kube_set_allocator(NULL);
}

/* ---- memory that runs out ---- */

static bool ends_well(run_t *run, int code, const char *seen)
{
    if (code == KUBE_OK)
        return strcmp(run->seen, seen) == 0;
    return code == KUBE_E_NO_MEMORY && faults.hit;
}

static bool watch_list_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL), REPLY(200, CHANGES BOOKMARK("13"), .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    replay.piece = 60;
    int code = watch(&run, &replay, &(kube_watch_options_t){ .name = "n", .field_selector = "f", .label_selector = "l", .bookmarks = true });
    bool ok = ends_well(&run, code, INITIAL_SEEN CHANGES_SEEN "*13 ");
    end(&run, &replay);
    return ok;
}

static bool list_with_faults(void)
{
    static const reply_t replies[] = { REPLY(422, ""), PAGES, REPLY(200, CHANGES, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    int code = watch(&run, &replay, NULL);
    bool ok = ends_well(&run, code, "+a +b +c =10 " CHANGES_SEEN);
    end(&run, &replay);
    return ok;
}

static bool expiry_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL), REPLY(410, ""), REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    run_t run;
    int code = watch(&run, &replay, &(kube_watch_options_t){ .restart_when_expired = true });
    bool ok = ends_well(&run, code, INITIAL_SEEN "! " INITIAL_SEEN);
    end(&run, &replay);
    return ok;
}

static bool public_calls_with_faults(void)
{
    static const reply_t replies[] = { REPLY(200, INITIAL, .stays = true) };
    replay_t replay = REPLAY(replies);
    kube_client_t *client = replay_client(&replay, NULL);
    kube_watch_t *one = NULL;
    kube_event_t event;
    if (!client)
        return faults.hit;
    int code = kube_watch(client, &kube_core_v1_config_maps, NULL, NULL, &one, NULL);
    for (int i = 0; i < 3 && code == KUBE_OK; i++)
        code = kube_watch_next(one, &event, NULL);
    kube_watch_free(one);
    kube_client_free(client);
    return code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit);
}

static void test_faults(void)
{
    CHECK(fault_loop(watch_list_with_faults) > 20);
    CHECK(fault_loop(list_with_faults) > 20);
    CHECK(fault_loop(expiry_with_faults) > 20);
    CHECK(fault_loop(public_calls_with_faults) > 10);
}

int main(void)
{
    RUN_IN(without_time, test_watch_list);
    RUN_IN(without_time, test_split_everywhere);
    RUN_IN(without_time, test_paused);
    RUN_IN(without_time, test_cut_everywhere);
    RUN_IN(without_time, test_initial_events_never_advance);
    RUN_IN(without_time, test_no_version_before_the_end);
    RUN_IN(without_time, test_empty_state);
    RUN_IN(without_time, test_no_watch_list);
    RUN_IN(without_time, test_refused_watch_list);
    RUN_IN(without_time, test_no_end_mark);
    RUN_IN(without_time, test_slow_head);
    RUN_IN(without_time, test_list_cut);
    RUN_IN(without_time, test_list_expired);
    RUN_IN(without_time, test_list_without_version);
    RUN_IN(without_time, test_from_version);
    RUN_IN(without_time, test_only_changes);
    RUN_IN(without_time, test_selection);
    RUN_IN(without_time, test_random_timeout);
    RUN_IN(without_time, test_bookmarks);
    RUN_IN(without_time, test_resume_at_once);
    RUN_IN(without_time, test_repeated_events);
    RUN_IN(without_time, test_short_watches);
    RUN_IN(without_time, test_pauses_double);
    RUN_IN(without_time, test_idle);
    RUN_IN(without_time, test_overstay);
    RUN_IN(without_time, test_history_goes_backwards);
    RUN_IN(without_time, test_history_goes_on);
    RUN_IN(without_time, test_history_is_not_asked);
    RUN_IN(without_time, test_expired);
    RUN_IN(without_time, test_expired_at_first);
    RUN_IN(without_time, test_waited_out);
    RUN_IN(without_time, test_ends);
    RUN_IN(without_time, test_unauthorized_once);
    RUN_IN(without_time, test_unknown_events);
    RUN_IN(without_time, test_limit);
    RUN(test_deadline);
    RUN(test_cancel);
    RUN(test_client_goes_first);
    RUN(test_threads);
    RUN(test_usage);
    RUN(test_operation);
    RUN(test_turns);
    RUN_IN(without_time, test_operation_ends);
    RUN(test_idle_memory);
    RUN(test_faults);
    return test_end();
}
