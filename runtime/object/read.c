/* Reading objects through their tables: fields by name, sub-objects by path, metadata. */
#include <stdlib.h>
#include <string.h>

#include <kube/meta/v1.h>
#include <kube/object.h>

#include "object/type.h"

void *kube_field_of(const void *object, const kube_type_t *type, const char *name)
{
    const kube_field_t *field = object && type && name ? kube_type_field(type, name, strlen(name)) : NULL;
    return field ? kube_slot(object, field) : NULL;
}

bool kube_has(const void *object, const kube_type_t *type, const char *name)
{
    const kube_field_t *field = object && type && name ? kube_type_field(type, name, strlen(name)) : NULL;
    return field && kube_present(field->kind, kube_slot(object, field));
}

/* The item that `[i]` at *path names; *path moves behind it. */
static void *item_of(const kube_any_list_t *list, const kube_element_t *element, const char **path)
{
    char *end;
    if (**path != '[' || (*path)[1] < '0' || (*path)[1] > '9')
        return NULL;
    unsigned long long i = strtoull(*path + 1, &end, 10);
    if (*end != ']' || i >= list->len || !list->items)
        return NULL;
    *path = end + 1;
    return kube_item_value(element, list, (size_t)i);
}

/* One step of a path, from a struct to the struct it leads to. */
static void *step(const void *object, const kube_type_t **type, const char **path)
{
    size_t len = strcspn(*path, ".[");
    const kube_field_t *field = kube_type_field(*type, *path, len);
    *path += len;
    if (!field)
        return NULL;
    void *slot = kube_slot(object, field);
    if (field->kind == KUBE_KIND_OBJECT) {
        *type = field->type;
        return *(void **)slot;
    }
    const kube_element_t *element = field->type;
    if (field->kind != KUBE_KIND_LIST || element->kind != KUBE_KIND_STRUCT)
        return NULL;
    *type = element->type;
    return item_of(slot, element, path);
}

void *kube_at(const void *object, const kube_type_t *type, const char *path, const kube_type_t **found)
{
    void *at = (void *)(uintptr_t)object;
    if (!type || !path)
        return NULL;
    while (at && *path) {
        at = step(at, &type, &path);
        if (*path == '.' && path[1])
            path++;
        else if (*path)
            return NULL;
    }
    if (found && at)
        *found = type;
    return at;
}

static const kube_meta_v1_object_meta_t *metadata(const kube_type_t *type, const void *object)
{
    if (!type || !object || type->metadata_offset == KUBE_NO_OFFSET)
        return NULL;
    const kube_field_t *field = kube_type_field(type, "metadata", 8);
    return field->type == &kube_meta_v1_object_meta_type ? *(kube_meta_v1_object_meta_t *const *)kube_slot(object, field) : NULL;
}

const char *kube_meta_name(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta ? meta->name : NULL;
}

const char *kube_meta_generate_name(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta ? meta->generate_name : NULL;
}

const char *kube_meta_namespace(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta ? meta->namespace_ : NULL;
}

const char *kube_meta_uid(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta ? meta->uid : NULL;
}

const char *kube_meta_resource_version(const kube_type_t *type, const void *object)
{
    if (type && object && type->flags & KUBE_TYPE_LIST && type->metadata_offset != KUBE_NO_OFFSET) {
        const kube_meta_v1_list_meta_t *list = *(kube_meta_v1_list_meta_t *const *)(const void *)((const char *)object + type->metadata_offset);
        return list ? list->resource_version : NULL;
    }
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta ? meta->resource_version : NULL;
}

int64_t kube_meta_generation(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta && meta->generation.has ? meta->generation.value : 0;
}

const kube_string_map_t *kube_meta_labels(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta && meta->labels.items ? &meta->labels : NULL;
}

const kube_string_map_t *kube_meta_annotations(const kube_type_t *type, const void *object)
{
    const kube_meta_v1_object_meta_t *meta = metadata(type, object);
    return meta && meta->annotations.items ? &meta->annotations : NULL;
}

static const char *value_of(const kube_string_map_t *map, const char *key)
{
    for (size_t i = 0; map && key && i < map->len; i++)
        if (strcmp(map->items[i].key, key) == 0)
            return map->items[i].value;
    return NULL;
}

const char *kube_meta_label(const kube_type_t *type, const void *object, const char *key)
{
    return value_of(kube_meta_labels(type, object), key);
}

const char *kube_meta_annotation(const kube_type_t *type, const void *object, const char *key)
{
    return value_of(kube_meta_annotations(type, object), key);
}
