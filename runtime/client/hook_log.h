/* The lines that a client writes into its program's log. */
#ifndef KUBE_CLIENT_HOOK_LOG_H
#define KUBE_CLIENT_HOOK_LOG_H

#include "client/client.h"

/* Hands a line to the client's log hook, if it has one; what is longer than a kilobyte is cut. Thread-safe if the hook is. */
void kube_hook_log(const kube_client_t *client, kube_log_level_t level, const char *format, ...) KUBE_FORMAT(3, 4);

#endif
