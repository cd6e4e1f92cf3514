/* Reading small files that may hold secrets. */
#ifndef KUBE_CONFIG_FILE_H
#define KUBE_CONFIG_FILE_H

#include <kube/memory.h>

/* No file that a configuration names is larger than this; bytes. */
#define KUBE_FILE_MAX ((size_t)16 << 20)

/*
 * Replaces the content of an empty buffer with that of a file, and leaves no copies in memory that was given back. Returns
 * KUBE_OK, KUBE_E_IO (errno tells why), KUBE_E_LIMIT or KUBE_E_NO_MEMORY; on failure the buffer is empty. The caller wipes the
 * buffer.
 */
int kube_file_read(const char *path, kube_buffer_t *buffer);
/* As kube_file_read, failing with KUBE_E_CONFIG and a message that names the key and the file. */
int kube_file_read_for(const char *key, const char *path, kube_buffer_t *buffer, kube_error_t *err);

#endif
