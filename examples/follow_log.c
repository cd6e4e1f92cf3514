/*
 * Follows the log of a pod until its container ends: follow_log NAMESPACE POD [CONTAINER]. Where a connection breaks it goes on
 * behind the last line it had: the server is asked for the last seconds again, and lines that were there already are told by
 * their times.
 */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct place {
    kube_time_t last; /* time of the last line */
    size_t had;       /* lines with that time that were printed */
    size_t again;     /* of them, those that have come again since */
} place_t;

/* "2026-01-02T15:04:05.000000000Z text"; a part of a long line has no time. */
static int print_line(const char *line, size_t len, void *userdata)
{
    place_t *place = userdata;
    const char *space = memchr(line, ' ', len);
    kube_time_t time;
    if (space && kube_time_from_text(line, (size_t)(space - line), &time) == KUBE_OK) {
        int order = kube_time_compare(&time, &place->last);
        if (order < 0 || (order == 0 && place->again++ < place->had))
            return KUBE_OK;
        place->had = order == 0 ? place->had + 1 : 1;
        place->again = place->had;
        place->last = time;
        len -= (size_t)(space + 1 - line);
        line = space + 1;
    }
    printf("%.*s\n", (int)len, line);
    fflush(stdout);
    return KUBE_OK;
}

static int follow(kube_client_t *client, const char *ns, const char *pod, const char *container, kube_error_t *err)
{
    place_t place = { 0 };
    kube_log_options_t options = { .container = container, .follow = true, .timestamps = true };
    int code;
    while ((code = kube_core_v1_pod_log_lines(client, ns, pod, &options, print_line, &place, err)) == KUBE_E_CONNECT) {
        fprintf(stderr, "follow_log: again, because of: %s\n", err->message);
        sleep(1);
        place.again = 0;
        if (place.last.has) /* a minute more than needed, because clocks differ */
            options.since_seconds = (kube_int64_t)KUBE_SOME(kube_time_now().seconds - place.last.seconds + 60);
    }
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    if (argc < 3) {
        fprintf(stderr, "usage: follow_log NAMESPACE POD [CONTAINER]\n");
        return 2;
    }
    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, &client, &err);
    if (code == KUBE_OK)
        code = follow(client, argv[1], argv[2], argc > 3 ? argv[3] : NULL, &err);
    if (code != KUBE_OK)
        fprintf(stderr, "follow_log: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
