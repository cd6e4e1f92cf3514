/* A configuration that goes on being what its files say. */
#ifndef KUBE_CONFIG_CONFIG_FOLLOW_H
#define KUBE_CONFIG_CONFIG_FOLLOW_H

#include <kube/config.h>

/* Whether it can be followed: it was read from kubeconfig files, by kube_config_load, _default or _reload, or is a copy of such. */
bool kube_config_is_followed(const kube_config_t *config);
/*
 * What config's files say now; fields that the program changed since they were read stay as they are in config. context: the one to stay
 * with; NULL: as its options say. Errors: as of kube_config_reload.
 */
int kube_config_follow(const kube_config_t *config, const char *context, kube_config_t **out, kube_error_t *err);

/* load.c: reads again what an origin tells of, in a context (NULL: the current one). */
int kube_config_read_again(const kube_config_origin_t *origin, const char *context, kube_config_t **out, kube_error_t *err);

#endif
