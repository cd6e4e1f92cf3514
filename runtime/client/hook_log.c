#include "client/hook_log.h"

#include <stdarg.h>
#include <stdio.h>

void kube_hook_log(const kube_client_t *client, kube_log_level_t level, const char *format, ...)
{
    if (!client->hooks.log)
        return;
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    client->hooks.log(client->hooks.userdata, level, line);
}
