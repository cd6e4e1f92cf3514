#include <kube/json.h>
#include <kube/meta/v1.h>
#include <kube/object.h>
#include <kube/server.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "client/code.h"

/* Letters, digits and what names of checks have besides; no empty part, no "..". */
static int check_path(const char *check, kube_error_t *err)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/";
    if (*check && *check != '/' && check[strspn(check, plain)] == '\0' && !strstr(check, "//") && !strstr(check, ".."))
        return KUBE_OK;
    return kube_fail(err, KUBE_E_USAGE, "\"%s\" is not the path of a check", check);
}

/* Appends the names of the lines `[-]etcd failed: reason withheld`, commas between them. */
static void list_failed(const char *report, char *names, size_t size)
{
    size_t used = 0;
    names[0] = '\0';
    for (const char *line = report; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, "[-]", 3) != 0)
            continue;
        int len = snprintf(names + used, size - used, "%s%.*s", used ? ", " : "", (int)strcspn(line + 3, " \n"), line + 3);
        used += (size_t)len < size - used ? (size_t)len : size - used - 1;
    }
}

static int fail_with_status(int code, int http_status, const kube_buffer_t *reply, const char *check, kube_error_t *err)
{
    kube_meta_v1_status_t *status = NULL;
    kube_json_decode(&kube_meta_v1_status_type, reply->data, reply->len, NULL, &status, NULL);
    if (status && status->message)
        kube_fail(err, code, "%s: %s", check, status->message);
    else
        kube_fail(err, code, "%s: the server answered %d", check, http_status);
    kube_free(status);
    return code;
}

static int judge(int http_status, const kube_buffer_t *reply, const char *check, kube_error_t *err)
{
    char names[400];
    if (http_status >= 200 && http_status <= 206)
        return KUBE_OK;
    if (err)
        err->http_status = http_status;
    list_failed(reply->data ? reply->data : "", names, sizeof names);
    if (*names)
        return kube_fail(err, KUBE_E_SERVER, "%s: %s failed", check, names);
    return fail_with_status(kube_code_of_reply(NULL, http_status), http_status, reply, check, err);
}

int kube_server_health(kube_client_t *client, const char *check, const kube_call_t *call, kube_buffer_t *report,
                       kube_error_t *err)
{
    kube_error_reset(err);
    check = check ? check : "readyz";
    int http_status = 0, code = check_path(check, err);
    if (code < 0)
        return code;
    kube_buffer_t path = { 0 }, reply = { 0 };
    kube_buffer_printf(&path, "/%s?verbose", check);
    kube_raw_request_t request = { .path = path.data, .accept = "text/plain, */*", .any_status = true,
                                   .http_status = &http_status };
    if (call)
        request.call = *call;
    code = path.failed ? kube_fail_memory(err) : kube_raw(client, &request, &reply, err);
    if (code == KUBE_OK)
        code = judge(http_status, &reply, check, err);
    if (report && http_status) {
        kube_buffer_append(report, reply.data, reply.len);
        code = report->failed ? kube_fail_memory(err) : code;
    }
    kube_buffer_dispose(&path);
    kube_buffer_dispose(&reply);
    return code;
}
