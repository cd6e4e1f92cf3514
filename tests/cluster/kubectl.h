/* What kubectl says about an object, and comparing it with what the library says. */
#ifndef KUBECTL_H
#define KUBECTL_H

#include <jansson.h>
#include <kube/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *program;
    const char *kubeconfig;
    char cache[64]; /* of discovery documents */
} kubectl;

/* Standard output of kubectl as a JSON value, or NULL. */
static inline json_t *kubectl_get(const kube_resource_t *resource, const char *ns, const char *name)
{
    char command[2048];
    /* What it says besides (that a version is deprecated) is of interest only when it fails. */
    snprintf(command, sizeof command,
             "%s --kubeconfig='%s' --cache-dir='%s' get --show-managed-fields -o json %s%s '%s.%s.%s' '%s' 2>'%s/errors' "
             "|| { cat '%s/errors' >&2; false; }",
             kubectl.program, kubectl.kubeconfig, kubectl.cache, ns ? "-n " : "", ns ? ns : "", resource->plural, resource->version,
             resource->group, name, kubectl.cache, kubectl.cache);
    FILE *pipe = popen(command, "r");
    json_t *value = pipe ? json_loadf(pipe, 0, NULL) : NULL;
    if (pipe && pclose(pipe) != 0) {
        json_decref(value);
        return NULL;
    }
    return value;
}

/* An object as the library writes it. */
static inline json_t *encoded(const kube_type_t *type, const void *object)
{
    kube_buffer_t text = { 0 };
    kube_error_t err;
    json_t *value = NULL;
    if (kube_json_encode(type, object, 0, &text, &err) == KUBE_OK)
        value = json_loadb(text.data, text.len, 0, NULL);
    else
        printf("encode: %s: %s\n", err.path, err.message);
    kube_buffer_dispose(&text);
    return value;
}

/* The library reads null as absent: a null of kubectl's output counts as such. */
static inline void drop_nulls(json_t *value)
{
    const char *key;
    json_t *child;
    void *next;
    size_t i;
    if (json_is_object(value)) {
        json_object_foreach_safe(value, next, key, child) {
            if (json_is_null(child))
                json_object_del(value, key);
            else
                drop_nulls(child);
        }
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, child)
            drop_nulls(child);
    }
}

/* Prints the first path at which two values differ. Returns whether there is one. */
static inline bool differ(const json_t *wanted, const json_t *found, const char *path)
{
    char deeper[1024];
    const char *key;
    json_t *child;
    if (json_equal(wanted, found))
        return false;
    if (json_is_object(wanted) && json_is_object(found)) {
        json_object_foreach((json_t *)wanted, key, child) {
            snprintf(deeper, sizeof deeper, "%s.%s", path, key);
            if (differ(child, json_object_get(found, key), deeper))
                return true;
        }
        json_object_foreach((json_t *)found, key, child) {
            if (!json_object_get(wanted, key)) {
                printf("  kubectl has no %s.%s\n", path, key);
                return true;
            }
        }
    }
    for (size_t i = 0; json_is_array(wanted) && i < json_array_size(wanted); i++) {
        snprintf(deeper, sizeof deeper, "%s[%zu]", path, i);
        if (differ(json_array_get(wanted, i), json_array_get(found, i), deeper))
            return true;
    }
    char *left = json_dumps(wanted, JSON_ENCODE_ANY), *right = found ? json_dumps(found, JSON_ENCODE_ANY) : NULL;
    printf("  %s: kubectl %.200s, the library %.200s\n", path, left, right ? right : "nothing");
    free(left);
    free(right);
    return true;
}

#endif
