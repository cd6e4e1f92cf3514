/* The floor under everything: arenas, pools, buffers, errors, UTF-8, memory. One section for each file of runtime/base without a program of its own. */
#include "faults.h"
#include "test.h"

#include <limits.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/span.h"
#include "base/utf8.h"

/* ---- arena.c ---- */

static void arena_memory_is_aligned_and_apart(void)
{
    kube_owner_t *owner = kube_arena_new(NULL, 0);
    char *before = NULL;
    for (size_t size = 0; size < 5000; size += 37) {
        char *memory = kube_arena_zero(owner, size);
        CHECK(memory && (uintptr_t)memory % 8 == 0);
        CHECK(memory != before || size <= 37);
        for (size_t i = 0; i < size; i++)
            CHECK(memory[i] == 0);
        memset(memory, 0xAA, size);
        before = memory;
    }
    CHECK(!kube_arena_alloc(owner, SIZE_MAX));
    CHECK(!kube_arena_alloc(owner, SIZE_MAX - 7));
    CHECK(!kube_arena_text(owner, "", SIZE_MAX - 1));
    kube_arena_free(owner);
}

static void arena_text_fills_chunks_to_the_brim(void)
{
    kube_owner_t *owner = kube_arena_exact(16, 4);
    CHECK(kube_arena_alloc(owner, 16) != NULL);
    CHECK_STR(kube_arena_text(owner, "abc", 3), "abc");
    CHECK_INT(owner->bytes, sizeof(kube_chunk_t) + sizeof(kube_owner_t) + 20);
    CHECK_STR(kube_arena_text(owner, "", 0), "");
    CHECK(owner->bytes > 100);
    owner->text = owner->text_end + KUBE_TEXT_SLACK - 1; /* as a decoder may leave it */
    CHECK_STR(kube_arena_text(owner, "x", 1), "x");
    kube_arena_ref(owner);
    kube_arena_free(owner);
    CHECK_STR(kube_arena_text(owner, "still here", 10), "still here");
    kube_arena_free(owner);
    kube_arena_free(NULL);
}

static void growing_lists_keep_their_items(void)
{
    enum { LISTS = 1000 };
    static int64_t *lists[LISTS];
    kube_owner_t *owner = kube_arena_new(NULL, 0);
    for (size_t n = 0; n < 40; n++)
        for (size_t i = 0; i < LISTS; i++) {
            lists[i] = kube_arena_grow(owner, n ? lists[i] : NULL, n, sizeof **lists);
            lists[i][n] = (int64_t)(i * 100 + n);
        }
    for (size_t i = 0; i < LISTS; i++)
        for (size_t n = 0; n < 40; n++)
            CHECK(lists[i][n] == (int64_t)(i * 100 + n));
    int64_t own[3] = { 1, 2, 3 };
    int64_t *moved = kube_arena_grow(owner, own, 3, sizeof *own);
    CHECK(moved != own && moved[2] == 3);
    CHECK(kube_arena_grow(owner, moved, 3, sizeof *own) == moved);
    CHECK(!kube_arena_grow(owner, moved, SIZE_MAX / 8, sizeof *own));
    kube_arena_free(owner);
}

/* ---- pool.c ---- */

static bool released;
static void release_context(void *context)
{
    (void)context;
    released = true;
}

static void a_pool_keeps_no_more_than_its_bound(void)
{
    kube_pool_t *pool = kube_pool_new(&(kube_pool_options_t){ .max_bytes = 1 << 16 });
    kube_chunk_t *chunks[64];
    for (size_t i = 0; i < 64; i++) {
        chunks[i] = kube_chunk_take(pool, 3000);
        CHECK_INT(chunks[i]->size, 4096);
    }
    for (size_t i = 0; i < 64; i++)
        kube_chunk_give(pool, chunks[i]);
    CHECK(kube_pool_idle_bytes(pool) > 0 && kube_pool_idle_bytes(pool) <= 1 << 16);
    size_t before = kube_pool_idle_bytes(pool);
    kube_chunk_t *again = kube_chunk_take(pool, 4096);
    CHECK_INT(kube_pool_idle_bytes(pool), before - 4096);
    kube_chunk_give(pool, again);
    kube_chunk_give(pool, kube_chunk_take(pool, KUBE_CHUNK_MAX + 1)); /* larger ones are not kept */
    CHECK_INT(kube_pool_idle_bytes(pool), before);

    int context;
    CHECK(kube_pool_give_context(pool, &context, 1000, release_context));
    CHECK_INT(kube_pool_idle_bytes(pool), before + 1000);
    CHECK(!kube_pool_give_context(pool, &context, 1 << 13, release_context));
    CHECK(kube_pool_take_context(pool) == &context);
    CHECK(!kube_pool_take_context(pool));
    CHECK(kube_pool_give_context(pool, &context, 1000, release_context));
    CHECK(kube_pool_ref(pool) == pool);
    kube_pool_free(pool);
    CHECK(!released);
    kube_pool_free(pool);
    CHECK(released);
    CHECK(!kube_pool_ref(NULL) && kube_pool_idle_bytes(NULL) == 0 && !kube_pool_take_context(NULL));
    CHECK(!kube_pool_give_context(NULL, &context, 0, release_context));
    kube_pool_free(NULL);
}

static void an_arena_outlives_its_pool(void)
{
    kube_pool_t *pool = kube_pool_new(&(kube_pool_options_t){ .huge_pages = true });
    kube_owner_t *owner = kube_arena_new(pool, 100);
    kube_pool_free(pool);
    for (int i = 0; i < 100; i++)
        CHECK(kube_arena_zero(owner, 50000) != NULL);
    kube_arena_free(owner);
}

/* ---- buffer.c ---- */

static void buffers_grow_and_remember_failure(void)
{
    kube_buffer_t buffer = { 0 };
    for (int i = 0; i < 1000; i++)
        kube_buffer_printf(&buffer, "%d,", i % 10);
    CHECK_INT(buffer.len, 2000);
    CHECK_INT(strlen(buffer.data), 2000);
    kube_buffer_puts(&buffer, NULL);
    kube_buffer_append(&buffer, NULL, 0);
    CHECK_INT(buffer.len, 2000);
    CHECK(!kube_buffer_reserve(&buffer, SIZE_MAX));
    kube_buffer_puts(&buffer, "lost");
    CHECK(buffer.failed && buffer.len == 2000);
    kube_buffer_clear(&buffer);
    kube_buffer_puts(&buffer, "kept");
    CHECK_STR(buffer.data, "kept");
    kube_buffer_wipe(&buffer);
    CHECK(!buffer.data && buffer.len == 0 && buffer.capacity == 0);
    kube_buffer_clear(&buffer);
    kube_buffer_append(&buffer, NULL, 0);
    CHECK_STR(buffer.data, "");
    kube_buffer_dispose(&buffer);
    kube_buffer_dispose(NULL);
    kube_buffer_wipe(NULL);
}

static bool append_until_it_fails(void)
{
    kube_buffer_t buffer = { 0 };
    for (int i = 0; i < 100; i++)
        kube_buffer_puts(&buffer, "0123456789");
    bool ok = buffer.failed == faults.hit && (buffer.failed || buffer.len == 1000) && (!buffer.data || buffer.data[buffer.len] == '\0');
    kube_buffer_dispose(&buffer);
    return ok;
}

static bool grow_until_it_fails(void)
{
    kube_pool_t *pool = kube_pool_new(NULL);
    kube_owner_t *owner = pool ? kube_arena_new(pool, 0) : NULL;
    int64_t *items = NULL;
    bool ok = true;
    for (size_t n = 0; owner && ok && n < 5000; n++) {
        int64_t *more = kube_arena_grow(owner, items, n, sizeof *items);
        ok = more && kube_arena_text(owner, "text", 4);
        if (more)
            (items = more)[n] = 1;
    }
    kube_arena_free(owner);
    kube_pool_free(pool);
    return faults.hit ? true : owner && ok;
}

static void failing_allocations_are_met(void)
{
    CHECK(fault_loop(append_until_it_fails) > 3);
    CHECK(fault_loop(grow_until_it_fails) > 5);
}

/* ---- fail.c ---- */

static void messages_are_cut_at_characters(void)
{
    kube_error_t err;
    char text[600];
    memset(text, 'a', sizeof text);
    memcpy(text + 510, "\xC3\xA9", 3);
    CHECK_INT(kube_fail(&err, KUBE_E_PARSE, "%s", text), KUBE_E_PARSE);
    CHECK_INT(strlen(err.message), 510);
    kube_error_reset(&err);
    CHECK(err.code == 0 && err.message[0] == '\0');
    kube_error_reset(NULL);
    CHECK_INT(kube_fail_memory(NULL), KUBE_E_NO_MEMORY);
    char small[4];
    kube_copy_cut(small, sizeof small, "a\xF0\x9F\x98\x80", 5);
    CHECK_STR(small, "a");
    kube_copy_cut(small, 1, "abc", 3);
    CHECK_STR(small, "");
}

static void every_code_has_a_name(void)
{
    for (int code = 0; code >= KUBE_E_FAILED; code--)
        CHECK(strncmp(kube_code_name(code), "KUBE_", 5) == 0);
    CHECK_STR(kube_code_name(KUBE_E_TEST_FAILED), "KUBE_E_TEST_FAILED");
    CHECK_STR(kube_code_name(KUBE_E_FAILED - 1), "an unknown code");
    CHECK_STR(kube_code_name(1), "an unknown code");
    CHECK_STR(kube_code_name(INT_MIN), "an unknown code");
}

/* ---- utf8.c ---- */

static void code_points_go_there_and_back(void)
{
    for (uint32_t c = 1; c <= 0x110000; c += c < 0x3000 ? 1 : 97) {
        char text[4];
        size_t n = kube_utf8_put(text, c);
        bool valid = c < 0x110000 && (c < 0xD800 || c > 0xDFFF);
        CHECK_INT(kube_utf8_sequence(text, text + n), valid ? n : 0);
        for (size_t cut = 0; cut < n; cut++)
            CHECK_INT(kube_utf8_sequence(text, text + cut), 0);
    }
    CHECK_INT(kube_utf8_valid_prefix("ab\xC3\xA9\xC0\x80", 6), 4);
    CHECK_INT(kube_utf8_valid_prefix("\xE0\x80\x80", 3), 0);
    CHECK_INT(kube_utf8_valid_prefix("\xF0\x80\x80\x80", 4), 0);
    CHECK_INT(kube_utf8_valid_prefix("", 0), 0);
}

/* ---- memory.c, span.h ---- */

static void memory_goes_through_the_hooks(void)
{
    char *text = kube_mem_strdup("text");
    CHECK_STR(text, "text");
    kube_mem_wipe(text, 4);
    CHECK_STR(text, "");
    kube_mem_free(text);
    kube_mem_free(NULL);
    kube_mem_wipe(NULL, 1);
    CHECK(!kube_mem_strdup(NULL));
    void *nothing = kube_mem_zero(0);
    CHECK(nothing != NULL);
    kube_mem_free(kube_mem_realloc(nothing, 0));
    CHECK(kube_mem_is_default());
    CHECK(kube_span_is(kube_span_of("abc"), "abc") && !kube_span_is(kube_span_of("abc"), "ab"));
}

int main(void)
{
    RUN(arena_memory_is_aligned_and_apart);
    RUN(arena_text_fills_chunks_to_the_brim);
    RUN(growing_lists_keep_their_items);
    RUN(a_pool_keeps_no_more_than_its_bound);
    RUN(an_arena_outlives_its_pool);
    RUN(buffers_grow_and_remember_failure);
    RUN(failing_allocations_are_met);
    RUN(messages_are_cut_at_characters);
    RUN(every_code_has_a_name);
    RUN(code_points_go_there_and_back);
    RUN(memory_goes_through_the_hooks);
    return test_end();
}
