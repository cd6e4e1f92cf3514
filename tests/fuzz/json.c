/* JSON of any kind, decoded as a Pod, a list and a CustomResourceDefinition (which recurses): what decodes must encode and decode to an equal object. */
#include <stdint.h>
#include <stdlib.h>

#include <kube/apiextensions/v1.h>
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const kube_type_t *type, const char *text, size_t len, unsigned flags)
{
    void *object = NULL, *again = NULL;
    kube_problems_t *problems = NULL;
    kube_buffer_t out = { 0 };
    kube_decode_options_t options = { .flags = flags, .problems = &problems };
    if (kube_json_decode(type, text, len, &options, &object, NULL) == KUBE_OK) {
        if (kube_json_encode(type, object, KUBE_ENCODE_LIST_TYPES, &out, NULL) != KUBE_OK ||
            kube_json_decode(type, out.data, out.len, NULL, &again, NULL) != KUBE_OK || !kube_equal(type, object, again))
            abort();
    } else if (object) {
        abort();
    }
    kube_problems_free(problems);
    kube_free(object);
    kube_free(again);
    kube_buffer_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const kube_type_t *const types[] = { &kube_core_v1_pod_type, &kube_core_v1_pod_list_type,
                                                &kube_apiextensions_v1_custom_resource_definition_type };
    static const unsigned flags[] = { 0, KUBE_DECODE_STRICT, KUBE_DECODE_PACKED | KUBE_DECODE_INTERN };
    if (size == 0)
        return 0;
    const char *text = (const char *)data + 1;
    round_trip(types[data[0] % 3], text, size - 1, flags[data[0] / 3 % 3]);
    kube_type_meta_t meta;
    kube_json_type_meta(text, size - 1, &meta, NULL);
    kube_buffer_t out = { 0 };
    if (kube_json_indent(text, size - 1, &out, NULL) == KUBE_OK && kube_json_check(out.data, out.len, 1000, NULL, NULL) != KUBE_OK)
        abort();
    kube_buffer_dispose(&out);
    return 0;
}
