/* What a YAML scalar means: the rules of the Kubernetes tools, which are those of YAML 1.1 with exceptions (docs/yaml.md). */
#ifndef KUBE_OBJECT_YAML_SCALAR_H
#define KUBE_OBJECT_YAML_SCALAR_H

#include <kube/memory.h>

typedef enum kube_yaml_kind {
    KUBE_YAML_NULL = 1,
    KUBE_YAML_BOOL,
    KUBE_YAML_INT,    /* sign and 64 bits of magnitude */
    KUBE_YAML_DIGITS, /* a decimal integer beyond 64 bits that a double reaches */
    KUBE_YAML_FLOAT,
    KUBE_YAML_STRING,
    KUBE_YAML_TIMESTAMP, /* kept as its text, but not written as a string without quotes */
    KUBE_YAML_BINARY     /* base64 */
} kube_yaml_kind_t;

/* A scalar as the parser hands it over. */
typedef struct kube_yaml_source {
    const char *tag;  /* in its long form; NULL: none */
    const char *text; /* UTF-8; may hold NUL bytes */
    size_t len;
    bool plain;       /* neither quoted nor tagged */
} kube_yaml_source_t;

typedef struct kube_yaml_scalar {
    kube_yaml_kind_t kind;
    bool boolean;
    bool negative;
    uint64_t magnitude;
    double number;
    const char *text; /* the source's */
    size_t len;
} kube_yaml_scalar_t;

/* What the source means. *problem: why it cannot be (its tag does not fit), static. Returns 0 or KUBE_E_PARSE. */
int kube_yaml_resolve(const kube_yaml_source_t *source, kube_yaml_scalar_t *out, const char **problem);
/* Whether the source is the merge key `<<`. */
bool kube_yaml_is_merge(const kube_yaml_source_t *source);
/* Whether text reads back as that very string when it is written without quotes. */
bool kube_yaml_reads_as_string(const char *text, size_t len);

/*
 * Append a scalar as a JSON value, or as the name of a member. Return 0 or KUBE_E_PARSE with *problem; the buffer's failed flag
 * tells of memory.
 */
int kube_yaml_put_value(kube_buffer_t *json, const kube_yaml_scalar_t *scalar, const char **problem);
int kube_yaml_put_key(kube_buffer_t *json, const kube_yaml_scalar_t *scalar, const char **problem);

#endif
