/* Small helpers. A test double does not outlive a failed allocation: those here end the process. */
#ifndef TS_UTIL_H
#define TS_UTIL_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <kube/error.h>
#include <kube/memory.h>
#include <kube/type.h>

void *ts_alloc(size_t size); /* zeroed */
void *ts_realloc(void *pointer, size_t size);
char *ts_strdup(const char *text); /* NULL: NULL */
char *ts_strndup(const char *text, size_t len);
char *ts_printf(const char *format, ...) KUBE_FORMAT(1, 2);

/* Fills err (NULL allowed) and returns code. */
int ts_fail(kube_error_t *err, int code, const char *format, ...) KUBE_FORMAT(3, 4);

/* text: NULL is "". */
bool ts_is(const char *text, const char *other);
bool ts_starts_with(const char *text, const char *prefix);
bool ts_ends_with(const char *text, const char *suffix);

/* The JSON name of a field, ended by a NUL; text: room for those that the table holds without one. */
#define TS_FIELD_NAME_SIZE KUBE_FIELD_KEY_SIZE
const char *ts_field_name(const kube_field_t *field, char text[TS_FIELD_NAME_SIZE]);

int64_t ts_monotonic_ms(void);
void ts_random(void *bytes, size_t len);
/* A random UUID of version 4. */
#define TS_UID_SIZE 37
void ts_uid(char out[TS_UID_SIZE]);

/* ---- documents ---- NULL documents read as absent. */

/* The member a dotted path leads to, borrowed, or NULL. */
json_t *ts_at(const json_t *object, const char *path);
/* The same as a string; NULL when it is none. */
const char *ts_text_at(const json_t *object, const char *path);
int64_t ts_int_at(const json_t *object, const char *path, int64_t otherwise);
bool ts_bool_at(const json_t *object, const char *path);
/* Sets a member by dotted path, making the objects on the way; takes the reference to value. */
void ts_put(json_t *object, const char *path, json_t *value);
void ts_delete_at(json_t *object, const char *path);
/* An object or array that must be there: jansson's makers, NULL ends the process. */
json_t *ts_need(json_t *value);
json_t *ts_string(const char *text);
/* Appends a document as compact JSON. */
void ts_append_json(kube_buffer_t *buffer, const json_t *value);
/* Appends text as a JSON string, quotes included. */
void ts_append_quoted(kube_buffer_t *buffer, const char *text);

#endif
