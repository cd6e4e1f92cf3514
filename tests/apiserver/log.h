/* Logs of containers: text that grows, and who follows it. */
#ifndef TS_LOG_H
#define TS_LOG_H

#include "request.h"

/* What was appended at one time. */
typedef struct ts_log_part {
    size_t end; /* in the text */
    kube_time_t time;
} ts_log_part_t;

typedef struct ts_log {
    struct ts_log *next;
    char *key; /* "ns/pod/container" */
    kube_buffer_t text;
    ts_log_part_t *parts;
    size_t part_count;
    bool ended;
    struct ts_exchange *followers;
} ts_log_t;

/* GET pods/<name>/log; with the lock. */
void ts_log_serve(ts_request_t *request, ts_reply_t *reply);
void ts_log_free(ts_log_t *log);

#endif
