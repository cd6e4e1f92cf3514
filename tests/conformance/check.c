/* Checks of cases, and what ends with a case. */
#include <stdarg.h>

#include "server.h"

static bool fail(test_t *t, const char *file, int line)
{
    const char *base = strrchr(file, '/');
    printf("    %s: %s:%d: ", t->name, base ? base + 1 : file, line);
    t->failed = true;
    return false;
}

bool check(test_t *t, bool holds, const char *file, int line, const char *text)
{
    if (!holds && !fail(t, file, line))
        printf("does not hold: %s\n", text);
    return holds;
}

bool check_int(test_t *t, long long actual, long long expected, const char *file, int line, const char *text)
{
    if (actual != expected && !fail(t, file, line))
        printf("%s is %lld, not %lld\n", text, actual, expected);
    return actual == expected;
}

bool check_text(test_t *t, const char *actual, const char *expected, const char *file, int line, const char *text)
{
    bool same = actual && expected ? strcmp(actual, expected) == 0 : actual == expected;
    if (!same && !fail(t, file, line))
        printf("%s is \"%s\", not \"%s\"\n", text, actual ? actual : "(null)", expected ? expected : "(null)");
    return same;
}

bool check_code(test_t *t, int code, int expected, const char *file, int line, const char *text)
{
    if (code == expected)
        return true;
    fail(t, file, line);
    printf("%s is %s, not %s", text, code > 0 ? "positive" : kube_code_name(code), kube_code_name(expected));
    if (code < 0)
        printf(": %s%s%s (HTTP %d, %d attempts%s%s)", t->err.path, *t->err.path ? ": " : "", t->err.message, t->err.http_status, t->err.attempts,
               *t->err.earlier ? ", earlier: " : "", t->err.earlier);
    putchar('\n');
    return false;
}

/* ---- what ends with the case ---- */

struct undo {
    struct undo *next;
    undo_fn *undo;
    void *what;
};

void defer(test_t *t, undo_fn *undo, void *what)
{
    struct undo *entry = malloc(sizeof *entry);
    if (!entry)
        abort();
    *entry = (struct undo){ .next = t->undo, .undo = undo, .what = what };
    t->undo = entry;
}

static void free_object(void *object)
{
    kube_free(object);
}

void keep(test_t *t, const void *object)
{
    if (object)
        defer(t, free_object, (void *)(uintptr_t)object);
}

const char *text(test_t *t, const char *format, ...)
{
    va_list arguments;
    char *made = NULL;
    va_start(arguments, format);
    if (vasprintf(&made, format, arguments) < 0)
        abort();
    va_end(arguments);
    defer(t, free, made);
    return made;
}

void test_end(test_t *t)
{
    while (t->undo) {
        struct undo *last = t->undo;
        t->undo = last->next;
        last->undo(last->what);
        free(last);
    }
}
