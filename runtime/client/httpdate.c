#include "client/httpdate.h"

#include <string.h>

#include "base/decimal.h"
#include "base/time.h"

static const char *const weekdays[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", NULL };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL };

typedef struct date {
    unsigned year, month, day, hour, minute, second;
    bool year_is_cut; /* it had two digits */
} date_t;

/* The number of the name that text begins with, from 1; 0: none. width: its letters that are written; 0: all. *at moves behind
 * it. */
static unsigned read_name(const char **at, const char *end, const char *const *names, size_t width)
{
    for (unsigned i = 0; names[i]; i++) {
        size_t len = width ? width : strlen(names[i]);
        if ((size_t)(end - *at) >= len && memcmp(*at, names[i], len) == 0) {
            *at += len;
            return i + 1;
        }
    }
    return 0;
}

/* As many digits as count says; the first may be a space when `padded`. */
static bool read_number(const char **at, const char *end, size_t count, bool padded, unsigned *out)
{
    if ((size_t)(end - *at) < count)
        return false;
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        char c = *(*at)++;
        if (padded && i == 0 && c == ' ')
            continue;
        if (c < '0' || c > '9')
            return false;
        *out = *out * 10 + (unsigned)(c - '0');
    }
    return true;
}

/* One letter of a form: w, W a day of the week, short and long; m a month; d, e its day, e with a space for a leading zero; y,
 * Y a year of two and of four digits; H, i, S the clock. All else stands for itself. */
static bool read_part(char part, const char **at, const char *end, date_t *date)
{
    switch (part) {
    case 'w':
        return read_name(at, end, weekdays, 3) != 0;
    case 'W':
        return read_name(at, end, weekdays, 0) != 0;
    case 'm':
        date->month = read_name(at, end, months, 0);
        return date->month != 0;
    case 'd':
    case 'e':
        return read_number(at, end, 2, part == 'e', &date->day);
    case 'y':
    case 'Y':
        date->year_is_cut = part == 'y';
        return read_number(at, end, part == 'y' ? 2 : 4, false, &date->year);
    case 'H':
        return read_number(at, end, 2, false, &date->hour);
    case 'i':
        return read_number(at, end, 2, false, &date->minute);
    case 'S':
        return read_number(at, end, 2, false, &date->second);
    default:
        return *at < end && *(*at)++ == part;
    }
}

static bool read_form(const char *form, const char *text, size_t len, date_t *date)
{
    const char *at = text, *end = text + len;
    for (; *form; form++) {
        if (!read_part(*form, &at, end, date))
            return false;
    }
    return at == end;
}

static char *put_digits(char *to, unsigned number, unsigned count)
{
    for (unsigned i = count; i-- > 0; number /= 10)
        to[i] = (char)('0' + number % 10);
    return to + count;
}

/* A leap second is the one that begins the next minute. */
static bool to_seconds(const date_t *date, int64_t *seconds)
{
    const unsigned parts[] = { date->month, date->day, date->hour, date->minute, date->second == 60 ? 59 : date->second };
    char text[] = "YYYY-MM-DDThh:mm:ssZ", *at = put_digits(text, date->year, 4) + 1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        at = put_digits(at, parts[i], 2) + 1;
    kube_time_t time;
    if (!kube_time_parse(text, sizeof text - 1, &time))
        return false;
    *seconds = time.seconds + (date->second == 60);
    return true;
}

/* A year of two digits is the last such year that is not more than 50 years ahead. */
static bool complete_year(date_t *date, int64_t now_unix, int64_t *seconds)
{
    const int64_t fifty_years = (int64_t)(50 * 365.2425 * 86400);
    bool found = false;
    for (date->year += 1900; date->year <= 9999; date->year += 100) {
        int64_t candidate;
        if (!to_seconds(date, &candidate))
            continue;
        if (found && candidate - now_unix > fifty_years)
            break;
        *seconds = candidate;
        found = true;
    }
    return found;
}

bool kube_http_date_parse(const char *text, size_t len, int64_t now_unix, int64_t *unix_seconds)
{
    static const char *const forms[] = { "w, d m Y H:i:S GMT", "W, d-m-y H:i:S GMT", "w m e H:i:S Y" };
    date_t date;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (read_form(forms[i], text, len, &date))
            return date.year_is_cut ? complete_year(&date, now_unix, unix_seconds) : to_seconds(&date, unix_seconds);
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

int64_t kube_retry_after_ms(const char *value, int64_t now_unix_ms)
{
    int64_t seconds;
    if (!value)
        return -1;
    while (is_blank(*value))
        value++;
    size_t len = strlen(value);
    while (len > 0 && is_blank(value[len - 1]))
        len--;
    if (*value >= '0' && *value <= '9' && kube_decimal_parse(value, len, &seconds) != KUBE_DECIMAL_SYNTAX)
        return seconds > KUBE_RETRY_AFTER_MAX_MS / 1000 ? KUBE_RETRY_AFTER_MAX_MS : seconds * 1000;
    if (!kube_http_date_parse(value, len, now_unix_ms / 1000, &seconds))
        return -1;
    int64_t wait = seconds * 1000 - now_unix_ms;
    if (wait < 0)
        return 0;
    return wait > KUBE_RETRY_AFTER_MAX_MS ? KUBE_RETRY_AFTER_MAX_MS : wait;
}
