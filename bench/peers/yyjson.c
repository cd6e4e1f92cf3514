/* yyjson. Warm: with pools that are already faulted in; variant "malloc": default allocation, as cold. */
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>
#include "harness.h"

static const input_t *input;
static yyjson_doc *document;
static char *text;
static bool pooled;
static void *document_memory, *output_memory;
static size_t document_size, output_size;

static void *faulted_in(size_t size)
{
    void *memory = malloc(size);
    if (memory)
        memset(memory, 1, size);
    return memory;
}

static bool allocate_pool(size_t size)
{
    free(document_memory);
    document_size = size;
    document_memory = faulted_in(size);
    return document_memory != NULL;
}

static yyjson_doc *read_pooled(void)
{
    yyjson_alc pool;
    yyjson_alc_pool_init(&pool, document_memory, document_size);
    return yyjson_read_opts(input->text, input->len, 0, &pool, NULL);
}

/* Kubernetes objects take under 4 times their JSON; what takes more gets the most that can be needed. */
static bool prepare(const input_t *given)
{
    input = given;
    pooled = input->warm && strcmp(input->variant, "malloc") != 0;
    if (!pooled)
        return true;
    output_size = 4 * input->len + 65536; /* the output grows in place at the pool's end, or is moved */
    output_memory = faulted_in(output_size);
    if (!output_memory || !allocate_pool(6 * input->len + 65536))
        return false;
    return read_pooled() || allocate_pool(yyjson_read_max_memory_usage(input->len, 0));
}

static bool decode(void)
{
    document = pooled ? read_pooled() : yyjson_read(input->text, input->len, 0);
    return document != NULL;
}

static void release(void)
{
    if (!pooled)
        yyjson_doc_free(document);
    document = NULL;
}

static bool encode(output_t *output)
{
    yyjson_alc pool;
    if (pooled)
        yyjson_alc_pool_init(&pool, output_memory, output_size);
    text = yyjson_write_opts(document, 0, pooled ? &pool : NULL, &output->len, NULL);
    output->text = text;
    return text != NULL;
}

static void release_output(void)
{
    if (!pooled)
        free(text);
    text = NULL;
}

/* Measured with default allocation, because a pool does not tell. */
static size_t object_bytes(void)
{
    size_t before = heap_bytes();
    yyjson_doc *measured = yyjson_read(input->text, input->len, 0);
    size_t bytes = heap_bytes() - before;
    yyjson_doc_free(measured);
    return bytes;
}

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, object_bytes};
    return peer_main(&peer, argc, argv);
}
