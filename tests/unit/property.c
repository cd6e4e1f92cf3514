/* What must hold for random objects of every type of the API. */
#include "random_object.h"
#include "test.h"

#include <jansson.h>
#include <kube/json.h>
#include <kube/k8s.h>
#include <kube/object.h>
#include <kube/yaml.h>

static kube_buffer_t text, out, yaml;
static kube_pool_t *pool;

static bool same_json(const kube_buffer_t *a, const kube_buffer_t *b)
{
    json_t *one = json_loadb(a->data, a->len, JSON_ALLOW_NUL, NULL), *two = json_loadb(b->data, b->len, JSON_ALLOW_NUL, NULL);
    bool same = one && two && json_equal(one, two);
    json_decref(one);
    json_decref(two);
    return same;
}

static void complain(const kube_type_t *type, const char *what)
{
    printf("%s: %s\n  in:  %s\n  out: %s\n", type->name, what, text.data, out.data ? out.data : "");
    test_failed_here = 1;
}

static void encode(const kube_type_t *type, const void *object)
{
    kube_error_t err;
    kube_buffer_clear(&out);
    if (kube_json_encode(type, object, 0, &out, &err) != KUBE_OK)
        complain(type, err.message);
}

static void check_codec(const kube_type_t *type)
{
    void *object = NULL, *again = NULL, *copy;
    kube_error_t err;
    kube_decode_options_t options = { .pool = pool };
    if (kube_json_decode(type, text.data, text.len, &options, &object, &err) != KUBE_OK) {
        printf("%s at %s\n", err.message, err.path);
        complain(type, "does not decode");
        return;
    }
    encode(type, object);
    if (!same_json(&text, &out))
        complain(type, "JSON changed");
    copy = kube_dup(type, object);
    if (!copy || !kube_equal(type, object, copy))
        complain(type, "the copy is not equal");
    if (kube_json_decode(type, out.data, out.len, NULL, &again, NULL) != KUBE_OK || !kube_equal(type, copy, again))
        complain(type, "what was encoded is not equal");
    kube_free(object);
    encode(type, copy);
    if (!same_json(&text, &out))
        complain(type, "the copy's JSON changed");
    kube_free(copy);
    kube_free(again);
}

static void check_yaml(const kube_type_t *type)
{
    void *object = NULL, *again = NULL;
    kube_error_t err;
    kube_buffer_clear(&yaml);
    if (kube_json_decode(type, text.data, text.len, NULL, &object, NULL) != KUBE_OK ||
        kube_yaml_encode(type, object, 0, &yaml, &err) != KUBE_OK)
        complain(type, "no YAML");
    else if (kube_yaml_decode(type, yaml.data, yaml.len, NULL, &again, &err) != KUBE_OK || !kube_equal(type, object, again)) {
        printf("%s at line %zu %s\n%s\n", err.message, err.line, err.path, yaml.data);
        complain(type, "the YAML is not equal");
    }
    kube_free(object);
    kube_free(again);
}

static void check_strict(const kube_type_t *type, bool unknown)
{
    void *object = NULL;
    kube_problems_t *problems = NULL;
    kube_decode_options_t options = { .flags = KUBE_DECODE_STRICT, .problems = &problems };
    int code = kube_json_decode(type, text.data, text.len, &options, &object, NULL);
    if ((code == KUBE_OK) != !unknown)
        complain(type, unknown ? "strict decoding overlooked an unknown field" : "strict decoding refused a known one");
    kube_problems_free(problems);
    kube_free(object);
}

static void for_every_type(bool unknown, unsigned rounds, bool with_yaml)
{
    kube_scheme_t *scheme = kube_scheme_new();
    CHECK_INT(kube_scheme_add(scheme, kube_k8s_packages), 0);
    CHECK(kube_scheme_type_count(scheme) > 190);
    for (size_t i = 0; i < kube_scheme_type_count(scheme) && !test_failed_here; i++) {
        const kube_type_t *type = kube_scheme_type_at(scheme, i);
        for (unsigned round = 0; round < rounds && !test_failed_here; round++) {
            static const unsigned chances[] = { 256, 128, 40, 200, 90 };
            random_object_t r = { .state = i * 1000 + round, .chance = chances[round % 5], .unknown = unknown, .out = &text };
            kube_buffer_clear(&text);
            random_root(&r, type);
            if (text.len > 4 << 20)
                continue;
            check_codec(type);
            check_strict(type, r.unknowns > 0);
            if (with_yaml && text.len < 256 << 10)
                check_yaml(type);
        }
    }
    kube_scheme_free(scheme);
}

static void every_type_round_trips(void)
{
    for_every_type(false, 5, false);
}

static void unknown_fields_survive_everywhere(void)
{
    for_every_type(true, 3, false);
}

static void json_and_yaml_are_the_same(void)
{
    for_every_type(true, 3, true);
}

int main(void)
{
    pool = kube_pool_new(NULL);
    RUN(every_type_round_trips);
    RUN(unknown_fields_survive_everywhere);
    RUN(json_and_yaml_are_the_same);
    kube_pool_free(pool);
    kube_buffer_dispose(&text);
    kube_buffer_dispose(&out);
    kube_buffer_dispose(&yaml);
    return test_end();
}
