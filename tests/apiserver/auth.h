/* Who asks: bearer tokens, client certificates, impersonation; and the certificates of a server with TLS. */
#ifndef TS_AUTH_H
#define TS_AUTH_H

#include <kube/test/server.h>

typedef struct ts_request ts_request_t;
struct MHD_Connection;

typedef struct ts_credentials {
    char *ca_pem, *server_pem, *server_key_pem, *client_pem, *client_key_pem;
    struct ts_known_token {
        char *token, *user, **groups;
    } *tokens;
    size_t token_count;
} ts_credentials_t;

int ts_credentials_make(ts_credentials_t *credentials, const kube_test_server_options_t *options, kube_error_t *err);
void ts_credentials_dispose(ts_credentials_t *credentials);
/* Sets request->user. connection: NULL, a call from inside. False: 401. */
bool ts_authenticate(const kube_test_server_t *server, struct MHD_Connection *connection, ts_request_t *request);

#endif
