#include "config/config_origin.h"

#include "base/memory.h"
#include "config/config_setting.h"

static bool copy_text(const char **to, const char *from)
{
    *to = kube_mem_strdup(from);
    return *to || !from;
}

static bool copy_files(kube_config_origin_t *to, const kube_string_list_t *from)
{
    to->files.items = kube_mem_zero((from->len + 1) * sizeof *from->items);
    for (size_t i = 0; i < from->len && to->files.items; i++) {
        if (!copy_text(&to->files.items[i], from->items[i]))
            return false;
        to->files.len++;
    }
    return to->files.items;
}

static bool copy_options(kube_config_options_t *to, const kube_config_options_t *from)
{
    to->overrides = kube_config_dup(from->overrides);
    return copy_text(&to->context, from->context) && copy_text(&to->cluster, from->cluster) && copy_text(&to->user, from->user) &&
           copy_text(&to->ns, from->ns) && !to->overrides == !from->overrides;
}

kube_config_origin_t *kube_config_origin_new(const kube_config_origin_t *from)
{
    kube_config_origin_t *origin = kube_mem_zero(sizeof *origin);
    if (!origin)
        return NULL;
    atomic_init(&origin->references, 1);
    origin->in_cluster = from->in_cluster;
    origin->must_exist = from->must_exist;
    origin->pods_namespace = from->pods_namespace;
    if (!copy_text(&origin->directory, from->directory) || !copy_files(origin, &from->files) ||
        !copy_options(&origin->options, &from->options)) {
        kube_config_origin_free(origin);
        return NULL;
    }
    return origin;
}

bool kube_config_set_origin(kube_config_t *config, const kube_config_origin_t *from)
{
    config->origin = kube_config_origin_new(from);
    if (!config->origin)
        return false;
    const kube_string_list_t *files = &from->files;
    config->files.items = files->len ? kube_mem_zero(files->len * sizeof *files->items) : NULL;
    for (size_t i = 0; i < files->len && config->files.items; i++) {
        if (!copy_text(&config->files.items[i], files->items[i]))
            return false;
        config->files.len++;
    }
    return config->files.items || files->len == 0;
}

bool kube_config_keep_said(kube_config_t *config)
{
    kube_config_t plain = *config;
    plain.origin = NULL;
    kube_config_origin_t *origin = (kube_config_origin_t *)config->origin;
    origin->said = kube_config_dup(&plain);
    return origin->said;
}

const kube_config_origin_t *kube_config_origin_ref(const kube_config_origin_t *origin)
{
    if (origin)
        atomic_fetch_add(&((kube_config_origin_t *)origin)->references, 1);
    return origin;
}

void kube_config_origin_free(const kube_config_origin_t *shared)
{
    kube_config_origin_t *origin = (kube_config_origin_t *)shared;
    if (!origin || atomic_fetch_sub(&origin->references, 1) != 1)
        return;
    for (size_t i = 0; i < origin->files.len; i++)
        kube_mem_free((char *)origin->files.items[i]);
    kube_mem_free(origin->files.items);
    kube_mem_free((char *)origin->directory);
    kube_mem_free((char *)origin->options.context);
    kube_mem_free((char *)origin->options.cluster);
    kube_mem_free((char *)origin->options.user);
    kube_mem_free((char *)origin->options.ns);
    kube_config_free((kube_config_t *)origin->options.overrides);
    kube_config_free(origin->said);
    kube_mem_free(origin);
}
