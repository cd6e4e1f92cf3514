#include "placeholder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const apps[] = {"api-gateway", "billing", "catalog", "checkout", "frontend", "inventory", "notifications", "search"};
static const char *const namespaces[] = {"default", "payments", "platform", "production", "staging"};
static const char *const words[] = {"connection", "refused", "by", "the", "upstream", "server", "after", "retry", "of", "a", "request",
                                    "to", "storage", "volume", "mounted", "on", "node", "with", "timeout", "and", "cluster", "policy"};
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

/* What the API server draws generated names from. */
static const char safe_letters[] = "bcdfghjklmnpqrstvwxz2456789";
static const char hex_letters[] = "0123456789abcdef";
static const char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { FIRST_SECOND = 1767225600, SECONDS = 5 * 86400 }; /* times lie in the first five days of 2026 */

static uint64_t random_next(random_source_t *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t random_below(random_source_t *random, uint32_t bound)
{
    return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

static size_t put_letters(random_source_t *random, const char *letters, uint32_t letter_count, size_t len, char *to)
{
    for (size_t i = 0; i < len; i++)
        to[i] = letters[random_below(random, letter_count)];
    to[len] = 0;
    return len;
}

void scope_begin(scope_t *scope, unsigned long index)
{
    scope->index = index;
    scope->app = apps[random_below(&scope->random, COUNT(apps))];
    scope->namespace = namespaces[random_below(&scope->random, COUNT(namespaces))];
    put_letters(&scope->random, safe_letters, sizeof safe_letters - 1, 10, scope->hash);
    put_letters(&scope->random, safe_letters, sizeof safe_letters - 1, 5, scope->suffix);
    snprintf(scope->node, sizeof scope->node, "ip-10-%u-%u-%u.compute.internal", (unsigned)(1 + random_below(&scope->random, 9)),
             (unsigned)random_below(&scope->random, 256), (unsigned)(1 + random_below(&scope->random, 254)));
}

static size_t put_string(const char *text, char *to)
{
    size_t len = strlen(text);
    memcpy(to, text, len + 1);
    return len;
}

static size_t put_uuid(random_source_t *random, char *to)
{
    put_letters(random, hex_letters, 16, 36, to);
    to[8] = to[13] = to[18] = to[23] = '-';
    to[14] = '4';
    to[19] = "89ab"[random_below(random, 4)];
    return 36;
}

static size_t put_time(random_source_t *random, char *to)
{
    time_t seconds = FIRST_SECOND + (time_t)random_below(random, SECONDS);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    return strftime(to, PLACEHOLDER_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static size_t put_words(random_source_t *random, size_t len, char *to)
{
    size_t at = 0;
    while (at < len) {
        const char *word = words[random_below(random, COUNT(words))];
        at += (size_t)snprintf(to + at, len - at + 1, at > 0 ? " %s" : "%s", word);
    }
    to[len] = 0;
    return len;
}

static size_t put_pick(random_source_t *random, const char *choices, char *to)
{
    uint32_t count = 1;
    for (const char *c = choices; *c; c++)
        count += *c == '|';
    for (uint32_t skip = random_below(random, count); skip > 0; skip--)
        choices = strchr(choices, '|') + 1;
    size_t len = strcspn(choices, "|");
    memcpy(to, choices, len);
    return len;
}

static size_t put_int(random_source_t *random, const char *range, char *to)
{
    char *end;
    unsigned long low = strtoul(range, &end, 10);
    unsigned long high = strtoul(end + 1, NULL, 10);
    return (size_t)snprintf(to, PLACEHOLDER_MAX, "%lu", low + random_below(random, (uint32_t)(high - low + 1)));
}

/* Lengths in placeholders: as given, or half to one and a half times that. */
static size_t length_of(random_source_t *random, bool irregular, const char *argument)
{
    size_t len = strtoul(argument, NULL, 10);
    if (irregular)
        len = len / 2 + random_below(random, (uint32_t)len + 1);
    return len < PLACEHOLDER_MAX ? len : PLACEHOLDER_MAX - 1;
}

size_t placeholder_expand(scope_t *scope, bool irregular, const char *name, size_t len, char to[PLACEHOLDER_MAX])
{
    random_source_t *random = &scope->random;
    char key[128];
    snprintf(key, sizeof key, "%.*s", (int)len, name);
    char *argument = strchr(key, ':');
    if (argument)
        *argument++ = 0;
    else
        argument = key + strlen(key);

    if (strcmp(key, "app") == 0)
        return put_string(scope->app, to);
    if (strcmp(key, "hash") == 0)
        return put_string(scope->hash, to);
    if (strcmp(key, "suffix") == 0)
        return put_string(scope->suffix, to);
    if (strcmp(key, "namespace") == 0)
        return put_string(scope->namespace, to);
    if (strcmp(key, "node") == 0)
        return put_string(scope->node, to);
    if (strcmp(key, "version") == 0)
        return (size_t)snprintf(to, PLACEHOLDER_MAX, "%lu", 1000000 + scope->index);
    if (strcmp(key, "uid") == 0 || strcmp(key, "uuid") == 0)
        return put_uuid(random, to);
    if (strcmp(key, "time") == 0)
        return put_time(random, to);
    if (strcmp(key, "ip") == 0)
        return (size_t)snprintf(to, PLACEHOLDER_MAX, "10.%u.%u.%u", (unsigned)random_below(random, 256),
                                (unsigned)random_below(random, 256), (unsigned)(1 + random_below(random, 254)));
    if (strcmp(key, "int") == 0)
        return put_int(random, argument, to);
    if (strcmp(key, "pick") == 0)
        return put_pick(random, argument, to);
    if (strcmp(key, "text") == 0)
        return put_words(random, length_of(random, irregular, argument), to);
    if (strcmp(key, "hex") == 0)
        return put_letters(random, hex_letters, 16, strtoul(argument, NULL, 10), to);
    if (strcmp(key, "safe") == 0)
        return put_letters(random, safe_letters, sizeof safe_letters - 1, strtoul(argument, NULL, 10), to);
    if (strcmp(key, "base64") == 0)
        return put_letters(random, base64_letters, 64, length_of(random, irregular, argument) / 4 * 4, to);
    fprintf(stderr, "corpus: unknown placeholder ${%.*s}\n", (int)len, name);
    exit(1);
}
