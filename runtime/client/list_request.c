#include "client/list_request.h"

#include "base/fail.h"
#include "base/memory.h"

int kube_list_request_path(kube_request_t *request, const kube_resource_t *resource, const char *ns, kube_error_t *err)
{
    int code = kube_check_resource(resource, err);
    if (code == KUBE_OK && !resource->list_type)
        code = kube_fail(err, KUBE_E_USAGE, "%s cannot be listed", resource->plural);
    if (code == KUBE_OK)
        code = kube_check_type(resource->list_type, err);
    if (code == KUBE_OK)
        kube_request_accept_form(request, resource, true);
    request->bulk = true;
    return code == KUBE_OK ? kube_request_collection(request, resource, ns, true, err) : code;
}

int kube_check_list_options(const kube_list_options_t *options, bool any_limit, kube_error_t *err)
{
    if (options->limit < 0 && !any_limit)
        return kube_fail(err, KUBE_E_USAGE, "limit is negative");
    return options->timeout_seconds < 0 ? kube_fail(err, KUBE_E_USAGE, "timeout_seconds is negative") : KUBE_OK;
}

void kube_query_list(kube_request_t *request, const kube_list_options_t *options)
{
    kube_query_text(request, "continue", options->continue_);
    kube_query_text(request, "fieldSelector", options->field_selector);
    kube_query_text(request, "labelSelector", options->label_selector);
    if (options->limit > 0)
        kube_query_number(request, "limit", options->limit);
    kube_query_text(request, "resourceVersion", options->resource_version);
    kube_query_text(request, "resourceVersionMatch", options->resource_version_match);
    if (options->timeout_seconds)
        kube_query_number(request, "timeoutSeconds", options->timeout_seconds);
}

/* ---- pages ---- */

static bool copy(char **to, const char *text)
{
    *to = text ? kube_mem_strdup(text) : NULL;
    return *to || !text;
}

/* An empty token is none: it is what the last page of a list has. */
static bool copy_token(char **to, const char *text)
{
    return copy(to, text && *text ? text : NULL);
}

int kube_pages_begin(kube_pages_t *pages, const kube_request_t *request, const kube_list_options_t *options, kube_error_t *err)
{
    static const kube_list_options_t defaults;
    options = options ? options : &defaults;
    *pages = (kube_pages_t){ .path_len = request->target.len, .timeout_seconds = options->timeout_seconds };
    int code = kube_check_list_options(options, true, err);
    if (code < 0)
        return code;
    if (options->limit >= 0)
        pages->limit = options->limit ? options->limit : KUBE_PAGE_ITEMS;
    bool copied = copy(&pages->label_selector, options->label_selector) &&
                  copy(&pages->field_selector, options->field_selector) &&
                  copy(&pages->resource_version, options->resource_version) &&
                  copy(&pages->resource_version_match, options->resource_version_match) &&
                  copy_token(&pages->token, options->continue_);
    return copied ? KUBE_OK : kube_fail_memory(err);
}

void kube_pages_dispose(kube_pages_t *pages)
{
    kube_mem_free(pages->label_selector);
    kube_mem_free(pages->field_selector);
    kube_mem_free(pages->resource_version);
    kube_mem_free(pages->resource_version_match);
    kube_mem_free(pages->token);
    *pages = (kube_pages_t){ 0 };
}

int kube_pages_next(const kube_pages_t *pages, kube_request_t *request, kube_error_t *err)
{
    kube_list_options_t options = {
        .label_selector = pages->label_selector, .field_selector = pages->field_selector, .limit = pages->limit,
        .continue_ = pages->token, .timeout_seconds = pages->timeout_seconds,
    };
    /* The token says which version it is the continuation of: servers refuse another word on it. */
    if (!pages->token) {
        options.resource_version = pages->resource_version;
        options.resource_version_match = pages->resource_version_match;
    }
    if (request->target.failed)
        return kube_fail_memory(err);
    request->has_query = false;
    request->target.len = pages->path_len;
    request->target.data[pages->path_len] = '\0';
    kube_query_list(request, &options);
    return request->target.failed ? kube_fail_memory(err) : KUBE_OK;
}

int kube_pages_set_token(kube_pages_t *pages, const char *token, kube_error_t *err)
{
    char *copied;
    if (!copy_token(&copied, token))
        return kube_fail_memory(err);
    kube_mem_free(pages->token);
    pages->token = copied;
    return KUBE_OK;
}
