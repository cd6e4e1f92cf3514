/* YAML 1.2 as the Kubernetes tools read and write it (docs/yaml.md tells every scalar that is decided). */
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
    size_t max_json_bytes; /* most JSON one document may become, aliases expanded; 0: 64 MiB + 10 x the input */
} kube_yaml_options_t;

/* A reader over text, which must stay valid and unchanged until kube_yaml_reader_free. NULL when memory is exhausted. options: NULL allowed. */
KUBE_API kube_yaml_reader_t *kube_yaml_reader_new(const char *text, size_t len, const kube_yaml_options_t *options);
/* Frees a reader. NULL is allowed. */
KUBE_API void kube_yaml_reader_free(kube_yaml_reader_t *reader);
/*
 * Reads the next document that is not empty and appends it to json as compact JSON. *found (not NULL) is false at the end of the stream.
 * Errors: KUBE_E_PARSE (line and offset of the YAML in err), KUBE_E_LIMIT, KUBE_E_NO_MEMORY, KUBE_E_USAGE.
 */
KUBE_API int kube_yaml_reader_next(kube_yaml_reader_t *reader, kube_buffer_t *json, bool *found, kube_error_t *err);
/* The 1-based line, in the YAML, of what stands at a byte offset of the document's JSON (counted from where that document's JSON began). */
KUBE_API size_t kube_yaml_reader_line(const kube_yaml_reader_t *reader, size_t json_offset);
/* As kube_json_decode, for one YAML document (more than one: KUBE_E_PARSE; none: KUBE_E_PARSE); err->line and the problems' lines are of the YAML. */
KUBE_API int kube_yaml_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options, void *out,
                              kube_error_t *err);
/* Appends an object as a YAML document, without `---`. Errors as kube_json_encode. */
KUBE_API int kube_yaml_encode(const kube_type_t *type, const void *object, unsigned flags, kube_buffer_t *buffer, kube_error_t *err);
/* Appends the YAML of a JSON value; keys keep their order. Errors: KUBE_E_PARSE, KUBE_E_LIMIT, KUBE_E_NO_MEMORY. Thread-safe. */
KUBE_API int kube_yaml_from_json(const char *json, size_t len, kube_buffer_t *buffer, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
