/* A client's configuration at work: servers, connections, credentials. It is replaced as a whole when the configuration changes. */
#ifndef KUBE_CLIENT_ACCESS_H
#define KUBE_CLIENT_ACCESS_H

#include <kube/client.h>
#include <stdatomic.h>

#include "client/servers.h"
#include "http/credentials.h"
#include "http/transport_group.h"

/* Constant but for what changes by itself, and shared. */
typedef struct kube_access {
    atomic_size_t references;
    kube_config_t *config;
    const char *ns;                  /* that a NULL ns means; the client's */
    kube_group_member_t *member;     /* whose transport it is; NULL: the program's own */
    kube_transport_t *transport;
    kube_credentials_t *credentials; /* NULL: none, or the servers are not to be trusted with any */
    kube_servers_t servers;
    bool gzip;
} kube_access_t;

/* What the accesses of one client have in common. */
typedef struct kube_access_plan {
    char *first_server;          /* the one that the further ones belong to */
    char **servers;              /* further ones, ends with NULL; NULL: none */
    kube_transport_t *transport; /* the program's own; NULL: in a group */
    kube_transport_group_t *group;
    kube_credentials_hooks_t hooks;
    bool has_hooks;
    kube_exec_policy_t exec_policy;
    char **exec_allowed; /* NULL: none */
    size_t max_reply_bytes;
    bool gzip;
} kube_access_plan_t;

/* Copies what options say. Errors: KUBE_E_NO_MEMORY, KUBE_E_IO; kube_access_plan_dispose is due in any case. */
int kube_access_plan_init(kube_access_plan_t *plan, const kube_config_t *config, const kube_client_options_t *options, kube_error_t *err);
/* All zero is allowed. */
void kube_access_plan_dispose(kube_access_plan_t *plan);

/*
 * Takes config, also on failure. before: the access that this one follows, whose connections are used further if they lead to what config says;
 * NULL: none. ns: borrowed. Errors: as of kube_client_new.
 */
int kube_access_new(const kube_access_plan_t *plan, kube_config_t *config, const char *ns, const kube_access_t *before, kube_access_t **out,
                    kube_error_t *err);
kube_access_t *kube_access_ref(kube_access_t *access);
/* NULL is allowed. */
void kube_access_free(kube_access_t *access);
/* Whether both lead to the same servers, so that versions and tokens of the one mean something to the other. */
bool kube_access_is_same_cluster(const kube_access_t *a, const kube_access_t *b);

#endif
