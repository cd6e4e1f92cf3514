/* A time that parses must print and parse again as itself, cut to what was printed. */
#include <kube/time.h>

#include <stdlib.h>

static void require(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[KUBE_TIME_TEXT_SIZE];
    kube_time_t time, again;
    if (size == 0 || kube_time_from_text((const char *)data, size, &time) != KUBE_OK)
        return 0;
    require(time.has && time.nanoseconds >= 0 && time.nanoseconds <= 999999999);
    int len = kube_time_to_text_micro(&time, text, sizeof text);
    require(len > 0);
    /* An offset can move a time out of the years that can be read. */
    if (time.seconds < -62167219200 || time.seconds > 253402300799)
        return 0;
    require(kube_time_from_text(text, (size_t)len, &again) == KUBE_OK);
    require(again.seconds == time.seconds && again.nanoseconds == time.nanoseconds / 1000 * 1000);
    len = kube_time_to_text(&time, text, sizeof text);
    require(kube_time_from_text(text, (size_t)len, &again) == KUBE_OK && again.seconds == time.seconds && again.nanoseconds == 0);
    return 0;
}
