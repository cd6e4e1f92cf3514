#include "base/random.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

/* splitmix64: the steps of a counter, well stirred. */
static uint64_t stir(uint64_t x)
{
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

uint64_t kube_random(void)
{
    static _Atomic uint64_t counter;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t step = atomic_fetch_add(&counter, 0x9E3779B97F4A7C15u);
    return stir(step ^ stir((uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec) ^ (uint64_t)getpid() << 40);
}
