/*
 * Kubeconfig files as a whole: looking at all they hold, and changing them. Each change goes to the file that the entry came
 * from, new entries to the first file; the rest of a file stays byte for byte, comments and unknown keys included. Programs
 * that only want to talk to a cluster need kube/config.h alone.
 *
 *     kube_kubeconfig_open(NULL, &files, &err);
 *     kube_kubeconfig_set(files, KUBE_KUBECONFIG_USER, "ci", &(kube_config_t){ .token = token }, &err);
 *     kube_kubeconfig_set(files, KUBE_KUBECONFIG_CONTEXT, "ci", &(kube_config_t){ .cluster = "prod", .user = "ci" }, &err);
 *     kube_kubeconfig_use(files, "ci", &err);
 *     kube_kubeconfig_save(files, &err);
 *     kube_kubeconfig_free(files);
 *
 * Nothing is written before kube_kubeconfig_save. A handle is used by one thread at a time; what functions return is borrowed
 * from it until the next function that changes or frees it. files and name: not NULL, where nothing else is said. Errors of
 * every function: KUBE_E_USAGE, KUBE_E_NO_MEMORY; of those that read, KUBE_E_CONFIG as in kube/config.h.
 */
#ifndef KUBE_KUBECONFIG_H
#define KUBE_KUBECONFIG_H

#include <kube/config.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kube_kubeconfig kube_kubeconfig_t;

/* What a kubeconfig has lists of. */
typedef enum kube_kubeconfig_part {
    KUBE_KUBECONFIG_CLUSTER = 0,
    KUBE_KUBECONFIG_USER,
    KUBE_KUBECONFIG_CONTEXT
} kube_kubeconfig_part_t;

/*
 * Reads kubeconfig files. path: that file, which need not be there yet; NULL means those of kube_config_load(NULL). out: not
 * NULL; set to a handle, freed with kube_kubeconfig_free, or to NULL on failure. Errors: KUBE_E_CONFIG when a file is
 * malformed.
 */
KUBE_API int kube_kubeconfig_open(const char *path, kube_kubeconfig_t **out, kube_error_t *err);
/* Frees a handle; changes that were not saved are lost. NULL is allowed. */
KUBE_API void kube_kubeconfig_free(kube_kubeconfig_t *files);

/* How many entries of a part there are; of those with the same name, only the first file's counts. NULL: 0. */
KUBE_API size_t kube_kubeconfig_count(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part);
/* The name of the i-th one, in the order of the files, or NULL when i is out of range. Borrowed. */
KUBE_API const char *kube_kubeconfig_name(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, size_t i);
/* The file that an entry is in, or NULL when there is none of that name. Borrowed. */
KUBE_API const char *kube_kubeconfig_file(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name);
/* The name of the current context, or NULL when there is none. Borrowed. files: NULL gives NULL. */
KUBE_API const char *kube_kubeconfig_current(const kube_kubeconfig_t *files);
/*
 * One entry: a configuration of which only the fields of that part are set; of a context, cluster, user and ns. Files that it
 * names are not looked at, and it need not be complete. out: not NULL; freed with kube_config_free. Errors: KUBE_E_NOT_FOUND,
 * KUBE_E_CONFIG.
 */
KUBE_API int kube_kubeconfig_get(const kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name,
                                 kube_config_t **out, kube_error_t *err);
/* The configuration that kube_config_load would make of the files, with the changes so far; clients do not follow it. options, out: as there. */
KUBE_API int kube_kubeconfig_config(const kube_kubeconfig_t *files, const kube_config_options_t *options, kube_config_t **out,
                                    kube_error_t *err);
/*
 * Checks all entries, and not only those that one context leads to: values, what contexts refer to, files that cannot be
 * read. *problems: set to all that is wrong (freed with kube_problems_free) or to NULL; NULL: not wanted. Errors:
 * KUBE_E_CONFIG, the first problem in err.
 */
KUBE_API int kube_kubeconfig_check(const kube_kubeconfig_t *files, kube_problems_t **problems, kube_error_t *err);

/*
 * Sets an entry's fields: those of `fields` (not NULL) that are set and belong to the part; of a context, cluster, user and
 * ns. The entry is made when there is none of that name; its other fields stay, but for those that contradict the new ones (a
 * token beside a password, a plugin beside a provider; a CA, certificate or key in another form). Paths are written as they are given: relative ones
 * count from the file's directory. Errors: KUBE_E_UNSUPPORTED when the file is written in a way that cannot be changed; the
 * handle then is as before.
 */
KUBE_API int kube_kubeconfig_set(kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name,
                                 const kube_config_t *fields, kube_error_t *err);
/*
 * Sets one key of an entry, by its name in the file ("tls-server-name"; not NULL), to a JSON value; json NULL removes it. For
 * keys this version does not know, and to clear one. Errors: KUBE_E_PARSE (not JSON), and as for kube_kubeconfig_set.
 */
KUBE_API int kube_kubeconfig_set_key(kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, const char *key,
                                     const char *json, kube_error_t *err);
/* Removes an entry from the first file that has it. Errors: KUBE_E_NOT_FOUND, and as for kube_kubeconfig_set. */
KUBE_API int kube_kubeconfig_remove(kube_kubeconfig_t *files, kube_kubeconfig_part_t part, const char *name, kube_error_t *err);
/*
 * Makes a context, which must be there, the current one; name NULL: takes the first file's choice back. Errors:
 * KUBE_E_NOT_FOUND, and as for kube_kubeconfig_set.
 */
KUBE_API int kube_kubeconfig_use(kube_kubeconfig_t *files, const char *name, kube_error_t *err);

/*
 * Writes the changed files, each under the lock "<file>.lock" that kubectl takes too, and in one step: nobody ever sees half
 * of it. A file that others changed since it was read is read again, and the changes are made to what is there now. New files
 * get mode 0600, new directories 0755; of files that are there, mode and owner stay, and symbolic links are followed. Errors:
 * KUBE_E_IO, KUBE_E_TIMEOUT (the lock was held for 10 s), KUBE_E_CONFIG and KUBE_E_UNSUPPORTED (what others wrote). After a
 * failure, what is not written yet can be saved again.
 */
KUBE_API int kube_kubeconfig_save(kube_kubeconfig_t *files, kube_error_t *err);

#ifdef __cplusplus
}
#endif
#endif
