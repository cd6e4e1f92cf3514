/*
 * The state of one JSON decode, and what the decoder's vector variants (json_decode_body.h) share.
 *
 * The decoder makes one pass over the input, recursing over the type tables. Input ends with a NUL and KUBE_JSON_PADDING
 * readable bytes. Functions take the position and return the next one, or NULL after an error.
 */
#ifndef KUBE_OBJECT_JSON_DECODER_H
#define KUBE_OBJECT_JSON_DECODER_H

#include <kube/json.h>

#include "base/arena.h"
#include "object/problems.h"
#include "object/type.h"

enum { KUBE_PREDICTIONS = 2048, KUBE_SEGMENTS = 32, KUBE_DATE_BITS = 6, KUBE_INTERN_BITS_MIN = 8, KUBE_INTERN_BITS_MAX = 17, KUBE_INTERN_LONGEST = 255, KUBE_INTERN_LARGEST = 2048 };

/* Where the decoder is, for the path of an error: one frame a struct, list or map that is open. */
typedef struct kube_frame kube_frame_t;
struct kube_frame {
    kube_frame_t *up;
    const kube_field_t *field; /* struct: the field at hand, NULL: an unknown one */
    const char *key;           /* struct with an unknown field, or map: the key at hand, NULL: none yet */
    size_t index;              /* list: the item at hand; else one of the two below */
};
#define KUBE_FRAME_STRUCT SIZE_MAX
#define KUBE_FRAME_MAP (SIZE_MAX - 1)

/* Bytes behind each segment of the stack below that may be written: items are zeroed in whole blocks. */
#define KUBE_SCRATCH_SLACK 32

/* A stack on which lists are gathered before their length is known. Its segments never move; a list that outgrows one takes its
 * finished items along to the next. */
typedef struct kube_scratch {
    struct {
        char *base;
        size_t size;
    } segments[KUBE_SEGMENTS];
    size_t current;
    size_t used; /* of the current segment */
} kube_scratch_t;

typedef struct kube_gather {
    char *items;
    size_t len;
    size_t stride;
    size_t segment; /* where the stack stood before */
    size_t used;
} kube_gather_t;

typedef struct kube_interned {
    const char *bytes;
    size_t len;
} kube_interned_t;

/* The numbers of two fields that followed another one: the usual one gives way when the other came twice in a row. Only
 * guesses: a number that is too large was cut, and is wrong. */
typedef struct kube_prediction {
    uint8_t usual;
    uint8_t other;
    uint8_t deviations;
    uint8_t unused; /* four bytes are found faster than three */
} kube_prediction_t;

/* A date of this century as it was read, without the century, and the seconds at its midnight. */
typedef struct kube_date {
    uint64_t text;
    int64_t midnight;
} kube_date_t;

/* What is worth keeping between decodes: a pool does. */
typedef struct kube_decode_context {
    kube_scratch_t scratch;
    kube_interned_t *interned_text;              /* 1 << intern_bits of them, or NULL; the table of structs and lists follows */
    kube_interned_t *interned_memory;
    unsigned intern_bits;
    const char *last[KUBE_PREDICTIONS];          /* by site: the last short string read there */
    kube_prediction_t predictions[KUBE_PREDICTIONS]; /* by site of the field before */
    kube_date_t dates[1 << KUBE_DATE_BITS];
} kube_decode_context_t;

typedef struct kube_decoder {
    const char *begin;
    const char *end; /* the NUL */
    size_t base;     /* offset of begin, where the input comes in pieces */
    kube_owner_t *owner;
    kube_decode_context_t *context;
    const char **last; /* context->last when equal neighbours share their text, else NULL */
    kube_frame_t *frames;
    unsigned depth;
    unsigned max_depth;
    unsigned flags;
    bool escaped; /* an escape was read */
    int code;     /* of the first error */
    kube_error_t *err;
    kube_problems_t *problems; /* strict only */
} kube_decoder_t;

/* Records an error at a position and its path. Returns NULL. */
const char *kube_decode_fail(kube_decoder_t *d, const char *at, int code, const char *message);
const char *kube_decode_no_memory(kube_decoder_t *d);
/* Strict decoding: records a problem. Returns false when memory is exhausted. */
bool kube_decode_problem(kube_decoder_t *d, const char *at, kube_problem_kind_t kind, const char *message);

/* A new unknown field of that name, its value at p, behind the tail. NULL: no memory. With KUBE_DECODE_STRICT also a problem,
 * unless the type is open. */
kube_unknown_t *kube_decode_new_unknown(kube_decoder_t *d, const char *p, const kube_type_t *type, const char *name,
                                        const kube_unknown_t ***tail);

/* Gives a root that was read from start the apiVersion and kind of its type where it has none: the table's own strings, by
 * which the encoder knows them. False when it has others. */
bool kube_decode_type_meta(kube_decoder_t *d, const char *start, const kube_type_t *type, void *object);
/* Its two halves, for the value that stands at `at`. */
bool kube_decode_kind(kube_decoder_t *d, const char *at, const kube_type_t *type, void *object);
bool kube_decode_api_version(kube_decoder_t *d, const char *at, const kube_type_t *type, void *object);
/* The value of the last member of that name in the well-formed object at p; p when there is none. */
const char *kube_json_member(const char *p, const char *end, const char *name);

/* Room for one more item of a gathered list, content undefined; NULL when memory is exhausted. */
void *kube_gather_more(kube_decoder_t *d, kube_gather_t *gather);
/* Removes entries of a gathered map whose key comes again later. False when memory is exhausted. */
bool kube_gather_last_wins(kube_decoder_t *d, kube_gather_t *map, const char *at);

/* What the escapes of two characters mean, by the second one; 0: not one of them. */
extern const char kube_decode_escapes[256];
/* A floating-point number from checked JSON text; false when it is out of range. Independent of the locale. */
bool kube_decode_double(const char *text, size_t len, double *out);
/* The code point that an escape names (the text behind the u, a second escape for a surrogate pair included) as UTF-8 (NUL as
 * C0 80): bytes written (0: malformed), *next behind it. */
size_t kube_decode_code_point(const char *text, char *to, const char **next);
/* Moves text that is being written, from start to at, to a chunk with more room; returns the new at, or NULL. */
char *kube_decode_spill(kube_decoder_t *d, char **start, char *at);

/* Makes a decoder ready for inputs of about len bytes (0: few), as the options say: all but the input, the owner and err.
 * False: no memory. To be closed in either case. */
bool kube_decoder_open(kube_decoder_t *d, const kube_decode_options_t *options, size_t len);
/* Gives back what it holds. The problems found go to whom options name, unless memory was exhausted. */
void kube_decoder_close(kube_decoder_t *d, const kube_decode_options_t *options, int result);
/* Once all is decoded: KUBE_OK, or the error that strict decoding makes of its problems. */
int kube_decode_judge(kube_decoder_t *d);
/* With KUBE_DECODE_PACKED, replaces a finished object by one that fits. KUBE_OK, or no memory: *object is NULL then. */
int kube_decode_pack(kube_decoder_t *d, const kube_type_t *type, void **object);
/* Forgets what was interned; room for an input of len bytes. False: no memory. */
bool kube_decode_clear_interned(kube_decode_context_t *context, size_t len);
/* The cleared table of last strings, for kube_decoder_t.last. */
const char **kube_decode_clear_last(kube_decode_context_t *context);
/* An arena for what len bytes of input become, decoded with flags. NULL: no memory. */
kube_owner_t *kube_decode_owner(kube_pool_t *pool, size_t len, unsigned flags);

/* text with a NUL and padding behind it: itself if flags say so, or a copy in *copy, which the caller gives back to the pool.
 * NULL: no memory. */
const char *kube_json_padded(const char *text, size_t len, unsigned flags, kube_pool_t *pool, kube_chunk_t **copy);

/* Decodes JSON text as the value of a field of an object that owner holds. text need not be padded. */
int kube_json_decode_field(kube_owner_t *owner, const kube_field_t *field, const char *text, size_t len, void *slot, kube_error_t *err);

#endif
