#include "auth/plugin.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "auth/exec_info.h"
#include "auth/text.h"
#include "base/fail.h"
#include "base/memory.h"
#include "base/printable.h"

extern char **environ;

#define INFO_NAME "KUBERNETES_EXEC_INFO"

int kube_plugin_fail(const kube_config_t *config, int code, const char *problem, kube_error_t *err)
{
    const kube_exec_config_t *exec = config->exec;
    kube_buffer_t text = { 0 };
    kube_buffer_puts(&text, "exec plugin ");
    kube_put_printable(&text, exec->command);
    kube_buffer_puts(&text, ": ");
    kube_put_printable(&text, problem);
    if (exec->install_hint && *exec->install_hint) {
        kube_buffer_puts(&text, "; ");
        kube_put_printable(&text, exec->install_hint);
    }
    code = text.failed || code == KUBE_E_NO_MEMORY ? kube_fail_memory(err) : kube_fail(err, code, "%s", text.data);
    kube_buffer_dispose(&text);
    return code;
}

/* ---- whether it may run ---- */

static bool is_allowed(const kube_plugin_policy_t *policy, const char *path)
{
    if (policy->policy == KUBE_EXEC_ALLOW_ALL)
        return true;
    bool found = false;
    for (char **name = policy->allowed; policy->policy == KUBE_EXEC_ALLOW_LISTED && name && *name && !found; name++) {
        kube_buffer_t allowed = { 0 };
        found = kube_program_find(*name, &allowed, NULL) == KUBE_OK && strcmp(allowed.data, path) == 0;
        kube_buffer_dispose(&allowed);
    }
    return found;
}

static int decide_interactive(kube_interactive_mode_t mode, bool *interactive, kube_error_t *err)
{
    bool terminal = isatty(STDIN_FILENO);
    *interactive = mode != KUBE_INTERACTIVE_NEVER && terminal;
    if (mode == KUBE_INTERACTIVE_ALWAYS && !terminal)
        return kube_fail(err, KUBE_E_CONFIG, "interactiveMode is Always, and standard input is no terminal");
    return KUBE_OK;
}

/* ---- arguments and variables ---- */

/* argv: only borrows. */
static char **make_arguments(const kube_exec_config_t *exec)
{
    char **list = kube_mem_zero((exec->args.len + 2) * sizeof *list);
    if (!list)
        return NULL;
    list[0] = (char *)exec->command;
    for (size_t i = 0; i < exec->args.len; i++)
        list[i + 1] = (char *)exec->args.items[i];
    return list;
}

static bool has_name(const char *variable, const char *name)
{
    size_t len = strlen(name);
    return strncmp(variable, name, len) == 0 && variable[len] == '=';
}

/* Whether a variable of this process is replaced. */
static bool is_replaced(const kube_exec_config_t *exec, const char *variable)
{
    bool replaced = has_name(variable, INFO_NAME);
    for (size_t i = 0; i < exec->env.len && !replaced; i++)
        replaced = has_name(variable, exec->env.items[i].key);
    return replaced;
}

/* An environment: variables of this process, which are borrowed, then our own, which are not. */
typedef struct environment {
    char **list;
    size_t borrowed, len;
} environment_t;

static void free_environment(environment_t *environment)
{
    for (size_t i = environment->borrowed; i < environment->len; i++) {
        kube_mem_wipe(environment->list[i], strlen(environment->list[i]));
        kube_mem_free(environment->list[i]);
    }
    kube_mem_free(environment->list);
}

static bool add_variable(environment_t *environment, const char *name, const char *value)
{
    size_t name_len = strlen(name), len = strlen(value);
    char *text = kube_mem_alloc(name_len + len + 2);
    if (!text)
        return false;
    memcpy(text, name, name_len);
    text[name_len] = '=';
    memcpy(text + name_len + 1, value, len + 1);
    environment->list[environment->len++] = text;
    return true;
}

static bool make_environment(const kube_exec_config_t *exec, const char *info, environment_t *environment)
{
    size_t count = 0;
    while (environ && environ[count])
        count++;
    *environment = (environment_t){ .list = kube_mem_zero((count + exec->env.len + 2) * sizeof(char *)) };
    if (!environment->list)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!is_replaced(exec, environ[i]))
            environment->list[environment->len++] = environ[i];
    }
    environment->borrowed = environment->len;
    bool done = true;
    for (size_t i = 0; i < exec->env.len && done; i++)
        done = add_variable(environment, exec->env.items[i].key, exec->env.items[i].value ? exec->env.items[i].value : "");
    return done && add_variable(environment, INFO_NAME, info);
}

/* ---- a run ---- */

static int start(const kube_config_t *config, kube_program_t *program, kube_process_t *process, kube_error_t *err)
{
    kube_buffer_t info = { 0 };
    int code = kube_exec_info(config, program->reads, &info, err);
    char **arguments = make_arguments(config->exec);
    environment_t environment = { 0 };
    if (code == KUBE_OK && (!arguments || !make_environment(config->exec, info.data, &environment)))
        code = kube_fail_memory(err);
    program->arguments = arguments;
    program->environment = environment.list;
    if (code == KUBE_OK)
        code = kube_process_start(process, program, err);
    free_environment(&environment);
    kube_mem_free(arguments);
    kube_buffer_wipe(&info);
    return code;
}

int kube_plugin_start(const kube_config_t *config, const kube_plugin_policy_t *policy, kube_process_t *process, kube_error_t *err)
{
    const kube_exec_config_t *exec = config->exec;
    kube_error_t problem = { 0 };
    kube_buffer_t path = { 0 };
    kube_program_t program = { .max_output = policy->max_output };
    int code = kube_program_find(exec->command, &path, &problem);
    if (code == KUBE_OK && !is_allowed(policy, path.data))
        code = kube_fail(&problem, KUBE_E_CONFIG, "the client's policy does not allow it");
    if (code == KUBE_OK)
        code = decide_interactive(exec->interactive_mode, &program.reads, &problem);
    program.path = path.data;
    if (code == KUBE_OK)
        code = start(config, &program, process, &problem);
    kube_buffer_dispose(&path);
    return code < 0 ? kube_plugin_fail(config, code, problem.message, err) : KUBE_OK;
}

int kube_plugin_end(const kube_config_t *config, kube_process_t *process, kube_made_t *out, kube_error_t *err)
{
    const kube_exec_config_t *exec = config->exec;
    kube_error_t problem = { 0 };
    int code = process->code;
    *out = (kube_made_t){ 0 };
    if (code == KUBE_E_LIMIT)
        kube_fail(&problem, code, "printed more than %zu bytes", process->max_output);
    else if (code == KUBE_OK && WIFSIGNALED(process->status))
        code = kube_fail(&problem, KUBE_E_CONFIG, "was ended by signal %d", WTERMSIG(process->status));
    else if (code == KUBE_OK && WEXITSTATUS(process->status) != 0)
        code = kube_fail(&problem, KUBE_E_CONFIG, "ended with status %d", WEXITSTATUS(process->status));
    else if (code == KUBE_OK)
        code = kube_exec_credential_read(process->output.data, process->output.len, exec->api_version, out, &problem);
    kube_process_dispose(process);
    return code < 0 ? kube_plugin_fail(config, code, problem.message, err) : KUBE_OK;
}
