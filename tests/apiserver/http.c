/* libmicrohttpd: requests read, replies written, connections counted and closed. */
#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "state.h"
#include "status.h"

#define MAX_BODY ((size_t)3 * 1024 * 1024 + 100 * 1024)
#define BLOCK_SIZE ((size_t)32 * 1024)

static int connection_fd(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/* ---- the body of a reply ---- */

/* Where a fault does something to the body next; UINT64_MAX: nowhere. */
static uint64_t fault_position(const ts_exchange_t *exchange)
{
    const ts_fault_t *fault = exchange->fault;
    uint64_t at = UINT64_MAX;
    if (!fault)
        return at;
    if (fault->spec.cut_after.has)
        at = (uint64_t)fault->spec.cut_after.value;
    if (fault->spec.stall_after.has && (uint64_t)fault->spec.stall_after.value < at)
        at = (uint64_t)fault->spec.stall_after.value;
    if (fault->spec.half_close_after.has && (uint64_t)fault->spec.half_close_after.value < at)
        at = (uint64_t)fault->spec.half_close_after.value;
    return at;
}

/* At such a position: what to tell libmicrohttpd; 0: it sleeps. */
static ssize_t fault_here(ts_exchange_t *exchange)
{
    kube_test_fault_t *spec = &exchange->fault->spec;
    if (spec->cut_after.has && exchange->sent >= (uint64_t)spec->cut_after.value)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    pthread_mutex_lock(&exchange->server->lock);
    if (exchange->gone || exchange->server->stopping) {
        pthread_mutex_unlock(&exchange->server->lock);
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (spec->half_close_after.has) {
        if (!exchange->half_closed)
            shutdown(exchange->fd, SHUT_WR);
        exchange->half_closed = true;
        ts_exchange_sleep(exchange, 0, NULL);
    } else {
        int64_t deadline = spec->stall_ms > 0 ? ts_monotonic_ms() + spec->stall_ms : 0;
        spec->stall_after.has = false;
        ts_exchange_sleep(exchange, deadline, NULL);
        spec->stall_after.has = deadline == 0;
    }
    pthread_mutex_unlock(&exchange->server->lock);
    return 0;
}

/* Makes sure that there is something to send: 1, or what to tell libmicrohttpd. */
static ssize_t have_bytes(ts_exchange_t *exchange)
{
    ts_reply_t *reply = &exchange->reply;
    while (exchange->body_at == reply->body.len) {
        if (exchange->ended || !reply->fill)
            return MHD_CONTENT_READER_END_OF_STREAM;
        kube_buffer_clear(&reply->body);
        exchange->body_at = 0;
        switch (reply->fill(exchange, reply->stream, &reply->body)) {
        case TS_FILL_MORE:
            break;
        case TS_FILL_WAIT:
            return 0;
        case TS_FILL_END:
            exchange->ended = true;
            break;
        case TS_FILL_BREAK:
            return MHD_CONTENT_READER_END_WITH_ERROR;
        }
    }
    return 1;
}

static ssize_t read_body(void *userdata, uint64_t position, char *out, size_t max)
{
    (void)position;
    ts_exchange_t *exchange = userdata;
    uint64_t stop = fault_position(exchange);
    if (exchange->sent >= stop)
        return fault_here(exchange);
    ssize_t ready = have_bytes(exchange);
    if (ready <= 0)
        return ready;
    size_t len = exchange->reply.body.len - exchange->body_at;
    if (len > max)
        len = max;
    if (len > stop - exchange->sent)
        len = (size_t)(stop - exchange->sent);
    memcpy(out, exchange->reply.body.data + exchange->body_at, len);
    exchange->body_at += len;
    exchange->sent += len;
    return (ssize_t)len;
}

/* ---- the reply ---- */

static void add_headers(struct MHD_Response *response, const ts_exchange_t *exchange)
{
    const ts_reply_t *reply = &exchange->reply;
    char id[TS_UID_SIZE];
    const char *audit = ts_header(&exchange->request, "Audit-Id");
    ts_uid(id);
    MHD_add_response_header(response, "Audit-Id", audit ? audit : id);
    MHD_add_response_header(response, "Cache-Control", "no-cache, private");
    MHD_add_response_header(response, "Content-Type", reply->content_type);
    if (!exchange->request.user.anonymous || !exchange->server->authenticate) {
        MHD_add_response_header(response, "X-Kubernetes-Pf-Flowschema-Uid", "62652d74-6573-4000-8000-746573740001");
        MHD_add_response_header(response, "X-Kubernetes-Pf-Prioritylevel-Uid", "62652d74-6573-4000-8000-746573740002");
    }
    if (reply->retry_after)
        MHD_add_response_header(response, "Retry-After", reply->retry_after);
    for (size_t i = 0; i < reply->warning_count; i++) {
        kube_buffer_t text = { 0 };
        kube_buffer_puts(&text, "299 - ");
        ts_append_quoted(&text, reply->warnings[i]);
        MHD_add_response_header(response, "Warning", text.data);
        kube_buffer_dispose(&text);
    }
}

static enum MHD_Result send_reply(ts_exchange_t *exchange)
{
    ts_reply_t *reply = &exchange->reply;
    exchange->stage = TS_STAGE_REPLYING;
    uint64_t size = reply->fill ? MHD_SIZE_UNKNOWN : reply->body.len;
    struct MHD_Response *response = MHD_create_response_from_callback(size, BLOCK_SIZE, read_body, exchange, NULL);
    if (!response)
        return MHD_NO;
    add_headers(response, exchange);
    enum MHD_Result result = MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* Bytes of the caller's, past libmicrohttpd. */
static void send_bytes(const ts_exchange_t *exchange, const char *bytes, size_t len)
{
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    bool encrypted = exchange->server->credentials.ca_pem != NULL;
    while (len > 0) {
        ssize_t sent = encrypted && tls ? gnutls_record_send(tls->tls_session, bytes, len) : send(exchange->fd, bytes, len, MSG_NOSIGNAL);
        bool again = encrypted ? sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED : sent < 0 && (errno == EAGAIN || errno == EINTR);
        if (sent < 0 && !again)
            return;
        if (again && poll(&(struct pollfd){ .fd = exchange->fd, .events = POLLOUT }, 1, 1000) <= 0)
            return;
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        }
    }
}

/* Sleeps if a fault asks for it; libmicrohttpd calls again afterwards. */
static bool delayed(ts_exchange_t *exchange, int64_t *ms)
{
    if (*ms <= 0)
        return false;
    pthread_mutex_lock(&exchange->server->lock);
    bool sleeps = !exchange->server->stopping;
    if (sleeps)
        ts_exchange_sleep(exchange, ts_monotonic_ms() + *ms, NULL);
    pthread_mutex_unlock(&exchange->server->lock);
    *ms = 0;
    return sleeps;
}

static void execute(ts_exchange_t *exchange)
{
    const ts_fault_t *fault = exchange->fault;
    if (exchange->request.body.len > MAX_BODY)
        ts_status_too_large(&exchange->reply);
    else if (!ts_authenticate(exchange->server, exchange->connection, &exchange->request))
        ts_status(&exchange->reply, 401, "Unauthorized", NULL, "Unauthorized");
    else if (fault && fault->spec.status)
        ts_status_fault(&exchange->request, &exchange->reply, &fault->spec);
    else if (fault && fault->spec.expired)
        ts_status_expired_fault(&exchange->request, &exchange->reply);
    else
        ts_serve(&exchange->request, &exchange->reply);
    if (exchange->reply.watch) {
        atomic_fetch_add(&exchange->server->watches, 1);
        atomic_fetch_add(&exchange->server->open_watches, 1);
    }
}

/* All of the request is there, or a sleep is over: goes on from where it was. */
static enum MHD_Result go_on(ts_exchange_t *exchange)
{
    kube_test_fault_t none = { 0 }, *spec = exchange->fault ? &exchange->fault->spec : &none;
    if (exchange->gone)
        return MHD_NO;
    if (exchange->stage == TS_STAGE_READ) {
        if (delayed(exchange, &spec->delay_ms))
            return MHD_YES;
        if (spec->close == KUBE_TEST_CLOSE_BEFORE)
            return MHD_NO;
        execute(exchange);
        exchange->stage = TS_STAGE_EXECUTED;
    }
    if (delayed(exchange, &spec->reply_delay_ms))
        return MHD_YES;
    if (spec->bytes)
        send_bytes(exchange, spec->bytes, spec->bytes_len);
    if (spec->bytes || spec->close == KUBE_TEST_CLOSE_AFTER)
        return MHD_NO;
    return send_reply(exchange);
}

/* ---- the request ---- */

static void *begin(void *userdata, const char *target, struct MHD_Connection *connection)
{
    kube_test_server_t *server = userdata;
    ts_exchange_t *exchange = ts_alloc(sizeof *exchange);
    exchange->server = server;
    exchange->connection = connection;
    exchange->fd = connection_fd(connection);
    exchange->request.server = server;
    ts_request_target(&exchange->request, target);
    atomic_fetch_add(&server->requests, 1);
    return exchange;
}

static enum MHD_Result take_header(void *userdata, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    ts_request_t *request = userdata;
    request->headers = ts_realloc(request->headers, (request->header_count + 1) * sizeof *request->headers);
    request->headers[request->header_count++] = (ts_pair_t){ ts_strdup(name), ts_strdup(value ? value : "") };
    return MHD_YES;
}

static void occupy(ts_exchange_t *exchange)
{
    ts_timer_t *timer = &exchange->server->timer;
    size_t fd = (size_t)exchange->fd;
    if (fd >= timer->by_fd_size) {
        size_t size = fd * 2 + 64;
        timer->by_fd = ts_realloc(timer->by_fd, size * sizeof *timer->by_fd);
        memset(timer->by_fd + timer->by_fd_size, 0, (size - timer->by_fd_size) * sizeof *timer->by_fd);
        timer->by_fd_size = size;
    }
    timer->by_fd[fd] = exchange;
}

/* Headers are there. */
static void opened(ts_exchange_t *exchange, const char *method)
{
    kube_test_server_t *server = exchange->server;
    exchange->request.method = ts_strdup(method);
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, take_header, &exchange->request);
    pthread_mutex_lock(&server->lock);
    occupy(exchange);
    exchange->fault = ts_fault_meet(server, &exchange->request);
    pthread_mutex_unlock(&server->lock);
    if (exchange->fault)
        atomic_fetch_add(&server->faults_met, 1);
}

static enum MHD_Result handle(void *userdata, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_len, void **state)
{
    (void)userdata, (void)connection, (void)url, (void)version;
    ts_exchange_t *exchange = *state;
    if (exchange->stage == TS_STAGE_READING && !exchange->request.method) {
        opened(exchange, method);
        return MHD_YES;
    }
    if (exchange->stage == TS_STAGE_READING && *upload_len > 0) {
        if (exchange->request.body.len <= MAX_BODY)
            kube_buffer_append(&exchange->request.body, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (exchange->stage == TS_STAGE_READING)
        exchange->stage = TS_STAGE_READ;
    return go_on(exchange);
}

static void completed(void *userdata, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    (void)connection, (void)code;
    kube_test_server_t *server = userdata;
    ts_exchange_t *exchange = *state;
    if (!exchange)
        return;
    *state = NULL;
    pthread_mutex_lock(&server->lock);
    if (exchange->asleep)
        ts_exchange_wake(exchange);
    if ((size_t)exchange->fd < server->timer.by_fd_size && server->timer.by_fd[exchange->fd] == exchange)
        server->timer.by_fd[exchange->fd] = NULL;
    if (exchange->reply.watch)
        atomic_fetch_sub(&server->open_watches, 1);
    ts_reply_dispose(&exchange->reply);
    pthread_mutex_unlock(&server->lock);
    ts_request_dispose(&exchange->request);
    ts_fault_free(exchange->fault);
    free(exchange);
}

/* ---- connections ---- */

static void connection_changed(void *userdata, struct MHD_Connection *connection, void **state, enum MHD_ConnectionNotificationCode code)
{
    (void)state;
    kube_test_server_t *server = userdata;
    int fd = connection_fd(connection);
    if (fd < 0)
        return;
    pthread_mutex_lock(&server->connection_lock);
    if ((size_t)fd >= server->connected_size) {
        size_t size = (size_t)fd * 2 + 64;
        server->connected = ts_realloc(server->connected, size);
        memset(server->connected + server->connected_size, 0, size - server->connected_size);
        server->connected_size = size;
    }
    server->connected[fd] = code == MHD_CONNECTION_NOTIFY_STARTED;
    pthread_mutex_unlock(&server->connection_lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct epoll_event event = { .events = EPOLLRDHUP | EPOLLET, .data.fd = fd };
        epoll_ctl(server->timer.epoll_fd, EPOLL_CTL_ADD, fd, &event);
        atomic_fetch_add(&server->connections, 1);
        atomic_fetch_add(&server->open_connections, 1);
    } else {
        epoll_ctl(server->timer.epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        atomic_fetch_sub(&server->open_connections, 1);
    }
}

static void wake_everyone(kube_test_server_t *server, bool gone)
{
    for (size_t fd = 0; fd < server->timer.by_fd_size; fd++) {
        ts_exchange_t *exchange = server->timer.by_fd[fd];
        if (exchange && exchange->asleep) {
            exchange->gone = exchange->gone || gone;
            ts_exchange_wake(exchange);
        }
    }
}

void kube_test_server_drop_connections(kube_test_server_t *server)
{
    pthread_mutex_lock(&server->lock);
    pthread_mutex_lock(&server->connection_lock);
    for (size_t fd = 0; fd < server->connected_size; fd++) {
        if (server->connected[fd])
            shutdown((int)fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&server->connection_lock);
    wake_everyone(server, true);
    pthread_mutex_unlock(&server->lock);
}

/* ---- start and stop ---- */

static void quiet(void *userdata, const char *format, va_list arguments)
{
    (void)userdata, (void)format, (void)arguments;
}

static unsigned connection_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > 100000)
        return 100000;
    return (unsigned)limit.rlim_cur;
}

int ts_http_start(kube_test_server_t *server, const kube_test_server_options_t *options, kube_error_t *err)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(options->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct MHD_OptionItem items[16];
    size_t count = 0;
    unsigned threads = options->threads ? options->threads : 2;
    if (threads > 1)
        items[count++] = (struct MHD_OptionItem){ MHD_OPTION_THREAD_POOL_SIZE, threads, NULL };
    items[count++] = (struct MHD_OptionItem){ MHD_OPTION_CONNECTION_LIMIT, connection_limit(), NULL };
    items[count++] = (struct MHD_OptionItem){ MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096, NULL };
    items[count++] = (struct MHD_OptionItem){ MHD_OPTION_CONNECTION_MEMORY_LIMIT, 2 * BLOCK_SIZE, NULL };
    if (options->tls) {
        items[count++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, server->credentials.server_pem };
        items[count++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, server->credentials.server_key_pem };
        items[count++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0, server->credentials.ca_pem };
    }
    items[count] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (options->tls ? MHD_USE_TLS : 0);
    server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_SOCK_ADDR,
                                      &address, MHD_OPTION_URI_LOG_CALLBACK, begin, server, MHD_OPTION_NOTIFY_COMPLETED, completed, server,
                                      MHD_OPTION_NOTIFY_CONNECTION, connection_changed, server, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (!server->daemon)
        return ts_fail(err, KUBE_E_CONNECT, "cannot listen on 127.0.0.1:%u", options->port);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->url = ts_printf("%s://127.0.0.1:%u", options->tls ? "https" : "http", info ? info->port : options->port);
    return KUBE_OK;
}

void ts_http_stop(kube_test_server_t *server)
{
    if (!server->daemon)
        return;
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    wake_everyone(server, true);
    pthread_mutex_unlock(&server->lock);
    MHD_stop_daemon(server->daemon);
}
