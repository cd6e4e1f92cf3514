/* Warning headers: every text is one line that lies inside the value. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/warning.h"

static void require(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *value = malloc(size + 1), *at = value;
    if (!value)
        return 0;
    memcpy(value, data, size);
    value[size] = '\0';
    char *end = value + strlen(value);
    kube_warning_t warning;
    while (kube_warning_next(&at, &warning)) {
        require(at <= end && warning.code >= 0 && warning.code <= 999);
        require(warning.agent > value && warning.text > warning.agent && warning.text + strlen(warning.text) < at);
        require(*warning.agent && !strpbrk(warning.agent, " \t,\"") && !strpbrk(warning.text, "\n\r\t\x1B"));
    }
    require(at == end);
    free(value);
    return 0;
}
