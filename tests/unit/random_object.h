/* Random objects of any type, made from its tables: JSON text with every kind of value, and with unknown fields if asked. */
#ifndef RANDOM_OBJECT_H
#define RANDOM_OBJECT_H

#include <kube/memory.h>
#include <kube/type.h>
#include <stdio.h>
#include <string.h>

typedef struct random_object {
    uint64_t state;
    unsigned chance;   /* of a field being present, in 256ths */
    bool unknown;      /* put unknown fields into every struct */
    unsigned unknowns; /* how many were put */
    kube_buffer_t *out;
} random_object_t;

static inline uint32_t random_bits(random_object_t *r)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->state >> 33);
}

static void random_struct(random_object_t *r, const kube_type_t *type, unsigned depth);

static inline void random_string(random_object_t *r)
{
    static const char *const pieces[] = { "a", "zone-1", "", "\\n", "\\\"", "\\\\", "caf\xC3\xA9", "\xF0\x9F\x98\x80", "\\u0000", "\\u0001", "yes", "0777",
                                          "1e3", "a longer piece of text that fills more than one block", " ", ": ", "- x", "# y", "null", "~" };
    kube_buffer_puts(r->out, "\"");
    for (unsigned n = random_bits(r) % 4; n > 0; n--)
        kube_buffer_puts(r->out, pieces[random_bits(r) % (sizeof pieces / sizeof *pieces)]);
    kube_buffer_puts(r->out, "\"");
}

static inline void random_json(random_object_t *r)
{
    static const char *const values[] = { "{}", "[]", "1", "\"x\"", "{\"a\":{\"b\":[1,2,{\"c\":false}]}}", "[null,\"\\u00e9\"]", "true" };
    kube_buffer_puts(r->out, values[random_bits(r) % (sizeof values / sizeof *values)]);
}

static inline void random_value(random_object_t *r, unsigned kind, const void *type, unsigned depth)
{
    static const char *const quantities[] = { "\"1\"", "\"500m\"", "\"1Gi\"", "\"1e3\"", "\"0\"" };
    static const char *const bytes[] = { "\"\"", "\"AA==\"", "\"AAE=\"", "\"aGVsbG8=\"" };
    const kube_element_t *element = type;
    unsigned bits = random_bits(r);
    switch (kind) {
    case KUBE_KIND_BOOL:
    case KUBE_KIND_PLAIN_BOOL: kube_buffer_puts(r->out, bits & 1 ? "true" : "false"); break;
    case KUBE_KIND_INT32:
    case KUBE_KIND_PLAIN_INT32: kube_buffer_printf(r->out, "%d", (int)(bits % 3 ? bits % 1000 : bits) - 500); break;
    case KUBE_KIND_INT64:
    case KUBE_KIND_PLAIN_INT64: kube_buffer_printf(r->out, "%lld", (long long)bits * (bits & 1 ? 1 : -4294967291LL)); break;
    case KUBE_KIND_DOUBLE:
    case KUBE_KIND_PLAIN_DOUBLE: kube_buffer_printf(r->out, "%u.%u", bits % 100, 1 + bits % 7 * 2 / 2); break;
    case KUBE_KIND_STRING: random_string(r); break;
    case KUBE_KIND_QUANTITY: kube_buffer_puts(r->out, quantities[bits % 5]); break;
    case KUBE_KIND_NUMBER: kube_buffer_puts(r->out, bits & 1 ? "1.50" : "-7"); break;
    case KUBE_KIND_BYTES: kube_buffer_puts(r->out, bytes[bits % 4]); break;
    case KUBE_KIND_TIME: kube_buffer_printf(r->out, "\"20%02u-0%u-1%uT12:%02u:%02uZ\"", bits % 100, 1 + bits % 9, bits % 10, bits % 60, bits % 59); break;
    case KUBE_KIND_MICRO_TIME: kube_buffer_printf(r->out, "\"2024-01-01T00:00:00.%06uZ\"", bits % 1000000); break;
    case KUBE_KIND_INT_OR_STRING:
        if (bits & 1)
            kube_buffer_printf(r->out, "%u", bits % 65536);
        else
            random_string(r);
        break;
    case KUBE_KIND_JSON: random_json(r); break;
    case KUBE_KIND_OBJECT:
    case KUBE_KIND_STRUCT: random_struct(r, type, depth); break;
    case KUBE_KIND_LIST:
    case KUBE_KIND_MAP: {
        bool map = kind == KUBE_KIND_MAP;
        kube_buffer_puts(r->out, map ? "{" : "[");
        for (unsigned i = 0, n = depth > 6 ? 0 : bits % 4; i < n; i++) {
            if (i)
                kube_buffer_puts(r->out, ",");
            if (map)
                kube_buffer_printf(r->out, "\"key.example/%u\":", i);
            random_value(r, element->kind, element->type, depth + 1);
        }
        kube_buffer_puts(r->out, map ? "}" : "]");
        break;
    }
    default: kube_buffer_puts(r->out, "null"); break;
    }
}

static inline void random_struct(random_object_t *r, const kube_type_t *type, unsigned depth)
{
    bool first = true;
    kube_buffer_puts(r->out, "{");
    for (size_t i = 0; i < type->field_count; i++) {
        const kube_field_t *field = &type->fields[i];
        bool type_meta = type->flags & KUBE_TYPE_ROOT && (field->offset == type->api_version_offset || field->offset == type->kind_offset);
        bool deep = field->kind == KUBE_KIND_OBJECT || field->kind == KUBE_KIND_LIST || field->kind == KUBE_KIND_MAP;
        if (type_meta ? depth > 0 : random_bits(r) % 256 >= r->chance || (deep && depth > 8))
            continue;
        kube_buffer_printf(r->out, "%s\"%.*s\":", first ? "" : ",", (int)field->name_len, kube_field_name(field));
        first = false;
        if (type_meta)
            kube_buffer_printf(r->out, "\"%s\"", field->offset == type->kind_offset ? type->kind : type->api_version);
        else
            random_value(r, field->kind, field->type, depth + 1);
    }
    if (r->unknown) {
        kube_buffer_printf(r->out, "%s\"zzUnknown%u\":", first ? "" : ",", r->unknowns++);
        random_json(r);
    }
    kube_buffer_puts(r->out, "}");
}

/* Appends a random root object as JSON, its fields in the order in which the encoder writes them. */
static inline void random_root(random_object_t *r, const kube_type_t *type)
{
    random_struct(r, type, 0);
}

#endif
