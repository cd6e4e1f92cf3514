/* YAML as the Kubernetes tools read and write it; docs/yaml.md tells how every form of a scalar is read. */
#ifndef KUBE_YAML_H
#define KUBE_YAML_H

#include <kube/json.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A reader of a stream of YAML (or JSON) documents, each turned into JSON text. Not thread-safe; independent readers are. */
typedef struct kube_yaml_reader kube_yaml_reader_t;

/* Limits of a reader. All zero means the defaults. New fields are only appended. */
typedef struct kube_yaml_options {
    unsigned max_depth;    /* 0: 200 */
    size_t max_json_bytes; /* most JSON of one document, aliases expanded, and copies kept of anchors; 0: 64 MiB + 10 x the input */
} kube_yaml_options_t;

/*
 * A reader over text, which must stay valid and unchanged until kube_yaml_reader_free. text: UTF-8, or UTF-16 with a byte order
 * mark; NULL is an empty stream. len: bytes. options: NULL means the defaults; copied. NULL when memory is exhausted.
 */
KUBE_API kube_yaml_reader_t *kube_yaml_reader_new(const char *text, size_t len, const kube_yaml_options_t *options);
/* Frees a reader. NULL is allowed. */
KUBE_API void kube_yaml_reader_free(kube_yaml_reader_t *reader);
/*
 * Reads the next document that is not empty (or null) and appends it to json as compact JSON. Of keys that are
 * written twice both are there. *found is false at the end of the stream. No argument but err may be NULL.
 * Errors: KUBE_E_PARSE (line and byte offset of the text in err), KUBE_E_LIMIT (likewise), KUBE_E_NO_MEMORY, KUBE_E_USAGE. After an
 * error json is as before, and the reader is only good for freeing: further calls are KUBE_E_USAGE.
 */
KUBE_API int kube_yaml_reader_next(kube_yaml_reader_t *reader, kube_buffer_t *json, bool *found, kube_error_t *err);
/*
 * The 1-based line, in the text, of what stands at a byte offset of the last document's JSON (counted from where that document's
 * JSON began). What an alias stands for has the alias' line. 0 when there is no document; NULL: 0.
 */
KUBE_API size_t kube_yaml_reader_line(const kube_yaml_reader_t *reader, size_t json_offset);
/*
 * As kube_json_decode, for one YAML document; more than one, and none, are KUBE_E_PARSE. err->line and the problems' lines are
 * of the YAML; err->offset is exact for syntax errors, and where the line begins for others; the problems' offsets are of the
 * JSON in between. Thread-safe.
 */
KUBE_API int kube_yaml_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options, void *out,
                              kube_error_t *err);
/*
 * Appends an object as a YAML document, without `---`. flags: as kube_json_encode, of which KUBE_ENCODE_INDENT means nothing
 * here. Errors as kube_json_encode; on failure the buffer's content is as before. Thread-safe while nobody edits the object.
 */
KUBE_API int kube_yaml_encode(const kube_type_t *type, const void *object, unsigned flags, kube_buffer_t *buffer, kube_error_t *err);
/*
 * Appends the YAML of a JSON value, as `kubectl -o yaml` prints it; keys keep their order, numbers their text. json, buffer: not
 * NULL. len: bytes. Errors: KUBE_E_PARSE (offset of the JSON in err), KUBE_E_LIMIT, KUBE_E_NO_MEMORY, KUBE_E_USAGE; on failure
 * the buffer's content is as before. Thread-safe.
 */
KUBE_API int kube_yaml_from_json(const char *json, size_t len, kube_buffer_t *buffer, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
