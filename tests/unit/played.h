/*
 * A server on a loopback port whose replies a function of the test gives, for what takes more than one request: each connection
 * has a thread, the function is called for one request at a time unless it streams.
 */
#ifndef PLAYED_H
#define PLAYED_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define PLAYED_CONNECTIONS_MAX 1024
#define PLAYED_TEXT_MAX 65536

typedef struct played played_t;

/* A request, and the way to answer it. */
typedef struct played_call {
    played_t *server;
    int fd;
    char method[16];
    char target[2048]; /* path and query as they came */
    const char *head;  /* everything before the body */
    const char *body;
    bool streams;
} played_call_t;

struct played {
    void (*answer)(played_call_t *call);
    int listener;
    char url[64];
    pthread_t acceptor;
    pthread_t workers[PLAYED_CONNECTIONS_MAX];
    int sockets[PLAYED_CONNECTIONS_MAX];
    int connections;
    atomic_int requests;
    atomic_bool stopping;
    pthread_mutex_t lock; /* held while answer runs, but in streams */
    char log[PLAYED_TEXT_MAX]; /* "METHOD target\n" of each request */
};

static inline void played_write(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        len -= (size_t)sent;
    }
}

/* Answers with a whole reply. */
static inline void played_reply(played_call_t *call, int status, const char *body)
{
    char head[256];
    int len = snprintf(head, sizeof head, "HTTP/1.1 %d Played\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                       status, strlen(body));
    played_write(call->fd, head, (size_t)len);
    played_write(call->fd, body, strlen(body));
}

__attribute__((format(printf, 3, 4))) static inline void played_replyf(played_call_t *call, int status, const char *format, ...)
{
    char *text = malloc(PLAYED_TEXT_MAX);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, PLAYED_TEXT_MAX, format, arguments);
    va_end(arguments);
    played_reply(call, status, text);
    free(text);
}

/* A Status as a reply. */
static inline void played_refuse(played_call_t *call, int status, const char *reason)
{
    played_replyf(call, status, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                                "\"message\":\"it is %s\","
                  "\"reason\":\"%s\",\"code\":%d}", reason, reason, status);
}

/* Begins a reply that comes in pieces: further requests are answered meanwhile. It ends when the answering function returns. */
static inline void played_stream(played_call_t *call)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    call->streams = true;
    pthread_mutex_unlock(&call->server->lock);
    played_write(call->fd, head, sizeof head - 1);
}

static inline void played_piece(played_call_t *call, const char *text)
{
    char size[32];
    int len = snprintf(size, sizeof size, "%zx\r\n", strlen(text));
    played_write(call->fd, size, (size_t)len);
    played_write(call->fd, text, strlen(text));
    played_write(call->fd, "\r\n", 2);
}

/* Waits until the client has gone, or the server stops. */
static inline void played_hold(played_call_t *call)
{
    char byte;
    while (recv(call->fd, &byte, 1, 0) > 0)
        continue;
}

static inline size_t played_receive(int fd, char *text, size_t size)
{
    size_t len = 0, whole = 0;
    while (len + 1 < size) {
        ssize_t got = recv(fd, text + len, size - 1 - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        text[len] = '\0';
        char *body = strstr(text, "\r\n\r\n");
        if (body && !whole) {
            char *length = strcasestr(text, "\r\nContent-Length:");
            whole = (size_t)(body + 4 - text) + (length && length < body ? strtoul(length + 17, NULL, 10) : 0);
        }
        if (whole && len >= whole)
            return len;
    }
    return 0;
}

static inline void played_answer(played_t *server, int fd, char *text)
{
    played_call_t call = { .server = server, .fd = fd, .head = text };
    char *body = strstr(text, "\r\n\r\n");
    *body = '\0';
    call.body = body + 4;
    sscanf(text, "%15s %2047s", call.method, call.target);
    pthread_mutex_lock(&server->lock);
    server->requests++;
    size_t used = strlen(server->log);
    snprintf(server->log + used, sizeof server->log - used, "%s %s\n", call.method, call.target);
    server->answer(&call);
    if (call.streams)
        played_write(fd, "0\r\n\r\n", 5);
    else
        pthread_mutex_unlock(&server->lock);
}

typedef struct played_worker {
    played_t *server;
    int fd;
} played_worker_t;

static inline void *played_serve(void *argument)
{
    played_worker_t worker = *(played_worker_t *)argument;
    free(argument);
    char *text = malloc(PLAYED_TEXT_MAX);
    while (played_receive(worker.fd, text, PLAYED_TEXT_MAX) > 0)
        played_answer(worker.server, worker.fd, text);
    shutdown(worker.fd, SHUT_RDWR);
    free(text);
    return NULL;
}

static inline void *played_accept(void *argument)
{
    played_t *server = argument;
    while (!server->stopping && server->connections < PLAYED_CONNECTIONS_MAX) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            break;
        /* Head and body are written one by one. */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        played_worker_t *worker = malloc(sizeof *worker);
        *worker = (played_worker_t){ server, fd };
        server->sockets[server->connections] = fd;
        pthread_create(&server->workers[server->connections++], NULL, played_serve, worker);
    }
    return NULL;
}

static inline void played_start(played_t *server, void (*answer)(played_call_t *call))
{
    memset(server, 0, sizeof *server);
    server->answer = answer;
    pthread_mutex_init(&server->lock, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    if (bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(server->listener, 128) != 0)
        abort();
    getsockname(server->listener, (struct sockaddr *)&address, &size);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_create(&server->acceptor, NULL, played_accept, server);
}

static inline void played_stop(played_t *server)
{
    server->stopping = true;
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->acceptor, NULL);
    close(server->listener);
    for (int i = 0; i < server->connections; i++) {
        shutdown(server->sockets[i], SHUT_RDWR);
        pthread_join(server->workers[i], NULL);
        close(server->sockets[i]);
    }
    pthread_mutex_destroy(&server->lock);
}

/* Forgets the requests so far. */
static inline void played_forget(played_t *server)
{
    pthread_mutex_lock(&server->lock);
    server->requests = 0;
    server->log[0] = '\0';
    pthread_mutex_unlock(&server->lock);
}

#endif
