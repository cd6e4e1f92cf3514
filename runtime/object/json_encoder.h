/*
 * The state of one JSON encode, and what the encoder's vector variants (json_encode_body.h) share. Functions take the
 * position in the buffer and return the next one, or NULL after an error; the path of the error is put together on the way out.
 */
#ifndef KUBE_OBJECT_JSON_ENCODER_H
#define KUBE_OBJECT_JSON_ENCODER_H

#include <kube/json.h>

#include "object/type.h"

/* Bytes that are always free behind `at` when a value begins: a key, a number or a block of text. */
#define KUBE_ENCODE_ROOM 160
/* Bytes of the largest block that a variant loads. */
#define KUBE_LARGEST_BLOCK 32

typedef struct kube_encoder {
    char *limit; /* KUBE_ENCODE_ROOM before the end of the buffer */
    kube_buffer_t *buffer;
    unsigned flags;
    unsigned depth;
    int last_in_page; /* the last place in a page from which a block can be loaded; -1: read strings byte by byte, something watches */
    int code;     /* of the error */
    kube_error_t *err;
} kube_encoder_t;

/* Makes sure of `extra` bytes and KUBE_ENCODE_ROOM more behind at, which moves with the buffer. */
char *kube_encode_grow(kube_encoder_t *e, char *at, size_t extra);
/* Records an error. Returns NULL. */
char *kube_encode_fail(kube_encoder_t *e, int code, const char *message);
/* Puts a field, a list index or a map key in front of the error's path. Returns NULL. */
char *kube_encode_in_field(kube_encoder_t *e, const kube_field_t *field);
char *kube_encode_in_item(kube_encoder_t *e, size_t index);
char *kube_encode_in_key(kube_encoder_t *e, const char *key);
/* Writes what is not plain text at *text and moves on: an escape, or a character outside ASCII. */
char *kube_encode_special(kube_encoder_t *e, char *at, const char **text);
char *kube_encode_double(kube_encoder_t *e, char *at, double value);
/* Writes decimal digits. */
char *kube_encode_int(char *at, int64_t value);

#endif
