/* Time that only goes forward: for deadlines and ages, never for dates. */
#ifndef KUBE_BASE_CLOCK_H
#define KUBE_BASE_CLOCK_H

#include <stdint.h>

/* Since some moment in the past. */
int64_t kube_now_us(void);
int64_t kube_now_ms(void);

#endif
