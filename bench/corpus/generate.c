/*
 * Writes a list of Kubernetes objects as a real API server would: compact JSON, properties in the order of the Go structs, list items
 * without apiVersion and kind, `<`, `>` and `&` escaped. What an object looks like stands in a template (templates/README.md).
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "placeholder.h"

enum { DROPPED_PERCENT = 15 };

typedef struct generator {
    FILE *out;
    bool irregular;
    bool managed_fields;
    scope_t scope;
} generator_t;

static void write_value(generator_t *generator, const json_t *template);

static bool chance(generator_t *generator, unsigned percent)
{
    return random_below(&generator->scope.random, 100) < percent;
}

/* One character of a string as Go's encoding/json writes it; bytes of multi-byte characters go through unchanged. */
static void write_escaped(FILE *out, unsigned char c)
{
    switch (c) {
    case '"': fputs("\\\"", out); break;
    case '\\': fputs("\\\\", out); break;
    case '\n': fputs("\\n", out); break;
    case '\t': fputs("\\t", out); break;
    case '<':
    case '>':
    case '&': fprintf(out, "\\u%04x", c); break;
    default: putc_unlocked(c, out); break;
    }
}

static void write_text(generator_t *generator, const char *text, size_t len)
{
    char value[PLACEHOLDER_MAX];
    const char *end = text + len;
    while (text < end) {
        const char *close = text[0] == '$' && text[1] == '{' ? strchr(text, '}') : NULL;
        if (!close) {
            write_escaped(generator->out, (unsigned char)*text++);
            continue;
        }
        size_t value_len = placeholder_expand(&generator->scope, generator->irregular, text + 2, (size_t)(close - text - 2), value);
        for (size_t i = 0; i < value_len; i++)
            write_escaped(generator->out, (unsigned char)value[i]);
        text = close + 1;
    }
}

static void write_quoted(generator_t *generator, const char *text, size_t len)
{
    putc_unlocked('"', generator->out);
    write_text(generator, text, len);
    putc_unlocked('"', generator->out);
}

/* "#5" and "#${int:0:9}" stand for numbers. */
static void write_string(generator_t *generator, const char *text, size_t len)
{
    if (len > 1 && text[0] == '#')
        write_text(generator, text + 1, len - 1);
    else
        write_quoted(generator, text, len);
}

/* A name that ends in `!` is of a property that is always there. */
static bool is_written(generator_t *generator, const char *name, bool required)
{
    if (!generator->managed_fields && strcmp(name, "managedFields") == 0)
        return false;
    return required || !generator->irregular || !chance(generator, DROPPED_PERCENT);
}

static void write_object(generator_t *generator, json_t *template)
{
    const char *name;
    json_t *value;
    bool first = true;
    putc_unlocked('{', generator->out);
    json_object_foreach(template, name, value) {
        size_t len = strlen(name);
        bool required = name[len - 1] == '!';
        if (!is_written(generator, name, required))
            continue;
        if (!first)
            putc_unlocked(',', generator->out);
        first = false;
        write_quoted(generator, name, required ? len - 1 : len);
        putc_unlocked(':', generator->out);
        write_value(generator, value);
    }
    putc_unlocked('}', generator->out);
}

/* Where the template has n items, irregular lists have 1 to 2n - 1 of them, and one time in four a second one where it has one. */
static size_t varied_length(generator_t *generator, size_t len)
{
    if (!generator->irregular || len == 0)
        return len;
    if (len == 1)
        return chance(generator, 25) ? 2 : 1;
    return 1 + random_below(&generator->scope.random, (uint32_t)(2 * len - 1));
}

static void write_array(generator_t *generator, const json_t *template)
{
    size_t len = json_array_size(template);
    size_t count = varied_length(generator, len);
    putc_unlocked('[', generator->out);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            putc_unlocked(',', generator->out);
        write_value(generator, json_array_get(template, i % len));
    }
    putc_unlocked(']', generator->out);
}

static void write_value(generator_t *generator, const json_t *template)
{
    switch (json_typeof(template)) {
    case JSON_OBJECT: write_object(generator, (json_t *)template); break;
    case JSON_ARRAY: write_array(generator, template); break;
    case JSON_STRING: write_string(generator, json_string_value(template), json_string_length(template)); break;
    case JSON_TRUE: fputs("true", generator->out); break;
    case JSON_FALSE: fputs("false", generator->out); break;
    case JSON_NULL: fputs("null", generator->out); break;
    default: break; /* numbers are written as strings */
    }
}

static void write_list(generator_t *generator, const json_t *template, long count)
{
    fprintf(generator->out, "{\"kind\":\"%s\",\"apiVersion\":\"%s\",\"metadata\":{\"resourceVersion\":\"%ld\"},\"items\":[",
            json_string_value(json_object_get(template, "kind")), json_string_value(json_object_get(template, "apiVersion")),
            1000000 + count);
    const json_t *item = json_object_get(template, "item");
    for (long i = 0; i < count; i++) {
        if (i > 0)
            putc_unlocked(',', generator->out);
        scope_begin(&generator->scope, (unsigned long)i);
        write_value(generator, item);
    }
    fputs("]}\n", generator->out);
}

static const char usage[] = "usage: corpus [-n COUNT] [-s SEED] [-i] [-m] TEMPLATE OUTPUT\n"
                            "  -n  objects in the list (1000)\n  -s  seed (1)\n"
                            "  -i  irregular: fields dropped, lists and strings of varied length\n  -m  without managedFields\n";

int main(int argc, char **argv)
{
    generator_t generator = {.managed_fields = true};
    long count = 1000;
    unsigned long seed = 1;
    int option;
    while ((option = getopt(argc, argv, "n:s:im")) != -1) {
        switch (option) {
        case 'n': count = strtol(optarg, NULL, 10); break;
        case 's': seed = strtoul(optarg, NULL, 10); break;
        case 'i': generator.irregular = true; break;
        case 'm': generator.managed_fields = false; break;
        default: fputs(usage, stderr); return 2;
        }
    }
    if (argc - optind != 2 || count < 0) {
        fputs(usage, stderr);
        return 2;
    }
    json_error_t error;
    json_t *template = json_load_file(argv[optind], JSON_REJECT_DUPLICATES, &error);
    if (!template) {
        fprintf(stderr, "corpus: %s:%d: %s\n", argv[optind], error.line, error.text);
        return 1;
    }
    generator.scope.random.state = seed;
    generator.out = fopen(argv[optind + 1], "w");
    if (generator.out)
        write_list(&generator, template, count);
    bool written = generator.out && !ferror(generator.out);
    if (!generator.out || fclose(generator.out) != 0 || !written) {
        perror(argv[optind + 1]);
        return 1;
    }
    json_decref(template);
    return 0;
}
