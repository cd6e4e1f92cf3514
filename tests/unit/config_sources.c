/* Where configurations come from: lists of files, documents, overrides; all that they can say; and how they are shown and read again. */
#include <kube/config.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "canary.h"
#include "config/in_cluster.h"
#include "faults.h"
#include "test.h"

static char directory[] = "/tmp/libkube-sources-XXXXXX";

static const char *path_of(const char *name)
{
    static char paths[8][256];
    static int turn;
    turn = (turn + 1) % 8;
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

static void set_list(const char *a, const char *b, const char *c)
{
    char list[1024];
    snprintf(list, sizeof list, "%s:%s::%s:%s", path_of(a), path_of(b), path_of(a), path_of(c));
    setenv("KUBECONFIG", list, 1);
}

static kube_config_t *load(const char *path, const kube_config_options_t *options)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    if (kube_config_load(path, options, &config, &err) != KUBE_OK)
        printf("%s\n", err.message);
    CHECK(config);
    static kube_config_t none;
    return config ? config : kube_config_dup(&none);
}

static kube_config_t *parse(const char *text, const kube_config_options_t *options)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    if (kube_config_parse(text, strlen(text), directory, options, &config, &err) != KUBE_OK)
        printf("%s\n", err.message);
    CHECK(config);
    static kube_config_t none;
    return config ? config : kube_config_dup(&none);
}

static void test_first_file_wins(void)
{
    write_file("one", "clusters: [{name: c, cluster: {server: 'https://one'}}]\n"
                      "contexts: [{name: x, context: {cluster: c, user: u}}]\n");
    write_file("two", "current-context: x\n"
                      "clusters: [{name: c, cluster: {server: 'https://two', tls-server-name: two}}]\n"
                      "users: [{name: u, user: {token: two}}]\n"
                      "contexts: [{name: x, context: {cluster: d}}]\n");
    set_list("one", "missing", "two");
    kube_config_t *config = load(NULL, NULL);
    CHECK_STR(config->server, "https://one");
    CHECK(!config->tls_server_name);
    CHECK_STR(config->token, "two");
    CHECK_STR(config->source, path_of("one"));
    CHECK_STR(config->context_source, path_of("one"));
    CHECK_STR(config->user_source, path_of("two"));
    CHECK_INT(config->files.len, 3);
    CHECK_STR(config->files.items[1], path_of("missing"));
    CHECK_STR(config->cluster, "c");
    CHECK_STR(config->user, "u");
    kube_config_free(config);
}

static void test_no_file_of_the_list(void)
{
    kube_error_t err;
    kube_config_t *config = NULL;
    set_list("missing", "gone", "lost");
    CHECK_INT(kube_config_load(NULL, NULL, &config, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "none of the files exists"));
    kube_config_t server = { .server = "https://told" };
    CHECK_INT(kube_config_load(NULL, &(kube_config_options_t){ .overrides = &server }, &config, &err), KUBE_OK);
    CHECK_STR(config->server, "https://told");
    kube_config_free(config);
    CHECK_INT(kube_config_load(path_of("gone"), &(kube_config_options_t){ .overrides = &server }, &config, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "gone"));
}

/* A program that was told a relative path, and then leaves the directory, as servers do. */
static void test_working_directory(void)
{
    kube_error_t err;
    char before[4096], here[4096], expected[4200];
    CHECK(getcwd(before, sizeof before));
    write_file("ca.crt", "CA");
    write_file("near", "current-context: x\nclusters: [{name: c, cluster: {server: 'https://near', certificate-authority: ca.crt}}]\n"
                       "contexts: [{name: x, context: {cluster: c}}]\n");
    CHECK_INT(chdir(directory), 0);
    CHECK(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "near:%s/near", here);
    setenv("KUBECONFIG", expected, 1);
    kube_config_t *named = load("near", NULL), *listed = load(NULL, NULL), *again = NULL;
    CHECK_INT(chdir("/"), 0);
    snprintf(expected, sizeof expected, "%s/near", here);
    CHECK_STR(named->source, expected);
    CHECK_STR(named->files.items[0], expected);
    CHECK_INT(listed->files.len, 1);
    snprintf(expected, sizeof expected, "%s/ca.crt", here);
    CHECK_STR(named->ca_file, expected);
    CHECK_INT(kube_config_reload(named, &again, &err), KUBE_OK);
    CHECK(kube_config_equal(named, again));
    kube_config_free(named);
    kube_config_free(listed);
    kube_config_free(again);
    CHECK_INT(chdir(before), 0);
    CHECK_INT(kube_config_load("", NULL, &again, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "No such file or directory"));
    unlink(path_of("ca.crt"));
    unlink(path_of("near"));
}

/* Whoever is told what is not there is told which file wants it. */
static void test_what_is_blamed(void)
{
    static const struct { const char *first, *second, *blamed, *rest; } cases[] = {
        { "", NULL, "first", "current-context: missing" },
        { "clusters: []\n---\nusers: []\n", NULL, "first", "current-context: missing" },
        { "clusters: [{name: c}]", "current-context: x", "second", "contexts: none is named \"x\"" },
        { "current-context: x", "contexts: [{name: x, context: {cluster: q}}]", "second", "clusters: none is named \"q\"" },
        { "current-context: x\nclusters: [{name: c, cluster: {server: 'https://c'}}]", "contexts: [{name: x, context: {cluster: c, user: z}}]",
          "second", "users: none is named \"z\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_error_t err;
        kube_config_t *config = NULL;
        char expected[512];
        write_file("first", cases[i].first);
        if (cases[i].second)
            write_file("second", cases[i].second);
        set_list("first", "second", "missing");
        CHECK_INT(kube_config_load(NULL, NULL, &config, &err), KUBE_E_CONFIG);
        snprintf(expected, sizeof expected, "%s: %s", path_of(cases[i].blamed), cases[i].rest);
        CHECK_STR(err.message, expected);
    }
    unlink(path_of("first"));
    unlink(path_of("second"));
}

static void test_relative_paths(void)
{
    mkdir(path_of("deep"), 0755);
    write_file("deep/ca.crt", "CA");
    write_file("deep/token", "t");
    write_file("deep/config", "clusters: [{name: c, cluster: {server: 'https://deep', certificate-authority: ca.crt}}, {name: bare, cluster: {server: 'deep:6443'}}]\n"
                              "users: [{name: u, user: {tokenFile: ./token}}, {name: e, user: {exec: {command: bin/plugin, apiVersion: "
                              "client.authentication.k8s.io/v1beta1}}}, {name: p, user: {exec: {command: plugin, apiVersion: "
                              "client.authentication.k8s.io/v1beta1}}}, {name: k, user: {client-certificate: 'pkcs11:object=a', "
                              "client-key: 'pkcs11:object=b;type=private'}}]\n");
    write_file("top", "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n");
    set_list("top", "deep/config", "missing");
    kube_config_t *config = load(NULL, NULL);
    CHECK_STR(config->ca_file, path_of("deep/ca.crt"));
    CHECK_STR(config->token_file, path_of("deep/./token"));
    kube_config_free(config);
    config = load(NULL, &(kube_config_options_t){ .user = "e" });
    CHECK_STR(config->exec->command, path_of("deep/bin/plugin"));
    kube_config_free(config);
    config = load(NULL, &(kube_config_options_t){ .user = "p" });
    CHECK_STR(config->exec->command, "plugin");
    kube_config_free(config);
    config = load(NULL, &(kube_config_options_t){ .user = "k" });
    CHECK(!config->client_key_file && !config->client_certificate_file);
    CHECK_STR(config->client_key_uri, "pkcs11:object=b;type=private");
    CHECK_STR(config->client_certificate_uri, "pkcs11:object=a");
    kube_config_free(config);
    /* A certificate is one wherever it is kept: it is shown to https servers. */
    config = load(NULL, &(kube_config_options_t){ .cluster = "bare", .user = "k" });
    CHECK_STR(config->server, "https://deep:6443");
    kube_config_free(config);
    unlink(path_of("deep/ca.crt"));
    unlink(path_of("deep/token"));
    unlink(path_of("deep/config"));
    rmdir(path_of("deep"));
}

/* A token stands in for its file until that is there. */
static void test_token_before_its_file(void)
{
    static const char text[] = "current-context: x\nclusters: [{name: c, cluster: {server: 'https://c'}}]\n"
                               "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
                               "users: [{name: u, user: {token: t, tokenFile: later}}, {name: v, user: {token: '', tokenFile: later}}]\n";
    kube_error_t err;
    kube_config_t *config = parse(text, NULL);
    CHECK_STR(config->token, "t");
    CHECK_STR(config->token_file, path_of("later"));
    kube_config_free(config);
    CHECK_INT(kube_config_parse(text, strlen(text), directory, &(kube_config_options_t){ .user = "v" }, &config, &err), KUBE_E_CONFIG);
    CHECK_STR(err.message, "kubeconfig: users[v].user.tokenFile: the file cannot be read: No such file or directory");
}

static void test_documents_and_forms(void)
{
    kube_config_t *config = parse("\xEF\xBB\xBF" "current-context: x\n---\n# nothing\n---\n"
                                  "clusters: [{name: c, cluster: {server: 'https://first'}}]\ncurrent-context: z\n---\n"
                                  "clusters: [{name: c, cluster: {server: 'https://second'}}]\n"
                                  "contexts: [{name: x, context: {cluster: c}}]\n", NULL);
    CHECK_STR(config->server, "https://first");
    CHECK_STR(config->context, "x");
    CHECK(!config->source && !config->origin);
    kube_config_free(config);
    config = parse("{\"current-context\":\"x\",\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https:\\/\\/json\"}}],"
                   "\"contexts\":[{\"name\":\"x\",\"context\":{\"cluster\":\"c\",\"namespace\":\"\\ud83d\\ude00\"}}]}", NULL);
    CHECK_STR(config->server, "https://json");
    CHECK_STR(config->ns, "\xF0\x9F\x98\x80");
    kube_config_free(config);
}

static const char rich[] =
    "current-context: x\n"
    "clusters:\n"
    "- name: c\n"
    "  cluster:\n"
    "    server: https://c\n"
    "    proxy-url: socks5://me:canary-proxy@proxy:1080\n"
    "    disable-compression: true\n"
    "    certificate-authority-data: Y2FuYXJ5LWNh\n"
    "    future: {num: 1.5}\n"
    "    extensions:\n"
    "    - name: client.authentication.k8s.io/exec\n"
    "      extension: {audience: canary-audience}\n"
    "    - name: other\n"
    "users:\n"
    "- name: exec\n"
    "  user:\n"
    "    as: someone\n"
    "    as-uid: '7'\n"
    "    as-groups: [a, b]\n"
    "    as-user-extra: {k: [v, w], e: []}\n"
    "    exec:\n"
    "      command: plugin\n"
    "      args: [--secret=canary-arg]\n"
    "      env: [{name: A, value: canary-env}, {name: B}]\n"
    "      apiVersion: client.authentication.k8s.io/v1\n"
    "      interactiveMode: Always\n"
    "      provideClusterInfo: true\n"
    "      installHint: get it\n"
    "      more: canary-more\n"
    "    extensions: [{name: e, extension: canary-extension}]\n"
    "    future: canary-future\n"
    "- name: oidc\n"
    "  user:\n"
    "    auth-provider:\n"
    "      name: oidc\n"
    "      config: {idp-issuer-url: 'https://canary-u:canary-p@idp', client-id: kube, client-secret: canary-s, refresh-token: canary-r, id-token: canary-i}\n"
    "- name: basic\n"
    "  user: {username: admin, password: canary-password}\n"
    "- name: token\n"
    "  user: {token: canary-token, client-certificate-data: Y2FuYXJ5LWNlcnQ=, client-key-data: Y2FuYXJ5LWtleQ==}\n"
    "contexts:\n"
    "- name: x\n"
    "  context: {cluster: c, user: exec, extensions: [{name: m, extension: 1}], more: 2}\n";

static void test_all_that_can_be_said(void)
{
    kube_config_t *config = parse(rich, NULL);
    const kube_exec_config_t *exec = config->exec;
    CHECK_STR(config->proxy_url, "socks5://me:canary-proxy@proxy:1080");
    CHECK(config->disable_compression);
    CHECK_STR(config->ca_pem, "canary-ca");
    CHECK_STR(config->as, "someone");
    CHECK_STR(config->as_uid, "7");
    CHECK(config->as_groups.len == 2 && strcmp(config->as_groups.items[1], "b") == 0);
    CHECK(config->as_user_extra.len == 2 && config->as_user_extra.items[0].value.len == 2 && config->as_user_extra.items[1].value.len == 0);
    CHECK_STR(config->as_user_extra.items[0].value.items[1], "w");
    CHECK_STR(exec->command, "plugin");
    CHECK_STR(exec->args.items[0], "--secret=canary-arg");
    CHECK_STR(exec->env.items[0].value, "canary-env");
    CHECK_STR(exec->env.items[1].value, "");
    CHECK_INT(exec->interactive_mode, KUBE_INTERACTIVE_ALWAYS);
    CHECK(exec->provide_cluster_info);
    CHECK_STR(exec->install_hint, "get it");
    CHECK_STR(exec->cluster_config.text, "{\"audience\":\"canary-audience\"}");
    CHECK_STR(exec->unknown.items[0].value.text, "\"canary-more\"");
    CHECK(config->cluster_extensions.len == 2 && !config->cluster_extensions.items[1].value.text);
    CHECK_STR(config->cluster_unknown.items[0].value.text, "{\"num\":1.5}");
    CHECK_STR(config->user_extensions.items[0].key, "e");
    CHECK_STR(config->user_unknown.items[0].key, "future");
    CHECK_STR(config->context_extensions.items[0].value.text, "1");
    CHECK_STR(config->context_unknown.items[0].key, "more");
    kube_config_t *copy = kube_config_dup(config);
    CHECK(kube_config_equal(config, copy) && copy->exec != config->exec);
    kube_config_free(config);
    CHECK_STR(copy->exec->args.items[0], "--secret=canary-arg");
    kube_config_free(copy);

    config = parse(rich, &(kube_config_options_t){ .user = "oidc" });
    CHECK_STR(config->auth_provider->name, "oidc");
    CHECK(config->auth_provider->config.len == 5 && strcmp(config->auth_provider->config.items[2].value, "canary-s") == 0);
    kube_config_free(config);
    config = parse(rich, &(kube_config_options_t){ .user = "basic" });
    CHECK_STR(config->username, "admin");
    CHECK_STR(config->password, "canary-password");
    kube_config_free(config);
}

static void test_equality(void)
{
    kube_config_t *a = parse(rich, NULL), *b = parse(rich, &(kube_config_options_t){ .user = "token" });
    CHECK(!kube_config_equal(a, b) && !kube_config_equal(a, NULL) && kube_config_equal(NULL, NULL));
    kube_config_t changed = *a;
    changed.source = "elsewhere";
    CHECK(kube_config_equal(a, &changed));
    kube_exec_config_t exec = *a->exec;
    exec.interactive_mode = KUBE_INTERACTIVE_NEVER;
    changed.exec = &exec;
    CHECK(!kube_config_equal(a, &changed));
    changed = *a;
    const char *groups[] = { "a", "c" };
    changed.as_groups.items = groups;
    CHECK(!kube_config_equal(a, &changed));
    kube_config_free(a);
    kube_config_free(b);
}

static void test_overrides(void)
{
    static const char text[] =
        "current-context: x\n"
        "clusters: [{name: c, cluster: {server: 'https://c', tls-server-name: t, certificate-authority-data: Q0E=, proxy-url: 'http://p'}}]\n"
        "users: [{name: u, user: {token: t, tokenFile: token, client-certificate-data: Qw==, client-key-data: Sw==, as: a, as-groups: [g]}}]\n"
        "contexts: [{name: x, context: {cluster: c, user: u, namespace: ns}}]\n";
    write_file("token", "x");
    kube_config_t overrides = { .server = "other:443", .token = "mine", .client_key_pem = "K2", .as = "b", .ns = "m" };
    kube_config_t *config = parse(text, &(kube_config_options_t){ .overrides = &overrides });
    CHECK_STR(config->server, "https://other:443");
    CHECK(!config->tls_server_name && !config->token_file);
    CHECK_STR(config->ca_pem, "CA");
    CHECK_STR(config->token, "mine");
    CHECK_STR(config->client_certificate_pem, "C");
    CHECK_STR(config->client_key_pem, "K2");
    CHECK_STR(config->as, "b");
    CHECK_STR(config->as_groups.items[0], "g");
    CHECK_STR(config->proxy_url, "http://p");
    CHECK_STR(config->ns, "m");
    kube_config_free(config);
    overrides = (kube_config_t){ .insecure_skip_tls_verify = true };
    config = parse(text, &(kube_config_options_t){ .overrides = &overrides, .ns = "k" });
    CHECK(config->insecure_skip_tls_verify && !config->ca_pem && strcmp(config->tls_server_name, "t") == 0);
    CHECK_STR(config->ns, "k");
    kube_config_free(config);
    overrides = (kube_config_t){ .ca_pem = "CA2", .tls_server_name = "s" };
    config = parse(text, &(kube_config_options_t){ .overrides = &overrides });
    CHECK_STR(config->ca_pem, "CA2");
    CHECK_STR(config->tls_server_name, "s");
    kube_config_free(config);
    setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
    write_file("ca.crt", "CA");
    overrides = (kube_config_t){ .server = "https://gateway", .as = "b" };
    CHECK_INT(kube_in_cluster_read(directory, &(kube_config_options_t){ .overrides = &overrides }, &config, NULL), KUBE_OK);
    CHECK_STR(config->server, "https://gateway");
    CHECK_STR(config->as, "b");
    kube_config_free(config);
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
    unlink(path_of("ca.crt"));
    unlink(path_of("token"));
}

/* Everything that is wrong at once, each with its file and its key. */
static void test_all_problems(void)
{
    write_file("one", "kind: Pod\ncurrent-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}, {name: x}]\n");
    write_file("two", "a: [canary\n");
    write_file("three", "clusters: [{name: c, cluster: {server: 'ftp://c', certificate-authority: none, insecure-skip-tls-verify: 3}}]\n"
                        "users: [{name: u, user: {token: 5, client-key-data: canary!, exec: {apiVersion: x, interactiveMode: Sometimes}}}]\n");
    static const struct { const char *file, *path, *message; size_t line; } wanted[] = {
        { "one", "kind", "must be Config", 0 },
        { "one", "contexts[x]", "there are two of that name", 0 },
        { "two", "", "not well-formed YAML", 2 },
        { "three", "clusters[c].cluster.certificate-authority", "the file cannot be read: No such file or directory", 0 },
        { "three", "clusters[c].cluster.insecure-skip-tls-verify", "must be true or false", 0 },
        { "three", "users[u].user.client-key-data", "not text in base64", 0 },
        { "three", "users[u].user.token", "must be a string", 0 },
        { "three", "users[u].user.exec.interactiveMode", "must be Never, IfAvailable or Always", 0 },
        { "three", "clusters[c].cluster.server", "not an http or https URL of host, port and path", 0 },
        { "three", "users[u].user.exec.command", "missing", 0 },
        { "three", "users[u].user.exec.apiVersion",
          "must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1", 0 },
    };
    set_list("one", "two", "three");
    kube_error_t err;
    kube_problems_t *problems = NULL;
    kube_config_t *config = NULL;
    CHECK_INT(kube_config_load(NULL, &(kube_config_options_t){ .problems = &problems }, &config, &err), KUBE_E_CONFIG);
    CHECK(!config && strstr(err.message, "one: kind: must be Config"));
    CHECK_INT(kube_problems_count(problems), sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && i < kube_problems_count(problems); i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        CHECK_STR(problem->source, path_of(wanted[i].file));
        CHECK_STR(problem->path, wanted[i].path);
        CHECK_STR(problem->message, wanted[i].message);
        CHECK_INT(problem->line, wanted[i].line);
    }
    kube_problems_free(problems);
    problems = (kube_problems_t *)1;
    config = parse(rich, &(kube_config_options_t){ .problems = &problems });
    CHECK(!problems);
    kube_config_free(config);
}

/* A configuration of a program's own, with what is wrong with it. */
static void test_checks(void)
{
    const char *hole[] = { NULL };
    kube_string_entry_t nameless[] = { { "", "x" } };
    const char v1[] = "client.authentication.k8s.io/v1";
    const struct { kube_config_t config; const char *path; } cases[] = {
        { { .proxy_url = "ftp://x" }, "proxy-url" },
        { { .proxy_url = "http://" }, "proxy-url" },
        { { .proxy_url = "socks5h://h" }, "proxy-url" },
        { { .as_uid = "1" }, "as" },
        { { .as = "a", .as_groups = { hole, 1 } }, "as-groups" },
        { { .username = "u", .token_file = "t" }, "username" },
        { { .client_key_uri = "pkcs11:a", .client_key_file = "k", .client_certificate_pem = "c" }, "client-key" },
        { { .client_key_passphrase = "a", .client_key_passphrase_file = "b" }, "client-key-passphrase" },
        { { .exec = &(kube_exec_config_t){ .command = "c" } }, "exec.apiVersion" },
        { { .exec = &(kube_exec_config_t){ .command = "c", .api_version = "client.authentication.k8s.io/v1alpha1" } }, "exec.apiVersion" },
        { { .exec = &(kube_exec_config_t){ .api_version = v1 } }, "exec.command" },
        { { .exec = &(kube_exec_config_t){ .command = "c", .api_version = v1, .env = { nameless, 1 } } }, "exec.env" },
        { { .exec = &(kube_exec_config_t){ .command = "c", .api_version = v1, .args = { hole, 1 } } }, "exec.args" },
        { { .exec = &(kube_exec_config_t){ .command = "c", .api_version = v1, .interactive_mode = (kube_interactive_mode_t)9 } }, "exec.interactiveMode" },
        { { .auth_provider = &(kube_auth_provider_t){ .name = NULL } }, "auth-provider.name" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_config_t config = cases[i].config;
        kube_error_t err;
        kube_problems_t *problems = NULL;
        config.server = "https://h";
        CHECK_INT(kube_config_check_all(&config, &problems, &err), KUBE_E_CONFIG);
        CHECK_INT(kube_problems_count(problems), 1);
        CHECK_STR(err.path, cases[i].path);
        kube_problems_free(problems);
    }
    kube_problems_t *problems = NULL;
    CHECK_INT(kube_config_check_all(&(kube_config_t){ .as_uid = "x", .proxy_url = "y" }, &problems, NULL), KUBE_E_CONFIG);
    CHECK_INT(kube_problems_count(problems), 3);
    kube_problems_free(problems);
}

static void test_reload(void)
{
    write_file("one", "current-context: x\nclusters: [{name: c, cluster: {server: 'https://before'}}]\n"
                      "contexts: [{name: x, context: {cluster: c, user: u}}, {name: z, context: {cluster: c}}]\nusers: [{name: u, user: {token: a}}]\n");
    setenv("KUBECONFIG", path_of("one"), 1);
    kube_config_t overrides = { .as = "canary-other" };
    kube_config_t *config = load(NULL, &(kube_config_options_t){ .ns = "n", .overrides = &overrides }), *after = NULL;
    overrides.as = NULL;
    unsetenv("KUBECONFIG");
    kube_config_t *copy = kube_config_dup(config);
    kube_config_free(config);
    write_file("one", "current-context: z\nclusters: [{name: c, cluster: {server: 'https://after'}}]\n"
                      "contexts: [{name: x, context: {cluster: c, user: u}}, {name: z, context: {cluster: c}}]\n");
    CHECK_INT(kube_config_reload(copy, &after, NULL), KUBE_OK);
    CHECK_STR(after->server, "https://after");
    CHECK_STR(after->context, "z");
    CHECK_STR(after->ns, "n");
    CHECK_STR(after->as, "canary-other");
    CHECK(!after->token && !kube_config_equal(copy, after));
    kube_config_free(copy);
    kube_error_t err;
    unlink(path_of("one"));
    CHECK_INT(kube_config_reload(after, &copy, &err), KUBE_E_CONFIG);
    CHECK(!copy);
    kube_config_free(after);
    CHECK_INT(kube_config_reload(&(kube_config_t){ .server = "https://h" }, &copy, &err), KUBE_E_USAGE);
    CHECK_INT(kube_config_reload(NULL, &copy, &err), KUBE_E_USAGE);
}

static void test_printing_hides_secrets(void)
{
    static const char *const users[] = { "exec", "oidc", "basic", "token" };
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        kube_config_t *config = parse(rich, &(kube_config_options_t){ .user = users[i] });
        kube_buffer_t text = { 0 };
        CHECK_INT(kube_config_print(config, 0, &text, NULL), KUBE_OK);
        CHECK(strstr(text.data, "server: https://c\n") && strstr(text.data, "REDACTED"));
        if (strstr(text.data, "canary") || strstr(text.data, "Y2FuYXJ5"))
            printf("%s\n", text.data);
        CHECK(!strstr(text.data, "canary") && !strstr(text.data, "Y2FuYXJ5"));
        kube_buffer_clear(&text);
        CHECK_INT(kube_config_print(config, KUBE_CONFIG_SECRETS, &text, NULL), KUBE_OK);
        kube_config_t *again = parse(text.data, NULL);
        if (!kube_config_equal(config, again))
            printf("%s\n", text.data);
        CHECK(kube_config_equal(config, again));
        kube_config_free(again);
        kube_config_free(config);
        kube_buffer_dispose(&text);
    }
    kube_buffer_t text = { 0 };
    kube_config_t own = { .server = "http://localhost", .client_key_uri = "pkcs11:a?pin-value=canary", .client_certificate_pem = "x",
                                .client_key_passphrase = "canary" };
    CHECK_INT(kube_config_print(&own, 0, &text, NULL), KUBE_OK);
    CHECK(!strstr(text.data, "canary") && strstr(text.data, "client-key: REDACTED"));
    own = (kube_config_t){ .server = "https://h", .proxy_url = "http://me:canary/1@proxy:1" };
    kube_buffer_clear(&text);
    CHECK_INT(kube_config_print(&own, 0, &text, NULL), KUBE_OK);
    CHECK(!strstr(text.data, "canary") && strstr(text.data, "proxy-url: http://REDACTED@proxy:1\n"));
    kube_buffer_dispose(&text);
    CHECK_INT(kube_config_print(NULL, 0, &text, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_config_print(&own, 0, NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_config_print(&own, 4, &text, NULL), KUBE_E_USAGE);
}

static bool parse_with_faults(void)
{
    kube_config_t *config = NULL, *copy = NULL, *again = NULL;
    kube_buffer_t text = { 0 };
    kube_problems_t *problems = NULL;
    const kube_config_t overrides = { .as = "x", .ca_pem = "y" };
    const kube_config_options_t options = { .overrides = &overrides, .ns = "n", .problems = &problems };
    int code = kube_config_load(path_of("rich"), &options, &config, NULL);
    if (code == KUBE_OK)
        code = kube_config_print(config, KUBE_CONFIG_SECRETS, &text, NULL);
    if (code == KUBE_OK && !(copy = kube_config_dup(config)))
        code = KUBE_E_NO_MEMORY;
    if (code == KUBE_OK)
        code = kube_config_reload(copy, &again, NULL);
    kube_config_free(config);
    kube_config_free(copy);
    kube_config_free(again);
    kube_buffer_dispose(&text);
    kube_problems_free(problems);
    return code == (faults.hit ? KUBE_E_NO_MEMORY : KUBE_OK);
}

static bool problems_with_faults(void)
{
    kube_config_t *config = NULL;
    kube_problems_t *problems = NULL;
    static const char wrong[] = "kind: x\nclusters: [{name: c, cluster: {server: 1}}]\nusers: [{name: u, user: {token: 1}}]";
    const kube_config_options_t options = { .cluster = "c", .user = "u", .problems = &problems };
    int code = kube_config_parse(wrong, sizeof wrong - 1, NULL, &options, &config, NULL);
    bool told = kube_problems_count(problems) == 3;
    kube_problems_free(problems);
    return faults.hit ? code == KUBE_E_NO_MEMORY : code == KUBE_E_CONFIG && told;
}

static void test_every_allocation_fails(void)
{
    write_file("rich", rich);
    CHECK(fault_loop(parse_with_faults) > 100);
    CHECK(fault_loop(problems_with_faults) > 10);
    unlink(path_of("rich"));
}

static void test_secrets_are_wiped(void)
{
    static const char *const users[] = { "exec", "oidc", "basic", "token" };
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        kube_set_allocator(&canary_allocator);
        canary_found = false;
        kube_config_t *config = parse(rich, &(kube_config_options_t){ .user = users[i] });
        kube_config_free(kube_config_dup(config));
        kube_config_free(config);
        CHECK(!canary_found);
        kube_set_allocator(NULL);
    }
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    RUN(test_first_file_wins);
    RUN(test_no_file_of_the_list);
    RUN(test_what_is_blamed);
    RUN(test_working_directory);
    RUN(test_relative_paths);
    RUN(test_token_before_its_file);
    RUN(test_documents_and_forms);
    RUN(test_all_that_can_be_said);
    RUN(test_equality);
    RUN(test_overrides);
    RUN(test_all_problems);
    RUN(test_checks);
    RUN(test_reload);
    RUN(test_printing_hides_secrets);
    RUN(test_every_allocation_fails);
    RUN(test_secrets_are_wiped);
    const char *names[] = { "one", "two", "three", "top" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    CHECK(rmdir(directory) == 0);
    return test_end();
}
