/* The error code that a server's refusal stands for. */
#ifndef KUBE_CLIENT_CODE_H
#define KUBE_CLIENT_CODE_H

/* reason: of the Status, NULL when there is none; where it is not known the HTTP status decides. Never KUBE_OK. */
int kube_code_of_reply(const char *reason, int http_status);

#endif
