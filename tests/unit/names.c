#include <kube/names.h>

#include "golden.h"

static void row(char **fields, int count)
{
    static bool (*const forms[])(const char *) = { kube_is_label_key, kube_is_label_value, kube_is_dns1123_label, kube_is_dns1123_subdomain,
                                                   kube_is_dns1035_label, kube_is_path_segment };
    CHECK_INT(count, 7);
    for (int i = 0; i < 6; i++)
        CHECK_INT(forms[i](fields[0]), fields[1 + i][0] == '1');
}

static void as_go_does(void)
{
    CHECK(golden_read("names.txt", row) > 600);
}

static void null_is_no_name(void)
{
    CHECK(!kube_is_label_key(NULL) && !kube_is_label_value(NULL) && !kube_is_dns1123_label(NULL) && !kube_is_dns1123_subdomain(NULL));
    CHECK(!kube_is_dns1035_label(NULL) && !kube_is_path_segment(NULL));
}

int main(void)
{
    RUN(as_go_does);
    RUN(null_is_no_name);
    return test_end();
}
