/* Compiled against an installed copy: both libraries, a generated type and the runtime. */
#include <kube/core/v1.h>
#include <kube/kube.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    static const char manifest[] = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n";
    kube_core_v1_pod_t *pod;
    kube_buffer_t json = { 0 };
    kube_error_t err;
    if (kube_yaml_decode(&kube_core_v1_pod_type, manifest, strlen(manifest), NULL, &pod, &err) != KUBE_OK ||
        kube_json_encode(&kube_core_v1_pod_type, pod, 0, &json, &err) != KUBE_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    puts(json.data);
    kube_buffer_dispose(&json);
    kube_free(pod);
    return 0;
}
