/* Paths of the API: /api/v1/namespaces/<ns>/pods/<name>/status, /apis/<group>/<version>/... */
#include <kube/object.h>
#include <string.h>

#include "base/fail.h"
#include "base/escape.h"
#include "client/request.h"

int kube_check_segment(const char *what, const char *text, kube_error_t *err)
{
    if (!text || !*text)
        return kube_fail(err, KUBE_E_USAGE, "%s is missing", what);
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 || strpbrk(text, "/%"))
        return kube_fail(err, KUBE_E_USAGE, "%s \"%s\" must not be \".\" or \"..\" or contain \"/\" or \"%%\"", what, text);
    return KUBE_OK;
}

static void put_segment(kube_request_t *request, const char *text)
{
    kube_buffer_puts(&request->target, "/");
    kube_escape(&request->target, text, ":");
}

static int put_namespace(kube_request_t *request, const char *ns, bool across, kube_error_t *err)
{
    if (!ns)
        ns = request->access->ns;
    if (!*ns)
        return across ? KUBE_OK : kube_fail(err, KUBE_E_USAGE, "a namespace is needed: only lists go over all namespaces");
    int code = kube_check_segment("namespace", ns, err);
    if (code < 0)
        return code;
    kube_buffer_puts(&request->target, "/namespaces");
    put_segment(request, ns);
    return KUBE_OK;
}

int kube_request_collection(kube_request_t *request, const kube_resource_t *resource, const char *ns, bool across, kube_error_t *err)
{
    if (*resource->group) {
        kube_buffer_puts(&request->target, "/apis");
        put_segment(request, resource->group);
    } else {
        kube_buffer_puts(&request->target, "/api");
    }
    put_segment(request, resource->version);
    int code = resource->namespaced ? put_namespace(request, ns, across, err) : KUBE_OK;
    if (code == KUBE_OK)
        put_segment(request, resource->plural);
    return code;
}

int kube_request_object(kube_request_t *request, const kube_resource_t *resource, const char *ns, const char *name,
                        const char *subresource, kube_error_t *err)
{
    int code = kube_check_segment("name", name, err);
    if (code == KUBE_OK && subresource)
        code = kube_check_segment("subresource", subresource, err);
    if (code == KUBE_OK)
        code = kube_request_collection(request, resource, ns, false, err);
    if (code < 0)
        return code;
    kube_request_accept_form(request, resource, false);
    put_segment(request, name);
    if (subresource)
        put_segment(request, subresource);
    return KUBE_OK;
}

int kube_request_namespace(const kube_resource_t *resource, const char *ns, const kube_type_t *type, const void *object,
                           const char **out, kube_error_t *err)
{
    *out = ns;
    if (!resource->namespaced)
        return KUBE_OK;
    const char *own = kube_meta_namespace(type, object);
    if (!own || !*own)
        return KUBE_OK;
    if (ns && strcmp(ns, own) != 0)
        return kube_fail(err, KUBE_E_USAGE, "the object's namespace is \"%s\", the call's \"%s\"", own, ns);
    *out = own;
    return KUBE_OK;
}
