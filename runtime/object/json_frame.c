#include "object/json_frame.h"

#include <string.h>

#include "base/fail.h"
#include "object/json_variant.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A character of a number, of true, false or null. */
static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' || c == '.';
}

static size_t measure_word(kube_frame_scan_t *scan, const char *bytes, size_t len)
{
    size_t at = scan->reached ? scan->reached : 1;
    while (at < len && is_word(bytes[at]))
        at++;
    scan->reached = at;
    return at < len || scan->ended ? at : 0;
}

size_t kube_json_measure(kube_frame_scan_t *scan, const char *bytes, size_t len)
{
    bool brackets = bytes[0] == '{' || bytes[0] == '[';
    return brackets || bytes[0] == '"' ? kube_json_variant()->measure(scan, bytes, len) : measure_word(scan, bytes, len);
}

static int no_frame(kube_error_t *err, size_t offset, const char *message)
{
    int code = kube_fail(err, KUBE_E_PARSE, "%s", message);
    if (err)
        err->offset = offset;
    return code;
}

static int next_json(kube_frame_scan_t *scan, const char *bytes, size_t len, size_t *begin, size_t *end, kube_error_t *err)
{
    size_t at = 0;
    if (scan->reached == 0)
        while (at < len && is_space(bytes[at]))
            at++;
    *begin = at;
    *end = 0;
    if (at == len)
        return 0;
    if (!strchr("{[\"-0123456789tfn", bytes[at]) || bytes[at] == '\0')
        return no_frame(err, at, "expected a JSON value");
    size_t value = kube_json_measure(scan, bytes + at, len - at);
    if (value == KUBE_MEASURE_BAD)
        return no_frame(err, at + scan->fault, "a control character between values");
    *end = value ? at + value : 0;
    return value > 0;
}

const kube_framing_t kube_json_framing = { "application/json", next_json };
