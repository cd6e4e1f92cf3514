#include "client/earlier.h"

#include <kube/memory.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"

void kube_earlier_keep(char **kept, int code, const char *message)
{
    kube_buffer_t text = { 0 };
    kube_buffer_printf(&text, "%s: %s", kube_code_name(code), message);
    kube_mem_free(*kept);
    *kept = text.failed ? NULL : text.data;
    if (text.failed)
        kube_buffer_dispose(&text);
}

void kube_earlier_tell(kube_error_t *err, const char *text)
{
    kube_copy_cut(err->earlier, sizeof err->earlier, text, strlen(text));
}
