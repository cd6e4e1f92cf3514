/* Calls of all kinds on a few hundred ConfigMaps, which come, change and go. */
#include "soak.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PAUSE_MS 40

typedef struct writer {
    load_t *load;
    uint64_t random;
    char ns[24], name[24], value[32];
} writer_t;

static uint64_t next_random(writer_t *writer)
{
    writer->random ^= writer->random << 13;
    writer->random ^= writer->random >> 7;
    writer->random ^= writer->random << 17;
    return writer->random;
}

static int create(writer_t *writer, kube_client_t *client)
{
    kube_core_v1_config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = writer->name }, .data = KUBE_MAP({ "k", writer->value }) };
    return kube_core_v1_config_map_create(client, writer->ns, &wanted, NULL, NULL, NULL);
}

static int apply(writer_t *writer, kube_client_t *client)
{
    kube_core_v1_config_map_t wanted = { .metadata = &(kube_meta_v1_object_meta_t){ .name = writer->name }, .data = KUBE_MAP({ "a", writer->value }) };
    kube_apply_options_t options = { .field_manager = "soak", .force = true };
    return kube_core_v1_config_map_apply(client, writer->ns, &wanted, &options, NULL, NULL);
}

static int patch(writer_t *writer, kube_client_t *client)
{
    char text[64];
    int len = snprintf(text, sizeof text, "{\"data\":{\"k\":\"%s\"}}", writer->value);
    kube_patch_t merge = { .type = KUBE_PATCH_TYPE_MERGE, .text = text, .len = (size_t)len };
    return kube_core_v1_config_map_patch(client, writer->ns, writer->name, &merge, NULL, NULL, NULL);
}

static int set_value(void *object, void *userdata)
{
    writer_t *writer = userdata;
    return kube_map_set(object, object, &kube_core_v1_config_map_type, "data", "m", writer->value);
}

static int modify(writer_t *writer, kube_client_t *client)
{
    return kube_modify(client, &kube_core_v1_config_maps, writer->ns, writer->name, set_value, writer, NULL, NULL, NULL);
}

static int delete(writer_t *writer, kube_client_t *client)
{
    return kube_core_v1_config_map_delete(client, writer->ns, writer->name, NULL, NULL, NULL);
}

static int get(writer_t *writer, kube_client_t *client)
{
    kube_core_v1_config_map_t *out = NULL;
    int code = kube_core_v1_config_map_get(client, writer->ns, writer->name, NULL, &out, NULL);
    kube_free(out);
    return code;
}

static int list(writer_t *writer, kube_client_t *client)
{
    kube_core_v1_config_map_list_t *out = NULL;
    int code = kube_core_v1_config_map_list(client, writer->ns, NULL, &out, NULL);
    kube_free(out);
    return code;
}

static int count(const kube_core_v1_config_map_t *object, void *userdata)
{
    (void)object;
    ++*(int *)userdata;
    return 0;
}

static int each(writer_t *writer, kube_client_t *client)
{
    int objects = 0;
    return kube_core_v1_config_map_each(client, writer->ns, &(kube_list_options_t){ .limit = 10 }, count, &objects, NULL);
}

static int version(writer_t *writer, kube_client_t *client)
{
    kube_version_info_t info;
    (void)writer;
    return kube_server_version(client, NULL, &info, NULL);
}

typedef int call_fn(writer_t *writer, kube_client_t *client);
static call_fn *const calls[] = { create, create, create, create, create, apply, apply, apply, patch, patch, modify, modify, delete, delete, get, get, list, each, version };

void *soak_write(void *userdata)
{
    static atomic_uint numbers;
    load_t *load = userdata;
    writer_t writer = { .load = load, .random = (load->seed + ++numbers) * 0x9e3779b97f4a7c15u | 1 };
    while (!load->stop) {
        snprintf(writer.ns, sizeof writer.ns, "soak-%d", (int)(next_random(&writer) % NAMESPACES));
        snprintf(writer.name, sizeof writer.name, "o-%d", (int)(next_random(&writer) % OBJECTS));
        snprintf(writer.value, sizeof writer.value, "%llx", (unsigned long long)next_random(&writer));
        int code = calls[next_random(&writer) % (sizeof calls / sizeof *calls)](&writer, load->client);
        load->calls++;
        load->by_code[-code & 63]++;
        nanosleep(&(struct timespec){ .tv_nsec = (long)(next_random(&writer) % (PAUSE_MS * 2)) * 1000000 }, NULL);
    }
    return NULL;
}
