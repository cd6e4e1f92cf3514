#include "base/time.h"

#include <string.h>
#include <time.h>

enum { DAYS_TO_1970 = 719468 /* from 0000-03-01 */, DAYS_IN_ERA = 146097, YEARS_IN_ERA = 400, SECONDS_IN_DAY = 86400 };

static const uint8_t days_in_month[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01; years begin in March, so that the leap day is the last one. */
static int64_t days_from_civil(unsigned year, unsigned month, unsigned day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - (YEARS_IN_ERA - 1)) / YEARS_IN_ERA;
    unsigned year_of_era = (unsigned)(y - era * YEARS_IN_ERA);
    unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_IN_ERA + day_of_era - DAYS_TO_1970;
}

/* Two digits; anything else turns up in *bad. */
static unsigned two(const char *text, unsigned *bad)
{
    unsigned high = (unsigned)text[0] - '0', low = (unsigned)text[1] - '0';
    *bad |= (high > 9) | (low > 9);
    return high * 10 + low;
}

/* `YYYY-MM-DDT`, a day of the calendar; *days counts from 1970-01-01. */
static bool parse_date(const char *text, int64_t *days)
{
    unsigned bad = 0;
    unsigned year = two(text, &bad) * 100 + two(text + 2, &bad), month = two(text + 5, &bad), day = two(text + 8, &bad);
    if (bad || text[4] != '-' || text[7] != '-' || text[10] != 'T' || month - 1 > 11)
        return false;
    unsigned last = days_in_month[month - 1] + (month == 2 && is_leap(year));
    if (day - 1 >= last)
        return false;
    *days = days_from_civil(year, month, day);
    return true;
}

/* `:MM:SS` after an hour. */
static bool parse_minutes(const char *text, unsigned hour, unsigned *seconds)
{
    unsigned bad = 0;
    unsigned minute = two(text + 1, &bad), second = two(text + 4, &bad);
    if (bad || text[0] != ':' || text[3] != ':' || hour > 23 || minute > 59 || second > 59)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* A fraction of a second, if one stands at *at; returns its nanoseconds and moves *at past all its digits. */
static int32_t parse_fraction(const char **at, const char *end)
{
    const char *digit = *at + 1;
    if (end - *at < 2 || (**at != '.' && **at != ',') || !is_digit(*digit))
        return 0;
    int32_t nanoseconds = 0, unit = 100000000;
    for (; digit < end && is_digit(*digit); digit++) {
        nanoseconds += (*digit - '0') * unit;
        unit /= 10;
    }
    *at = digit;
    return nanoseconds;
}

/* `Z` or `+hh:mm`, up to the end; *offset in seconds east of UTC. */
static bool parse_zone(const char *text, size_t len, int64_t *offset)
{
    *offset = 0;
    if (len == 1)
        return *text == 'Z';
    if (len != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-'))
        return false;
    unsigned bad = 0;
    unsigned hours = two(text + 1, &bad), minutes = two(text + 4, &bad);
    if (bad || hours > 24 || minutes > 60)
        return false;
    *offset = (text[0] == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
    return true;
}

bool kube_time_parse(const char *text, size_t len, kube_time_t *out)
{
    const char *end = text + len;
    int64_t days, offset;
    unsigned hour, bad = 0, seconds;
    if (len < sizeof "2006-01-02T1:04:05Z" - 1 || !parse_date(text, &days))
        return false;
    const char *at = text + 11;
    if (is_digit(at[1])) {
        hour = two(at, &bad);
        at += 2;
    } else {
        hour = (unsigned)*at - '0';
        bad = hour > 9;
        at++;
    }
    if (bad || end - at < 7 || !parse_minutes(at, hour, &seconds))
        return false;
    at += sizeof ":04:05" - 1;
    int32_t nanoseconds = parse_fraction(&at, end);
    if (!parse_zone(at, (size_t)(end - at), &offset))
        return false;
    out->has = true;
    out->nanoseconds = nanoseconds;
    out->seconds = days * SECONDS_IN_DAY + seconds - offset;
    return true;
}

static char *put_two(char *to, unsigned number)
{
    static const char digits[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                                 "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
    memcpy(to, digits + 2 * (size_t)number, 2);
    return to + 2;
}

static char *put_year(char *to, int64_t year)
{
    if (year >= 0 && year <= 9999)
        return put_two(put_two(to, (unsigned)year / 100), (unsigned)year % 100);
    if (year < 0) {
        *to++ = '-';
        year = -year;
    }
    char digits[20];
    size_t count = 0;
    for (; year > 0 || count < 4; year /= 10)
        digits[count++] = (char)('0' + year % 10);
    while (count > 0)
        *to++ = digits[--count];
    return to;
}

static char *put_date(char *to, int64_t days)
{
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_IN_ERA - 1)) / DAYS_IN_ERA;
    unsigned day_of_era = (unsigned)(shifted - era * DAYS_IN_ERA);
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned march_month = (5 * day_of_year + 2) / 153;
    unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
    to = put_year(to, era * YEARS_IN_ERA + year_of_era + (month <= 2));
    *to++ = '-';
    to = put_two(to, month);
    *to++ = '-';
    return put_two(to, day_of_year - (153 * march_month + 2) / 5 + 1);
}

size_t kube_time_write(char *to, kube_time_t time, bool micro)
{
    int64_t days = time.seconds / SECONDS_IN_DAY;
    int32_t second = (int32_t)(time.seconds % SECONDS_IN_DAY);
    if (second < 0) {
        second += SECONDS_IN_DAY;
        days--;
    }
    char *at = put_date(to, days);
    *at++ = 'T';
    at = put_two(at, (unsigned)second / 3600);
    *at++ = ':';
    at = put_two(at, (unsigned)second / 60 % 60);
    *at++ = ':';
    at = put_two(at, (unsigned)second % 60);
    if (micro) {
        unsigned fraction = (unsigned)time.nanoseconds / 1000 % 1000000;
        *at++ = '.';
        at = put_two(put_two(put_two(at, fraction / 10000), fraction / 100 % 100), fraction % 100);
    }
    *at++ = 'Z';
    return (size_t)(at - to);
}

int kube_time_from_text(const char *text, size_t len, kube_time_t *out)
{
    if (!text || !out)
        return KUBE_E_USAGE;
    return kube_time_parse(text, len, out) ? KUBE_OK : KUBE_E_PARSE;
}

static int to_text(const kube_time_t *time, bool micro, char *out, size_t size)
{
    char text[KUBE_TIME_TEXT_SIZE];
    if (!time || !time->has || !out)
        return KUBE_E_USAGE;
    size_t len = kube_time_write(text, *time, micro);
    if (len >= size)
        return KUBE_E_LIMIT;
    memcpy(out, text, len);
    out[len] = '\0';
    return (int)len;
}

int kube_time_to_text(const kube_time_t *time, char *out, size_t size)
{
    return to_text(time, false, out, size);
}

int kube_time_to_text_micro(const kube_time_t *time, char *out, size_t size)
{
    return to_text(time, true, out, size);
}

int kube_time_compare(const kube_time_t *a, const kube_time_t *b)
{
    bool has_a = a && a->has, has_b = b && b->has;
    if (!has_a || !has_b)
        return has_a - has_b;
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return (a->nanoseconds > b->nanoseconds) - (a->nanoseconds < b->nanoseconds);
}

kube_time_t kube_time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    kube_time_t time = { .has = true, .nanoseconds = (int32_t)now.tv_nsec, .seconds = now.tv_sec };
    return time;
}
