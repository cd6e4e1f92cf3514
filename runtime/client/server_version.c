#include <kube/server.h>
#include <string.h>

#include "base/fail.h"
#include "object/tree.h"

static const char *text_of(const kube_value_t *info, const char *name, size_t *len)
{
    const kube_value_t *value = kube_object_gets(info, name);
    *len = value && value->kind == KUBE_VALUE_STRING ? value->len : 0;
    return *len ? value->text : "";
}

/* The digits that a text begins with. */
static int number_of(const kube_value_t *info, const char *name)
{
    size_t len;
    const char *text = text_of(info, name, &len);
    int number = 0;
    for (size_t i = 0; i < len && i < 6 && text[i] >= '0' && text[i] <= '9'; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

static void copy_text(const kube_value_t *info, const char *name, char *to, size_t size)
{
    size_t len;
    const char *text = text_of(info, name, &len);
    kube_copy_cut(to, size, text, len);
}

static void fill(const kube_value_t *info, kube_version_info_t *out)
{
    out->major = number_of(info, "major");
    out->minor = number_of(info, "minor");
    out->emulation_major = number_of(info, "emulationMajor");
    out->emulation_minor = number_of(info, "emulationMinor");
    out->min_compatibility_major = number_of(info, "minCompatibilityMajor");
    out->min_compatibility_minor = number_of(info, "minCompatibilityMinor");
    copy_text(info, "gitVersion", out->git_version, sizeof out->git_version);
    copy_text(info, "gitCommit", out->git_commit, sizeof out->git_commit);
    copy_text(info, "gitTreeState", out->git_tree_state, sizeof out->git_tree_state);
    copy_text(info, "buildDate", out->build_date, sizeof out->build_date);
    copy_text(info, "goVersion", out->go_version, sizeof out->go_version);
    copy_text(info, "compiler", out->compiler, sizeof out->compiler);
    copy_text(info, "platform", out->platform, sizeof out->platform);
}

static int decode(const kube_buffer_t *reply, kube_version_info_t *out, kube_error_t *err)
{
    kube_tree_t tree = { .err = err };
    kube_value_t *info = kube_value_parse(&tree, reply->data ? reply->data : "", reply->len, "version");
    int code = info ? KUBE_OK : tree.code;
    if (info && info->kind != KUBE_VALUE_OBJECT)
        code = kube_fail(err, KUBE_E_PARSE, "the reply is not a JSON object");
    if (code == KUBE_OK)
        fill(info, out);
    kube_tree_dispose(&tree);
    return code;
}

int kube_server_version(kube_client_t *client, const kube_call_t *call, kube_version_info_t *out, kube_error_t *err)
{
    kube_error_reset(err);
    if (!out)
        return kube_fail(err, KUBE_E_USAGE, "out is NULL");
    *out = (kube_version_info_t){ 0 };
    kube_buffer_t reply = { 0 };
    kube_raw_request_t request = { .path = "/version" };
    if (call)
        request.call = *call;
    int code = kube_raw(client, &request, &reply, err);
    if (code == KUBE_OK)
        code = decode(&reply, out, err);
    kube_buffer_dispose(&reply);
    return code;
}
