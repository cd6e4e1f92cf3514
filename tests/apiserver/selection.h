/* Which objects of a collection a request asks for: namespace, label selector, field selector. */
#ifndef TS_SELECTION_H
#define TS_SELECTION_H

#include <kube/selector.h>

#include "request.h"

typedef struct ts_selection {
    const ts_collection_t *collection;
    char *ns; /* NULL: all */
    char *name; /* NULL: all */
    kube_label_selector_t *labels;
    kube_field_selector_t *fields;
} ts_selection_t;

/* From the query; false: the reply says why not. */
bool ts_selection_read(const ts_request_t *request, ts_selection_t *out, ts_reply_t *reply);
void ts_selection_dispose(ts_selection_t *selection);
bool ts_selection_matches(const ts_selection_t *selection, const ts_object_t *object);
/* Whether it selects by more than the namespace. */
bool ts_selection_is_narrow(const ts_selection_t *selection);

#endif
