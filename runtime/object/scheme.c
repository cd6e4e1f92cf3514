#include <stdlib.h>
#include <string.h>

#include <kube/meta/v1.h>

#include "base/memory.h"
#include "object/type.h"

/* Pointers sorted by an order of their own, a binary search away. */
typedef struct sorted {
    const void **items;
    size_t count;
    size_t capacity;
    int (*order)(const void *a, const void *b);
} sorted_t;

struct kube_scheme {
    sorted_t types;
    sorted_t resources;
};

static int type_order(const void *a, const void *b)
{
    const kube_type_t *one = a, *two = b;
    int order = strcmp(one->api_version, two->api_version);
    return order ? order : strcmp(one->kind, two->kind);
}

static int resource_order(const void *a, const void *b)
{
    const kube_resource_t *one = a, *two = b;
    int order = strcmp(one->group, two->group);
    if (order == 0)
        order = strcmp(one->version, two->version);
    return order ? order : strcmp(one->plural, two->plural);
}

/* The place of the first item that does not come before key. */
static size_t lower_bound(const sorted_t *sorted, const void *key)
{
    size_t low = 0, high = sorted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted->order(sorted->items[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const void *find(const sorted_t *sorted, const void *key)
{
    size_t i = lower_bound(sorted, key);
    return i < sorted->count && sorted->order(sorted->items[i], key) == 0 ? sorted->items[i] : NULL;
}

static int insert(sorted_t *sorted, const void *item)
{
    size_t i = lower_bound(sorted, item);
    if (i < sorted->count && sorted->order(sorted->items[i], item) == 0) {
        sorted->items[i] = item;
        return KUBE_OK;
    }
    if (sorted->count == sorted->capacity) {
        size_t capacity = sorted->capacity ? sorted->capacity * 2 : 64;
        const void **items = kube_mem_realloc(sorted->items, capacity * sizeof *items);
        if (!items)
            return KUBE_E_NO_MEMORY;
        sorted->items = items;
        sorted->capacity = capacity;
    }
    memmove(sorted->items + i + 1, sorted->items + i, (sorted->count - i) * sizeof *sorted->items);
    sorted->items[i] = item;
    sorted->count++;
    return KUBE_OK;
}

static int add_package(kube_scheme_t *scheme, const kube_package_t *package)
{
    int result = KUBE_OK;
    for (size_t i = 0; result == KUBE_OK && package->types[i]; i++)
        if (package->types[i]->flags & KUBE_TYPE_ROOT)
            result = insert(&scheme->types, package->types[i]);
    for (size_t i = 0; result == KUBE_OK && package->resources[i]; i++)
        result = insert(&scheme->resources, package->resources[i]);
    return result;
}

int kube_scheme_add(kube_scheme_t *scheme, const kube_package_t *const *packages)
{
    if (!scheme || !packages)
        return KUBE_E_USAGE;
    for (size_t i = 0; packages[i]; i++) {
        if (packages[i]->abi != KUBE_TABLE_ABI)
            return KUBE_E_USAGE;
        int result = add_package(scheme, packages[i]);
        if (result != KUBE_OK)
            return result;
    }
    return KUBE_OK;
}

kube_scheme_t *kube_scheme_new(void)
{
    static const kube_package_t *const own[] = { &kube_meta_v1_package, NULL };
    kube_scheme_t *scheme = kube_mem_zero(sizeof *scheme);
    if (!scheme)
        return NULL;
    scheme->types.order = type_order;
    scheme->resources.order = resource_order;
    if (kube_scheme_add(scheme, own) != KUBE_OK) {
        kube_scheme_free(scheme);
        return NULL;
    }
    return scheme;
}

void kube_scheme_free(kube_scheme_t *scheme)
{
    if (!scheme)
        return;
    kube_mem_free(scheme->types.items);
    kube_mem_free(scheme->resources.items);
    kube_mem_free(scheme);
}

const kube_type_t *kube_scheme_type(const kube_scheme_t *scheme, const char *api_version, const char *kind)
{
    if (!scheme || !api_version || !kind)
        return NULL;
    kube_type_t key = { .api_version = api_version, .kind = kind };
    return find(&scheme->types, &key);
}

const kube_resource_t *kube_scheme_resource(const kube_scheme_t *scheme, const char *group, const char *version, const char *plural)
{
    if (!scheme || !version || !plural)
        return NULL;
    kube_resource_t key = { .group = group ? group : "", .version = version, .plural = plural };
    return find(&scheme->resources, &key);
}

const kube_resource_t *kube_scheme_resource_of(const kube_scheme_t *scheme, const kube_type_t *type)
{
    for (size_t i = 0; type && i < kube_scheme_resource_count(scheme); i++)
        if (kube_scheme_resource_at(scheme, i)->type == type)
            return kube_scheme_resource_at(scheme, i);
    return NULL;
}

size_t kube_scheme_type_count(const kube_scheme_t *scheme)
{
    return scheme ? scheme->types.count : 0;
}

const kube_type_t *kube_scheme_type_at(const kube_scheme_t *scheme, size_t i)
{
    return i < kube_scheme_type_count(scheme) ? scheme->types.items[i] : NULL;
}

size_t kube_scheme_resource_count(const kube_scheme_t *scheme)
{
    return scheme ? scheme->resources.count : 0;
}

const kube_resource_t *kube_scheme_resource_at(const kube_scheme_t *scheme, size_t i)
{
    return i < kube_scheme_resource_count(scheme) ? scheme->resources.items[i] : NULL;
}
