/* Faults as text. */
#include "faultproxy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = { "none", "delay", "delay-each", "stall", "close", "reset", "half-close",
                                          "dribble", "corrupt", "limit", "refuse" };

static int parse_kind(const char *word, faultproxy_kind_t *kind)
{
    for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++) {
        if (strcmp(word, kind_names[i]) == 0) {
            *kind = (faultproxy_kind_t)i;
            return 0;
        }
    }
    return -1;
}

/* A number in decimal, or hexadecimal after 0x, which ends at *end. */
static int parse_number(const char *text, uint64_t limit, uint64_t *number, char **end)
{
    errno = 0;
    *number = strtoull(text, end, 0);
    return *text >= '0' && *text <= '9' && errno == 0 && *number <= limit ? 0 : -1;
}

/* A number, or two as in 12-20 when most is not NULL. */
static int parse_range(const char *text, uint64_t limit, uint64_t *least, uint64_t *most)
{
    char *end;
    int result = parse_number(text, limit, least, &end);
    if (result == 0 && most && *end == '-')
        result = parse_number(end + 1, limit, most, &end);
    return result == 0 && *end == '\0' && (!most || *most == 0 || *most >= *least) ? 0 : -1;
}

static int parse_setting(const char *name, const char *value, faultproxy_connection_t *which, faultproxy_fault_t *fault)
{
    uint64_t number = 0, most = 0;
    if (strcmp(name, "at") == 0)
        return parse_range(value, UINT64_MAX, &fault->at, &fault->at_max);
    if (strcmp(name, "rate") == 0)
        return parse_range(value, UINT64_MAX, &fault->rate, NULL);
    if (strcmp(name, "connection") == 0)
        return parse_range(value, FAULTPROXY_NEXT - 1, which, NULL);
    if (strcmp(name, "mask") == 0) {
        int result = parse_range(value, UINT8_MAX, &number, NULL);
        fault->mask = (uint8_t)number;
        return result;
    }
    if (strcmp(name, "ms") == 0) {
        int result = parse_range(value, 86400000, &number, &most);
        fault->ms = (unsigned)number;
        fault->ms_max = (unsigned)most;
        return result;
    }
    return -1;
}

static int parse_word(char *word, faultproxy_connection_t *which, faultproxy_fault_t *fault)
{
    char *equals = strchr(word, '=');
    if (equals) {
        *equals = '\0';
        int result = parse_setting(word, equals + 1, which, fault);
        *equals = '=';
        return result;
    }
    if (strcmp(word, "to-client") == 0)
        fault->direction = FAULTPROXY_TO_CLIENT;
    else if (strcmp(word, "to-server") == 0)
        fault->direction = FAULTPROXY_TO_SERVER;
    else if (strcmp(word, "from-now") == 0)
        fault->from_now = true;
    else if (strcmp(word, "eager") == 0)
        fault->eager = true;
    else if (strcmp(word, "every") == 0)
        *which = FAULTPROXY_EVERY;
    else if (strcmp(word, "open") == 0)
        *which = FAULTPROXY_OPEN;
    else if (strcmp(word, "new") == 0)
        *which = FAULTPROXY_NEW;
    else if (strcmp(word, "next") == 0)
        *which = FAULTPROXY_NEXT;
    else
        return -1;
    return 0;
}

int faultproxy_parse(const char *text, faultproxy_connection_t *which, faultproxy_fault_t *fault, char *message, size_t size)
{
    char copy[256], *rest = copy, *word;
    bool first = true;
    *which = FAULTPROXY_EVERY;
    *fault = (faultproxy_fault_t){ .kind = FAULTPROXY_NONE };
    snprintf(message, size, "no fault named");
    if (strlen(text) >= sizeof(copy)) {
        snprintf(message, size, "longer than %zu bytes", sizeof(copy) - 1);
        return -1;
    }
    memcpy(copy, text, strlen(text) + 1);
    while ((word = strtok_r(rest, " ,\t\r\n", &rest)) != NULL) {
        int result = first ? parse_kind(word, &fault->kind) : parse_word(word, which, fault);
        if (result != 0) {
            snprintf(message, size, "%s: %s", word, first ? "no such fault" : "no such word, or not a value for it");
            return -1;
        }
        first = false;
    }
    return first ? -1 : 0;
}
