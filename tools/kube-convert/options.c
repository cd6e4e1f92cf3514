#include "options.h"

#include <getopt.h>
#include <kube/api.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: kube-convert [-o json|json-indent|yaml] [--strict] [FILE ...]\n"
    "       kube-convert --list-types | --help | --version\n"
    "\n"
    "Reads Kubernetes manifests (JSON, YAML of many documents, lists) from the files, or from standard input when there\n"
    "are none or one is -, and writes them to standard output. Of a kind that is not known all fields stay in their order;\n"
    "from YAML come the values as YAML reads them, without the comments.\n"
    "\n"
    "  -o, --output FORMAT  json: compact, a line each; json-indent; yaml (the default)\n"
    "      --indent         the same as -o json-indent\n"
    "  -s, --strict         check offline: unknown, duplicate, wrongly typed and missing fields, values that are not\n"
    "                       allowed, unknown kinds; each problem is a line FILE:LINE: PATH: MESSAGE on standard error.\n"
    "                       Documents are written only if -o is given too, and only those without a problem\n"
    "      --list-types     print apiVersion and kind of every known type\n"
    "  -h, --help           print this\n"
    "  -V, --version        print the version\n"
    "\n"
    "Exit codes: 0 all is well, 1 problems found, 2 wrong usage, 3 a file cannot be read or written, 4 out of memory.\n";

enum { OPTION_INDENT = 256, OPTION_LIST_TYPES };

static const struct option long_options[] = {
    { "output", required_argument, NULL, 'o' },
    { "indent", no_argument, NULL, OPTION_INDENT },
    { "strict", no_argument, NULL, 's' },
    { "list-types", no_argument, NULL, OPTION_LIST_TYPES },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

static format_t format_named(const char *name)
{
    static const char *const names[] = { [FORMAT_JSON] = "json", [FORMAT_JSON_INDENT] = "json-indent", [FORMAT_YAML] = "yaml" };
    for (format_t format = FORMAT_JSON; format <= FORMAT_YAML; format++)
        if (strcmp(name, names[format]) == 0)
            return format;
    return FORMAT_NONE;
}

static exit_code_t misuse(const char *what, const char *value)
{
    fprintf(stderr, "kube-convert: %s: %s\nTry kube-convert --help.\n", what, value);
    return EXIT_USAGE;
}

exit_code_t options_read(int argc, char **argv, options_t *options, bool *leave)
{
    *options = (options_t){ .format = FORMAT_NONE };
    *leave = true;
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":o:shV", long_options, NULL)) != -1;) {
        switch (option) {
        case 'o':
            options->format = format_named(optarg);
            if (options->format == FORMAT_NONE)
                return misuse("not an output format", optarg);
            break;
        case OPTION_INDENT: options->format = FORMAT_JSON_INDENT; break;
        case 's': options->strict = true; break;
        case OPTION_LIST_TYPES: options->list_types = true; break;
        case 'h': fputs(usage, stdout); return EXIT_OK;
        case 'V': puts("kube-convert " KUBE_VERSION); return EXIT_OK;
        case ':': return misuse("an option lacks its value", argv[optind - 1]);
        default: return misuse("no such option", argv[optind - 1]);
        }
    }
    options->files = argv + optind;
    if (options->list_types && *options->files)
        return misuse("--list-types reads no file", *options->files);
    if (!options->strict && options->format == FORMAT_NONE)
        options->format = FORMAT_YAML;
    *leave = false;
    return EXIT_OK;
}
