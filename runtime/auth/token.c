#include "auth/token.h"

#include <pthread.h>
#include <string.h>

#include "auth/text.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/memory.h"
#include "config/file.h"
#include "http/file_version.h"

#define REREAD_MS 50000

typedef struct token_credentials {
    kube_credentials_t base;
    char *path;          /* NULL: the token never changes */
    pthread_mutex_t lock; /* guards what follows */
    kube_buffer_t header; /* "Bearer <token>" */
    uint64_t changes;     /* of the header */
    kube_file_version_t version;
    int64_t read_at;     /* kube_now_ms */
} token_credentials_t;

/*
 * Reads the file; the token in use stays when that fails. Called with the lock held, or before anyone else knows the
 * credentials.
 */
static int read_token(token_credentials_t *credentials, kube_error_t *err)
{
    /* Looked at before it is read: a file replaced in between is read once more. */
    kube_file_version_t version = { 0 };
    kube_file_look(credentials->path, &version);
    kube_buffer_t text = { 0 }, header = { 0 };
    int code = kube_file_read_for("tokenFile", credentials->path, &text, err);
    if (code == KUBE_OK)
        code = kube_bearer_value(text.data, text.len, credentials->path, &header, err);
    kube_buffer_wipe(&text);
    credentials->read_at = kube_now_ms();
    if (code < 0) {
        kube_buffer_wipe(&header);
        return code;
    }
    if (!credentials->header.data || strcmp(credentials->header.data, header.data) != 0)
        credentials->changes++;
    kube_buffer_wipe(&credentials->header);
    credentials->header = header;
    credentials->version = version;
    return KUBE_OK;
}

/* When it is due, or in any case. A failure is no reason to stop: the token at hand is good until the server says otherwise. */
static void read_again(token_credentials_t *credentials, bool only_if_due)
{
    kube_file_version_t version;
    if (!credentials->path || !kube_file_look(credentials->path, &version))
        return;
    bool is_due = kube_now_ms() - credentials->read_at >= REREAD_MS || !kube_file_is_same(&version, &credentials->version);
    if (is_due || !only_if_due)
        (void)read_token(credentials, NULL);
}

static int add_headers(kube_credentials_t *base, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    token_credentials_t *credentials = (token_credentials_t *)base;
    pthread_mutex_lock(&credentials->lock);
    read_again(credentials, true);
    kube_headers_add(headers, "Authorization", credentials->header.data);
    use->version = credentials->changes;
    pthread_mutex_unlock(&credentials->lock);
    return headers->failed ? kube_fail_memory(err) : KUBE_OK;
}

/* The file may hold another token by now. */
static bool refused(kube_credentials_t *base, const kube_credentials_use_t *use)
{
    token_credentials_t *credentials = (token_credentials_t *)base;
    pthread_mutex_lock(&credentials->lock);
    if (use->version == credentials->changes)
        read_again(credentials, false);
    bool another = use->version != credentials->changes;
    pthread_mutex_unlock(&credentials->lock);
    return another;
}

static void free_credentials(kube_credentials_t *base)
{
    token_credentials_t *credentials = (token_credentials_t *)base;
    kube_buffer_wipe(&credentials->header);
    kube_mem_free(credentials->path);
    pthread_mutex_destroy(&credentials->lock);
    kube_mem_free(credentials);
}

static int fill(token_credentials_t *credentials, const kube_config_t *config, kube_error_t *err)
{
    if (!config->token_file)
        return kube_bearer_value(config->token, strlen(config->token), "token", &credentials->header, err);
    credentials->path = kube_mem_strdup(config->token_file);
    if (!credentials->path)
        return kube_fail_memory(err);
    kube_error_t reading = { 0 };
    int code = read_token(credentials, &reading);
    if (code == KUBE_E_CONFIG && config->token)
        return kube_bearer_value(config->token, strlen(config->token), "token", &credentials->header, err);
    if (code < 0)
        return kube_fail(err, code, "%s", reading.message);
    return KUBE_OK;
}

int kube_token_credentials_new(const kube_config_t *config, kube_credentials_t **out, kube_error_t *err)
{
    *out = NULL;
    if (!config->token && !config->token_file)
        return KUBE_OK;
    token_credentials_t *credentials = kube_mem_zero(sizeof *credentials);
    if (!credentials)
        return kube_fail_memory(err);
    credentials->base = (kube_credentials_t){ .add_headers = add_headers, .refused = refused, .free = free_credentials };
    pthread_mutex_init(&credentials->lock, NULL);
    int code = fill(credentials, config, err);
    if (code < 0) {
        free_credentials(&credentials->base);
        return code;
    }
    *out = &credentials->base;
    return KUBE_OK;
}
