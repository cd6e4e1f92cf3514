#include "object/simd.h"

#include "object/json_decode_body.h"
#include "object/json_encode_body.h"
#include "object/json_frame_body.h"

const kube_json_variant_t kube_json_portable = { "portable", root_entry, field_entry, look_up, skip_entry, encode_entry, measure_entry };
