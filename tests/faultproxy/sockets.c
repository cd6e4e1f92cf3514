#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

int64_t faultproxy_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int tame(int fd)
{
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        return -1;
    return 0;
}

/* Closes fd and keeps the errno of what failed before. */
static int fail_closing(int fd)
{
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

int faultproxy_socket_bound(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (tame(fd) != 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
        return fail_closing(fd);
    return fd;
}

int faultproxy_socket_port(int fd)
{
    struct sockaddr_in address = { .sin_port = 0 };
    socklen_t len = sizeof(address);
    getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.sin_port);
}

/* Single bytes must leave one by one. */
static int tame_connection(int fd)
{
    int on = 1;
    if (tame(fd) != 0)
        return fail_closing(fd);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

int faultproxy_socket_accept(int listener)
{
    int fd = accept(listener, NULL, NULL);
    return fd < 0 ? -1 : tame_connection(fd);
}

int faultproxy_socket_connect(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    if (fd >= 0)
        fd = tame_connection(fd);
    if (fd < 0)
        return -1;
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
        return fail_closing(fd);
    return fd;
}

int faultproxy_socket_result(int fd)
{
    int result = 0;
    socklen_t len = sizeof(result);
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &len) == 0 ? result : errno;
}

bool faultproxy_socket_flushed(int fd)
{
#ifdef SIOCOUTQNSD
    int unsent = 0;
    return ioctl(fd, SIOCOUTQNSD, &unsent) != 0 || unsent == 0;
#else
    (void)fd;
    return true;
#endif
}

void faultproxy_socket_reset(int fd)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

int faultproxy_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return -1;
    if (tame(ends[0]) == 0 && tame(ends[1]) == 0)
        return 0;
    fail_closing(ends[0]);
    return fail_closing(ends[1]);
}
