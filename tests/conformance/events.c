/* Watches of ConfigMaps: what comes, and what must not. */
#include "conformance.h"

static const char *event_name(kube_event_type_t type)
{
    static const char *const names[] = { "nothing", "ADDED", "MODIFIED", "DELETED", "SYNCED", "RESTARTED", "BOOKMARK" };
    return (size_t)type < COUNT(names) ? names[type] : "no event type";
}

static const char *object_name(const config_map_event_t *event)
{
    const char *name = event->object ? kube_meta_name(&kube_core_v1_config_map_type, event->object) : NULL;
    return name ? name : "";
}

static void free_watch(void *watch)
{
    kube_core_v1_config_map_watch_free(watch);
}

config_map_watch_t *watch_config_maps(test_t *t, kube_client_t *client, const kube_watch_options_t *options)
{
    config_map_watch_t *watch = NULL;
    kube_watch_options_t used = options ? *options : (kube_watch_options_t){ 0 };
    if (!used.field_selector && !used.name)
        used.field_selector = OURS;
    if (!client || !CHECK_OK(t, kube_core_v1_config_map_watch(client, NULL, &used, &watch, &t->err)))
        return NULL;
    defer(t, free_watch, watch);
    return watch;
}

bool check_event(test_t *t, config_map_watch_t *watch, kube_event_type_t type, const char *name, config_map_event_t *out, const char *file,
                 int line)
{
    config_map_event_t event = { 0 };
    if (!watch)
        return false;
    int code = kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err);
    if (out)
        *out = event;
    const char *wanted = text(t, "%s %s", event_name(type), name ? name : "");
    return check_code(t, code, KUBE_OK, file, line, wanted) &&
           check_text(t, text(t, "%s %s", event_name(event.type), object_name(&event)), wanted, file, line, "the event");
}

bool check_quiet(test_t *t, config_map_watch_t *watch, const char *file, int line)
{
    config_map_event_t event = { 0 };
    if (!watch)
        return false;
    int code = kube_core_v1_config_map_watch_next_within(watch, QUIET_MS, &event, &t->err);
    const char *what = code == KUBE_OK ? text(t, "%s %s", event_name(event.type), object_name(&event)) : kube_code_name(code);
    return check_text(t, what, kube_code_name(KUBE_E_TIMEOUT), file, line, "what came");
}

int read_initial(test_t *t, config_map_watch_t *watch)
{
    config_map_event_t event = { 0 };
    for (int count = 0; watch; count++) {
        if (!CHECK_OK(t, kube_core_v1_config_map_watch_next_within(watch, EVENT_MS, &event, &t->err)))
            return -1;
        if (event.type == KUBE_EVENT_SYNCED)
            return count;
        if (!CHECK_INT(t, event.type, KUBE_EVENT_ADDED))
            return -1;
    }
    return -1;
}
