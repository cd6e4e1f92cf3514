#include "config/config_report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/printable.h"
#include "object/problems.h"

bool kube_report_begin(kube_report_t *report, kube_problems_t **wanted, kube_error_t *err)
{
    *report = (kube_report_t){ .err = err };
    if (!wanted)
        return true;
    *wanted = NULL;
    report->problems = kube_problems_new();
    return report->problems || kube_report_memory(report);
}

int kube_report_end(kube_report_t *report, kube_problems_t **wanted)
{
    if (wanted && report->code == KUBE_E_CONFIG)
        *wanted = report->problems;
    else
        kube_problems_free(report->problems);
    report->problems = NULL;
    return report->code;
}

/* "file:line: key: problem", without what is not known. */
static void tell(kube_report_t *report, const char *source, size_t line, const char *path, const char *message)
{
    char where[32] = "";
    if (line)
        snprintf(where, sizeof where, ":%zu", line);
    report->code = kube_fail(report->err, KUBE_E_CONFIG, "%s%s%s%s%s%s", source ? source : "", source ? where : "",
                             source ? ": " : "", path, *path ? ": " : "", message);
    if (report->err) {
        report->err->line = line;
        kube_copy_cut(report->err->path, sizeof report->err->path, path, strlen(path));
    }
}

void kube_report_path(char path[KUBE_REPORT_PATH_SIZE], const char *list, const char *name, const char *member, const char *key)
{
    enum { NAME_BEGIN = 100, NAME_END = 40 };
    size_t len = strlen(name);
    const char *dot = *key ? "." : "";
    if (len <= NAME_BEGIN + NAME_END) {
        snprintf(path, KUBE_REPORT_PATH_SIZE, "%s[%s].%s%s%s", list, name, member, dot, key);
        return;
    }
    char begin[NAME_BEGIN + 1];
    kube_copy_cut(begin, sizeof begin, name, len);
    const char *end = name + len - NAME_END;
    while (((unsigned char)*end & 0xC0) == 0x80)
        end++;
    snprintf(path, KUBE_REPORT_PATH_SIZE, "%s[%s...%s].%s%s%s", list, begin, end, member, dot, key);
}

void kube_report_add(kube_report_t *report, kube_problem_kind_t kind, const char *source, size_t line, const char *path,
                     const char *format, ...)
{
    char message[512], where[KUBE_REPORT_PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    /* Names stand there as a file has them, control characters and all. */
    kube_make_printable(message);
    kube_copy_cut(where, sizeof where, path, strlen(path));
    kube_make_printable(where);
    if (report->code == KUBE_OK)
        tell(report, source, line, where, message);
    kube_problem_t problem = { .kind = kind, .line = line, .path = where, .message = message, .source = source };
    if (report->problems && !kube_problems_add(report->problems, &problem))
        kube_report_memory(report);
}

bool kube_report_memory(kube_report_t *report)
{
    kube_error_reset(report->err);
    report->code = kube_fail_memory(report->err);
    return false;
}
