/*
 * Several transports behind one descriptor: what a client needs whose configuration changes. Requests go to the members themselves;
 * the group waits for all of them, and lets those go that nobody uses any more, with their connections.
 */
#ifndef KUBE_HTTP_TRANSPORT_GROUP_H
#define KUBE_HTTP_TRANSPORT_GROUP_H

#include <kube/transport.h>

typedef struct kube_transport_group kube_transport_group_t;
typedef struct kube_group_member kube_group_member_t;

/* Errors: KUBE_E_NO_MEMORY, KUBE_E_IO. */
int kube_transport_group_new(kube_transport_group_t **out, kube_error_t *err);
/* What an engine drives: it waits and dispatches, and starts nothing. Freed with the group. */
kube_transport_t *kube_transport_group_base(kube_transport_group_t *group);
/*
 * Takes a transport, also on failure. *out: with one reference, given back with kube_group_member_free. Thread-safe. Errors: KUBE_E_NO_MEMORY,
 * KUBE_E_IO.
 */
int kube_transport_group_add(kube_transport_group_t *group, kube_transport_t *transport, kube_group_member_t **out, kube_error_t *err);
/* Frees the transports of all members; when nobody drives. */
void kube_transport_group_shut(kube_transport_group_t *group);
/* No member may be referred to any more. NULL is allowed. */
void kube_transport_group_free(kube_transport_group_t *group);

kube_transport_t *kube_group_member_transport(const kube_group_member_t *member);
kube_group_member_t *kube_group_member_ref(kube_group_member_t *member);
/*
 * Gives a reference back. With the last one, which no exchange of the transport may outlive, the transport is freed by the thread that
 * drives next. NULL is allowed. Thread-safe.
 */
void kube_group_member_free(kube_group_member_t *member);

#endif
