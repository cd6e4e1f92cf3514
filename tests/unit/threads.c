/* Sharing objects and pools between threads; run under ThreadSanitizer. */
#include <pthread.h>

#include "test.h"
#include "widget.h"

#include <kube/json.h>

enum { THREADS = 8, ROUNDS = 2000 };

static kube_pool_t *pool;
static widget_t *shared;
static const char text[] = "{\"labels\":{\"a\":\"1\"},\"parts\":[{\"name\":\"x\"},{\"count\":2}],\"time\":\"2024-01-01T00:00:00Z\"}";

static void *share(void *argument)
{
    (void)argument;
    kube_buffer_t out = { 0 };
    for (int i = 0; i < ROUNDS; i++) {
        if (kube_ref(shared) != KUBE_OK)
            return "ref";
        kube_buffer_clear(&out);
        if (kube_json_encode(&widget_type, shared, 0, &out, NULL) != KUBE_OK || strcmp(shared->parts.items[0].name, "x") != 0)
            return "encode";
        kube_free(shared);
    }
    kube_buffer_dispose(&out);
    return NULL;
}

static void *decode_and_free(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        widget_t *w = NULL;
        kube_decode_options_t options = { .pool = pool };
        if (kube_json_decode(&widget_type, text, sizeof text - 1, &options, &w, NULL) != KUBE_OK)
            return "decode";
        kube_free(w);
    }
    return NULL;
}

static void run_threads(void *(*body)(void *argument))
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, body, NULL);
    for (int i = 0; i < THREADS; i++) {
        void *failure;
        pthread_join(threads[i], &failure);
        CHECK(!failure);
    }
}

static void references_are_counted_atomically(void)
{
    kube_json_decode(&widget_type, text, sizeof text - 1, NULL, &shared, NULL);
    run_threads(share);
    CHECK_INT(kube_set_bool(shared, shared, &widget_type, "flag", true), 0); /* nobody else holds it any more */
    kube_free(shared);
}

static void a_pool_serves_many_threads(void)
{
    pool = kube_pool_new(&(kube_pool_options_t){ .max_bytes = 1 << 20 });
    run_threads(decode_and_free);
    CHECK(kube_pool_idle_bytes(pool) <= 1 << 20);
    kube_pool_free(pool);
}

int main(void)
{
    RUN(references_are_counted_atomically);
    RUN(a_pool_serves_many_threads);
    return test_end();
}
