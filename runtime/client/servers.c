#include "client/servers.h"

#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"

static int add(kube_servers_t *servers, const char *url, kube_error_t *err)
{
    kube_url_t parts;
    if (!kube_url_split(url, &parts))
        return kube_fail(err, KUBE_E_USAGE, "the server \"%s\" is not an http or https URL", url);
    size_t len = strlen(url);
    while (len && url[len - 1] == '/')
        len--;
    servers->urls[servers->count] = kube_mem_strndup(url, len);
    if (!servers->urls[servers->count])
        return kube_fail_memory(err);
    servers->count++;
    return KUBE_OK;
}

int kube_servers_init(kube_servers_t *servers, const char *first, const char *const *more, kube_error_t *err)
{
    size_t count = 1;
    while (more && more[count - 1])
        count++;
    atomic_init(&servers->current, 0);
    servers->count = 0;
    servers->urls = kube_mem_zero(count * sizeof *servers->urls);
    int code = servers->urls ? add(servers, first, err) : kube_fail_memory(err);
    for (size_t i = 0; i + 1 < count && code == KUBE_OK; i++)
        code = add(servers, more[i], err);
    return code;
}

void kube_servers_dispose(kube_servers_t *servers)
{
    for (size_t i = 0; i < servers->count; i++)
        kube_mem_free(servers->urls[i]);
    kube_mem_free(servers->urls);
}

void kube_servers_failed(kube_servers_t *servers, size_t i)
{
    size_t expected = i;
    atomic_compare_exchange_strong(&servers->current, &expected, (i + 1) % servers->count);
}
