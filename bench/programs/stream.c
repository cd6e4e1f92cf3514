/*
 * What it costs to read a list of Pods from a stream: `stream FILE [PIECE]` feeds the file to a list reader, PIECE bytes (16384) at a time, collecting
 * it and item by item, and decodes it at once beside that. MB/s of the best of nine rounds, and its share of decoding at once (padded input, no copy).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>

#include "object/list_reader.h"

static const char *text;
static size_t len, piece = 16384;
static kube_pool_t *pool;
static size_t bytes_held;

static void die(const char *what)
{
    fprintf(stderr, "stream: %s\n", what);
    exit(1);
}

static void decode_at_once(void)
{
    kube_decode_options_t options = { .pool = pool, .flags = KUBE_DECODE_PADDED };
    void *list;
    if (kube_json_decode(&kube_core_v1_pod_list_type, text, len, &options, &list, NULL) != KUBE_OK)
        die("the file is no list of pods");
    bytes_held = kube_memory_used(list);
    kube_free(list);
}

static int drain(kube_list_reader_t *reader)
{
    void *item;
    int step;
    while ((step = kube_list_reader_next(reader, &item, NULL)) == KUBE_LIST_ITEM)
        kube_free(item);
    return step;
}

static void read_list(bool collect)
{
    kube_list_reader_options_t options = { .decode.pool = pool, .collect = collect };
    kube_list_reader_t *reader;
    if (kube_list_reader_new(&kube_core_v1_pod_list_type, &options, &reader, NULL) != KUBE_OK)
        die("out of memory");
    for (size_t at = 0; at < len; at += piece)
        if (kube_list_reader_push(reader, text + at, at + piece < len ? piece : len - at, NULL) != KUBE_OK || drain(reader) != KUBE_LIST_MORE)
            die("the list could not be read");
    kube_list_reader_finish(reader);
    if (drain(reader) != KUBE_LIST_END)
        die("the list has no end");
    bytes_held = kube_memory_used(kube_list_reader_list(reader));
    kube_list_reader_free(reader);
}

static void collect(void)
{
    read_list(true);
}

static void each(void)
{
    read_list(false);
}

static double seconds_of(void (*function)(void))
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    function();
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

static const char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die("the file cannot be read");
    len = (size_t)ftell(file);
    rewind(file);
    char *content = calloc(1, len + KUBE_JSON_PADDING);
    if (!content || fread(content, 1, len, file) != len)
        die("the file cannot be read");
    fclose(file);
    return content;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } ways[] = { { "at once", decode_at_once }, { "collected", collect }, { "each", each } };
    if (argc < 2)
        die("stream FILE [PIECE]");
    text = read_file(argv[1]);
    if (argc > 2 && atol(argv[2]) > 0)
        piece = (size_t)atol(argv[2]);
    kube_pool_options_t options = { .max_bytes = 4 * len };
    pool = kube_pool_new(&options);
    double best[3] = { 1e9, 1e9, 1e9 };
    size_t held[3];
    for (int round = 0; round < 9; round++)
        for (size_t i = 0; i < 3; i++) {
            double seconds = seconds_of(ways[i].run);
            best[i] = seconds < best[i] ? seconds : best[i];
            held[i] = bytes_held;
        }
    for (size_t i = 0; i < 3; i++)
        printf("%-10s %6.0f MB/s  %.2f  list/input %.3f\n", ways[i].name, (double)len / best[i] / 1e6, best[0] / best[i], (double)held[i] / (double)len);
    kube_pool_free(pool);
    free((void *)(size_t)text);
    return 0;
}
