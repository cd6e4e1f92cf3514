#include <kube/config.h>

#include "base/memory.h"
#include "config/config_setting.h"
#include "config/config_origin.h"

kube_config_t *kube_config_dup(const kube_config_t *config)
{
    kube_config_t *copy = config ? kube_mem_zero(sizeof *copy) : NULL;
    if (!copy)
        return NULL;
    copy->origin = kube_config_origin_ref(config->origin);
    if (!kube_settings_copy(&kube_config_settings, copy, config)) {
        kube_config_free(copy);
        return NULL;
    }
    return copy;
}

void kube_config_free(kube_config_t *config)
{
    if (!config)
        return;
    kube_settings_clear(&kube_config_settings, config);
    kube_config_origin_free(config->origin);
    kube_mem_free(config);
}

bool kube_config_equal(const kube_config_t *a, const kube_config_t *b)
{
    if (!a || !b)
        return a == b;
    KUBE_EACH_SETTING(field, &kube_config_settings) {
        if (field->part != KUBE_PART_NOWHERE && !kube_setting_equal(field, a, b))
            return false;
    }
    return true;
}
