/* The documents by which clients find out what the test server serves: /api, /apis and below, plain and aggregated. */
#ifndef TS_DISCOVERY_H
#define TS_DISCOVERY_H

#include <jansson.h>

#include <kube/type.h>

#include "schema.h"

/* One resource in one version, built-in or of a CRD. All is borrowed. */
typedef struct ts_api {
    const char *group;              /* "" for the core group */
    const char *version;            /* "v1" */
    const char *plural;             /* "deployments" */
    const char *singular;           /* "deployment"; NULL: the kind in lower case, as all built-in resources have it */
    const char *kind;               /* "Deployment" */
    const char *list_kind;          /* "DeploymentList"; NULL when it cannot be listed */
    const char *const *short_names; /* ends with NULL; NULL: none */
    const char *const *categories;  /* likewise */
    bool namespaced;
    uint32_t verbs;                 /* KUBE_VERB_* */
    const kube_subresource_t *subresources;
    size_t subresource_count;
    const kube_type_t *type;        /* of a built-in kind, else NULL */
    const json_t *crd_schema;       /* the openAPIV3Schema of a CRD's version, else NULL */
} ts_api_t;

/* The view of a built-in resource, with its short names and categories. All it refers to is static. Thread-safe. */
ts_api_t ts_api_of_resource(const kube_resource_t *resource);

/*
 * Each makes a new document from all resources served (in any order); NULL: memory, or where said, that there is no such thing.
 *
 * server: "127.0.0.1:8080", for serverAddressByClientCIDRs.
 */
json_t *ts_discovery_core(const char *server);                                 /* /api: APIVersions */
json_t *ts_discovery_groups(const ts_api_t *apis, size_t count);               /* /apis: APIGroupList */
json_t *ts_discovery_group(const ts_api_t *apis, size_t count, const char *group); /* /apis/<group>: APIGroup; NULL when unknown */
/* /api/v1 (group "") and /apis/<group>/<version>: APIResourceList; NULL when unknown. */
json_t *ts_discovery_resources(const ts_api_t *apis, size_t count, const char *group, const char *version);
/* /api (core) or /apis in the form APIGroupDiscoveryList of apidiscovery.k8s.io/v2. */
json_t *ts_discovery_aggregated(const ts_api_t *apis, size_t count, bool core);

/* The Content-Type of the aggregated documents, and whether an Accept header asks for it before (or instead of) plain JSON. NULL:
 * no. */
#define TS_DISCOVERY_AGGREGATED_TYPE "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
bool ts_discovery_wants_aggregated(const char *accept);

#endif
