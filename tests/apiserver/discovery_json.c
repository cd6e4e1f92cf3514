#include "discovery_json.h"

json_t *ts_with(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

json_t *ts_with_text(json_t *object, const char *name, const char *text)
{
    return ts_with(object, name, json_string(text));
}

json_t *ts_strings(const char *const *list)
{
    json_t *out = json_array();

    for (; list && *list; list++) {
        if (json_array_append_new(out, json_string(*list))) {
            json_decref(out);
            return NULL;
        }
    }
    return out;
}

json_t *ts_with_strings(json_t *object, const char *name, const char *const *list)
{
    return list && *list ? ts_with(object, name, ts_strings(list)) : object;
}
