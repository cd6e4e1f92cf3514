#include <kube/conflict.h>

#include "base/fail.h"
#include "base/random.h"
#include "client/earlier.h"
#include "client/pause.h"

#define DEFAULT_STEPS 5
#define DEFAULT_BASE_MS 10
#define DEFAULT_JITTER 0.1
#define WAIT_MAX_MS 86400000.0

/* From 0 to 1. */
static double random_part(void)
{
    return (double)(kube_random() >> 11) / (double)((uint64_t)1 << 53);
}

static double first_wait(const kube_retry_t *retry)
{
    if (retry->base_ms < 0)
        return 0;
    return retry->base_ms ? (double)retry->base_ms : DEFAULT_BASE_MS;
}

static int64_t with_jitter(const kube_retry_t *retry, double wait_ms)
{
    double jitter = retry->jitter.has ? retry->jitter.value : DEFAULT_JITTER;
    wait_ms += jitter > 0 ? wait_ms * jitter * random_part() : 0;
    return wait_ms < WAIT_MAX_MS ? (int64_t)wait_ms : (int64_t)WAIT_MAX_MS;
}

/* An error while waiting tells of the conflict before it. */
static int wait_after(kube_error_t *err, int64_t wait_ms, const kube_cancel_t *cancel, int64_t deadline_ms)
{
    kube_error_t conflict = *err;
    kube_error_reset(err);
    int code = kube_pause(wait_ms, cancel, deadline_ms, err);
    if (code < 0)
        kube_earlier_tell(err, conflict.message);
    return code;
}

int kube_retry_until(const kube_retry_t *retry, int64_t deadline_ms, kube_attempt_fn *fn, void *userdata, kube_error_t *err)
{
    int steps = retry->steps > 0 ? retry->steps : DEFAULT_STEPS;
    double wait_ms = first_wait(retry);
    for (;;) {
        kube_error_reset(err);
        int code = fn(err, userdata);
        if (code != KUBE_E_CONFLICT || --steps <= 0)
            return code;
        code = wait_after(err, with_jitter(retry, wait_ms), retry->cancel, deadline_ms);
        if (code < 0)
            return code;
        wait_ms *= retry->factor > 0 ? retry->factor : 1;
    }
}

int kube_retry_on_conflict(const kube_retry_t *retry, kube_attempt_fn *fn, void *userdata, kube_error_t *err)
{
    static const kube_retry_t defaults;
    kube_error_t own;
    err = err ? err : &own;
    kube_error_reset(err);
    if (!fn)
        return kube_fail(err, KUBE_E_USAGE, "fn is NULL");
    int code = kube_retry_until(retry ? retry : &defaults, INT64_MAX, fn, userdata, err);
    if (code == KUBE_OK)
        kube_error_reset(err);
    else if (code < 0 && err->code != code)
        kube_fail(err, code, "the attempt ended with %s", kube_code_name(code));
    return code;
}
