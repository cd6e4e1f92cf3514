/*
 * What the programs of this benchmark share. A peer is a program that talks to the server of $KUBECONFIG, measures one thing, and
 * prints one line of JSON:
 *     PEER get-pod|get-config-map|create THREADS SECONDS NAMESPACE NAME
 *         {"requests": N, "seconds": S, "cpu_seconds": S, "median_us": U, "p99_us": U}
 *         As many requests as can be made, one at a time in each thread: gets of the object NAME, creations of small ConfigMaps
 *         whose names begin with NAME. Each thread has made one before the clock starts.
 *     PEER watches COUNT NAMESPACE
 *         {"watches": N, "before_bytes": B, "after_bytes": B}
 *         COUNT watches of ConfigMaps, idle behind their initial state; memory in use before and after. Then each is shown one
 *         change, which it must report.
 *     PEER list|each TIMES NAMESPACE
 *         {"items": N, "seconds": [S, ...], "cpu_seconds": S, "peak_bytes": B}
 *         All pods, as one list or one at a time, TIMES times.
 * Exit status 1 when anything fails, with a line on standard error.
 */
#ifndef BENCH_CLIENT_PEER_H
#define BENCH_CLIENT_PEER_H

#include <stddef.h>
#include <stdint.h>

/* One request, the n-th of a thread (0: before the clock starts). 0, or -1 after it has printed why. */
typedef int peer_request_fn(void *context, unsigned thread, unsigned long n);

/* Measures requests and prints the reply. 0, or -1. */
int peer_load(unsigned threads, double seconds, peer_request_fn *request, void *context);

/* Goes over a list once. The number of items, or -1. */
typedef long peer_list_fn(void *context);

/* Measures lists and prints the reply. 0, or -1. */
int peer_lists(unsigned times, peer_list_fn *list, void *context);

/* Bytes of the process that are in memory. */
size_t peer_resident_bytes(void);
/* Nanoseconds of a clock that never goes back. */
int64_t peer_now_ns(void);

#endif
