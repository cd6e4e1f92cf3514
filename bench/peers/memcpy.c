/* The bound: the input copied, and copied back. */
#include <stdlib.h>
#include <string.h>
#include "harness.h"

static const input_t *input;
static char *copy, *back;

static bool prepare(const input_t *given)
{
    input = given;
    return true;
}

/* Warm: both copies stay, so that their pages are there. */
static bool decode(void)
{
    if (!copy)
        copy = malloc(input->len);
    if (!copy)
        return false;
    memcpy(copy, input->text, input->len);
    return true;
}

static void drop(char **block)
{
    if (!input->warm) {
        free(*block);
        *block = NULL;
    }
}

static void release(void)
{
    drop(&copy);
}

static bool encode(output_t *output)
{
    if (!back)
        back = malloc(input->len);
    if (!back)
        return false;
    memcpy(back, copy, input->len);
    *output = (output_t){back, input->len};
    return true;
}

static void release_output(void)
{
    drop(&back);
}

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, NULL};
    int status = peer_main(&peer, argc, argv);
    free(copy);
    free(back);
    return status;
}
