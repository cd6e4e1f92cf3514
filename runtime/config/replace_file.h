/* Writing a file that others read and write too. */
#ifndef KUBE_CONFIG_REPLACE_FILE_H
#define KUBE_CONFIG_REPLACE_FILE_H

#include <kube/error.h>

/*
 * Makes "<path>.lock", which nobody else may have made, and the directories above; waits for up to timeout_ms. *lock: its
 * name, for kube_file_unlock. Errors: KUBE_E_TIMEOUT, KUBE_E_IO, KUBE_E_NO_MEMORY.
 */
int kube_file_lock(const char *path, int64_t timeout_ms, char **lock, kube_error_t *err);
/* Removes the lock and frees its name. NULL is allowed. */
void kube_file_unlock(char *lock);
/*
 * Puts text (len bytes) in the place of a file, or of the one that a symbolic link leads to, in one step. It gets mode 0600,
 * or the mode and, where that is allowed, the owner of the file that was there. Errors: KUBE_E_IO, KUBE_E_NO_MEMORY.
 */
int kube_file_replace(const char *path, const char *text, size_t len, kube_error_t *err);

#endif
