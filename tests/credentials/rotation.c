/*
 * Watches and requests while the files of their client's credentials change:
 *     rotation KUBECONFIG CONTEXT ADMIN NAMESPACE
 * CONTEXT: "-" for the current one, whichever that is. A writer, who is the user of the kubeconfig ADMIN, which stays, changes ConfigMaps and notes their versions; each of 100 watches must tell
 * of every version once and in order, and no request of the other client may fail, none being tried twice. Prints "ready" when all
 * watches know the initial state, ends when its standard input does, and prints what happened as JSON.
 */
#include <jansson.h>
#include <kube/authentication/v1.h>
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WATCHES = 100, READERS = 4, OBJECTS = 20, CHANGES_MAX = 100000, PATIENCE_S = 60 };

/* The writer's changes, oldest first: version[i] is visible once count > i. */
static int64_t versions[CHANGES_MAX];
static atomic_int count;
static atomic_bool writer_stops, readers_stop;
static atomic_bool written; /* and there will be no more changes */

typedef struct watcher {
    pthread_t thread;
    int64_t initial;   /* the latest version of the initial state */
    int next;          /* place among the changes of the next event; -1: none came yet */
    bool synced;
    int lost, doubled, restarts, code;
    atomic_int events;
    atomic_bool has_all;
} watcher_t;

static watcher_t watchers[WATCHES];
static atomic_int synced, requests, failures;
static char failure[640];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static kube_client_t *client, *admin;
static kube_cancel_t *cancel;
static const char *ns;

static int connect_as(const char *kubeconfig, const char *context, const kube_client_options_t *made, kube_client_t **out)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_config_options_t options = { .context = strcmp(context, "-") ? context : NULL };
    int code = kube_config_load(kubeconfig, &options, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, made, out, &err);
    kube_config_free(config);
    if (code < 0)
        fprintf(stderr, "%s: %s\n", kubeconfig, err.message);
    return code;
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void fail(const char *who, const kube_error_t *err)
{
    pthread_mutex_lock(&lock);
    failures++;
    if (!*failure)
        snprintf(failure, sizeof failure, "%s: %s: %s", who, kube_code_name(err->code), err->message);
    pthread_mutex_unlock(&lock);
}

/* ---- the writer ---- */

static int64_t version_of(const kube_core_v1_config_map_t *object)
{
    return strtoll(object->metadata->resource_version, NULL, 10);
}

static bool change(int number)
{
    char name[16], value[16];
    kube_error_t err;
    snprintf(name, sizeof name, "o-%d", number % OBJECTS);
    snprintf(value, sizeof value, "%d", number);
    kube_core_v1_config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = name }, .data = KUBE_MAP({ "n", value }) };
    kube_core_v1_config_map_t *made = NULL;
    kube_apply_options_t options = { .field_manager = "rotation" };
    if (kube_core_v1_config_map_apply(admin, ns, &wanted, &options, &made, &err) < 0) {
        fail("writer", &err);
        return false;
    }
    versions[count] = version_of(made);
    count++;
    kube_free(made);
    return true;
}

static void *write_changes(void *unused)
{
    for (int i = 0; !writer_stops && i < CHANGES_MAX - OBJECTS && change(i); i++)
        pause_ms(20);
    return unused;
}

/* ---- watches ---- */

/* The place of a version; the writer may not have noted it yet. */
static int place_of(int64_t version)
{
    for (int tries = 0; tries < PATIENCE_S * 1000; tries++) {
        for (int i = count; i-- > 0 && versions[i] >= version;) {
            if (versions[i] == version)
                return i;
        }
        pause_ms(1);
    }
    return -1;
}

/* The change after the initial state. */
static int first_after(int64_t version)
{
    int i = count;
    while (i > 0 && versions[i - 1] > version)
        i--;
    return i;
}

static void take_object(watcher_t *watcher, const kube_core_v1_config_map_t *object)
{
    int64_t version = version_of(object);
    if (!watcher->synced) {
        watcher->initial = version > watcher->initial ? version : watcher->initial;
        return;
    }
    int place = place_of(version);
    if (watcher->next < 0)
        watcher->next = first_after(watcher->initial);
    watcher->lost += place > watcher->next ? place - watcher->next : 0;
    watcher->doubled += place < watcher->next;
    watcher->next = place + 1;
    watcher->events++;
}

static void take(watcher_t *watcher, const kube_core_v1_config_map_event_t *event)
{
    if (event->type == KUBE_EVENT_SYNCED && !watcher->synced) {
        watcher->synced = true;
        synced++;
    } else if (event->type == KUBE_EVENT_RESTARTED) {
        /* The server may end a request before it has told all of the initial state. */
        watcher->restarts += watcher->synced;
        watcher->initial = 0;
    } else if (event->object && event->type != KUBE_EVENT_BOOKMARK) {
        take_object(watcher, event->object);
    }
    watcher->has_all = written && watcher->next == count;
}

/* The server ends its requests every few seconds, so that they are made again with the credentials of that time. */
static void *watch(void *userdata)
{
    watcher_t *watcher = userdata;
    kube_error_t err;
    kube_core_v1_config_map_watch_t *stream = NULL;
    kube_core_v1_config_map_event_t event;
    kube_watch_options_t options = { .call.cancel = cancel, .timeout_seconds = 2 + (watcher - watchers) % 4 };
    watcher->next = -1;
    int code = kube_core_v1_config_map_watch(client, ns, &options, &stream, &err);
    while (code == KUBE_OK || code == KUBE_E_TIMEOUT) {
        code = kube_core_v1_config_map_watch_next_within(stream, 200, &event, &err);
        if (code == KUBE_OK)
            take(watcher, &event);
        watcher->has_all = written && watcher->next == count;
    }
    if (code != KUBE_E_CANCELED)
        fail("watch", &err);
    watcher->code = code;
    kube_core_v1_config_map_watch_free(stream);
    return NULL;
}

/* ---- requests ---- */

static void *read_on(void *unused)
{
    kube_error_t err;
    while (!readers_stop) {
        requests++;
        if (kube_core_v1_config_map_list(client, ns, NULL, NULL, &err) < 0)
            fail("request", &err);
        pause_ms(10);
    }
    return unused;
}

/* ---- */

static bool all_have_all(void)
{
    for (int i = 0; i < WATCHES; i++) {
        if (!watchers[i].has_all)
            return false;
    }
    return true;
}

static void wait_for(bool (*holds)(void))
{
    for (int i = 0; i < PATIENCE_S * 100 && !holds() && !(failures && !requests); i++)
        pause_ms(10);
}

static bool all_synced(void)
{
    return synced == WATCHES;
}

/* Who the client is in the end; freed with free. */
static char *last_user(void)
{
    kube_error_t err;
    kube_authentication_v1_self_subject_review_t none = { 0 }, *review = NULL;
    if (kube_authentication_v1_self_subject_review_create(client, &none, NULL, &review, &err) < 0)
        fail("the last request", &err);
    char *name = strdup(review ? review->status->user_info->username : "");
    kube_free(review);
    return name;
}

static void report(const char *user)
{
    int lost = 0, doubled = 0, restarts = 0, unfinished = 0, events = 0, fewest = CHANGES_MAX;
    for (int i = 0; i < WATCHES; i++) {
        lost += watchers[i].lost;
        doubled += watchers[i].doubled;
        restarts += watchers[i].restarts;
        unfinished += !watchers[i].has_all;
        events += watchers[i].events;
        fewest = watchers[i].events < fewest ? watchers[i].events : fewest;
    }
    json_t *line = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:s}", "changes", (int)count, "events", events, "fewest", fewest, "lost",
                             lost, "doubled", doubled, "restarts", restarts, "unfinished", unfinished, "requests", (int)requests, "failures",
                             (int)failures, "failure", failure, "user", user);
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
}

int main(int argc, char **argv)
{
    kube_client_options_t once = { .max_retries = { true, 0 } };
    if (argc != 5) {
        fprintf(stderr, "usage: rotation KUBECONFIG CONTEXT ADMIN NAMESPACE\n");
        return 2;
    }
    ns = argv[4];
    cancel = kube_cancel_new();
    if (connect_as(argv[1], argv[2], &once, &client) < 0 || connect_as(argv[3], "-", NULL, &admin) < 0)
        return 1;
    pthread_t writer, readers[READERS];
    for (int i = 0; i < OBJECTS; i++)
        change(i);
    pthread_create(&writer, NULL, write_changes, NULL);
    for (int i = 0; i < WATCHES; i++)
        pthread_create(&watchers[i].thread, NULL, watch, &watchers[i]);
    wait_for(all_synced);
    for (int i = 0; i < READERS; i++)
        pthread_create(&readers[i], NULL, read_on, NULL);
    puts(all_synced() ? "ready" : "not ready");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    readers_stop = writer_stops = true;
    pthread_join(writer, NULL);
    written = true;
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    wait_for(all_have_all);
    kube_cancel_trip(cancel);
    for (int i = 0; i < WATCHES; i++)
        pthread_join(watchers[i].thread, NULL);
    char *user = last_user();
    report(user);
    free(user);
    kube_client_free(client);
    kube_client_free(admin);
    kube_cancel_free(cancel);
    return 0;
}
