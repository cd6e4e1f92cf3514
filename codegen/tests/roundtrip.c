/*
 * Reads one JSON object a line and writes each back: decoded into the generated struct, copied, and encoded again.
 * HEADER and PACKAGES say whose. With the argument "strict" nothing unknown or wrongly typed is let through.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kube/json.h>
#include <kube/object.h>
#include HEADER

static void print_problems(const kube_problems_t *problems)
{
    for (size_t i = 0; i < kube_problems_count(problems); i++)
        fprintf(stderr, "%s: %s\n", kube_problems_at(problems, i)->path, kube_problems_at(problems, i)->message);
}

static int round_trip(const kube_scheme_t *scheme, const char *text, size_t len, unsigned flags)
{
    kube_error_t err = { 0 };
    kube_type_meta_t meta;
    kube_problems_t *problems = NULL;
    kube_decode_options_t options = { .flags = flags, .problems = &problems };
    kube_buffer_t json = { 0 };
    void *object = NULL, *copy = NULL;
    int code = kube_json_type_meta(text, len, &meta, &err);
    const kube_type_t *type = code == KUBE_OK ? kube_scheme_type(scheme, meta.api_version, meta.kind) : NULL;
    if (code == KUBE_OK)
        code = type ? kube_json_decode(type, text, len, &options, &object, &err) : KUBE_E_UNKNOWN_TYPE;
    if (code == KUBE_OK)
        copy = kube_dup(type, object);
    if (code == KUBE_OK && !kube_equal(type, object, copy))
        code = KUBE_E_NO_MEMORY;
    kube_free(object);
    if (code == KUBE_OK)
        code = kube_json_encode(type, copy, 0, &json, &err);
    if (code == KUBE_OK)
        puts(json.data);
    else
        fprintf(stderr, "%s: %s\n", kube_code_name(code), type ? err.message : "unknown type");
    print_problems(problems);
    kube_problems_free(problems);
    kube_buffer_dispose(&json);
    kube_free(copy);
    return code;
}

int main(int argc, char **argv)
{
    unsigned flags = argc > 1 && strcmp(argv[1], "strict") == 0 ? KUBE_DECODE_STRICT : 0;
    kube_scheme_t *scheme = kube_scheme_new();
    char *line = NULL;
    size_t room = 0;
    int failed = !scheme || kube_scheme_add(scheme, PACKAGES) != KUBE_OK;
    for (ssize_t len; !failed && (len = getline(&line, &room, stdin)) > 0;)
        failed = round_trip(scheme, line, (size_t)len, flags) != KUBE_OK;
    free(line);
    kube_scheme_free(scheme);
    return failed;
}
