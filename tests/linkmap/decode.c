/* Only decodes a Pod: no call on a cluster. */
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <stdio.h>

int main(void)
{
    kube_core_v1_pod_t *pod;
    kube_error_t err;
    if (kube_json_decode(&kube_core_v1_pod_type, "{}", 2, NULL, &pod, &err) != KUBE_OK)
        return 1;
    puts(pod->kind);
    kube_free(pod);
    return 0;
}
