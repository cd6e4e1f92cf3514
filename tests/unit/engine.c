/* The request engine: who waits, who drives, and that nobody is forgotten. */
#include <errno.h>
#include <sys/wait.h>

#include "http/engine_parts.h"
#include "lab.h"
#include "patience.h"

typedef struct bench {
    lab_t lab;
    kube_engine_t *engine;
} bench_t;

static void open_bench(bench_t *bench, bool host)
{
    lab_open(&bench->lab);
    bench->engine = NULL;
    CHECK_INT(kube_engine_new(&bench->lab.base, host, &bench->engine, NULL), KUBE_OK);
}

static void close_bench(bench_t *bench)
{
    kube_engine_close(bench->engine);
    kube_engine_shut(bench->engine);
    kube_engine_free(bench->engine);
    CHECK(!bench->lab.exchanges);
    CHECK_INT(bench->lab.crowded, 0);
    CHECK_INT(bench->lab.inside, 0);
    bench->lab.base.free(&bench->lab.base);
}

static kube_exchange_t *start(kube_waiter_t *waiter, const char *target, size_t queue_bytes)
{
    kube_transport_request_t request = { .method = "GET", .server = "http://lab", .target = target };
    kube_exchange_limits_t limits = { .queue_bytes = queue_bytes, .reply_bytes = 1 << 20 };
    kube_exchange_t *exchange = NULL;
    if (kube_exchange_start(waiter, NULL, &request, &limits, &exchange, NULL) < 0)
        abort();
    return exchange;
}

static kube_exchange_state_t look(kube_exchange_t *exchange)
{
    kube_exchange_state_t state;
    kube_exchange_look(exchange, &state, NULL);
    return state;
}

static void await_end(kube_waiter_t *waiter, kube_exchange_t *exchange)
{
    while (!look(exchange).ended)
        kube_waiter_wait(waiter, KUBE_NEVER);
}

/* ---- one waiter ---- */

static void test_exchanges(void)
{
    bench_t bench;
    open_bench(&bench, false);
    kube_waiter_t waiter;
    CHECK(kube_waiter_init(&waiter, bench.engine, NULL, false));
    static const char *const targets[] = { "/now", "/later/0", "/later/20" };
    static const char *const bodies[] = { "now", "later", "later" };
    for (int i = 0; i < 3; i++) {
        kube_exchange_t *exchange = start(&waiter, targets[i], 0);
        CHECK(!look(exchange).ended);
        await_end(&waiter, exchange);
        kube_buffer_t bytes = { 0 };
        kube_exchange_state_t state;
        kube_exchange_look(exchange, &state, &bytes);
        CHECK_INT(state.code, KUBE_OK);
        CHECK(state.head && state.head->status == 200 && state.sent && state.head_at > 0);
        CHECK(bytes.len == strlen(bodies[i]) && memcmp(bytes.data, bodies[i], bytes.len) == 0);
        CHECK_INT(state.received, bytes.len);
        kube_buffer_dispose(&bytes);
        CHECK(kube_exchange_free(exchange));
    }
    kube_exchange_t *failed = start(&waiter, "/fail", 0);
    await_end(&waiter, failed);
    CHECK_INT(look(failed).code, KUBE_E_CONNECT);
    CHECK_STR(look(failed).message, "the lab fails");
    CHECK(!look(failed).head && !kube_exchange_free(failed));
    CHECK(!kube_exchange_free(NULL));
    kube_waiter_dispose(&waiter);
    close_bench(&bench);
}

typedef struct moment {
    kube_waiter_t *waiter;
    int64_t after_us;
} moment_t;

static int64_t wait_for_moment(void *argument)
{
    const moment_t *moment = argument;
    int64_t due = kube_now_us() + moment->after_us;
    kube_waiter_wait(moment->waiter, due);
    int64_t late = kube_now_us() - due;
    CHECK(late >= 0);
    return late;
}

static int64_t wait_for_the_past(void *argument)
{
    int64_t begun = kube_now_us();
    kube_waiter_wait(argument, begun - 1000 * MS);
    kube_waiter_wait(argument, 0);
    return kube_now_us() - begun;
}

static void test_moments(void)
{
    bench_t bench;
    open_bench(&bench, false);
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, bench.engine, NULL, false);
    for (int i = 0; i < 5; i++)
        CHECK(is_prompt(wait_for_moment, &(moment_t){ &waiter, i * 10 * MS }));
    CHECK(is_prompt(wait_for_the_past, &waiter));
    /* What was signaled before counts, once. */
    kube_waiter_signal(&waiter);
    kube_waiter_signal(&waiter);
    kube_waiter_wait(&waiter, KUBE_NEVER);
    wait_for_moment(&(moment_t){ &waiter, 20 * MS });
    kube_waiter_dispose(&waiter);
    close_bench(&bench);
}

static int compare_moments(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void test_heap_of_moments(void)
{
    enum { COUNT = 300, ROUNDS = 20 };
    kube_timers_t timers = { 0 };
    kube_waiter_t *waiters = calloc(COUNT, sizeof *waiters);
    int64_t sorted[COUNT];
    unsigned seed = 7;
    for (size_t i = 0; i < COUNT; i++)
        CHECK(kube_timers_reserve(&timers, i + 1));
    CHECK(kube_timers_first(&timers) == KUBE_NEVER && !kube_timers_take(&timers, INT64_MAX - 1));
    for (int round = 0; round < ROUNDS; round++) {
        size_t in = 0;
        for (int change = 0; change < 3; change++) {
            for (size_t i = 0; i < COUNT; i++)
                kube_timers_set(&timers, &waiters[i], rand_r(&seed) % 4 ? rand_r(&seed) % 100 : KUBE_NEVER);
        }
        for (size_t i = 0; i < COUNT; i++) {
            if (waiters[i].due != KUBE_NEVER && waiters[i].timer)
                sorted[in++] = waiters[i].due;
        }
        CHECK_INT(timers.len, in);
        qsort(sorted, in, sizeof *sorted, compare_moments);
        for (size_t i = 0; i < in; i++) {
            CHECK(kube_timers_first(&timers) == sorted[i]);
            CHECK(!kube_timers_take(&timers, sorted[i] - 1));
            CHECK(kube_timers_take(&timers, sorted[i]));
        }
        CHECK_INT(timers.len, 0);
    }
    kube_timers_dispose(&timers);
    free(waiters);
}

/* ---- many threads ---- */

enum { THREADS = 64, ROUNDS = 60 };

typedef struct crowd crowd_t;

typedef struct member {
    crowd_t *crowd;
    kube_waiter_t waiter;
    unsigned seed;
    int failures;
} member_t;

struct crowd {
    bench_t bench;
    member_t members[THREADS];
    pthread_barrier_t begun;
    atomic_int left;
};

static void do_something(member_t *member)
{
    kube_waiter_t *waiter = &member->waiter;
    char target[32];
    int64_t begun = kube_now_us();
    switch (rand_r(&member->seed) % 6) {
    case 0: /* a moment; others may signal meanwhile, so it may come early */
        kube_waiter_wait(waiter, begun + rand_r(&member->seed) % 3000);
        break;
    case 1: { /* an answer, some time */
        snprintf(target, sizeof target, "/later/%d", rand_r(&member->seed) % 4);
        kube_exchange_t *exchange = start(waiter, target, 0);
        await_end(waiter, exchange);
        member->failures += look(exchange).code != KUBE_OK;
        kube_exchange_free(exchange);
        break;
    }
    case 2: { /* an answer at once */
        kube_exchange_t *exchange = start(waiter, "/now", 0);
        await_end(waiter, exchange);
        member->failures += look(exchange).code != KUBE_OK;
        kube_exchange_free(exchange);
        break;
    }
    case 3: { /* broken off, before it was begun or after */
        kube_exchange_t *exchange = start(waiter, "/hold", 0);
        if (rand_r(&member->seed) % 2)
            kube_waiter_wait(waiter, kube_now_us() + rand_r(&member->seed) % 1000);
        kube_exchange_free(exchange);
        break;
    }
    case 4: { /* a stream that is read for a while */
        kube_exchange_t *exchange = start(waiter, "/flood", 4 * LAB_PIECE);
        kube_exchange_state_t state = { 0 };
        while (state.received < 20 * LAB_PIECE) {
            kube_buffer_t bytes = { 0 };
            kube_waiter_wait(waiter, KUBE_NEVER);
            kube_exchange_look(exchange, &state, &bytes);
            kube_buffer_dispose(&bytes);
        }
        kube_exchange_free(exchange);
        break;
    }
    default: /* somebody is woken */
        kube_waiter_signal(&member->crowd->members[rand_r(&member->seed) % THREADS].waiter);
    }
}

static void *be_busy(void *argument)
{
    member_t *member = argument;
    pthread_barrier_wait(&member->crowd->begun);
    for (int i = 0; i < ROUNDS; i++)
        do_something(member);
    atomic_fetch_sub(&member->crowd->left, 1);
    return NULL;
}

static void test_nobody_is_forgotten(void)
{
    crowd_t *crowd = calloc(1, sizeof *crowd);
    pthread_t threads[THREADS];
    open_bench(&crowd->bench, false);
    pthread_barrier_init(&crowd->begun, NULL, THREADS);
    crowd->left = THREADS;
    for (int i = 0; i < THREADS; i++) {
        crowd->members[i] = (member_t){ .crowd = crowd, .seed = (unsigned)i + 1 };
        kube_waiter_init(&crowd->members[i].waiter, crowd->bench.engine, NULL, false);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, be_busy, &crowd->members[i]);
    for (int i = 0; i < THREADS; i++)
        join(threads[i]);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(crowd->members[i].failures, 0);
        kube_waiter_dispose(&crowd->members[i].waiter);
    }
    pthread_barrier_destroy(&crowd->begun);
    close_bench(&crowd->bench);
    free(crowd);
}

/* A ring of threads, each waiting without a moment for the one before, while another one drives and comes and goes. */
typedef struct link {
    kube_waiter_t waiter;
    struct link *next;
    atomic_int turns;
} link_t;

enum { RING = 16, TURNS = 300 };

static void *hand_on(void *argument)
{
    link_t *link = argument;
    for (int turn = 0; turn < TURNS; turn++) {
        while (atomic_load(&link->turns) <= turn)
            kube_waiter_wait(&link->waiter, KUBE_NEVER);
        atomic_fetch_add(&link->next->turns, 1);
        kube_waiter_signal(&link->next->waiter);
    }
    return NULL;
}

static void test_signals_go_round(void)
{
    bench_t bench;
    open_bench(&bench, false);
    static link_t links[RING];
    pthread_t threads[RING];
    for (int i = 0; i < RING; i++) {
        links[i].next = &links[(i + 1) % RING];
        atomic_store(&links[i].turns, i == 0);
        kube_waiter_init(&links[i].waiter, bench.engine, NULL, false);
    }
    for (int i = 0; i < RING; i++)
        pthread_create(&threads[i], NULL, hand_on, &links[i]);
    for (int i = 0; i < RING; i++)
        join(threads[i]);
    CHECK_INT(links[0].turns, TURNS + 1);
    for (int i = 0; i < RING; i++)
        kube_waiter_dispose(&links[i].waiter);
    close_bench(&bench);
}

/* The driving thread leaves; one that waits with nothing but a moment has to take over, or the other's reply never comes. */
typedef struct wait {
    bench_t *bench;
    const char *target;
    int64_t took;
} wait_t;

static void *ask_once(void *argument)
{
    wait_t *wait = argument;
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, wait->bench->engine, NULL, false);
    int64_t begun = kube_now_us();
    kube_exchange_t *exchange = start(&waiter, wait->target, 0);
    await_end(&waiter, exchange);
    wait->took = kube_now_us() - begun;
    kube_exchange_free(exchange);
    kube_waiter_dispose(&waiter);
    return NULL;
}

static int64_t hand_over(void *argument)
{
    bench_t *bench = argument;
    wait_t waits[] = { { bench, "/later/100", 0 }, { bench, "/later/200", 0 }, { bench, "/later/50", 0 }, { bench, "/later/150", 0 } };
    pthread_t threads[4];
    int64_t latest = 0;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, ask_once, &waits[i]);
    for (int i = 0; i < 4; i++)
        join(threads[i]);
    for (int i = 0; i < 4; i++) {
        int64_t late = waits[i].took - atoi(waits[i].target + 7) * MS;
        CHECK(late >= 0);
        latest = late > latest ? late : latest;
    }
    return latest;
}

static void test_driving_is_handed_over(void)
{
    bench_t bench;
    open_bench(&bench, false);
    CHECK(is_prompt(hand_over, &bench));
    close_bench(&bench);
}

/* ---- breaking off ---- */

typedef struct driver {
    bench_t *bench;
    kube_waiter_t waiter;
    pthread_t thread;
    atomic_bool enough;
} driver_t;

static void *drive_on(void *argument)
{
    driver_t *driver = argument;
    while (!driver->enough)
        kube_waiter_wait(&driver->waiter, KUBE_NEVER);
    return NULL;
}

static bool is_driven(kube_engine_t *engine)
{
    pthread_mutex_lock(&engine->lock);
    bool driven = engine->driven;
    pthread_mutex_unlock(&engine->lock);
    return driven;
}

static void start_driver(driver_t *driver, bench_t *bench)
{
    driver->bench = bench;
    driver->enough = false;
    kube_waiter_init(&driver->waiter, bench->engine, NULL, false);
    pthread_create(&driver->thread, NULL, drive_on, driver);
    AWAIT(is_driven(bench->engine));
}

static void stop_driver(driver_t *driver)
{
    driver->enough = true;
    kube_waiter_signal(&driver->waiter);
    join(driver->thread);
    kube_waiter_dispose(&driver->waiter);
}

/* How far an exchange has come. */
typedef enum stage { ANYWHERE, UNDER_WAY, IN_THE_BODY, PAUSED, ENDED } stage_t;

typedef struct seen {
    int started, pauses;
} seen_t;

static bool has_reached(stage_t stage, kube_exchange_t *exchange, const lab_t *lab, seen_t before)
{
    switch (stage) {
    case UNDER_WAY:
        return lab->started > before.started;
    case IN_THE_BODY:
        return look(exchange).head != NULL;
    case PAUSED:
        return lab->pauses > before.pauses;
    case ENDED:
        return look(exchange).ended;
    default:
        return true;
    }
}

typedef struct stops {
    bench_t *bench;
    bool driven;
} stops_t;

/* How long the slowest stop takes. */
static int64_t check_stops(void *argument)
{
    static const struct {
        const char *target;
        stage_t stage;
        size_t queue_bytes;
        bool sent;
    } cases[] = {
        { "/hold", ANYWHERE, 0, true },
        { "/hold", UNDER_WAY, 0, true },
        { "/head", IN_THE_BODY, 1000, true },
        { "/flood", PAUSED, 4 * LAB_PIECE, true },
        { "/now", ENDED, 0, true },
        { "/fail", ENDED, 0, false },
    };
    const stops_t *stops = argument;
    const lab_t *lab = &stops->bench->lab;
    int64_t slowest = 0;
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, stops->bench->engine, NULL, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen_t before = { lab->started, lab->pauses };
        kube_exchange_t *exchange = start(&waiter, cases[i].target, cases[i].queue_bytes);
        while (!stops->driven && !has_reached(cases[i].stage, exchange, lab, before))
            kube_waiter_wait(&waiter, kube_now_us() + MS);
        AWAIT(has_reached(cases[i].stage, exchange, lab, before));
        int64_t begun = kube_now_us();
        bool sent = kube_exchange_free(exchange);
        int64_t took = kube_now_us() - begun;
        slowest = took > slowest ? took : slowest;
        if (cases[i].stage != ANYWHERE)
            CHECK_INT(sent, cases[i].sent);
    }
    kube_waiter_dispose(&waiter);
    return slowest;
}

static void test_stopping(void)
{
    bench_t bench;
    driver_t driver;
    open_bench(&bench, false);
    CHECK(is_prompt(check_stops, &(stops_t){ &bench, false }));
    start_driver(&driver, &bench);
    CHECK(is_prompt(check_stops, &(stops_t){ &bench, true }));
    /* Not before the driving thread has let go of it: the lab would notice. */
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, bench.engine, NULL, false);
    for (int i = 0; i < 2000; i++)
        kube_exchange_free(start(&waiter, i % 2 ? "/hold" : "/flood", 2 * LAB_PIECE));
    kube_waiter_dispose(&waiter);
    stop_driver(&driver);
    CHECK_INT(bench.lab.started, bench.lab.ended + bench.lab.stopped);
    close_bench(&bench);
}

static void *wait_a_moment(void *argument)
{
    wait_t *wait = argument;
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, wait->bench->engine, NULL, false);
    int64_t begun = kube_now_us();
    kube_waiter_wait(&waiter, begun + 30 * MS);
    wait->took = kube_now_us() - begun;
    kube_waiter_dispose(&waiter);
    return NULL;
}

static int64_t wait_for_moment_of_another(void *argument)
{
    pthread_t thread;
    wait_t wait = { .bench = argument };
    pthread_create(&thread, NULL, wait_a_moment, &wait);
    join(thread);
    CHECK(wait.took >= 30 * MS);
    return wait.took - 30 * MS;
}

/* One that drives without a moment of its own learns of another's. */
static void test_moments_of_others(void)
{
    bench_t bench;
    driver_t driver;
    open_bench(&bench, false);
    start_driver(&driver, &bench);
    CHECK(is_prompt(wait_for_moment_of_another, &bench));
    stop_driver(&driver);
    close_bench(&bench);
}

/* ---- queues ---- */

/* One that does not take its bytes holds up nobody, and they do not pile up. */
static void test_slow_owners(void)
{
    enum { LIMIT = 5 * LAB_PIECE + 1 };
    bench_t bench;
    open_bench(&bench, false);
    kube_waiter_t slow, quick;
    kube_waiter_init(&slow, bench.engine, NULL, false);
    kube_waiter_init(&quick, bench.engine, NULL, false);
    kube_exchange_t *held = start(&slow, "/flood", LIMIT), *taken = start(&quick, "/flood", LIMIT);
    kube_exchange_state_t state = { 0 };
    size_t most = 0;
    while (state.received < 1000 * LAB_PIECE) {
        kube_buffer_t bytes = { 0 };
        kube_waiter_wait(&quick, KUBE_NEVER);
        kube_exchange_look(taken, &state, &bytes);
        most = bytes.len > most ? bytes.len : most;
        kube_buffer_dispose(&bytes);
    }
    CHECK(most <= LIMIT);
    CHECK_INT(look(held).received, LIMIT / LAB_PIECE * LAB_PIECE);
    /* And it goes on where it was as soon as it takes some. */
    kube_buffer_t bytes = { 0 };
    kube_exchange_look(held, &state, &bytes);
    CHECK_INT(bytes.len, LIMIT / LAB_PIECE * LAB_PIECE);
    kube_buffer_dispose(&bytes);
    while (state.received < 20 * LAB_PIECE) {
        kube_waiter_wait(&slow, KUBE_NEVER);
        kube_exchange_look(held, &state, &bytes);
        kube_buffer_dispose(&bytes);
    }
    kube_exchange_free(held);
    kube_exchange_free(taken);
    CHECK(bench.lab.pauses > 0);
    kube_waiter_dispose(&slow);
    kube_waiter_dispose(&quick);
    close_bench(&bench);
}

/* A piece that is longer than the queue is taken all the same when the queue is empty; a reply that is held whole has a limit. */
static void test_limits(void)
{
    bench_t bench;
    open_bench(&bench, false);
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, bench.engine, NULL, false);
    kube_exchange_t *exchange = start(&waiter, "/flood", 10);
    kube_exchange_state_t state = { 0 };
    for (int i = 0; i < 10;) {
        kube_buffer_t bytes = { 0 };
        kube_waiter_wait(&waiter, KUBE_NEVER);
        kube_exchange_look(exchange, &state, &bytes);
        CHECK(bytes.len == 0 || bytes.len == LAB_PIECE);
        i += bytes.len > 0;
        kube_buffer_dispose(&bytes);
    }
    kube_exchange_free(exchange);
    kube_transport_request_t request = { .method = "GET", .server = "http://lab", .target = "/now" };
    for (size_t limit = 2; limit < 4; limit++) {
        kube_exchange_limits_t limits = { .reply_bytes = limit };
        CHECK_INT(kube_exchange_start(&waiter, NULL, &request, &limits, &exchange, NULL), KUBE_OK);
        await_end(&waiter, exchange);
        CHECK_INT(look(exchange).code, limit < 3 ? KUBE_E_LIMIT : KUBE_OK);
        kube_exchange_free(exchange);
    }
    kube_waiter_dispose(&waiter);
    close_bench(&bench);
}

/* ---- tokens ---- */

static void *trip_later(void *argument)
{
    sleep_us(30 * MS);
    kube_cancel_trip(argument);
    return NULL;
}

static void test_tokens(void)
{
    bench_t bench;
    open_bench(&bench, false);
    kube_cancel_t *token = kube_cancel_new();
    kube_waiter_t waiters[3];
    for (int i = 0; i < 2; i++)
        kube_waiter_init(&waiters[i], bench.engine, token, false);
    kube_waiter_init(&waiters[2], bench.engine, NULL, false);
    pthread_t thread;
    pthread_create(&thread, NULL, trip_later, token);
    kube_waiter_wait(&waiters[0], KUBE_NEVER);
    kube_waiter_wait(&waiters[1], KUBE_NEVER);
    join(thread);
    CHECK(kube_waiter_canceled(&waiters[0]) && kube_waiter_canceled(&waiters[1]) && !kube_waiter_canceled(&waiters[2]));
    for (int i = 0; i < 3; i++)
        kube_waiter_dispose(&waiters[i]);
    /* Tripped before. */
    kube_waiter_init(&waiters[0], bench.engine, token, false);
    kube_waiter_wait(&waiters[0], KUBE_NEVER);
    CHECK(kube_waiter_canceled(&waiters[0]));
    /* A waiter holds the token. */
    kube_cancel_free(token);
    kube_waiter_dispose(&waiters[0]);
    /* After: nothing is there to end. */
    token = kube_cancel_new();
    kube_waiter_init(&waiters[0], bench.engine, token, false);
    kube_waiter_dispose(&waiters[0]);
    kube_cancel_trip(token);
    CHECK(kube_cancel_tripped(token) && !kube_cancel_tripped(NULL));
    kube_cancel_trip(NULL);
    kube_cancel_free(NULL);
    CHECK(!kube_cancel_ref(NULL));
    kube_cancel_free(token);
    close_bench(&bench);
}

/* Waiters come and go while their tokens are tripped. */
typedef struct rush {
    bench_t *bench;
    kube_cancel_t *tokens[20];
    atomic_int at;
    atomic_int canceled;
} rush_t;

static void *come_and_go(void *argument)
{
    rush_t *rush = argument;
    for (int at; (at = rush->at) < 20;) {
        kube_waiter_t waiter;
        kube_waiter_init(&waiter, rush->bench->engine, rush->tokens[at], false);
        kube_exchange_t *exchange = start(&waiter, "/hold", 0);
        kube_waiter_wait(&waiter, kube_now_us() + 500);
        rush->canceled += kube_waiter_canceled(&waiter);
        kube_exchange_free(exchange);
        kube_waiter_dispose(&waiter);
    }
    return NULL;
}

static void test_tokens_in_a_rush(void)
{
    bench_t bench;
    open_bench(&bench, false);
    rush_t rush = { .bench = &bench };
    pthread_t threads[8];
    for (int i = 0; i < 20; i++)
        rush.tokens[i] = kube_cancel_new();
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, come_and_go, &rush);
    for (int i = 0; i < 20; i++) {
        sleep_us(3 * MS);
        kube_cancel_trip(rush.tokens[i]);
        /* One at least has to be noticed, however few turns the threads are given. */
        if (i == 19)
            AWAIT(rush.canceled > 0);
        rush.at++;
    }
    for (int i = 0; i < 8; i++)
        join(threads[i]);
    for (int i = 0; i < 20; i++)
        kube_cancel_free(rush.tokens[i]);
    CHECK(rush.canceled > 0);
    close_bench(&bench);
}

/* ---- closing ---- */

typedef struct late {
    bench_t *bench;
    const char *target;
    kube_exchange_t *exchange;
    kube_waiter_t waiter;
    bool canceled;
} late_t;

static void *wait_for_the_end(void *argument)
{
    late_t *late = argument;
    kube_waiter_init(&late->waiter, late->bench->engine, NULL, false);
    if (late->target)
        late->exchange = start(&late->waiter, late->target, 3 * LAB_PIECE);
    while (!kube_waiter_canceled(&late->waiter))
        kube_waiter_wait(&late->waiter, KUBE_NEVER);
    late->canceled = true;
    return NULL;
}

static void test_closing(void)
{
    static const char *const targets[] = { "/hold", "/flood", "/later/1000", NULL, "/now", "/head", "/fail", "/hold" };
    enum { COUNT = 32 };
    bench_t bench;
    open_bench(&bench, false);
    late_t lates[COUNT] = { { 0 } };
    pthread_t threads[COUNT];
    for (int i = 0; i < COUNT; i++) {
        lates[i] = (late_t){ .bench = &bench, .target = targets[i % 8] };
        pthread_create(&threads[i], NULL, wait_for_the_end, &lates[i]);
    }
    /* Some wait by then, some may not have begun. */
    sleep_us(50 * MS);
    kube_engine_close(bench.engine);
    for (int i = 0; i < COUNT; i++)
        join(threads[i]);
    /* Some are freed before the engine lets go of the transport, some after. */
    for (int i = 0; i < COUNT / 2; i++)
        kube_exchange_free(lates[i].exchange);
    kube_engine_shut(bench.engine);
    CHECK(!bench.lab.exchanges);
    CHECK_INT(bench.lab.started, bench.lab.ended + bench.lab.stopped);
    for (int i = COUNT / 2; i < COUNT; i++) {
        CHECK(!lates[i].exchange || look(lates[i].exchange).ended);
        kube_exchange_free(lates[i].exchange);
    }
    /* Whoever comes too late finds it closed. */
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, bench.engine, NULL, false);
    CHECK(kube_waiter_canceled(&waiter));
    kube_exchange_t *exchange = start(&waiter, "/now", 0);
    CHECK_INT(look(exchange).code, KUBE_E_CANCELED);
    CHECK(!kube_exchange_free(exchange));
    kube_waiter_dispose(&waiter);
    for (int i = 0; i < COUNT; i++) {
        CHECK(lates[i].canceled);
        kube_waiter_dispose(&lates[i].waiter);
    }
    close_bench(&bench);
}

/* Exchanges are freed while the engine is shut. */
static pthread_barrier_t shutting;

static void *free_all(void *argument)
{
    late_t *lates = argument;
    pthread_barrier_wait(&shutting);
    for (int i = 0; i < 200; i++)
        kube_exchange_free(lates[i].exchange);
    return NULL;
}

static void test_shutting_meanwhile(void)
{
    for (int round = 0; round < 10; round++) {
        bench_t bench;
        late_t *lates = calloc(200, sizeof *lates);
        open_bench(&bench, false);
        kube_waiter_t waiter;
        kube_waiter_init(&waiter, bench.engine, NULL, false);
        for (int i = 0; i < 200; i++)
            lates[i].exchange = start(&waiter, i % 2 ? "/hold" : "/flood", 2 * LAB_PIECE);
        kube_waiter_wait(&waiter, kube_now_us() + 1000);
        pthread_t thread;
        kube_engine_close(bench.engine);
        pthread_barrier_init(&shutting, NULL, 2);
        pthread_create(&thread, NULL, free_all, lates);
        pthread_barrier_wait(&shutting);
        kube_engine_shut(bench.engine);
        join(thread);
        pthread_barrier_destroy(&shutting);
        CHECK_INT(bench.lab.started, bench.lab.ended + bench.lab.stopped);
        kube_waiter_dispose(&waiter);
        close_bench(&bench);
        free(lates);
    }
}

/* ---- queued waiters ---- */

enum { JOBS = 40, STEPS = 200 };

typedef struct job {
    kube_waiter_t waiter;
    atomic_int hands; /* threads at work for it */
    atomic_int steps;
} job_t;

typedef struct shop {
    bench_t bench;
    job_t jobs[JOBS];
    atomic_int done;
    atomic_int collisions;
} shop_t;

static void work(shop_t *shop, kube_waiter_t *waiter, unsigned *seed)
{
    job_t *job = (job_t *)waiter;
    shop->collisions += atomic_fetch_add(&job->hands, 1) != 0;
    int steps = ++job->steps;
    if (rand_r(seed) % 4 == 0)
        sleep_us(rand_r(seed) % 100);
    if (steps == STEPS)
        shop->done++;
    atomic_fetch_sub(&job->hands, 1);
    /* By a signal of its own, or a moment. */
    if (steps < STEPS && rand_r(seed) % 2)
        kube_waiter_signal(waiter);
    kube_waiter_yield(waiter, steps < STEPS ? kube_now_us() + rand_r(seed) % 300 : KUBE_NEVER);
}

static void *dispatch(void *argument)
{
    shop_t *shop = argument;
    unsigned seed = (unsigned)(uintptr_t)pthread_self();
    while (shop->done < JOBS) {
        kube_waiter_t *waiter = kube_engine_next_ready(shop->bench.engine, kube_now_us() + 50 * MS);
        if (waiter)
            work(shop, waiter, &seed);
    }
    return NULL;
}

/* Takes jobs out of the queue, at work or not, and puts them back. */
static void *meddle(void *argument)
{
    shop_t *shop = argument;
    unsigned seed = 5;
    while (shop->done < JOBS) {
        job_t *job = &shop->jobs[rand_r(&seed) % JOBS];
        int code = kube_waiter_take(&job->waiter, kube_now_us() + 10 * MS);
        if (code < 0)
            continue;
        shop->collisions += kube_waiter_take(&job->waiter, KUBE_NEVER) != KUBE_E_USAGE;
        shop->collisions += atomic_fetch_add(&job->hands, 1) != 0;
        kube_waiter_wait(&job->waiter, kube_now_us() + rand_r(&seed) % 200);
        atomic_fetch_sub(&job->hands, 1);
        kube_waiter_signal(&job->waiter);
        kube_waiter_yield(&job->waiter, KUBE_NEVER);
    }
    return NULL;
}

static void test_queued_waiters(void)
{
    enum { HANDS = 6 };
    shop_t *shop = calloc(1, sizeof *shop);
    pthread_t threads[HANDS];
    open_bench(&shop->bench, false);
    for (int i = 0; i < JOBS; i++) {
        kube_waiter_init(&shop->jobs[i].waiter, shop->bench.engine, NULL, true);
        kube_waiter_signal(&shop->jobs[i].waiter);
    }
    /* They are ours until we say so. */
    CHECK(!kube_engine_take_ready(shop->bench.engine));
    for (int i = 0; i < JOBS; i++)
        kube_waiter_yield(&shop->jobs[i].waiter, KUBE_NEVER);
    for (int i = 0; i < HANDS; i++)
        pthread_create(&threads[i], NULL, i < 2 ? meddle : dispatch, shop);
    for (int i = 0; i < HANDS; i++)
        join(threads[i]);
    CHECK_INT(shop->collisions, 0);
    for (int i = 0; i < JOBS; i++) {
        CHECK(shop->jobs[i].steps >= STEPS);
        kube_waiter_dispose(&shop->jobs[i].waiter);
        /* What comes too late goes nowhere, and nobody waits for what is not there any more. */
        kube_waiter_cancel(&shop->jobs[i].waiter);
        CHECK_INT(kube_waiter_take(&shop->jobs[i].waiter, KUBE_NEVER), KUBE_OK);
        CHECK_INT(kube_waiter_take(&shop->jobs[i].waiter, KUBE_NEVER), KUBE_OK);
    }
    CHECK(!kube_engine_take_ready(shop->bench.engine));
    close_bench(&shop->bench);
    free(shop);
}

static int64_t look_for_ready(void *argument)
{
    int64_t begun = kube_now_us();
    CHECK(!kube_engine_next_ready(argument, 0));
    return kube_now_us() - begun;
}

static int64_t wait_for_ready(void *argument)
{
    int64_t due = kube_now_us() + 30 * MS;
    CHECK(!kube_engine_next_ready(argument, due));
    int64_t late = kube_now_us() - due;
    CHECK(late >= 0);
    return late;
}

static void test_next_ready_waits(void)
{
    bench_t bench;
    open_bench(&bench, false);
    CHECK(is_prompt(look_for_ready, bench.engine));
    CHECK(is_prompt(wait_for_ready, bench.engine));
    close_bench(&bench);
}

/* ---- a host's loop ---- */

static bool is_readable(int fd, int ms)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    return poll(&ready, 1, ms) == 1;
}

static void *signal_later(void *argument)
{
    sleep_us(50 * MS);
    kube_waiter_signal(argument);
    return NULL;
}

/* Not before it has come; a machine that stalls may be there at once. */
static void check_moment_of_host(kube_engine_t *engine, kube_waiter_t *waiter)
{
    int64_t due = kube_now_us() + 50 * MS;
    kube_waiter_yield(waiter, due);
    kube_waiter_t *ready = kube_engine_next_ready(engine, 0);
    CHECK(!ready || kube_now_us() >= due);
    if (!ready) {
        kube_engine_rearm(engine);
        CHECK(!is_readable(kube_engine_fd(engine), 0) || kube_now_us() >= due);
        CHECK(is_readable(kube_engine_fd(engine), PATIENCE_MS));
        CHECK(kube_now_us() >= due - MS);
    }
    for (int64_t until = kube_now_us() + PATIENCE_MS * (int64_t)MS; !ready && kube_now_us() < until;)
        ready = kube_engine_next_ready(engine, 0);
    CHECK(ready == waiter);
}

static void check_moment_of_transport(kube_engine_t *engine, kube_waiter_t *waiter)
{
    kube_exchange_t *exchange = start(waiter, "/later/50", 0);
    kube_waiter_t *ready;
    int wakes = 0;
    kube_waiter_yield(waiter, KUBE_NEVER);
    int64_t until = kube_now_us() + PATIENCE_MS * (int64_t)MS;
    while (!(ready = kube_engine_next_ready(engine, 0)) && kube_now_us() < until) {
        kube_engine_rearm(engine);
        wakes += is_readable(kube_engine_fd(engine), 1000);
    }
    CHECK(ready == waiter && look(exchange).ended);
    CHECK(wakes <= 4);
    kube_exchange_free(exchange);
}

static void test_host(void)
{
    bench_t bench;
    open_bench(&bench, true);
    int fd = kube_engine_fd(bench.engine);
    CHECK(kube_engine_is_host(bench.engine) && fd >= 0);
    kube_waiter_t waiter;
    kube_waiter_init(&waiter, bench.engine, NULL, true);
    CHECK(!kube_engine_next_ready(bench.engine, 0));
    kube_engine_rearm(bench.engine);
    CHECK(!is_readable(fd, 30));
    /* A signal of another thread. */
    kube_waiter_yield(&waiter, KUBE_NEVER);
    pthread_t thread;
    pthread_create(&thread, NULL, signal_later, &waiter);
    CHECK(is_readable(fd, PATIENCE_MS));
    join(thread);
    CHECK(is_readable(fd, 0));
    CHECK(kube_engine_next_ready(bench.engine, 0) == &waiter);
    check_moment_of_host(bench.engine, &waiter);
    check_moment_of_transport(bench.engine, &waiter);
    kube_waiter_dispose(&waiter);
    close_bench(&bench);
}

/* ---- fork ---- */

static void test_fork(void)
{
    bench_t bench;
    open_bench(&bench, false);
    CHECK(kube_engine_is_own(bench.engine));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(kube_engine_is_own(bench.engine) ? 1 : 0);
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_INT(status, 0);
    close_bench(&bench);
}

int main(void)
{
    RUN(test_exchanges);
    RUN(test_moments);
    RUN(test_heap_of_moments);
    RUN(test_nobody_is_forgotten);
    RUN(test_signals_go_round);
    RUN(test_driving_is_handed_over);
    RUN(test_moments_of_others);
    RUN(test_stopping);
    RUN(test_slow_owners);
    RUN(test_limits);
    RUN(test_tokens);
    RUN(test_tokens_in_a_rush);
    RUN(test_closing);
    RUN(test_shutting_meanwhile);
    RUN(test_queued_waiters);
    RUN(test_next_ready_waits);
    RUN(test_host);
    RUN(test_fork);
    return test_end();
}
