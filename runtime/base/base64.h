/* Base64 (RFC 4648, standard alphabet, padded), as Go writes and reads a []byte in JSON. */
#ifndef KUBE_BASE_BASE64_H
#define KUBE_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of text that `len` bytes become; no NUL. */
static inline size_t kube_base64_encoded_len(size_t len)
{
    return (len / 3 + (len % 3 != 0)) * 4;
}

/* The most bytes that `len` bytes of text become. */
static inline size_t kube_base64_decoded_bound(size_t len)
{
    return len / 4 * 3;
}

/* Writes kube_base64_encoded_len(len) bytes and returns that number. */
size_t kube_base64_encode(char *to, const uint8_t *data, size_t len);
/*
 * Writes at most kube_base64_decoded_bound(len) bytes, *decoded says how many; `to` may be where text begins. CR and LF are skipped
 * anywhere; the padding must be there, the bits it leaves over may be anything. False for all other text: *decoded then is the offset of
 * the byte that does not fit.
 */
bool kube_base64_decode(uint8_t *to, const char *text, size_t len, size_t *decoded);

#endif
