/* What the server adds to objects, and whether a namespace takes them. */
#ifndef TS_ADMISSION_H
#define TS_ADMISSION_H

#include "request.h"

/* The namespace must exist and not be on its way out; loading makes it. False: the reply says why not. */
bool ts_admit_namespace(const ts_request_t *request, const char *name, ts_reply_t *reply);
/* What a new object of a built-in kind is given beyond the defaults of its schema: a status, a pod's service account, a cluster IP. */
void ts_complete_new(const ts_request_t *request, json_t *object);
/* Defaults that the real server's code fills in and no schema tells; on every write. */
void ts_complete(const ts_request_t *request, json_t *object);
/* The same, behind the owners of fields. */
void ts_complete_unowned(const ts_request_t *request, json_t *object);
/* Makes a namespace if it is not there. */
void ts_ensure_namespace(kube_test_server_t *server, const char *name);

#endif
