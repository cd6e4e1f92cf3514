#include "schema_format.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include <kube/memory.h>

/* ---- patterns ---- */

/* The characters of \d, \w, \s in a bracket expression. */
static const char *class_of(char letter)
{
    switch (letter) {
    case 'd': return "0-9";
    case 'w': return "A-Za-z0-9_";
    case 's': return " \t\n\r\f\v";
    default: return NULL;
    }
}

static char control_of(char letter)
{
    switch (letter) {
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'f': return '\f';
    case 'v': return '\v';
    default: return letter;
    }
}

/* A bracket expression, in which POSIX has no escapes: `]` must come first and `-` last. Returns what follows it. */
static const char *translate_bracket(const char *at, kube_buffer_t *out)
{
    kube_buffer_t set = { 0 };
    bool closes = false, dashes = false, carets = false, first = true;

    kube_buffer_puts(out, "[");
    at++;
    if (*at == '^') {
        kube_buffer_puts(out, "^");
        at++;
    }
    for (; *at && (*at != ']' || first); at++, first = false) {
        bool escaped = at[0] == '\\' && at[1];
        const char *class = escaped ? class_of(at[1]) : NULL;
        char letter = escaped ? control_of(*++at) : *at;

        if (class) {
            kube_buffer_puts(&set, class);
        } else if (letter == ']') {
            closes = true;
        } else if (letter == '-' && (escaped || first || at[1] == ']')) {
            dashes = true;
        } else if (letter == '^' && set.len == 0) {
            carets = true;
        } else {
            kube_buffer_append(&set, &letter, 1);
        }
    }
    kube_buffer_printf(out, "%s%s%s%s]", closes ? "]" : "", set.len && set.data ? set.data : "", carets ? "^" : "", dashes ? "-" : "");
    out->failed |= set.failed;
    kube_buffer_dispose(&set);
    return *at ? at + 1 : at;
}

static const char *translate_escape(const char *at, kube_buffer_t *out)
{
    const char *class = class_of(at[1]), *inverse = at[1] == 'D' ? "0-9" : at[1] == 'W' ? "A-Za-z0-9_" : at[1] == 'S'
        ? " \t\n\r\f\v" : NULL;
    char letter = control_of(at[1]);

    if (class || inverse) {
        kube_buffer_printf(out, class ? "[%s]" : "[^%s]", class ? class : inverse);
    } else if (at[1] == 'A' || at[1] == 'z') {
        kube_buffer_puts(out, at[1] == 'A' ? "^" : "$");
    } else if (letter == at[1]) {
        kube_buffer_append(out, at, 2);
    } else {
        kube_buffer_append(out, &letter, 1);
    }
    return at + 2;
}

/* A pattern as POSIX extended regular expression. */
static void translate(const char *at, kube_buffer_t *out, int *flags)
{
    if (strncmp(at, "(?i)", 4) == 0) {
        *flags |= REG_ICASE;
        at += 4;
    }
    while (*at) {
        if (*at == '[') {
            at = translate_bracket(at, out);
        } else if (*at == '\\' && at[1]) {
            at = translate_escape(at, out);
        } else if (strncmp(at, "(?:", 3) == 0) {
            kube_buffer_puts(out, "(");
            at += 3;
        } else {
            kube_buffer_append(out, at, 1);
            at++;
        }
    }
}

bool ts_pattern_matches(const char *pattern, const char *text)
{
    kube_buffer_t posix = { 0 };
    int flags = REG_EXTENDED | REG_NOSUB;
    bool matches = true;
    regex_t regex;

    translate(pattern, &posix, &flags);
    if (!posix.failed && posix.data && regcomp(&regex, posix.data, flags) == 0) {
        matches = regexec(&regex, text, 0, NULL, 0) == 0;
        regfree(&regex);
    }
    kube_buffer_dispose(&posix);
    return matches;
}

/* ---- formats ---- */

static bool is_date(const char *text)
{
    static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int month, day;

    if (!ts_pattern_matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text)) {
        return false;
    }
    month = atoi(text + 5);
    day = atoi(text + 8);
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

static bool is_date_time(const char *text)
{
    char date[11] = "";

    memcpy(date, text, strnlen(text, 10));
    return is_date(date) &&
        ts_pattern_matches("^[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-][0-9]{2}:?[0-9]{2})$", text + 10);
}

static bool is_duration(const char *text)
{
    return strcmp(text, "0") == 0 || ts_pattern_matches("^[-+]?([0-9]+(\\.[0-9]*)? *(ns|us|µs|ms|s|m|h|d|w) *)+$", text);
}

static bool is_address(int family, const char *text)
{
    unsigned char address[16];

    return inet_pton(family, text, address) == 1;
}

static bool is_cidr(const char *text)
{
    const char *slash = strchr(text, '/');
    char address[64] = "";
    int bits;

    if (!slash || (size_t)(slash - text) >= sizeof address || !ts_pattern_matches("^(0|[1-9][0-9]{0,2})$", slash + 1)) {
        return false;
    }
    memcpy(address, text, (size_t)(slash - text));
    bits = atoi(slash + 1);
    return (is_address(AF_INET, address) && bits <= 32) || (is_address(AF_INET6, address) && bits <= 128);
}

static bool is_uuid(const char *text)
{
    return ts_pattern_matches("^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$", text);
}

static bool is_ipv4(const char *text)
{
    return is_address(AF_INET, text);
}

static bool is_ipv6(const char *text)
{
    return is_address(AF_INET6, text);
}

static bool is_uri(const char *text)
{
    return ts_pattern_matches("^([A-Za-z][A-Za-z0-9+.-]*:[^ ]+|/[^ ]*)$", text);
}

static bool is_base64(const char *text)
{
    return ts_pattern_matches("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", text);
}

static bool is_email(const char *text)
{
    return ts_pattern_matches("^[^@ ]+@[^@ ]+$", text);
}

static bool is_hostname(const char *text)
{
    return ts_pattern_matches("^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]$", text);
}

static bool is_mac(const char *text)
{
    return ts_pattern_matches("^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$", text);
}

bool ts_format_fits(const char *format, const char *text)
{
    static const struct {
        const char *name;
        bool (*fits)(const char *text);
    } formats[] = {
        { "date", is_date },  { "date-time", is_date_time }, { "datetime", is_date_time }, { "duration", is_duration },
            { "uuid", is_uuid },
        { "ipv4", is_ipv4 },  { "ipv6", is_ipv6 },           { "cidr", is_cidr },          { "uri", is_uri },
            { "byte", is_base64 },
        { "email", is_email }, { "hostname", is_hostname },  { "mac", is_mac },
    };
    size_t i;

    for (i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, format) == 0) {
            return formats[i].fits(text);
        }
    }
    return true;
}
