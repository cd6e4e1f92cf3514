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

/* A part of a document on the way to what a path leads to. */
typedef struct json_step {
    json_span_t value;
    const char *where; /* its key, or the item itself */
    size_t path_len;   /* of the path up to here */
    size_t index;      /* of an item */
} json_step_t;

/* Steps that are remembered, at most; what lies deeper is looked for anew. */
#define JSON_FINDER_STEPS 32

/*
 * Finds paths in a document, one after the other. What a path has in common with the one before is not looked for again, and the items
 * of a list are gone through once when they are asked for in their order. All zero but the document is a new one.
 */
typedef struct json_finder {
    json_span_t document;
    const char *path; /* the last one: must be valid at the next call */
    size_t depth;
    json_step_t steps[JSON_FINDER_STEPS];
} json_finder_t;

/* The value that a path ("spec.containers[0].image", "metadata.labels[app]") leads to; false when it is not there: *value is then the
 * deepest part of the way that is. */
bool json_finder_value(json_finder_t *finder, const char *path, json_span_t *value);

/* The offset at which a path leads to a key or an item: of the deepest part that is there. */
size_t json_finder_locate(json_finder_t *finder, const char *path);

#endif
