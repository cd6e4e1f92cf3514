#include "http/transport_group.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "http/sockets.h"

/* Between two looks at a transport whose descriptor cannot be waited for, for want of memory. */
#define UNWATCHED_MS 10

struct kube_group_member {
    kube_transport_group_t *group;
    kube_transport_t *transport; /* NULL: the group was shut */
    atomic_size_t references;
    bool watched; /* its descriptor is in the set */
    kube_group_member_t *next;
};

struct kube_transport_group {
    kube_transport_t base;
    kube_sockets_t sockets; /* the descriptors of all members; the driving thread's */
    pthread_mutex_t lock;
    kube_group_member_t *added;   /* not known to the driving thread yet; guarded by the lock */
    atomic_size_t left;           /* members without a reference */
    kube_group_member_t *members; /* the driving thread's */
};

/* ---- the driving thread ---- */

static int fd_of(const kube_group_member_t *member)
{
    return member->transport->fd ? member->transport->fd(member->transport) : -1;
}

static void watch(kube_transport_group_t *group, kube_group_member_t *member)
{
    int descriptor = fd_of(member);
    member->watched = descriptor < 0 || kube_sockets_set(&group->sockets, descriptor, 0, KUBE_SOCKET_IN);
}

static void unwatch(kube_transport_group_t *group, const kube_group_member_t *member)
{
    int descriptor = fd_of(member);
    if (descriptor >= 0 && member->watched)
        kube_sockets_forget(&group->sockets, descriptor);
}

static void free_member(kube_group_member_t *member)
{
    kube_transport_free(member->transport);
    kube_mem_free(member);
}

static void take_added(kube_transport_group_t *group)
{
    pthread_mutex_lock(&group->lock);
    while (group->added) {
        kube_group_member_t *member = group->added;
        group->added = member->next;
        member->next = group->members;
        group->members = member;
    }
    pthread_mutex_unlock(&group->lock);
}

static void drop_left(kube_transport_group_t *group)
{
    if (atomic_load(&group->left) == 0)
        return;
    for (kube_group_member_t **link = &group->members; *link;) {
        kube_group_member_t *member = *link;
        if (atomic_load(&member->references) > 0) {
            link = &member->next;
            continue;
        }
        *link = member->next;
        unwatch(group, member);
        free_member(member);
        atomic_fetch_sub(&group->left, 1);
    }
}

static int fd(kube_transport_t *base)
{
    return ((kube_transport_group_t *)base)->sockets.fd;
}

static int64_t timeout_ms(kube_transport_t *base)
{
    kube_transport_group_t *group = (kube_transport_group_t *)base;
    int64_t least = -1;
    take_added(group);
    for (kube_group_member_t *member = group->members; member; member = member->next) {
        kube_transport_t *transport = member->transport;
        int64_t own = transport->timeout_ms ? transport->timeout_ms(transport) : -1;
        if (!member->watched)
            watch(group, member);
        if (!member->watched && (own < 0 || own > UNWATCHED_MS))
            own = UNWATCHED_MS;
        if (own >= 0 && (least < 0 || own < least))
            least = own;
    }
    return least;
}

static void dispatch(kube_transport_t *base)
{
    kube_transport_group_t *group = (kube_transport_group_t *)base;
    take_added(group);
    drop_left(group);
    for (const kube_group_member_t *member = group->members; member; member = member->next) {
        if (member->transport->dispatch)
            member->transport->dispatch(member->transport);
    }
}

/* ---- the functions ---- */

int kube_transport_group_new(kube_transport_group_t **out, kube_error_t *err)
{
    *out = NULL;
    kube_transport_group_t *group = kube_mem_zero(sizeof *group);
    if (!group)
        return kube_fail_memory(err);
    if (!kube_sockets_open(&group->sockets)) {
        kube_mem_free(group);
        return kube_fail(err, KUBE_E_IO, "no descriptor to wait for connections with: %s", strerror(errno));
    }
    group->base = (kube_transport_t){ .fd = fd, .timeout_ms = timeout_ms, .dispatch = dispatch };
    pthread_mutex_init(&group->lock, NULL);
    *out = group;
    return KUBE_OK;
}

kube_transport_t *kube_transport_group_base(kube_transport_group_t *group)
{
    return &group->base;
}

int kube_transport_group_add(kube_transport_group_t *group, kube_transport_t *transport, kube_group_member_t **out, kube_error_t *err)
{
    *out = NULL;
    kube_group_member_t *member = kube_mem_zero(sizeof *member);
    if (!member) {
        kube_transport_free(transport);
        return kube_fail_memory(err);
    }
    member->group = group;
    member->transport = transport;
    atomic_init(&member->references, 1);
    pthread_mutex_lock(&group->lock);
    member->next = group->added;
    group->added = member;
    pthread_mutex_unlock(&group->lock);
    *out = member;
    return KUBE_OK;
}

/* A forked child has its parent's set of descriptors, and takes none out of it. */
void kube_transport_group_shut(kube_transport_group_t *group)
{
    take_added(group);
    for (kube_group_member_t *member = group->members; member; member = member->next) {
        kube_transport_free(member->transport);
        member->transport = NULL;
    }
}

void kube_transport_group_free(kube_transport_group_t *group)
{
    if (!group)
        return;
    take_added(group);
    while (group->members) {
        kube_group_member_t *member = group->members;
        group->members = member->next;
        free_member(member);
    }
    kube_sockets_close(&group->sockets);
    pthread_mutex_destroy(&group->lock);
    kube_mem_free(group);
}

kube_transport_t *kube_group_member_transport(const kube_group_member_t *member)
{
    return member->transport;
}

kube_group_member_t *kube_group_member_ref(kube_group_member_t *member)
{
    atomic_fetch_add(&member->references, 1);
    return member;
}

void kube_group_member_free(kube_group_member_t *member)
{
    if (!member)
        return;
    kube_transport_group_t *group = member->group;
    /* Counted first: whoever sees that the member is left must be able to count it off. */
    atomic_fetch_add(&group->left, 1);
    if (atomic_fetch_sub(&member->references, 1) != 1)
        atomic_fetch_sub(&group->left, 1);
}
