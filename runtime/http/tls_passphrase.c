#include "http/tls_passphrase.h"

#include <string.h>

#include "base/fail.h"
#include "config/file.h"

int kube_passphrase_read(const kube_config_t *config, kube_passphrase_t *passphrase, kube_error_t *err)
{
    *passphrase = (kube_passphrase_t){ 0 };
    const char *path = config->client_key_passphrase_file, *text = config->client_key_passphrase;
    passphrase->has = text || path;
    if (path) {
        int code = kube_file_read_for("client-key-passphrase", path, &passphrase->text, err);
        if (code < 0)
            return code;
        passphrase->text.len = strcspn(passphrase->text.data, "\r\n");
    } else if (text) {
        kube_buffer_append(&passphrase->text, text, strlen(text));
    }
    return passphrase->text.failed ? kube_fail_memory(err) : KUBE_OK;
}

void kube_passphrase_wipe(kube_passphrase_t *passphrase)
{
    kube_buffer_wipe(&passphrase->text);
}

int kube_passphrase_give(char *buffer, int size, int writing, void *userdata)
{
    (void)writing;
    kube_passphrase_t *passphrase = userdata;
    passphrase->asked = true;
    if (!passphrase->has || passphrase->text.len > (size_t)size)
        return -1;
    if (passphrase->text.len)
        memcpy(buffer, passphrase->text.data, passphrase->text.len);
    return (int)passphrase->text.len;
}
