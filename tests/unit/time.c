#include <kube/time.h>

#include "base/time.h"
#include "golden.h"

static void row(char **fields, int count)
{
    kube_time_t time = { 0 };
    char text[KUBE_TIME_TEXT_SIZE];
    int code = kube_time_from_text(fields[0], strlen(fields[0]), &time);
    if (count == 2) {
        CHECK_STR(fields[1], "error");
        CHECK_INT(code, KUBE_E_PARSE);
        CHECK(!time.has);
        return;
    }
    CHECK_INT(code, KUBE_OK);
    CHECK(time.has);
    CHECK_INT(time.seconds, atoll(fields[1]));
    CHECK_INT(time.nanoseconds, atoll(fields[2]));
    CHECK_INT(kube_time_to_text(&time, text, sizeof text), strlen(fields[3]));
    CHECK_STR(text, fields[3]);
    CHECK_INT(kube_time_to_text_micro(&time, text, sizeof text), strlen(fields[4]));
    CHECK_STR(text, fields[4]);
}

static void as_go_does(void)
{
    CHECK(golden_read("time.txt", row) > 1000);
}

static void every_day_of_four_centuries(void)
{
    char text[KUBE_TIME_TEXT_SIZE], last[KUBE_TIME_TEXT_SIZE] = "1799";
    for (int64_t day = -62091; day < 84006; day++) {
        kube_time_t time = { .has = true, .seconds = day * 86400 + 86399, .nanoseconds = 999999999 }, again;
        size_t len = kube_time_write(text, time, true);
        text[len] = '\0';
        CHECK(strcmp(text, last) > 0);
        CHECK(kube_time_parse(text, len, &again) && again.seconds == time.seconds && again.nanoseconds == 999999000);
        strcpy(last, text);
    }
    CHECK_STR(last, "2199-12-31T23:59:59.999999Z");
}

static void cut_anywhere(void)
{
    static const char text[] = "2026-01-02T15:04:05.123456+01:00";
    kube_time_t time;
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *copy = malloc(len ? len : 1);
        memcpy(copy, text, len);
        CHECK_INT(kube_time_from_text(copy, len, &time), KUBE_E_PARSE);
        free(copy);
    }
}

static void far_away(void)
{
    char text[KUBE_TIME_TEXT_SIZE];
    kube_time_t time = { .has = true, .seconds = INT64_MAX, .nanoseconds = INT32_MAX };
    CHECK(kube_time_to_text_micro(&time, text, sizeof text) > 0);
    CHECK(strncmp(text, "292277026596-12-04T15:30:07.", 28) == 0);
    time.seconds = INT64_MIN;
    time.nanoseconds = INT32_MIN;
    CHECK(kube_time_to_text_micro(&time, text, sizeof text) > 0);
    CHECK(strncmp(text, "-292277022657-01-27T08:29:52.", 29) == 0);
}

static void order(void)
{
    kube_time_t early = { .has = true, .seconds = -1, .nanoseconds = 999999999 }, late = { .has = true, .seconds = 0 }, absent = { .has = false };
    CHECK(kube_time_compare(&early, &late) < 0 && kube_time_compare(&late, &early) > 0);
    early.seconds = 0;
    CHECK(kube_time_compare(&early, &late) > 0 && kube_time_compare(&late, &late) == 0);
    CHECK(kube_time_compare(&absent, &early) < 0 && kube_time_compare(&early, NULL) > 0 && kube_time_compare(NULL, &absent) == 0);
    kube_time_t now = kube_time_now(), then = kube_time_now();
    CHECK(now.has && now.seconds > 1700000000 && kube_time_compare(&now, &then) <= 0);
}

static void misuse(void)
{
    char text[KUBE_TIME_TEXT_SIZE];
    kube_time_t absent = { .has = false }, time = { .has = true };
    CHECK_INT(kube_time_to_text(&absent, text, sizeof text), KUBE_E_USAGE);
    CHECK_INT(kube_time_to_text(NULL, text, sizeof text), KUBE_E_USAGE);
    CHECK_INT(kube_time_to_text(&time, text, 20), KUBE_E_LIMIT);
    CHECK_INT(kube_time_to_text(&time, text, 21), 20);
    CHECK_INT(kube_time_from_text(NULL, 0, &time), KUBE_E_USAGE);
    CHECK_INT(kube_time_from_text("", 0, NULL), KUBE_E_USAGE);
}

int main(void)
{
    RUN(as_go_does);
    RUN(every_day_of_four_centuries);
    RUN(cut_anywhere);
    RUN(far_away);
    RUN(order);
    RUN(misuse);
    return test_end();
}
