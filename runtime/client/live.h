/* How a client goes on being what its kubeconfig files say: it looks at them before requests, once a second at most. */
#ifndef KUBE_CLIENT_LIVE_H
#define KUBE_CLIENT_LIVE_H

#include <pthread.h>

#include "client/access.h"
#include "http/file_version.h"

/* A namespace that was in use: functions have handed it out. */
typedef struct kube_live_name {
    struct kube_live_name *next;
    char text[];
} kube_live_name_t;

typedef struct kube_live {
    kube_access_plan_t plan;
    kube_config_t *config;  /* what the program gave; NULL: nothing is followed */
    const char *context;    /* of config: the one to stay with; NULL: the files' choice */
    pthread_mutex_t lock;   /* guards what follows */
    pthread_cond_t looked;  /* a thread has ended looking */
    kube_access_t *current;
    int64_t look_at;        /* monotonic microseconds */
    bool looking;           /* a thread looks: what follows is its own */
    bool failed;            /* what the files said last could not be used: they are read again without having changed */
    kube_live_name_t *names;
    kube_file_version_t *files; /* as they were read; of config->files */
    char problem[160];      /* the last one that was told */
} kube_live_t;

/* Errors: as of kube_client_new. kube_live_dispose is due in any case. */
int kube_live_init(kube_live_t *live, const kube_config_t *config, const kube_client_options_t *options, kube_error_t *err);
/* All zero is allowed. */
void kube_live_dispose(kube_live_t *live);
/* The access to use now, with a reference of the caller's. Thread-safe. */
kube_access_t *kube_live_access(kube_client_t *client);
/*
 * The same, looking at the files in any case, for one who was refused with `used`: NULL when that is still what they say, or when they lead to another
 * cluster. Thread-safe.
 */
kube_access_t *kube_live_other(kube_client_t *client, const kube_access_t *used);

#endif
