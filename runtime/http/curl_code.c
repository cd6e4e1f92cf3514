#include <string.h>

#include "http/curl.h"

/* With TLS 1.3 a server refuses a client's certificate only after the handshake, as an alert in place of the first reply byte. */
static bool is_certificate_alert(const char *message)
{
    return strstr(message, "alert") && (strstr(message, "certificate") || strstr(message, "unknown ca"));
}

int kube_curl_code(CURLcode result, const char *message)
{
    switch (result) {
    case CURLE_OK:
        return KUBE_OK;
    case CURLE_OUT_OF_MEMORY:
        return KUBE_E_NO_MEMORY;
    case CURLE_OPERATION_TIMEDOUT:
        return KUBE_E_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_SHUTDOWN_FAILED:
        return KUBE_E_TLS;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return is_certificate_alert(message) ? KUBE_E_TLS : KUBE_E_CONNECT;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return KUBE_E_PARSE;
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
        return KUBE_E_USAGE;
    default:
        return KUBE_E_CONNECT;
    }
}
