// Building, editing and reading objects from C++17 through the exported functions.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include <kube/apps/v1.h>
#include <kube/core/v1.h>
#include <kube/kube.h>

static int failures;

static void check(bool ok, const char *what)
{
    if (!ok) {
        std::printf("failed: %s\n", what);
        failures++;
    }
}

struct Free {
    void operator()(const void *object) const { kube_free(object); }
};
template <typename T> using Owned = std::unique_ptr<T, Free>;

int main()
{
    Owned<kube_apps_v1_deployment_t> web(static_cast<kube_apps_v1_deployment_t *>(kube_new(&kube_apps_v1_deployment_type)));
    kube_apps_v1_deployment_t *root = web.get();
    auto *meta = static_cast<kube_meta_v1_object_meta_t *>(kube_ensure(root, root, &kube_apps_v1_deployment_type, "metadata"));
    meta->name = kube_strdup(root, "web");
    kube_map_set(root, meta, &kube_meta_v1_object_meta_type, "labels", "app", "web");

    auto *spec = static_cast<kube_apps_v1_deployment_spec_t *>(kube_ensure(root, root, &kube_apps_v1_deployment_type, "spec"));
    spec->replicas = {true, 3};
    auto *pod_template = static_cast<kube_core_v1_pod_template_spec_t *>(kube_ensure(root, spec, &kube_apps_v1_deployment_spec_type, "template"));
    auto *pod = static_cast<kube_core_v1_pod_spec_t *>(kube_ensure(root, pod_template, &kube_core_v1_pod_template_spec_type, "spec"));
    auto *container = static_cast<kube_core_v1_container_t *>(kube_list_append(root, pod, &kube_core_v1_pod_spec_type, "containers"));
    container->name = kube_printf(root, "c%d", 0);
    kube_list_append_string(root, container, &kube_core_v1_container_type, "args", "-v");

    kube_buffer_t json{};
    kube_error_t err;
    check(kube_json_encode(&kube_apps_v1_deployment_type, root, 0, &json, &err) == KUBE_OK, "encode");
    const std::string expected = "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"web\"},\"name\":\"web\"},"
                                 "\"spec\":{\"replicas\":3,\"template\":{\"spec\":{\"containers\":[{\"args\":[\"-v\"],\"name\":\"c0\"}]}}}}";
    check(json.data && expected == json.data, "the JSON");

    kube_apps_v1_deployment_t *decoded = nullptr;
    check(kube_json_decode(&kube_apps_v1_deployment_type, json.data, json.len, nullptr, &decoded, &err) == KUBE_OK, "decode");
    Owned<kube_apps_v1_deployment_t> again(decoded);
    check(kube_equal(&kube_apps_v1_deployment_type, root, again.get()), "equal");
    check(std::strcmp(kube_meta_name(&kube_apps_v1_deployment_type, again.get()), "web") == 0, "the name");
    kube_buffer_dispose(&json);
    std::printf("%d passed, %d failed\n", failures ? 0 : 1, failures ? 1 : 0);
    return failures != 0;
}
