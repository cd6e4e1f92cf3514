#include "http/tls_source.h"

#include <pthread.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "http/engine.h"
#include "http/file_version.h"

#define LOOK_US ((int64_t)1000 * 1000)

enum { CA_FILE, CERTIFICATE_FILE, KEY_FILE, PASSPHRASE_FILE, FILES };

struct kube_tls_source {
    kube_config_t *config; /* what to read; nothing but that */
    pthread_mutex_t lock;  /* guards what follows */
    kube_tls_version_t *current;
    kube_buffer_t certificate, key; /* set, instead of config's */
    bool is_set;
    kube_file_version_t files[FILES];
    int64_t look_at; /* monotonic microseconds */
};

kube_tls_version_t *kube_tls_version_ref(kube_tls_version_t *version)
{
    atomic_fetch_add(&version->references, 1);
    return version;
}

void kube_tls_version_free(kube_tls_version_t *version)
{
    if (!version || atomic_fetch_sub(&version->references, 1) != 1)
        return;
    kube_tls_material_wipe(&version->material);
    kube_mem_free(version);
}

/* ---- reading; the lock is held ---- */

/* What is to be read now: borrowed. */
static kube_config_t effective(const kube_tls_source_t *source)
{
    kube_config_t config = *source->config;
    if (!source->is_set)
        return config;
    config.client_certificate_file = config.client_key_file = config.client_key_passphrase_file = NULL;
    config.client_certificate_uri = config.client_key_uri = config.client_key_passphrase = NULL;
    config.client_certificate_pem = source->certificate.data;
    config.client_key_pem = source->key.data;
    return config;
}

static void look_at_files(const kube_config_t *config, kube_file_version_t *files)
{
    const char *paths[FILES] = { config->ca_file, config->client_certificate_file, config->client_key_file,
                                 config->client_key_passphrase_file };
    for (size_t i = 0; i < FILES; i++) {
        files[i] = (kube_file_version_t){ 0 };
        if (paths[i])
            kube_file_look(paths[i], &files[i]);
    }
}

/* Looked at before they are read: files that are replaced in between are read once more. */
static int read_all(kube_tls_source_t *source, const kube_file_version_t *files, kube_error_t *err)
{
    kube_config_t config = effective(source);
    kube_tls_version_t *version = kube_mem_zero(sizeof *version);
    if (!version)
        return kube_fail_memory(err);
    atomic_init(&version->references, 1);
    int code = kube_tls_material_read(&config, &version->material, err);
    if (code < 0) {
        kube_mem_free(version);
        return code;
    }
    kube_tls_version_free(source->current);
    source->current = version;
    for (size_t i = 0; i < FILES; i++)
        source->files[i] = files[i];
    return KUBE_OK;
}

/* ---- the functions ---- */

static kube_config_t *copy_config(const kube_config_t *config)
{
    kube_config_t only = {
        .server = config->server,
        .ca_file = config->ca_file, .ca_pem = config->ca_pem,
        .client_certificate_file = config->client_certificate_file, .client_certificate_pem = config->client_certificate_pem,
        .client_key_file = config->client_key_file, .client_key_pem = config->client_key_pem,
        .client_key_passphrase = config->client_key_passphrase, .client_key_passphrase_file = config->client_key_passphrase_file,
        .client_certificate_uri = config->client_certificate_uri, .client_key_uri = config->client_key_uri,
    };
    return kube_config_dup(&only);
}

int kube_tls_source_new(const kube_config_t *config, kube_tls_source_t **out, kube_error_t *err)
{
    *out = NULL;
    kube_tls_source_t *source = kube_mem_zero(sizeof *source);
    if (!source)
        return kube_fail_memory(err);
    pthread_mutex_init(&source->lock, NULL);
    source->config = copy_config(config);
    kube_file_version_t files[FILES];
    int code = source->config ? KUBE_OK : kube_fail_memory(err);
    if (code == KUBE_OK) {
        look_at_files(source->config, files);
        code = read_all(source, files, err);
    }
    if (code < 0) {
        kube_tls_source_free(source);
        return code;
    }
    source->look_at = kube_now_us() + LOOK_US;
    *out = source;
    return KUBE_OK;
}

void kube_tls_source_free(kube_tls_source_t *source)
{
    if (!source)
        return;
    kube_tls_version_free(source->current);
    kube_buffer_wipe(&source->certificate);
    kube_buffer_wipe(&source->key);
    kube_config_free(source->config);
    pthread_mutex_destroy(&source->lock);
    kube_mem_free(source);
}

kube_tls_version_t *kube_tls_source_take(kube_tls_source_t *source)
{
    pthread_mutex_lock(&source->lock);
    int64_t now = kube_now_us();
    if (now >= source->look_at) {
        kube_config_t config = effective(source);
        kube_file_version_t files[FILES];
        source->look_at = now + LOOK_US;
        look_at_files(&config, files);
        /* A token counts wrong PINs: what cannot be used is not tried again before it changes. */
        if (!kube_files_are_same(source->files, files, FILES) && read_all(source, files, NULL) < 0 && config.client_key_uri)
            memcpy(source->files, files, sizeof files);
    }
    kube_tls_version_t *version = kube_tls_version_ref(source->current);
    pthread_mutex_unlock(&source->lock);
    return version;
}

void kube_tls_source_doubt(kube_tls_source_t *source)
{
    pthread_mutex_lock(&source->lock);
    source->look_at = 0;
    pthread_mutex_unlock(&source->lock);
}

static bool copy(const char *text, size_t len, kube_buffer_t *out)
{
    if (len && kube_buffer_reserve(out, len))
        kube_buffer_append(out, text, len);
    return !out->failed;
}

int kube_tls_source_set(kube_tls_source_t *source, const char *certificate, size_t certificate_len, const char *key,
                        size_t key_len, kube_error_t *err)
{
    kube_buffer_t new_certificate = { 0 }, new_key = { 0 };
    if (!copy(certificate, certificate_len, &new_certificate) || !copy(key, key_len, &new_key)) {
        kube_buffer_wipe(&new_certificate);
        kube_buffer_wipe(&new_key);
        return kube_fail_memory(err);
    }
    pthread_mutex_lock(&source->lock);
    kube_buffer_t old_certificate = source->certificate, old_key = source->key;
    bool was_set = source->is_set;
    source->certificate = new_certificate;
    source->key = new_key;
    source->is_set = certificate_len > 0;
    kube_config_t config = effective(source);
    kube_file_version_t files[FILES];
    look_at_files(&config, files);
    int code = read_all(source, files, err);
    if (code < 0) {
        source->certificate = old_certificate;
        source->key = old_key;
        source->is_set = was_set;
        old_certificate = new_certificate;
        old_key = new_key;
    }
    pthread_mutex_unlock(&source->lock);
    kube_buffer_wipe(&old_certificate);
    kube_buffer_wipe(&old_key);
    return code;
}
