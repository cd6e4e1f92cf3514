#include "client/warning.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7F;
}

static void skip_blanks(char **at)
{
    while (is_blank(**at))
        (*at)++;
}

/* Past the end of a quoted string; to the end of the value when it is not closed. at: on its first quote. */
static char *after_quoted(char *at)
{
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
    }
    return *at ? at + 1 : at;
}

/* To the comma that ends this element of the list, or to the end. */
static char *end_of_element(char *at)
{
    while (*at && *at != ',')
        at = *at == '"' ? after_quoted(at) : at + 1;
    return at;
}

/* Three digits and a blank. */
static bool read_code(char **at, int *code)
{
    *code = 0;
    for (int i = 0; i < 3; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *code = *code * 10 + (**at - '0');
    }
    if (!is_blank(**at))
        return false;
    skip_blanks(at);
    return true;
}

/* A word and the blank behind it, which is overwritten. */
static bool read_agent(char **at, const char **agent)
{
    *agent = *at;
    while (**at && **at != ',' && **at != '"' && !is_blank(**at))
        (*at)++;
    if (*at == *agent || !is_blank(**at))
        return false;
    *(*at)++ = '\0';
    skip_blanks(at);
    return true;
}

/* A quoted string, unquoted where it stands. */
static bool read_text(char **at, const char **text)
{
    if (**at != '"')
        return false;
    char *from = *at + 1, *to = *at;
    *text = to;
    for (; *from && *from != '"'; from++) {
        if (*from == '\\' && from[1])
            from++;
        *to++ = is_control(*from) ? ' ' : *from;
    }
    bool closed = *from == '"';
    *to = '\0';
    *at = from + closed;
    return closed;
}

/* The date that may follow, and nothing else before the comma. */
static bool skip_date(char **at)
{
    skip_blanks(at);
    if (**at == '"')
        *at = after_quoted(*at);
    skip_blanks(at);
    return !**at || **at == ',';
}

bool kube_warning_next(char **at, kube_warning_t *out)
{
    for (;;) {
        kube_warning_t warning;
        while (is_blank(**at) || **at == ',')
            (*at)++;
        if (!**at)
            return false;
        bool good = read_code(at, &warning.code) && read_agent(at, &warning.agent) && read_text(at, &warning.text) &&
                    skip_date(at);
        *at = end_of_element(*at);
        if (good) {
            *out = warning;
            return true;
        }
    }
}
