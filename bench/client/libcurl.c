/*
 * What libcurl itself takes: one request after the other in each thread on a kept connection of its own, HTTP/1.1, the reply
 * thrown away.
 *     libcurl THREADS SECONDS URL CA CERTIFICATE KEY
 * URL is of the object to get; the others are files. The reply is that of get-pod (peer.h).
 */
#include "peer.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

static size_t throw_away(char *bytes, size_t size, size_t count, void *userdata)
{
    (void)bytes, (void)userdata;
    return size * count;
}

static CURL *new_handle(char **argv)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        abort();
    curl_easy_setopt(easy, CURLOPT_URL, argv[3]);
    curl_easy_setopt(easy, CURLOPT_CAINFO, argv[4]);
    curl_easy_setopt(easy, CURLOPT_SSLCERT, argv[5]);
    curl_easy_setopt(easy, CURLOPT_SSLKEY, argv[6]);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "libkube-bench");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
    return easy;
}

static int get(void *context, unsigned thread, unsigned long n)
{
    CURL **handles = context;
    CURLcode code = curl_easy_perform(handles[thread]);
    (void)n;
    if (code != CURLE_OK)
        fprintf(stderr, "libcurl: %s\n", curl_easy_strerror(code));
    return code == CURLE_OK ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fputs("usage: libcurl THREADS SECONDS URL CA CERTIFICATE KEY\n", stderr);
        return 1;
    }
    unsigned threads = (unsigned)strtoul(argv[1], NULL, 10);
    CURL **handles = calloc(threads, sizeof(CURL *));
    if (!handles || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    for (unsigned i = 0; i < threads; i++)
        handles[i] = new_handle(argv);
    int result = peer_load(threads, strtod(argv[2], NULL), get, handles);
    for (unsigned i = 0; i < threads; i++)
        curl_easy_cleanup(handles[i]);
    free(handles);
    curl_global_cleanup();
    return result == 0 ? 0 : 1;
}
