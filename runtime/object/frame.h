/*
 * Frames: the messages that follow one another in a stream of bytes, watch events above all. How they are told apart depends on
 * the media type and is one replaceable piece, a kube_framing_t. Pulled, not pushed: whoever has bytes gives them, and asks for
 * frames until there is none.
 */
#ifndef KUBE_OBJECT_FRAME_H
#define KUBE_OBJECT_FRAME_H

#include <kube/error.h>

#include "object/backlog.h"

/* The largest frame where no other limit is given, bytes. */
#define KUBE_FRAME_BYTES_DEFAULT ((size_t)64 << 20)

/* How far the search for the end of a frame has come. All-zero before each frame; kept between calls, so that no byte is looked
 * at twice. */
typedef struct kube_frame_scan {
    size_t reached;     /* bytes looked at */
    size_t depth;       /* JSON: brackets that are open */
    uint64_t in_string; /* JSON: all bits set inside a string, else 0 */
    size_t fault;       /* JSON: where a control character was found */
    bool escaped;       /* JSON: the next byte follows a backslash */
    bool ended;         /* no bytes will follow: set by the reader */
} kube_frame_scan_t;

/* What tells frames apart. */
typedef struct kube_framing {
    const char *media_type;
    /*
     * Looks for the first frame in bytes. Called again with the same bytes and more behind them as long as it returns 0.
     * 1: the frame is from *begin to *end, and the next one is looked for behind *end, with a new scan.
     * 0: there is more to come. The first *begin bytes are needed no more: the caller takes them away; scan already does without.
     *    *end: where the frame will end, if that is known already, else 0.
     * KUBE_E_PARSE: no frame begins here; err says why, its offset is that of the byte at fault. Another call says the same.
     */
    int (*next)(kube_frame_scan_t *scan, const char *bytes, size_t len, size_t *begin, size_t *end, kube_error_t *err);
} kube_framing_t;

/* JSON values one behind the other, white space between them or not. A frame is whole, not yet checked: brackets may be of the
 * wrong kind. */
extern const kube_framing_t kube_json_framing;

/* A reader of frames. Not thread-safe. */
typedef struct kube_frame_reader {
    const kube_framing_t *framing;
    size_t max_frame_bytes;
    kube_backlog_t backlog;
    kube_frame_scan_t scan;
    size_t given;     /* bytes up to the end of the frame that was given last, where a NUL stands for the time being; 0: none was */
    char behind;      /* the byte that belongs there */
} kube_frame_reader_t;

/* Allocates nothing. max_frame_bytes 0: KUBE_FRAME_BYTES_DEFAULT. */
void kube_frame_reader_init(kube_frame_reader_t *reader, const kube_framing_t *framing, size_t max_frame_bytes);
/* Frees what is held. NULL is allowed. */
void kube_frame_reader_dispose(kube_frame_reader_t *reader);

/* Adds bytes, copied. Ends the frame that was given last. Errors: KUBE_E_NO_MEMORY (nothing was added). */
int kube_frame_reader_push(kube_frame_reader_t *reader, const char *bytes, size_t len, kube_error_t *err);
/* Adds what the buffer holds, without a copy where nothing is held; the buffer is empty afterwards, with memory of another
 * size. As push. */
int kube_frame_reader_take(kube_frame_reader_t *reader, kube_buffer_t *buffer, kube_error_t *err);
/* Ends the frame that was given last, and gives the memory back unless a part of the next one is held. */
void kube_frame_reader_rest(kube_frame_reader_t *reader);
/* No bytes will follow. */
void kube_frame_reader_finish(kube_frame_reader_t *reader);

/*
 * 1: a frame, *text and *len bytes, borrowed until the next call for this reader. text[len] is NUL and KUBE_JSON_PADDING bytes
 *    behind it can be read, as KUBE_DECODE_PADDED wants it.
 * 0: more bytes are needed; after kube_frame_reader_finish: all was read. While it waits, a reader of which nothing is held
 *    takes at most KUBE_BACKLOG_IDLE bytes.
 * Errors, the same again on every further call: KUBE_E_PARSE (err->offset: in the stream; also a frame that
 * kube_frame_reader_finish cut off), KUBE_E_LIMIT (a frame over max_frame_bytes).
 */
int kube_frame_reader_next(kube_frame_reader_t *reader, const char **text, size_t *len, kube_error_t *err);
/* Once next returned 0: bytes of a frame whose end is missing. */
static inline size_t kube_frame_reader_held(const kube_frame_reader_t *reader)
{
    return reader->backlog.len;
}

#endif
