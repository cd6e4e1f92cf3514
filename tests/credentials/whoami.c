/*
 * Who the server says that a context's user is, and whether that user may list secrets, as lines of JSON:
 *     whoami KUBECONFIG CONTEXT [ROUNDS [PASSPHRASE]]
 * ROUNDS: how often to ask, a second apart, with one client. PASSPHRASE: of the client's key.
 */
#include <jansson.h>
#include <kube/authentication/v1.h>
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static kube_error_t err;

static json_t *encode(const kube_authentication_v1_self_subject_review_t *review)
{
    kube_buffer_t text = { 0 };
    json_t *value = NULL;
    if (kube_json_encode(&kube_authentication_v1_self_subject_review_type, review, 0, &text, &err) == KUBE_OK)
        value = json_loadb(text.data, text.len, 0, NULL);
    kube_buffer_dispose(&text);
    return value;
}

static int connect_as(int argc, char **argv, kube_client_t **out)
{
    kube_config_t *config = NULL, told = { .client_key_passphrase = argc > 4 ? argv[4] : NULL };
    kube_config_options_t options = { .context = argv[2], .overrides = &told };
    *out = NULL;
    int code = kube_config_load(argv[1], &options, &config, &err);
    if (code == KUBE_OK)
        code = kube_client_new(config, NULL, out, &err);
    kube_config_free(config);
    return code;
}

static void print_round(kube_client_t *client, int code)
{
    kube_authentication_v1_self_subject_review_t none = { 0 }, *review = NULL;
    if (code == KUBE_OK)
        code = kube_authentication_v1_self_subject_review_create(client, &none, NULL, &review, &err);
    json_t *line = json_pack("{s:s, s:o*}", "code", kube_code_name(code), "review", review ? encode(review) : NULL);
    if (code < 0)
        json_object_set_new(line, "message", json_string(err.message));
    if (client) {
        code = kube_core_v1_secret_list(client, "kube-system", &(kube_list_options_t){ .limit = 1 }, NULL, NULL);
        json_object_set_new(line, "secrets", json_string(kube_code_name(code)));
    }
    json_dumpf(line, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(line);
    kube_free(review);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: whoami KUBECONFIG CONTEXT [ROUNDS [PASSPHRASE]]\n");
        return 2;
    }
    kube_client_t *client;
    int rounds = argc > 3 ? atoi(argv[3]) : 1, code = connect_as(argc, argv, &client);
    for (int i = 0; i < rounds; i++) {
        if (i)
            nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
        print_round(client, code);
    }
    kube_client_free(client);
    return 0;
}
