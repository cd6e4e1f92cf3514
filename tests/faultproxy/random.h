/* Random numbers that a seed repeats, and the lottery of faults. */
#ifndef FAULTPROXY_RANDOM_H
#define FAULTPROXY_RANDOM_H

#include "faultproxy.h"

/* A number from 0 to 2^64 - 1; the state moves on. */
uint64_t faultproxy_random_next(uint64_t *state);
/* The fault with an `at` and an `ms` of its own, drawn from their ranges. */
faultproxy_fault_t faultproxy_random_fault(const faultproxy_fault_t *fault, uint64_t *state);
/* Whether the members of a fault make sense. */
bool faultproxy_fault_valid(const faultproxy_fault_t *fault);

/* What new connections draw from. */
typedef struct faultproxy_lottery {
    uint64_t seed, drawn; /* drawn: connections so far */
    uint64_t weights;     /* sum */
    faultproxy_choice_t *choices;
    size_t count;
} faultproxy_lottery_t;

/* Replaces the lottery's choices by copies. 0, or -1 and errno: the lottery is as before. */
int faultproxy_lottery_fill(faultproxy_lottery_t *lottery, uint64_t seed, const faultproxy_choice_t *choices, size_t count);
/* The next connection's fault; NONE when the lottery is empty. */
faultproxy_fault_t faultproxy_lottery_draw(faultproxy_lottery_t *lottery);
void faultproxy_lottery_empty(faultproxy_lottery_t *lottery);

#endif
