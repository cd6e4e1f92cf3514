/* Typed objects from YAML and to YAML. */
#include <kube/yaml.h>

#include "test.h"
#include "faults.h"
#include "widget.h"

static const char text[] = "# a widget\n"
                           "apiVersion: test/v1\n"
                           "kind: Widget\n"
                           "flag: yes\n"
                           "labels: &l\n"
                           "  app: web\n"
                           "numbers: [1, 0x10]\n"
                           "part:\n"
                           "  count: 3\n"
                           "  name: \"3\"\n"
                           "tags:\n"
                           "- a\n"
                           "- |\n"
                           "  two\n"
                           "  lines\n"
                           "unheard:\n"
                           "  of: *l\n";

static void test_decode(void)
{
    widget_t *widget;
    kube_error_t err;
    CHECK_INT(kube_yaml_decode(&widget_type, text, sizeof text - 1, NULL, &widget, &err), 0);
    CHECK_STR(err.message, "");
    if (!widget)
        return;
    CHECK(widget->flag.has && widget->flag.value);
    CHECK_STR(widget->labels.items[0].value, "web");
    CHECK_INT(widget->numbers.items[1], 16);
    CHECK_STR(widget->part->name, "3");
    CHECK_STR(widget->tags.items[1], "two\nlines\n");
    CHECK(widget->unknown);
    kube_free(widget);
}

static void test_encode(void)
{
    widget_t *widget;
    kube_buffer_t out = { 0 };
    CHECK_INT(kube_yaml_decode(&widget_type, text, sizeof text - 1, NULL, &widget, NULL), 0);
    CHECK_INT(kube_yaml_encode(&widget_type, widget, KUBE_ENCODE_INDENT, &out, NULL), 0);
    CHECK_STR(out.data, "apiVersion: test/v1\nflag: true\nkind: Widget\nlabels:\n  app: web\nnumbers:\n- 1\n- 16\npart:\n  count: 3\n  name: \"3\"\n"
                        "tags:\n- a\n- |\n  two\n  lines\nunheard:\n  of:\n    app: web\n");
    CHECK_INT(kube_yaml_encode(&widget_type, widget, 0, NULL, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_encode(&widget_type, NULL, 0, &out, NULL), KUBE_E_USAGE);
    kube_buffer_dispose(&out);
    kube_free(widget);
}

static void check_refused(const char *yaml, int code, size_t line, size_t offset, const char *path)
{
    widget_t *widget = (widget_t *)&widget_type;
    kube_error_t err;
    CHECK_INT(kube_yaml_decode(&widget_type, yaml, strlen(yaml), NULL, &widget, &err), code);
    CHECK(widget == NULL);
    CHECK_INT(err.line, line);
    CHECK_INT(err.offset, offset);
    CHECK_STR(err.path, path);
}

static void test_errors(void)
{
    check_refused("", KUBE_E_PARSE, 0, 0, "");
    check_refused("kind: Widget\n---\nkind: Widget\n", KUBE_E_PARSE, 3, 0, "");
    check_refused("kind: Widget\n---\n*x\n", KUBE_E_PARSE, 3, 17, "");
    check_refused("kind: Widget\npart:\n  name: a\n  count: b\n", KUBE_E_PARSE, 4, 29, "part.count");
    check_refused("- 1\n", KUBE_E_PARSE, 1, 0, "");
    widget_t *widget;
    CHECK_INT(kube_yaml_decode(NULL, text, 1, NULL, &widget, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_decode(&widget_type, NULL, 1, NULL, &widget, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_yaml_decode(&widget_type, text, 1, NULL, NULL, NULL), KUBE_E_USAGE);
}

static void test_strict_problems_have_lines(void)
{
    static const char yaml[] = "kind: Widget\nflag: true\nflag: false\npart: &p\n  nam: x\nparts:\n- <<: *p\n  name: v\n  name: w\n";
    static const struct {
        kube_problem_kind_t kind;
        size_t line;
        const char *path;
    } expected[] = {
        { KUBE_PROBLEM_DUPLICATE_FIELD, 3, "flag" },
        { KUBE_PROBLEM_UNKNOWN_FIELD, 5, "part.nam" },
        { KUBE_PROBLEM_UNKNOWN_FIELD, 7, "parts[0].nam" },
        { KUBE_PROBLEM_DUPLICATE_FIELD, 9, "parts[0].name" },
    };
    kube_problems_t *problems;
    kube_decode_options_t options = { .flags = KUBE_DECODE_STRICT, .problems = &problems };
    widget_t *widget;
    CHECK_INT(kube_yaml_decode(&widget_type, yaml, sizeof yaml - 1, &options, &widget, NULL), KUBE_E_PARSE);
    CHECK_INT(kube_problems_count(problems), 4);
    for (size_t i = 0; i < kube_problems_count(problems) && i < 4; i++) {
        const kube_problem_t *problem = kube_problems_at(problems, i);
        CHECK_INT(problem->kind, expected[i].kind);
        CHECK_INT(problem->line, expected[i].line);
        CHECK_STR(problem->path, expected[i].path);
    }
    kube_problems_free(problems);
}

static bool decodes_and_encodes(void)
{
    widget_t *widget;
    kube_buffer_t out = { 0 };
    int result = kube_yaml_decode(&widget_type, text, sizeof text - 1, NULL, &widget, NULL);
    if (result == 0)
        result = kube_yaml_encode(&widget_type, widget, 0, &out, NULL);
    kube_free(widget);
    kube_buffer_dispose(&out);
    return result == (faults.hit ? KUBE_E_NO_MEMORY : 0);
}

static void test_failing_memory(void)
{
    CHECK(fault_loop(decodes_and_encodes) > 5);
}

int main(void)
{
    RUN(test_decode);
    RUN(test_encode);
    RUN(test_errors);
    RUN(test_strict_problems_have_lines);
    RUN(test_failing_memory);
    return test_end();
}
