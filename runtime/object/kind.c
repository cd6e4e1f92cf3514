#include "object/type.h"

bool kube_present(uint8_t kind, const void *slot)
{
    switch (kind) {
    case KUBE_KIND_BOOL: return ((const kube_bool_t *)slot)->has;
    case KUBE_KIND_INT32: return ((const kube_int32_t *)slot)->has;
    case KUBE_KIND_INT64: return ((const kube_int64_t *)slot)->has;
    case KUBE_KIND_DOUBLE: return ((const kube_double_t *)slot)->has;
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return ((const kube_time_t *)slot)->has;
    case KUBE_KIND_INT_OR_STRING: return ((const kube_int_or_string_t *)slot)->has;
    case KUBE_KIND_STRING:
    case KUBE_KIND_QUANTITY:
    case KUBE_KIND_NUMBER: return *(const char *const *)slot != NULL;
    case KUBE_KIND_BYTES: return ((const kube_bytes_t *)slot)->data != NULL;
    case KUBE_KIND_JSON: return ((const kube_json_t *)slot)->text != NULL;
    case KUBE_KIND_OBJECT: return *(void *const *)slot != NULL;
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP: return ((const kube_any_list_t *)slot)->items != NULL;
    default: return true;
    }
}

size_t kube_kind_size(uint8_t kind)
{
    switch (kind) {
    case KUBE_KIND_BOOL: return sizeof(kube_bool_t);
    case KUBE_KIND_INT32: return sizeof(kube_int32_t);
    case KUBE_KIND_INT64: return sizeof(kube_int64_t);
    case KUBE_KIND_DOUBLE: return sizeof(kube_double_t);
    case KUBE_KIND_TIME:
    case KUBE_KIND_MICRO_TIME: return sizeof(kube_time_t);
    case KUBE_KIND_INT_OR_STRING: return sizeof(kube_int_or_string_t);
    case KUBE_KIND_BYTES: return sizeof(kube_bytes_t);
    case KUBE_KIND_JSON: return sizeof(kube_json_t);
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP: return sizeof(kube_any_list_t);
    default: return sizeof(void *);
    }
}
