#include "object/json_variant.h"
#include "object/simd.h"

#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>

/* Every such machine has SSE2: a static program does without this variant unless it asks for it (-Wl,-u,kube_json_portable). */
extern const kube_json_variant_t kube_json_portable __attribute__((weak));

/* Registers that the system saves when it switches threads: XMM and YMM. */
#define SAVED_XMM_YMM 6U

static unsigned saved_registers(void)
{
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* What the AVX2 variant is compiled for. Asked here: the compiler's own way to ask brings 5 KB with it. */
static bool has_avx2(void)
{
    unsigned eax, ebx, ecx, edx;
    const unsigned basic = bit_OSXSAVE | bit_AVX | bit_POPCNT, extended = bit_AVX2 | bit_BMI | bit_BMI2;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & basic) != basic || (saved_registers() & SAVED_XMM_YMM) != SAVED_XMM_YMM)
        return false;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & extended) == extended;
}
#endif

#define TIMES_4(c) c, c, c, c
#define TIMES_32(c) { TIMES_4(c), TIMES_4(c), TIMES_4(c), TIMES_4(c), TIMES_4(c), TIMES_4(c), TIMES_4(c), TIMES_4(c) }
const kube_text_bytes_t kube_text_bytes = { TIMES_32(2), TIMES_32(' '), TIMES_32('\\') };

static const kube_json_variant_t *best_variant(void)
{
    const char *wanted = getenv("KUBE_JSON_VARIANT");
#if defined(__x86_64__) && defined(__GNUC__)
    if (wanted && strcmp(wanted, "portable") == 0 && &kube_json_portable)
        return &kube_json_portable;
    return has_avx2() && !(wanted && strcmp(wanted, "sse2") == 0) ? &kube_json_avx2 : &kube_json_sse2;
#else
    (void)wanted;
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
