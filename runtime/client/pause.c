#include "client/pause.h"

#include <time.h>

#include "base/fail.h"
#include "http/engine.h"

/* How long a tripped token may go unseen. */
#define LOOK_MS 5

int64_t kube_monotonic_ms(void)
{
    return kube_now_us() / 1000;
}

int64_t kube_deadline_ms(int64_t timeout_ms)
{
    int64_t now = kube_monotonic_ms();
    return timeout_ms <= 0 || timeout_ms > INT64_MAX - now ? INT64_MAX : now + timeout_ms;
}

static void sleep_ms(int64_t wait_ms)
{
    struct timespec wait = { .tv_sec = (time_t)(wait_ms / 1000), .tv_nsec = (long)(wait_ms % 1000) * 1000000 };
    nanosleep(&wait, NULL);
}

int kube_pause(int64_t wait_ms, const kube_cancel_t *cancel, int64_t deadline_ms, kube_error_t *err)
{
    int64_t now = kube_monotonic_ms(), end = wait_ms > INT64_MAX - now ? INT64_MAX : now + wait_ms;
    for (;; now = kube_monotonic_ms()) {
        if (kube_cancel_tripped(cancel))
            return kube_fail(err, KUBE_E_CANCELED, "canceled");
        if (now >= deadline_ms)
            return kube_fail(err, KUBE_E_TIMEOUT, "no time is left");
        if (now >= end)
            return KUBE_OK;
        int64_t left = (end < deadline_ms ? end : deadline_ms) - now;
        sleep_ms(cancel && left > LOOK_MS ? LOOK_MS : left);
    }
}
