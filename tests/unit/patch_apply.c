/* Patches applied and made in memory: bad input, limits, typed objects, every allocation failing once. */
#include <kube/apps/v1.h>
#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/object.h>
#include <kube/patch.h>

#include "test.h"

#define POD (&kube_core_v1_pod_type)

static int apply(const kube_type_t *type, kube_patch_type_t kind, const char *text, const char *patch, kube_buffer_t *out,
                 kube_error_t *err)
{
    return kube_patch_apply_json(type, text, strlen(text), &(kube_patch_t){ kind, patch, strlen(patch) }, out, err);
}

static void expect(kube_patch_type_t kind, const char *text, const char *patch, const char *result)
{
    kube_buffer_t out = { 0 };
    kube_error_t err;
    CHECK_INT(apply(POD, kind, text, patch, &out, &err), KUBE_OK);
    CHECK_STR(out.data, result);
    kube_buffer_dispose(&out);
}

static void refuse(kube_patch_type_t kind, const char *text, const char *patch, int code, const char *path)
{
    kube_buffer_t out = { 0 };
    kube_error_t err;
    kube_buffer_puts(&out, "before");
    CHECK_INT(apply(POD, kind, text, patch, &out, &err), code);
    CHECK_INT(err.code, code);
    CHECK_STR(err.path, path);
    CHECK(err.message[0] != '\0');
    CHECK_STR(out.data, "before");
    kube_buffer_dispose(&out);
}

static void numbers_keep_their_text(void)
{
    const char *text = "{\"a\":123456789012345678901234567890,\"b\":1.0,\"c\":1e3,\"d\":-0.10}";
    expect(KUBE_PATCH_TYPE_JSON, text, "[]", text);
    expect(KUBE_PATCH_TYPE_MERGE, text, "{}", text);
    expect(KUBE_PATCH_TYPE_STRATEGIC, text, "{}", text);
    expect(KUBE_PATCH_TYPE_JSON, text, "[{\"op\":\"test\",\"path\":\"/c\",\"value\":1000},{\"op\":\"test\",\"path\":\"/d\",\"value\":-1E-1}]", text);
    refuse(KUBE_PATCH_TYPE_JSON, text, "[{\"op\":\"test\",\"path\":\"/a\",\"value\":123456789012345678901234567891}]", KUBE_E_TEST_FAILED, "/a");
    refuse(KUBE_PATCH_TYPE_JSON, text, "[{\"op\":\"test\",\"path\":\"/d\",\"value\":0.1}]", KUBE_E_TEST_FAILED, "/d");
    refuse(KUBE_PATCH_TYPE_JSON, text, "[{\"op\":\"test\",\"path\":\"/c\",\"value\":100}]", KUBE_E_TEST_FAILED, "/c");
}

static void strings_keep_their_characters(void)
{
    const char *text = "{\"\\u0000\":\"a\\u0000b\\\"\\\\\\n\\u001f\xF0\x9F\x98\x80\"}";
    expect(KUBE_PATCH_TYPE_MERGE, text, "{}", text);
    expect(KUBE_PATCH_TYPE_MERGE, "{}", "{\"a\":\"\\ud83d\\ude00\\/\"}", "{\"a\":\"\xF0\x9F\x98\x80/\"}");
}

static void bad_patches_are_refused(void)
{
    refuse(KUBE_PATCH_TYPE_JSON, "{}", "[", KUBE_E_PARSE, "");
    refuse(KUBE_PATCH_TYPE_JSON, "{", "[]", KUBE_E_PARSE, "");
    refuse(KUBE_PATCH_TYPE_JSON, "{}", "{}", KUBE_E_PARSE, "");
    refuse(KUBE_PATCH_TYPE_JSON, "{}", "[1]", KUBE_E_PARSE, "[0]");
    refuse(KUBE_PATCH_TYPE_JSON, "{}", "[{\"op\":\"test\",\"path\":\"/a~\",\"value\":1}]", KUBE_E_PARSE, "[0]");
    refuse(KUBE_PATCH_TYPE_JSON, "{\"a\":[]}", "[{\"op\":\"remove\",\"path\":\"/a/-\"}]", KUBE_E_INVALID, "/a/-");
    refuse(KUBE_PATCH_TYPE_JSON, "{\"a\":[]}", "[{\"op\":\"add\",\"path\":\"/a/18446744073709551616\",\"value\":1}]", KUBE_E_INVALID,
           "/a/18446744073709551616");
    refuse(KUBE_PATCH_TYPE_JSON, "{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":\"1\"}]", KUBE_E_TEST_FAILED, "/a");
    refuse(KUBE_PATCH_TYPE_JSON, "{}", "[{\"op\":\"remove\",\"path\":\"\"}]", KUBE_E_INVALID, "");
    refuse(KUBE_PATCH_TYPE_STRATEGIC, "{}", "[]", KUBE_E_PARSE, "");
    refuse(KUBE_PATCH_TYPE_STRATEGIC, "{\"spec\":{\"containers\":[{\"name\":\"a\"}]}}", "{\"spec\":{\"containers\":[{\"image\":\"b\"}]}}",
           KUBE_E_INVALID, "spec.containers[0]");
}

static void limits_hold(void)
{
    kube_buffer_t patch = { 0 }, out = { 0 };
    kube_error_t err;
    kube_buffer_puts(&patch, "[{\"op\":\"add\",\"path\":\"/a\",\"value\":[\"0123456789\"]}");
    for (int i = 0; i < 60; i++)
        kube_buffer_puts(&patch, ",{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/-\"}");
    kube_buffer_puts(&patch, "]");
    CHECK_INT(apply(NULL, KUBE_PATCH_TYPE_JSON, "{}", patch.data, &out, &err), KUBE_E_LIMIT);
    kube_buffer_clear(&patch);
    kube_buffer_puts(&patch, "[");
    for (int i = 0; i <= 10000; i++)
        kube_buffer_printf(&patch, "%s{\"op\":\"test\",\"path\":\"\",\"value\":{}}", i ? "," : "");
    kube_buffer_puts(&patch, "]");
    CHECK_INT(apply(NULL, KUBE_PATCH_TYPE_JSON, "{}", patch.data, &out, &err), KUBE_E_LIMIT);
    CHECK_INT(out.len, 0);
    kube_buffer_dispose(&patch);
    kube_buffer_dispose(&out);
}

/* Three copies of a MiB are allowed, a fourth is not. */
static void copies_are_counted(void)
{
    kube_buffer_t text = { 0 }, out = { 0 };
    kube_error_t err;
    kube_buffer_puts(&text, "{\"a\":\"");
    for (int i = 0; i < (1 << 20) - 16; i += 16)
        kube_buffer_puts(&text, "0123456789abcdef");
    kube_buffer_puts(&text, "\"}");
    const char *copy = "{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/b\"}";
    for (int n = 3; n <= 4; n++) {
        kube_buffer_t patch = { 0 };
        for (int i = 0; i < n; i++)
            kube_buffer_printf(&patch, "%s%s", i ? "," : "[", copy);
        kube_buffer_puts(&patch, "]");
        CHECK_INT(apply(NULL, KUBE_PATCH_TYPE_JSON, text.data, patch.data, &out, &err), n == 3 ? KUBE_OK : KUBE_E_LIMIT);
        kube_buffer_dispose(&patch);
    }
    kube_buffer_dispose(&text);
    kube_buffer_dispose(&out);
}

/* Each move puts all there is one level deeper. */
static void moves_cannot_nest_without_end(void)
{
    kube_buffer_t patch = { 0 }, out = { 0 };
    kube_error_t err;
    kube_buffer_puts(&patch, "[");
    for (int i = 0; i < 300; i++)
        kube_buffer_printf(&patch, "%s{\"op\":\"add\",\"path\":\"/n\",\"value\":{}},{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/n/a\"},"
                                   "{\"op\":\"move\",\"from\":\"/n\",\"path\":\"/a\"}", i ? "," : "");
    kube_buffer_puts(&patch, "]");
    CHECK_INT(apply(NULL, KUBE_PATCH_TYPE_JSON, "{\"a\":1}", patch.data, &out, &err), KUBE_E_LIMIT);
    kube_buffer_dispose(&patch);
    kube_buffer_dispose(&out);
}

static void check_diff(kube_patch_type_t kind, const char *from, const char *to)
{
    kube_buffer_t patch = { 0 };
    kube_error_t err;
    CHECK_INT(kube_patch_diff_json(POD, from, strlen(from), to, strlen(to), kind, &patch, &err), KUBE_OK);
    if (patch.data)
        expect(kind, from, patch.data, to);
    kube_buffer_dispose(&patch);
}

static void diffs_make_one_of_the_other(void)
{
    static const char *const texts[] = {
        "{}", "{\"spec\":{\"tolerations\":[{\"key\":\"a\"},{\"key\":\"b\"},{\"key\":\"c\"}]}}", "{\"spec\":{\"tolerations\":[{\"key\":\"b\"},{\"key\":\"c\"}]}}",
        "{\"spec\":{\"tolerations\":[]}}", "{\"spec\":{\"tolerations\":[{\"key\":\"a\"},{\"key\":\"x\"},{\"key\":\"y\"},{\"key\":\"c\"}]}}",
        "{\"spec\":{\"nodeSelector\":{\"a/b\":\"1\",\"c~d\":\"2\"}}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            check_diff(KUBE_PATCH_TYPE_JSON, texts[i], texts[j]);
            check_diff(KUBE_PATCH_TYPE_MERGE, texts[i], texts[j]);
            check_diff(KUBE_PATCH_TYPE_STRATEGIC, texts[i], texts[j]);
        }
    }
}

static void equal_merge_keys_are_replaced_whole(void)
{
    check_diff(KUBE_PATCH_TYPE_STRATEGIC,
               "{\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":53,\"protocol\":\"TCP\"}]}]}}",
               "{\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":53,\"protocol\":\"UDP\"},{\"containerPort\":53,\"protocol\":\"TCP\"}]}]}}");
}

static void refuse_diff(const char *from, const char *to)
{
    kube_buffer_t patch = { 0 };
    kube_error_t err;
    CHECK_INT(kube_patch_diff_json(POD, from, strlen(from), to, strlen(to), KUBE_PATCH_TYPE_STRATEGIC, &patch, &err), KUBE_E_UNSUPPORTED);
    CHECK_INT(patch.len, 0);
    kube_buffer_dispose(&patch);
}

static void unknown_lists_are_not_guessed(void)
{
    refuse_diff("{\"spec\":{\"gadgets\":[{\"name\":\"a\"}]}}", "{\"spec\":{\"gadgets\":[{\"name\":\"b\"}]}}");
    refuse_diff("{\"metadata\":{}}", "{\"metadata\":{\"labels\":{\"$patch\":\"x\"}}}");
    refuse_diff("{\"metadata\":{\"labels\":{}}}", "{\"metadata\":{\"labels\":{\"$patch\":\"x\"}}}");
    check_diff(KUBE_PATCH_TYPE_STRATEGIC, "{\"spec\":{\"gadgets\":[{\"name\":\"a\"}],\"x\":1}}", "{\"spec\":{\"gadgets\":[{\"name\":\"a\"}],\"x\":2}}");
    check_diff(KUBE_PATCH_TYPE_STRATEGIC, "{\"spec\":{\"gadget\":{\"a\":1}}}", "{\"spec\":{\"gadget\":{\"a\":2,\"b\":[1]}}}");
}

static void typed_objects(void)
{
    const char *text = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"a\"}]},\"extra\":7}";
    const char *change = "{\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i\"}]}}";
    kube_patch_t patch = { KUBE_PATCH_TYPE_STRATEGIC, change, strlen(change) };
    kube_core_v1_pod_t *pod = NULL, *patched = NULL;
    kube_buffer_t diff = { 0 };
    kube_error_t err;
    CHECK_INT(kube_json_decode(POD, text, strlen(text), NULL, &pod, &err), KUBE_OK);
    CHECK_INT(kube_patch_apply(POD, pod, &patch, &patched, &err), KUBE_OK);
    CHECK_STR(patched->spec->containers.items[0].image, "i");
    CHECK(patched->unknown != NULL);
    CHECK_INT(kube_patch_diff(POD, pod, patched, KUBE_PATCH_TYPE_MERGE, &diff, &err), KUBE_OK);
    CHECK_STR(diff.data, "{\"spec\":{\"containers\":[{\"image\":\"i\",\"name\":\"a\"}]}}");
    kube_buffer_clear(&diff);
    CHECK_INT(kube_patch_three_way(POD, NULL, patched, pod, KUBE_PATCH_TYPE_STRATEGIC, NULL, &diff, &err), KUBE_OK);
    CHECK_STR(diff.data, "{\"spec\":{\"containers\":[{\"image\":\"i\",\"name\":\"a\"}],\"$setElementOrder/containers\":[{\"name\":\"a\"}]}}");
    CHECK_INT(kube_last_applied_set(POD, patched, &err), KUBE_OK);
    CHECK_STR(kube_last_applied(POD, patched),
              "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"annotations\":{}},\"spec\":{\"containers\":[{\"image\":\"i\",\"name\":\"a\"}]},\"extra\":7}\n");
    CHECK_INT(kube_last_applied_set(POD, patched, &err), KUBE_OK);
    CHECK(strstr(kube_last_applied(POD, patched), "last-applied") == NULL);
    kube_buffer_dispose(&diff);
    kube_free(pod);
    kube_free(patched);
}

static void conflicts_have_a_path(void)
{
    const char *original = "{\"spec\":{\"hostname\":\"a\"}}", *modified = "{\"spec\":{\"hostname\":\"b\"}}", *current = "{\"spec\":{\"hostname\":\"c\"}}";
    kube_text_t o = { original, strlen(original) }, m = { modified, strlen(modified) }, c = { current, strlen(current) };
    kube_three_way_options_t overwrite = { .overwrite = true };
    for (int kind = KUBE_PATCH_TYPE_MERGE; kind <= KUBE_PATCH_TYPE_STRATEGIC; kind++) {
        kube_buffer_t patch = { 0 };
        kube_error_t err;
        CHECK_INT(kube_patch_three_way_json(POD, o, m, c, (kube_patch_type_t)kind, NULL, &patch, &err), KUBE_E_CONFLICT);
        CHECK_STR(err.path, "spec.hostname");
        CHECK_INT(kube_patch_three_way_json(POD, o, m, c, (kube_patch_type_t)kind, &overwrite, &patch, &err), KUBE_OK);
        CHECK_STR(patch.data, "{\"spec\":{\"hostname\":\"b\"}}");
        kube_buffer_dispose(&patch);
    }
    const char *renamed = "{\"metadata\":{\"name\":\"x\"}}";
    kube_three_way_options_t keep = { .overwrite = true, .keep_identity = true };
    kube_buffer_t patch = { 0 };
    CHECK_INT(kube_patch_three_way_json(POD, o, (kube_text_t){ renamed, strlen(renamed) }, c, KUBE_PATCH_TYPE_MERGE, &keep, &patch, NULL),
              KUBE_E_INVALID);
    kube_buffer_dispose(&patch);
}

static size_t allocations_left;

static void *counted(size_t size, void *context)
{
    (void)context;
    return allocations_left && allocations_left-- ? malloc(size) : NULL;
}

static void *recounted(void *pointer, size_t size, void *context)
{
    (void)context;
    return allocations_left && allocations_left-- ? realloc(pointer, size) : NULL;
}

static void released(void *pointer, void *context)
{
    (void)context;
    free(pointer);
}

/* Everything once, with only n allocations to be had. */
static int do_all(void)
{
    const char *from = "{\"metadata\":{\"name\":\"p\",\"finalizers\":[\"a\",\"b\"]},\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}";
    const char *to = "{\"metadata\":{\"name\":\"p\",\"finalizers\":[\"c\"]},\"spec\":{\"containers\":[{\"name\":\"c\"},{\"name\":\"b\",\"image\":\"x\"}],\"volumes\":[]}}";
    kube_text_t o = { from, strlen(from) }, m = { to, strlen(to) };
    kube_core_v1_pod_t *pod = NULL, *patched = NULL;
    kube_error_t err;
    kube_buffer_t patch = { 0 }, result = { 0 };
    int code = KUBE_OK;
    for (int kind = KUBE_PATCH_TYPE_JSON; kind <= KUBE_PATCH_TYPE_STRATEGIC && code == KUBE_OK; kind++) {
        patch.len = result.len = 0;
        code = kube_patch_diff_json(POD, from, o.len, to, m.len, (kube_patch_type_t)kind, &patch, &err);
        if (code == KUBE_OK)
            code = apply(POD, (kube_patch_type_t)kind, from, patch.data, &result, &err);
        if (code == KUBE_OK && kind != KUBE_PATCH_TYPE_JSON)
            code = kube_patch_three_way_json(POD, o, m, o, (kube_patch_type_t)kind, NULL, &patch, &err);
    }
    if (code == KUBE_OK)
        code = kube_json_decode(POD, from, o.len, NULL, &pod, &err);
    if (code == KUBE_OK)
        code = kube_patch_apply(POD, pod, &(kube_patch_t){ KUBE_PATCH_TYPE_MERGE, "{\"a\":1}", 7 }, &patched, &err);
    if (code == KUBE_OK)
        code = kube_last_applied_set(POD, patched, &err);
    kube_free(pod);
    kube_free(patched);
    kube_buffer_dispose(&patch);
    kube_buffer_dispose(&result);
    return code;
}

static void every_allocation_fails_once(void)
{
    kube_allocator_t allocator = { counted, recounted, released, NULL };
    int code = KUBE_E_NO_MEMORY;
    size_t n = 0;
    kube_set_allocator(&allocator);
    for (; code != KUBE_OK && n < 10000; n++) {
        allocations_left = n;
        code = do_all();
        if (code != KUBE_OK && code != KUBE_E_NO_MEMORY && code != KUBE_E_USAGE)
            break;
    }
    kube_set_allocator(NULL);
    CHECK_INT(code, KUBE_OK);
    CHECK(n > 20);
}

static void misuse_is_said(void)
{
    kube_buffer_t out = { 0 };
    kube_patch_t patch = { KUBE_PATCH_TYPE_STRATEGIC, "{}", 2 };
    void *object = &out;
    CHECK_INT(kube_patch_apply_json(NULL, "{}", 2, &patch, &out, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_patch_apply_json(POD, NULL, 2, &patch, &out, NULL), KUBE_E_USAGE);
    CHECK_INT(kube_patch_apply(POD, NULL, &patch, &object, NULL), KUBE_E_USAGE);
    CHECK(object == NULL);
    CHECK_INT(kube_patch_diff_json(POD, "{}", 2, "{}", 2, (kube_patch_type_t)0, &out, NULL), KUBE_E_USAGE);
    CHECK(kube_last_applied(POD, NULL) == NULL);
}

int main(void)
{
    RUN(numbers_keep_their_text);
    RUN(strings_keep_their_characters);
    RUN(bad_patches_are_refused);
    RUN(limits_hold);
    RUN(copies_are_counted);
    RUN(moves_cannot_nest_without_end);
    RUN(diffs_make_one_of_the_other);
    RUN(equal_merge_keys_are_replaced_whole);
    RUN(unknown_lists_are_not_guessed);
    RUN(typed_objects);
    RUN(conflicts_have_a_path);
    RUN(every_allocation_fails_once);
    RUN(misuse_is_said);
    return test_end();
}
