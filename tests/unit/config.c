/* Configurations: kubeconfig files, the files of a pod, and what is wrong with them. */
#include <kube/config.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "canary.h"
#include "config/in_cluster.h"
#include "faults.h"
#include "test.h"

static char directory[] = "/tmp/libkube-config-XXXXXX";

static const char *path_of(const char *name)
{
    static char paths[4][256];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", directory, name);
    return paths[turn];
}

static const char *write_file(const char *name, const char *text)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    return path;
}

static kube_config_t *parse(const char *text, const kube_config_options_t *options, int expected, kube_error_t *err)
{
    kube_config_t *config = (kube_config_t *)1;
    int code = kube_config_parse(text, strlen(text), directory, options, &config, err);
    if (code != expected)
        printf("%s: %s\n", kube_code_name(code), err->message);
    CHECK_INT(code, expected);
    CHECK((code == KUBE_OK) == (config != NULL));
    CHECK_INT(err->code, code);
    return config;
}

static const char full[] =
    "apiVersion: v1\n"
    "kind: Config\n"
    "preferences: {}\n"
    "current-context: prod\n"
    "clusters:\n"
    "- name: one\n"
    "  cluster: {server: 'https://10.0.0.1:6443/prefix/', certificate-authority: ca.crt, tls-server-name: api.test, disable-compression: true}\n"
    "- name: two\n"
    "  cluster:\n"
    "    server: https://[::1]:8443\n"
    "    certificate-authority-data: Q0E=\n"
    "    extensions: [{name: x, extension: {a: 1}}]\n"
    "- name: open\n"
    "  cluster: {server: 'https://127.0.0.1', insecure-skip-tls-verify: true}\n"
    "- name: plain\n"
    "  cluster: {server: 'localhost:8080'}\n"
    "- name: bare\n"
    "  cluster: {server: '10.0.0.9:6443', certificate-authority-data: Q0E=}\n"
    "users:\n"
    "- name: files\n"
    "  user: {client-certificate: user.crt, client-key: user.key}\n"
    "- name: inline\n"
    "  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ, token: ''}\n"
    "- name: bearer\n"
    "  user: {token: canary-token}\n"
    "- name: rotating\n"
    "  user: {token: first, tokenFile: token}\n"
    "- name: half\n"
    "  user: {client-certificate-data: Q0VSVA==}\n"
    "contexts:\n"
    "- name: prod\n"
    "  context: {cluster: one, user: files, namespace: web}\n"
    "- name: dev\n"
    "  context: {cluster: two, user: inline}\n"
    "- name: nobody\n"
    "  context: {cluster: two}\n"
    "- name: dangling\n"
    "  context: {cluster: gone, user: files}\n"
    "- name: unnamed\n"
    "  context: {user: files}\n";

static void test_current_context(void)
{
    kube_error_t err;
    kube_config_t *config = parse(full, NULL, KUBE_OK, &err);
    if (!config)
        return;
    CHECK_STR(config->server, "https://10.0.0.1:6443/prefix");
    CHECK_STR(config->ca_file, path_of("ca.crt"));
    CHECK_STR(config->tls_server_name, "api.test");
    CHECK_STR(config->client_certificate_file, path_of("user.crt"));
    CHECK_STR(config->client_key_file, path_of("user.key"));
    CHECK_STR(config->ns, "web");
    CHECK_STR(config->context, "prod");
    CHECK(!config->token && !config->token_file && !config->ca_pem && !config->client_key_pem && !config->insecure_skip_tls_verify);
    kube_config_free(config);
}

static kube_config_t *choose(const char *context, const char *cluster, const char *user, const char *ns, int expected, kube_error_t *err)
{
    kube_config_options_t options = { .context = context, .cluster = cluster, .user = user, .ns = ns };
    return parse(full, &options, expected, err);
}

static void test_choices(void)
{
    kube_error_t err;
    kube_config_t *config = choose("dev", NULL, NULL, NULL, KUBE_OK, &err);
    CHECK_STR(config->server, "https://[::1]:8443");
    CHECK_STR(config->ca_pem, "CA");
    CHECK_STR(config->client_certificate_pem, "CERT");
    CHECK_STR(config->client_key_pem, "KEY");
    CHECK(!config->ns && !config->token);
    kube_config_free(config);

    config = choose("dev", "open", "bearer", "kube-system", KUBE_OK, &err);
    CHECK_STR(config->server, "https://127.0.0.1");
    CHECK_STR(config->token, "canary-token");
    CHECK_STR(config->ns, "kube-system");
    CHECK(config->insecure_skip_tls_verify && !config->client_key_pem);
    kube_config_free(config);

    config = choose("nobody", NULL, NULL, NULL, KUBE_OK, &err);
    CHECK(!config->token && !config->client_certificate_pem);
    kube_config_free(config);

    config = choose(NULL, "open", "rotating", NULL, KUBE_OK, &err);
    CHECK_STR(config->token, "first");
    CHECK_STR(config->token_file, path_of("token"));
    kube_config_free(config);
}

/* A server without a scheme gets the one that kubectl would take. */
static void test_bare_server(void)
{
    kube_error_t err;
    kube_config_t *config = choose(NULL, "bare", "bearer", NULL, KUBE_OK, &err);
    CHECK_STR(config->server, "https://10.0.0.9:6443");
    kube_config_free(config);
    config = choose("prod", "plain", NULL, NULL, KUBE_OK, &err);
    CHECK_STR(config->server, "https://localhost:8080");
    kube_config_free(config);
    config = choose("nobody", "plain", NULL, NULL, KUBE_OK, &err);
    CHECK_STR(config->server, "http://localhost:8080");
    kube_config_free(config);
}

static void test_mistakes(void)
{
    static const struct { const char *text, *message; } cases[] = {
        { "", "current-context: missing" },
        { "[]", "not a YAML mapping" },
        { "a: [", ":2: not well-formed YAML" },
        { "clusters: x\ncurrent-context: a", "clusters: must be a list" },
        { "users: [{user: {}}]", "users[0].name: must be a string" },
        { "users: [a]", "users[0].name: must be a string" },
        { "contexts: [{name: a}, {name: a}]", "contexts[a]: there are two of that name" },
        { "apiVersion: v2", "apiVersion: must be v1" },
        { "kind: Pod", "kind: must be Config" },
        { "current-context: 3", "current-context: must be a string" },
        { "current-context: a", "contexts: none is named \"a\"" },
        { "current-context: a\ncontexts: [{name: a, context: 1}]", "contexts[a].context: must be a mapping" },
        { "current-context: a\ncontexts: [{name: a, context: {}}]", "contexts[a].context.cluster: missing" },
        { "current-context: a\ncontexts: [{name: a, context: {cluster: [1]}}]", "contexts[a].context.cluster: must be a string" },
        { "current-context: a\ncontexts: [{name: a, context: {cluster: b}}]", "clusters: none is named \"b\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_error_t err;
        parse(cases[i].text, NULL, KUBE_E_CONFIG, &err);
        if (!strstr(err.message, cases[i].message))
            printf("%zu: %s\n", i, err.message);
        CHECK(strstr(err.message, cases[i].message));
    }
}

static kube_problems_t *problems_of(const char *text, kube_error_t *err)
{
    kube_problems_t *problems = NULL;
    kube_config_t *config = NULL;
    CHECK_INT(kube_config_parse(text, strlen(text), NULL, &(kube_config_options_t){ .problems = &problems }, &config, err), KUBE_E_CONFIG);
    return problems;
}

/* A name is a stranger's text: it neither ends the line nor steers the terminal. */
static void test_names_that_steer_terminals(void)
{
    kube_error_t err;
    kube_problems_t *problems = problems_of("current-context: \"x\\e[31m\\ny\\u009b1m\\u2028z\"", &err);
    CHECK_STR(err.message, "kubeconfig: contexts: none is named \"x [31m y 1m z\"");
    CHECK_STR(kube_problems_at(problems, 0)->message, "none is named \"x [31m y 1m z\"");
    kube_problems_free(problems);
    problems = problems_of("current-context: x\ncontexts: [{name: x, context: {cluster: \"c\\n\\e\"}}]\n"
                           "clusters: [{name: \"c\\n\\e\", cluster: {server: 'ftp://h'}}]", &err);
    CHECK_STR(err.path, "clusters[c  ].cluster.server");
    CHECK_STR(kube_problems_at(problems, 0)->path, "clusters[c  ].cluster.server");
    kube_problems_free(problems);
}

/* A long name does not hide the key, nor what else is wrong. */
static void test_long_names(void)
{
    char name[301], text[1000];
    kube_error_t err;
    memset(name, 'n', 300);
    name[300] = '\0';
    memcpy(name + 99, "\xC3\xA9", 2);
    memcpy(name + 259, "\xC3\xA9", 2);
    snprintf(text, sizeof text, "current-context: x\ncontexts: [{name: x, context: {cluster: %s}}]\n"
             "clusters: [{name: %s, cluster: {server: 'ftp://h', tls-server-name: 'a/b', proxy-url: x}}]", name, name);
    kube_problems_t *problems = problems_of(text, &err);
    CHECK_INT(kube_problems_count(problems), 3);
    for (size_t i = 0; i < kube_problems_count(problems); i++)
        CHECK(strstr(kube_problems_at(problems, i)->path, i == 0 ? "nnn].cluster.server" : i == 1 ? "nnn].cluster.tls-server-name" : "nnn].cluster.proxy-url"));
    CHECK(!strchr(kube_problems_at(problems, 0)->path, '?'));
    kube_problems_free(problems);
}

/* What could not be read is there all the same. */
static void test_no_problem_twice(void)
{
    kube_error_t err;
    kube_problems_t *problems = problems_of("current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
                                            "clusters: [{name: c, cluster: {server: 'https://h'}}]\n"
                                            "users: [{name: u, user: {client-certificate-data: Qw==, client-key-data: '!'}}]", &err);
    CHECK_INT(kube_problems_count(problems), 1);
    CHECK_STR(kube_problems_at(problems, 0)->path, "users[u].user.client-key-data");
    kube_problems_free(problems);
}

/* Each cluster, with what is wrong with it. */
static void test_cluster_mistakes(void)
{
    static const struct { const char *cluster, *message; } cases[] = {
        { "{}", "clusters[c].cluster.server: missing" },
        { "{server: 1}", "clusters[c].cluster.server: must be a string" },
        { "{server: 'https://'}", "server: not an http" },
        { "{server: 'https://user:canary@host'}", "server: not an http" },
        { "{server: 'https://host:port'}", "server: not an http" },
        { "{server: 'https://host:443443'}", "server: not an http" },
        { "{server: 'https://host:65536'}", "server: not an http" },
        { "{server: 'https://[::1'}", "server: not an http" },
        { "{server: 'unix:///run/x'}", "server: not an http" },
        { "{server: 'https://h', certificate-authority: absent.crt}", "clusters[c].cluster.certificate-authority: the file cannot be read" },
        { "{server: 'https://h', certificate-authority-data: 'canary!'}", "certificate-authority-data: not text in base64" },
        { "{server: 'https://h', certificate-authority-data: 'AAAA'}", "certificate-authority-data: not text in base64" },
        { "{server: 'https://h', certificate-authority: ca.crt, certificate-authority-data: Q0E=}", "given both" },
        { "{server: 'https://h', certificate-authority-data: Q0E=, insecure-skip-tls-verify: true}", "contradicts" },
        { "{server: 'https://h', insecure-skip-tls-verify: maybe}", "must be true or false" },
        { "{server: 'https://h', tls-server-name: 'a/b'}", "tls-server-name: not a host name" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        kube_error_t err;
        kube_config_options_t options = { .cluster = "c" };
        snprintf(text, sizeof text, "clusters: [{name: c, cluster: %s}]", cases[i].cluster);
        parse(text, &options, KUBE_E_CONFIG, &err);
        if (!strstr(err.message, cases[i].message))
            printf("%zu: %s\n", i, err.message);
        CHECK(strstr(err.message, cases[i].message));
        CHECK(!strstr(err.message, "canary"));
    }
    kube_error_t err;
    choose(NULL, "open", "half", NULL, KUBE_E_CONFIG, &err);
    CHECK(strstr(err.message, "client-key"));
    choose("dangling", NULL, NULL, NULL, KUBE_E_CONFIG, &err);
    choose("unnamed", NULL, NULL, NULL, KUBE_E_CONFIG, &err);
}

static void test_files_and_environment(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    const char *path = write_file("config", full);
    CHECK_INT(kube_config_load(path, NULL, &config, &err), KUBE_OK);
    CHECK_STR(config->source, path_of("config"));
    CHECK_STR(config->ca_file, path_of("ca.crt"));
    kube_config_free(config);

    CHECK_INT(kube_config_load(path_of("absent"), NULL, &config, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, path_of("absent")) && !config);
    CHECK_INT(kube_config_load(directory, NULL, &config, &err), KUBE_E_CONFIG);

    char list[512];
    snprintf(list, sizeof list, ":%s::%s:", path_of("config"), path_of("config"));
    setenv("KUBECONFIG", list, 1);
    CHECK_INT(kube_config_load(NULL, NULL, &config, &err), KUBE_OK);
    kube_config_free(config);
    snprintf(list, sizeof list, "%s:%s", path_of("config"), path_of("other"));
    setenv("KUBECONFIG", list, 1);
    CHECK_INT(kube_config_load(NULL, NULL, &config, &err), KUBE_OK);
    CHECK(config->files.len == 2 && strcmp(config->files.items[1], path_of("other")) == 0);
    kube_config_free(config);

    unsetenv("KUBECONFIG");
    setenv("HOME", directory, 1);
    CHECK_INT(kube_config_default(NULL, NULL, &config, &err), KUBE_E_CONFIG);
    mkdir(path_of(".kube"), 0755);
    write_file(".kube/config", "clusters: [{name: c, cluster: {server: 'https://home'}}]\n"
                               "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n");
    CHECK_INT(kube_config_default(NULL, NULL, &config, &err), KUBE_OK);
    CHECK_STR(config->server, "https://home");
    kube_config_free(config);
    setenv("KUBECONFIG", "", 1);
    CHECK_INT(kube_config_load(NULL, NULL, &config, &err), KUBE_OK);
    kube_config_free(config);
    setenv("KUBECONFIG", "::", 1);
    CHECK_INT(kube_config_load(NULL, NULL, &config, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "names a file") && !config);
    unsetenv("KUBECONFIG");
    CHECK_INT(kube_config_default(path_of("config"), NULL, &config, &err), KUBE_OK);
    CHECK_STR(config->context, "prod");
    kube_config_free(config);
    unlink(path_of(".kube/config"));
    rmdir(path_of(".kube"));
}

static void test_in_cluster(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    unsetenv("POD_NAMESPACE");
    unsetenv("KUBERNETES_SERVICE_HOST");
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    CHECK(!kube_in_cluster_possible(directory));
    CHECK_INT(kube_config_in_cluster(&config, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "KUBERNETES_SERVICE_HOST"));
    setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
    write_file("namespace", "  pods-own \n");
    CHECK(kube_in_cluster_possible(directory));
    CHECK_INT(kube_in_cluster_read(directory, NULL, &config, &err), KUBE_OK);
    CHECK_STR(config->server, "https://[fd00::1]:443");
    CHECK_STR(config->ns, "pods-own");
    CHECK_STR(config->token_file, path_of("token"));
    CHECK_STR(config->ca_file, path_of("ca.crt"));
    CHECK(!config->token);
    kube_config_free(config);
    setenv("POD_NAMESPACE", "from-env", 1);
    setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1", 1);
    CHECK_INT(kube_in_cluster_read(directory, NULL, &config, &err), KUBE_OK);
    CHECK_STR(config->server, "https://10.96.0.1:443");
    CHECK_STR(config->ns, "from-env");
    kube_config_free(config);
    CHECK_INT(kube_in_cluster_read(directory, &(kube_config_options_t){ .ns = "told" }, &config, &err), KUBE_OK);
    CHECK_STR(config->ns, "told");
    kube_config_free(config);
    static const kube_config_options_t named[] = { { .context = "prod" }, { .cluster = "prod" }, { .user = "prod" } };
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        CHECK_INT(kube_in_cluster_read(directory, &named[i], &config, &err), KUBE_E_CONFIG);
        CHECK(!config && strstr(err.message, "none is named \"prod\""));
    }
    CHECK_INT(kube_in_cluster_read("/nonexistent", NULL, &config, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "/nonexistent/token"));
    unlink(path_of("namespace"));
    unsetenv("POD_NAMESPACE");
    CHECK_INT(kube_in_cluster_read(directory, NULL, &config, &err), KUBE_OK);
    CHECK(!config->ns);
    kube_config_free(config);
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
}

static void test_misuse_and_copies(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    CHECK_INT(kube_config_load("x", NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_config_parse(NULL, 0, NULL, NULL, &config, &err), KUBE_E_USAGE);
    CHECK_INT(kube_config_parse("", 0, NULL, NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_config_in_cluster(NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_config_default(NULL, NULL, NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_config_check(NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_config_check(&(kube_config_t){ .token = "x" }, &err), KUBE_E_CONFIG);
    CHECK_INT(kube_config_check(&(kube_config_t){ .server = "https://h" }, NULL), KUBE_OK);
    CHECK(!kube_config_dup(NULL));
    kube_config_free(NULL);
    kube_config_t *copy = kube_config_dup(&(kube_config_t){ .server = "https://h", .token = "t", .insecure_skip_tls_verify = true });
    CHECK_STR(copy->server, "https://h");
    CHECK_STR(copy->token, "t");
    CHECK(copy->insecure_skip_tls_verify && !copy->ns);
    kube_config_free(copy);
}

static bool load_with_faults(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    kube_config_options_t options = { .context = "dev" };
    int code = kube_config_load(path_of("config"), &options, &config, &err);
    kube_config_free(config);
    return code == (faults.hit ? KUBE_E_NO_MEMORY : KUBE_OK);
}

static bool in_cluster_with_faults(void)
{
    kube_config_t *config = NULL, *copy = NULL;
    int code = kube_in_cluster_read(directory, NULL, &config, NULL);
    if (code == KUBE_OK)
        copy = kube_config_dup(config);
    kube_config_free(config);
    kube_config_free(copy);
    return code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit);
}

static void test_every_allocation_fails(void)
{
    setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    CHECK(fault_loop(load_with_faults) > 10);
    CHECK(fault_loop(in_cluster_with_faults) > 5);
}

static void test_secrets_are_wiped(void)
{
    kube_set_allocator(&canary_allocator);
    kube_config_options_t options = { .cluster = "open", .user = "bearer" };
    kube_config_t *config = NULL;
    kube_config_load(path_of("config"), &options, &config, NULL);
    CHECK(config && strcmp(config->token, "canary-token") == 0);
    canary_found = false;
    kube_config_t *copy = kube_config_dup(config);
    kube_config_free(config);
    kube_config_free(copy);
    CHECK(!canary_found);
    kube_set_allocator(NULL);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    write_file("ca.crt", "CA");
    write_file("user.crt", "CERT");
    write_file("user.key", "KEY");
    write_file("token", "token\n");
    RUN(test_current_context);
    RUN(test_choices);
    RUN(test_bare_server);
    RUN(test_mistakes);
    RUN(test_names_that_steer_terminals);
    RUN(test_long_names);
    RUN(test_no_problem_twice);
    RUN(test_cluster_mistakes);
    RUN(test_files_and_environment);
    RUN(test_in_cluster);
    RUN(test_misuse_and_copies);
    RUN(test_every_allocation_fails);
    RUN(test_secrets_are_wiped);
    const char *names[] = { "ca.crt", "user.crt", "user.key", "token", "config" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(directory);
    return test_end();
}
