/* Events of a watch: type and object, whatever comes first, and what is wrong with them. */
#include "faults.h"
#include "random_object.h"
#include "test.h"

#include <kube/core/v1.h>
#include <kube/json.h>
#include <kube/k8s.h>
#include <kube/meta/v1.h>
#include <kube/object.h>

#include "object/frame.h"
#include "object/watch_event.h"

#define POD "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web\",\"resourceVersion\":\"12\"},\"spec\":{\"nodeName\":\"n\"}}"
#define STATUS "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410,\"later\":1}"
#define BOOKMARK(annotations) "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"99\"" annotations "}}}"

static kube_error_t err;

static int decode(const char *text, unsigned flags, kube_watch_event_t *event)
{
    kube_decode_options_t options = { .flags = flags };
    return kube_watch_event_decode(&kube_core_v1_pod_type, text, strlen(text), &options, event, &err);
}

static void both_orders_are_read(void)
{
    static const char *const texts[] = {
        "{\"type\":\"MODIFIED\",\"object\":" POD "}",
        "{\"object\":" POD ",\"type\":\"MODIFIED\"}",
        " { \"new\" : [ { } ] , \"type\" : \"MODIFIE\\u0044\" ,\n\"object\" : " POD " , \"x\" : 1 } ",
    };
    static const unsigned flags[] = { 0, KUBE_DECODE_PACKED, KUBE_DECODE_STRICT, KUBE_DECODE_INTERN };
    for (size_t i = 0; i < 12; i++) {
        kube_watch_event_t event;
        CHECK_INT(decode(texts[i % 3], flags[i / 3], &event), 0);
        CHECK_INT(event.kind, KUBE_WATCH_EVENT_MODIFIED);
        CHECK_STR(event.name, "MODIFIED");
        CHECK(event.type == &kube_core_v1_pod_type);
        const kube_core_v1_pod_t *pod = event.object;
        CHECK_STR(pod->metadata->name, "web");
        CHECK_STR(pod->spec->node_name, "n");
        CHECK_STR(pod->kind, "Pod");
        CHECK_STR(event.resource_version, "12");
        CHECK(event.resource_version == pod->metadata->resource_version);
        CHECK(!event.initial_events_end);
        bool interned = flags[i / 3] & KUBE_DECODE_INTERN;
        CHECK_INT(kube_set_string(event.object, pod->spec, &kube_core_v1_pod_spec_type, "hostname", "x"), interned ? KUBE_E_USAGE : KUBE_OK);
        /* The object may be taken out. */
        event.object = NULL;
        kube_watch_event_dispose(&event);
        CHECK_INT(event.kind, 0);
        CHECK_STR(pod->metadata->name, "web");
        kube_free(pod);
    }
    kube_watch_event_dispose(NULL);
}

static void every_type_is_known(void)
{
    static const char *const names[] = { "SYNC", "ADDED", "MODIFIED", "DELETED", "BOOKMARK" };
    for (int i = 0; i < 5; i++) {
        char text[300];
        kube_watch_event_t event;
        snprintf(text, sizeof text, "{\"type\":\"%s\",\"object\":%s}", names[i], POD);
        CHECK_INT(decode(text, 0, &event), 0);
        CHECK_INT(event.kind, i);
        CHECK_STR(event.name, names[i]);
        kube_watch_event_dispose(&event);
    }
    kube_watch_event_t event;
    CHECK_INT(decode("{\"type\":\"A TYPE WITH A NAME THAT IS VERY LONG INDEED\",\"object\":" POD "}", 0, &event), 0);
    CHECK_STR(event.name, "A TYPE WITH A NAME THAT IS VERY");
    kube_watch_event_dispose(&event);
}

static void errors_carry_a_status(void)
{
    static const char *const texts[] = { "{\"type\":\"ERROR\",\"object\":" STATUS "}", "{\"object\":" STATUS ",\"type\":\"ERROR\"}" };
    for (size_t i = 0; i < 4; i++) {
        kube_watch_event_t event;
        CHECK_INT(decode(texts[i % 2], i < 2 ? 0 : KUBE_DECODE_STRICT, &event), 0);
        CHECK_INT(event.kind, KUBE_WATCH_EVENT_ERROR);
        CHECK(event.type == &kube_meta_v1_status_type);
        const kube_meta_v1_status_t *status = event.object;
        CHECK_STR(status->reason, "Expired");
        CHECK_INT(status->code.value, 410);
        CHECK(event.resource_version == NULL);
        kube_watch_event_dispose(&event);
    }
}

static void bookmarks_may_end_the_initial_events(void)
{
    kube_watch_event_t event;
    CHECK_INT(decode(BOOKMARK(",\"creationTimestamp\":null"), 0, &event), 0);
    CHECK_STR(event.resource_version, "99");
    CHECK(!event.initial_events_end);
    kube_watch_event_dispose(&event);
    CHECK_INT(decode(BOOKMARK(",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}"), 0, &event), 0);
    CHECK(event.initial_events_end);
    kube_watch_event_dispose(&event);
    CHECK_INT(decode(BOOKMARK(",\"annotations\":{\"k8s.io/initial-events-end\":\"false\"}"), 0, &event), 0);
    CHECK(!event.initial_events_end);
    kube_watch_event_dispose(&event);
    /* Of another event the annotation says nothing. */
    CHECK_INT(decode("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}", 0, &event), 0);
    CHECK(!event.initial_events_end);
    CHECK(event.resource_version == NULL);
    CHECK_STR(((kube_core_v1_pod_t *)event.object)->kind, "Pod");
    kube_watch_event_dispose(&event);
}

static void what_is_wrong_is_told(void)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *path, *message;
    } cases[] = {
        { "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Node\",\"apiVersion\":\"v1\"}}", 33, "object.kind", "expected \"Pod\", found \"Node\"" },
        { "{\"object\":{\"apiVersion\":\"v2\"},\"type\":\"ADDED\"}", 24, "object.apiVersion", "expected \"v1\", found \"v2\"" },
        { "{\"type\":\"ADDED\",\"object\":{\"spec\":{\"nodeName\":7}}}", 45, "object.spec.nodeName", "expected a string" },
        { "{\"object\":{\"spec\":{\"nodeName\":7}},\"type\":\"ADDED\"}", 30, "object.spec.nodeName", "expected a string" },
        { "{\"type\":\"ADDED\",\"object\":null}", 25, "object", "expected an object" },
        { "{\"type\":7,\"object\":{}}", 8, "type", "expected a string" },
        { "{\"type\":\"ADDED\"}", 0, "", "an event without an object" },
        { "{\"object\":{}}", 0, "", "an event without a type" },
        { "{}", 0, "", "an event without a type" },
        { "{\"type\":\"ADDED\",\"type\":\"ADDED\",\"object\":{}}", 23, "type", "the member comes twice" },
        { "{\"object\":{},\"object\":{},\"type\":\"ADDED\"}", 22, "object", "the member comes twice" },
        { "{\"type\":\"ADDED\",\"object\":{},\"object\":{}}", 37, "object", "the member comes twice" },
        { "{\"type\":\"ADDED\",\"object\":{}} x", 29, "", "there is more behind the event" },
        { "{\"type\":\"ADDED\",\"object\":{},}", 28, "object", "expected a key" },
        { "{\"type\":\"ADDED\" \"object\":{}}", 16, "type", "expected , or }" },
        { "{\"type\" \"ADDED\"}", 8, "", "expected :" },
        { "{\"type\":\"ADDED\",\"object\":{}", 27, "object", "the input ends here" },
        { "[]", 0, "", "expected an object" },
        { "", 0, "", "the input ends here" },
        { "{\"type\":\"\\ud800\",\"object\":{}}", 9, "type", "a malformed escape or a lone surrogate" },
        { "{\"type\":\"ERROR\",\"object\":{\"code\":true}}", 33, "object.code", "expected an integer" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kube_watch_event_t event;
        CHECK_INT(decode(cases[i].text, 0, &event), KUBE_E_PARSE);
        CHECK_INT(err.offset, cases[i].offset);
        CHECK_STR(err.path, cases[i].path);
        CHECK_STR(err.message, cases[i].message);
        CHECK(!event.object && !event.kind && !*event.name);
    }
    kube_watch_event_t event;
    kube_problems_t *problems;
    kube_decode_options_t options = { .flags = KUBE_DECODE_STRICT, .problems = &problems };
    const char *text = "{\"type\":\"ADDED\",\"object\":{\"spec\":{\"nodename\":7},\"x\":1}}";
    CHECK_INT(kube_watch_event_decode(&kube_core_v1_pod_type, text, strlen(text), &options, &event, NULL), KUBE_E_PARSE);
    CHECK_INT(kube_problems_count(problems), 2);
    CHECK_STR(kube_problems_at(problems, 0)->path, "object.spec.nodename");
    kube_problems_free(problems);
    options = (kube_decode_options_t){ .max_depth = 2 };
    text = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"labels\":{}}}}";
    CHECK_INT(kube_watch_event_decode(&kube_core_v1_pod_type, text, strlen(text), &options, &event, NULL), KUBE_E_LIMIT);
}

static void misuse_is_told(void)
{
    kube_watch_event_t event;
    CHECK_INT(kube_watch_event_decode(NULL, "{}", 2, NULL, &event, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch_event_decode(&kube_core_v1_pod_type, NULL, 2, NULL, &event, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch_event_decode(&kube_core_v1_pod_spec_type, "{}", 2, NULL, &event, &err), KUBE_E_USAGE);
    CHECK_INT(kube_watch_event_decode(&kube_core_v1_pod_type, "{}", 2, NULL, NULL, &err), KUBE_E_USAGE);
}

/* Through a frame reader, the stream in pieces of every size: objects of all types, as they are written. */
static void streams_of_every_type(void)
{
    kube_scheme_t *scheme = kube_scheme_new();
    kube_buffer_t object = { 0 }, stream = { 0 };
    kube_scheme_add(scheme, kube_k8s_packages);
    for (size_t i = 0; i < kube_scheme_type_count(scheme) && !test_failed_here; i++) {
        const kube_type_t *type = kube_scheme_type_at(scheme, i);
        void *wanted[3] = { NULL };
        kube_buffer_clear(&stream);
        for (unsigned n = 0; n < 3; n++) {
            random_object_t r = { .state = i * 10 + n, .chance = 60, .unknown = n == 1, .out = &object };
            kube_buffer_clear(&object);
            random_root(&r, type);
            CHECK_INT(kube_json_decode(type, object.data, object.len, NULL, &wanted[n], NULL), 0);
            kube_buffer_printf(&stream, n == 2 ? "{\"object\":%s,\"type\":\"ADDED\"}" : "{\"type\":\"ADDED\",\"object\":%s}\n", object.data);
        }
        kube_frame_reader_t reader;
        size_t count = 0, size = 1 + i % 300, len;
        const char *text;
        kube_frame_reader_init(&reader, &kube_json_framing, 0);
        for (size_t at = 0; at < stream.len; at += size) {
            kube_frame_reader_push(&reader, stream.data + at, at + size < stream.len ? size : stream.len - at, NULL);
            while (kube_frame_reader_next(&reader, &text, &len, &err) == 1) {
                kube_decode_options_t options = { .flags = KUBE_DECODE_PADDED | (count & 1 ? KUBE_DECODE_PACKED : 0) };
                kube_watch_event_t event;
                if (kube_watch_event_decode(type, text, len, &options, &event, &err) != 0 || !kube_equal(type, event.object, wanted[count])) {
                    printf("%s: %s at %s\n%s\n", type->name, err.message, err.path, text);
                    test_failed_here = 1;
                }
                kube_watch_event_dispose(&event);
                count++;
            }
        }
        CHECK_INT(count, 3);
        kube_frame_reader_dispose(&reader);
        for (size_t n = 0; n < 3; n++)
            kube_free(wanted[n]);
    }
    kube_buffer_dispose(&object);
    kube_buffer_dispose(&stream);
    kube_scheme_free(scheme);
}

/* Objects of every size, of much text and of many structs, packed into one block and not. */
static void objects_are_packed(void)
{
    kube_buffer_t text = { 0 };
    char *words = malloc(20001);
    memset(words, 'w', 20000);
    words[20000] = '\0';
    for (size_t count = 1; count < 60; count += 3)
        for (size_t structs = 0; structs < 2; structs++) {
            kube_buffer_clear(&text);
            kube_buffer_puts(&text, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"annotations\":{\"a\":\"b\"");
            for (size_t i = 0; i < count; i++)
                kube_buffer_printf(&text, ",\"key-%zu\":\"%s\"", i, structs ? "" : words);
            kube_buffer_puts(&text, "}},\"spec\":{\"containers\":[{}");
            for (size_t i = 0; structs && i < count * 50; i++)
                kube_buffer_puts(&text, ",{\"ports\":[{}]}");
            kube_buffer_puts(&text, "]}}}");
            kube_watch_event_t packed, loose;
            CHECK_INT(decode(text.data, KUBE_DECODE_PACKED, &packed), 0);
            CHECK_INT(decode(text.data, 0, &loose), 0);
            CHECK(kube_equal(&kube_core_v1_pod_type, packed.object, loose.object));
            CHECK(kube_memory_used(packed.object) < kube_memory_used(loose.object));
            kube_watch_event_dispose(&packed);
            kube_watch_event_dispose(&loose);
        }
    free(words);
    kube_buffer_dispose(&text);
}

static void every_truncation_is_an_error(void)
{
    static const char *const texts[] = { "{\"type\":\"ADDED\",\"object\":" POD "}", "{\"object\":" POD ",\"type\":\"ADDED\"}" };
    for (size_t i = 0; i < 2; i++)
        for (size_t len = 0; len < strlen(texts[i]); len++) {
            char *text = malloc(len + 1);
            memcpy(text, texts[i], len);
            kube_watch_event_t event;
            CHECK_INT(kube_watch_event_decode(&kube_core_v1_pod_type, text, len, NULL, &event, &err), KUBE_E_PARSE);
            free(text);
        }
}

static const char *fault_text;
static unsigned fault_flags;

static bool decode_with_faults(void)
{
    kube_watch_event_t event;
    int code = decode(fault_text, fault_flags, &event);
    kube_watch_event_dispose(&event);
    return code == KUBE_OK ? !faults.hit : code == KUBE_E_NO_MEMORY && err.code == code && faults.hit;
}

static void memory_runs_out_anywhere(void)
{
    static const unsigned flags[] = { 0, KUBE_DECODE_PACKED, KUBE_DECODE_STRICT, KUBE_DECODE_INTERN };
    /* A type that is put together in more than one piece of memory. */
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"
    static const char *const texts[] = { "{\"object\":" POD ",\"type\":\"ADDED\"}", "{\"x\":1,\"type\":\"ADDED\",\"object\":" POD "}",
                                         "{\"type\":\"" LONG "\\n" LONG LONG "\",\"object\":" POD "}" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t k = 0; k < sizeof flags / sizeof *flags; k++) {
            fault_text = texts[i];
            fault_flags = flags[k];
            CHECK(fault_loop(decode_with_faults) > 4);
        }
}

int main(void)
{
    RUN(both_orders_are_read);
    RUN(every_type_is_known);
    RUN(errors_carry_a_status);
    RUN(bookmarks_may_end_the_initial_events);
    RUN(what_is_wrong_is_told);
    RUN(misuse_is_told);
    RUN(streams_of_every_type);
    RUN(objects_are_packed);
    RUN(every_truncation_is_an_error);
    RUN(memory_runs_out_anywhere);
    return test_end();
}
