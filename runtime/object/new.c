/* Making, sharing and freeing objects. */
#include "base/arena.h"
#include "object/owner.h"
#include "object/type.h"

kube_owner_t *kube_owner_of(const void *object)
{
    return object ? *(kube_owner_t *const *)object : NULL;
}

void kube_own(void *object, const kube_type_t *type, kube_owner_t *owner)
{
    if (type->flags & KUBE_TYPE_ROOT)
        *(kube_owner_t **)object = owner;
}

void *kube_new_in(const kube_type_t *type, kube_pool_t *pool)
{
    if (!type || type->abi != KUBE_TABLE_ABI || !(type->flags & KUBE_TYPE_ROOT))
        return NULL;
    kube_owner_t *owner = kube_arena_new(pool, type->size);
    if (!owner)
        return NULL;
    void *object = kube_arena_zero(owner, type->size);
    if (!object) {
        kube_arena_free(owner);
        return NULL;
    }
    kube_own(object, type, owner);
    *kube_string_at(object, type->api_version_offset) = type->api_version;
    *kube_string_at(object, type->kind_offset) = type->kind;
    return object;
}

void *kube_new(const kube_type_t *type)
{
    return kube_new_in(type, NULL);
}

int kube_ref(const void *object)
{
    kube_owner_t *owner = kube_owner_of(object);
    if (!owner)
        return KUBE_E_USAGE;
    kube_arena_ref(owner);
    return KUBE_OK;
}

void kube_free(const void *object)
{
    kube_arena_free(kube_owner_of(object));
}

size_t kube_memory_used(const void *object)
{
    kube_owner_t *owner = kube_owner_of(object);
    return owner ? owner->bytes : 0;
}
