/* Retry-After and dates of HTTP: whatever is accepted must be within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "client/httpdate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now = 1767323045;
    int64_t seconds = 0;
    if (kube_http_date_parse((const char *)data, size, now, &seconds) && (seconds < -62167219200 || seconds > 253402300800))
        abort();
    char *value = malloc(size + 1);
    if (!value)
        return 0;
    memcpy(value, data, size);
    value[size] = '\0';
    int64_t wait = kube_retry_after_ms(value, now * 1000);
    if (wait < -1 || wait > KUBE_RETRY_AFTER_MAX_MS)
        abort();
    free(value);
    return 0;
}
