/*
 * Objects in other forms than their own: their metadata alone, for programs that need no more and do not want to pay for it,
 * and tables, the columns that `kubectl get` prints. The server makes both, also of custom resources.
 *
 * In these functions client, resource, ns, name, options, err and the errors are those of kube_get and kube_list in
 * kube/client.h. out: NULL when the reply is not wanted, else set to an object that is freed with kube_free, or to NULL on
 * failure.
 */
#ifndef KUBE_FORMS_H
#define KUBE_FORMS_H

#include <kube/client.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kube_meta_v1_partial_object_metadata_t;      /* these three are in <kube/meta/v1.h> */
struct kube_meta_v1_partial_object_metadata_list_t;
struct kube_meta_v1_table_t;

/* Reads the metadata of one object. A server that knows no such form sends the whole object, of which the metadata is kept.
 * Thread-safe. */
KUBE_API int kube_get_metadata(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                               const kube_get_options_t *options, struct kube_meta_v1_partial_object_metadata_t **out,
                               kube_error_t *err);
/* Reads the metadata of a list, or of a page of it. Thread-safe. */
KUBE_API int kube_list_metadata(kube_client_t *client, const kube_resource_t *resource, const char *ns,
                                const kube_list_options_t *options,
                                struct kube_meta_v1_partial_object_metadata_list_t **out, kube_error_t *err);

/*
 * Makes a table that stands for the metadata alone of a resource's objects, for the functions that take a resource: kube_list, kube_each, kube_watch, kube_start
 * and kube_get give kube_meta_v1_partial_object_metadata_t then. Servers that know no such form are KUBE_E_PARSE there. resource, out: not NULL; *out must stay valid as
 * long as a watch or an operation uses it. Thread-safe.
 */
KUBE_API void kube_metadata_resource(const kube_resource_t *resource, kube_resource_t *out);

/* All zero means the defaults. New fields are only appended. */
typedef struct kube_table_options {
    kube_list_options_t list;   /* kube_get_table looks at call, resource_version and decode_flags only */
    const char *include_object; /* what is in each row's `object`: "None", "Metadata", "Object"; NULL: the server's default */
} kube_table_options_t;

/* Read one object, or a list, as a table. Errors: also KUBE_E_UNSUPPORTED_MEDIA (the server makes no tables). Thread-safe. */
KUBE_API int kube_get_table(kube_client_t *client, const kube_resource_t *resource, const char *ns, const char *name,
                            const kube_table_options_t *options, struct kube_meta_v1_table_t **out, kube_error_t *err);
KUBE_API int kube_list_table(kube_client_t *client, const kube_resource_t *resource, const char *ns,
                             const kube_table_options_t *options, struct kube_meta_v1_table_t **out, kube_error_t *err);

/*
 * Appends a table as kubectl prints it: a line of column names in capitals, then a line for each row, columns three spaces
 * apart, each line ended by a newline. wide: also the columns that are of less interest (priority above 0). table, buffer: not
 * NULL. Errors: KUBE_E_USAGE, KUBE_E_NO_MEMORY; the buffer's content is then as before. Thread-safe.
 */
KUBE_API int kube_table_print(const struct kube_meta_v1_table_t *table, bool wide, kube_buffer_t *buffer, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
