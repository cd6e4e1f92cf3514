/* Reading a whole input: libkube's readers want the text in one piece. */
#ifndef INPUT_H
#define INPUT_H

#include <kube/memory.h>

/* Appends a file ("-": standard input) to text. False, errno set, when it cannot be read or memory is exhausted (ENOMEM). */
bool input_read(const char *path, kube_buffer_t *text);

#endif
