/* One document: what it is, what is wrong with it, and what it becomes. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <kube/kube.h>

#include "findings.h"
#include "json_span.h"

/* What the conversion of a stream of documents uses. */
typedef struct converter {
    const kube_scheme_t *scheme;
    kube_pool_t *pool;
    bool strict;
    const kube_yaml_reader_t *reader; /* of the document, for its lines */
    findings_t findings;
} converter_t;

/*
 * Appends the document to out as compact JSON: decoded and encoded through its type, or as it is when its kind is not known. Problems are
 * added to the converter's findings; what is appended then is of no use. False when memory is exhausted.
 */
bool document_convert(converter_t *converter, json_span_t document, kube_buffer_t *out);

#endif
