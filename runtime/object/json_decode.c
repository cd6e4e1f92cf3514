#include "base/fail.h"
#include "object/json_decoder.h"
#include "object/json_variant.h"
#include "object/pack.h"

#include <kube/object.h>

/* ---- the context of a decode ---- */

static void free_context(void *pointer)
{
    kube_decode_context_t *context = pointer;
    for (size_t i = 0; i < KUBE_SEGMENTS; i++)
        kube_mem_free(context->scratch.segments[i].base);
    kube_mem_free(context->interned_text);
    kube_mem_free(context);
}

bool kube_decode_clear_interned(kube_decode_context_t *context, size_t len)
{
    unsigned bits = KUBE_INTERN_BITS_MIN;
    while (bits < KUBE_INTERN_BITS_MAX && len >> bits > 64)
        bits++;
    size_t slots = (size_t)1 << bits, size = 2 * slots * sizeof *context->interned_text;
    if (bits != context->intern_bits) {
        kube_mem_free(context->interned_text);
        context->intern_bits = 0;
        context->interned_text = kube_mem_alloc(size);
    }
    if (!context->interned_text)
        return false;
    memset(context->interned_text, 0, size);
    context->interned_memory = context->interned_text + slots;
    context->intern_bits = bits;
    return true;
}

static kube_decode_context_t *take_context(kube_pool_t *pool, bool intern, size_t len)
{
    kube_decode_context_t *context = kube_pool_take_context(pool);
    if (!context)
        context = kube_mem_zero(sizeof *context);
    if (!context)
        return NULL;
    context->scratch.current = context->scratch.used = 0;
    if (intern && !kube_decode_clear_interned(context, len)) {
        free_context(context);
        return NULL;
    }
    return context;
}

/* Frees the largest segments until the context takes no more than limit, if it can; returns its bytes. */
static size_t shrink(kube_decode_context_t *context, size_t limit)
{
    size_t bytes = sizeof *context;
    if (context->interned_text)
        bytes += 2 * sizeof *context->interned_text << context->intern_bits;
    for (size_t i = 0; i < KUBE_SEGMENTS; i++) {
        size_t size = context->scratch.segments[i].size;
        if (bytes + size <= limit) {
            bytes += size;
            continue;
        }
        kube_mem_free(context->scratch.segments[i].base);
        context->scratch.segments[i].base = NULL;
        context->scratch.segments[i].size = 0;
    }
    return bytes;
}

static void give_context(kube_pool_t *pool, kube_decode_context_t *context)
{
    if (context && !(pool && kube_pool_give_context(pool, context, shrink(context, kube_pool_context_limit(pool)), free_context)))
        free_context(context);
}

const char **kube_decode_clear_last(kube_decode_context_t *context)
{
    static const char nothing[64];
    for (size_t i = 0; i < KUBE_PREDICTIONS; i++)
        context->last[i] = nothing;
    return context->last;
}

/* Inputs from this size on are worth clearing the table of last strings for. */
enum { SHARE_FROM = 64 * 1024 };

bool kube_decoder_open(kube_decoder_t *d, const kube_decode_options_t *options, size_t len)
{
    unsigned depth = options->max_depth ? options->max_depth : KUBE_DEPTH_DEFAULT;
    d->max_depth = depth < KUBE_DEPTH_MAX ? depth : KUBE_DEPTH_MAX;
    d->flags = options->flags;
    if (d->flags & KUBE_DECODE_PACKED)
        d->flags &= ~(unsigned)KUBE_DECODE_INTERN; /* the packed copy would share nothing */
    if (options->problems)
        *options->problems = NULL;
    if (d->flags & KUBE_DECODE_STRICT && !(d->problems = kube_problems_new()))
        return false;
    d->context = take_context(options->pool, d->flags & KUBE_DECODE_INTERN, len);
    if (d->context && len >= SHARE_FROM && !(d->flags & KUBE_DECODE_INTERN))
        d->last = kube_decode_clear_last(d->context);
    return d->context != NULL;
}

void kube_decoder_close(kube_decoder_t *d, const kube_decode_options_t *options, int result)
{
    give_context(options->pool, d->context);
    if (options->problems && result != KUBE_E_NO_MEMORY && kube_problems_total(d->problems) > 0)
        *options->problems = d->problems;
    else
        kube_problems_free(d->problems);
    d->context = NULL;
    d->problems = NULL;
}

/* ---- entry points ---- */

const char *kube_json_padded(const char *text, size_t len, unsigned flags, kube_pool_t *pool, kube_chunk_t **copy)
{
    *copy = NULL;
    if (flags & KUBE_DECODE_PADDED && text[len] == '\0')
        return text;
    if (len > SIZE_MAX / 2)
        return NULL;
    *copy = kube_chunk_take(pool, sizeof **copy + len + KUBE_JSON_PADDING);
    if (!*copy)
        return NULL;
    char *padded = (char *)(*copy + 1);
    memcpy(padded, text, len);
    memset(padded + len, 0, KUBE_JSON_PADDING);
    return padded;
}

/* A guess at the bytes of structs and of text that an input becomes: what Pods take, roughly. What will be packed had better not outgrow them. */
kube_owner_t *kube_decode_owner(kube_pool_t *pool, size_t len, unsigned flags)
{
    bool packed = flags & KUBE_DECODE_PACKED;
    kube_owner_t *owner = kube_arena_new(pool, packed ? 2 * len : len);
    size_t preferred = kube_chunk_preferred(pool);
    size_t text = (packed ? len : len / 2) + 64;
    size_t most = preferred - sizeof(kube_chunk_t) - KUBE_TEXT_SLACK;
    if (owner && !kube_arena_more_text(owner, text < most ? text : most)) {
        kube_arena_free(owner);
        return NULL;
    }
    return owner;
}

int kube_decode_judge(kube_decoder_t *d)
{
    const kube_problem_t *first = kube_problems_at(d->problems, 0);
    if (!first)
        return KUBE_OK;
    kube_fail(d->err, KUBE_E_PARSE, "%s", first->message);
    if (d->err) {
        d->err->offset = first->offset;
        kube_copy_cut(d->err->path, sizeof d->err->path, first->path, strlen(first->path));
    }
    return KUBE_E_PARSE;
}

static int decode_root(kube_decoder_t *d, const kube_type_t *type, void **out)
{
    void *object = kube_arena_zero(d->owner, type->size);
    if (!object) {
        kube_decode_no_memory(d);
        return KUBE_E_NO_MEMORY;
    }
    const char *p = kube_json_variant()->decode_root(d, d->begin, type, object);
    if (p && p != d->end)
        p = kube_decode_fail(d, p, KUBE_E_PARSE, "there is more behind the object");
    if (!p)
        return d->code;
    if (!kube_decode_type_meta(d, d->begin, type, object))
        return d->code;
    *out = object;
    return kube_decode_judge(d);
}

int kube_decode_pack(kube_decoder_t *d, const kube_type_t *type, void **object)
{
    if (!(d->flags & KUBE_DECODE_PACKED))
        return KUBE_OK;
    *object = kube_pack(type, *object);
    return *object ? KUBE_OK : kube_fail_memory(d->err);
}

/* Decodes padded input into an arena of the pool. */
static int decode_padded(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options, void **out,
                         kube_error_t *err)
{
    kube_decoder_t d = { .begin = text, .end = text + len, .err = err };
    bool ready = kube_decoder_open(&d, options, len);
    d.owner = ready ? kube_decode_owner(options->pool, len, d.flags) : NULL;
    int result = d.owner ? decode_root(&d, type, out) : kube_fail_memory(err);
    if (d.owner)
        d.owner->frozen = d.flags & KUBE_DECODE_INTERN;
    if (result != KUBE_OK) {
        kube_arena_free(d.owner);
        *out = NULL;
    } else {
        result = kube_decode_pack(&d, type, out);
    }
    kube_decoder_close(&d, options, result);
    return result;
}

int kube_json_decode(const kube_type_t *type, const char *text, size_t len, const kube_decode_options_t *options, void *out,
                     kube_error_t *err)
{
    static const kube_decode_options_t defaults;
    void *object = NULL;
    kube_error_reset(err);
    if (!options)
        options = &defaults;
    if (options->problems)
        *options->problems = NULL;
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    memcpy(out, &object, sizeof object);
    if (!type || !text || !(type->flags & KUBE_TYPE_ROOT))
        return kube_fail(err, KUBE_E_USAGE, "type or text is NULL, or the type is not a root");
    if (type->abi != KUBE_TABLE_ABI)
        return kube_fail(err, KUBE_E_USAGE, "the tables of %s were generated for another runtime", type->name);

    kube_chunk_t *copy;
    const char *padded = kube_json_padded(text, len, options->flags, options->pool, &copy);
    if (!padded)
        return kube_fail_memory(err);
    int result = decode_padded(type, padded, len, options, &object, err);
    kube_chunk_give(options->pool, copy);
    memcpy(out, &object, sizeof object);
    return result;
}

int kube_json_decode_field(kube_owner_t *owner, const kube_field_t *field, const char *text, size_t len, void *slot, kube_error_t *err)
{
    kube_chunk_t *copy;
    const char *padded = kube_json_padded(text, len, 0, NULL, &copy);
    kube_decode_context_t *context = take_context(NULL, false, len);
    int result = KUBE_E_NO_MEMORY;
    if (padded && context) {
        kube_decoder_t d = { .begin = padded, .end = padded + len, .max_depth = KUBE_DEPTH_DEFAULT, .err = err, .context = context,
                             .owner = owner };
        const char *p = kube_json_variant()->decode_field(&d, padded, field, slot);
        if (p && p != d.end)
            kube_decode_fail(&d, p, KUBE_E_PARSE, "there is more behind the value");
        result = d.code;
    } else {
        kube_fail_memory(err);
    }
    give_context(NULL, context);
    kube_chunk_give(NULL, copy);
    return result;
}
