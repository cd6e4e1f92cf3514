#include "client/access.h"

#include <stddef.h>
#include <string.h>

#include "auth/choose.h"
#include "auth/impersonation.h"
#include "base/fail.h"
#include "base/memory.h"
#include "config/url.h"

/* ---- the plan ---- */

static void free_texts(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++)
        kube_mem_free(texts[i]);
    kube_mem_free(texts);
}

static bool copy_texts(char ***to, const char *const *from)
{
    size_t count = 0;
    while (from && from[count])
        count++;
    *to = from ? kube_mem_zero((count + 1) * sizeof **to) : NULL;
    for (size_t i = 0; i < count && *to; i++) {
        if (!((*to)[i] = kube_mem_strdup(from[i])))
            return false;
    }
    return *to || !from;
}

int kube_access_plan_init(kube_access_plan_t *plan, const kube_config_t *config, const kube_client_options_t *options, kube_error_t *err)
{
    *plan = (kube_access_plan_t){ .transport = options->transport, .exec_policy = options->exec_policy, .gzip = options->gzip };
    plan->max_reply_bytes = options->max_reply_bytes;
    plan->has_hooks = options->credentials != NULL;
    if (options->credentials)
        plan->hooks = *options->credentials;
    plan->first_server = kube_mem_strdup(config->server);
    if (!plan->first_server || !copy_texts(&plan->servers, options->servers) || !copy_texts(&plan->exec_allowed, options->exec_allowed))
        return kube_fail_memory(err);
    return plan->transport ? KUBE_OK : kube_transport_group_new(&plan->group, err);
}

void kube_access_plan_dispose(kube_access_plan_t *plan)
{
    kube_mem_free(plan->first_server);
    free_texts(plan->servers);
    free_texts(plan->exec_allowed);
    kube_transport_group_free(plan->group);
}

/* ---- its parts ---- */

#define AT(field) offsetof(kube_config_t, field)

/* What a connection depends on, all texts. */
static const unsigned short of_connections[] = {
    AT(server), AT(tls_server_name), AT(proxy_url), AT(ca_file), AT(ca_pem),
    AT(client_certificate_file), AT(client_certificate_pem), AT(client_certificate_uri),
    AT(client_key_file), AT(client_key_pem), AT(client_key_uri), AT(client_key_passphrase), AT(client_key_passphrase_file),
};

/* Whether connections that were made as the one says are of use as the other says. What plugins hand out is known to neither. */
static bool connects_alike(const kube_config_t *a, const kube_config_t *b)
{
    bool alike = !a->exec && !b->exec && a->insecure_skip_tls_verify == b->insecure_skip_tls_verify;
    for (size_t i = 0; i < sizeof of_connections / sizeof *of_connections && alike; i++) {
        const char *left = *(const char *const *)((const char *)a + of_connections[i]);
        const char *right = *(const char *const *)((const char *)b + of_connections[i]);
        alike = !left == !right && (!left || strcmp(left, right) == 0);
    }
    return alike;
}

static int make_transport(kube_access_t *access, const kube_access_plan_t *plan, const kube_access_t *before, kube_error_t *err)
{
    access->transport = plan->transport;
    if (plan->transport)
        return KUBE_OK;
    int code = KUBE_OK;
    if (before && connects_alike(before->config, access->config)) {
        access->member = kube_group_member_ref(before->member);
    } else {
        kube_transport_t *transport = NULL;
        code = kube_transport_new(access->config, &transport, err);
        if (code == KUBE_OK)
            code = kube_transport_group_add(plan->group, transport, &access->member, err);
    }
    if (code == KUBE_OK)
        access->transport = kube_group_member_transport(access->member);
    return code;
}

static int make_credentials(kube_access_t *access, const kube_access_plan_t *plan, kube_error_t *err)
{
    /* Nothing that proves who one is goes over a connection that anyone can read; as whom one acts is no secret. */
    for (size_t i = 0; i < access->servers.count; i++) {
        kube_url_t url;
        if (!kube_url_split(access->servers.urls[i], &url) || !url.https)
            return kube_impersonation_wrap(access->config, &access->credentials, err);
    }
    kube_client_options_t options = { .credentials = plan->has_hooks ? &plan->hooks : NULL, .exec_policy = plan->exec_policy,
                                      .exec_allowed = (const char *const *)plan->exec_allowed, .max_reply_bytes = plan->max_reply_bytes };
    return kube_credentials_new(access->config, &options, access->transport, &access->credentials, err);
}

/* The further servers are those of the cluster that the client was made for. */
static int make_servers(kube_access_t *access, const kube_access_plan_t *plan, kube_error_t *err)
{
    bool is_first = strcmp(access->config->server, plan->first_server) == 0;
    return kube_servers_init(&access->servers, access->config->server, is_first ? (const char *const *)plan->servers : NULL, err);
}

/* ---- the functions ---- */

int kube_access_new(const kube_access_plan_t *plan, kube_config_t *config, const char *ns, const kube_access_t *before, kube_access_t **out,
                    kube_error_t *err)
{
    *out = NULL;
    kube_access_t *access = kube_mem_zero(sizeof *access);
    if (!access) {
        kube_config_free(config);
        return kube_fail_memory(err);
    }
    atomic_init(&access->references, 1);
    access->config = config;
    access->ns = ns;
    access->gzip = plan->gzip && !config->disable_compression;
    int code = make_servers(access, plan, err);
    if (code == KUBE_OK)
        code = make_transport(access, plan, before, err);
    if (code == KUBE_OK)
        code = make_credentials(access, plan, err);
    if (code < 0) {
        kube_access_free(access);
        return code;
    }
    *out = access;
    return KUBE_OK;
}

kube_access_t *kube_access_ref(kube_access_t *access)
{
    atomic_fetch_add(&access->references, 1);
    return access;
}

void kube_access_free(kube_access_t *access)
{
    if (!access || atomic_fetch_sub(&access->references, 1) != 1)
        return;
    kube_credentials_free(access->credentials);
    kube_servers_dispose(&access->servers);
    kube_group_member_free(access->member);
    kube_config_free(access->config);
    kube_mem_free(access);
}

bool kube_access_is_same_cluster(const kube_access_t *a, const kube_access_t *b)
{
    bool same = a->servers.count == b->servers.count;
    for (size_t i = 0; i < a->servers.count && same; i++)
        same = strcmp(a->servers.urls[i], b->servers.urls[i]) == 0;
    return same;
}
