#include "given_back.h"

#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>


static atomic_long blocks;

static void *allocate(size_t size, void *context)
{
    (void)context;
    void *block = malloc(size);
    if (block)
        atomic_fetch_add(&blocks, 1);
    return block;
}

static void *reallocate(void *pointer, size_t size, void *context)
{
    (void)context;
    void *block = realloc(pointer, size);
    if (block && !pointer)
        atomic_fetch_add(&blocks, 1);
    return block;
}

static void release(void *pointer, void *context)
{
    (void)context;
    if (pointer)
        atomic_fetch_sub(&blocks, 1);
    free(pointer);
}

void count_blocks(void)
{
    static const kube_allocator_t counting = { .allocate = allocate, .reallocate = reallocate, .release = release };
    kube_set_allocator(&counting);
}

/* Whether it is the server's end of a connection: in this process there is kube-testserver too, and closes in its own time. */
static bool is_servers(const server_t *server, int fd)
{
    struct sockaddr_in address = { 0 };
    socklen_t len = sizeof address;
    return server->double_ && getsockname(fd, (struct sockaddr *)&address, &len) == 0 && address.sin_family == AF_INET &&
           ntohs(address.sin_port) == server_port(server);
}

static void tell(const char *number)
{
    char path[64], target[256];
    snprintf(path, sizeof path, "/proc/self/fd/%s", number);
    ssize_t len = readlink(path, target, sizeof target);
    if (len > 0)
        printf("    %s: %.*s\n", number, (int)len, target);
}

/* How many are open; 0 where the system does not tell. */
static int count_descriptors(const server_t *server, bool told)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        int fd = *entry->d_name == '.' ? dirfd(folder) : atoi(entry->d_name);
        if (fd == dirfd(folder) || is_servers(server, fd))
            continue;
        count++;
        if (told)
            tell(entry->d_name);
    }
    if (folder)
        closedir(folder);
    return count;
}

holdings_t holdings(const server_t *server)
{
    return (holdings_t){ .descriptors = count_descriptors(server, false), .blocks = atomic_load(&blocks) };
}

bool check_given_back(test_t *t, const holdings_t *before)
{
    holdings_t now = holdings(t->server);
    for (int64_t end = now_ms() + EVENT_MS; now.descriptors > before->descriptors && now_ms() < end; now = holdings(t->server))
        pause_ms(5);
    bool closed = CHECK(t, now.descriptors <= before->descriptors);
    if (!closed)
        count_descriptors(t->server, true);
    /* kube-testserver in this process holds objects and their history in the library's memory. */
    return (t->server->double_ || CHECK_INT(t, now.blocks, before->blocks)) && closed;
}
