/*
 * A small HTTP/1.1 server on a loopback port for tests, plain or TLS, that behaves well or badly as the path asks:
 *   /echo         200, the request as it arrived (first line, headers, body) and "sni: NAME"
 *   /chunked      200 in chunks, with a trailer
 *   /early        103 before the 200
 *   /redirect     302
 *   /cut-head     closes instead of answering            /cut-body     closes in the body
 *   /stall-head   never answers                          /stall-body   stops in the body
 *   /garbage      answers what is not HTTP               /huge-head    512 KiB of headers
 *   /interim      100,000 interim replies before the 200
 *   /second-cut   answers on a fresh connection, closes on a kept one
 */
#ifndef LOOPBACK_H
#define LOOPBACK_H

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certificates.h"

#define LOOPBACK_CONNECTIONS_MAX 256

struct loopback_connection;

typedef struct loopback {
    int listener;
    int port;
    char url[64];
    SSL_CTX *tls;
    pthread_t acceptor;
    pthread_t workers[LOOPBACK_CONNECTIONS_MAX];
    int sockets[LOOPBACK_CONNECTIONS_MAX];
    int connections;
    int good_connections; /* those after them are answered with garbage, before any handshake; 0: none are; -1: all */
    atomic_int requests;
    atomic_bool stopping;
    void (*speak)(struct loopback_connection *); /* what is done with a connection */
} loopback_t;

typedef struct loopback_connection {
    loopback_t *server;
    int fd;
    SSL *tls;
    bool bad;
    int requests;
} loopback_connection_t;

static inline int loopback_read(loopback_connection_t *c, char *to, size_t size)
{
    return c->tls ? SSL_read(c->tls, to, (int)size) : (int)recv(c->fd, to, size, 0);
}

static inline void loopback_write(loopback_connection_t *c, const char *text, size_t len)
{
    if (c->tls)
        SSL_write(c->tls, text, (int)len);
    else
        send(c->fd, text, len, MSG_NOSIGNAL);
}

static inline void loopback_puts(loopback_connection_t *c, const char *text)
{
    loopback_write(c, text, strlen(text));
}

/* Reads one request into text. Returns its length, or 0 at the end of the connection. */
static inline size_t loopback_request(loopback_connection_t *c, char *text, size_t size)
{
    size_t len = 0, whole = 0;
    while (len + 1 < size) {
        int got = loopback_read(c, text + len, size - 1 - len);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        text[len] = '\0';
        char *body = strstr(text, "\r\n\r\n");
        if (body && !whole) {
            char *length = strcasestr(text, "\r\nContent-Length:");
            whole = (size_t)(body + 4 - text) + (length ? strtoul(length + 17, NULL, 10) : 0);
        }
        if (whole && len >= whole)
            return len;
    }
    return len;
}

static inline void loopback_echo(loopback_connection_t *c, const char *request, size_t len)
{
    char head[256], sni[128];
    const char *name = c->tls ? SSL_get_servername(c->tls, TLSEXT_NAMETYPE_host_name) : NULL;
    snprintf(sni, sizeof sni, "\nsni: %s\n", name ? name : "");
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nX-Test:  spaced \r\nContent-Length: %zu\r\n\r\n", len + strlen(sni));
    loopback_puts(c, head);
    loopback_write(c, request, len);
    loopback_puts(c, sni);
}

static inline void loopback_stall(loopback_connection_t *c)
{
    char byte;
    loopback_read(c, &byte, 1);
}

/* Returns whether the connection goes on. */
static inline int loopback_answer(loopback_connection_t *c, const char *request, size_t len)
{
    char path[64] = "";
    sscanf(request, "%*s %63[^? ]", path);
    if (strcmp(path, "/chunked") == 0) {
        loopback_puts(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-After\r\n\r\n5\r\nhello\r\n");
        loopback_puts(c, "7\r\n, world\r\n0\r\nX-After: 1\r\n\r\n");
    } else if (strcmp(path, "/early") == 0) {
        loopback_puts(c, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    } else if (strcmp(path, "/redirect") == 0) {
        loopback_puts(c, "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n");
    } else if (strcmp(path, "/cut-head") == 0) {
        return 0;
    } else if (strcmp(path, "/cut-body") == 0) {
        loopback_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbut shorter");
        return 0;
    } else if (strcmp(path, "/stall-head") == 0) {
        loopback_stall(c);
        return 0;
    } else if (strcmp(path, "/stall-body") == 0) {
        loopback_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbut");
        loopback_stall(c);
        return 0;
    } else if (strcmp(path, "/garbage") == 0) {
        loopback_puts(c, "SSH-2.0-OpenSSH_9.2\r\n");
        return 0;
    } else if (strcmp(path, "/huge-head") == 0) {
        loopback_puts(c, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 512; i++) {
            char line[1100];
            snprintf(line, sizeof line, "X-%d: %01000d\r\n", i, i);
            loopback_puts(c, line);
        }
        loopback_puts(c, "Content-Length: 0\r\n\r\n");
    } else if (strcmp(path, "/interim") == 0) {
        for (int i = 0; i < 100000 && !c->server->stopping; i++)
            loopback_puts(c, "HTTP/1.1 100 Continue\r\n\r\n");
        loopback_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    } else if (strcmp(path, "/second-cut") == 0 && c->requests > 1) {
        return 0;
    } else {
        loopback_echo(c, request, len);
    }
    return 1;
}

static inline void loopback_speak_http(loopback_connection_t *c)
{
    char *text = malloc(1 << 20);
    size_t len;
    while ((len = loopback_request(c, text, 1 << 20)) > 0) {
        c->requests++;
        c->server->requests++;
        if (!loopback_answer(c, text, len))
            break;
    }
    free(text);
}

static inline void *loopback_serve(void *argument)
{
    loopback_connection_t c = *(loopback_connection_t *)argument;
    free(argument);
    if (c.bad)
        send(c.fd, "neither TLS nor HTTP\r\n", 22, MSG_NOSIGNAL);
    if (c.server->tls && !c.bad) {
        c.tls = SSL_new(c.server->tls);
        SSL_set_fd(c.tls, c.fd);
    }
    if (!c.bad && (!c.tls || SSL_accept(c.tls) == 1))
        c.server->speak(&c);
    if (c.tls) {
        SSL_shutdown(c.tls);
        SSL_free(c.tls);
    }
    shutdown(c.fd, SHUT_RDWR);
    return NULL;
}

/* Threads of the server inherit the mask: OpenSSL writes with write(), and the tests watch what becomes of SIGPIPE. */
static inline void *loopback_accept(void *argument)
{
    loopback_t *server = argument;
    sigset_t sigpipe;
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe, NULL);
    while (!server->stopping && server->connections < LOOPBACK_CONNECTIONS_MAX) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            break;
        loopback_connection_t *c = calloc(1, sizeof *c);
        c->server = server;
        c->fd = fd;
        c->bad = server->good_connections && server->connections >= server->good_connections;
        server->sockets[server->connections] = fd;
        pthread_create(&server->workers[server->connections++], NULL, loopback_serve, c);
    }
    return NULL;
}

/* authority, pair: NULL for plain HTTP. clients: whether a certificate is demanded of clients. */
static inline void loopback_start_with(loopback_t *server, const pem_pair_t *authority, const pem_pair_t *pair, int clients,
                                       void (*speak)(loopback_connection_t *))
{
    memset(server, 0, sizeof *server);
    server->speak = speak;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    /* The port can be taken again at once. */
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    if (bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(server->listener, 128) != 0)
        abort();
    getsockname(server->listener, (struct sockaddr *)&address, &size);
    server->port = ntohs(address.sin_port);
    snprintf(server->url, sizeof server->url, "%s://127.0.0.1:%d", pair ? "https" : "http", server->port);
    if (pair) {
        server->tls = SSL_CTX_new(TLS_server_method());
        X509 *certificate = parse_certificate(pair->certificate), *ca = parse_certificate(authority->certificate);
        EVP_PKEY *key = parse_key(pair->key);
        SSL_CTX_use_certificate(server->tls, certificate);
        SSL_CTX_use_PrivateKey(server->tls, key);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(server->tls), ca);
        SSL_CTX_set_session_id_context(server->tls, (const unsigned char *)"test", 4);
        if (clients)
            SSL_CTX_set_verify(server->tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        X509_free(certificate);
        X509_free(ca);
        EVP_PKEY_free(key);
    }
    pthread_create(&server->acceptor, NULL, loopback_accept, server);
}

static inline void loopback_start(loopback_t *server, const pem_pair_t *authority, const pem_pair_t *pair, int clients)
{
    loopback_start_with(server, authority, pair, clients, loopback_speak_http);
}

static inline void loopback_stop(loopback_t *server)
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
    SSL_CTX_free(server->tls);
}

#endif
