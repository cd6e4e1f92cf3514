/*
 * Type tables: what the library knows of each Kubernetes type, written as constants by the generator and read by every codec and every
 * generic operation. Programs name a type by the address of its table, `&kube_core_v1_pod_type`.
 */
#ifndef KUBE_TYPE_H
#define KUBE_TYPE_H

#include <kube/error.h>
#include <kube/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The form of the tables. Generated code states the number it was written for; the runtime refuses any other. */
#define KUBE_TABLE_ABI 2

typedef struct kube_type kube_type_t;
typedef struct kube_field kube_field_t;
typedef struct kube_element kube_element_t;

/* How a value is held in memory. */
typedef enum kube_kind {
    KUBE_KIND_BOOL = 1,      /* kube_bool_t */
    KUBE_KIND_INT32,         /* kube_int32_t */
    KUBE_KIND_INT64,         /* kube_int64_t */
    KUBE_KIND_DOUBLE,        /* kube_double_t */
    KUBE_KIND_STRING,        /* const char * */
    KUBE_KIND_QUANTITY,      /* const char *: a quantity's text; a JSON string or number */
    KUBE_KIND_NUMBER,        /* const char *: a JSON number's text (number of CRDs) */
    KUBE_KIND_BYTES,         /* kube_bytes_t */
    KUBE_KIND_TIME,          /* kube_time_t, whole seconds in JSON */
    KUBE_KIND_MICRO_TIME,    /* kube_time_t, microseconds in JSON */
    KUBE_KIND_INT_OR_STRING, /* kube_int_or_string_t */
    KUBE_KIND_JSON,          /* kube_json_t */
    KUBE_KIND_OBJECT,        /* T *, T described by a kube_type_t */
    KUBE_KIND_LIST,          /* { items, len }, items described by a kube_element_t */
    KUBE_KIND_MAP,           /* { items, len }, entries described by a kube_element_t */
    /* Only as items of lists and values of maps, where presence has no meaning: */
    KUBE_KIND_STRUCT,        /* T by value */
    KUBE_KIND_PLAIN_BOOL,    /* bool */
    KUBE_KIND_PLAIN_INT32,   /* int32_t */
    KUBE_KIND_PLAIN_INT64,   /* int64_t */
    KUBE_KIND_PLAIN_DOUBLE   /* double */
} kube_kind_t;

/* What one item of a list, or one entry of a map, is. */
struct kube_element {
    uint8_t kind;     /* kube_kind_t of the item or of the entry's value */
    uint16_t stride;  /* bytes of one item or entry */
    uint16_t offset;  /* of the value inside an entry; 0 for lists */
    const void *type; /* const kube_type_t * for STRUCT, const kube_element_t * for LIST and MAP, else NULL */
};

/* Flags of a field. */
enum {
    KUBE_FIELD_REQUIRED = 1 << 0, /* the spec lists it under "required" */
    KUBE_FIELD_NULLABLE = 1 << 1, /* the server accepts and keeps null (CRDs) */
    KUBE_FIELD_DATE_TIME = 1 << 2, /* a string in RFC 3339 form whose text is kept (CRDs) */
    KUBE_FIELD_EMBEDDED = 1 << 3, /* free-form, but an object with apiVersion, kind and metadata */
    KUBE_FIELD_MANAGED_FIELDS = 1 << 4 /* ObjectMeta.managedFields */
};

/* Flags of a patch strategy (x-kubernetes-patch-strategy). */
enum { KUBE_PATCH_MERGE = 1 << 0, KUBE_PATCH_REPLACE = 1 << 1, KUBE_PATCH_RETAIN_KEYS = 1 << 2 };

/* x-kubernetes-list-type and x-kubernetes-map-type. */
typedef enum kube_list_type { KUBE_LIST_TYPE_NONE = 0, KUBE_LIST_TYPE_ATOMIC, KUBE_LIST_TYPE_SET, KUBE_LIST_TYPE_MAP } kube_list_type_t;
typedef enum kube_map_type { KUBE_MAP_TYPE_NONE = 0, KUBE_MAP_TYPE_ATOMIC, KUBE_MAP_TYPE_GRANULAR } kube_map_type_t;

/* What is rarely asked of a field. Lists of strings end with NULL; absent facts are NULL or 0. */
typedef struct kube_field_info {
    const char *default_json;            /* the default value as JSON text */
    const char *format;                  /* OpenAPI format */
    const char *merge_key;               /* x-kubernetes-patch-merge-key */
    const char *const *allowed;          /* enum: the values allowed */
    const char *const *list_map_keys;    /* x-kubernetes-list-map-keys */
    uint8_t list_type;                   /* kube_list_type_t */
    uint8_t map_type;                    /* kube_map_type_t */
    uint8_t patch_strategy;              /* KUBE_PATCH_* */
} kube_field_info_t;

#define KUBE_FIELD_KEY_SIZE 32

/* Says to GCC that a char array may be full, without a NUL. */
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 8
#define KUBE_NONSTRING __attribute__((nonstring))
#else
#define KUBE_NONSTRING
#endif

/* One property of a type. 64 bytes on 64-bit machines: a cache line. */
struct kube_field {
    char key[KUBE_FIELD_KEY_SIZE] KUBE_NONSTRING; /* `,"name":`, its first 32 bytes, padded with NUL; not NUL-terminated when full */
    const char *long_name;         /* JSON name, if key has no room for it: see kube_field_name; else NULL */
    const void *type;              /* const kube_type_t * for OBJECT, const kube_element_t * for LIST and MAP, else NULL */
    const kube_field_info_t *info; /* NULL when there is nothing to say */
    uint16_t offset;               /* in the struct, bytes */
    uint16_t flags;                /* KUBE_FIELD_* */
    uint16_t name_len;             /* bytes of the JSON name */
    uint8_t kind;                  /* kube_kind_t */
};

/* Flags of a type. */
enum {
    KUBE_TYPE_ROOT = 1 << 0, /* begins with kube_owner_t *owner and has apiVersion and kind */
    KUBE_TYPE_LIST = 1 << 1, /* a root with `items` that are roots of their own */
    KUBE_TYPE_OPEN = 1 << 2  /* x-kubernetes-preserve-unknown-fields: unknown properties are allowed, also in strict decoding */
};

#define KUBE_NO_OFFSET UINT16_MAX

/* One type: a definition of the OpenAPI spec. */
struct kube_type {
    uint32_t abi;                /* KUBE_TABLE_ABI */
    uint32_t size;               /* sizeof the struct, bytes */
    const char *name;            /* the definition's name, "io.k8s.api.core.v1.Pod" */
    const char *api_version;     /* "apps/v1"; NULL when not a root */
    const char *kind;            /* "Pod"; NULL when not a root */
    const kube_field_t *fields;  /* sorted bytewise by JSON name; members of the struct stand in the same order; never NULL */
    const uint8_t *words;        /* for each 8-byte word of the struct the number (from 1) of the field that begins there, or 0;
                                    NULL when there are more than 255 fields */
    const uint8_t *hash_slots;   /* 1 << hash_bits numbers (from 1) of fields by kube_field_hash, 0: none; NULL: search by name */
    uint64_t hash_multiplier;
    uint16_t field_count;
    uint16_t flags;              /* KUBE_TYPE_* */
    uint16_t unknown_offset;     /* of `const kube_unknown_t *unknown`, the last member */
    uint16_t api_version_offset; /* KUBE_NO_OFFSET in these four: no such field */
    uint16_t kind_offset;
    uint16_t metadata_offset;
    uint16_t items_offset;
    uint8_t hash_bits;
};

/* Verbs of a resource. */
enum {
    KUBE_VERB_GET = 1 << 0,
    KUBE_VERB_LIST = 1 << 1,
    KUBE_VERB_WATCH = 1 << 2,
    KUBE_VERB_CREATE = 1 << 3,
    KUBE_VERB_UPDATE = 1 << 4,
    KUBE_VERB_PATCH = 1 << 5,
    KUBE_VERB_DELETE = 1 << 6,
    KUBE_VERB_DELETE_COLLECTION = 1 << 7,
    KUBE_VERB_CONNECT = 1 << 8 /* exec, attach, port-forward, proxy */
};

/* A subresource. Its body's type is named, not pointed to, so that a table does not pull another package into a program. */
typedef struct kube_subresource {
    const char *name;        /* "status", "scale", "eviction" */
    const char *api_version; /* of the body, "policy/v1"; NULL when it has no kind (log, proxy) */
    const char *kind;        /* of the body, "Eviction"; NULL likewise */
    uint32_t verbs;          /* KUBE_VERB_* */
} kube_subresource_t;

/* One resource: a collection of objects under one path of the API server. */
typedef struct kube_resource {
    uint32_t abi;        /* KUBE_TABLE_ABI */
    uint32_t verbs;      /* KUBE_VERB_* */
    const char *group;   /* "" for the core group */
    const char *version; /* "v1" */
    const char *plural;  /* "pods" */
    const char *kind;    /* "Pod" */
    const kube_type_t *type;      /* of one object */
    const kube_type_t *list_type; /* of a list; NULL when the resource cannot be listed */
    const kube_type_t *create_reply; /* what create returns when that is not the object (bindings: Status), else NULL */
    const kube_subresource_t *subresources;
    size_t subresource_count;
    bool namespaced;
} kube_resource_t;

/* All that was generated for one group and version. Both arrays end with NULL. */
typedef struct kube_package {
    uint32_t abi;     /* KUBE_TABLE_ABI */
    const char *name; /* "core/v1" */
    const kube_type_t *const *types;         /* every type, roots first */
    const kube_resource_t *const *resources;
} kube_package_t;

/* The hash by which hash_slots is indexed: kube_field_hash(name, len, multiplier) >> (64 - hash_bits). Thread-safe.
 * With a = the first min(8, len) bytes of the name as a little-endian number, b = its last min(8, len) bytes likewise:
 * ((a ^ (b << 23 | b >> 41)) + len) * multiplier, modulo 2 to the 64. */
KUBE_API uint64_t kube_field_hash(const char *name, size_t len, uint64_t multiplier);

/* The JSON name of a field: name_len bytes, which no NUL need end. field must not be NULL. Static. Thread-safe. */
KUBE_API const char *kube_field_name(const kube_field_t *field);
/* Whether that is the JSON name of a field. Neither may be NULL. Thread-safe. */
KUBE_API bool kube_field_is(const kube_field_t *field, const char *name);

/* The field of `type` with that JSON name (`len` bytes), or NULL. type must not be NULL. The result is static. Thread-safe. */
KUBE_API const kube_field_t *kube_type_field(const kube_type_t *type, const char *name, size_t len);

/*
 * A registry of types and resources that the caller composes from packages. Reading it is thread-safe; adding is not.
 */
typedef struct kube_scheme kube_scheme_t;

/* An empty scheme that knows meta/v1, freed with kube_scheme_free. NULL when memory is exhausted. */
KUBE_API kube_scheme_t *kube_scheme_new(void);
/* Frees a scheme. NULL is allowed. */
KUBE_API void kube_scheme_free(kube_scheme_t *scheme);
/*
 * Adds packages, an array that ends with NULL (`kube_k8s_packages`, or one's own). A type or resource that is already there is replaced.
 * The tables are referred to, not copied: they must outlive the scheme. Errors: KUBE_E_USAGE (NULL, or tables of another KUBE_TABLE_ABI),
 * KUBE_E_NO_MEMORY; the packages before the failing one are then in the scheme.
 */
KUBE_API int kube_scheme_add(kube_scheme_t *scheme, const kube_package_t *const *packages);
/* The root type of that apiVersion ("apps/v1") and kind, or NULL. NULL arguments: NULL. */
KUBE_API const kube_type_t *kube_scheme_type(const kube_scheme_t *scheme, const char *api_version, const char *kind);
/* The resource of that group ("" or NULL: core), version and plural name, or NULL. */
KUBE_API const kube_resource_t *kube_scheme_resource(const kube_scheme_t *scheme, const char *group, const char *version,
                                                     const char *plural);
/* The resource whose objects have that type, or NULL. */
KUBE_API const kube_resource_t *kube_scheme_resource_of(const kube_scheme_t *scheme, const kube_type_t *type);
/* The number of root types, and the i-th of them in order of apiVersion and kind; NULL when i is out of range. */
KUBE_API size_t kube_scheme_type_count(const kube_scheme_t *scheme);
KUBE_API const kube_type_t *kube_scheme_type_at(const kube_scheme_t *scheme, size_t i);
/* The number of resources, and the i-th of them in order of group, version and plural; NULL when i is out of range. */
KUBE_API size_t kube_scheme_resource_count(const kube_scheme_t *scheme);
KUBE_API const kube_resource_t *kube_scheme_resource_at(const kube_scheme_t *scheme, size_t i);

#ifdef __cplusplus
}
#endif
#endif
