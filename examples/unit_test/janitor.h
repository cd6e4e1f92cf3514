/* What examples/unit_test/main.c does, as a function, so that it can be tested. */
#ifndef JANITOR_H
#define JANITOR_H

#include <kube/client.h>

/* Deletes the pods of a namespace that have ended (Succeeded, Failed). *swept: how many. */
int janitor_sweep(kube_client_t *client, const char *ns, int *swept, kube_error_t *err);

#endif
