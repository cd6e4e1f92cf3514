/* Changing kubeconfig files: what is written, and what stays. */
#include <kube/kubeconfig.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "canary.h"
#include "config/replace_file.h"
#include "config/yaml_edit.h"
#include "faults.h"
#include "test.h"

static char directory[] = "/tmp/libkube-kubeconfig-XXXXXX";

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

static const char *content(const char *name)
{
    static char text[65536];
    FILE *file = fopen(path_of(name), "r");
    size_t len = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[len] = '\0';
    if (file)
        fclose(file);
    return text;
}

static mode_t mode_of(const char *name)
{
    struct stat status;
    return stat(path_of(name), &status) == 0 ? status.st_mode & 0777 : 0;
}

static kube_kubeconfig_t *open_path(const char *path)
{
    kube_error_t err;
    kube_kubeconfig_t *files = NULL;
    if (kube_kubeconfig_open(path, &files, &err) != KUBE_OK)
        printf("%s\n", err.message);
    CHECK(files);
    return files;
}

#define OK(call)                               \
    do {                                       \
        kube_error_t err_;                     \
        int code_ = (call);                    \
        if (code_ != KUBE_OK)                  \
            printf("%s\n", err_.message);      \
        CHECK_INT(code_, KUBE_OK);             \
    } while (0)

/* ---- one edit of a text ---- */

typedef struct edit_case {
    const char *what, *before, *path, *json, *after;
} edit_case_t;

/* Paths are written "users/[a]/user/token". */
static size_t read_path(const char *path, char *copy, kube_step_t *steps)
{
    size_t count = 0;
    strcpy(copy, path);
    for (char *part = strtok(copy, "/"); part; part = strtok(NULL, "/")) {
        bool is_item = *part == '[';
        if (is_item)
            part[strlen(part) - 1] = '\0';
        steps[count++] = (kube_step_t){ is_item, part + is_item };
    }
    return count;
}

static int edit_text(const char *before, const char *path, const char *json, kube_buffer_t *text)
{
    kube_step_t steps[KUBE_STEPS_MAX];
    char copy[256];
    size_t count = read_path(path, copy, steps);
    *text = (kube_buffer_t){ 0 };
    kube_buffer_puts(text, before);
    const kube_edit_t edit = { steps, count, json, json ? strlen(json) : 0 };
    return kube_yaml_edit(text, 0, &edit, NULL);
}

static void check_edits(const edit_case_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kube_buffer_t text;
        int code = edit_text(cases[i].before, cases[i].path, cases[i].json, &text);
        if (code != (cases[i].after ? KUBE_OK : KUBE_E_UNSUPPORTED) || (cases[i].after && strcmp(text.data ? text.data : "", cases[i].after) != 0)) {
            printf("%s: %s:\n%s\n", cases[i].what, kube_code_name(code), text.data);
            CHECK(false);
        }
        kube_buffer_dispose(&text);
    }
}

static void test_block_edits(void)
{
    static const edit_case_t cases[] = {
        { "replace", "# top\na: 1 # one\nb: two\n", "a", "\"x\"", "# top\na: x # one\nb: two\n" },
        { "replace empty", "a:\nb: two\n", "a", "\"x\"", "a: x\nb: two\n" },
        { "replace by a mapping", "a: 1\nb: 2\n", "a", "{\"c\":{\"d\":[1,2]}}", "a:\n  c:\n    d:\n    - 1\n    - 2\nb: 2\n" },
        { "a text that looks like a number", "a: 1\n", "a", "\"12\"", "a: \"12\"\n" },
        { "a text of several lines", "a: 1 # c\n", "a", "\"x\\ny\\n\"", "a: \"x\\ny\\n\" # c\n" },
        { "add", "a: 1\n# end\n", "b", "\"x\"", "a: 1\nb: x\n# end\n" },
        { "add without a newline", "a: 1", "b", "2", "a: 1\nb: 2" },
        { "add with CRLF", "a: 1\r\nc: 2\r\n", "d/e", "2", "a: 1\r\nc: 2\r\nd:\r\n  e: 2\r\n" },
        { "add behind a block scalar", "a: |\n  x\n  y\n", "b", "2", "a: |\n  x\n  y\nb: 2\n" },
        { "add behind a kept block scalar", "a: |+\n  x\n\n", "b", "2", NULL },
        { "add to nothing", "", "a/b", "1", "a:\n  b: 1\n" },
        { "add to comments", "# only this", "a", "1", "# only this\na: 1\n" },
        { "add where null is", "users:\nz: 1\n", "users/[a]/user/token", "\"t\"", "users:\n- name: a\n  user:\n    token: t\nz: 1\n" },
        { "add where [] is", "users: []\nz: 1\n", "users/[a]/user/token", "\"t\"",
          "users:\n- name: a\n  user:\n    token: t\nz: 1\n" },
        { "add an item", "users:\n- name: a # first\n  user: {}\n# here\nz: 1\n", "users/[b]/user/token", "\"t\"",
          "users:\n- name: a # first\n  user: {}\n- name: b\n  user:\n    token: t\n# here\nz: 1\n" },
        { "add an indented item", "users:\n  - user:\n      token: x\n    name: a\n", "users/[b]/user/token", "\"t\"",
          "users:\n  - user:\n      token: x\n    name: a\n  - name: b\n    user:\n      token: t\n" },
        { "change an item", "users:\n  - user: # who\n      token: x # what\n    name: a\n", "users/[a]/user/token", "\"t\"",
          "users:\n  - user: # who\n      token: t # what\n    name: a\n" },
        { "add to an item", "users:\n- name: a\n  user:\n    # why\n    token: x\n- name: b\n", "users/[a]/user/as", "\"t\"",
          "users:\n- name: a\n  user:\n    # why\n    token: x\n    as: t\n- name: b\n" },
        { "complete an item", "users:\n- name: a\n- name: b\n", "users/[a]/user/as", "\"t\"",
          "users:\n- name: a\n  user:\n    as: t\n- name: b\n" },
        { "not ASCII", "# ünï\nä: ö # ü\nusers:\n- name: é\n  user: {token: ß} # €\n", "users/[é]/user/token", "\"日本\"",
          "# ünï\nä: ö # ü\nusers:\n- name: é\n  user: {token: \"日本\"} # €\n" },
        { "a byte order mark", "\xEF\xBB\xBF" "a: 1\nb: é\nc: 2\n", "c", "3", "\xEF\xBB\xBF" "a: 1\nb: é\nc: 3\n" },
        { "an anchor that nobody else uses", "a: &x 1\nb: 2\n", "a", "3", "a: 3\nb: 2\n" },
        { "an anchor that others use", "a: &x {b: 1}\nc: *x # c\nd: 2\n", "a/b", "3", NULL },
        { "an alias", "a: &x {b: 1}\nc: *x # c\nd: 2\n", "c/b", "3", "a: &x {b: 1}\nc:\n  b: 3 # c\nd: 2\n" },
        { "a merge key", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n", "c/b", "3", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n  b: 3\n" },
        { "a key written twice", "a: 1\na: 2\n", "a", "3", "a: 1\na: 3\n" },
        { "quotes", "'a': \"1\"\n", "a", "\"x\"", "a: x\n" },
        { "a second document", "a: 1\n---\na: 2\n", "b", "3", "a: 1\nb: 3\n---\na: 2\n" },
        { "an empty document before", "---\n# no\n---\na: 2 # c\n...\n", "b", "3", "---\n# no\n---\na: 2 # c\nb: 3\n...\n" },
        { "malformed", "a: [\n", "b", "3", NULL },
    };
    check_edits(cases, sizeof cases / sizeof *cases);
}

static void test_removals(void)
{
    static const edit_case_t cases[] = {
        { "a line", "a: 1\nb: 2 # two\nc: 3\n", "b", NULL, "a: 1\nc: 3\n" },
        { "several lines", "a: 1\nb:\n  x: 1\n  y:\n  - 2\nc: 3\n", "b", NULL, "a: 1\nc: 3\n" },
        { "the last line", "a: 1\nb: 2", "b", NULL, "a: 1\n" },
        { "the only key", "a: 1\n", "a", NULL, "{}\n" },
        { "what is not there", "a: 1\n", "b/c", NULL, "a: 1\n" },
        { "what is not there either", "a: 1\n", "a/c", NULL, "a: 1\n" },
        { "nothing from nothing", "", "a", NULL, "" },
        { "an item", "l:\n- name: a\n  x: 1\n- name: b\n# c\n- name: c\n", "l/[b]", NULL, "l:\n- name: a\n  x: 1\n# c\n- name: c\n" },
        { "the only item", "l:\n- name: a\n  x: 1\nz: 1\n", "l/[a]", NULL, "l: []\nz: 1\n" },
        { "an item's first key", "l:\n- x: 1\n  name: a\n", "l/[a]/x", NULL, "l:\n- name: a\n" },
        { "a key of an item's only one", "l:\n- name: a\n  user:\n    token: x\n", "l/[a]/user/token", NULL, "l:\n- name: a\n  user: {}\n" },
        { "a flow key", "a: {b: 1, c: 2, d: 3}\n", "a/c", NULL, "a: {b: 1, d: 3}\n" },
        { "the last flow key", "a: {b: 1, c: 2}\n", "a/c", NULL, "a: {b: 1}\n" },
        { "the only flow key", "a: {b: 1} # c\n", "a/b", NULL, "a: {} # c\n" },
        { "a flow item", "l: [{name: a}, {name: b}]\n", "l/[a]", NULL, "l: [{name: b}]\n" },
    };
    check_edits(cases, sizeof cases / sizeof *cases);
}

static void test_json_edits(void)
{
    static const edit_case_t cases[] = {
        { "replace", "{\n\t\"a\": 1,\n\t\"b\": [1, 2]\n}\n", "a", "\"x\"", "{\n\t\"a\": \"x\",\n\t\"b\": [1, 2]\n}\n" },
        { "add", "{\"a\": {}}", "a/b/c", "1", "{\"a\": {\"b\": {\"c\":1}}}" },
        { "add an item", "{\"users\":[{\"name\":\"a\"}]}", "users/[b]/user/as", "\"x\"",
          "{\"users\":[{\"name\":\"a\"}, {\"name\":\"b\",\"user\":{\"as\":\"x\"}}]}" },
        { "remove", "{\"a\": 1, \"b\": {\"c\": 2, \"d\": 3}}", "b/c", NULL, "{\"a\": 1, \"b\": {\"d\": 3}}" },
        { "empty", "{}", "a", "1", "{\"a\": 1}" },
    };
    check_edits(cases, sizeof cases / sizeof *cases);
}

/* ---- files ---- */

static const char first_file[] =
    "# mine\n"
    "apiVersion: v1\n"
    "kind: Config\n"
    "clusters:\n"
    "- name: prod # the one\n"
    "  cluster:\n"
    "    server: https://prod   # keep the spaces\n"
    "    certificate-authority-data: Q0E=\n"
    "    x-mine: {a: [1,   2]}\n"
    "users:\n"
    "- name: me\n"
    "  user:\n"
    "    username: me\n"
    "    password: canary-password\n"
    "contexts:\n"
    "- context: {cluster: prod, user: me}\n"
    "  name: prod\n";
static const char second_file[] =
    "current-context: lab\n"
    "clusters: [{name: lab, cluster: {server: 'https://lab'}}, {name: prod, cluster: {server: 'https://hidden'}}]\n"
    "contexts: [{name: lab, context: {cluster: lab, user: robot}}]\n"
    "users: [{name: robot, user: {token: canary-robot}}]\n";

static void set_list(const char *a, const char *b)
{
    char list[600];
    snprintf(list, sizeof list, "%s:%s", path_of(a), path_of(b));
    setenv("KUBECONFIG", list, 1);
}

static kube_kubeconfig_t *open_both(void)
{
    write_file("first", first_file);
    write_file("second", second_file);
    set_list("first", "second");
    return open_path(NULL);
}

static void test_looking(void)
{
    kube_kubeconfig_t *files = open_both();
    CHECK_INT(kube_kubeconfig_count(files, KUBE_KUBECONFIG_CLUSTER), 2);
    CHECK_STR(kube_kubeconfig_name(files, KUBE_KUBECONFIG_CLUSTER, 0), "prod");
    CHECK_STR(kube_kubeconfig_name(files, KUBE_KUBECONFIG_CLUSTER, 1), "lab");
    CHECK(!kube_kubeconfig_name(files, KUBE_KUBECONFIG_CLUSTER, 2));
    CHECK_STR(kube_kubeconfig_file(files, KUBE_KUBECONFIG_CLUSTER, "prod"), path_of("first"));
    CHECK_STR(kube_kubeconfig_file(files, KUBE_KUBECONFIG_USER, "robot"), path_of("second"));
    CHECK(!kube_kubeconfig_file(files, KUBE_KUBECONFIG_USER, "prod"));
    CHECK_STR(kube_kubeconfig_current(files), "lab");
    kube_config_t *config = NULL;
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_CLUSTER, "prod", &config, &err_));
    CHECK_STR(config->server, "https://prod");
    CHECK_STR(config->ca_pem, "CA");
    CHECK(config->cluster_unknown.len == 1 && strcmp(config->cluster_unknown.items[0].value.text, "{\"a\":[1,2]}") == 0);
    kube_config_free(config);
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_CONTEXT, "prod", &config, &err_));
    CHECK_STR(config->user, "me");
    kube_config_free(config);
    OK(kube_kubeconfig_config(files, NULL, &config, &err_));
    CHECK_STR(config->server, "https://lab");
    CHECK_STR(config->user_source, path_of("second"));
    kube_config_t *again = NULL;
    OK(kube_config_reload(config, &again, &err_));
    CHECK(kube_config_equal(config, again));
    kube_config_free(config);
    kube_config_free(again);
    CHECK_INT(kube_kubeconfig_get(files, KUBE_KUBECONFIG_USER, "x", &config, NULL), KUBE_E_NOT_FOUND);
    CHECK(!config);
    kube_kubeconfig_free(files);
}

/* Each change goes where the entry is, and nothing else moves. */
static void test_changes_go_home(void)
{
    kube_kubeconfig_t *files = open_both();
    chmod(path_of("first"), 0640);
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "robot", &(kube_config_t){ .token = "canary-new" }, &err_));
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_CLUSTER, "prod", &(kube_config_t){ .server = "https://moved", .ca_file = "/ca" }, &err_));
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_CONTEXT, "ci", &(kube_config_t){ .cluster = "lab", .user = "robot", .ns = "ci" }, &err_));
    OK(kube_kubeconfig_use(files, "ci", &err_));
    CHECK_STR(kube_kubeconfig_current(files), "ci");
    CHECK_STR(content("first"), first_file);
    OK(kube_kubeconfig_save(files, &err_));
    CHECK_STR(content("second"),
              "current-context: lab\n"
              "clusters: [{name: lab, cluster: {server: 'https://lab'}}, {name: prod, cluster: {server: 'https://hidden'}}]\n"
              "contexts: [{name: lab, context: {cluster: lab, user: robot}}]\n"
              "users: [{name: robot, user: {token: \"canary-new\"}}]\n");
    CHECK_STR(content("first"),
              "# mine\n"
              "apiVersion: v1\n"
              "kind: Config\n"
              "clusters:\n"
              "- name: prod # the one\n"
              "  cluster:\n"
              "    server: https://moved   # keep the spaces\n"
              "    x-mine: {a: [1,   2]}\n"
              "    certificate-authority: /ca\n"
              "users:\n"
              "- name: me\n"
              "  user:\n"
              "    username: me\n"
              "    password: canary-password\n"
              "contexts:\n"
              "- context: {cluster: prod, user: me}\n"
              "  name: prod\n"
              "- name: ci\n"
              "  context:\n"
              "    cluster: lab\n"
              "    user: robot\n"
              "    namespace: ci\n"
              "current-context: ci\n");
    CHECK_INT(mode_of("first"), 0640);
    CHECK(access(path_of("first.lock"), F_OK) != 0);
    OK(kube_kubeconfig_use(files, NULL, &err_));
    CHECK_STR(kube_kubeconfig_current(files), "lab");
    OK(kube_kubeconfig_remove(files, KUBE_KUBECONFIG_CLUSTER, "prod", &err_));
    CHECK_STR(kube_kubeconfig_file(files, KUBE_KUBECONFIG_CLUSTER, "prod"), path_of("second"));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK(strstr(content("first"), "clusters: []\n") && !strstr(content("first"), "current-context"));
    kube_kubeconfig_free(files);
}

/* A choice that a later file has made already changes nothing; another one is the first file's. */
static void test_choice_of_a_later_file(void)
{
    static const char early[] = "kind: Config\n";
    write_file("first", early);
    write_file("second", "current-context: b\ncontexts:\n- name: b\n- name: a\n");
    set_list("first", "second");
    kube_kubeconfig_t *files = open_path(NULL);
    OK(kube_kubeconfig_use(files, "b", &err_));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK_STR(content("first"), early);
    CHECK(strstr(content("second"), "current-context: b\n"));
    OK(kube_kubeconfig_use(files, "a", &err_));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK(strstr(content("first"), "current-context: a\n"));
    CHECK(strstr(content("second"), "current-context: b\n"));
    kube_kubeconfig_free(files);
}

static void test_contradictions_go(void)
{
    kube_kubeconfig_t *files = open_both();
    kube_config_t *config = NULL;
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "me", &(kube_config_t){ .token = "t" }, &err_));
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_USER, "me", &config, &err_));
    CHECK(!config->username && !config->password && strcmp(config->token, "t") == 0);
    kube_config_free(config);
    const kube_config_t key = { .client_key_uri = "pkcs11:object=me", .client_certificate_pem = "PEM" };
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "me", &key, &err_));
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_CLUSTER, "prod", &(kube_config_t){ .insecure_skip_tls_verify = true }, &err_));
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_USER, "me", &config, &err_));
    CHECK_STR(config->client_key_uri, "pkcs11:object=me");
    CHECK_STR(config->client_certificate_pem, "PEM");
    kube_config_free(config);
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_CLUSTER, "prod", &config, &err_));
    CHECK(config->insecure_skip_tls_verify && !config->ca_pem);
    kube_config_free(config);
    OK(kube_kubeconfig_set_key(files, KUBE_KUBECONFIG_CLUSTER, "prod", "tls-server-name", "\"x\"", &err_));
    OK(kube_kubeconfig_set_key(files, KUBE_KUBECONFIG_CLUSTER, "prod", "x-mine", NULL, &err_));
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_CLUSTER, "prod", &config, &err_));
    CHECK_STR(config->tls_server_name, "x");
    CHECK_INT(config->cluster_unknown.len, 0);
    kube_config_free(config);
    const kube_exec_config_t plugin = { .command = "p", .api_version = "client.authentication.k8s.io/v1" };
    const kube_auth_provider_t provider = { .name = "oidc" };
    const kube_config_t either[] = { { .exec = &plugin }, { .auth_provider = &provider }, { .exec = &plugin } };
    for (size_t i = 0; i < sizeof either / sizeof *either; i++) {
        OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "either", &either[i], &err_));
        OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_USER, "either", &config, &err_));
        CHECK(!config->exec == !either[i].exec && !config->auth_provider == !either[i].auth_provider);
        kube_config_free(config);
    }
    kube_kubeconfig_free(files);
}

static const char everything[] =
    "{\"command\":\"/bin/plugin\",\"args\":[\"a\",\"b: c\"],\"env\":[{\"name\":\"A\",\"value\":\"\"}],"
    "\"apiVersion\":\"client.authentication.k8s.io/v1\",\"interactiveMode\":\"Never\",\"provideClusterInfo\":true}";

static void test_structured_values(void)
{
    kube_kubeconfig_t *files = open_both();
    kube_config_t *config = NULL;
    const char *args[] = { "a", "b: c" };
    kube_string_entry_t env[] = { { "A", "" } };
    const kube_exec_config_t exec = { .command = "/bin/plugin", .args = { args, 2 }, .env = { env, 1 },
                                      .api_version = "client.authentication.k8s.io/v1", .interactive_mode = KUBE_INTERACTIVE_NEVER,
                                      .provide_cluster_info = true };
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "plugin", &(kube_config_t){ .exec = &exec }, &err_));
    OK(kube_kubeconfig_set_key(files, KUBE_KUBECONFIG_USER, "json", "exec", everything, &err_));
    kube_config_t *other = NULL;
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_USER, "plugin", &config, &err_));
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_USER, "json", &other, &err_));
    CHECK(kube_config_equal(config, other) && config->exec->args.len == 2 && config->exec->interactive_mode == KUBE_INTERACTIVE_NEVER);
    kube_config_free(config);
    kube_config_free(other);
    kube_kubeconfig_free(files);
}

/* A file, and the folders above, that were not there. */
static void test_new_file(void)
{
    kube_kubeconfig_t *files = open_path(path_of("a/b/new"));
    umask(022);
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_CLUSTER, "c", &(kube_config_t){ .server = "https://c" }, &err_));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK_STR(content("a/b/new"), "apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster:\n    server: https://c\n");
    CHECK_INT(mode_of("a/b/new"), 0600);
    CHECK_INT(mode_of("a/b"), 0755);
    kube_kubeconfig_free(files);
    /* None of a list is there: the last one is made, as kubectl does. */
    set_list("none", "a/b/last");
    files = open_path(NULL);
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "u", &(kube_config_t){ 0 }, &err_));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK_STR(content("a/b/last"), "apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user: {}\n");
    CHECK(access(path_of("none"), F_OK) != 0);
    kube_kubeconfig_free(files);
    /* An empty file is one that is there. */
    write_file("hollow", "");
    set_list("hollow", "a/b/last");
    files = open_path(NULL);
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "v", &(kube_config_t){ .as = "x" }, &err_));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK_STR(content("hollow"), "apiVersion: v1\nkind: Config\nusers:\n- name: v\n  user:\n    as: x\n");
    kube_kubeconfig_free(files);
    unlink(path_of("hollow"));
    unlink(path_of("a/b/new"));
    unlink(path_of("a/b/last"));
    CHECK(rmdir(path_of("a/b")) == 0 && rmdir(path_of("a")) == 0);
}

static void test_symbolic_link(void)
{
    write_file("target", first_file);
    CHECK(symlink("target", path_of("link")) == 0);
    kube_kubeconfig_t *files = open_path(path_of("link"));
    OK(kube_kubeconfig_use(files, "prod", &err_));
    OK(kube_kubeconfig_save(files, &err_));
    struct stat status;
    CHECK(lstat(path_of("link"), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(strstr(content("target"), "current-context: prod"));
    kube_kubeconfig_free(files);
    unlink(path_of("link"));
    unlink(path_of("target"));
}

/* Links of links to a file that is yet to be made, and a circle of them. */
static void test_link_to_nothing(void)
{
    kube_error_t err;
    mkdir(path_of("folder"), 0755);
    CHECK(symlink("folder/link", path_of("link")) == 0);
    CHECK(symlink("../target", path_of("folder/link")) == 0);
    kube_kubeconfig_t *files = open_path(path_of("link"));
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "u", &(kube_config_t){ .token = "t" }, &err_));
    OK(kube_kubeconfig_save(files, &err_));
    kube_kubeconfig_free(files);
    struct stat status;
    CHECK(lstat(path_of("link"), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(lstat(path_of("folder/link"), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(lstat(path_of("target"), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 0777) == 0600);
    CHECK(strstr(content("target"), "name: u"));
    unlink(path_of("target"));
    CHECK(symlink("link", path_of("target")) == 0);
    CHECK_INT(kube_file_replace(path_of("link"), "x", 1, &err), KUBE_E_IO);
    CHECK(strstr(err.message, "cannot be found"));
    unlink(path_of("target"));
    unlink(path_of("link"));
    unlink(path_of("folder/link"));
    rmdir(path_of("folder"));
}

/* chmod 400 is how people keep programs from changing a kubeconfig. */
static void test_write_protection(void)
{
    kube_error_t err;
    uid_t self = geteuid(), nobody = 65534;
    write_file("protected", first_file);
    CHECK(chmod(path_of("protected"), 0400) == 0);
    bool is_root = self == 0;
    if (is_root && (chown(path_of("protected"), nobody, (gid_t)-1) != 0 || chown(directory, nobody, (gid_t)-1) != 0 || seteuid(nobody) != 0)) {
        unlink(path_of("protected"));
        return;
    }
    kube_kubeconfig_t *files = open_path(path_of("protected"));
    OK(kube_kubeconfig_use(files, "prod", &err_));
    CHECK_INT(kube_kubeconfig_save(files, &err), KUBE_E_IO);
    CHECK(strstr(err.message, "protected: cannot be written: Permission denied"));
    CHECK_STR(content("protected"), first_file);
    CHECK(chmod(path_of("protected"), 0600) == 0);
    OK(kube_kubeconfig_save(files, &err_));
    CHECK(strstr(content("protected"), "current-context: prod"));
    kube_kubeconfig_free(files);
    unlink(path_of("protected"));
    CHECK(!is_root || (seteuid(self) == 0 && chown(directory, self, (gid_t)-1) == 0));
}

/* What others wrote in the meantime stays, unless it contradicts. */
static void test_changes_of_others(void)
{
    kube_kubeconfig_t *files = open_both();
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "robot", &(kube_config_t){ .token = "mine" }, &err_));
    write_file("second", "# new\nusers:\n- name: other\n  user: {token: theirs}\n- name: robot\n  user: {token: old, username: late, as: them}\n");
    OK(kube_kubeconfig_save(files, &err_));
    CHECK_STR(content("second"), "# new\nusers:\n- name: other\n  user: {token: theirs}\n- name: robot\n  user: {token: \"mine\", as: them}\n");
    CHECK_STR(kube_kubeconfig_file(files, KUBE_KUBECONFIG_USER, "other"), path_of("second"));

    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "robot", &(kube_config_t){ .token = "again" }, &err_));
    write_file("second", "users: [{name: canary");
    kube_error_t err;
    CHECK_INT(kube_kubeconfig_save(files, &err), KUBE_E_CONFIG);
    CHECK(strstr(err.message, "second") && !strstr(err.message, "canary"));
    CHECK_STR(content("second"), "users: [{name: canary");
    CHECK(access(path_of("second.lock"), F_OK) != 0);
    unlink(path_of("second"));
    OK(kube_kubeconfig_save(files, &err_));
    CHECK(strstr(content("second"), "token: again"));
    CHECK_INT(mode_of("second"), 0600);
    kube_kubeconfig_free(files);
}

static void test_lock(void)
{
    char *lock = NULL, *second = NULL;
    kube_error_t err = { 0 };
    CHECK_INT(kube_file_lock(path_of("locked"), 0, &lock, &err), KUBE_OK);
    CHECK_STR(lock, path_of("locked.lock"));
    CHECK_INT(kube_file_lock(path_of("locked"), 50, &second, &err), KUBE_E_TIMEOUT);
    CHECK(!second && strstr(err.message, "locked.lock"));
    kube_file_unlock(lock);
    CHECK_INT(kube_file_lock(path_of("locked"), 0, &lock, &err), KUBE_OK);
    kube_file_unlock(lock);
    CHECK_INT(kube_file_lock("/proc/none/locked", 0, &lock, &err), KUBE_E_IO);
    kube_file_unlock(NULL);
}

#define WRITERS 8
#define ROUNDS 12

static char shared_path[256];

/* On a slow machine the others may hold the lock for longer than is waited for it. */
static void save_in_turn(kube_kubeconfig_t *files)
{
    int code;
    do
        code = kube_kubeconfig_save(files, NULL);
    while (code == KUBE_E_TIMEOUT);
}

static void *write_users(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        char name[32];
        snprintf(name, sizeof name, "user-%d-%d", *(int *)number, i);
        kube_kubeconfig_t *files = NULL;
        if (kube_kubeconfig_open(shared_path, &files, NULL) == KUBE_OK &&
            kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, name, &(kube_config_t){ .as = name }, NULL) == KUBE_OK)
            save_in_turn(files);
        kube_kubeconfig_free(files);
    }
    return NULL;
}

/* Readers see whole files only, and nothing that one writer wrote is lost by another. */
static void test_many_writers(void)
{
    snprintf(shared_path, sizeof shared_path, "%s", path_of("shared"));
    pthread_t threads[WRITERS];
    int numbers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, write_users, &numbers[i]);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    kube_kubeconfig_t *files = open_path(shared_path);
    CHECK_INT(kube_kubeconfig_count(files, KUBE_KUBECONFIG_USER), WRITERS * ROUNDS);
    kube_kubeconfig_free(files);
    unlink(shared_path);
}

static void test_checking_everything(void)
{
    kube_kubeconfig_t *files = open_both();
    OK(kube_kubeconfig_check(files, NULL, &err_));
    kube_kubeconfig_free(files);
    const char *path = write_file("wrong",
                                  "current-context: gone\n"
                                  "clusters: [{name: a, cluster: {server: 'ftp://x', proxy-url: 'socks4://p'}}, {name: b, cluster: {certificate-authority: none}}]\n"
                                  "users: [{name: u, user: {token: canary, username: u, as-uid: 1}}, {name: v, user: {exec: {}, auth-provider: {}}}]\n"
                                  "contexts: [{name: c, context: {cluster: a, user: none}}, {name: d, context: {user: u}}]\n");
    static const struct { const char *path, *message; } wanted[] = {
        { "clusters[a].cluster.server", "not an http" },
        { "clusters[a].cluster.proxy-url", "not an http, https or socks5" },
        { "clusters[b].cluster.certificate-authority", "cannot be read" },
        { "clusters[b].cluster.server", "missing" },
        { "users[u].user.as-uid", "must be a string" },
        { "users[u].user.username", "contradicts token" },
        { "users[v].user.exec.command", "missing" },
        { "users[v].user.exec.apiVersion", "missing" },
        { "users[v].user.exec", "contradicts auth-provider" },
        { "users[v].user.auth-provider.name", "missing" },
        { "contexts[c].context.user", "none of that name" },
        { "contexts[d].context.cluster", "missing" },
        { "current-context", "no context of that name" },
    };
    files = open_path(path);
    kube_problems_t *problems = NULL;
    kube_error_t err;
    CHECK_INT(kube_kubeconfig_check(files, &problems, &err), KUBE_E_CONFIG);
    CHECK_INT(kube_problems_count(problems), sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && i < kube_problems_count(problems); i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        CHECK_STR(problem->path, wanted[i].path);
        CHECK(strstr(problem->message, wanted[i].message));
        CHECK_STR(problem->source, path_of("wrong"));
        CHECK(!strstr(problem->message, "canary"));
    }
    CHECK(strstr(err.message, "clusters[a].cluster.server"));
    kube_problems_free(problems);
    kube_kubeconfig_free(files);
}

/* Those who have thousands of clusters look through them in no time: it takes steps as many as entries, and not their third power. */
static void test_many_entries(void)
{
    enum { MANY = 5000 };
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "clusters: [{name: c, cluster: {server: 'https://c'}}]\nusers: [{name: u}]\ncontexts:\n");
    for (int i = 0; i < MANY; i++) {
        kube_buffer_printf(&text, "- {name: n%d, context: {cluster: c, user: u, namespace: s%d}}\n", i, i);
        if (i == MANY / 2)
            kube_buffer_puts(&text, "---\ncontexts:\n- {name: n7, context: {cluster: c, user: u, namespace: other}}\n");
    }
    kube_kubeconfig_t *files = open_path(write_file("many", text.data));
    kube_buffer_dispose(&text);
    CHECK_INT(kube_kubeconfig_count(files, KUBE_KUBECONFIG_CONTEXT), MANY);
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        const char *found = kube_kubeconfig_name(files, KUBE_KUBECONFIG_CONTEXT, (size_t)i);
        if (!found || strcmp(found, name) != 0)
            CHECK_STR(found, name);
    }
    CHECK(!kube_kubeconfig_name(files, KUBE_KUBECONFIG_CONTEXT, MANY));
    OK(kube_kubeconfig_check(files, NULL, &err_));
    kube_config_t *context = NULL;
    OK(kube_kubeconfig_get(files, KUBE_KUBECONFIG_CONTEXT, "n7", &context, &err_));
    CHECK_STR(context->ns, "s7");
    kube_config_free(context);
    kube_kubeconfig_free(files);
    unlink(path_of("many"));
}

static void test_misuse(void)
{
    kube_error_t err;
    kube_kubeconfig_t *files = NULL;
    kube_config_t *config = NULL;
    const kube_config_t none = { 0 };
    CHECK_INT(kube_kubeconfig_open("x", NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_open("", &files, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_open(write_file("bad", "a: ["), &files, &err), KUBE_E_CONFIG);
    CHECK(!files);
    CHECK_INT(kube_kubeconfig_open(directory, &files, &err), KUBE_E_CONFIG);
    CHECK_INT(kube_kubeconfig_count(NULL, KUBE_KUBECONFIG_USER), 0);
    CHECK(!kube_kubeconfig_name(NULL, KUBE_KUBECONFIG_USER, 0) && !kube_kubeconfig_current(NULL));
    kube_kubeconfig_free(NULL);
    files = open_both();
    CHECK_INT(kube_kubeconfig_count(files, (kube_kubeconfig_part_t)7), 0);
    CHECK_INT(kube_kubeconfig_get(files, (kube_kubeconfig_part_t)7, "a", &config, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_get(NULL, KUBE_KUBECONFIG_USER, "a", &config, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, NULL, &none, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "", &none, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "a", NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_set_key(files, KUBE_KUBECONFIG_USER, "a", NULL, "1", &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_set_key(files, KUBE_KUBECONFIG_USER, "a", "b", "[", &err), KUBE_E_PARSE);
    CHECK_INT(kube_kubeconfig_remove(files, KUBE_KUBECONFIG_USER, "gone", &err), KUBE_E_NOT_FOUND);
    CHECK_INT(kube_kubeconfig_use(files, "gone", &err), KUBE_E_NOT_FOUND);
    CHECK_INT(kube_kubeconfig_config(NULL, NULL, &config, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_check(NULL, NULL, &err), KUBE_E_USAGE);
    CHECK_INT(kube_kubeconfig_save(NULL, &err), KUBE_E_USAGE);
    OK(kube_kubeconfig_save(files, &err_));
    kube_kubeconfig_free(files);
}

static bool change_with_faults(void)
{
    kube_kubeconfig_t *files = NULL;
    kube_config_t *config = NULL;
    int code = kube_kubeconfig_open(path_of("first"), &files, NULL);
    if (code == KUBE_OK)
        code = kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "me", &(kube_config_t){ .token = "t", .as = "x" }, NULL);
    if (code == KUBE_OK)
        code = kube_kubeconfig_use(files, "prod", NULL);
    if (code == KUBE_OK)
        code = kube_kubeconfig_check(files, NULL, NULL);
    if (code == KUBE_OK)
        code = kube_kubeconfig_config(files, NULL, &config, NULL);
    if (code == KUBE_OK)
        code = kube_kubeconfig_save(files, NULL);
    kube_config_free(config);
    kube_kubeconfig_free(files);
    /* Once it is written there is nothing to change the next time: that saving goes on without some memory is no mistake. */
    return code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit);
}

static bool reapply_with_faults(void)
{
    kube_kubeconfig_t *files = NULL;
    write_file("first", first_file);
    int code = kube_kubeconfig_open(path_of("first"), &files, NULL);
    if (code == KUBE_OK)
        code = kube_kubeconfig_remove(files, KUBE_KUBECONFIG_USER, "me", NULL);
    write_file("first", second_file);
    if (code == KUBE_OK)
        code = kube_kubeconfig_save(files, NULL);
    kube_kubeconfig_free(files);
    return code == KUBE_OK || (code == KUBE_E_NO_MEMORY && faults.hit);
}

static void test_every_allocation_fails(void)
{
    write_file("first", first_file);
    CHECK(fault_loop(change_with_faults) > 50);
    CHECK(strstr(content("first"), "token: t\n"));
    CHECK(fault_loop(reapply_with_faults) > 20);
}

static void test_secrets_are_wiped(void)
{
    kube_set_allocator(&canary_allocator);
    canary_found = false;
    kube_kubeconfig_t *files = open_both();
    OK(kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "robot", &(kube_config_t){ .token = "canary-2" }, &err_));
    OK(kube_kubeconfig_save(files, &err_));
    kube_kubeconfig_free(files);
    CHECK(!canary_found);
    kube_set_allocator(NULL);
}

int main(void)
{
    if (!mkdtemp(directory))
        return 1;
    RUN(test_block_edits);
    RUN(test_removals);
    RUN(test_json_edits);
    RUN(test_looking);
    RUN(test_changes_go_home);
    RUN(test_choice_of_a_later_file);
    RUN(test_contradictions_go);
    RUN(test_structured_values);
    RUN(test_new_file);
    RUN(test_symbolic_link);
    RUN(test_link_to_nothing);
    RUN(test_write_protection);
    RUN(test_changes_of_others);
    RUN(test_lock);
    RUN(test_many_writers);
    RUN(test_checking_everything);
    RUN(test_many_entries);
    RUN(test_misuse);
    RUN(test_every_allocation_fails);
    RUN(test_secrets_are_wiped);
    const char *names[] = { "first", "second", "wrong", "bad" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    CHECK(rmdir(directory) == 0);
    return test_end();
}
