/* cJSON: the document model that kubernetes-client/c builds its structs from; its own work comes on top of this. */
#include <cjson/cJSON.h>
#include <string.h>
#include "harness.h"

static const input_t *input;
static cJSON *document;
static char *text;

static bool prepare(const input_t *given)
{
    input = given;
    return true;
}

static bool decode(void)
{
    document = cJSON_ParseWithLength(input->text, input->len);
    return document != NULL;
}

static void release(void)
{
    cJSON_Delete(document);
    document = NULL;
}

static bool encode(output_t *output)
{
    text = cJSON_PrintUnformatted(document);
    if (text)
        *output = (output_t){text, strlen(text)};
    return text != NULL;
}

static void release_output(void)
{
    cJSON_free(text);
    text = NULL;
}

int main(int argc, char **argv)
{
    static const peer_t peer = {prepare, decode, release, encode, release_output, NULL};
    return peer_main(&peer, argc, argv);
}
