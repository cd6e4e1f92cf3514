/* The server that cases run against, and what each case gets before it runs. */
#ifndef CONFORMANCE_SERVER_H
#define CONFORMANCE_SERVER_H

#include "conformance.h"

/* Finds out about the server of a kubeconfig, or (NULL) starts a kube-testserver; false, and the reason on stderr, when that fails. */
bool server_open(server_t *server, const char *kubeconfig, bool tls);
void server_close(server_t *server);

/* Gives a case its client and its namespace; false: it has failed. */
bool test_begin(test_t *t);
/* Undoes what the case deferred. */
void test_end(test_t *t);

#endif
