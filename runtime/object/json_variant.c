#include "object/json_variant.h"

#include <stdatomic.h>
#include <stdlib.h>

static const kube_json_variant_t *best_variant(void)
{
    const char *wanted = getenv("KUBE_JSON_VARIANT");
    if (wanted && strcmp(wanted, "portable") == 0)
        return &kube_json_portable;
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                __builtin_cpu_supports("popcnt");
    return avx2 && !(wanted && strcmp(wanted, "sse2") == 0) ? &kube_json_avx2 : &kube_json_sse2;
#else
    return &kube_json_portable;
#endif
}

const kube_json_variant_t *kube_json_variant(void)
{
    static _Atomic(const kube_json_variant_t *) chosen;
    const kube_json_variant_t *variant = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!variant) {
        variant = best_variant();
        atomic_store_explicit(&chosen, variant, memory_order_relaxed);
    }
    return variant;
}
