/* The limiter by a made-up clock. */
#include "client/limiter.h"

#include "test.h"

#define SECOND 1000000LL

static kube_limiter_t limiter;

static void full_at_first_then_one_by_one(void)
{
    kube_limiter_init(&limiter, 5, 10);
    for (int i = 0; i < 10; i++)
        CHECK_INT(kube_limiter_reserve(&limiter, 7 * SECOND), 0);
    for (int i = 1; i <= 20; i++)
        CHECK_INT(kube_limiter_reserve(&limiter, 7 * SECOND), i * SECOND / 5);
    CHECK_INT(kube_limiter_reserve(&limiter, 8 * SECOND), 16 * SECOND / 5);
    /* All turns are over at 11.2 s, and half a bucket later there are five again. */
    for (int i = 0; i < 5; i++)
        CHECK_INT(kube_limiter_reserve(&limiter, 122 * SECOND / 10), 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 122 * SECOND / 10), SECOND / 5);
    kube_limiter_dispose(&limiter);
}

static void never_more_than_a_bucket(void)
{
    kube_limiter_init(&limiter, 1000, 2);
    for (int hour = 0; hour < 3; hour++) {
        int64_t now = hour * 3600 * SECOND;
        CHECK_INT(kube_limiter_reserve(&limiter, now), 0);
        CHECK_INT(kube_limiter_reserve(&limiter, now), 0);
        CHECK_INT(kube_limiter_reserve(&limiter, now), 1000);
    }
    CHECK_INT(kube_limiter_reserve(&limiter, INT64_MAX), 0);
    kube_limiter_dispose(&limiter);
}

static void thirds_of_a_second_do_not_drift(void)
{
    kube_limiter_init(&limiter, 3, 1);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
    for (int i = 1; i <= 3000; i++)
        CHECK_INT(kube_limiter_reserve(&limiter, 0), (i * SECOND + 2) / 3);
    kube_limiter_dispose(&limiter);

    /* Whoever comes back at the very turn, a million times. */
    kube_limiter_init(&limiter, 3, 1);
    int64_t now = kube_limiter_reserve(&limiter, 0);
    for (int i = 0; i < 1000000; i++)
        now += kube_limiter_reserve(&limiter, now);
    CHECK_INT(now, (1000000 * SECOND + 2) / 3);
    kube_limiter_dispose(&limiter);

    /* Whoever asks each microsecond gets what the rate says, to the token. */
    kube_limiter_init(&limiter, 700001, 1);
    int64_t taken = 0, turn = 0;
    for (now = 0; now < SECOND; now++) {
        if (now >= turn) {
            turn = now + kube_limiter_reserve(&limiter, now);
            taken++;
        }
    }
    CHECK_INT(taken, 700001 + 1);
    kube_limiter_dispose(&limiter);
}

static void the_rate_holds_in_every_window(void)
{
    enum { COUNT = 2000 };
    static int64_t turns[COUNT];
    unsigned seed = 1;
    kube_limiter_init(&limiter, 37, 4);
    int64_t now = 0;
    for (int i = 0; i < COUNT; i++) {
        seed = seed * 1103515245 + 12345;
        now += (seed >> 16) % 60000;
        turns[i] = now + kube_limiter_reserve(&limiter, now);
        CHECK(i == 0 || turns[i] >= turns[i - 1]);
    }
    for (int i = 0; i < COUNT; i++) {
        for (int j = i; j < COUNT; j++)
            CHECK((j - i + 1 - 4) * SECOND <= (turns[j] - turns[i] + 1) * 37);
    }
    kube_limiter_dispose(&limiter);
}

static void slow_and_fast(void)
{
    kube_limiter_init(&limiter, 0.000001, 1);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 1000000 * SECOND);
    kube_limiter_dispose(&limiter);
    kube_limiter_init(&limiter, 1e-30, 1);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
    for (int64_t i = 1; i < 5000000; i++)
        kube_limiter_reserve(&limiter, 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 4000000LL * 1000000 * SECOND);
    kube_limiter_dispose(&limiter);
    kube_limiter_init(&limiter, 1e300, 1);
    for (int i = 0; i < 1000; i++)
        CHECK(kube_limiter_reserve(&limiter, 0) <= 1);
    kube_limiter_dispose(&limiter);
    static const double none[] = { 0, -1 };
    for (int i = 0; i < 2; i++) {
        kube_limiter_init(&limiter, none[i], 1);
        for (int n = 0; n < 100; n++)
            CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
        kube_limiter_give_back(&limiter, 1, 0);
        kube_limiter_dispose(&limiter);
    }
}

static void burst_of_its_own(void)
{
    static const struct {
        double qps;
        int burst;
    } cases[] = { { 5, 10 }, { 0.2, 1 }, { 0.75, 2 }, { 2.25, 5 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_limiter_init(&limiter, cases[i].qps, 0);
        for (int n = 0; n < cases[i].burst; n++)
            CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
        CHECK(kube_limiter_reserve(&limiter, 0) > 0);
        kube_limiter_dispose(&limiter);
    }
}

static void given_back(void)
{
    kube_limiter_init(&limiter, 1, 1);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 1 * SECOND);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 2 * SECOND);
    /* The one in the middle leaves a gap, because the later turn is given. */
    kube_limiter_give_back(&limiter, 1 * SECOND, 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 3 * SECOND);
    /* The last ones come back, one after the other. */
    kube_limiter_give_back(&limiter, 3 * SECOND, 0);
    kube_limiter_give_back(&limiter, 2 * SECOND, 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 2 * SECOND);
    /* Not once its turn has come. */
    kube_limiter_give_back(&limiter, 2 * SECOND, 2 * SECOND);
    CHECK_INT(kube_limiter_reserve(&limiter, 2 * SECOND), 1 * SECOND);
    kube_limiter_dispose(&limiter);

    /* Thirds: no microsecond is gained by coming and going. */
    kube_limiter_init(&limiter, 3, 1);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 0);
    for (int i = 0; i < 1000; i++) {
        CHECK_INT(kube_limiter_reserve(&limiter, 0), 333334);
        kube_limiter_give_back(&limiter, 333334, 0);
    }
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 333334);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 666667);
    for (int i = 0; i < 1000; i++)
        kube_limiter_give_back(&limiter, 333334, 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 0), 1000000);
    kube_limiter_dispose(&limiter);
}

static void a_clock_read_before_another_thread_came_first(void)
{
    kube_limiter_init(&limiter, 10, 1);
    CHECK_INT(kube_limiter_reserve(&limiter, 1000), 0);
    CHECK_INT(kube_limiter_reserve(&limiter, 990), 100010);
    CHECK_INT(kube_limiter_reserve(&limiter, 1000), 200000);
    kube_limiter_dispose(&limiter);
}

enum { THREADS = 8, EACH = 10000 };
static int64_t waits[THREADS][EACH];

static void *reserve_many(void *argument)
{
    int64_t *to = argument;
    for (int i = 0; i < EACH; i++)
        to[i] = kube_limiter_reserve(&limiter, 0);
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void each_thread_gets_turns_of_its_own(void)
{
    pthread_t threads[THREADS];
    kube_limiter_init(&limiter, 100, 1);
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, reserve_many, waits[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        for (int n = 1; n < EACH; n++)
            CHECK(waits[i][n] > waits[i][n - 1]);
    }
    int64_t *all = waits[0];
    qsort(all, THREADS * EACH, sizeof *all, by_number);
    for (int i = 0; i < THREADS * EACH; i++)
        CHECK_INT(all[i], i * 10000LL);
    kube_limiter_dispose(&limiter);
}

int main(void)
{
    RUN(full_at_first_then_one_by_one);
    RUN(never_more_than_a_bucket);
    RUN(thirds_of_a_second_do_not_drift);
    RUN(the_rate_holds_in_every_window);
    RUN(slow_and_fast);
    RUN(burst_of_its_own);
    RUN(given_back);
    RUN(a_clock_read_before_another_thread_came_first);
    RUN(each_thread_gets_turns_of_its_own);
    return test_end();
}
