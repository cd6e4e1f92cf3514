/* A thread that watches the demo's Deployment and prints what happens to it. */
#ifndef WATCHER_H
#define WATCHER_H

#include <kube/kube.h>
#include <pthread.h>

typedef struct watcher {
    kube_client_t *client;
    const char *ns;
    const char *name;
    kube_cancel_t *stop;
    pthread_t thread;
    int events;
    int code; /* how the watch ended */
    bool started;
} watcher_t;

/* Begins it. */
int watcher_start(watcher_t *watcher, kube_client_t *client, const char *ns, const char *name);
/* Ends the watch and its thread. */
void watcher_stop(watcher_t *watcher);

#endif
