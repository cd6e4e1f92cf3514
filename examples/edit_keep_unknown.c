/*
 * Edits an object and keeps what this build does not know: fields of a newer Kubernetes are held as read and written back, so
 * that an update by an older client deletes nothing.
 */
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <stdio.h>
#include <string.h>

static const char from_the_server[] =
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web\",\"futureMark\":7},"
    "\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"nginx:1.28\",\"warpSpeed\":{\"factor\":9}}]}}";

/* Editing takes its memory from the object's own arena: all of it is freed with the object. */
static int edit(kube_core_v1_pod_t *pod)
{
    kube_core_v1_container_t *web = &pod->spec->containers.items[0];
    web->image = kube_printf(pod, "nginx:1.%d", 29);
    if (!web->image)
        return KUBE_E_NO_MEMORY;
    int code = kube_list_append_string(pod, web, &kube_core_v1_container_type, "args", "-v");
    if (code == KUBE_OK)
        code = kube_map_set(pod, pod->metadata, &kube_meta_v1_object_meta_type, "labels", "edited-by", "libkube");
    return code;
}

int main(void)
{
    kube_core_v1_pod_t *pod = NULL;
    kube_buffer_t json = { 0 };
    kube_error_t err = { 0 };
    int code = kube_json_decode(&kube_core_v1_pod_type, from_the_server, strlen(from_the_server), NULL, &pod, &err);
    if (code == KUBE_OK)
        code = edit(pod);
    if (code == KUBE_OK)
        code = kube_json_encode(&kube_core_v1_pod_type, pod, KUBE_ENCODE_INDENT, &json, &err);
    if (code == KUBE_OK)
        fputs(json.data, stdout);
    else
        fprintf(stderr, "edit_keep_unknown: %s (%s)\n", err.message, kube_code_name(code));
    kube_buffer_dispose(&json);
    kube_free(pod);
    return code == KUBE_OK ? 0 : 1;
}
