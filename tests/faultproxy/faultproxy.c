#include "faultproxy.h"
#include "proxy.h"
#include "sockets.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int resolve(const char *host, int port, struct addrinfo **addresses)
{
    char service[16];
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    snprintf(service, sizeof(service), "%d", port);
    int result = getaddrinfo(host, service, &hints, addresses);
    if (result != 0 && result != EAI_SYSTEM)
        errno = result == EAI_MEMORY ? ENOMEM : EADDRNOTAVAIL;
    return result == 0 ? 0 : -1;
}

/* A socket that keeps the port, and the listener on it. */
static int take_port(faultproxy_t *proxy, int port)
{
    proxy->holder = faultproxy_socket_bound(port);
    if (proxy->holder < 0)
        return -1;
    proxy->port = faultproxy_socket_port(proxy->holder);
    errno = faultproxy_open_listener(proxy);
    return errno == 0 ? 0 : -1;
}

/* Signals are the program's: its threads take them. */
static int start_thread(faultproxy_t *proxy)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int result = pthread_create(&proxy->thread, NULL, faultproxy_loop, proxy);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = result;
    return result == 0 ? 0 : -1;
}

static void make_lock(faultproxy_t *proxy)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&proxy->lock, NULL);
    pthread_cond_init(&proxy->happened, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void free_all(faultproxy_t *proxy)
{
    while (proxy->links) {
        faultproxy_link_t *link = proxy->links;
        proxy->links = link->next;
        faultproxy_link_free(link);
    }
    close_if_open(proxy->listener);
    close_if_open(proxy->holder);
    close_if_open(proxy->wake[0]);
    close_if_open(proxy->wake[1]);
    faultproxy_lottery_empty(&proxy->lottery);
    free(proxy->rules);
    free(proxy->fds);
    if (proxy->addresses)
        freeaddrinfo(proxy->addresses);
    pthread_cond_destroy(&proxy->happened);
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}

faultproxy_t *faultproxy_start(const char *host, int port, const faultproxy_options_t *options)
{
    faultproxy_t *proxy = calloc(1, sizeof(*proxy));
    if (!proxy)
        return NULL;
    make_lock(proxy);
    proxy->listener = proxy->holder = proxy->wake[0] = proxy->wake[1] = -1;
    proxy->listening = true;
    proxy->drop_which = FAULTPROXY_NEXT;
    if (resolve(host, port, &proxy->addresses) == 0 && take_port(proxy, options ? options->port : 0) == 0 &&
        faultproxy_pipe(proxy->wake) == 0 && start_thread(proxy) == 0)
        return proxy;
    int failure = errno;
    free_all(proxy);
    errno = failure;
    return NULL;
}

void faultproxy_stop(faultproxy_t *proxy)
{
    if (!proxy)
        return;
    pthread_mutex_lock(&proxy->lock);
    proxy->stopping = true;
    faultproxy_wake(proxy);
    pthread_mutex_unlock(&proxy->lock);
    pthread_join(proxy->thread, NULL);
    free_all(proxy);
}

int faultproxy_port(const faultproxy_t *proxy)
{
    return proxy->port;
}

/* Waits until the thread has done what the proxy's members now say. */
static void wait_handled(faultproxy_t *proxy)
{
    uint64_t mine = ++proxy->requested;
    faultproxy_wake(proxy);
    while (proxy->handled < mine)
        pthread_cond_wait(&proxy->happened, &proxy->lock);
}

void faultproxy_drop(faultproxy_t *proxy, faultproxy_connection_t which, bool reset)
{
    pthread_mutex_lock(&proxy->lock);
    while (proxy->drop_which != FAULTPROXY_NEXT)
        pthread_cond_wait(&proxy->happened, &proxy->lock);
    proxy->drop_which = which;
    proxy->drop_reset = reset;
    wait_handled(proxy);
    pthread_mutex_unlock(&proxy->lock);
}

int faultproxy_listen(faultproxy_t *proxy, bool on)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->listening = on;
    proxy->listen_error = 0;
    wait_handled(proxy);
    int failure = proxy->listen_error;
    pthread_mutex_unlock(&proxy->lock);
    errno = failure;
    return failure == 0 ? 0 : -1;
}

faultproxy_counters_t faultproxy_counters(faultproxy_t *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    faultproxy_counters_t counters = proxy->counters;
    pthread_mutex_unlock(&proxy->lock);
    return counters;
}

static struct timespec deadline_after(int timeout_ms)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    long nanoseconds = deadline.tv_nsec + timeout_ms % 1000 * 1000000L;
    deadline.tv_sec += timeout_ms / 1000 + nanoseconds / 1000000000L;
    deadline.tv_nsec = nanoseconds % 1000000000L;
    return deadline;
}

bool faultproxy_wait(faultproxy_t *proxy, bool (*holds)(const faultproxy_counters_t *counters, void *userdata), void *userdata,
                     int timeout_ms)
{
    struct timespec deadline = deadline_after(timeout_ms < 0 ? 0 : timeout_ms);
    bool held, late = false;
    pthread_mutex_lock(&proxy->lock);
    while (!(held = holds(&proxy->counters, userdata)) && !late) {
        if (timeout_ms < 0)
            pthread_cond_wait(&proxy->happened, &proxy->lock);
        else
            late = pthread_cond_timedwait(&proxy->happened, &proxy->lock, &deadline) == ETIMEDOUT;
    }
    pthread_mutex_unlock(&proxy->lock);
    return held;
}
