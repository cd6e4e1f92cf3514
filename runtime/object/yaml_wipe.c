#include "object/yaml_wipe.h"

#include "base/memory.h"

void kube_yaml_event_delete(yaml_event_t *event)
{
    if (event->type == YAML_SCALAR_EVENT)
        kube_mem_wipe(event->data.scalar.value, event->data.scalar.length);
    yaml_event_delete(event);
}

void kube_yaml_parser_delete(yaml_parser_t *parser)
{
    for (yaml_token_t *token = parser->tokens.head; token && token < parser->tokens.tail; token++) {
        if (token->type == YAML_SCALAR_TOKEN)
            kube_mem_wipe(token->data.scalar.value, token->data.scalar.length);
    }
    kube_mem_wipe(parser->buffer.start, (size_t)(parser->buffer.end - parser->buffer.start));
    kube_mem_wipe(parser->raw_buffer.start, (size_t)(parser->raw_buffer.end - parser->raw_buffer.start));
    yaml_parser_delete(parser);
}
