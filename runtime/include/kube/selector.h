/*
 * Label and field selectors: parse once, match many objects. A selector never changes after it is made, so any number of threads may use
 * one at the same time. NULL as a selector matches everything.
 */
#ifndef KUBE_SELECTOR_H
#define KUBE_SELECTOR_H

#include <kube/memory.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kube_label_selector kube_label_selector_t;
typedef struct kube_field_selector kube_field_selector_t;
struct kube_meta_v1_label_selector_t; /* kube_meta_v1_label_selector_t of <kube/meta/v1.h> */

/*
 * Parses the syntax of `kubectl get -l`: requirements with commas between them, all of which must hold: `key`, `!key`, `key=value` (or ==),
 * `key!=value`, `key in (a,b)`, `key notin (a,b)`, `key>number`, `key<number`. The empty text selects everything.
 * *out (not NULL) is freed with kube_label_selector_free. text must not be NULL.
 * Errors: KUBE_E_PARSE (byte offset in err), also for keys and values that no label can have; KUBE_E_NO_MEMORY; KUBE_E_USAGE.
 */
KUBE_API int kube_label_selector_parse(const char *text, kube_label_selector_t **out, kube_error_t *err);

/*
 * The selector that an API object holds (spec.selector of Deployments, podAffinity, ...): matchLabels and matchExpressions together. An
 * absent one (NULL) selects nothing, an empty one everything. Nothing of selector is kept. Errors: KUBE_E_INVALID (the field in
 * err->path), KUBE_E_NO_MEMORY, KUBE_E_USAGE.
 */
KUBE_API int kube_label_selector_from(const struct kube_meta_v1_label_selector_t *selector, kube_label_selector_t **out, kube_error_t *err);

/* The selector of everything that has all these labels (spec.selector of Services and ReplicationControllers). labels NULL or empty: selects
 * everything. Nothing of labels is kept. Errors: KUBE_E_INVALID, KUBE_E_NO_MEMORY, KUBE_E_USAGE. */
KUBE_API int kube_label_selector_from_labels(const kube_string_map_t *labels, kube_label_selector_t **out, kube_error_t *err);

/* Whether an object with these labels is selected. labels: NULL means none. Thread-safe. */
KUBE_API bool kube_label_selector_matches(const kube_label_selector_t *selector, const kube_string_map_t *labels);
/* The canonical text, requirements sorted by key: fit for the label_selector of options. "" for one that selects everything, and for one
 * that selects nothing (no text says that: test with kube_label_selector_is_nothing). Borrowed until the selector is freed. Thread-safe. */
KUBE_API const char *kube_label_selector_text(const kube_label_selector_t *selector);
/* Whether it was made from an absent selector and can match nothing. Thread-safe. */
KUBE_API bool kube_label_selector_is_nothing(const kube_label_selector_t *selector);
/* Frees a selector. NULL is allowed. */
KUBE_API void kube_label_selector_free(kube_label_selector_t *selector);

/*
 * Parses the syntax of `kubectl get --field-selector`: `path=value` (or ==) and `path!=value` with commas between them. In a value a
 * backslash stands before a comma, an equals sign and a backslash that are meant literally. The empty text selects everything.
 * *out (not NULL) is freed with kube_field_selector_free. text must not be NULL. Errors: KUBE_E_PARSE, KUBE_E_NO_MEMORY, KUBE_E_USAGE.
 */
KUBE_API int kube_field_selector_parse(const char *text, kube_field_selector_t **out, kube_error_t *err);

/* The value of the field with that path ("status.phase") of the object that userdata stands for; NULL reads as "". */
typedef const char *kube_field_get_fn(const char *path, void *userdata);

/* Whether an object is selected whose fields `get` (not NULL) tells. Thread-safe as far as get is. */
KUBE_API bool kube_field_selector_matches(const kube_field_selector_t *selector, kube_field_get_fn *get, void *userdata);
/* The canonical text: terms in order of their text, values escaped. Borrowed until the selector is freed. Thread-safe. */
KUBE_API const char *kube_field_selector_text(const kube_field_selector_t *selector);
/* Frees a selector. NULL is allowed. */
KUBE_API void kube_field_selector_free(kube_field_selector_t *selector);
/* Appends a value with a backslash before each comma, equals sign and backslash. NULL appends nothing. */
KUBE_API void kube_field_selector_escape(kube_buffer_t *buffer, const char *value);

#ifdef __cplusplus
}
#endif
#endif
