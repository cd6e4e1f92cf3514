// The same from C++.
#include <kube/core/v1.h>
#include <kube/kube.h>

#include <cstdio>

int main()
{
    void *object = kube_new(&kube_core_v1_pod_type);
    auto *pod = static_cast<kube_core_v1_pod_t *>(object);
    kube_buffer_t json = {};
    auto *meta = static_cast<kube_meta_v1_object_meta_t *>(kube_ensure(pod, pod, &kube_core_v1_pod_type, "metadata"));
    if (!meta || !(meta->name = kube_strdup(pod, "web")) || kube_json_encode(&kube_core_v1_pod_type, pod, 0, &json, nullptr) != KUBE_OK)
        return 1;
    std::puts(json.data);
    kube_buffer_dispose(&json);
    kube_free(object);
}
