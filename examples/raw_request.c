/*
 * Sends a request that no table describes, with the program's own credentials: raw_request PATH [METHOD [BODY]]. Prints the
 * reply, whatever its status: raw_request /version, raw_request /metrics.
 */
#include <kube/kube.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_buffer_t reply = { 0 };
    int status = 0;
    kube_raw_request_t request = { .path = argc > 1 ? argv[1] : "/version", .any_status = true, .http_status = &status };
    if (argc > 2)
        request.method = argv[2];
    if (argc > 3) {
        request.body = argv[3];
        request.body_len = strlen(argv[3]);
    }

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = kube_raw(client, &request, &reply, &err);
    if (code == KUBE_OK) {
        fprintf(stderr, "HTTP status %d\n", status);
        fwrite(reply.data, 1, reply.len, stdout);
    } else {
        fprintf(stderr, "raw_request: %s (%s)\n", err.message, kube_code_name(code));
    }

    kube_buffer_dispose(&reply);
    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK && status < 400 ? 0 : 1;
}
