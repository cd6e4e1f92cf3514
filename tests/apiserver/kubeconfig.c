#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "state.h"

static void append_base64(kube_buffer_t *out, const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = (const unsigned char *)text;
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = (unsigned)bytes[i] << 16 | (i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0) | (i + 2 < len ? (unsigned)bytes[i + 2] : 0);
        kube_buffer_printf(out, "%c%c%c%c", digits[bits >> 18], digits[bits >> 12 & 63], i + 1 < len ? digits[bits >> 6 & 63] : '=',
                           i + 2 < len ? digits[bits & 63] : '=');
    }
}

static void append_data(kube_buffer_t *out, const char *key, const char *pem)
{
    if (!pem)
        return;
    kube_buffer_printf(out, "    %s: ", key);
    append_base64(out, pem);
    kube_buffer_puts(out, "\n");
}

static void append_kubeconfig(const kube_test_server_t *server, kube_buffer_t *out)
{
    const ts_credentials_t *credentials = &server->credentials;
    kube_buffer_puts(out, "apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters:\n- name: test\n  cluster:\n");
    kube_buffer_printf(out, "    server: %s\n", server->url);
    append_data(out, "certificate-authority-data", credentials->ca_pem);
    kube_buffer_puts(out, "contexts:\n- name: test\n  context:\n    cluster: test\n    user: test\nusers:\n- name: test\n  user:");
    bool empty = !credentials->client_pem && credentials->token_count == 0;
    kube_buffer_puts(out, empty ? " {}\n" : "\n");
    append_data(out, "client-certificate-data", credentials->client_pem);
    append_data(out, "client-key-data", credentials->client_key_pem);
    if (!credentials->client_pem && credentials->token_count > 0) {
        kube_buffer_puts(out, "    token: ");
        ts_append_quoted(out, credentials->tokens[0].token);
        kube_buffer_puts(out, "\n");
    }
}

int kube_test_server_write_kubeconfig(const kube_test_server_t *server, const char *path, kube_error_t *err)
{
    ts_fail(err, KUBE_OK, "%s", "");
    if (!server || !path)
        return ts_fail(err, KUBE_E_USAGE, "a server and a path are needed");
    kube_buffer_t text = { 0 };
    append_kubeconfig(server, &text);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), code = KUBE_OK;
    if (text.failed)
        code = ts_fail(err, KUBE_E_NO_MEMORY, "out of memory");
    else if (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len)
        code = ts_fail(err, KUBE_E_IO, "%s: %s", path, strerror(errno));
    if (fd >= 0 && close(fd) != 0 && code == KUBE_OK)
        code = ts_fail(err, KUBE_E_IO, "%s: %s", path, strerror(errno));
    kube_buffer_dispose(&text);
    return code;
}
