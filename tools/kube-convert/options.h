/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

/* Exit codes; the worst of all inputs counts. */
typedef enum exit_code {
    EXIT_OK = 0,
    EXIT_PROBLEMS = 1, /* a document is not well-formed, does not fit its type, or (--strict) has other problems */
    EXIT_USAGE = 2,
    EXIT_IO = 3,       /* an input cannot be read, or the output not written */
    EXIT_MEMORY = 4
} exit_code_t;

typedef enum format { FORMAT_NONE, FORMAT_JSON, FORMAT_JSON_INDENT, FORMAT_YAML } format_t;

typedef struct options {
    format_t format;
    bool strict;
    bool list_types;
    char **files; /* ends with NULL; empty means standard input */
} options_t;

/* Reads the command line. *leave is true when there is nothing more to do, with the exit code returned: after --help, or misuse. */
exit_code_t options_read(int argc, char **argv, options_t *options, bool *leave);

#endif
