/*
 * The values that properties of Kubernetes objects have. Presence is uniform: a pointer is NULL, or `has` is false, when the property
 * is absent. Every one of these types is a whole number of 8-byte words and begins with the word that tells its presence, so that
 * the encoder finds present fields by scanning words.
 */
#ifndef KUBE_VALUE_H
#define KUBE_VALUE_H

#include <kube/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The arena that holds an object, with an atomic reference count. Opaque. */
typedef struct kube_owner kube_owner_t;

/* A field's optional boolean: JSON true and false. */
typedef struct kube_bool {
    bool has;
    bool value;
    unsigned : 16;
    unsigned : 32;
} kube_bool_t;

/* An optional integer of 32 bits (OpenAPI integer, format int32). */
typedef struct kube_int32 {
    bool has;
    int32_t value;
} kube_int32_t;

/* An optional integer of 64 bits (OpenAPI integer, format int64 or none). */
typedef struct kube_int64 {
    bool has;
    int64_t value;
} kube_int64_t;

/* An optional floating-point number (OpenAPI number of built-in types). */
typedef struct kube_double {
    bool has;
    double value;
} kube_double_t;

/* A point in time, UTC (meta/v1 Time and MicroTime): seconds since 1970-01-01 and nanoseconds in [0, 999999999]. */
typedef struct kube_time {
    bool has;
    int32_t nanoseconds;
    int64_t seconds;
} kube_time_t;

/* An integer or a string (util/intstr IntOrString; x-kubernetes-int-or-string of CRDs): the string if it is not NULL, else number. */
typedef struct kube_int_or_string {
    bool has;
    const char *string;
    int64_t number;
} kube_int_or_string_t;

/* Bytes (OpenAPI string, format byte): base64 in JSON, decoded here. data NULL = absent; non-NULL with len (bytes) 0 = empty. */
typedef struct kube_bytes {
    const uint8_t *data;
    size_t len;
} kube_bytes_t;

/* A free-form value (RawExtension, FieldsV1, JSON, x-kubernetes-preserve-unknown-fields): its JSON text as read, valid, NUL-terminated
 * when the library made it, len bytes without that NUL; text NULL = absent. To and from jansson: kube/jansson.h. */
typedef struct kube_json {
    const char *text;
    size_t len;
} kube_json_t;

/* A property that this build of the types does not know, kept as read and written back. A list, in the order of the input. */
typedef struct kube_unknown kube_unknown_t;
struct kube_unknown {
    const kube_unknown_t *next;
    const char *name;
    kube_json_t value;
};

/* Lists of scalars: items NULL = absent, non-NULL with len 0 = empty. */
typedef struct kube_string_list { const char **items; size_t len; } kube_string_list_t;
typedef struct kube_bool_list { bool *items; size_t len; } kube_bool_list_t;
typedef struct kube_int32_list { int32_t *items; size_t len; } kube_int32_list_t;
typedef struct kube_int64_list { int64_t *items; size_t len; } kube_int64_list_t;
typedef struct kube_double_list { double *items; size_t len; } kube_double_list_t;
typedef struct kube_time_list { kube_time_t *items; size_t len; } kube_time_list_t;
typedef struct kube_bytes_list { kube_bytes_t *items; size_t len; } kube_bytes_list_t;
typedef struct kube_int_or_string_list { kube_int_or_string_t *items; size_t len; } kube_int_or_string_list_t;
typedef struct kube_json_list { kube_json_t *items; size_t len; } kube_json_list_t;

/* Maps from strings: entries in the order of the input, presence as in lists. Keys are never NULL. */
typedef struct kube_string_entry { const char *key; const char *value; } kube_string_entry_t;
typedef struct kube_bool_entry { const char *key; bool value; } kube_bool_entry_t;
typedef struct kube_int32_entry { const char *key; int32_t value; } kube_int32_entry_t;
typedef struct kube_int64_entry { const char *key; int64_t value; } kube_int64_entry_t;
typedef struct kube_double_entry { const char *key; double value; } kube_double_entry_t;
typedef struct kube_time_entry { const char *key; kube_time_t value; } kube_time_entry_t;
typedef struct kube_bytes_entry { const char *key; kube_bytes_t value; } kube_bytes_entry_t;
typedef struct kube_int_or_string_entry { const char *key; kube_int_or_string_t value; } kube_int_or_string_entry_t;
typedef struct kube_json_entry { const char *key; kube_json_t value; } kube_json_entry_t;
typedef struct kube_string_list_entry { const char *key; kube_string_list_t value; } kube_string_list_entry_t;

typedef struct kube_string_map { kube_string_entry_t *items; size_t len; } kube_string_map_t;
typedef struct kube_bool_map { kube_bool_entry_t *items; size_t len; } kube_bool_map_t;
typedef struct kube_int32_map { kube_int32_entry_t *items; size_t len; } kube_int32_map_t;
typedef struct kube_int64_map { kube_int64_entry_t *items; size_t len; } kube_int64_map_t;
typedef struct kube_double_map { kube_double_entry_t *items; size_t len; } kube_double_map_t;
typedef struct kube_time_map { kube_time_entry_t *items; size_t len; } kube_time_map_t;
typedef struct kube_bytes_map { kube_bytes_entry_t *items; size_t len; } kube_bytes_map_t;
typedef struct kube_int_or_string_map { kube_int_or_string_entry_t *items; size_t len; } kube_int_or_string_map_t;
typedef struct kube_json_map { kube_json_entry_t *items; size_t len; } kube_json_map_t;
typedef struct kube_string_list_map { kube_string_list_entry_t *items; size_t len; } kube_string_list_map_t;

#ifndef __cplusplus
/* Initialisers for objects that are written down in C; what they point to lives as long as the enclosing block. C++ has no compound literals: there,
 * build objects with the functions of kube/object.h, and set numbers as { true, 3 }. */
#define KUBE_SOME(v) { .has = true, .value = (v) }
#define KUBE_INT(v) { .has = true, .number = (v) }
#define KUBE_TEXT(v) { .has = true, .string = (v) }
#define KUBE_TIME(unix_seconds) { .has = true, .seconds = (unix_seconds) }
#define KUBE_JSON(literal) { .text = (literal), .len = sizeof(literal) - 1 }
#define KUBE_LIST(type, ...) { .items = (type[]){ __VA_ARGS__ }, .len = sizeof((type[]){ __VA_ARGS__ }) / sizeof(type) }
#define KUBE_STRINGS(...) KUBE_LIST(const char *, __VA_ARGS__)
#define KUBE_MAP(...) KUBE_LIST(kube_string_entry_t, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif
#endif
