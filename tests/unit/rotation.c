/* Certificates and keys that are replaced while a transport is in use: in files, and by plugins. The server demands one of clients. */
#include <kube/client.h>
#include <kube/object.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "loopback.h"
#include "test.h"

static char directory[] = "/tmp/libkube-rotation-XXXXXX";
static pem_pair_t authority, other_authority, server_pair, first, second, foreign;
static kube_error_t err;

static const char *path_of(const char *name)
{
    static char paths[8][80];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

/* As the kubelet and others do it: a new file takes the name of the old one. */
static void write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of("new"), "w");
    fputs(text, file);
    fclose(file);
    rename(path_of("new"), path_of(name));
}

static int ask(kube_client_t *client)
{
    kube_buffer_t reply = { 0 };
    int code = kube_raw(client, &(kube_raw_request_t){ .path = "/echo" }, &reply, &err);
    kube_buffer_dispose(&reply);
    return code;
}

static void wait_for_look(void)
{
    nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
}

static void test_files(void)
{
    loopback_t server;
    char ca[80], certificate[80], key[80];
    loopback_start(&server, &authority, &server_pair, 1);
    write_text("ca", authority.certificate);
    write_text("certificate", first.certificate);
    write_text("key", first.key);
    snprintf(ca, sizeof ca, "%s", path_of("ca"));
    snprintf(certificate, sizeof certificate, "%s", path_of("certificate"));
    snprintf(key, sizeof key, "%s", path_of("key"));
    kube_config_t config = { .server = server.url, .ca_file = ca, .client_certificate_file = certificate, .client_key_file = key };
    kube_client_options_t options = { .max_retries = { true, 0 } };
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    CHECK_INT(ask(client), KUBE_OK);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, 1);
    /* Half a pair: the old one stays in use. */
    write_text("certificate", second.certificate);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, 1);
    write_text("key", second.key);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, 2);
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, 2);
    /* One that the server does not trust shows that it is really the new one; a failure has the files looked at again at once. */
    write_text("certificate", foreign.certificate);
    write_text("key", foreign.key);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_E_TLS);
    write_text("certificate", first.certificate);
    write_text("key", first.key);
    CHECK_INT(ask(client), KUBE_OK);
    /* The authority too. */
    write_text("ca", other_authority.certificate);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_E_TLS);
    write_text("ca", authority.certificate);
    CHECK_INT(ask(client), KUBE_OK);
    /* Files that are gone are no reason to stop. */
    unlink(path_of("certificate"));
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    kube_client_free(client);
    loopback_stop(&server);
}

/* Writes PEM text as a JSON string. */
static void put_escaped(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", file);
        else
            fputc(*text, file);
    }
}

static void write_plugin(const pem_pair_t *pair)
{
    FILE *file = fopen(path_of("answer"), "w");
    fputs("{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"clientCertificateData\":\"", file);
    put_escaped(file, pair->certificate);
    fputs("\",\"clientKeyData\":\"", file);
    put_escaped(file, pair->key);
    fputs("\",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\"}}", file);
    fclose(file);
    file = fopen(path_of("plugin"), "w");
    fprintf(file, "#!/bin/sh\ncat %s\n", path_of("answer"));
    fclose(file);
    chmod(path_of("plugin"), 0755);
}

/* What it prints has always expired, so it runs for each request. */
static void test_plugin(void)
{
    loopback_t server;
    char command[80];
    loopback_start(&server, &authority, &server_pair, 1);
    snprintf(command, sizeof command, "%s", path_of("plugin"));
    kube_exec_config_t plugin = { .command = command, .api_version = "client.authentication.k8s.io/v1",
                                  .interactive_mode = KUBE_INTERACTIVE_NEVER };
    kube_config_t config = { .server = server.url, .ca_pem = authority.certificate, .exec = &plugin };
    kube_client_options_t options = { .max_retries = { true, 0 } };
    kube_client_t *client = NULL;
    write_plugin(&first);
    CHECK_INT(kube_client_new(&config, &options, &client, &err), KUBE_OK);
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, 1);
    write_plugin(&second);
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, 2);
    write_plugin(&foreign);
    CHECK_INT(ask(client), KUBE_E_TLS);
    pem_pair_t mixed = first;
    memcpy(mixed.key, second.key, sizeof mixed.key);
    write_plugin(&mixed);
    CHECK_INT(ask(client), KUBE_E_TLS);
    CHECK(strstr(err.message, "is not that of the client certificate"));
    CHECK(!strstr(err.message, "BEGIN"));
    write_plugin(&first);
    CHECK_INT(ask(client), KUBE_OK);
    kube_client_free(client);
    loopback_stop(&server);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    make_pair(&authority, NULL, "authority", NULL, NULL);
    make_pair(&other_authority, NULL, "other", NULL, NULL);
    make_pair(&server_pair, &authority, "server", "IP:127.0.0.1", NULL);
    make_pair(&first, &authority, "first", NULL, NULL);
    make_pair(&second, &authority, "second", NULL, NULL);
    make_pair(&foreign, &other_authority, "foreign", NULL, NULL);
    RUN(test_files);
    RUN(test_plugin);
    const char *names[] = { "ca", "certificate", "key", "answer", "plugin" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(directory);
    return test_end();
}
