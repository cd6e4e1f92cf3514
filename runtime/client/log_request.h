/* The request for a pod's log. */
#ifndef KUBE_CLIENT_LOG_REQUEST_H
#define KUBE_CLIENT_LOG_REQUEST_H

#include "client/request.h"

/* Makes the target and the Accept header. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY. */
int kube_log_request(kube_request_t *request, const kube_resource_t *resource, const char *ns, const char *name,
                     const kube_log_options_t *options, bool follow, kube_error_t *err);

#endif
