/* kube-convert: Kubernetes manifests between JSON and YAML, through their types; see kube-convert.1. */
#include <errno.h>
#include <kube/k8s.h>
#include <stdio.h>
#include <string.h>

#include "document.h"
#include "input.h"
#include "options.h"

typedef struct run {
    options_t options;
    converter_t converter;
    kube_buffer_t text;   /* of the file */
    kube_buffer_t json;   /* of the document */
    kube_buffer_t result; /* of the document, converted, as JSON */
    kube_buffer_t output;
    size_t written; /* documents */
    exit_code_t code;
} run_t;

/* Notes an exit code: the worst one counts. */
static void note(run_t *run, exit_code_t code)
{
    if (code > run->code)
        run->code = code;
}

static void out_of_memory(run_t *run)
{
    fputs("kube-convert: out of memory\n", stderr);
    note(run, EXIT_MEMORY);
}

/* A reader that went away ends the program quietly, other failures are told. */
static void output_failed(run_t *run)
{
    if (errno != EPIPE)
        fprintf(stderr, "kube-convert: standard output: %s\n", strerror(errno));
    note(run, EXIT_IO);
}

static bool write_out(run_t *run, const char *text, size_t len)
{
    if (fwrite(text, 1, len, stdout) == len)
        return true;
    output_failed(run);
    return false;
}

/* Formats the converted document; false when writing is over: standard output or memory failed. */
static bool write_document(run_t *run)
{
    kube_error_t err;
    kube_buffer_t *output = &run->output;
    int result = KUBE_OK;
    kube_buffer_clear(output);
    switch (run->options.format) {
    case FORMAT_NONE: return true;
    case FORMAT_JSON:
        kube_buffer_append(output, run->result.data, run->result.len);
        kube_buffer_puts(output, "\n");
        break;
    case FORMAT_JSON_INDENT: result = kube_json_indent(run->result.data, run->result.len, output, &err); break;
    case FORMAT_YAML:
        kube_buffer_puts(output, run->written ? "---\n" : "");
        result = kube_yaml_from_json(run->result.data, run->result.len, output, &err);
        break;
    }
    if (output->failed || result == KUBE_E_NO_MEMORY) {
        out_of_memory(run);
        return false;
    }
    if (result != KUBE_OK) {
        fprintf(stderr, "kube-convert: %s\n", err.message);
        note(run, EXIT_PROBLEMS);
        return true;
    }
    run->written++;
    return write_out(run, output->data, output->len);
}

static bool convert_document(run_t *run, const char *file)
{
    kube_buffer_clear(&run->result);
    if (!document_convert(&run->converter, (json_span_t){ run->json.data, run->json.len }, &run->result)) {
        out_of_memory(run);
        return false;
    }
    if (findings_print(&run->converter.findings, file)) {
        note(run, EXIT_PROBLEMS);
        return true;
    }
    return write_document(run);
}

static bool convert_stream(run_t *run, kube_yaml_reader_t *reader, const char *file)
{
    run->converter.reader = reader;
    for (;;) {
        kube_error_t err;
        bool found;
        kube_buffer_clear(&run->json);
        int result = kube_yaml_reader_next(reader, &run->json, &found, &err);
        if (result == KUBE_E_NO_MEMORY) {
            out_of_memory(run);
            return false;
        }
        if (result != KUBE_OK) {
            fprintf(stderr, "%s:%zu: %s%s%s\n", file, err.line, err.path, *err.path ? ": " : "", err.message);
            note(run, EXIT_PROBLEMS);
            return true;
        }
        if (!found)
            return true;
        if (!convert_document(run, file))
            return false;
    }
}

/* Converts one input; false when the program has to end. */
static bool convert_file(run_t *run, const char *path)
{
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    kube_buffer_clear(&run->text);
    if (!input_read(path, &run->text)) {
        fprintf(stderr, "kube-convert: %s: %s\n", name, strerror(errno));
        note(run, errno == ENOMEM ? EXIT_MEMORY : EXIT_IO);
        return errno != ENOMEM;
    }
    kube_yaml_reader_t *reader = kube_yaml_reader_new(run->text.data, run->text.len, NULL);
    if (!reader) {
        out_of_memory(run);
        return false;
    }
    bool go_on = convert_stream(run, reader, name);
    kube_yaml_reader_free(reader);
    return go_on;
}

static void convert_files(run_t *run)
{
    char *standard_input[] = { "-", NULL };
    char **files = *run->options.files ? run->options.files : standard_input;
    while (*files && convert_file(run, *files))
        files++;
}

static void list_types(run_t *run, const kube_scheme_t *scheme)
{
    for (size_t i = 0; i < kube_scheme_type_count(scheme); i++) {
        const kube_type_t *type = kube_scheme_type_at(scheme, i);
        kube_buffer_clear(&run->output);
        kube_buffer_printf(&run->output, "%s %s\n", type->api_version, type->kind);
        if (!write_out(run, run->output.data, run->output.len))
            return;
    }
}

static void dispose(run_t *run, kube_scheme_t *scheme)
{
    findings_dispose(&run->converter.findings);
    kube_buffer_dispose(&run->text);
    kube_buffer_dispose(&run->json);
    kube_buffer_dispose(&run->result);
    kube_buffer_dispose(&run->output);
    kube_pool_free(run->converter.pool);
    kube_scheme_free(scheme);
}

int main(int argc, char **argv)
{
    run_t run = { 0 };
    bool leave;
    exit_code_t code = options_read(argc, argv, &run.options, &leave);
    if (leave)
        return code;
    kube_scheme_t *scheme = kube_scheme_new();
    run.converter.scheme = scheme;
    run.converter.strict = run.options.strict;
    run.converter.pool = kube_pool_new(NULL);
    if (!run.converter.pool || !scheme || kube_scheme_add(scheme, kube_k8s_packages) != KUBE_OK)
        out_of_memory(&run);
    else if (run.options.list_types)
        list_types(&run, scheme);
    else
        convert_files(&run);
    if (!ferror(stdout) && fflush(stdout) != 0)
        output_failed(&run);
    dispose(&run, scheme);
    return run.code;
}
