#include "http/headers.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"

static bool make_room(kube_headers_t *headers)
{
    if (headers->len < headers->capacity)
        return true;
    size_t capacity = headers->capacity ? 2 * headers->capacity : 4;
    kube_header_t *items = kube_mem_realloc(headers->items, capacity * sizeof *items);
    if (!items)
        return false;
    headers->items = items;
    headers->capacity = capacity;
    return true;
}

void kube_headers_add(kube_headers_t *headers, const char *name, const char *value)
{
    kube_headers_add_n(headers, name, strlen(name), value, strlen(value));
}

void kube_headers_add_n(kube_headers_t *headers, const char *name, size_t name_len, const char *value, size_t value_len)
{
    if (headers->failed)
        return;
    /* Name and value share one block, which begins with the name. */
    char *block = kube_mem_alloc(name_len + value_len + 2);
    if (!block || !make_room(headers)) {
        kube_mem_free(block);
        headers->failed = true;
        return;
    }
    memcpy(block, name, name_len);
    block[name_len] = '\0';
    memcpy(block + name_len + 1, value, value_len);
    block[name_len + 1 + value_len] = '\0';
    headers->items[headers->len++] = (kube_header_t){ .name = block, .value = block + name_len + 1 };
    headers->bytes += name_len + value_len;
}

bool kube_header_is(const kube_header_t *header, const char *name)
{
    return strcasecmp(header->name, name) == 0;
}

const char *kube_header_find(const kube_header_t *items, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++) {
        if (kube_header_is(&items[i], name))
            return items[i].value;
    }
    return NULL;
}

bool kube_is_token(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", others[] = "0123456789!#$%&'*+-.^_`|~";
    const char *end = text;
    while (*end && (strchr(letters, *end) || strchr(others, *end)))
        end++;
    return end > text && !*end;
}

bool kube_method_has_no_body(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "DELETE") == 0;
}

void kube_headers_clear(kube_headers_t *headers)
{
    for (size_t i = 0; i < headers->len; i++) {
        char *block = (char *)headers->items[i].name;
        kube_mem_wipe(block, (size_t)(headers->items[i].value - block) + strlen(headers->items[i].value));
        kube_mem_free(block);
    }
    headers->len = 0;
    headers->bytes = 0;
    headers->failed = false;
}

void kube_headers_wipe(kube_headers_t *headers)
{
    kube_headers_clear(headers);
    kube_mem_free(headers->items);
    *headers = (kube_headers_t){ 0 };
}
