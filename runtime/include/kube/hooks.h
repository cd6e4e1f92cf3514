/* How a program hears what a client does: warnings of the server, lines for a log, figures of each request. No global state. */
#ifndef KUBE_HOOKS_H
#define KUBE_HOOKS_H

#include <kube/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum kube_log_level { KUBE_LOG_ERROR = 1, KUBE_LOG_WARNING, KUBE_LOG_INFO, KUBE_LOG_DEBUG } kube_log_level_t;

/* One HTTP request that has ended. Borrowed for the call. New fields are only appended. */
typedef struct kube_request_info {
    const char *method;
    const char *server;         /* base URL */
    const char *path;           /* without the query */
    const char *group;          /* of the resource; NULL: a raw request */
    const char *resource;       /* plural name; NULL: a raw request */
    int code;                   /* KUBE_OK or KUBE_E_* of this attempt; of a refusal, what its HTTP status says: 409 is KUBE_E_CONFLICT, whatever the reason */
    int http_status;            /* 0: no reply */
    int attempt;                /* from 1 */
    size_t sent_bytes;          /* of the body */
    size_t received_bytes;      /* of the body */
    int64_t limited_us;         /* waited for the client's own rate limit, microseconds */
    int64_t first_byte_us;      /* from the start of the attempt to the head of the reply; 0: none came */
    int64_t total_us;           /* of the attempt */
    const char *audit_id;       /* of the reply; NULL: none */
} kube_request_info_t;

/*
 * Functions of the program's own, each may be NULL. They are called in the thread that owns the call, never inside a lock of the library; several threads
 * may call them at once. They must not free the client. New functions are only appended.
 */
typedef struct kube_hooks {
    void *userdata; /* handed to each function */
    /* A Warning header of a reply (RFC 9111, code 299): deprecated APIs, unknown fields. text: unquoted. */
    void (*warning)(void *userdata, int code, const char *agent, const char *text);
    /* A line without a newline; it never holds a secret. */
    void (*log)(void *userdata, kube_log_level_t level, const char *line);
    void (*request)(void *userdata, const kube_request_info_t *info);
} kube_hooks_t;

#ifdef __cplusplus
}
#endif
#endif
