/* The addresses of one cluster's API servers. All requests go to one of them until it cannot be reached, or does not answer; then to the next. */
#ifndef KUBE_CLIENT_SERVERS_H
#define KUBE_CLIENT_SERVERS_H

#include <kube/error.h>
#include <stdatomic.h>

typedef struct kube_servers {
    char **urls; /* without a slash at their ends */
    size_t count;
    atomic_size_t current;
} kube_servers_t;

/* first: of the configuration. more: ends with NULL; NULL: none. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY. */
int kube_servers_init(kube_servers_t *servers, const char *first, const char *const *more, kube_error_t *err);
void kube_servers_dispose(kube_servers_t *servers);
/* Says that server i could not be reached, or did not answer: if it is the current one, the next becomes that. */
void kube_servers_failed(kube_servers_t *servers, size_t i);

#endif
