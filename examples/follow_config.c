/*
 * A program that runs for months: follow_config [SECONDS]. One client asks the server each second who it is taken for. Meanwhile replace the
 * token's file, the certificate's pair or the authority, or say `kubectl config use-context`: the client goes on as what its files then say.
 */
#include <kube/authentication/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The log tells of each change, and of files that cannot be used, of which nothing is taken. */
static void on_log(void *userdata, kube_log_level_t level, const char *line)
{
    (void)userdata;
    if (level <= KUBE_LOG_INFO)
        fprintf(stderr, "%s\n", line);
}

static int print_user(kube_client_t *client, kube_error_t *err)
{
    kube_authentication_v1_self_subject_review_t question = { 0 }, *answer = NULL;
    int code = kube_authentication_v1_self_subject_review_create(client, &question, NULL, &answer, err);
    if (code == KUBE_OK) {
        /* What requests go by now: a copy. */
        kube_config_t *config = kube_client_config(client);
        printf("%s: %s\n", config && config->context ? config->context : "-", answer->status->user_info->username);
        fflush(stdout);
        kube_config_free(config);
    }
    kube_free(answer);
    return code;
}

int main(int argc, char **argv)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_client_t *client = NULL;
    kube_hooks_t hooks = { .log = on_log };

    int code = kube_config_default(NULL, NULL, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, &(kube_client_options_t){ .hooks = &hooks, .follow = KUBE_FOLLOW_FILES }, &client, &err);
    for (int i = argc > 1 ? atoi(argv[1]) : 10; code == KUBE_OK && i > 0; i--) {
        code = print_user(client, &err);
        nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
    }
    if (code != KUBE_OK)
        fprintf(stderr, "follow_config: %s (%s)\n", err.message, kube_code_name(code));

    kube_client_free(client);
    kube_config_free(config);
    return code == KUBE_OK ? 0 : 1;
}
