#include "client/code.h"

#include <kube/error.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *reason;
    int code;
} by_reason[] = {
    { "AlreadyExists", KUBE_E_ALREADY_EXISTS },
    { "BadRequest", KUBE_E_BAD_REQUEST },
    { "Conflict", KUBE_E_CONFLICT },
    { "Expired", KUBE_E_EXPIRED },
    { "Forbidden", KUBE_E_FORBIDDEN },
    { "Gone", KUBE_E_EXPIRED },
    { "InternalError", KUBE_E_SERVER },
    { "Invalid", KUBE_E_INVALID },
    { "MethodNotAllowed", KUBE_E_METHOD_NOT_ALLOWED },
    { "NotAcceptable", KUBE_E_UNSUPPORTED_MEDIA },
    { "NotFound", KUBE_E_NOT_FOUND },
    { "RequestEntityTooLarge", KUBE_E_LIMIT },
    { "ServerTimeout", KUBE_E_TIMEOUT },
    { "ServiceUnavailable", KUBE_E_SERVER },
    { "Timeout", KUBE_E_TIMEOUT },
    { "TooManyRequests", KUBE_E_TOO_MANY_REQUESTS },
    { "Unauthorized", KUBE_E_UNAUTHORIZED },
    { "UnsupportedMediaType", KUBE_E_UNSUPPORTED_MEDIA },
};

static int code_of_http_status(int http_status)
{
    switch (http_status) {
    case 400:
        return KUBE_E_BAD_REQUEST;
    case 401:
        return KUBE_E_UNAUTHORIZED;
    case 403:
        return KUBE_E_FORBIDDEN;
    case 404:
        return KUBE_E_NOT_FOUND;
    case 405:
        return KUBE_E_METHOD_NOT_ALLOWED;
    case 406:
    case 415:
        return KUBE_E_UNSUPPORTED_MEDIA;
    case 409:
        return KUBE_E_CONFLICT;
    case 410:
        return KUBE_E_EXPIRED;
    case 413:
        return KUBE_E_LIMIT;
    case 422:
        return KUBE_E_INVALID;
    case 429:
        return KUBE_E_TOO_MANY_REQUESTS;
    case 504:
        return KUBE_E_TIMEOUT;
    default:
        return KUBE_E_SERVER;
    }
}

int kube_code_of_reply(const char *reason, int http_status)
{
    for (size_t i = 0; reason && i < sizeof by_reason / sizeof *by_reason; i++) {
        if (strcmp(reason, by_reason[i].reason) == 0)
            return by_reason[i].code;
    }
    return code_of_http_status(http_status);
}
