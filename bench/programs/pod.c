/* The smallest program that uses pods: reads one from a file and writes it back. For what it costs to start, and to carry. */
#include <stdio.h>
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>

static size_t read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t len = file ? fread(text, 1, size, file) : 0;
    if (file)
        fclose(file);
    return len;
}

int main(int argc, char **argv)
{
    static char text[1 << 16];
    kube_core_v1_pod_t *pod = NULL;
    kube_buffer_t buffer = {0};
    kube_error_t error;
    size_t len = argc == 2 ? read_file(argv[1], text, sizeof text) : 0;
    int code = kube_json_decode(&kube_core_v1_pod_type, text, len, NULL, &pod, &error);
    if (code == KUBE_OK)
        code = kube_json_encode(&kube_core_v1_pod_type, pod, 0, &buffer, &error);
    if (code == KUBE_OK)
        puts(buffer.data);
    else
        fprintf(stderr, "pod: %s\n", error.message);
    kube_buffer_dispose(&buffer);
    kube_free(pod);
    return code == KUBE_OK ? 0 : 1;
}
