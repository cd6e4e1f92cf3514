/* What a configuration consists of, as tables, so that one function copies, compares, reads, or prints them all. */
#ifndef KUBE_CONFIG_CONFIG_SETTING_H
#define KUBE_CONFIG_CONFIG_SETTING_H

#include <kube/config.h>

/* How a field's value stands in a kubeconfig; from that follows its type in C. */
typedef enum kube_setting_form {
    KUBE_FORM_TEXT,       /* const char * */
    KUBE_FORM_PATH,       /* const char *: relative to the kubeconfig's directory; the file must be there */
    KUBE_FORM_COMMAND,    /* const char *: the same when there is a slash in it, else looked up in PATH; need not be there */
    KUBE_FORM_DATA,       /* const char *, in base64 */
    KUBE_FORM_BOOL,       /* bool */
    KUBE_FORM_MODE,       /* kube_interactive_mode_t */
    KUBE_FORM_STRINGS,    /* kube_string_list_t */
    KUBE_FORM_STRING_MAP, /* kube_string_map_t: a mapping of strings */
    KUBE_FORM_ENV,        /* kube_string_map_t: a list of name and value */
    KUBE_FORM_LIST_MAP,   /* kube_string_list_map_t */
    KUBE_FORM_EXTENSIONS, /* kube_json_map_t: a list of name and extension */
    KUBE_FORM_UNKNOWN,    /* kube_json_map_t: all keys that no other field has */
    KUBE_FORM_JSON,       /* kube_json_t: none of a kubeconfig's own */
    KUBE_FORM_STRUCT      /* pointer to a struct with fields of its own */
} kube_setting_form_t;

/* The part of a kubeconfig that a field stands in. */
typedef enum kube_setting_part {
    KUBE_PART_CLUSTER,
    KUBE_PART_USER,
    KUBE_PART_CONTEXT,
    KUBE_PART_NOWHERE, /* tells where the configuration was read */
    KUBE_PART_EXEC,
    KUBE_PART_PROVIDER
} kube_setting_part_t;

/* What may be shown of a value. */
typedef enum kube_setting_show {
    KUBE_SHOW_ALL,
    KUBE_SHOW_NONE,
    KUBE_SHOW_URL,  /* all but user and password */
    KUBE_SHOW_KEYS, /* of a map or of entries */
    KUBE_SHOW_KNOWN /* of an auth provider's map, the values that are known to be no secrets */
} kube_setting_show_t;

typedef struct kube_setting {
    const char *key; /* in the kubeconfig; NULL: there is none */
    kube_setting_form_t form;
    kube_setting_part_t part;
    kube_setting_show_t show;
    size_t offset;
    const struct kube_settings *fields; /* of a struct */
} kube_setting_t;

/* The fields of one struct. */
typedef struct kube_settings {
    const kube_setting_t *items;
    size_t len;
    size_t size; /* of the struct */
} kube_settings_t;

extern const kube_settings_t kube_config_settings, kube_exec_settings, kube_provider_settings;

#define KUBE_EACH_SETTING(field, fields) \
    for (const kube_setting_t *field = (fields)->items; field < (fields)->items + (fields)->len; field++)

/* Where a field is in a struct. */
static inline void *kube_setting_at(const void *object, const kube_setting_t *field)
{
    return (char *)object + field->offset;
}

/* Whether it says anything: neither NULL, nor false, nor empty. */
bool kube_setting_is_set(const kube_setting_t *field, const void *object);
bool kube_setting_equal(const kube_setting_t *field, const void *a, const void *b);
/* Overwrites, frees and zeroes. */
void kube_setting_clear(const kube_setting_t *field, void *object);
/* Copies a field into a struct where it is zero. False when memory is exhausted; what was copied is there to be cleared. */
bool kube_setting_copy(const kube_setting_t *field, void *to, const void *from);

bool kube_settings_copy(const kube_settings_t *fields, void *to, const void *from);
void kube_settings_clear(const kube_settings_t *fields, void *object);

/* Overwrites and frees a string. */
void kube_secret_free(const char *text);

#endif
