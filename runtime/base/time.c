#include "base/time.h"

#include <string.h>
#include <time.h>

enum {
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    DAYS_IN_ERA = 146097,  /* of 400 years */
    YEARS_IN_ERA = 400,
    SECONDS_IN_DAY = 86400,
    CLOCK_LEN = sizeof "YYYY-MM-DDThh:mm:ss" - 1
};

static const uint8_t days_in_month[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') <= 9;
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01. Years begin in March, so that the leap day is the last one, and an era early, so that none is negative. */
static int64_t days_from_civil(unsigned year, unsigned month, unsigned day)
{
    bool next_year = month <= 2;
    unsigned y = year + YEARS_IN_ERA - next_year, century = y / 100;
    unsigned day_of_year = (153 * (next_year ? month + 9 : month - 3) + 2) / 5 + day - 1;
    return (int64_t)(365 * y + y / 4 - century + century / 4 + day_of_year) - DAYS_IN_ERA - DAYS_TO_1970;
}

static uint64_t load(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/*
 * Eight characters that must be like `form` ("00:00:00"), a digit for each 0 and itself for all else; anything else leaves a bit in *bad.
 * In the result the byte of each digit is ten times that digit plus the next one: where a pair begins, the pair's number.
 */
static uint64_t digit_pairs(const char *text, const char *form, uint64_t *bad)
{
    const uint64_t ones = 0x0101010101010101, zeros = ones * '0', tops = ones << 7;
    uint64_t like = load(form), digits = load(text) ^ like;
    /* Added to a byte, this sets the top bit when a digit is above 9, or when a separator differs by any bit. */
    uint64_t separators = like ^ zeros;
    uint64_t is_separator = (((separators + ones * 0x7F) | separators) & tops) >> 7;
    uint64_t room = ones * 0x76 + is_separator * 9;
    *bad |= (digits | (digits + room)) & tops;
    return digits * 10 + (digits >> 8);
}

static unsigned pair(uint64_t pairs, unsigned at)
{
    return (unsigned)(pairs >> 8 * at) & 0xFF;
}

/* `YYYY-MM-DDThh:mm:ss`, 19 bytes, as seconds from 1970. */
static bool parse_clock(const char *text, int64_t *seconds)
{
    uint64_t bad = 0;
    uint64_t date = digit_pairs(text, "0000-00-", &bad), middle = digit_pairs(text + 8, "00T00:00", &bad);
    uint64_t clock = digit_pairs(text + 11, "00:00:00", &bad);
    unsigned year = pair(date, 0) * 100 + pair(date, 2), month = pair(date, 5), day = pair(middle, 0);
    unsigned hour = pair(clock, 0), minute = pair(clock, 3), second = pair(clock, 6);
    if (bad || month - 1 > 11 || hour > 23 || minute > 59 || second > 59)
        return false;
    unsigned last = days_in_month[month - 1] + (month == 2 && is_leap(year));
    if (day - 1 >= last)
        return false;
    *seconds = days_from_civil(year, month, day) * SECONDS_IN_DAY + hour * 3600 + minute * 60 + second;
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

/* Two digits, or a number above 99. */
static unsigned two(const char *text)
{
    return is_digit(text[0]) && is_digit(text[1]) ? (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0') : 100;
}

/* `Z` or `+hh:mm`, up to the end; *offset in seconds east of UTC. */
static bool parse_zone(const char *text, size_t len, int64_t *offset)
{
    *offset = 0;
    if (len == 1)
        return *text == 'Z';
    if (len != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-'))
        return false;
    unsigned hours = two(text + 1), minutes = two(text + 4);
    if (hours > 24 || minutes > 60)
        return false;
    *offset = (text[0] == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
    return true;
}

bool kube_time_parse(const char *text, size_t len, kube_time_t *out)
{
    char padded[] = "YYYY-MM-DDT0h:mm:ss";
    const char *at = text + CLOCK_LEN, *end = text + len;
    int64_t seconds, offset;
    if (len < CLOCK_LEN)
        return false;
    if (text[12] == ':') { /* an hour of one digit */
        memcpy(padded, text, 11);
        memcpy(padded + 12, text + 11, 7);
        text = padded;
        at--;
    }
    if (!parse_clock(text, &seconds))
        return false;
    int32_t nanoseconds = parse_fraction(&at, end);
    if (!parse_zone(at, (size_t)(end - at), &offset))
        return false;
    out->has = true;
    out->nanoseconds = nanoseconds;
    out->seconds = seconds - offset;
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

/* Multiplications by reciprocals in place of divisions, after Neri and Schneider, "Euclidean affine functions" (2022). */
static char *put_date(char *to, int64_t days)
{
    int64_t shifted = days + DAYS_TO_1970, years = 0;
    if ((uint64_t)shifted >= DAYS_IN_ERA * 26) {
        int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_IN_ERA - 1)) / DAYS_IN_ERA;
        shifted -= era * DAYS_IN_ERA;
        years = era * YEARS_IN_ERA;
    }
    uint32_t quarters = 4 * (uint32_t)shifted + 3, century = quarters / DAYS_IN_ERA;
    uint64_t year_and_rest = 2939745 * (uint64_t)(quarters % DAYS_IN_ERA | 3);
    uint32_t day_of_year = (uint32_t)year_and_rest / 2939745 / 4;
    uint32_t month_and_rest = 2141 * day_of_year + 197913;
    bool next_year = day_of_year >= 306;
    to = put_year(to, years + 100 * century + (uint32_t)(year_and_rest >> 32) + next_year);
    *to++ = '-';
    to = put_two(to, (month_and_rest >> 16) - (next_year ? 12 : 0));
    *to++ = '-';
    return put_two(to, (month_and_rest & 0xFFFF) / 2141 + 1);
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
