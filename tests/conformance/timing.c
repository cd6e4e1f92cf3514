/* Time, threads, and a host's loop. */
#include <poll.h>
#include <pthread.h>
#include <time.h>

#include "conformance.h"

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_ms(int64_t ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* ---- a token tripped from another thread ---- */

typedef struct tripper {
    pthread_t thread;
    kube_cancel_t *cancel;
    int64_t ms;
} tripper_t;

static void *trip(void *userdata)
{
    tripper_t *tripper = userdata;
    pause_ms(tripper->ms);
    kube_cancel_trip(tripper->cancel);
    return NULL;
}

static void end_tripper(void *what)
{
    tripper_t *tripper = what;
    pthread_join(tripper->thread, NULL);
    free(tripper);
}

static void free_cancel(void *cancel)
{
    kube_cancel_free(cancel);
}

kube_cancel_t *new_cancel(test_t *t)
{
    kube_cancel_t *cancel = kube_cancel_new();
    if (!cancel)
        abort();
    defer(t, free_cancel, cancel);
    return cancel;
}

void trip_after(test_t *t, kube_cancel_t *cancel, int64_t ms)
{
    tripper_t *tripper = malloc(sizeof *tripper);
    if (!tripper)
        abort();
    *tripper = (tripper_t){ .cancel = cancel, .ms = ms };
    if (pthread_create(&tripper->thread, NULL, trip, tripper) != 0)
        abort();
    defer(t, end_tripper, tripper);
}

kube_cancel_t *cancel_after(test_t *t, int64_t ms)
{
    kube_cancel_t *cancel = new_cancel(t);
    trip_after(t, cancel, ms);
    return cancel;
}

bool wait_for_flag(test_t *t, const atomic_bool *flag)
{
    for (int64_t end = now_ms() + EVENT_MS; !*flag && now_ms() < end;)
        pause_ms(5);
    return CHECK(t, *flag);
}

/* ---- a host's loop ---- */

bool drive(test_t *t, kube_client_t *client, kube_op_t *op)
{
    struct pollfd readable = { .fd = kube_loop_fd(client), .events = POLLIN };
    int64_t end = now_ms() + CALL_MS;
    while (!kube_op_ended(op)) {
        if (!CHECK(t, now_ms() < end))
            return false;
        if (poll(&readable, 1, 100) > 0 && !CHECK(t, kube_loop_dispatch(client, 0, &t->err) >= 0))
            return false;
    }
    return true;
}
