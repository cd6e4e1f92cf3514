/*
 * A proxy on a loopback port for tests: HTTP (CONNECT, and whole requests for http servers), the same behind TLS, or SOCKS5. Whatever
 * host it is asked for, it connects to that port of this machine.
 */
#ifndef LOOPBACK_PROXY_H
#define LOOPBACK_PROXY_H

#include <poll.h>

#include "loopback.h"

typedef enum proxy_kind { PROXY_HTTP, PROXY_SOCKS5 } proxy_kind_t;

typedef struct loopback_proxy {
    loopback_t base; /* its listener, port, TLS and threads */
    proxy_kind_t kind;
    const char *user, *password; /* NULL: anyone may use it */
    int refusal;                 /* status that a CONNECT is answered with, code of a SOCKS5 reply; 0: none */
    atomic_int tunnels;
    char target[272];            /* what the last connection asked for: "host:port" */
    char head[4096];             /* how */
} loopback_proxy_t;

static inline int proxy_connect(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Moves what has come on one side to the other; false at the end. */
static inline bool proxy_move(loopback_connection_t *from, loopback_connection_t *to)
{
    char piece[16384];
    int got = loopback_read(from, piece, sizeof piece);
    if (got > 0)
        loopback_write(to, piece, (size_t)got);
    return got > 0;
}

static inline void proxy_pump(loopback_connection_t *client, int port)
{
    loopback_connection_t server = { .fd = proxy_connect(port) };
    struct pollfd ready[2] = { { .fd = client->fd, .events = POLLIN }, { .fd = server.fd, .events = POLLIN } };
    bool open = server.fd >= 0;
    while (open) {
        bool pending = client->tls && SSL_pending(client->tls);
        poll(ready, 2, pending ? 0 : -1);
        if (pending || ready[0].revents)
            open = proxy_move(client, &server);
        if (open && ready[1].revents)
            open = proxy_move(&server, client);
    }
    if (server.fd >= 0)
        close(server.fd);
}

static inline void proxy_note(loopback_proxy_t *proxy, const char *host, int port)
{
    snprintf(proxy->target, sizeof proxy->target, "%s:%d", host, port);
    proxy->tunnels++;
}

/* Whether a head has the right Proxy-Authorization. */
static inline bool proxy_knows(const loopback_proxy_t *proxy, const char *head)
{
    if (!proxy->user)
        return true;
    char plain[128], encoded[256];
    snprintf(plain, sizeof plain, "%s:%s", proxy->user, proxy->password);
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)plain, (int)strlen(plain));
    const char *header = strstr(head, "\r\nProxy-Authorization: Basic ");
    return header && strncmp(header + 29, encoded, strlen(encoded)) == 0 && header[29 + strlen(encoded)] == '\r';
}

static inline void proxy_speak_http(loopback_proxy_t *proxy, loopback_connection_t *c)
{
    char host[200] = "", reply[200];
    int port = 0;
    if (!loopback_request(c, proxy->head, sizeof proxy->head))
        return;
    bool connect = sscanf(proxy->head, "CONNECT %199[^: ]:%d", host, &port) == 2;
    if (!connect)
        sscanf(proxy->head, "%*s http://%199[^:/ ]:%d", host, &port);
    proxy_note(proxy, host, port);
    int status = !proxy_knows(proxy, proxy->head) ? 407 : proxy->refusal;
    if (status) {
        snprintf(reply, sizeof reply, "HTTP/1.1 %d No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
        loopback_puts(c, reply);
    } else if (connect) {
        loopback_puts(c, "HTTP/1.1 200 Here You Are\r\n\r\n");
        proxy_pump(c, port);
    } else {
        loopback_puts(c, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nproxied");
    }
}

static inline bool proxy_read(loopback_connection_t *c, unsigned char *to, size_t len)
{
    for (size_t got = 0; got < len;) {
        int more = loopback_read(c, (char *)to + got, len - got);
        if (more <= 0)
            return false;
        got += (size_t)more;
    }
    return true;
}

/* RFC 1928's choice of a method, and RFC 1929 if a password is wanted. */
static inline bool proxy_greet_socks(const loopback_proxy_t *proxy, loopback_connection_t *c)
{
    unsigned char in[256], user[256] = "", password[256] = "";
    if (!proxy_read(c, in, 2) || in[0] != 5 || !proxy_read(c, in + 2, in[1]))
        return false;
    int wanted = proxy->user ? 2 : 0;
    bool offered = memchr(in + 2, wanted, in[1]) != NULL;
    loopback_write(c, (char[]){ 5, offered ? (char)wanted : (char)0xFF }, 2);
    if (!offered || !wanted)
        return offered;
    if (!proxy_read(c, in, 2) || !proxy_read(c, user, in[1]) || !proxy_read(c, in, 1) || !proxy_read(c, password, in[0]))
        return false;
    bool known = strcmp((char *)user, proxy->user) == 0 && strcmp((char *)password, proxy->password) == 0;
    loopback_write(c, (char[]){ 1, !known }, 2);
    return known;
}

static inline void proxy_speak_socks(loopback_proxy_t *proxy, loopback_connection_t *c)
{
    unsigned char in[256], host[256] = "", port[2];
    if (!proxy_greet_socks(proxy, c) || !proxy_read(c, in, 4))
        return;
    if (in[3] == 3) {
        if (!proxy_read(c, in + 4, 1) || !proxy_read(c, host, in[4]))
            return;
    } else {
        if (!proxy_read(c, in + 4, in[3] == 4 ? 16 : 4))
            return;
        inet_ntop(in[3] == 4 ? AF_INET6 : AF_INET, in + 4, (char *)host, sizeof host);
    }
    if (!proxy_read(c, port, 2))
        return;
    proxy_note(proxy, (char *)host, port[0] << 8 | port[1]);
    loopback_write(c, (char[]){ 5, (char)proxy->refusal, 0, 1, 0, 0, 0, 0, 0, 0 }, 10);
    if (!proxy->refusal)
        proxy_pump(c, port[0] << 8 | port[1]);
}

static inline void proxy_serve(loopback_connection_t *c)
{
    loopback_proxy_t *proxy = (loopback_proxy_t *)c->server;
    if (proxy->kind == PROXY_HTTP)
        proxy_speak_http(proxy, c);
    else
        proxy_speak_socks(proxy, c);
}

/* pair: NULL for a proxy without TLS. */
static inline void loopback_proxy_start(loopback_proxy_t *proxy, proxy_kind_t kind, const pem_pair_t *authority, const pem_pair_t *pair)
{
    memset(proxy, 0, sizeof *proxy);
    proxy->kind = kind;
    loopback_start_with(&proxy->base, authority, pair, 0, proxy_serve);
}

static inline void loopback_proxy_stop(loopback_proxy_t *proxy)
{
    loopback_stop(&proxy->base);
}

#endif
