#include "auth/exec.h"

#include <string.h>

#include "auth/made.h"
#include "auth/plugin.h"
#include "base/fail.h"
#include "base/memory.h"

#define MARGIN_SECONDS 60

typedef struct exec_maker {
    kube_maker_t base;
    kube_config_t *config;
    kube_plugin_policy_t policy;
    kube_process_t process;
} exec_maker_t;

static int start(kube_maker_t *base, kube_error_t *err)
{
    exec_maker_t *maker = (exec_maker_t *)base;
    return kube_plugin_start(maker->config, &maker->policy, &maker->process, err);
}

static bool look(kube_maker_t *base)
{
    return kube_process_look(&((exec_maker_t *)base)->process);
}

static int end(kube_maker_t *base, kube_made_t *out, kube_error_t *err)
{
    exec_maker_t *maker = (exec_maker_t *)base;
    return kube_plugin_end(maker->config, &maker->process, out, err);
}

static int reject(kube_maker_t *base, int code, const char *problem, kube_error_t *err)
{
    return kube_plugin_fail(((exec_maker_t *)base)->config, code, problem, err);
}

static void stop(kube_maker_t *base)
{
    kube_process_dispose(&((exec_maker_t *)base)->process);
}

static void free_maker(kube_maker_t *base)
{
    exec_maker_t *maker = (exec_maker_t *)base;
    kube_process_dispose(&maker->process);
    for (char **name = maker->policy.allowed; name && *name; name++)
        kube_mem_free(*name);
    kube_mem_free(maker->policy.allowed);
    kube_config_free(maker->config);
    kube_mem_free(maker);
}

/* Whether a name in a list can be compared with what is run: a name alone, or the one way to write an absolute path. */
static bool is_clean(const char *name)
{
    if (!strchr(name, '/'))
        return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
    for (const char *part = name; *part == '/'; part += 1 + strcspn(part + 1, "/")) {
        size_t len = strcspn(part + 1, "/");
        if (len == 0 || (len == 1 && part[1] == '.') || (len == 2 && part[1] == '.' && part[2] == '.'))
            return false;
    }
    return *name == '/';
}

static int check_policy(const kube_client_options_t *options, kube_error_t *err)
{
    if (options->exec_policy == KUBE_EXEC_DENY_ALL)
        return kube_fail(err, KUBE_E_CONFIG, "exec: the client's policy allows no plugins");
    if (options->exec_policy != KUBE_EXEC_ALLOW_LISTED)
        return KUBE_OK;
    if (!options->exec_allowed || !*options->exec_allowed)
        return kube_fail(err, KUBE_E_CONFIG, "exec: the client's list of plugins is empty");
    for (const char *const *name = options->exec_allowed; *name; name++) {
        if (!is_clean(*name))
            return kube_fail(err, KUBE_E_CONFIG, "exec: \"%s\" in the client's list of plugins is neither a name nor a clean absolute path", *name);
    }
    return KUBE_OK;
}

static int copy_policy(const kube_client_options_t *options, kube_plugin_policy_t *policy, kube_error_t *err)
{
    size_t count = 0;
    while (options->exec_allowed && options->exec_allowed[count])
        count++;
    policy->policy = options->exec_policy;
    policy->max_output = options->max_reply_bytes;
    policy->allowed = kube_mem_zero((count + 1) * sizeof *policy->allowed);
    if (!policy->allowed)
        return kube_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!(policy->allowed[i] = kube_mem_strdup(options->exec_allowed[i])))
            return kube_fail_memory(err);
    }
    return KUBE_OK;
}

int kube_exec_credentials_new(const kube_config_t *config, const kube_client_options_t *options, kube_transport_t *transport,
                              kube_credentials_t **out, kube_error_t *err)
{
    *out = NULL;
    /* Who has a certificate needs no plugin; kubectl runs none either. */
    if (!config->exec || config->client_certificate_file || config->client_certificate_pem || config->client_certificate_uri)
        return KUBE_OK;
    int code = check_policy(options, err);
    if (code < 0)
        return code;
    exec_maker_t *maker = kube_mem_zero(sizeof *maker);
    if (!maker)
        return kube_fail_memory(err);
    maker->base = (kube_maker_t){ .kind = "exec plugin", .start = start, .look = look, .end = end, .reject = reject, .stop = stop, .free = free_maker };
    maker->config = kube_config_dup(config);
    maker->base.name = maker->config ? maker->config->exec->command : NULL;
    code = maker->config ? copy_policy(options, &maker->policy, err) : kube_fail_memory(err);
    if (code < 0) {
        free_maker(&maker->base);
        return code;
    }
    return kube_made_credentials_new(&maker->base, MARGIN_SECONDS, NULL, transport, out, err);
}
