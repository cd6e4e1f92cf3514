#include "client/limiter.h"

#include <stdbool.h>

#define TOKEN ((int64_t)1000000000000)
/* Beyond these a bucket would not fit its numbers. */
#define RATE_MAX (1000 * TOKEN)
#define BURST_MAX 4000000
#define DEBT_MAX (4000000 * TOKEN)

static int64_t clamp(int64_t number, int64_t least, int64_t most)
{
    return number < least ? least : number > most ? most : number;
}

void kube_limiter_init(kube_limiter_t *limiter, double qps, int burst)
{
    *limiter = (kube_limiter_t){ .time = INT64_MIN, .last_turn = INT64_MIN };
    pthread_mutex_init(&limiter->lock, NULL);
    if (!(qps > 0))
        return;
    double rate = qps * 1e6 + 0.5;
    limiter->rate = rate >= (double)RATE_MAX ? RATE_MAX : clamp((int64_t)rate, 1, RATE_MAX);
    int64_t tokens = burst > 0 ? burst : (2 * limiter->rate + 999999) / 1000000;
    limiter->full = limiter->level = clamp(tokens, 1, BURST_MAX) * TOKEN;
}

void kube_limiter_dispose(kube_limiter_t *limiter)
{
    pthread_mutex_destroy(&limiter->lock);
}

/* A thread may have read the clock before another one that came first: time then stands still. */
static void fill(kube_limiter_t *limiter, int64_t now_us)
{
    if (limiter->time == INT64_MIN)
        limiter->time = now_us;
    if (now_us <= limiter->time)
        return;
    int64_t missing = limiter->full - limiter->level, elapsed = now_us - limiter->time;
    limiter->level = elapsed > missing / limiter->rate ? limiter->full : limiter->level + elapsed * limiter->rate;
    limiter->time = now_us;
}

/* Microseconds that an amount takes, rounded up. */
static int64_t time_for(const kube_limiter_t *limiter, int64_t amount)
{
    return amount / limiter->rate + (amount % limiter->rate != 0);
}

static int64_t take(kube_limiter_t *limiter, int64_t now_us)
{
    fill(limiter, now_us);
    if (limiter->level > -DEBT_MAX)
        limiter->level -= TOKEN;
    int64_t turn = limiter->time + (limiter->level < 0 ? time_for(limiter, -limiter->level) : 0);
    limiter->last_turn = turn > limiter->last_turn ? turn : limiter->last_turn;
    return turn > now_us ? turn - now_us : 0;
}

int64_t kube_limiter_reserve(kube_limiter_t *limiter, int64_t now_us)
{
    if (limiter->rate == 0)
        return 0;
    pthread_mutex_lock(&limiter->lock);
    int64_t wait = take(limiter, now_us);
    pthread_mutex_unlock(&limiter->lock);
    return wait;
}

/* What has been given after `turn` was calculated as if its token were gone. Turns are whole microseconds, so what is left over
 * of one is nothing. */
static void restore(kube_limiter_t *limiter, int64_t turn_us, int64_t now_us)
{
    int64_t later = limiter->last_turn - turn_us, amount = TOKEN;
    if (later > 0)
        amount = later > TOKEN / limiter->rate ? 0 : TOKEN - later * limiter->rate;
    if (amount <= limiter->rate)
        return;
    fill(limiter, now_us);
    limiter->level = limiter->full - limiter->level > amount ? limiter->level + amount : limiter->full;
    if (later <= 0)
        limiter->last_turn = turn_us - TOKEN / limiter->rate;
}

void kube_limiter_give_back(kube_limiter_t *limiter, int64_t turn_us, int64_t now_us)
{
    if (limiter->rate == 0 || turn_us <= now_us)
        return;
    pthread_mutex_lock(&limiter->lock);
    restore(limiter, turn_us, now_us);
    pthread_mutex_unlock(&limiter->lock);
}
