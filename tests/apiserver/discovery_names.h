/* What the type tables do not say of built-in resources. All is static. */
#ifndef TS_DISCOVERY_NAMES_H
#define TS_DISCOVERY_NAMES_H

#include <stddef.h>

/* Arrays that end with NULL; NULL: none. */
typedef struct ts_names {
    const char *const *short_names;
    const char *const *categories;
} ts_names_t;
ts_names_t ts_names_of(const char *group, const char *plural);

/* The kind in discovery of a subresource that is connected to, "PodExecOptions"; NULL: the resource's own. */
const char *ts_connect_kind(const char *plural, const char *subresource);

/* Where a group stands among all, from 0. */
size_t ts_group_rank(const char *group);

#endif
