/* JSON (RFC 8259) to typed objects and back, in one pass over the type tables. */
#ifndef KUBE_JSON_H
#define KUBE_JSON_H

#include <kube/memory.h>
#include <kube/problems.h>
#include <kube/type.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that must be readable behind the input for KUBE_DECODE_PADDED. */
#define KUBE_JSON_PADDING 64

/* Flags for decoding. */
enum {
    KUBE_DECODE_STRICT = 1 << 0,              /* unknown, duplicate and wrongly typed fields are problems: all reported, KUBE_E_PARSE */
    KUBE_DECODE_PADDED = 1 << 1,              /* KUBE_JSON_PADDING bytes behind the input may be read: saves a copy of the input */
    KUBE_DECODE_PACKED = 1 << 2,              /* one allocation sized to fit: for objects that live one by one (cache entries) */
    KUBE_DECODE_DROP_MANAGED_FIELDS = 1 << 3, /* leave metadata.managedFields out: for caches; an update would keep them on the server */
    KUBE_DECODE_INTERN = 1 << 4               /* hold equal strings, lists and sub-objects once: about 3 x slower, half the size; for caches (no
                                                 effect together with KUBE_DECODE_PACKED, whose copy shares nothing). Such
                                                 an object must not be changed, not even by assignment (kube_dup it first): what is changed in one
                                                 place would change in others. Editing functions refuse it with KUBE_E_USAGE. */
};

/* How to decode. All zero means the defaults. New fields are only appended. */
typedef struct kube_decode_options {
    kube_pool_t *pool;          /* where chunks come from and go back to; NULL: plain allocation */
    unsigned flags;             /* KUBE_DECODE_* */
    unsigned max_depth;         /* deepest nesting of arrays and objects; 0: 200; 1,000 at most, more means that */
    kube_problems_t **problems; /* with KUBE_DECODE_STRICT: set to the full list (freed with kube_problems_free) or NULL; NULL: not wanted */
} kube_decode_options_t;

/*
 * Decodes one JSON object of a root type into an arena of its own.
 * Lenient unless told otherwise: unknown fields are kept and written back, null reads as absent, of duplicate known fields the last wins.
 * Items of a list that omit apiVersion and kind get them from the list's item type.
 * type, text: not NULL. len: bytes. options: NULL means the defaults. out: the address of a pointer to the type's struct; set to the
 * object, freed with kube_free, or to NULL on failure.
 * Errors: KUBE_E_PARSE (err has offset and path), KUBE_E_LIMIT (too deep), KUBE_E_NO_MEMORY, KUBE_E_USAGE. Nothing is kept of `text`.
 * Thread-safe.
 */
KUBE_API int kube_json_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options, void *out,
                              kube_error_t *err);

/* Flags for encoding. */
enum {
    KUBE_ENCODE_INDENT = 1 << 0, /* two spaces a level and a newline at the end, as kubectl prints */
    KUBE_ENCODE_LIST_TYPES = 1 << 1 /* apiVersion and kind also in list items that had none when they were decoded */
};

/*
 * Appends an object as JSON. Fields come in the bytewise order of their names, then those this build does not know. A root's apiVersion and
 * kind are written from its type when the object leaves them NULL.
 * type, object, buffer: not NULL. flags: KUBE_ENCODE_*.
 * Errors: KUBE_E_NO_MEMORY, KUBE_E_USAGE, KUBE_E_INVALID (a string that is not UTF-8, a number that JSON cannot hold; path in err), KUBE_E_LIMIT (nested
 * deeper than 1,000). On failure the buffer's content is as before. Thread-safe while nobody edits the object.
 */
KUBE_API int kube_json_encode(const kube_type_t *type, const void *object, unsigned flags, kube_buffer_t *buffer, kube_error_t *err);

/* apiVersion and kind of a JSON object, found without decoding the rest; "" when absent, no string, or too long to be one. */
typedef struct kube_type_meta {
    char api_version[256];
    char kind[128];
} kube_type_meta_t;

/* Reads apiVersion and kind from the top level of a JSON object, and no further than where both were found. text, out: not NULL. Errors: KUBE_E_PARSE,
 * KUBE_E_LIMIT, KUBE_E_NO_MEMORY, KUBE_E_USAGE. Thread-safe. */
KUBE_API int kube_json_type_meta(const char *text, size_t len, kube_type_meta_t *out, kube_error_t *err);

/*
 * Checks that text is one well-formed JSON value (strict UTF-8, no lone surrogates) and, if `compact` is not NULL, appends it without white space.
 * text: not NULL. max_depth 0: 200. Errors: KUBE_E_PARSE, KUBE_E_LIMIT, KUBE_E_NO_MEMORY, KUBE_E_USAGE. On failure the buffer's content is as before.
 * Thread-safe.
 */
KUBE_API int kube_json_check(const char *text, size_t len, unsigned max_depth, kube_buffer_t *compact, kube_error_t *err);

/* Appends well-formed JSON with two spaces a level and a final newline. Errors as kube_json_check. Thread-safe. */
KUBE_API int kube_json_indent(const char *text, size_t len, kube_buffer_t *buffer, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
