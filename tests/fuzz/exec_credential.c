/* What a plugin prints: whatever it is, there are credentials that can go into a header, or an error and nothing. */
#include "auth/exec_credential.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_header(const kube_buffer_t *header)
{
    if (header->len && (header->len <= 7 || memcmp(header->data, "Bearer ", 7) != 0))
        abort();
    for (size_t i = 0; i < header->len; i++) {
        if ((unsigned char)header->data[i] < ' ' || header->data[i] == 0x7f)
            abort();
    }
}

static void read_as(const char *api_version, const uint8_t *data, size_t size)
{
    kube_made_t made;
    kube_error_t err = { 0 };
    int code = kube_exec_credential_read((const char *)data, size, api_version, &made, &err);
    check_header(&made.header);
    bool has_some = made.header.len || made.certificate.len || made.key.len;
    if (err.code != code || (code == KUBE_OK) != has_some || !made.certificate.len != !made.key.len)
        abort();
    kube_made_wipe(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("client.authentication.k8s.io/v1", data, size);
    read_as("client.authentication.k8s.io/v1beta1", data, size);
    return 0;
}
