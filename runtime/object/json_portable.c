#include "object/simd.h"

#include "object/json_decode_body.h"
#include "object/json_encode_body.h"

const kube_json_variant_t kube_json_portable = { "portable", root_entry, field_entry, skip_entry, encode_entry };
