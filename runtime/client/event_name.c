#include <kube/watch.h>

const char *kube_event_type_name(kube_event_type_t type)
{
    switch (type) {
    case KUBE_EVENT_ADDED:
        return "ADDED";
    case KUBE_EVENT_MODIFIED:
        return "MODIFIED";
    case KUBE_EVENT_DELETED:
        return "DELETED";
    case KUBE_EVENT_SYNCED:
        return "SYNCED";
    case KUBE_EVENT_RESTARTED:
        return "RESTARTED";
    case KUBE_EVENT_BOOKMARK:
        return "BOOKMARK";
    }
    return "UNKNOWN";
}
