/* What the server serves: one resource in one version, of a table or of a CRD. */
#ifndef TS_RESOURCE_H
#define TS_RESOURCE_H

#include "apply.h"
#include "discovery.h"
#include "store.h"

typedef struct ts_resource {
    struct ts_resource *next;
    ts_api_t api;
    const kube_type_t *type; /* NULL for custom resources */
    ts_schema_t *schema;     /* NULL: nothing is known of the structure */
    ts_collection_t *collection; /* NULL: nothing is stored (reviews) */
    char *api_version;       /* "apps/v1" */
    char *qualified;         /* "deployments.apps": as messages name it */
    char *qualified_kind;    /* "Deployment.apps" */
    bool has_status;         /* writes without a subresource leave status alone */
    bool has_generation;     /* metadata.generation counts changes of the spec */
    bool conditional_update; /* an update needs a resourceVersion */
    bool creates_on_update;  /* an update of what is not there creates it */
    bool delete_returns;     /* a delete returns the object, not a Status */
    bool orphans;            /* a delete leaves dependents, unless told otherwise */
    bool removed;            /* its CRD is gone, or has changed */
    json_t *crd;             /* of custom resources: the CRD's names, version and scale paths; owned */
    const json_t *version;   /* the CRD's version in it */
    char **owned;            /* strings and arrays that api refers to; ends with NULL */
} ts_resource_t;

/* Resources of packages; with the lock. */
void ts_resources_of_packages(kube_test_server_t *server, const kube_package_t *const *packages);
/* Namespaces and CRDs, if no package brought them. */
void ts_resources_builtin(kube_test_server_t *server);
/* Makes the routes of a CRD anew, or takes them away; with the lock. crd: the whole object. */
int ts_resources_of_crd(kube_test_server_t *server, const json_t *crd, kube_error_t *err);
void ts_resources_remove_crd(kube_test_server_t *server, const char *group, const char *plural);
void ts_resource_free(ts_resource_t *resource);

/* NULL: not served. With the lock. */
ts_resource_t *ts_resource_find(kube_test_server_t *server, const char *group, const char *version, const char *plural);
ts_resource_t *ts_resource_of_kind(kube_test_server_t *server, const char *api_version, const char *kind);
/* Whether it is this built-in one, in whichever version. */
bool ts_is_kind(const ts_resource_t *resource, const char *group, const char *plural);
const kube_subresource_t *ts_subresource(const ts_resource_t *resource, const char *name);
/* All that is served, for discovery: to be freed. */
ts_api_t *ts_resource_apis(kube_test_server_t *server, size_t *count);

#endif
