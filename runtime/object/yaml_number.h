/* Decimal text to double and back, the same in every locale, printed as Go prints. */
#ifndef KUBE_OBJECT_YAML_NUMBER_H
#define KUBE_OBJECT_YAML_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Longest text that may be a number; longer ones are strings. */
#define KUBE_YAML_NUMBER_MAX 1024
/* Room for any number that the functions below print. */
#define KUBE_YAML_NUMBER_SIZE 40

/*
 * Reads [+-] digits [. digits] [e [+-] digits], digits on at least one side of the point. False: another form, or too large for
 * a double.
 */
bool kube_yaml_parse_double(const char *text, size_t len, double *out);
/* Prints a finite number as Go's encoding/json does. Returns the length. */
size_t kube_yaml_print_double(char out[KUBE_YAML_NUMBER_SIZE], double value);
/*
 * Prints a number as the Kubernetes tools do when it is a key: with the precision of a float; .inf, -.inf, .nan. Returns the
 * length.
 */
size_t kube_yaml_print_float_key(char out[KUBE_YAML_NUMBER_SIZE], double value);

#endif
