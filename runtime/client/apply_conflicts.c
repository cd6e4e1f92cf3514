/* The conflicts of server-side apply: `conflict with "kubectl" with subresource "status" using apps/v1 at
 * 2026-01-02T15:04:05Z`. */
#include <kube/conflict.h>
#include <kube/meta/v1.h>
#include <kube/time.h>
#include <string.h>

#include "base/fail.h"

static bool skip(const char **at, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    return true;
}

/* A quoted string with the escapes of Go that a name can need. */
static bool read_quoted(const char **at, char *to, size_t size)
{
    char text[512];
    size_t len = 0;
    if (**at != '"')
        return false;
    for ((*at)++; **at && **at != '"'; (*at)++) {
        if (**at == '\\' && ((*at)[1] == '"' || (*at)[1] == '\\'))
            (*at)++;
        if (len < sizeof text)
            text[len++] = **at;
    }
    if (**at != '"')
        return false;
    (*at)++;
    kube_copy_cut(to, size, text, len);
    return true;
}

static void read_message(const char *at, kube_conflict_t *conflict)
{
    if (!skip(&at, "conflict with ") || !read_quoted(&at, conflict->manager, sizeof conflict->manager))
        return;
    if (skip(&at, " with subresource ") && !read_quoted(&at, conflict->subresource, sizeof conflict->subresource))
        return;
    if (!skip(&at, " using "))
        return;
    size_t len = strcspn(at, " ");
    kube_copy_cut(conflict->api_version, sizeof conflict->api_version, at, len);
    at += len;
    if (skip(&at, " at "))
        kube_time_from_text(at, strlen(at), &conflict->time);
}

size_t kube_status_conflicts(const kube_meta_v1_status_t *status, kube_conflict_t *items, size_t capacity)
{
    size_t count = 0;
    if (!status || !status->details)
        return 0;
    for (size_t i = 0; i < status->details->causes.len; i++) {
        const kube_meta_v1_status_cause_t *cause = &status->details->causes.items[i];
        if (!cause->reason || strcmp(cause->reason, "FieldManagerConflict") != 0)
            continue;
        if (count < capacity) {
            kube_conflict_t *conflict = &items[count];
            *conflict = (kube_conflict_t){ .field = cause->field ? cause->field : "",
                                           .message = cause->message ? cause->message : "" };
            read_message(conflict->message, conflict);
        }
        count++;
    }
    return count;
}
