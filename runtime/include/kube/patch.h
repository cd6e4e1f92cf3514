/*
 * Patches: applying them in memory, and making them from two or three versions of an object. docs/patch.md tells the rules and where they
 * differ from other implementations. All functions are thread-safe while nobody edits the objects. err: NULL allowed everywhere.
 */
#ifndef KUBE_PATCH_H
#define KUBE_PATCH_H

#include <kube/memory.h>
#include <kube/type.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Media types of a patch: JSON patch (RFC 6902), merge patch (RFC 7386), strategic merge patch (built-in kinds only). */
typedef enum kube_patch_type { KUBE_PATCH_TYPE_JSON = 1, KUBE_PATCH_TYPE_MERGE, KUBE_PATCH_TYPE_STRATEGIC } kube_patch_type_t;

/* A patch: bytes with a type. text: not NULL, borrowed for the call. */
typedef struct kube_patch_t {
    kube_patch_type_t type;
    const char *text;
    size_t len;
} kube_patch_t;

#ifndef __cplusplus
/* A patch that is a string literal: `kube_patch_t patch = KUBE_PATCH_TEXT(KUBE_PATCH_TYPE_MERGE, "{\"data\":{\"a\":\"b\"}}");` */
#define KUBE_PATCH_TEXT(kind, literal) { .type = (kind), .text = (literal), .len = sizeof(literal) - 1 }
#endif

/*
 * Applies a patch to a copy of an object, as the server would. type (a root type), object, patch, out: not NULL. *out is set to the new
 * object, freed with kube_free, or to NULL on failure.
 * Errors: KUBE_E_PARSE (the patch is not JSON or not a patch of its type), KUBE_E_INVALID (it cannot be applied to this object: a path that
 * does not exist, a list element without its merge key; path in err), KUBE_E_TEST_FAILED (a "test" of a JSON patch, path in err), KUBE_E_LIMIT (more than
 * 10,000 operations, more than 3 MiB copied by "copy", nested deeper than 200), KUBE_E_NO_MEMORY, KUBE_E_USAGE.
 */
KUBE_API int kube_patch_apply(const kube_type_t *type, const void *object, const kube_patch_t *patch, void *out, kube_error_t *err);
/*
 * The same on JSON text (`len` bytes): appends the result to out (not NULL), numbers and the order of members kept. type: NULL allowed unless
 * the patch is a strategic one. On failure out is as before. Errors as kube_patch_apply.
 */
KUBE_API int kube_patch_apply_json(const kube_type_t *type, const char *text, size_t len, const kube_patch_t *patch, kube_buffer_t *out,
                                   kube_error_t *err);

/*
 * Appends the patch that makes `to` of `from`: "{}" ("[]" for a JSON patch) when they are alike. type, from, to, patch: not NULL.
 * Errors: KUBE_E_UNSUPPORTED (a strategic patch cannot say it: lists in fields this build does not know differ, so that their merge key is
 * not known, or a key of the object is a directive), KUBE_E_INVALID (a list element without its merge key), KUBE_E_NO_MEMORY, KUBE_E_USAGE, and those
 * of kube_json_encode. On failure the buffer is as before.
 */
KUBE_API int kube_patch_diff(const kube_type_t *type, const void *from, const void *to, kube_patch_type_t kind, kube_buffer_t *patch,
                             kube_error_t *err);
/* The same on two JSON texts. type: NULL allowed unless kind is KUBE_PATCH_TYPE_STRATEGIC. Errors also: KUBE_E_PARSE, KUBE_E_LIMIT. */
KUBE_API int kube_patch_diff_json(const kube_type_t *type, const char *from, size_t from_len, const char *to, size_t to_len,
                                  kube_patch_type_t kind, kube_buffer_t *patch, kube_error_t *err);

/* How a three-way patch is made. All zero means the defaults. New fields are only appended. */
typedef struct kube_three_way_options {
    bool overwrite;         /* win over changes that others made to the same fields; else they are KUBE_E_CONFLICT */
    bool keep_identity;     /* KUBE_E_INVALID when the patch would change apiVersion, kind, metadata.name or metadata.namespace */
} kube_three_way_options_t;

/*
 * Appends the patch by which a client-side apply updates `current`, the object on the server: it sets what `modified`, the wanted
 * configuration, says, and removes what `original`, the configuration applied before, said and modified no longer does. All else of current
 * stays. original: NULL means none. type, modified, current, patch: not NULL. kind: KUBE_PATCH_TYPE_MERGE or KUBE_PATCH_TYPE_STRATEGIC. options: NULL means
 * the defaults.
 * Errors as kube_patch_diff, and KUBE_E_CONFLICT (path in err).
 */
KUBE_API int kube_patch_three_way(const kube_type_t *type, const void *original, const void *modified, const void *current,
                                  kube_patch_type_t kind, const kube_three_way_options_t *options, kube_buffer_t *patch,
                                  kube_error_t *err);

/* A JSON text. */
typedef struct kube_text {
    const char *text; /* NULL: none */
    size_t len;       /* bytes */
} kube_text_t;

/* The same on JSON texts. type: NULL allowed for KUBE_PATCH_TYPE_MERGE. original.text: NULL allowed. Errors also: KUBE_E_PARSE, KUBE_E_LIMIT. */
KUBE_API int kube_patch_three_way_json(const kube_type_t *type, kube_text_t original, kube_text_t modified, kube_text_t current,
                                       kube_patch_type_t kind, const kube_three_way_options_t *options, kube_buffer_t *patch,
                                       kube_error_t *err);

/* The annotation in which kubectl keeps the configuration that it applied last. */
#define KUBE_LAST_APPLIED_ANNOTATION "kubectl.kubernetes.io/last-applied-configuration"

/* The configuration applied last, JSON borrowed from the object; NULL when there is none or an argument is NULL. */
KUBE_API const char *kube_last_applied(const kube_type_t *type, const void *object);
/* Appends what that annotation is to hold for an object: its JSON without the annotation, and a newline. type, object, out: not NULL.
 * Errors as kube_json_encode. */
KUBE_API int kube_last_applied_json(const kube_type_t *type, const void *object, kube_buffer_t *out, kube_error_t *err);
/* Sets the annotation to that. object: held by an arena and not shared (kube_new, kube_dup, decoded), else KUBE_E_USAGE. Errors also: as kube_json_encode.
 * Not thread-safe for one object. */
KUBE_API int kube_last_applied_set(const kube_type_t *type, void *object, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
