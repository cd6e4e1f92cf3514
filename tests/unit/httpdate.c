#include "client/httpdate.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "test.h"

enum { NOW = 1767323045 }; /* 2026-01-02 03:04:05 */

static int64_t parse(const char *text)
{
    int64_t seconds = -1;
    return kube_http_date_parse(text, strlen(text), NOW, &seconds) ? seconds : -1;
}

static void the_three_forms(void)
{
    CHECK_INT(parse("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    CHECK_INT(parse("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
    CHECK_INT(parse("Sun Nov  6 08:49:37 1994"), 784111777);
    CHECK_INT(parse("Wed Nov 16 08:49:37 1994"), 784111777 + 10 * 86400);
    CHECK_INT(parse("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
    CHECK_INT(parse("Tue, 29 Feb 2028 23:59:59 GMT"), 1835481599);
    CHECK_INT(parse("Sat, 31 Dec 2016 23:59:60 GMT"), 1483228800);
}

static void what_is_no_date(void)
{
    static const char *const texts[] = {
        "", " ", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 6 Nov 1994 08:49:37 GMT", "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2026 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06 Nov 94 08:49:37 GMT", "Sun Nov 06 08:49:37 94", "Sun Nov 6 08:49:37 1994",
        "Sun Nov    08:49:37 1994", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 1994 0a:49:37 GMT", "1994-11-06T08:49:37Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (parse(texts[i]) != -1)
            printf("accepted: %s\n", texts[i]);
        CHECK_INT(parse(texts[i]), -1);
    }
}

static void years_of_two_digits(void)
{
    CHECK_INT(parse("Thursday, 01-Jan-26 00:00:00 GMT"), 1767225600);
    CHECK_INT(parse("Wednesday, 01-Jan-76 00:00:00 GMT"), 3345062400); /* 2076: 50 years less a day */
    CHECK_INT(parse("Monday, 03-Jan-76 00:00:00 GMT"), 189475200);     /* 1976: 2076 would be more than 50 years */
    CHECK_INT(parse("Tuesday, 29-Feb-00 00:00:00 GMT"), 951782400);    /* 1900 had no such day */
    CHECK_INT(parse("Thursday, 29-Feb-01 00:00:00 GMT"), -1);
}

static void every_day_of_two_centuries(void)
{
    for (int64_t day = -25567; day < 47482; day++) {
        char text[64];
        time_t time = day * 86400 + 86399;
        struct tm parts;
        gmtime_r(&time, &parts);
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        int64_t seconds = 1;
        CHECK(kube_http_date_parse(text, strlen(text), NOW, &seconds));
        CHECK_INT(seconds, time);
        strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &parts);
        CHECK(kube_http_date_parse(text, strlen(text), NOW, &seconds));
        CHECK_INT(seconds, time);
    }
}

static void cut_anywhere(void)
{
    static const char *const texts[] = { "Sun, 06 Nov 1994 08:49:37 GMT", "Wednesday, 06-Nov-94 08:49:37 GMT",
                                         "Sun Nov  6 08:49:37 1994" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t len = 0; len < strlen(texts[i]); len++) {
            int64_t seconds;
            char *copy = malloc(len ? len : 1);
            memcpy(copy, texts[i], len);
            CHECK(!kube_http_date_parse(copy, len, NOW, &seconds));
            free(copy);
        }
    }
}

static void retry_after_seconds(void)
{
    CHECK_INT(kube_retry_after_ms("0", 0), 0);
    CHECK_INT(kube_retry_after_ms("1", 0), 1000);
    CHECK_INT(kube_retry_after_ms("\t 120 ", 0), 120000);
    CHECK_INT(kube_retry_after_ms("2147483648", 0), KUBE_RETRY_AFTER_MAX_MS);
    CHECK_INT(kube_retry_after_ms("99999999999999999999999999", 0), KUBE_RETRY_AFTER_MAX_MS);
    static const char *const garbage[] = { "", " ", "-1", "+1", "1.5", "1s", "0x10", "1 2", "soon" };
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++)
        CHECK_INT(kube_retry_after_ms(garbage[i], 0), -1);
    CHECK_INT(kube_retry_after_ms(NULL, 0), -1);
}

static void retry_after_date(void)
{
    const int64_t now = (int64_t)NOW * 1000 + 250;
    CHECK_INT(kube_retry_after_ms("Fri, 02 Jan 2026 03:04:15 GMT", now), 9750);
    CHECK_INT(kube_retry_after_ms(" Friday, 02-Jan-26 03:04:15 GMT\t", now), 9750);
    CHECK_INT(kube_retry_after_ms("Fri Jan  2 03:04:15 2026", now), 9750);
    CHECK_INT(kube_retry_after_ms("Fri, 02 Jan 2026 03:04:05 GMT", now), 0);
    CHECK_INT(kube_retry_after_ms("Fri, 02 Jan 1970 03:04:05 GMT", now), 0);
    CHECK_INT(kube_retry_after_ms("Fri, 02 Jan 9999 03:04:05 GMT", now), KUBE_RETRY_AFTER_MAX_MS);
}

int main(void)
{
    RUN(the_three_forms);
    RUN(what_is_no_date);
    RUN(years_of_two_digits);
    RUN(every_day_of_two_centuries);
    RUN(cut_anywhere);
    RUN(retry_after_seconds);
    RUN(retry_after_date);
    return test_end();
}
