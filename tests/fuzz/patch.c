/* Patches of all kinds on a pod. Input: up to four JSON texts separated by NUL bytes: a patch, then an object, then two more versions of it. */
#include <stdlib.h>
#include <string.h>

#include <kube/core/v1.h>
#include <kube/patch.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_diff(kube_text_t from, kube_text_t to, kube_patch_type_t kind)
{
    kube_buffer_t patch = { 0 }, result = { 0 };
    if (kube_patch_diff_json(&kube_core_v1_pod_type, from.text, from.len, to.text, to.len, kind, &patch, NULL) == KUBE_OK &&
        kube_patch_apply_json(&kube_core_v1_pod_type, from.text, from.len, &(kube_patch_t){ kind, patch.data, patch.len }, &result,
                              NULL) != KUBE_OK &&
        kind != KUBE_PATCH_TYPE_JSON)
        abort();
    kube_buffer_dispose(&patch);
    kube_buffer_dispose(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kube_text_t texts[4] = { { 0 } };
    const char *p = (const char *)data, *end = p + size;
    for (size_t i = 0; i < 4; i++) {
        const char *stop = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;
        stop = stop ? stop : end;
        texts[i] = p < end ? (kube_text_t){ p, (size_t)(stop - p) } : (kube_text_t){ "{}", 2 };
        p = stop < end ? stop + 1 : end;
    }
    for (int i = KUBE_PATCH_TYPE_JSON; i <= KUBE_PATCH_TYPE_STRATEGIC; i++) {
        kube_patch_type_t kind = (kube_patch_type_t)i;
        kube_buffer_t out = { 0 };
        kube_patch_apply_json(&kube_core_v1_pod_type, texts[1].text, texts[1].len, &(kube_patch_t){ kind, texts[0].text, texts[0].len }, &out,
                              NULL);
        kube_buffer_clear(&out);
        if (kind != KUBE_PATCH_TYPE_JSON)
            kube_patch_three_way_json(&kube_core_v1_pod_type, texts[1], texts[2], texts[3], kind, NULL, &out, NULL);
        kube_buffer_dispose(&out);
        try_diff(texts[1], texts[2], kind);
    }
    return 0;
}
