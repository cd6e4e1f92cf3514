#if defined(__x86_64__) && defined(__GNUC__)
#define KUBE_VARIANT_AVX2
#include "object/simd.h"

#include "object/json_decode_body.h"
#include "object/json_encode_body.h"
#include "object/json_frame_body.h"

const kube_json_variant_t kube_json_avx2 = { "avx2", root_entry, field_entry, look_up, skip_entry, encode_entry, measure_entry };
#else
typedef int kube_json_no_avx2;
#endif
