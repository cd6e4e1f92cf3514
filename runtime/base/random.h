/* Numbers for jitter: not for secrets. */
#ifndef KUBE_BASE_RANDOM_H
#define KUBE_BASE_RANDOM_H

#include <stdint.h>

/* A number that other processes and threads are unlikely to get at the same time. Thread-safe. */
uint64_t kube_random(void);

#endif
