#include "object/yaml_timestamp.h"

typedef struct {
    const char *at, *end;
} cursor_t;

/* Reads a number of least to most digits; -1 when there is none. */
static int number(cursor_t *in, int least, int most)
{
    int value = 0, digits = 0;
    for (; digits < most && in->at < in->end && *in->at >= '0' && *in->at <= '9'; digits++)
        value = value * 10 + (*in->at++ - '0');
    return digits < least ? -1 : value;
}

static bool one_of(cursor_t *in, char a, char b)
{
    if (in->at == in->end || (*in->at != a && *in->at != b))
        return false;
    in->at++;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool date(cursor_t *in)
{
    int year = number(in, 4, 4);
    if (year < 0 || !one_of(in, '-', '-'))
        return false;
    int month = number(in, 1, 2);
    if (month < 1 || month > 12 || !one_of(in, '-', '-'))
        return false;
    int day = number(in, 1, 2);
    return day >= 1 && day <= days_in(year, month);
}

static bool clock_time(cursor_t *in)
{
    int hour = number(in, 1, 2);
    if (hour < 0 || hour > 23 || !one_of(in, ':', ':'))
        return false;
    int minute = number(in, 1, 2);
    if (minute < 0 || minute > 59 || !one_of(in, ':', ':'))
        return false;
    int second = number(in, 1, 2);
    if (second < 0 || second > 59)
        return false;
    if (!one_of(in, '.', ','))
        return true;
    if (number(in, 1, 1) < 0)
        return false;
    while (number(in, 1, 1) >= 0) {
    }
    return true;
}

static bool zone(cursor_t *in)
{
    if (one_of(in, 'Z', 'Z'))
        return true;
    if (!one_of(in, '+', '-'))
        return false;
    int hours = number(in, 2, 2);
    if (hours < 0 || hours > 24 || !one_of(in, ':', ':'))
        return false;
    int minutes = number(in, 2, 2);
    return minutes >= 0 && minutes <= 60;
}

bool kube_yaml_is_timestamp(const char *text, size_t len)
{
    cursor_t in = { text, text + len };
    if (!date(&in))
        return false;
    if (in.at == in.end)
        return true;
    bool spaces = *in.at == ' ';
    if (spaces)
        while (one_of(&in, ' ', ' ')) {
        }
    else if (!one_of(&in, 'T', 't'))
        return false;
    return clock_time(&in) && (spaces || zone(&in)) && in.at == in.end;
}
