#include "auth/made.h"

#include <kube/time.h>
#include <pthread.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

/* After a run that failed while the old credentials are good; nanoseconds. */
#define RETRY_NS ((int64_t)5 * 1000000000)

typedef struct made_credentials {
    kube_credentials_t base;
    kube_maker_t *maker;
    kube_transport_t *transport;
    int64_t margin_ns;
    pthread_mutex_t lock; /* guards what follows */
    uint64_t started, ended; /* runs; one more started than ended: one is on */
    uint64_t failed;         /* the last run that failed; 0: none */
    kube_error_t failure;    /* why */
    size_t waiting;          /* requests that wait for the run that is on */
    bool has;                /* credentials */
    uint64_t version;        /* of them */
    kube_buffer_t header;    /* empty: there is only a certificate */
    kube_buffer_t certificate; /* the last one that the transport was given */
    int64_t stale_ns, expiry_ns; /* unix time; INT64_MAX: never */
} made_credentials_t;

static int64_t unix_ns(const kube_time_t *time)
{
    /* Beyond the year 2200 is never, before 1970 is long ago. */
    if (time->seconds > INT64_C(7258118400))
        return INT64_MAX;
    return time->seconds < 0 ? 0 : time->seconds * 1000000000 + time->nanoseconds;
}

static int64_t now_ns(void)
{
    kube_time_t now = kube_time_now();
    return unix_ns(&now);
}

/* ---- a run; the lock is held ---- */

static bool is_on(const made_credentials_t *credentials)
{
    return credentials->started > credentials->ended;
}

static void fail_run(made_credentials_t *credentials, const kube_error_t *why)
{
    credentials->ended = credentials->failed = credentials->started;
    credentials->failure = *why;
    int64_t retry = now_ns() + RETRY_NS;
    credentials->stale_ns = retry < credentials->expiry_ns ? retry : credentials->expiry_ns;
}

static void set_times(made_credentials_t *credentials, const kube_time_t *expiry)
{
    credentials->stale_ns = credentials->expiry_ns = expiry->has ? unix_ns(expiry) : INT64_MAX;
    if (credentials->expiry_ns == INT64_MAX)
        return;
    int64_t tenth = (credentials->expiry_ns - now_ns()) / 10;
    if (tenth > 0)
        credentials->stale_ns -= tenth < credentials->margin_ns ? tenth : credentials->margin_ns;
}

/* A certificate that changed goes to the transport; the key stays nowhere else. */
static int take_certificate(made_credentials_t *credentials, kube_made_t *made, kube_error_t *err)
{
    kube_transport_t *transport = credentials->transport;
    if (!made->certificate.len && !credentials->certificate.len)
        return KUBE_OK;
    const char *old = credentials->certificate.data, *new = made->certificate.data;
    if (old && new && strcmp(old, new) == 0)
        return KUBE_OK;
    if (!transport->set_certificate)
        return kube_fail(err, KUBE_E_UNSUPPORTED, "the transport takes no certificates");
    int code = transport->set_certificate(transport, new, made->certificate.len, made->key.data, made->key.len, err);
    if (code < 0)
        return code;
    kube_buffer_wipe(&credentials->certificate);
    credentials->certificate = made->certificate;
    made->certificate = (kube_buffer_t){ 0 };
    return KUBE_OK;
}

static void take(made_credentials_t *credentials, kube_made_t *made)
{
    kube_buffer_wipe(&credentials->header);
    credentials->header = made->header;
    made->header = (kube_buffer_t){ 0 };
    set_times(credentials, &made->expiry);
    credentials->has = true;
    credentials->version++;
}

static void end_run(made_credentials_t *credentials)
{
    kube_made_t made = { 0 };
    kube_error_t err = { 0 };
    int code = credentials->maker->end(credentials->maker, &made, &err);
    if (code == KUBE_OK) {
        kube_error_t problem = { 0 };
        code = take_certificate(credentials, &made, &problem);
        if (code < 0 && credentials->maker->reject)
            credentials->maker->reject(credentials->maker, code, problem.message, &err);
        else
            err = problem;
    }
    if (code == KUBE_OK) {
        take(credentials, &made);
        credentials->ended = credentials->started;
    } else {
        fail_run(credentials, &err);
    }
    kube_made_wipe(&made);
}

static void start_run(made_credentials_t *credentials)
{
    kube_error_t err = { 0 };
    credentials->started++;
    credentials->waiting = 0;
    if (credentials->maker->start(credentials->maker, &err) < 0)
        fail_run(credentials, &err);
}

static void look(made_credentials_t *credentials)
{
    if (is_on(credentials) && credentials->maker->look(credentials->maker))
        end_run(credentials);
}

/* ---- the functions of credentials ---- */

/* Those that there are, whether stale or not. */
static int add(const made_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    use->version = credentials->version;
    if (credentials->header.len)
        kube_headers_add(headers, "Authorization", credentials->header.data);
    return headers->failed ? kube_fail_memory(err) : KUBE_OK;
}

/* The run that was waited for has ended. */
static int add_made(const made_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers,
                    kube_error_t *err)
{
    bool failed = credentials->failed >= use->run;
    if (credentials->has && (!failed || now_ns() < credentials->expiry_ns))
        return add(credentials, use, headers, err);
    if (err)
        *err = credentials->failure;
    return credentials->failure.code;
}

static int join(made_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    if (!is_on(credentials))
        start_run(credentials);
    use->run = credentials->started;
    if (!is_on(credentials))
        return add_made(credentials, use, headers, err);
    credentials->waiting++;
    use->waits = true;
    return KUBE_CREDENTIALS_WAIT;
}

/* The lock is held. */
static int add_or_wait(made_credentials_t *credentials, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    look(credentials);
    if (use->waits && credentials->ended < use->run)
        return KUBE_CREDENTIALS_WAIT;
    bool waited = use->waits;
    use->waits = false;
    /* Refused meanwhile, by another request: there is a later run to wait for. */
    if (waited && (credentials->has || credentials->failed >= use->run))
        return add_made(credentials, use, headers, err);
    int64_t now = now_ns();
    /* One request makes them anew, the others go on with the old ones. */
    if (credentials->has && (now < credentials->stale_ns || (is_on(credentials) && now < credentials->expiry_ns)))
        return add(credentials, use, headers, err);
    return join(credentials, use, headers, err);
}

static int add_headers(kube_credentials_t *base, kube_credentials_use_t *use, kube_headers_t *headers, kube_error_t *err)
{
    made_credentials_t *credentials = (made_credentials_t *)base;
    pthread_mutex_lock(&credentials->lock);
    int code = add_or_wait(credentials, use, headers, err);
    pthread_mutex_unlock(&credentials->lock);
    return code;
}

static bool refused(kube_credentials_t *base, const kube_credentials_use_t *use)
{
    made_credentials_t *credentials = (made_credentials_t *)base;
    pthread_mutex_lock(&credentials->lock);
    if (use->version == credentials->version)
        credentials->has = false;
    pthread_mutex_unlock(&credentials->lock);
    return true;
}

/* A run that nobody waits for any more is ended. */
static void leave(kube_credentials_t *base, kube_credentials_use_t *use)
{
    made_credentials_t *credentials = (made_credentials_t *)base;
    pthread_mutex_lock(&credentials->lock);
    if (is_on(credentials) && use->run == credentials->started && --credentials->waiting == 0) {
        credentials->maker->stop(credentials->maker);
        credentials->ended = credentials->started;
    }
    pthread_mutex_unlock(&credentials->lock);
}

static void free_credentials(kube_credentials_t *base)
{
    made_credentials_t *credentials = (made_credentials_t *)base;
    credentials->maker->free(credentials->maker);
    kube_buffer_wipe(&credentials->header);
    kube_buffer_wipe(&credentials->certificate);
    pthread_mutex_destroy(&credentials->lock);
    kube_mem_free(credentials);
}

int kube_made_credentials_new(kube_maker_t *maker, int margin_s, kube_made_t *initial, kube_transport_t *transport,
                              kube_credentials_t **out, kube_error_t *err)
{
    made_credentials_t *credentials = kube_mem_zero(sizeof *credentials);
    *out = NULL;
    if (!credentials) {
        maker->free(maker);
        return kube_fail_memory(err);
    }
    credentials->base = (kube_credentials_t){ .add_headers = add_headers, .refused = refused, .leave = leave,
                                               .free = free_credentials, .maker = maker->kind, .maker_name = maker->name };
    credentials->maker = maker;
    credentials->margin_ns = (int64_t)margin_s * 1000000000;
    credentials->transport = transport;
    credentials->stale_ns = credentials->expiry_ns = INT64_MAX;
    pthread_mutex_init(&credentials->lock, NULL);
    if (initial && initial->header.len)
        take(credentials, initial);
    *out = &credentials->base;
    return KUBE_OK;
}

void kube_made_wipe(kube_made_t *made)
{
    kube_buffer_wipe(&made->header);
    kube_buffer_wipe(&made->certificate);
    kube_buffer_wipe(&made->key);
    *made = (kube_made_t){ 0 };
}
