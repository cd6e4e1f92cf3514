/* libyaml takes its memory from malloc, past the library's hooks: here malloc itself fails, once for every call there is. */
#include <kube/yaml.h>

#include "test.h"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *pointer, size_t size);

static bool counting, reached;
static long until_failure;

static bool fails(void)
{
    reached |= counting;
    return counting && until_failure-- == 0;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *realloc(void *pointer, size_t size)
{
    return fails() ? NULL : __libc_realloc(pointer, size);
}

static const char text[] = "%TAG !e! tag:e,1:\n---\na: &x {b: 1, c: [1, two, 'three', \"f\\u00f6ur\"]}\nd: *x\n"
                           "e:\n  <<: [*x, {f: !!binary aGk=}]\n"
                           "  b: !e!t 2\n? long\n: |+\n  block\n\ng: >-\n  folded\n  text\n"
                           "h: [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]\n...\n---\nlast: 1\n";

static int read_and_write(kube_buffer_t *json, kube_buffer_t *yaml, kube_error_t *err)
{
    bool found = true;
    kube_yaml_reader_t *reader = kube_yaml_reader_new(text, sizeof text - 1, NULL);
    int result = reader ? 0 : KUBE_E_NO_MEMORY;
    while (result == 0 && found) {
        json->len = 0;
        result = kube_yaml_reader_next(reader, json, &found, err);
        if (result == 0 && found)
            result = kube_yaml_from_json(json->data, json->len, yaml, err);
    }
    kube_yaml_reader_free(reader);
    return result;
}

static void test_every_malloc_fails_once(void)
{
    int result = KUBE_E_NO_MEMORY;
    long n = 0;
    for (; n < 5000 && (result == KUBE_E_NO_MEMORY || (reached && until_failure < 0)); n++) {
        kube_buffer_t json = { 0 }, yaml = { 0 };
        kube_error_t err;
        until_failure = n;
        counting = true;
        result = read_and_write(&json, &yaml, &err);
        counting = false;
        CHECK(result == 0 || result == KUBE_E_NO_MEMORY);
        if (result == 0)
            CHECK(yaml.len > 200);
        kube_buffer_dispose(&json);
        kube_buffer_dispose(&yaml);
    }
    CHECK_INT(result, 0);
    /* Under valgrind these functions are replaced in turn. */
    CHECK(n > 200 || !reached);
}

#else

static void test_every_malloc_fails_once(void)
{
}

#endif

int main(void)
{
    RUN(test_every_malloc_fails_once);
    return test_end();
}
