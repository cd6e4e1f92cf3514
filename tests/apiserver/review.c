/* Resources that are asked and not stored: reviews of access and identity, and bindings. */
#include "decode.h"
#include "state.h"
#include "status.h"
#include "subresource.h"
#include "verbs.h"

static json_t *user_info(const ts_user_t *user)
{
    json_t *info = ts_need(json_object());
    json_object_set_new(info, "username", ts_string(user->name));
    if (user->uid)
        json_object_set_new(info, "uid", ts_string(user->uid));
    if (user->groups)
        json_object_set(info, "groups", user->groups);
    return info;
}

static json_t *token_status(const ts_request_t *request, const json_t *review)
{
    const char *token = ts_text_at(review, "spec.token");
    const ts_credentials_t *credentials = &request->server->credentials;
    for (size_t i = 0; token && i < credentials->token_count; i++) {
        if (ts_is(credentials->tokens[i].token, token))
            return json_pack("{sb s{ss}}", "authenticated", 1, "user", "username", credentials->tokens[i].user);
    }
    return json_pack("{s{} ss}", "user", "error", "[invalid bearer token]");
}

static json_t *rules_status(void)
{
    return json_pack("{s[{s[s] s[s] s[s]}] s[{s[s] s[s]}] sb}", "resourceRules", "verbs", "*", "apiGroups", "*", "resources", "*",
                     "nonResourceRules", "verbs", "*", "nonResourceURLs", "*", "incomplete", 0);
}

static void answer(const ts_request_t *request, json_t *review)
{
    const char *kind = request->resource->api.kind;
    char now[TS_TIME_SIZE];
    json_t *status = NULL;
    if (ts_is(kind, "SelfSubjectReview")) {
        ts_now(request->server, now);
        ts_put(review, "metadata.creationTimestamp", ts_string(now));
        status = json_pack("{so}", "userInfo", user_info(&request->user));
    } else if (ts_is(kind, "TokenReview")) {
        status = token_status(request, review);
    } else if (ts_is(kind, "SelfSubjectRulesReview")) {
        status = rules_status();
    } else {
        status = json_pack("{sb}", "allowed", 1);
    }
    json_object_set_new(review, "status", ts_need(status));
}

void ts_review(ts_request_t *request, ts_reply_t *reply)
{
    const ts_api_t *api = &request->resource->api;
    json_t *body = NULL;
    if (!ts_body_object(request, request->resource->api_version, api->kind, &body, NULL, reply))
        return;
    if (!json_object_get(body, "metadata"))
        json_object_set_new(body, "metadata", ts_need(json_object()));
    if (ts_is(api->plural, "bindings")) {
        ts_resource_t *pods = ts_resource_find(request->server, "", "v1", "pods");
        const char *name = ts_text_at(body, "metadata.name");
        if (pods)
            ts_bind(request, pods, name ? name : "", body, reply);
        else
            ts_status_unknown_resource(reply);
        json_decref(body);
        return;
    }
    answer(request, body);
    ts_reply_json(reply, 201, body);
}
