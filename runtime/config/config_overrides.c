#include "config/config_overrides.h"

#include "base/memory.h"
#include "config/config_setting.h"

/* Fields that replace each other as a group, by their offsets. When one of `by` is set, all of the group are replaced. */
typedef struct group {
    size_t by[3];
    size_t members[3];
} group_t;

#define AT(member) offsetof(kube_config_t, member)
#define NONE SIZE_MAX

static const group_t groups[] = {
    { { AT(server), AT(tls_server_name), NONE }, { AT(tls_server_name), NONE, NONE } },
    { { AT(ca_file), AT(ca_pem), AT(insecure_skip_tls_verify) }, { AT(ca_file), AT(ca_pem), AT(insecure_skip_tls_verify) } },
    { { AT(client_certificate_file), AT(client_certificate_pem), AT(client_certificate_uri) },
      { AT(client_certificate_file), AT(client_certificate_pem), AT(client_certificate_uri) } },
    { { AT(client_key_file), AT(client_key_pem), AT(client_key_uri) },
      { AT(client_key_file), AT(client_key_pem), AT(client_key_uri) } },
    { { AT(client_key_passphrase), AT(client_key_passphrase_file), NONE },
      { AT(client_key_passphrase), AT(client_key_passphrase_file), NONE } },
    { { AT(token), AT(token_file), NONE }, { AT(token), AT(token_file), NONE } },
};

static bool is_among(const size_t offsets[3], size_t offset)
{
    return offsets[0] == offset || offsets[1] == offset || offsets[2] == offset;
}

static const kube_setting_t *setting_of(size_t offset)
{
    KUBE_EACH_SETTING(setting, &kube_config_settings) {
        if (setting->offset == offset)
            return setting;
    }
    return NULL;
}

bool kube_setting_is_replaced(const kube_setting_t *setting, const kube_config_t *overrides)
{
    size_t offset = setting->offset;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (!is_among(groups[i].members, offset))
            continue;
        for (size_t j = 0; j < 3 && groups[i].by[j] != NONE; j++) {
            if (kube_setting_is_set(setting_of(groups[i].by[j]), overrides))
                return true;
        }
    }
    return kube_setting_is_set(setting, overrides);
}

/* What only a kubeconfig can say. */
static bool is_chosen(const kube_setting_t *setting)
{
    return setting->part == KUBE_PART_NOWHERE || setting->offset == AT(cluster) || setting->offset == AT(user);
}

bool kube_config_override(kube_config_t *config, const kube_config_options_t *options)
{
    const kube_config_t *overrides = options ? options->overrides : NULL;
    if (overrides) {
        KUBE_EACH_SETTING(setting, &kube_config_settings) {
            if (is_chosen(setting) || !kube_setting_is_replaced(setting, overrides))
                continue;
            kube_setting_clear(setting, config);
            if (!kube_setting_copy(setting, config, overrides))
                return false;
        }
    }
    if (!options || !options->ns || !*options->ns)
        return true;
    kube_mem_free((char *)config->ns);
    config->ns = kube_mem_strdup(options->ns);
    return config->ns;
}
