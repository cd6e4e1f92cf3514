#include "auth/token.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/file.h"

#define REREAD_SECONDS 50

/* What tells one version of a file from another. */
typedef struct file_version {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
} file_version_t;

typedef struct token_credentials {
    kube_credentials_t base;
    char *path;          /* NULL: the token never changes */
    pthread_mutex_t lock; /* guards what follows */
    kube_buffer_t header; /* "Bearer <token>" */
    file_version_t version;
    time_t read_at;      /* monotonic seconds */
} token_credentials_t;

static time_t monotonic_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static bool look(const char *path, file_version_t *version)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
#ifdef __APPLE__
    struct timespec modified = status.st_mtimespec;
#else
    struct timespec modified = status.st_mtim;
#endif
    *version = (file_version_t){ .device = status.st_dev, .inode = status.st_ino, .size = status.st_size, .modified = modified };
    return true;
}

static bool same_version(const file_version_t *a, const file_version_t *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
           a->modified.tv_nsec == b->modified.tv_nsec;
}

/* Makes the header from a token with white space around it. where: for messages. */
static int make_header(const char *text, size_t len, const char *where, kube_buffer_t *header, kube_error_t *err)
{
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    while (len && strchr(" \t\r\n", *text)) {
        text++;
        len--;
    }
    if (len == 0)
        return kube_fail(err, KUBE_E_CONFIG, "%s: the token is empty", where);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7F)
            return kube_fail(err, KUBE_E_CONFIG, "%s: white space or a control character inside the token", where);
    }
    static const char scheme[] = "Bearer ";
    if (kube_buffer_reserve(header, sizeof scheme - 1 + len)) {
        kube_buffer_append(header, scheme, sizeof scheme - 1);
        kube_buffer_append(header, text, len);
    }
    return header->failed ? kube_fail_memory(err) : KUBE_OK;
}

/*
 * Reads the file; the token in use stays when that fails. Called with the lock held, or before anyone else knows the
 * credentials.
 */
static int read_token(token_credentials_t *credentials, kube_error_t *err)
{
    /* Looked at before it is read: a file replaced in between is read once more. */
    file_version_t version = { 0 };
    look(credentials->path, &version);
    kube_buffer_t text = { 0 }, header = { 0 };
    int code = kube_file_read_for("tokenFile", credentials->path, &text, err);
    if (code == KUBE_OK)
        code = make_header(text.data, text.len, credentials->path, &header, err);
    kube_buffer_wipe(&text);
    credentials->read_at = monotonic_seconds();
    if (code < 0) {
        kube_buffer_wipe(&header);
        return code;
    }
    kube_buffer_wipe(&credentials->header);
    credentials->header = header;
    credentials->version = version;
    return KUBE_OK;
}

static bool is_due(const token_credentials_t *credentials)
{
    file_version_t version;
    return monotonic_seconds() - credentials->read_at >= REREAD_SECONDS ||
           (look(credentials->path, &version) && !same_version(&version, &credentials->version));
}

static int add_headers(kube_credentials_t *base, kube_headers_t *headers, kube_error_t *err)
{
    token_credentials_t *credentials = (token_credentials_t *)base;
    pthread_mutex_lock(&credentials->lock);
    /* A failure is no reason to stop: the token at hand is good until the server says otherwise. */
    if (credentials->path && is_due(credentials))
        (void)read_token(credentials, NULL);
    kube_headers_add(headers, "Authorization", credentials->header.data);
    pthread_mutex_unlock(&credentials->lock);
    return headers->failed ? kube_fail_memory(err) : KUBE_OK;
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
        return make_header(config->token, strlen(config->token), "token", &credentials->header, err);
    credentials->path = kube_mem_strdup(config->token_file);
    if (!credentials->path)
        return kube_fail_memory(err);
    kube_error_t reading = { 0 };
    int code = read_token(credentials, &reading);
    if (code == KUBE_E_CONFIG && config->token)
        return make_header(config->token, strlen(config->token), "token", &credentials->header, err);
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
    credentials->base = (kube_credentials_t){ .add_headers = add_headers, .free = free_credentials };
    pthread_mutex_init(&credentials->lock, NULL);
    int code = fill(credentials, config, err);
    if (code < 0) {
        free_credentials(&credentials->base);
        return code;
    }
    *out = &credentials->base;
    return KUBE_OK;
}
