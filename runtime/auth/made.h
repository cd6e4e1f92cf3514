/*
 * Credentials that are made when they are needed, and again before they expire or when a server does not know them: by one run of
 * a maker for all requests that wait. Makers: plugin.h, oidc.h.
 */
#ifndef KUBE_AUTH_MADE_H
#define KUBE_AUTH_MADE_H

#include <kube/transport.h>
#include <kube/value.h>

#include "http/credentials.h"

/* What a run makes. Empty buffers: absent. */
typedef struct kube_made {
    kube_buffer_t header; /* the value of Authorization */
    kube_buffer_t certificate, key; /* PEM */
    kube_time_t expiry;
} kube_made_t;

/* Overwrites and frees. */
void kube_made_wipe(kube_made_t *made);

typedef struct kube_maker kube_maker_t;

/* Implementations put this struct first in their own. Its functions are called one at a time, and never block. */
struct kube_maker {
    /* What it is, and which one (NULL: not told), for messages. */
    const char *kind, *name;
    int (*start)(kube_maker_t *maker, kube_error_t *err);
    /* Moves what there is to move. True when the run has ended: `end` is called next. */
    bool (*look)(kube_maker_t *maker);
    int (*end)(kube_maker_t *maker, kube_made_t *out, kube_error_t *err);
    /* NULL allowed. What `end` gave cannot be used: fails with code, and tells who made it. */
    int (*reject)(kube_maker_t *maker, int code, const char *problem, kube_error_t *err);
    /* Breaks off a run that has not ended. */
    void (*stop)(kube_maker_t *maker);
    void (*free)(kube_maker_t *maker);
};

/*
 * Takes the maker, also on failure. margin_s: seconds before they expire that they are made anew, or a tenth of their time if
 * that is less. initial: NULL, or what there is already; its buffers change hands. transport: gets the certificates. Errors:
 * KUBE_E_NO_MEMORY.
 */
int kube_made_credentials_new(kube_maker_t *maker, int margin_s, kube_made_t *initial, kube_transport_t *transport,
                              kube_credentials_t **out, kube_error_t *err);

#endif
