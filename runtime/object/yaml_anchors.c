#include "object/yaml_anchors.h"

#include <string.h>

#include "base/memory.h"

static uint64_t hash_name(const char *name, size_t len)
{
    uint64_t hash = 0x9E3779B97F4A7C15u ^ len;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)name[i]) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
    }
    return hash;
}

/* The slot of that name, or the free one where it belongs. */
static size_t find_slot(const kube_yaml_anchors_t *anchors, const char *name, size_t len, uint64_t hash)
{
    size_t slot = hash & (anchors->slot_count - 1);
    for (; anchors->slots[slot]; slot = (slot + 1) & (anchors->slot_count - 1)) {
        const kube_yaml_anchor_t *item = &anchors->items[anchors->slots[slot] - 1];
        if (item->hash == hash && item->name_len == len && memcmp(anchors->text.data + item->name, name, len) == 0)
            break;
    }
    return slot;
}

static bool grow(kube_yaml_anchors_t *anchors)
{
    size_t capacity = anchors->capacity ? anchors->capacity * 2 : 16;
    kube_yaml_anchor_t *items = kube_mem_realloc(anchors->items, capacity * sizeof *items);
    if (!items)
        return false;
    anchors->items = items;
    size_t *slots = kube_mem_zero(2 * capacity * sizeof *slots);
    if (!slots)
        return false;
    kube_mem_free(anchors->slots);
    anchors->slots = slots;
    anchors->slot_count = 2 * capacity;
    anchors->capacity = capacity;
    for (size_t i = 0; i < anchors->len; i++) {
        const kube_yaml_anchor_t *item = &items[i];
        slots[find_slot(anchors, anchors->text.data + item->name, item->name_len, item->hash)] = i + 1;
    }
    return true;
}

/* Keeps bytes and a NUL behind them; returns their offset. */
static size_t keep(kube_yaml_anchors_t *anchors, const char *bytes, size_t len)
{
    size_t offset = anchors->text.len;
    kube_buffer_append(&anchors->text, bytes, len);
    kube_buffer_append(&anchors->text, "", 1);
    return offset;
}

bool kube_yaml_anchors_add(kube_yaml_anchors_t *anchors, const char *name, size_t *index)
{
    if (anchors->len == anchors->capacity && !grow(anchors))
        return false;
    size_t len = strlen(name);
    kube_yaml_anchor_t item = { .kind = KUBE_YAML_ANCHOR_OPEN, .name_len = len, .hash = hash_name(name, len) };
    item.name = keep(anchors, name, len);
    if (anchors->text.failed)
        return false;
    *index = anchors->len++;
    anchors->items[*index] = item;
    anchors->slots[find_slot(anchors, name, len, item.hash)] = *index + 1;
    return true;
}

bool kube_yaml_anchors_set_scalar(kube_yaml_anchors_t *anchors, size_t index, const kube_yaml_source_t *source)
{
    kube_yaml_anchor_t *item = &anchors->items[index];
    item->kind = KUBE_YAML_ANCHOR_SCALAR;
    item->plain = source->plain;
    item->has_tag = source->tag != NULL;
    if (source->tag)
        item->tag = keep(anchors, source->tag, strlen(source->tag));
    item->text = keep(anchors, source->text, source->len);
    item->len = source->len;
    return !anchors->text.failed;
}

bool kube_yaml_anchors_set_json(kube_yaml_anchors_t *anchors, size_t index, kube_yaml_anchor_kind_t kind, unsigned height,
                                const char *json, size_t len)
{
    kube_yaml_anchor_t *item = &anchors->items[index];
    item->kind = kind;
    item->height = height;
    item->text = keep(anchors, json, len);
    item->len = len;
    return !anchors->text.failed;
}

const kube_yaml_anchor_t *kube_yaml_anchors_find(const kube_yaml_anchors_t *anchors, const char *name)
{
    if (anchors->len == 0)
        return NULL;
    size_t len = strlen(name), slot = find_slot(anchors, name, len, hash_name(name, len));
    return anchors->slots[slot] ? &anchors->items[anchors->slots[slot] - 1] : NULL;
}

kube_yaml_source_t kube_yaml_anchors_source(const kube_yaml_anchors_t *anchors, const kube_yaml_anchor_t *anchor)
{
    const char *text = anchors->text.data;
    return (kube_yaml_source_t){ .tag = anchor->has_tag ? text + anchor->tag : NULL,
                                 .text = text + anchor->text,
                                 .len = anchor->len,
                                 .plain = anchor->plain };
}

/* A large table is given up, so that one large document does not make every small one behind it slow. */
void kube_yaml_anchors_clear(kube_yaml_anchors_t *anchors)
{
    if (anchors->capacity > 1024)
        kube_yaml_anchors_dispose(anchors);
    if (anchors->len > 0)
        memset(anchors->slots, 0, anchors->slot_count * sizeof *anchors->slots);
    anchors->len = 0;
    kube_buffer_clear(&anchors->text);
}

void kube_yaml_anchors_dispose(kube_yaml_anchors_t *anchors)
{
    kube_mem_free(anchors->items);
    kube_mem_free(anchors->slots);
    kube_buffer_dispose(&anchors->text);
    *anchors = (kube_yaml_anchors_t){ 0 };
}
