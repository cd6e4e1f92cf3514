/* Tables: the columns of `kubectl get`. */
#ifndef TS_TABLE_H
#define TS_TABLE_H

#include "request.h"

/* Appends columnDefinitions. */
void ts_table_columns(const ts_resource_t *resource, kube_buffer_t *out);
/* Appends the cells of one object. NULL: of one that has nothing, as bookmarks do. */
void ts_table_cells(const ts_resource_t *resource, const ts_object_t *object, kube_buffer_t *out);

#endif
