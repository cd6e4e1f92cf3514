/* The list of all cases, and which are not for which server. */
#include "cases.h"

#include <fnmatch.h>

const test_case_t *const all_cases[] = {
    verbs_create_cases, verbs_get_cases, verbs_update_cases, verbs_delete_cases, lists_cases, patch_cases, apply_cases, subresources_cases,
    errors_cases, forms_cases, each_cases, watch_events_cases, watch_faults_cases, retries_cases, cancel_cases, modes_cases, crd_cases, waits_cases,
    logs_cases, shared_cases, NULL,
};

#define ON_DEMAND "cannot be made to do this on demand"
#define OWN "the case starts a server of its own"

/* The only way not to run a case. Both are patterns. */
static const struct { const char *server, *name, *reason; } exemptions[] = {
    { "testserver", "error/tls-*", "speaks no TLS" },
    { "testserver", "error/unauthorized", "speaks no TLS, and without it nobody sends credentials" },
    { "testserver", "error/plain-http-to-a-tls-port", "speaks no TLS" },
    { "testserver-tls", "error/token-only-over-tls", "is about servers without TLS" },
    { "kube-apiserver-*", "error/token-only-over-tls", "is about servers without TLS" },
    { "kube-apiserver-*", "each/expired-in-mid-list", ON_DEMAND },
    { "kube-apiserver-*", "each/goes-on-inconsistently", ON_DEMAND },
    { "kube-apiserver-*", "watch/expired-while-away", ON_DEMAND },
    { "kube-apiserver-*", "watch/error-event", ON_DEMAND },
    { "kube-apiserver-*", "watch/busy-server", ON_DEMAND },
    { "kube-apiserver-*", "watch/failing-server", ON_DEMAND },
    { "kube-apiserver-*", "watch/half-closed", ON_DEMAND },
    { "kube-apiserver-*", "watch/forbidden-later", ON_DEMAND },
    { "kube-apiserver-*", "watch/server-drops-everything", ON_DEMAND },
    { "kube-apiserver-*", "watch/server-without-watch-list", OWN },
    { "kube-apiserver-*", "watch/bookmarks-save-from-expiry", OWN },
    { "kube-apiserver-*", "fault/*", ON_DEMAND },
    { "kube-apiserver-*", "cancel/before-a-retry", ON_DEMAND },
    { "kube-apiserver-*", "timeout/slow-server", ON_DEMAND },
    { "kube-apiserver-*", "limit/flood-of-headers", ON_DEMAND },
    { "kube-apiserver-*", "log/*", "there is no kubelet" },
    { "kube-apiserver-*", "watch/expired", "a new one knows its history from version 1 on; tests/cluster/streams has it compacted" },
    { "kube-apiserver-*", "watch/restarts-when-expired", "likewise" },
    { "kube-apiserver-*", "wait/rollout-of-pods", "there is no kubelet" },
    { "testserver*", "shared/one-connection", "speaks HTTP/1.1 only, where each watch has a connection" },
    { "testserver*", "error/forbidden", "allows everything to everyone" },
    { "testserver*", "error/flow-schema", "has no priority and fairness" },
    { "testserver*", "subresource/evict-429-is-the-answer", "has no disruption controller: fault/evict-429 is in its place" },
};

const char *exemption(const char *server, const char *case_name)
{
    for (size_t i = 0; i < COUNT(exemptions); i++) {
        if (fnmatch(exemptions[i].server, server, 0) == 0 && fnmatch(exemptions[i].name, case_name, 0) == 0)
            return exemptions[i].reason;
    }
    return NULL;
}
