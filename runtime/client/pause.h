/* Waiting between tries, and trying again. */
#ifndef KUBE_CLIENT_PAUSE_H
#define KUBE_CLIENT_PAUSE_H

#include <kube/conflict.h>

/* Milliseconds of a clock that does not go backwards. */
int64_t kube_monotonic_ms(void);
/* The moment by which a call with that timeout must be over; INT64_MAX for 0 and less. */
int64_t kube_deadline_ms(int64_t timeout_ms);
/* Waits for so many milliseconds. KUBE_E_CANCELED or KUBE_E_TIMEOUT, told in err, when the token was tripped or the deadline
 * has come. */
int kube_pause(int64_t wait_ms, const kube_cancel_t *cancel, int64_t deadline_ms, kube_error_t *err);
/* kube_retry_on_conflict with a deadline; err: not NULL. */
int kube_retry_until(const kube_retry_t *retry, int64_t deadline_ms, kube_attempt_fn *fn, void *userdata, kube_error_t *err);

#endif
