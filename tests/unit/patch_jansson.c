/* Free-form values to and from jansson. */
#include <kube/jansson.h>
#include <kube/patch.h>

#include "test.h"

static int read_text(const char *text, json_t **out)
{
    return kube_json_to_jansson(&(kube_json_t){ text, strlen(text) }, out, NULL);
}

static void keeps(const char *text)
{
    json_t *value = NULL;
    kube_buffer_t out = { 0 };
    CHECK_INT(read_text(text, &value), KUBE_OK);
    CHECK_INT(kube_json_from_jansson(value, &out, NULL), KUBE_OK);
    CHECK_STR(out.data, text);
    kube_buffer_dispose(&out);
    json_decref(value);
}

static void values_survive(void)
{
    keeps("{\"z\":1,\"a\":[true,false,null,\"x\\u0000y\"],\"m\":{}}");
    keeps("9223372036854775807");
    keeps("-9223372036854775808");
    keeps("0.5");
    keeps("\"text\"");
    keeps("1.0");
}

static void numbers_are_not_lost(void)
{
    static const char *const texts[] = { "9223372036854775808", "-9223372036854775809", "[123456789012345678901234567890]",
                                         "0.1234567890123456789", "1e999", "{\"a\":1e-999}" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *value = NULL;
        CHECK_INT(read_text(texts[i], &value), KUBE_E_UNSUPPORTED);
        CHECK(value == NULL);
    }
    json_t *value = NULL;
    CHECK_INT(read_text("\"123456789012345678901234567890\"", &value), KUBE_OK);
    json_decref(value);
}

static void bad_input(void)
{
    json_t *value = NULL;
    kube_buffer_t out = { 0 };
    CHECK_INT(read_text("{", &value), KUBE_E_PARSE);
    CHECK_INT(read_text("\"\\ud800\"", &value), KUBE_E_PARSE);
    CHECK_INT(kube_json_to_jansson(&(kube_json_t){ 0 }, &value, NULL), KUBE_OK);
    CHECK(value == NULL);
    CHECK_INT(kube_json_to_jansson(NULL, &value, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_json_from_jansson(NULL, &out, NULL), KUBE_E_USAGE);
    json_t *loop = json_array(), *inner = json_array();
    json_array_append(loop, inner);
    json_array_append_new(inner, json_incref(loop));
    kube_buffer_puts(&out, "x");
    CHECK_INT(kube_json_from_jansson(loop, &out, NULL), KUBE_E_USAGE);
    CHECK_STR(out.data, "x");
    json_array_clear(inner);
    json_decref(inner);
    json_decref(loop);
    kube_buffer_dispose(&out);
}

static void a_patch_from_jansson(void)
{
    json_t *change = json_pack("{s:{s:s}}", "metadata", "name", "x");
    kube_buffer_t text = { 0 }, out = { 0 };
    CHECK_INT(kube_json_from_jansson(change, &text, NULL), KUBE_OK);
    CHECK_INT(kube_patch_apply_json(NULL, "{}", 2, &(kube_patch_t){ KUBE_PATCH_TYPE_MERGE, text.data, text.len }, &out, NULL), KUBE_OK);
    CHECK_STR(out.data, "{\"metadata\":{\"name\":\"x\"}}");
    kube_buffer_dispose(&text);
    kube_buffer_dispose(&out);
    json_decref(change);
}

int main(void)
{
    RUN(values_survive);
    RUN(numbers_are_not_lost);
    RUN(bad_input);
    RUN(a_patch_from_jansson);
    return test_end();
}
