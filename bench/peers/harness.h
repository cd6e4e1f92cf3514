/*
 * What the benchmark's C and C++ peers share. A peer is a program:
 *     peer FILE KIND cold|warm [VARIANT]
 * It reads FILE, prints `ready` and then obeys the lines of its standard input, answering each with one line of JSON:
 *     step MS      decodes for MS milliseconds, then encodes for MS (each at least once): {"decode": [seconds, ...], "encode": [...]}
 *     write PATH   writes what it encodes to PATH: {}
 *     end          {"object_bytes": N, "input_bytes": N, "peak_bytes": N}, and ends
 * Warm peers decode and encode once, unmeasured, before they are ready. Exit status 3: the peer does not know KIND.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { INPUT_PADDING = 64 }; /* readable bytes behind the input, for the peers that want them */

typedef struct input {
    char *text;
    size_t len;
    const char *api_version;
    const char *kind;
    const char *variant;
    bool warm;
} input_t;

typedef struct output {
    const char *text; /* valid until the next call of encode, or release_output */
    size_t len;
} output_t;

typedef struct peer {
    bool (*prepare)(const input_t *input); /* false: the kind or the variant is not known */
    bool (*decode)(void);                  /* measured */
    void (*release)(void);                 /* frees what decode made */
    bool (*encode)(output_t *output);      /* measured */
    void (*release_output)(void);          /* NULL: nothing to do */
    size_t (*object_bytes)(void);          /* of the object that is decoded; NULL: by how much decoding made the heap grow */
} peer_t;

int peer_main(const peer_t *peer, int argc, char **argv);
/* Bytes in use on the heap. */
size_t heap_bytes(void);
/* Bytes of the process that are in memory. */
size_t resident_bytes(void);

#ifdef __cplusplus
}
#endif
#endif
