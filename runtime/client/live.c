#include "client/live.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "client/client.h"
#include "client/hook_log.h"
#include "config/config_follow.h"

#define LOOK_US ((int64_t)1000 * 1000)
/* A file that was changed so short a time ago may be about to be changed more: programs write kubeconfigs piece by piece. */
#define UNSETTLED_NS ((int64_t)100 * 1000 * 1000)

/* ---- files ---- */

static bool is_unsettled(const kube_file_version_t *version)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t age = ((int64_t)now.tv_sec - version->modified.tv_sec) * 1000000000 + now.tv_nsec - version->modified.tv_nsec;
    return age >= 0 && age < UNSETTLED_NS;
}

static bool look_at_files(const kube_config_t *config, kube_file_version_t *files)
{
    bool unsettled = false;
    for (size_t i = 0; i < config->files.len; i++) {
        files[i] = (kube_file_version_t){ 0 };
        if (kube_file_look(config->files.items[i], &files[i]))
            unsettled = unsettled || is_unsettled(&files[i]);
    }
    return !unsettled;
}

/* ---- what they say ---- */

static const char *keep_name(kube_live_t *live, const kube_config_t *config)
{
    const char *text = config->ns && *config->ns ? config->ns : "default";
    for (const kube_live_name_t *name = live->names; name; name = name->next) {
        if (strcmp(name->text, text) == 0)
            return name->text;
    }
    size_t len = strlen(text);
    kube_live_name_t *name = kube_mem_alloc(sizeof *name + len + 1);
    if (!name)
        return NULL;
    memcpy(name->text, text, len + 1);
    name->next = live->names;
    live->names = name;
    return name->text;
}

/* Takes config. */
static int make_access(kube_live_t *live, kube_config_t *config, const kube_access_t *before, kube_access_t **out, kube_error_t *err)
{
    const char *ns = keep_name(live, config);
    if (ns)
        return kube_access_new(&live->plan, config, ns, before, out, err);
    kube_config_free(config);
    return kube_fail_memory(err);
}

static void tell_problem(kube_client_t *client, const char *message)
{
    kube_live_t *live = &client->live;
    if (strncmp(live->problem, message, sizeof live->problem - 1) == 0)
        return;
    kube_copy_cut(live->problem, sizeof live->problem, message, strlen(message));
    kube_hook_log(client, KUBE_LOG_WARNING, "the configuration stays as it was: %s", message);
}

static void tell_change(kube_client_t *client, const kube_access_t *access)
{
    const char *context = access->config->context;
    client->live.problem[0] = '\0';
    kube_hook_log(client, KUBE_LOG_INFO, "the configuration has changed: %s, context %s", access->servers.urls[0], context ? context : "-");
}

/* The new access, NULL when nothing is to be replaced. This thread looks. */
static int read_files(kube_client_t *client, kube_access_t **out, kube_error_t *err)
{
    kube_live_t *live = &client->live;
    kube_config_t *config;
    *out = NULL;
    int code = kube_config_follow(live->config, live->context, &config, err);
    if (code == KUBE_OK && !kube_config_equal(config, live->current->config))
        return make_access(live, config, live->current, out, err);
    if (code == KUBE_OK)
        kube_config_free(config);
    return code;
}

/* This thread looks, and holds no lock. Returns an access that is to replace the current one, or NULL. */
static kube_access_t *look(kube_client_t *client, bool at_once)
{
    kube_live_t *live = &client->live;
    size_t count = live->config->files.len;
    kube_file_version_t *files = kube_mem_zero(count * sizeof *files);
    kube_access_t *access = NULL;
    kube_error_t err = { 0 };
    bool settled = files && look_at_files(live->config, files);
    bool changed = files && (live->failed || !kube_files_are_same(files, live->files, count));
    if (changed && (settled || at_once)) {
        live->failed = read_files(client, &access, &err) < 0;
        /* Looked at before they were read: what was written in between is read once more. */
        memcpy(live->files, files, count * sizeof *files);
        if (live->failed)
            tell_problem(client, err.message);
        if (access)
            tell_change(client, access);
    }
    kube_mem_free(files);
    return access;
}

/* The lock is held, and let go meanwhile. */
static void look_now(kube_client_t *client, bool at_once)
{
    kube_live_t *live = &client->live;
    live->looking = true;
    live->look_at = kube_now_us() + LOOK_US;
    pthread_mutex_unlock(&live->lock);
    kube_access_t *access = look(client, at_once);
    pthread_mutex_lock(&live->lock);
    kube_access_t *old = access ? live->current : NULL;
    if (access)
        live->current = access;
    live->looking = false;
    pthread_cond_broadcast(&live->looked);
    if (!old)
        return;
    pthread_mutex_unlock(&live->lock);
    kube_access_free(old);
    pthread_mutex_lock(&live->lock);
}

/* ---- the functions ---- */

/* What came through a pipe does not come again, and who reads it again may wait for ever. */
static bool can_be_read_again(const kube_config_t *config)
{
    kube_file_version_t version;
    bool can = true;
    for (size_t i = 0; i < config->files.len; i++)
        can = can && (access(config->files.items[i], F_OK) != 0 || kube_file_look(config->files.items[i], &version));
    return can;
}

static bool must_follow(const kube_config_t *config, const kube_client_options_t *options)
{
    return options->follow != KUBE_FOLLOW_NOTHING && kube_config_is_followed(config) && config->files.len > 0 && can_be_read_again(config);
}

int kube_live_init(kube_live_t *live, const kube_config_t *config, const kube_client_options_t *options, kube_error_t *err)
{
    *live = (kube_live_t){ 0 };
    pthread_mutex_init(&live->lock, NULL);
    pthread_cond_init(&live->looked, NULL);
    int code = kube_access_plan_init(&live->plan, config, options, err);
    if (code < 0)
        return code;
    kube_config_t *copy = kube_config_dup(config);
    code = copy ? make_access(live, copy, NULL, &live->current, err) : kube_fail_memory(err);
    if (code < 0 || !must_follow(config, options))
        return code;
    live->config = kube_config_dup(config);
    /* All zero: they may have changed since they were read, so the first look reads them. */
    live->files = kube_mem_zero(config->files.len * sizeof *live->files);
    if (!live->config || !live->files)
        return kube_fail_memory(err);
    live->context = options->follow == KUBE_FOLLOW_CONTEXT ? live->config->context : NULL;
    live->look_at = kube_now_us() + LOOK_US;
    return KUBE_OK;
}

void kube_live_dispose(kube_live_t *live)
{
    kube_access_free(live->current);
    kube_access_plan_dispose(&live->plan);
    kube_config_free(live->config);
    kube_mem_free(live->files);
    while (live->names) {
        kube_live_name_t *name = live->names;
        live->names = name->next;
        kube_mem_free(name);
    }
    pthread_mutex_destroy(&live->lock);
    pthread_cond_destroy(&live->looked);
}

kube_access_t *kube_live_access(kube_client_t *client)
{
    kube_live_t *live = &client->live;
    pthread_mutex_lock(&live->lock);
    if (live->config && !live->looking && kube_now_us() >= live->look_at)
        look_now(client, false);
    kube_access_t *access = kube_access_ref(live->current);
    pthread_mutex_unlock(&live->lock);
    return access;
}

kube_access_t *kube_live_other(kube_client_t *client, const kube_access_t *used)
{
    kube_live_t *live = &client->live;
    kube_access_t *access = NULL;
    pthread_mutex_lock(&live->lock);
    while (live->looking)
        pthread_cond_wait(&live->looked, &live->lock);
    /* Another one that was refused has looked already. */
    if (live->config && live->current == used)
        look_now(client, true);
    if (live->current != used && kube_access_is_same_cluster(live->current, used))
        access = kube_access_ref(live->current);
    pthread_mutex_unlock(&live->lock);
    return access;
}
