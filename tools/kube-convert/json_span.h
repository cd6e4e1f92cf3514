/* Where the parts of a JSON text are. The text must be well-formed and without white space, as kube_yaml_reader_next gives it. */
#ifndef JSON_SPAN_H
#define JSON_SPAN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct json_span {
    const char *at;
    size_t len; /* bytes */
} json_span_t;

/* The value of a member of an object; false when there is none, or object is something else. */
bool json_span_member(json_span_t object, const char *name, json_span_t *value);

/* The first item of an array, and the one behind `item`; false when there is none, or array is something else. */
bool json_span_first(json_span_t array, json_span_t *item);
bool json_span_next(json_span_t array, json_span_t *item);

/* The value that a path leads to; false when it is not there: *value is then the deepest part of the way that is. */
bool json_span_value(json_span_t document, const char *path, json_span_t *value);

/* The offset at which a path ("spec.containers[0].image", "metadata.labels[app]") leads to a key or an item: of the deepest part that is there. */
size_t json_span_locate(json_span_t document, const char *path);

#endif
