/* Private keys that are protected by a passphrase, or that stay in a token or another store of an OpenSSL provider. */
#include <kube/client.h>
#include <kube/object.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "loopback.h"
#include "test.h"

#define PASSPHRASE "canary pass"

static char directory[] = "/tmp/libkube-keys-XXXXXX";
static pem_pair_t authority, server_pair, open_pair, locked_pair, other_locked_pair;
static char traditional[4096]; /* the key of locked_pair as older programs encrypt it */
static loopback_t server;
static kube_error_t err;

static const char *path_of(const char *name)
{
    static char paths[16][320];
    static int next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static const char *write_text(const char *name, const char *text)
{
    FILE *file = fopen(path_of("new"), "w");
    fputs(text, file);
    fclose(file);
    rename(path_of("new"), path_of(name));
    return path_of(name);
}

static int ask(kube_client_t *client)
{
    kube_buffer_t reply = { 0 };
    int code = kube_raw(client, &(kube_raw_request_t){ .path = "/echo" }, &reply, &err);
    kube_buffer_dispose(&reply);
    CHECK(!strstr(err.message, "canary"));
    return code;
}

static int make(kube_config_t config, kube_client_t **client)
{
    kube_client_options_t options = { .max_retries = { true, 0 } };
    config.server = server.url;
    config.ca_pem = authority.certificate;
    int code = kube_client_new(&config, &options, client, &err);
    CHECK(!strstr(err.message, "canary"));
    return code;
}

/* Asks the server, which demands a certificate, once. */
static int try(kube_config_t config)
{
    kube_client_t *client = NULL;
    int code = make(config, &client);
    if (code == KUBE_OK)
        code = ask(client);
    kube_client_free(client);
    return code;
}

static void test_passphrases(void)
{
    const char *pem = locked_pair.certificate, *key = locked_pair.key;
    CHECK(strstr(key, "ENCRYPTED") && strstr(traditional, "ENCRYPTED"));
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = key, .client_key_passphrase = PASSPHRASE }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = traditional, .client_key_passphrase = PASSPHRASE }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_file = write_text("key", key),
                                   .client_key_passphrase_file = write_text("pass", PASSPHRASE "\r\nrest") }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = open_pair.certificate, .client_key_pem = open_pair.key, .client_key_passphrase = "x" }),
              KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_file = write_text("key", key), .client_key_passphrase = "canary" }),
              KUBE_E_CONFIG);
    CHECK(strstr(err.message, "client-key: the passphrase is not that of the key in /tmp"));
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = traditional, .client_key_passphrase = "canary" }), KUBE_E_CONFIG);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = key, .client_key_passphrase = "" }), KUBE_E_CONFIG);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = key }), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "has a passphrase, and none is given"));
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = key, .client_key_passphrase_file = path_of("none") }),
              KUBE_E_CONFIG);
    CHECK(strstr(err.message, "client-key-passphrase: cannot read"));
    /* Longer than OpenSSL takes. */
    char longer[2048];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = pem, .client_key_pem = key, .client_key_passphrase = longer }), KUBE_E_CONFIG);
}

static void wait_for_look(void)
{
    nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
}

/* Key, certificate and passphrase are replaced one after the other. */
static void test_rotation(void)
{
    kube_client_t *client = NULL;
    kube_config_t config = { .client_certificate_file = write_text("cert", locked_pair.certificate), .client_key_file = write_text("key", locked_pair.key),
                             .client_key_passphrase_file = write_text("pass", PASSPHRASE "\n") };
    CHECK_INT(make(config, &client), KUBE_OK);
    CHECK_INT(ask(client), KUBE_OK);
    int connections = server.connections;
    write_text("key", other_locked_pair.key);
    write_text("cert", other_locked_pair.certificate);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, connections);
    write_text("pass", "another canary");
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, connections + 1);
    kube_client_free(client);
}

static const char *uri_of(const char *path)
{
    static char uris[4][330];
    static int next;
    char *uri = uris[next++ % 4];
    snprintf(uri, sizeof uris[0], "file:%s", path);
    return uri;
}

/* OpenSSL has one store of its own. */
static void test_store(void)
{
    char chain[sizeof locked_pair.certificate + sizeof authority.certificate];
    snprintf(chain, sizeof chain, "%s%s", locked_pair.certificate, authority.certificate);
    const char *key = uri_of(write_text("key", locked_pair.key)), *certificates = uri_of(write_text("cert", chain));
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = certificates, .client_key_uri = key, .client_key_passphrase = PASSPHRASE }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = chain, .client_key_uri = key, .client_key_passphrase = PASSPHRASE }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = certificates, .client_key_pem = traditional, .client_key_passphrase = PASSPHRASE }),
              KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = certificates, .client_key_uri = key, .client_key_passphrase = "canary" }), KUBE_E_CONFIG);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = certificates, .client_key_uri = key }), KUBE_E_CONFIG);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = open_pair.certificate, .client_key_uri = key, .client_key_passphrase = PASSPHRASE }),
              KUBE_E_TLS);
    CHECK(strstr(err.message, "is not that of the client certificate"));
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = key, .client_key_pem = open_pair.key }), KUBE_E_TLS);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = certificates, .client_key_uri = "file:/tmp/canary-that-is-not-there" }), KUBE_E_TLS);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = certificates, .client_key_uri = "tpm9:canary" }), KUBE_E_UNSUPPORTED);
    CHECK(strstr(err.message, "client-key: OpenSSL has no provider or engine here for tpm9: URIs"));
}

/* The certificate of a stored key is replaced: connections made with the old one are not used any more. */
static void test_certificate_of_stored_key(void)
{
    kube_client_t *client = NULL;
    pem_pair_t *pair = &open_pair;
    kube_config_t config = { .client_certificate_file = write_text("cert", pair->certificate), .client_key_uri = uri_of(write_text("key", pair->key)) };
    CHECK_INT(make(config, &client), KUBE_OK);
    CHECK_INT(ask(client), KUBE_OK);
    int connections = server.connections;
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, connections);
    char longer[2 * sizeof *pair];
    snprintf(longer, sizeof longer, "renewed\n%s", pair->certificate);
    write_text("cert", longer);
    wait_for_look();
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, connections + 1);
    CHECK_INT(ask(client), KUBE_OK);
    CHECK_INT(server.connections, connections + 1);
    kube_client_free(client);
}

static bool run(const char *command)
{
    char line[1024];
    snprintf(line, sizeof line, "cd %s && { %s; } > log 2>&1", directory, command);
    return system(line) == 0;
}

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define TOOL "pkcs11-tool --module " MODULE " --token-label kube --login --pin 4711canary "

/* A token of SoftHSM's in the test's folder, with the key and certificate of a pair. */
static bool make_token(void)
{
    char conf[512];
    snprintf(conf, sizeof conf, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", path_of("tokens"));
    mkdir(path_of("tokens"), 0700);
    setenv("SOFTHSM2_CONF", write_text("softhsm2.conf", conf), 1);
    setenv("PKCS11_MODULE_PATH", MODULE, 1);
    write_text("key", open_pair.key);
    write_text("cert", open_pair.certificate);
    return run("softhsm2-util --init-token --free --label kube --so-pin 1234 --pin 4711canary && "
               "softhsm2-util --import key --token kube --label me --id 01 --pin 4711canary && "
               "openssl x509 -in cert -outform der -out cert.der && " TOOL "--write-object cert.der --type cert --id 01 --label me");
}

static void test_token(void)
{
    if (access(MODULE, R_OK) != 0 || !run("command -v softhsm2-util pkcs11-tool")) {
        puts("skipped: keys in a token (no SoftHSM here)");
        return;
    }
    CHECK(make_token());
    const char *uri = "pkcs11:token=kube;object=me", *with_pin = "pkcs11:token=kube;object=me?pin-value=4711canary";
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = uri, .client_key_uri = with_pin }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = open_pair.certificate, .client_key_uri = uri, .client_key_passphrase = "4711canary" }),
              KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = uri, .client_key_pem = open_pair.key }), KUBE_OK);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = locked_pair.certificate, .client_key_uri = with_pin }), KUBE_E_TLS);
    CHECK_INT(try((kube_config_t){ .client_certificate_pem = open_pair.certificate, .client_key_uri = "pkcs11:token=kube;object=canary?pin-value=4711canary" }),
              KUBE_E_TLS);
    CHECK_INT(try((kube_config_t){ .client_certificate_uri = "pkcs11:token=kube;object=canary", .client_key_uri = with_pin }), KUBE_E_TLS);
    /* A kubeconfig names them where it would name files. */
    char text[1024], kubeconfig[320];
    snprintf(text, sizeof text,
             "clusters: [{name: c, cluster: {server: '%s', certificate-authority: ca}}]\nusers: [{name: u, user: {client-certificate: '%s', client-key: '%s'}}]\n"
             "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n", server.url, uri, with_pin);
    write_text("ca", authority.certificate);
    snprintf(kubeconfig, sizeof kubeconfig, "%s", write_text("kubeconfig", text));
    kube_config_t *config = NULL;
    CHECK_INT(kube_config_load(kubeconfig, NULL, &config, &err), KUBE_OK);
    kube_client_t *client = NULL;
    CHECK_INT(kube_client_new(config, NULL, &client, &err), KUBE_OK);
    CHECK_INT(ask(client), KUBE_OK);
    kube_client_free(client);
    kube_config_free(config);
}

static bool make_with_faults(void)
{
    int code = try((kube_config_t){ .client_certificate_uri = uri_of(path_of("fault-cert")), .client_key_pem = locked_pair.key,
                                    .client_key_passphrase = PASSPHRASE });
    return code == KUBE_OK || code == KUBE_E_NO_MEMORY;
}

static void test_failing_allocations(void)
{
    write_text("fault-cert", locked_pair.certificate);
    CHECK(fault_loop(make_with_faults) > 20);
}

static void make_traditional(const char *passphrase)
{
    BIO *from = BIO_new_mem_buf(locked_pair.key, -1), *to = BIO_new(BIO_s_mem());
    EVP_PKEY *key = PEM_read_bio_PrivateKey(from, NULL, NULL, (void *)passphrase);
    PEM_write_bio_PrivateKey_traditional(to, key, EVP_aes_256_cbc(), (const unsigned char *)passphrase, (int)strlen(passphrase), NULL, NULL);
    take_text(to, traditional, sizeof traditional);
    EVP_PKEY_free(key);
    BIO_free(from);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    make_pair(&authority, NULL, "authority", NULL, NULL);
    make_pair(&server_pair, &authority, "server", "IP:127.0.0.1", NULL);
    make_pair(&open_pair, &authority, "open", NULL, NULL);
    make_pair(&locked_pair, &authority, "locked", NULL, PASSPHRASE);
    make_pair(&other_locked_pair, &authority, "other", NULL, "another canary");
    make_traditional(PASSPHRASE);
    loopback_start(&server, &authority, &server_pair, 1);
    RUN(test_passphrases);
    RUN(test_rotation);
    RUN(test_store);
    RUN(test_certificate_of_stored_key);
    RUN(test_token);
    RUN(test_failing_allocations);
    loopback_stop(&server);
    run("rm -rf ./*");
    rmdir(directory);
    return test_end();
}
