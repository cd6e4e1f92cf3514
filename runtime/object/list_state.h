/* The state of a list reader, and what its parts share: list_walk.c walks over the list, list_item.c decodes its items. */
#ifndef KUBE_OBJECT_LIST_STATE_H
#define KUBE_OBJECT_LIST_STATE_H

#include "object/json_frame.h"
#include "object/json_variant.h"
#include "object/list_reader.h"

/* What is read next: a step returns a kube_list_step_t, an error, or KUBE_LIST_GO_ON when something was read and there may be
 * more. */
typedef int kube_list_step_fn(kube_list_reader_t *reader, void **item);
enum { KUBE_LIST_GO_ON = 100 };

struct kube_list_reader {
    const kube_type_t *type;
    const kube_field_t *items; /* of type */
    const kube_element_t *element;
    kube_list_reader_options_t options;

    /* the stream */
    kube_backlog_t backlog;
    size_t at;               /* bytes of the backlog that were read */
    kube_frame_scan_t scan;  /* of the key or value that begins there */
    kube_list_step_fn *step; /* what to do next */
    bool keeps_text;         /* no item was read yet, so the reply may be something else */
    int result;              /* KUBE_LIST_END, KUBE_LIST_OTHER or an error, once it is known */
    kube_error_t error;

    /* decoding */
    kube_decoder_t decoder;
    kube_frame_t member_frame;
    kube_frame_t item_frame;

    /* the list object */
    void *list;
    const kube_unknown_t **tail;
    const kube_field_t *field;      /* of the member at hand; NULL: an unknown one, called name */
    const char *name;
    size_t *value_at;               /* where the place of the member's value is kept: one of the next two, or NULL */
    size_t kind_at, api_version_at; /* the last ones, in the stream */
    uint64_t seen[8];               /* strict: fields that came */

    /* its items */
    char *collected;
    size_t capacity;
    size_t count;   /* of the items in the array at hand */
    size_t largest; /* item so far, bytes */
    bool waits;     /* for a batch of bytes, collecting */
    bool had_items; /* an array of items has begun */
};

/* The first step. */
kube_list_step_fn kube_list_at_start;

static inline bool kube_list_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Whether the value that begins at p, where the reader is, is there as a whole, or as far as it will ever come: then *size is
 * its bytes. If not, *result says whether it is waited for or is too large. */
bool kube_list_measure(kube_list_reader_t *reader, const char *p, size_t *size, int *result);
/* Records that the value at p is larger than allowed; returns the code. */
int kube_list_too_large(kube_list_reader_t *reader, const char *p);

/* Reads the item at p, where the reader is: KUBE_LIST_ITEM, or KUBE_LIST_GO_ON when it was put with those collected; *next is
 * behind it then. KUBE_LIST_MORE when it is not there yet, or an error. */
int kube_list_read_item(kube_list_reader_t *reader, const char *p, const char **next, void **item);
/* Puts the items collected into the list object. False: no memory. */
bool kube_list_end_items(kube_list_reader_t *reader);

#endif
