/* What the blocks of C in the pages of docs take for granted: headers, and names that the text around them explains. */
#include <errno.h>
#include <kube/k8s.h>
#include <kube/kube.h>
#include <kube/test/server.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static kube_client_t *client;
static kube_config_t *config;
static kube_error_t err;
static int code;
static int epoll;
static const kube_core_v1_pod_t *pod;
static const kube_apps_v1_deployment_t *deployment;
static kube_core_v1_config_map_t map;
static kube_scheme_t *scheme;
