#include "random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN 0x9e3779b97f4a7c15u

/* SplitMix64. */
uint64_t faultproxy_random_next(uint64_t *state)
{
    uint64_t z = *state += GOLDEN;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t between(uint64_t least, uint64_t most, uint64_t *state)
{
    if (most <= least)
        return least;
    uint64_t span = most - least + 1, drawn = faultproxy_random_next(state);
    return span == 0 ? drawn : least + drawn % span;
}

faultproxy_fault_t faultproxy_random_fault(const faultproxy_fault_t *fault, uint64_t *state)
{
    faultproxy_fault_t own = *fault;
    own.at = between(fault->at, fault->at_max, state);
    own.ms = (unsigned)between(fault->ms, fault->ms_max, state);
    return own;
}

bool faultproxy_fault_valid(const faultproxy_fault_t *fault)
{
    return (unsigned)fault->kind <= FAULTPROXY_REFUSE && (unsigned)fault->direction <= FAULTPROXY_TO_SERVER &&
           (fault->at_max == 0 || fault->at_max >= fault->at) && (fault->ms_max == 0 || fault->ms_max >= fault->ms);
}

int faultproxy_lottery_fill(faultproxy_lottery_t *lottery, uint64_t seed, const faultproxy_choice_t *choices, size_t count)
{
    faultproxy_choice_t *copy = NULL;
    uint64_t weights = 0;
    for (size_t i = 0; i < count; i++) {
        weights += choices[i].weight;
        if (!faultproxy_fault_valid(&choices[i].fault))
            count = weights = 0;
    }
    if (weights == 0) {
        errno = EINVAL;
        return -1;
    }
    copy = malloc(count * sizeof(*copy));
    if (!copy)
        return -1;
    memcpy(copy, choices, count * sizeof(*copy));
    free(lottery->choices);
    *lottery = (faultproxy_lottery_t){ .seed = seed, .weights = weights, .choices = copy, .count = count };
    return 0;
}

/* Each connection has a sequence of its own, so that what one draws does not move the next. */
faultproxy_fault_t faultproxy_lottery_draw(faultproxy_lottery_t *lottery)
{
    if (lottery->count == 0)
        return (faultproxy_fault_t){ .kind = FAULTPROXY_NONE };
    uint64_t state = lottery->seed ^ (++lottery->drawn * 0xd1342543de82ef95u);
    uint64_t ticket = faultproxy_random_next(&state) % lottery->weights;
    size_t i = 0;
    while (ticket >= lottery->choices[i].weight)
        ticket -= lottery->choices[i++].weight;
    return faultproxy_random_fault(&lottery->choices[i].fault, &state);
}

void faultproxy_lottery_empty(faultproxy_lottery_t *lottery)
{
    free(lottery->choices);
    *lottery = (faultproxy_lottery_t){ .count = 0 };
}
