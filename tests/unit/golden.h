/* Reads the tables of tests/golden/scalars: lines of fields with tabs between them. Tests run in the repository's top folder. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

#include "test.h"

enum { GOLDEN_FIELDS = 40, GOLDEN_LINE = 4096 };

/* Calls row for every line with its fields; a failed check inside is followed by the line's number. Returns how many lines there were. */
static inline int golden_read(const char *name, void (*row)(char **fields, int count))
{
    char path[256], line[GOLDEN_LINE];
    int number = 0, rows = 0;
    snprintf(path, sizeof path, "tests/golden/scalars/%s", name);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    while (file && fgets(line, sizeof line, file)) {
        char *fields[GOLDEN_FIELDS] = { line };
        int count = 1, failed_before = test_failed_here;
        number++;
        if (*line == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        for (char *tab; count < GOLDEN_FIELDS && (tab = strchr(fields[count - 1], '\t')); count++) {
            *tab = '\0';
            fields[count] = tab + 1;
        }
        test_failed_here = 0;
        row(fields, count);
        if (test_failed_here)
            printf("  at %s:%d: \"%s\"\n", path, number, fields[0]);
        test_failed_here |= failed_before;
        rows++;
    }
    if (file)
        fclose(file);
    return rows;
}

#endif
