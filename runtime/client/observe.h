/* What a program's hooks are told of a fetch. */
#ifndef KUBE_CLIENT_OBSERVE_H
#define KUBE_CLIENT_OBSERVE_H

#include "client/fetch.h"

/* An attempt has ended with that code. */
void kube_observe_request(const kube_fetch_t *fetch, const kube_exchange_state_t *state, int code);
/* A reply has come with these Warning headers, one a line. */
void kube_observe_warnings(const kube_fetch_t *fetch, const kube_buffer_t *warnings);

#endif
