/* What a string may look like: formats and patterns of schemas. */
#ifndef TS_SCHEMA_FORMAT_H
#define TS_SCHEMA_FORMAT_H

#include <stdbool.h>

/* Whether the text has the format; formats that nobody knows fit everything. */
bool ts_format_fits(const char *format, const char *text);

/*
 * Whether the text matches a pattern written for Go's regexp: its usual part, with \d \w \s, (?: and (?i). A pattern that cannot
 * be read matches everything.
 */
bool ts_pattern_matches(const char *pattern, const char *text);

#endif
