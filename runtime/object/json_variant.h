/* The variants of the JSON codec's vector code, one of which is chosen when the program first needs it. */
#ifndef KUBE_OBJECT_JSON_VARIANT_H
#define KUBE_OBJECT_JSON_VARIANT_H

#include "object/frame.h"
#include "object/json_decoder.h"
#include "object/json_encoder.h"

typedef struct kube_json_variant {
    const char *name;
    /* Decodes a root into zeroed memory. */
    const char *(*decode_root)(kube_decoder_t *d, const char *p, const kube_type_t *type, void *out);
    /* Decodes one field's value into its slot. */
    const char *(*decode_field)(kube_decoder_t *d, const char *p, const kube_field_t *field, void *slot);
    /* The field whose key stands at p; NULL with *next set: an unknown one, whose name is *name. *next is behind the key; NULL
     * after an error. */
    const kube_field_t *(*look_up)(kube_decoder_t *d, const char *p, const kube_type_t *type, const char **next, const char **name);
    /* Skips one value, checking it. */
    const char *(*skip)(kube_decoder_t *d, const char *p);
    /* Encodes a struct at a position in the buffer; returns the one behind it, or NULL. */
    char *(*encode)(kube_encoder_t *e, char *at, const kube_type_t *type, const void *object);
    /* kube_json_measure for a value in brackets or quotes. */
    size_t (*measure)(kube_frame_scan_t *scan, const char *bytes, size_t len);
} kube_json_variant_t;

extern const kube_json_variant_t kube_json_portable;
#if defined(__x86_64__) && defined(__GNUC__)
extern const kube_json_variant_t kube_json_sse2;
extern const kube_json_variant_t kube_json_avx2;
#endif

/* The best variant for this machine, or the one that KUBE_JSON_VARIANT in the environment names (for tests). */
const kube_json_variant_t *kube_json_variant(void);

#endif
