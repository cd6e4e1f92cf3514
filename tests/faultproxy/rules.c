/* Which faults befall which connections. */
#include "proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool faultproxy_means(faultproxy_connection_t which, uint64_t number)
{
    return which == FAULTPROXY_EVERY || which == FAULTPROXY_OPEN || which == number;
}

static bool means_new(faultproxy_connection_t which, uint64_t number)
{
    return which == FAULTPROXY_EVERY || which == FAULTPROXY_NEW || which == FAULTPROXY_NEXT || which == number;
}

/* Whether connections to come can be meant, the last one having had the number `accepted`. */
static bool means_future(faultproxy_connection_t which, uint64_t accepted)
{
    return which != FAULTPROXY_OPEN && means_new(which, which) && (which == FAULTPROXY_EVERY || which > accepted);
}

/* A fault whose at and ms are drawn, on the lanes it names. */
static int add_to(faultproxy_link_t *link, const faultproxy_fault_t *fault)
{
    int result = 0;
    if (fault->direction != FAULTPROXY_TO_SERVER)
        result = faultproxy_lane_add(&link->to_client, fault);
    if (fault->direction != FAULTPROXY_TO_CLIENT && result == 0)
        result = faultproxy_lane_add(&link->to_server, fault);
    link->wake = 0;
    return result;
}

static void remove_rule(faultproxy_t *proxy, size_t i)
{
    proxy->rule_count--;
    memmove(&proxy->rules[i], &proxy->rules[i + 1], (proxy->rule_count - i) * sizeof(proxy->rules[0]));
}

static int apply_one(faultproxy_link_t *link, const faultproxy_fault_t *fault, bool *refuse)
{
    if (fault->kind == FAULTPROXY_REFUSE)
        *refuse = true;
    return fault->kind == FAULTPROXY_REFUSE || fault->kind == FAULTPROXY_NONE ? 0 : add_to(link, fault);
}

int faultproxy_rules_apply(faultproxy_t *proxy, faultproxy_link_t *link, bool *refuse)
{
    faultproxy_fault_t fault = faultproxy_lottery_draw(&proxy->lottery);
    int result = apply_one(link, &fault, refuse);
    for (size_t i = 0; i < proxy->rule_count && result == 0;) {
        faultproxy_connection_t which = proxy->rules[i].which;
        if (means_new(which, link->number)) {
            fault = faultproxy_random_fault(&proxy->rules[i].fault, &proxy->drawn);
            result = apply_one(link, &fault, refuse);
        }
        if (which == FAULTPROXY_NEXT || which == link->number)
            remove_rule(proxy, i);
        else
            i++;
    }
    return result;
}

static int add_rule(faultproxy_t *proxy, faultproxy_connection_t which, const faultproxy_fault_t *fault)
{
    faultproxy_rule_t *rules = realloc(proxy->rules, (proxy->rule_count + 1) * sizeof(*rules));
    if (!rules)
        return -1;
    proxy->rules = rules;
    rules[proxy->rule_count++] = (faultproxy_rule_t){ .which = which, .fault = *fault };
    return 0;
}

static int set_locked(faultproxy_t *proxy, faultproxy_connection_t which, const faultproxy_fault_t *fault)
{
    int result = 0;
    bool future = means_future(which, proxy->counters.accepted);
    if (!faultproxy_fault_valid(fault) || (fault->kind == FAULTPROXY_REFUSE && !future)) {
        errno = EINVAL;
        return -1;
    }
    if (future)
        result = add_rule(proxy, which, fault);
    for (faultproxy_link_t *link = proxy->links; link && result == 0 && fault->kind != FAULTPROXY_REFUSE; link = link->next) {
        if (!faultproxy_link_open(link) || !faultproxy_means(which, link->number))
            continue;
        faultproxy_fault_t own = faultproxy_random_fault(fault, &proxy->drawn);
        result = add_to(link, &own);
    }
    return result;
}

int faultproxy_set(faultproxy_t *proxy, faultproxy_connection_t which, const faultproxy_fault_t *fault)
{
    pthread_mutex_lock(&proxy->lock);
    int result = set_locked(proxy, which, fault);
    faultproxy_wake(proxy);
    pthread_mutex_unlock(&proxy->lock);
    return result;
}

static bool releases_rule(faultproxy_connection_t which, const faultproxy_rule_t *rule)
{
    return rule->fault.kind == FAULTPROXY_STALL && (which == FAULTPROXY_EVERY || which == rule->which ||
                                                    (which == FAULTPROXY_NEW && rule->which == FAULTPROXY_NEXT));
}

void faultproxy_release(faultproxy_t *proxy, faultproxy_connection_t which)
{
    pthread_mutex_lock(&proxy->lock);
    for (size_t i = proxy->rule_count; i-- > 0;)
        if (releases_rule(which, &proxy->rules[i]))
            remove_rule(proxy, i);
    for (faultproxy_link_t *link = proxy->links; link; link = link->next) {
        if (!faultproxy_means(which, link->number))
            continue;
        faultproxy_lane_release(&link->to_client);
        faultproxy_lane_release(&link->to_server);
        link->wake = 0;
    }
    faultproxy_wake(proxy);
    pthread_mutex_unlock(&proxy->lock);
}

void faultproxy_clear(faultproxy_t *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->rule_count = 0;
    faultproxy_lottery_empty(&proxy->lottery);
    for (faultproxy_link_t *link = proxy->links; link; link = link->next) {
        faultproxy_lane_clear(&link->to_client);
        faultproxy_lane_clear(&link->to_server);
        link->wake = 0;
    }
    pthread_mutex_unlock(&proxy->lock);
    faultproxy_listen(proxy, true);
}

int faultproxy_random(faultproxy_t *proxy, uint64_t seed, const faultproxy_choice_t *choices, size_t count)
{
    int result = 0;
    pthread_mutex_lock(&proxy->lock);
    if (count == 0)
        faultproxy_lottery_empty(&proxy->lottery);
    else
        result = faultproxy_lottery_fill(&proxy->lottery, seed, choices, count);
    pthread_mutex_unlock(&proxy->lock);
    return result;
}
