/* A small test runner: each program defines test functions, lists them in main with RUN, and ends with `return test_end();`. */
#ifndef TEST_H
#define TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int test_count, test_failures, test_failed_here;

/* What was printed is seen even if the program hangs after it, and is killed. */
static inline void test_fail(void)
{
    test_failed_here = 1;
    fflush(stdout);
}

#define CHECK(condition)                                                                        \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                      \
            test_fail();                                                                        \
        }                                                                                       \
    } while (0)

#define CHECK_INT(actual, expected)                                                             \
    do {                                                                                        \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);             \
        if (actual_ != expected_) {                                                             \
            printf("%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, actual_, expected_); \
            test_fail();                                                                        \
        }                                                                                       \
    } while (0)

#define CHECK_STR(actual, expected)                                                             \
    do {                                                                                        \
        const char *actual_ = (actual), *expected_ = (expected);                                \
        if (!actual_ || strcmp(actual_, expected_) != 0) {                                      \
            printf("%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #actual, actual_ ? actual_ : "(null)", expected_); \
            test_fail();                                                                        \
        }                                                                                       \
    } while (0)

/* around(function): what is needed before and after. */
#define RUN_IN(around, function)                                                                \
    do {                                                                                        \
        test_failed_here = 0;                                                                   \
        test_count++;                                                                           \
        around(function);                                                                       \
        if (test_failed_here) {                                                                 \
            test_failures++;                                                                    \
            printf("not ok: %s\n", #function);                                                  \
        }                                                                                       \
    } while (0)

static inline void test_alone(void (*test)(void))
{
    test();
}

#define RUN(function) RUN_IN(test_alone, function)

/* The last line of every test program; tests/run adds these lines up. */
static inline int test_end(void)
{
    printf("%d passed, %d failed\n", test_count - test_failures, test_failures);
    return test_failures ? 1 : 0;
}

#endif
