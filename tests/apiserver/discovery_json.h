/* Making JSON documents by nested calls: each returns a new value, or NULL when memory is exhausted; NULL given in gives NULL. */
#ifndef TS_DISCOVERY_JSON_H
#define TS_DISCOVERY_JSON_H

#include <jansson.h>

/* The object with one more member; object and value are given up in any case. */
json_t *ts_with(json_t *object, const char *name, json_t *value);
json_t *ts_with_text(json_t *object, const char *name, const char *text);
/* An array of a list that ends with NULL (NULL: empty). */
json_t *ts_strings(const char *const *list);
/* The object with such an array, unless it is empty. */
json_t *ts_with_strings(json_t *object, const char *name, const char *const *list);

#endif
