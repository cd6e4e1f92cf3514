#include <string.h>

#include "http/curl.h"

/* With TLS 1.3 a server refuses a client's certificate only after the handshake, as an alert in place of the first reply byte. */
static bool is_certificate_alert(const char *message)
{
    return strstr(message, "alert") && (strstr(message, "certificate") || strstr(message, "unknown ca"));
}

/*
 * Nobody refused anything: the connection was lost while the handshake was under way, or before it began, which libcurl notices when it asks for
 * the peer's name. Its own words stand first: those of the system are in the user's language.
 */
static bool is_lost_handshake(const char *message)
{
    static const char *const signs[] = { "Recv failure",   "Send failure",     "getpeername()", "SSL_ERROR_SYSCALL",
                                         "unexpected eof", "Connection reset", "Broken pipe" };
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strstr(message, signs[i]))
            return true;
    }
    return false;
}

bool kube_curl_is_certificate_refused(CURLcode result, const char *message)
{
    return (result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR) && is_certificate_alert(message);
}

int kube_curl_code(CURLcode result, const char *message)
{
    switch (result) {
    case CURLE_OK:
        return KUBE_OK;
    case CURLE_OUT_OF_MEMORY:
        return KUBE_E_NO_MEMORY;
    case CURLE_SSL_CONNECT_ERROR:
        return is_lost_handshake(message) ? KUBE_E_CONNECT : KUBE_E_TLS;
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
        return kube_curl_is_certificate_refused(result, message) ? KUBE_E_TLS : KUBE_E_CONNECT;
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
