/*
 * Credentials that the program has from a place of its own, here a file of tokens, one a line: own_credentials SERVER CA_FILE TOKENS. The
 * library asks for a header before each request, and tells when the server refuses it; then the next token is tried. Tells who it is in the end.
 */
#include <kube/authentication/v1.h>
#include <kube/kube.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

typedef struct tokens {
    pthread_mutex_t lock; /* requests of several threads ask at once */
    FILE *file;
    char line[8192];
} tokens_t;

static bool next_token(tokens_t *tokens)
{
    bool found = fgets(tokens->line, sizeof tokens->line, tokens->file) != NULL;
    if (found)
        tokens->line[strcspn(tokens->line, "\r\n")] = '\0';
    return found;
}

/* Must not block: who has to ask somebody first begins to, and returns KUBE_AUTHORIZE_LATER until there is an answer. */
static int authorize(void *userdata, kube_buffer_t *value, kube_error_t *err)
{
    tokens_t *tokens = userdata;
    (void)err;
    pthread_mutex_lock(&tokens->lock);
    kube_buffer_puts(value, "Bearer ");
    kube_buffer_puts(value, tokens->line);
    pthread_mutex_unlock(&tokens->lock);
    return KUBE_OK;
}

/* A 401: true when there are others, with which the request is then sent again. */
static bool refused(void *userdata)
{
    tokens_t *tokens = userdata;
    pthread_mutex_lock(&tokens->lock);
    bool another = next_token(tokens);
    pthread_mutex_unlock(&tokens->lock);
    return another;
}

int main(int argc, char **argv)
{
    kube_error_t err = { 0 };
    kube_client_t *client = NULL;
    kube_authentication_v1_self_subject_review_t question = { 0 }, *answer = NULL;
    tokens_t tokens = { .lock = PTHREAD_MUTEX_INITIALIZER, .file = argc > 3 ? fopen(argv[3], "r") : NULL };
    if (!tokens.file || !next_token(&tokens)) {
        fprintf(stderr, "own_credentials: no tokens; usage: own_credentials SERVER CA_FILE TOKENS\n");
        if (tokens.file)
            fclose(tokens.file);
        return 1;
    }

    kube_config_t config = { .server = argv[1], .ca_file = argv[2] };
    kube_credentials_hooks_t hooks = { .userdata = &tokens, .authorize = authorize, .refused = refused };
    int code = kube_client_new(&config, &(kube_client_options_t){ .timeout_ms = 10000, .credentials = &hooks }, &client, &err);
    if (code == KUBE_OK)
        code = kube_authentication_v1_self_subject_review_create(client, &question, NULL, &answer, &err);
    if (code == KUBE_OK)
        printf("%s\n", answer->status->user_info->username);
    else
        fprintf(stderr, "own_credentials: %s (%s)\n", err.message, kube_code_name(code));

    kube_free(answer);
    kube_client_free(client);
    fclose(tokens.file);
    memset(tokens.line, 0, sizeof tokens.line);
    return code == KUBE_OK ? 0 : 1;
}
