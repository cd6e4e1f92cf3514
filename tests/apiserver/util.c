#include "util.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static void *must(void *pointer)
{
    if (!pointer) {
        fputs("kube-testserver: out of memory\n", stderr);
        abort();
    }
    return pointer;
}

void *ts_alloc(size_t size)
{
    return must(calloc(1, size ? size : 1));
}

void *ts_realloc(void *pointer, size_t size)
{
    return must(realloc(pointer, size ? size : 1));
}

char *ts_strdup(const char *text)
{
    return text ? must(strdup(text)) : NULL;
}

char *ts_strndup(const char *text, size_t len)
{
    return must(strndup(text, len));
}

char *ts_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    return must(len < 0 ? NULL : text);
}

int ts_fail(kube_error_t *err, int code, const char *format, ...)
{
    if (!err)
        return code;
    *err = (kube_error_t){ .code = (kube_code_t)code };
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    return code;
}

bool ts_is(const char *text, const char *other)
{
    return strcmp(text ? text : "", other ? other : "") == 0;
}

bool ts_starts_with(const char *text, const char *prefix)
{
    return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool ts_ends_with(const char *text, const char *suffix)
{
    size_t len = text ? strlen(text) : 0, tail = strlen(suffix);
    return len >= tail && strcmp(text + len - tail, suffix) == 0;
}

const char *ts_field_name(const kube_field_t *field, char text[TS_FIELD_NAME_SIZE])
{
    if (field->long_name) {
        return field->long_name;
    }
    memcpy(text, kube_field_name(field), field->name_len);
    text[field->name_len] = '\0';
    return text;
}

int64_t ts_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void ts_random(void *bytes, size_t len)
{
    if (getrandom(bytes, len, 0) != (ssize_t)len)
        abort();
}

void ts_uid(char out[TS_UID_SIZE])
{
    unsigned char b[16];
    ts_random(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, TS_UID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4],
             b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

json_t *ts_at(const json_t *object, const char *path)
{
    while (object && *path) {
        const char *dot = strchr(path, '.');
        size_t len = dot ? (size_t)(dot - path) : strlen(path);
        char name[128];
        if (len >= sizeof name)
            return NULL;
        memcpy(name, path, len);
        name[len] = 0;
        object = json_object_get(object, name);
        path += len + (dot != NULL);
    }
    return (json_t *)object;
}

const char *ts_text_at(const json_t *object, const char *path)
{
    return json_string_value(ts_at(object, path));
}

int64_t ts_int_at(const json_t *object, const char *path, int64_t otherwise)
{
    json_t *value = ts_at(object, path);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

bool ts_bool_at(const json_t *object, const char *path)
{
    return json_is_true(ts_at(object, path));
}

void ts_put(json_t *object, const char *path, json_t *value)
{
    const char *dot;
    while ((dot = strchr(path, '.'))) {
        char *name = ts_strndup(path, (size_t)(dot - path));
        json_t *next = json_object_get(object, name);
        if (!json_is_object(next)) {
            next = ts_need(json_object());
            json_object_set_new(object, name, next);
        }
        free(name);
        object = next;
        path = dot + 1;
    }
    json_object_set_new(object, path, ts_need(value));
}

void ts_delete_at(json_t *object, const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot) {
        char *parent = ts_strndup(path, (size_t)(dot - path));
        object = ts_at(object, parent);
        free(parent);
        path = dot + 1;
    }
    json_object_del(object, path);
}

json_t *ts_need(json_t *value)
{
    return must(value);
}

json_t *ts_string(const char *text)
{
    return ts_need(json_string(text ? text : ""));
}

static int append_chunk(const char *text, size_t len, void *buffer)
{
    kube_buffer_append(buffer, text, len);
    return 0;
}

void ts_append_json(kube_buffer_t *buffer, const json_t *value)
{
    json_dump_callback(value, append_chunk, buffer, JSON_COMPACT | JSON_ENCODE_ANY);
}

void ts_append_quoted(kube_buffer_t *buffer, const char *text)
{
    json_t *value = ts_string(text);
    ts_append_json(buffer, value);
    json_decref(value);
}
