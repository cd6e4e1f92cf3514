#include "object/problems.h"

#include "base/memory.h"

enum { MAX_KEPT = 10000 };

struct kube_problems {
    size_t count;
    size_t total;
    size_t capacity;
    kube_problem_t *items;
};

kube_problems_t *kube_problems_new(void)
{
    return kube_mem_zero(sizeof(kube_problems_t));
}

static bool reserve(kube_problems_t *problems)
{
    if (problems->count < problems->capacity)
        return true;
    size_t capacity = problems->capacity ? problems->capacity * 2 : 8;
    kube_problem_t *items = kube_mem_realloc(problems->items, capacity * sizeof *items);
    if (!items)
        return false;
    problems->items = items;
    problems->capacity = capacity;
    return true;
}

bool kube_problems_add(kube_problems_t *problems, const kube_problem_t *problem)
{
    problems->total++;
    if (problems->count == MAX_KEPT)
        return true;
    char *path = kube_mem_strdup(problem->path);
    char *message = kube_mem_strdup(problem->message);
    char *source = kube_mem_strdup(problem->source);
    if (!path || !message || (problem->source && !source) || !reserve(problems)) {
        kube_mem_free(path);
        kube_mem_free(message);
        kube_mem_free(source);
        return false;
    }
    kube_problem_t *item = &problems->items[problems->count++];
    *item = *problem;
    item->path = path;
    item->message = message;
    item->source = source;
    return true;
}

void kube_problems_set_lines(kube_problems_t *problems, size_t (*line_of)(const void *context, size_t offset), const void *context)
{
    for (size_t i = 0; problems && i < problems->count; i++)
        problems->items[i].line = line_of(context, problems->items[i].offset);
}

size_t kube_problems_count(const kube_problems_t *problems)
{
    return problems ? problems->count : 0;
}

size_t kube_problems_total(const kube_problems_t *problems)
{
    return problems ? problems->total : 0;
}

const kube_problem_t *kube_problems_at(const kube_problems_t *problems, size_t i)
{
    return problems && i < problems->count ? &problems->items[i] : NULL;
}

void kube_problems_free(kube_problems_t *problems)
{
    if (!problems)
        return;
    for (size_t i = 0; i < problems->count; i++) {
        kube_mem_free((void *)problems->items[i].path);
        kube_mem_free((void *)problems->items[i].message);
        kube_mem_free((void *)problems->items[i].source);
    }
    kube_mem_free(problems->items);
    kube_mem_free(problems);
}
