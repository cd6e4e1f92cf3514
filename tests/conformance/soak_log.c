/* The server's changes, by namespace, with the state after each; and the watches' view of them. */
#include "soak.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long a watch may be ahead of the log. */
#define AHEAD_SECONDS 120

/* A change, and a sum over the objects that were there before it: equal sums are equal states. */
typedef struct entry {
    int64_t revision;
    uint64_t state_before;
    kube_event_type_t type;
} entry_t;

typedef struct history {
    entry_t *entries;
    size_t count, room;
    int64_t revisions[OBJECTS];
} history_t;

static history_t histories[NAMESPACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;

bool soak_log_init(size_t room)
{
    for (int i = 0; i < NAMESPACES; i++) {
        history_t *history = &histories[i];
        history->room = room / NAMESPACES * 2;
        history->entries = malloc(history->room * sizeof *history->entries);
        if (!history->entries)
            return false;
        memset(history->entries, 0xff, history->room * sizeof *history->entries);
    }
    return true;
}

void soak_log_free(void)
{
    for (int i = 0; i < NAMESPACES; i++)
        free(histories[i].entries);
}

/* Mixes an object's place into its revision, so that sums of different states differ. */
static uint64_t sum_of(const int64_t *revisions)
{
    uint64_t sum = 0;
    for (int i = 0; i < OBJECTS; i++) {
        uint64_t part = (uint64_t)revisions[i] * 0x9e3779b97f4a7c15u + (uint64_t)(i + 1) * 0xc2b2ae3d27d4eb4fu;
        part = (part ^ part >> 29) * 0xbf58476d1ce4e5b9u;
        sum += revisions[i] ? part ^ part >> 32 : 0;
    }
    return sum;
}

static void add(const change_t *change)
{
    history_t *history = &histories[change->ns];
    if (history->count == history->room)
        abort();
    history->entries[history->count++] =
        (entry_t){ .revision = change->revision, .state_before = sum_of(history->revisions), .type = change->type };
    history->revisions[change->object] = change->type == KUBE_EVENT_DELETED ? 0 : change->revision;
}

void *soak_log_fill(void *server)
{
    change_t change;
    while (soak_server_read(server, &change)) {
        if (change.ns < 0 || change.ns >= NAMESPACES || change.object < 0 || change.object >= OBJECTS)
            continue;
        pthread_mutex_lock(&lock);
        add(&change);
        pthread_cond_broadcast(&more);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

size_t soak_log_count(void)
{
    size_t count = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < NAMESPACES; i++)
        count += histories[i].count;
    pthread_mutex_unlock(&lock);
    return count;
}

/* ---- with the lock held ---- */

static bool has_revision(const history_t *history, int64_t revision)
{
    return history->count > 0 && history->entries[history->count - 1].revision >= revision;
}

/* Events may be here before the log is. */
static bool wait_for(const history_t *history, int64_t revision)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += AHEAD_SECONDS;
    int code = 0;
    while (!has_revision(history, revision) && code != ETIMEDOUT)
        code = pthread_cond_timedwait(&more, &lock, &until);
    return has_revision(history, revision);
}

/* The first change of at least that revision. */
static size_t place_of(const history_t *history, int64_t revision)
{
    size_t low = 0, high = history->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (history->entries[middle].revision < revision)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Compares a change that a watch tells of with what must come next. */
static void compare(witness_t *witness, const history_t *history, int64_t revision, kube_event_type_t type, verdict_t *verdict)
{
    size_t place = wait_for(history, revision) ? place_of(history, revision) : history->count;
    bool happened = place < history->count && history->entries[place].revision == revision && history->entries[place].type == type;
    if (!happened) {
        verdict->wrong++;
        return;
    }
    if (!witness->placed) {
        /* The state that it was given must be the one before this change. */
        verdict->wrong += history->entries[place].state_before != sum_of(witness->revisions);
        witness->placed = true;
        witness->next = place;
    }
    if (place < witness->next) {
        verdict->duplicated++;
        return;
    }
    verdict->lost += (unsigned)(place - witness->next);
    verdict->events++;
    witness->next = place + 1;
}

/* ---- */

void soak_witness(witness_t *witness, const kube_event_t *event, verdict_t *verdict)
{
    const history_t *history = &histories[witness->ns];
    const kube_core_v1_config_map_t *object = event->object;
    if (event->type == KUBE_EVENT_RESTARTED) {
        verdict->restarts++;
        verdict->late_restarts += witness->synced;
        *witness = (witness_t){ .ns = witness->ns, .events = witness->events, .restarts = witness->restarts + 1 };
    }
    witness->synced = witness->synced || event->type == KUBE_EVENT_SYNCED;
    if (!object || event->type == KUBE_EVENT_BOOKMARK)
        return;
    int64_t revision = strtoll(object->metadata->resource_version, NULL, 10);
    int number = atoi(object->metadata->name + 2);
    if (number < 0 || number >= OBJECTS) {
        verdict->wrong++;
        return;
    }
    if (witness->synced) {
        pthread_mutex_lock(&lock);
        compare(witness, history, revision, event->type, verdict);
        pthread_mutex_unlock(&lock);
        witness->events++;
    }
    witness->revisions[number] = event->type == KUBE_EVENT_DELETED ? 0 : revision;
}

bool soak_has_all(const witness_t *witness)
{
    const history_t *history = &histories[witness->ns];
    pthread_mutex_lock(&lock);
    bool all = witness->synced && (!witness->placed || witness->next == history->count) && sum_of(witness->revisions) == sum_of(history->revisions);
    pthread_mutex_unlock(&lock);
    return all;
}
