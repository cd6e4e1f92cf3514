/*
 * Lists read from a stream: the reply to a list request (`{"kind":"PodList","metadata":{...},"items":[...]}`, members in any
 * order) is decoded item by item as its bytes come, and the bytes are let go of.
 *
 *     kube_list_reader_new(&kube_core_v1_pod_list_type, &options, &reader, err);
 *     for each piece of the body: kube_list_reader_push(reader, bytes, len, err), then next until it returns KUBE_LIST_MORE
 *     kube_list_reader_finish(reader), then next until it returns KUBE_LIST_END
 *
 * What comes out, errors included, does not depend on where the stream is cut into pieces. Not thread-safe: one thread at a time.
 */
#ifndef KUBE_OBJECT_LIST_READER_H
#define KUBE_OBJECT_LIST_READER_H

#include <kube/json.h>

typedef struct kube_list_reader kube_list_reader_t;

/* All zero means the defaults. */
typedef struct kube_list_reader_options {
    /* KUBE_DECODE_PADDED has no meaning. problems, with KUBE_DECODE_STRICT: set when the reader ends, by KUBE_LIST_END or by an
     * error. */
    kube_decode_options_t decode;
    /* Collect all items in one list object, the same that kube_json_decode makes of the whole text, instead of giving them one
     * by one. */
    bool collect;
    /* The largest item, or other member of the list, bytes; 0: KUBE_FRAME_BYTES_DEFAULT (object/frame.h). Also bounds what is
     * kept of a reply that is no such list. */
    size_t max_item_bytes;
} kube_list_reader_options_t;

/* What kube_list_reader_next found. */
typedef enum kube_list_step {
    KUBE_LIST_MORE = 0, /* more bytes are needed, or kube_list_reader_finish */
    KUBE_LIST_ITEM,     /* *item is the next one */
    KUBE_LIST_END,      /* the list is complete: said after kube_list_reader_finish only */
    KUBE_LIST_OTHER     /* the reply is something else: another kind (a Status, say), or no object at all */
} kube_list_step_t;

/* type: of a list (KUBE_TYPE_LIST). options: NULL means the defaults. *out is freed with kube_list_reader_free.
 * Errors: KUBE_E_USAGE (no type of a list), KUBE_E_NO_MEMORY. */
int kube_list_reader_new(const kube_type_t *type, const kube_list_reader_options_t *options, kube_list_reader_t **out,
                         kube_error_t *err);
/* Frees the reader and a list that was not taken; items that were given stay. NULL is allowed. */
void kube_list_reader_free(kube_list_reader_t *reader);

/* Adds bytes, copied. After an error of next they are passed over. Errors: KUBE_E_NO_MEMORY (nothing was added), KUBE_E_LIMIT
 * (of a reply that is no such list), KUBE_E_USAGE (behind kube_list_reader_finish). */
int kube_list_reader_push(kube_list_reader_t *reader, const char *bytes, size_t len, kube_error_t *err);
/* Adds what the buffer holds, without a copy where nothing is held; the buffer is empty afterwards, with memory of another
 * size. As push. */
int kube_list_reader_take(kube_list_reader_t *reader, kube_buffer_t *buffer, kube_error_t *err);
/* No bytes will follow. */
void kube_list_reader_finish(kube_list_reader_t *reader);

/*
 * A kube_list_step_t, or an error, which ends the reader (each further call returns it again): KUBE_E_PARSE, KUBE_E_LIMIT (an
 * item that is too large or nested too deeply), KUBE_E_NO_MEMORY. err has the offset in the stream and the path
 * (`items[7].spec.nodeName`), as kube_json_decode gives them.
 * *item: the item for KUBE_LIST_ITEM, in an arena of its own, apiVersion and kind filled in, owned by the caller (kube_free);
 * else NULL. With `collect`, KUBE_LIST_ITEM never comes.
 * KUBE_LIST_OTHER comes before any item or not at all, and on each further call, instead of KUBE_E_PARSE; err tells what
 * kube_json_decode would have said, and kube_list_reader_text gives the reply itself.
 */
int kube_list_reader_next(kube_list_reader_t *reader, void **item, kube_error_t *err);

/* Items read so far. */
size_t kube_list_reader_count(const kube_list_reader_t *reader);
/* The list object with what is known of it: metadata with continue and resourceVersion, which may stand before or behind the
 * items; all after KUBE_LIST_END. Without items, unless they are collected and KUBE_LIST_END was returned. Borrowed until the
 * reader is freed (kube_ref keeps it, after KUBE_LIST_END only). NULL after an error and KUBE_LIST_OTHER. */
const void *kube_list_reader_list(const kube_list_reader_t *reader);
/* The same after KUBE_LIST_END, owned by the caller (kube_free), once; NULL otherwise. */
void *kube_list_reader_take_list(kube_list_reader_t *reader);
/* After KUBE_LIST_OTHER: all bytes so far, those pushed since then included, borrowed until the next call for this reader; a
 * NUL and KUBE_JSON_PADDING bytes follow, as KUBE_DECODE_PADDED wants it. NULL otherwise. */
const char *kube_list_reader_text(const kube_list_reader_t *reader, size_t *len);

#endif
