/* What `${...}` in a template stands for, and the random numbers behind it. */
#ifndef CORPUS_PLACEHOLDER_H
#define CORPUS_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLACEHOLDER_MAX = 4096 }; /* bytes one placeholder may become */

/* splitmix64: the same numbers on every machine. */
typedef struct random_source {
    uint64_t state;
} random_source_t;

/* A number in [0, bound). */
uint32_t random_below(random_source_t *random, uint32_t bound);

/* What stays the same throughout one object. */
typedef struct scope {
    random_source_t random;
    unsigned long index;
    const char *app;
    const char *namespace;
    char hash[12];
    char suffix[8];
    char node[40];
} scope_t;

/* Draws the names of the object number `index`. */
void scope_begin(scope_t *scope, unsigned long index);

/* Writes the value of a placeholder (`name` or `name:argument`, len bytes) and returns its length; exits when there is no such placeholder.
 * irregular: texts vary in length. */
size_t placeholder_expand(scope_t *scope, bool irregular, const char *name, size_t len, char to[PLACEHOLDER_MAX]);

#endif
