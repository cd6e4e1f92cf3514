#include "client/observe.h"

#include <stdio.h>
#include <string.h>

#include "client/code.h"
#include "client/hook_log.h"
#include "client/warning.h"

/* The code that the API server's warnings have. */
#define WARNING_CODE 299

static void log_request(const kube_fetch_t *fetch, const kube_request_info_t *info)
{
    if (!fetch->client->hooks.log)
        return;
    if (info->limited_us >= 50000)
        kube_hook_log(fetch->client, KUBE_LOG_INFO, "%s %s waited %lld ms for the client's own rate limit", info->method, info->path,
                          (long long)(info->limited_us / 1000));
    kube_hook_log(fetch->client, info->code < 0 && info->http_status == 0 ? KUBE_LOG_WARNING : KUBE_LOG_DEBUG,
                      "%s %s%s: %d %s, attempt %d, %lld ms", info->method, info->server, info->path, info->http_status,
                      kube_code_name(info->code), info->attempt, (long long)(info->total_us / 1000));
}

void kube_observe_request(const kube_fetch_t *fetch, const kube_exchange_state_t *state, int code)
{
    const kube_hooks_t *hooks = &fetch->client->hooks;
    if (!hooks->request && !hooks->log)
        return;
    char path[512];
    const char *target = fetch->request->target.data;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(target, "?"), target);
    int status = fetch->head.status;
    kube_request_info_t info = {
        .method = fetch->request->method, .server = fetch->access->servers.urls[fetch->server], .path = path,
        .code = code < 0 || (status >= 200 && status <= 206) ? code : kube_code_of_reply(NULL, status), .http_status = status,
        .attempt = fetch->attempt, .received_bytes = state->received, .limited_us = fetch->limited,
        .first_byte_us = state->head_at ? state->head_at - fetch->started : 0, .total_us = kube_now_us() - fetch->started,
        .audit_id = *fetch->head.audit_id ? fetch->head.audit_id : NULL,
    };
    kube_request_body(fetch->request, &info.sent_bytes);
    if (fetch->request->resource) {
        info.group = fetch->request->resource->group;
        info.resource = fetch->request->resource->plural;
    }
    log_request(fetch, &info);
    if (hooks->request)
        hooks->request(hooks->userdata, &info);
}

void kube_observe_warnings(const kube_fetch_t *fetch, const kube_buffer_t *warnings)
{
    const kube_hooks_t *hooks = &fetch->client->hooks;
    if (!hooks->warning || warnings->len == 0 || warnings->failed)
        return;
    kube_buffer_t copy = { 0 };
    kube_buffer_append(&copy, warnings->data, warnings->len);
    kube_warning_t warning;
    char *rest = NULL;
    for (char *line = copy.failed ? NULL : strtok_r(copy.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        while (kube_warning_next(&line, &warning)) {
            if (warning.code == WARNING_CODE)
                hooks->warning(hooks->userdata, warning.code, warning.agent, warning.text);
        }
    }
    kube_buffer_dispose(&copy);
}
