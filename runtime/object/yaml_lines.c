#include "object/yaml_lines.h"

#include "base/memory.h"

bool kube_yaml_lines_add(kube_yaml_lines_t *lines, size_t offset, size_t line)
{
    if (lines->len > 0 && lines->items[lines->len - 1].line == line)
        return true;
    if (lines->len == lines->capacity) {
        size_t capacity = lines->capacity ? lines->capacity * 2 : 64;
        kube_yaml_line_t *items = kube_mem_realloc(lines->items, capacity * sizeof *items);
        if (!items)
            return false;
        lines->items = items;
        lines->capacity = capacity;
    }
    lines->items[lines->len++] = (kube_yaml_line_t){ offset, line };
    return true;
}

size_t kube_yaml_lines_after(const kube_yaml_lines_t *lines, size_t offset)
{
    size_t low = 0, high = lines->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lines->items[middle].offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t kube_yaml_lines_find(const kube_yaml_lines_t *lines, size_t offset)
{
    size_t after = kube_yaml_lines_after(lines, offset);
    return after > 0 ? lines->items[after - 1].line : 0;
}

void kube_yaml_lines_dispose(kube_yaml_lines_t *lines)
{
    kube_mem_free(lines->items);
    *lines = (kube_yaml_lines_t){ 0 };
}
