/*
 * Objects: making, editing, sharing, copying and comparing them. An object is a plain struct of a generated type. It is either the
 * user's own (its `owner` is NULL: the library reads it and neither frees nor keeps it), or held by an arena with a reference count
 * (decoded, copied, or made by kube_new).
 *
 * The editing functions work on objects that an arena holds. They name a struct by `root`, the object whose arena gives the memory,
 * `object`, the struct inside it that is changed (the root itself, or a sub-object or list item of it), and `type`, the table of
 * `object`. `field` is a JSON name. None of them is thread-safe for one root; an object with more than one reference is shared,
 * therefore immutable, and editing it is KUBE_E_USAGE.
 *
 * Fields may also be assigned directly. What a field then points to (a literal, storage of the program's own) must stay valid as long as the object
 * is read: it is neither copied nor freed. kube_strdup and its kin put a copy into the object's own arena.
 */
#ifndef KUBE_OBJECT_H
#define KUBE_OBJECT_H

#include <stdarg.h>
#include <kube/memory.h>
#include <kube/problems.h>
#include <kube/type.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- making, sharing, freeing ---- */

/* A new, empty object of a root type in an arena of its own, apiVersion and kind filled in; freed with kube_free.
 * NULL when type is NULL or not a root, or memory is exhausted. */
KUBE_API void *kube_new(const kube_type_t *type);
/* As kube_new, with memory from a pool. pool: NULL means plain allocation. */
KUBE_API void *kube_new_in(const kube_type_t *type, kube_pool_t *pool);
/* One more reference to what holds a root object or an item of a decoded list (which pins the whole list). Thread-safe.
 * Errors: KUBE_E_USAGE for NULL and for a user's own object. */
KUBE_API int kube_ref(const void *object);
/* Gives one reference back; the last one frees everything the arena holds. Thread-safe. NULL and a user's own object: does nothing. */
KUBE_API void kube_free(const void *object);
/* A deep copy in an arena of its own, packed to fit; freed with kube_free. NULL when an argument is NULL, the type is not a root, or
 * memory is exhausted. Thread-safe while nobody edits the object. */
KUBE_API void *kube_dup(const kube_type_t *type, const void *object);
/* Bytes the arena of a root takes from the allocator; 0 for NULL and for a user's own object. Thread-safe. */
KUBE_API size_t kube_memory_used(const void *object);

/* ---- editing ---- */

/* A zeroed struct of `type` in the arena of root (its owner set when it is a root type), or NULL: misuse or no memory. */
KUBE_API void *kube_alloc(void *root, const kube_type_t *type);
/* Zeroed bytes in the arena of root, aligned for any type, or NULL. */
KUBE_API void *kube_alloc_bytes(void *root, size_t size);
/* The object-valued field, made if it is absent. NULL: misuse (no such field, not an object) or no memory. */
KUBE_API void *kube_ensure(void *root, void *object, const kube_type_t *type, const char *field);
/* A new zeroed item at the end of a list-valued field: a pointer to the item (for a list of strings, to the const char *). It is valid
 * until the next append to that list. NULL: misuse or no memory. Appending n items one by one takes time linear in n. */
KUBE_API void *kube_list_append(void *root, void *object, const kube_type_t *type, const char *field);
/* Appends a copy of `text` to a list of strings. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY. */
KUBE_API int kube_list_append_string(void *root, void *object, const kube_type_t *type, const char *field, const char *text);
/* Removes item i (from 0) of a list-valued field. Errors: KUBE_E_USAGE. */
KUBE_API int kube_list_remove(void *root, void *object, const kube_type_t *type, const char *field, size_t i);
/* The value slot of `key` (copied) in a map-valued field, a new zeroed entry if there is none. NULL: misuse or no memory. Valid until
 * the next insertion. */
KUBE_API void *kube_map_put(void *root, void *object, const kube_type_t *type, const char *field, const char *key);
/* Sets key to a copy of text in a map of strings. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY. */
KUBE_API int kube_map_set(void *root, void *object, const kube_type_t *type, const char *field, const char *key, const char *text);
/* The value slot of `key` in a map-valued field, or NULL. */
KUBE_API void *kube_map_find(const void *object, const kube_type_t *type, const char *field, const char *key);
/* Removes a key; KUBE_OK also when it is not there. Errors: KUBE_E_USAGE. */
KUBE_API int kube_map_remove(void *root, void *object, const kube_type_t *type, const char *field, const char *key);

/* Copies of text in the arena of root, or NULL: misuse or no memory. */
KUBE_API const char *kube_strdup(void *root, const char *text);
KUBE_API const char *kube_strndup(void *root, const char *text, size_t len);
KUBE_API const char *kube_printf(void *root, const char *format, ...) KUBE_FORMAT(2, 3);
KUBE_API const char *kube_vprintf(void *root, const char *format, va_list arguments) KUBE_FORMAT(2, 0);

/* Set one field to a value; what is pointed to is copied. text NULL makes the field absent. kube_set_string takes
 * strings, quantities, numbers as text, and int-or-strings; kube_set_int takes integers, int-or-strings and doubles. That a string is UTF-8 is checked
 * when the object is encoded. nanoseconds: 0 to 999,999,999. Each returns KUBE_OK, KUBE_E_USAGE (no such
 * field, another kind of value, out of range) or KUBE_E_NO_MEMORY. */
KUBE_API int kube_set_string(void *root, void *object, const kube_type_t *type, const char *field, const char *text);
KUBE_API int kube_set_bool(void *root, void *object, const kube_type_t *type, const char *field, bool value);
KUBE_API int kube_set_int(void *root, void *object, const kube_type_t *type, const char *field, int64_t value);
KUBE_API int kube_set_double(void *root, void *object, const kube_type_t *type, const char *field, double value);
KUBE_API int kube_set_time(void *root, void *object, const kube_type_t *type, const char *field, int64_t seconds, int32_t nanoseconds);
KUBE_API int kube_set_bytes(void *root, void *object, const kube_type_t *type, const char *field, const void *data, size_t len);
/* text must be valid JSON: KUBE_E_PARSE if not. */
KUBE_API int kube_set_json(void *root, void *object, const kube_type_t *type, const char *field, const char *text, size_t len);
/* Makes a field absent. */
KUBE_API int kube_unset(void *root, void *object, const kube_type_t *type, const char *field);

/* ---- reading through tables ---- */

/* Whether a field is present. False for NULL arguments and unknown fields. Thread-safe. */
KUBE_API bool kube_has(const void *object, const kube_type_t *type, const char *field);
/* The address of a field in `object` (a const char **, a kube_int32_t *, ...), or NULL when there is no such field. Thread-safe. */
KUBE_API void *kube_field_of(const void *object, const kube_type_t *type, const char *field);
/* The sub-object a dotted path leads to ("spec.template.spec", list items by number: "spec.containers[0]"), or NULL. found: NULL allowed,
 * else set to the type of the result. Thread-safe. */
KUBE_API void *kube_at(const void *object, const kube_type_t *type, const char *path, const kube_type_t **found);

/* ---- metadata of any root ---- borrowed from the object; NULL (0) when absent or an argument is NULL. Thread-safe. */
KUBE_API const char *kube_meta_name(const kube_type_t *type, const void *object);
KUBE_API const char *kube_meta_generate_name(const kube_type_t *type, const void *object);
KUBE_API const char *kube_meta_namespace(const kube_type_t *type, const void *object);
KUBE_API const char *kube_meta_uid(const kube_type_t *type, const void *object);
KUBE_API const char *kube_meta_resource_version(const kube_type_t *type, const void *object);
KUBE_API int64_t kube_meta_generation(const kube_type_t *type, const void *object);
KUBE_API const char *kube_meta_label(const kube_type_t *type, const void *object, const char *key);
KUBE_API const char *kube_meta_annotation(const kube_type_t *type, const void *object, const char *key);
/* The whole maps; NULL when absent. */
KUBE_API const kube_string_map_t *kube_meta_labels(const kube_type_t *type, const void *object);
KUBE_API const kube_string_map_t *kube_meta_annotations(const kube_type_t *type, const void *object);

/* ---- whole objects ---- */

/*
 * Whether two structs of one type say the same: maps without regard to order, quantities by value ("1" equals "1000m"), numbers held as text by
 * value (1.5 equals 1.50), free-form values and unknown fields as JSON values, absent and empty told apart. NULL equals only NULL; with type NULL an object
 * equals only itself. Free-form values that are not the same bytes need memory to be compared; without it the answer is false. Thread-safe.
 */
KUBE_API bool kube_equal(const kube_type_t *type, const void *a, const void *b);

/* Flags of kube_covers. */
enum {
    KUBE_COVERS_WRITTEN = 1 << 0,       /* as after a write: what the server sets itself in metadata (uid, resourceVersion, namespace, generation,
                                           creationTimestamp, managedFields, selfLink) does not count, nor does status */
    KUBE_COVERS_ZERO_IS_ABSENT = 1 << 1 /* false, 0, "" and empty lists and maps of part need not be in whole: servers leave many out */
};

/*
 * Whether everything that `part` says, `whole` says too: each field present in part is in whole and equal, recursively. Lists must
 * have as many items, each covering its counterpart (lists of type map: the one of the same keys); maps and free-form objects may
 * have more entries; quantities and numbers go by value. NULL covers NULL only; anything covers a NULL part; with type NULL an object covers
 * only itself. flags: KUBE_COVERS_*. Without memory false, as kube_equal. Thread-safe.
 */
KUBE_API bool kube_covers(const kube_type_t *type, const void *whole, const void *part, unsigned flags);

/*
 * Checks an object against the facts of its type: required fields present, values among the allowed ones, quantities and times well-formed,
 * embedded objects with apiVersion and kind.
 * Returns KUBE_OK, KUBE_E_USAGE (type or object is NULL), KUBE_E_NO_MEMORY or KUBE_E_INVALID, the first problem in err; all of them in *problems (NULL allowed; freed with kube_problems_free;
 * NULL when there are none). Thread-safe.
 */
KUBE_API int kube_check(const kube_type_t *type, const void *object, kube_problems_t **problems, kube_error_t *err);

/*
 * Fills every absent field that has a default in the spec, in all structs that are present, as the server would.
 * Errors: KUBE_E_USAGE for NULL, a user's own or a shared object, KUBE_E_NO_MEMORY.
 */
KUBE_API int kube_fill_defaults(const kube_type_t *type, void *object, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
