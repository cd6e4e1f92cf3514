#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "harness.h"

static const input_t *input;
static json_t *document;
static char *text;

static bool prepare(const input_t *given)
{
    input = given;
    return true;
}

static bool decode(void)
{
    document = json_loadb(input->text, input->len, 0, NULL);
    return document != NULL;
}

static void release(void)
{
    json_decref(document);
    document = NULL;
}

static bool encode(output_t *output)
{
    text = json_dumps(document, JSON_COMPACT);
    if (text)
        *output = (output_t){text, strlen(text)};
    return text != NULL;
}

static void release_output(void)
{
    free(text);
    text = NULL;
}

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, NULL};
    return peer_main(&peer, argc, argv);
}
