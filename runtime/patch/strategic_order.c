/* Lists by merge key: finding elements, and putting them in order. */
#include <stdlib.h>
#include <string.h>

#include "patch/strategic.h"

static kube_elements_t class_of(const kube_value_t *element)
{
    if (element->kind == KUBE_VALUE_LIST)
        return KUBE_ELEMENTS_FAILED;
    return element->kind == KUBE_VALUE_OBJECT ? KUBE_ELEMENTS_OBJECTS : KUBE_ELEMENTS_SCALARS;
}

static kube_elements_t add_classes(kube_elements_t elements, const kube_value_t *list)
{
    for (size_t i = 0; list && i < list->len; i++) {
        kube_elements_t next = class_of(list->items[i]);
        if (elements != KUBE_ELEMENTS_NONE && elements != next)
            return KUBE_ELEMENTS_FAILED;
        elements = next;
    }
    return elements;
}

kube_elements_t kube_elements_of(kube_tree_t *tree, const kube_value_t *a, const kube_value_t *b)
{
    kube_elements_t elements = add_classes(add_classes(KUBE_ELEMENTS_NONE, a), b);
    if (elements == KUBE_ELEMENTS_FAILED)
        kube_tree_fail(tree, KUBE_E_INVALID, "the elements of a list that is merged must be all objects or all scalars");
    return elements;
}

/* What tells an element apart, as text that begins with its kind; NULL on failure. */
static const char *key_text(kube_tree_t *tree, const kube_value_t *element, const char *merge_key, size_t *len)
{
    const kube_value_t *key = element;
    if (merge_key)
        key = element->kind == KUBE_VALUE_OBJECT ? kube_object_gets(element, merge_key) : NULL;
    if (!key) {
        kube_tree_fail(tree, KUBE_E_INVALID, "an element of the list has no \"%s\", its merge key", merge_key);
        return NULL;
    }
    if (key->kind >= KUBE_VALUE_LIST) {
        kube_tree_fail(tree, KUBE_E_INVALID, "elements of the list cannot be told apart: their key is not a scalar");
        return NULL;
    }
    size_t text_len = key->kind == KUBE_VALUE_NUMBER || key->kind == KUBE_VALUE_STRING ? key->len : 0;
    char *text = kube_tree_alloc(tree, text_len + 1);
    if (!text)
        return NULL;
    text[0] = (char)('0' + key->kind);
    if (text_len)
        memcpy(text + 1, key->text, text_len);
    *len = text_len + 1;
    return text;
}

bool kube_ranks_add(kube_tree_t *tree, kube_ranks_t *ranks, kube_value_t *element)
{
    size_t len = 0;
    const char *text = key_text(tree, element, ranks->merge_key, &len);
    if (!text)
        return false;
    if (!kube_object_get(ranks->keys, text, len))
        return kube_object_set(tree, ranks->keys, text, len, element);
    ranks->repeated = true;
    return true;
}

bool kube_ranks_make(kube_tree_t *tree, const kube_value_t *list, const char *merge_key, kube_ranks_t *out)
{
    *out = (kube_ranks_t){ .keys = kube_value_new(tree, KUBE_VALUE_OBJECT), .merge_key = merge_key };
    if (!out->keys)
        return false;
    for (size_t i = 0; list && i < list->len; i++) {
        if (!kube_ranks_add(tree, out, list->items[i]))
            return false;
    }
    return true;
}

size_t kube_rank_of(kube_tree_t *tree, const kube_ranks_t *ranks, const kube_value_t *element)
{
    size_t len = 0;
    const char *text = key_text(tree, element, ranks->merge_key, &len);
    return text ? kube_object_position(ranks->keys, text, len) : SIZE_MAX;
}

kube_value_t *kube_rank_element(kube_tree_t *tree, const kube_ranks_t *ranks, const kube_value_t *element)
{
    size_t rank = kube_rank_of(tree, ranks, element);
    return rank == SIZE_MAX ? NULL : ranks->keys->members[rank].value;
}

/* An element on its way to its place. */
typedef struct ranked {
    kube_value_t *element;
    size_t rank;        /* among those it is sorted with; elements to delete come last */
    size_t server_rank; /* SIZE_MAX: the server does not have it */
    size_t position;    /* keeps the sort stable */
} ranked_t;

static int by_rank(const void *left, const void *right)
{
    const ranked_t *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->position < b->position ? -1 : a->position > b->position;
}

/* Merges two sorted runs. An element that only the server has goes before one of the patch only when it stood before it on
 * the server. */
static kube_value_t *join(kube_tree_t *tree, const ranked_t *server, size_t server_count, const ranked_t *patch, size_t patch_count)
{
    kube_value_t *list = kube_value_new(tree, KUBE_VALUE_LIST);
    size_t i = 0, j = 0;
    while (list && (i < server_count || j < patch_count)) {
        bool take_server = j == patch_count || (i < server_count && server[i].server_rank != SIZE_MAX &&
                                                patch[j].server_rank != SIZE_MAX && server[i].server_rank < patch[j].server_rank);
        if (!kube_list_add(tree, list, take_server ? server[i++].element : patch[j++].element))
            return NULL;
    }
    return list;
}

kube_value_t *kube_order_elements(kube_tree_t *tree, const kube_value_t *merged, const kube_value_t *order, const kube_value_t *server,
                                  const char *merge_key)
{
    kube_ranks_t wanted, present;
    if (!kube_ranks_make(tree, order, merge_key, &wanted) || !kube_ranks_make(tree, server, merge_key, &present))
        return NULL;
    ranked_t *ranked = kube_tree_alloc(tree, 2 * merged->len * sizeof *ranked);
    if (!ranked)
        return NULL;
    ranked_t *others = ranked + merged->len;
    size_t ranked_count = 0, others_count = 0;
    for (size_t i = 0; i < merged->len; i++) {
        kube_value_t *element = merged->items[i];
        size_t rank = kube_rank_of(tree, &wanted, element);
        ranked_t entry = { .element = element, .server_rank = kube_rank_of(tree, &present, element), .position = i };
        bool deleted = kube_is_delete_marker(element);
        entry.rank = deleted ? SIZE_MAX : rank != SIZE_MAX ? rank : entry.server_rank;
        if (rank != SIZE_MAX)
            ranked[ranked_count++] = entry;
        else
            others[others_count++] = entry;
    }
    if (tree->code != KUBE_OK)
        return NULL;
    qsort(ranked, ranked_count, sizeof *ranked, by_rank);
    qsort(others, others_count, sizeof *others, by_rank);
    return join(tree, others, others_count, ranked, ranked_count);
}
