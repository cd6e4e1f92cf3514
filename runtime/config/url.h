/* The parts of a server's base URL. */
#ifndef KUBE_CONFIG_URL_H
#define KUBE_CONFIG_URL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Slices of the URL text. authority is host[:port]; host has no brackets; port_len is 0 when there is no port; path begins with
 * a slash or is empty.
 */
typedef struct kube_url {
    bool https;
    const char *authority, *host, *port, *path;
    size_t authority_len, host_len, port_len, path_len;
} kube_url_t;

/* Splits an http or https URL without user, query and fragment. False when it is not one. */
bool kube_url_split(const char *text, kube_url_t *url);
/* Whether there are only digits, of a number up to 65535. */
bool kube_url_is_port(const char *digits, size_t len);

#endif
