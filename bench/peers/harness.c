#include "harness.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SAMPLES = 4096, UNKNOWN_KIND = 3 };

typedef struct samples {
    double seconds[MAX_SAMPLES];
    size_t count;
} samples_t;

typedef struct bench {
    const peer_t *peer;
    size_t input_bytes;
    size_t object_bytes; /* 0: not known yet */
    bool decoded;
} bench_t;

static void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

size_t resident_bytes(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%*s %zu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void read_input(const char *path, input_t *input)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        die("the input cannot be read");
    input->len = (size_t)ftell(file);
    rewind(file);
    input->text = calloc(1, input->len + INPUT_PADDING);
    if (!input->text || fread(input->text, 1, input->len, file) != input->len)
        die("the input cannot be read");
    fclose(file);
}

static void release(bench_t *bench)
{
    if (bench->decoded)
        bench->peer->release();
    bench->decoded = false;
}

static double decode_once(bench_t *bench)
{
    release(bench);
    size_t heap_before = bench->object_bytes ? 0 : heap_bytes();
    double begin = now();
    if (!bench->peer->decode())
        die("decoding failed");
    double seconds = now() - begin;
    bench->decoded = true;
    if (!bench->object_bytes)
        bench->object_bytes = bench->peer->object_bytes ? bench->peer->object_bytes() : heap_bytes() - heap_before;
    return seconds;
}

static double encode_once(bench_t *bench, output_t *output)
{
    double begin = now();
    if (!bench->peer->encode(output))
        die("encoding failed");
    return now() - begin;
}

static void release_output(bench_t *bench)
{
    if (bench->peer->release_output)
        bench->peer->release_output();
}

static void sample_decode(bench_t *bench, double budget, samples_t *samples)
{
    double end = now() + budget;
    samples->count = 0;
    do
        samples->seconds[samples->count++] = decode_once(bench);
    while (now() < end && samples->count < MAX_SAMPLES);
}

static void sample_encode(bench_t *bench, double budget, samples_t *samples)
{
    double end = now() + budget;
    output_t output;
    samples->count = 0;
    do {
        samples->seconds[samples->count++] = encode_once(bench, &output);
        release_output(bench);
    } while (now() < end && samples->count < MAX_SAMPLES);
}

static void print_samples(const char *name, const samples_t *samples)
{
    printf("\"%s\": [", name);
    for (size_t i = 0; i < samples->count; i++)
        printf("%s%.9f", i > 0 ? ", " : "", samples->seconds[i]);
    printf("]");
}

static void step(bench_t *bench, double budget)
{
    static samples_t decode, encode;
    sample_decode(bench, budget, &decode);
    sample_encode(bench, budget, &encode);
    printf("{");
    print_samples("decode", &decode);
    printf(", ");
    print_samples("encode", &encode);
    printf("}\n");
}

static void write_output(bench_t *bench, const char *path)
{
    output_t output;
    if (!bench->decoded)
        decode_once(bench);
    encode_once(bench, &output);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(output.text, 1, output.len, file) != output.len || fclose(file) != 0)
        die("the output cannot be written");
    release_output(bench);
    printf("{}\n");
}

/* Not from getrusage, which remembers what the process was before exec. */
static size_t peak_bytes(void)
{
    char line[256];
    size_t kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "VmHWM: %zu", &kib) != 1)
        ;
    if (file)
        fclose(file);
    return kib * 1024;
}

static void end(bench_t *bench)
{
    printf("{\"object_bytes\": %zu, \"input_bytes\": %zu, \"peak_bytes\": %zu}\n", bench->object_bytes, bench->input_bytes,
           peak_bytes());
    release(bench);
}

static void obey(bench_t *bench)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "step ", 5) == 0)
            step(bench, strtod(line + 5, NULL) / 1000);
        else if (strncmp(line, "write ", 6) == 0)
            write_output(bench, line + 6);
        else if (strcmp(line, "end") == 0)
            break;
        else
            die("unknown command");
        fflush(stdout);
    }
    end(bench);
}

/* "apps/v1/DeploymentList" into "apps/v1" and "DeploymentList". */
static void split_kind(char *text, input_t *input)
{
    char *slash = strrchr(text, '/');
    if (!slash)
        die("KIND is not apiVersion/kind");
    *slash = 0;
    input->api_version = text;
    input->kind = slash + 1;
}

int peer_main(const peer_t *peer, int argc, char **argv)
{
    if (argc < 4) {
        fputs("usage: peer FILE KIND cold|warm [VARIANT]\n", stderr);
        return 2;
    }
    input_t input = {.warm = strcmp(argv[3], "warm") == 0, .variant = argc > 4 ? argv[4] : ""};
    split_kind(argv[2], &input);
    read_input(argv[1], &input);
    bench_t bench = {.peer = peer, .input_bytes = input.len};
    if (!peer->prepare(&input))
        return UNKNOWN_KIND;
    if (input.warm) {
        output_t output;
        decode_once(&bench);
        encode_once(&bench, &output);
        release_output(&bench);
    }
    puts("ready");
    fflush(stdout);
    obey(&bench);
    free(input.text);
    return 0;
}
