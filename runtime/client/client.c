#include "client/client.h"

#include <string.h>

#include "auth/token.h"
#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"

#define DEFAULT_MAX_REPLY_BYTES ((size_t)1 << 30)

static int copy_config(kube_client_t *client, const kube_config_t *config, kube_error_t *err)
{
    client->config = kube_config_dup(config);
    if (!client->config)
        return kube_fail_memory(err);
    /* A request's target begins with a slash. */
    char *server = (char *)client->config->server;
    for (size_t len = strlen(server); len && server[len - 1] == '/'; len--)
        server[len - 1] = '\0';
    return KUBE_OK;
}

static int make_credentials(kube_client_t *client, kube_error_t *err)
{
    kube_url_t url;
    if (!kube_url_split(client->config->server, &url) || !url.https)
        return KUBE_OK;
    return kube_token_credentials_new(client->config, &client->credentials, err);
}

static int fill(kube_client_t *client, const kube_config_t *config, const kube_client_options_t *options, kube_error_t *err)
{
    client->timeout_ms = options->timeout_ms;
    client->max_reply_bytes = options->max_reply_bytes ? options->max_reply_bytes : DEFAULT_MAX_REPLY_BYTES;
    client->user_agent = kube_mem_strdup(options->user_agent ? options->user_agent : "libkube/" KUBE_VERSION);
    client->pool = options->pool ? kube_pool_ref(options->pool) : kube_pool_new(NULL);
    if (!client->user_agent || !client->pool)
        return kube_fail_memory(err);
    int code = copy_config(client, config, err);
    if (code == KUBE_OK)
        code = make_credentials(client, err);
    if (code < 0)
        return code;
    client->owns_transport = !options->transport;
    client->transport = options->transport;
    return client->transport ? KUBE_OK : kube_transport_new(client->config, &client->transport, err);
}

int kube_client_new(const kube_config_t *config, const kube_client_options_t *options, kube_client_t **out, kube_error_t *err)
{
    static const kube_client_options_t defaults;
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = NULL;
    int code = kube_config_check(config, err);
    if (code < 0)
        return code;
    kube_client_t *client = kube_mem_zero(sizeof *client);
    code = client ? fill(client, config, options ? options : &defaults, err) : kube_fail_memory(err);
    if (code < 0) {
        kube_client_free(client);
        return code;
    }
    *out = client;
    return KUBE_OK;
}

void kube_client_free(kube_client_t *client)
{
    if (!client)
        return;
    if (client->owns_transport)
        kube_transport_free(client->transport);
    kube_credentials_free(client->credentials);
    kube_config_free(client->config);
    kube_pool_free(client->pool);
    kube_mem_free(client->user_agent);
    kube_mem_free(client);
}

const char *kube_client_namespace(const kube_client_t *client)
{
    if (!client)
        return NULL;
    return client->config->ns && *client->config->ns ? client->config->ns : "default";
}
