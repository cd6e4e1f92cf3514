#include "config/config_follow.h"

#include "base/fail.h"
#include "config/config_origin.h"
#include "config/config_setting.h"

bool kube_config_is_followed(const kube_config_t *config)
{
    return config->origin && config->origin->said && !config->origin->in_cluster;
}

static bool keep_changes(const kube_config_t *said, const kube_config_t *mine, kube_config_t *now)
{
    KUBE_EACH_SETTING(field, &kube_config_settings) {
        if (field->part == KUBE_PART_NOWHERE || kube_setting_equal(field, said, mine))
            continue;
        kube_setting_clear(field, now);
        if (!kube_setting_copy(field, now, mine))
            return false;
    }
    return true;
}

int kube_config_follow(const kube_config_t *config, const char *context, kube_config_t **out, kube_error_t *err)
{
    const kube_config_origin_t *origin = config->origin;
    int code = kube_config_read_again(origin, context ? context : origin->options.context, out, err);
    if (code < 0)
        return code;
    code = keep_changes(origin->said, config, *out) ? kube_config_check(*out, err) : kube_fail_memory(err);
    if (code < 0) {
        kube_config_free(*out);
        *out = NULL;
    }
    return code;
}
