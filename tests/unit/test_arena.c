/* arena: pieces of any size, all gone at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/core/arena.h"

static void test_pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct arena a = {.block_bytes = 1024};
    unsigned char *pieces[200];
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT(pieces); i++) {
            pieces[i] = arena_alloc(&a, i);
            assert_int_equal((uintptr_t)pieces[i] % 16, 0);
            for (size_t k = 0; k < i; k++)
                assert_int_equal(pieces[i][k], 0);
            memset(pieces[i], (int)i, i);
        }
        for (size_t i = 0; i < COUNT(pieces); i++)
            for (size_t k = 0; k < i; k++)
                assert_int_equal(pieces[i][k], i);
        arena_reset(&a);
        assert_int_equal(a.used_bytes, 0);
    }
    arena_done(&a);
}

static void test_a_piece_larger_than_a_block_gets_its_own(void **state)
{
    struct arena a = {.block_bytes = 256};
    (void)state;
    char *small = arena_alloc(&a, 10);
    char *large = arena_alloc(&a, 100000);
    char *next = arena_alloc(&a, 10);
    memset(large, 1, 100000);
    assert_int_equal(small[9], 0);
    assert_int_equal(next[9], 0);
    arena_reset(&a);
    assert_non_null(arena_alloc(&a, 10));
    arena_done(&a);
}

static void test_a_reset_keeps_memory_for_the_next_batch_but_not_without_end(void **state)
{
    struct arena a = {0};
    (void)state;

    void *before = arena_alloc(&a, 100000);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 100000), before);
    arena_reset(&a);

    assert_non_null(arena_alloc(&a, ARENA_KEPT_BYTES + 1));
    arena_reset(&a);
    assert_null(a.spare);
    arena_done(&a);
}

static void test_the_last_piece_grows_where_it_is(void **state)
{
    struct arena a = {.block_bytes = 4096};
    (void)state;
    char *text = arena_grow(&a, NULL, 0, 8);
    memcpy(text, "abcdefg", 8);
    char *grown = arena_grow(&a, text, 8, 64);
    assert_ptr_equal(grown, text);
    (void)arena_alloc(&a, 1);
    char *moved = arena_grow(&a, grown, 64, 128);
    assert_ptr_not_equal(moved, grown);
    assert_string_equal(moved, "abcdefg");
    char *huge = arena_grow(&a, moved, 128, 1000000);
    assert_string_equal(huge, "abcdefg");
    arena_done(&a);
}

static void test_an_array_doubles_only_where_it_is_full(void **state)
{
    (void)state;
    struct arena a = {0};
    int *items = NULL;
    size_t cap = 0;
    for (size_t count = 0; count < 100; count++) {
        items = arena_more(&a, items, count, &cap, sizeof *items);
        items[count] = (int)count;
        assert_true(count < cap && cap <= 8 + 2 * count);
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(items[i], i);
    arena_done(&a);
}

static void test_copies_and_formatted_texts_end_with_nul(void **state)
{
    struct arena a = {0};
    char long_text[1000];
    (void)state;
    memset(long_text, 'x', sizeof long_text);
    struct str copy = arena_dup(&a, (struct str){"abcdef", 3});
    assert_string_equal(copy.ptr, "abc");
    assert_string_equal(arena_dup(&a, STR_NONE).ptr, "");
    assert_string_equal(arena_fmt(&a, "%s-%d", "a", 7).ptr, "a-7");
    struct str formatted = arena_fmt(&a, "%.*s|", (int)sizeof long_text, long_text);
    assert_int_equal(formatted.len, 1001);
    assert_int_equal(formatted.ptr[1000], '|');
    assert_int_equal(formatted.ptr[1001], 0);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(test_a_piece_larger_than_a_block_gets_its_own),
        cmocka_unit_test(test_a_reset_keeps_memory_for_the_next_batch_but_not_without_end),
        cmocka_unit_test(test_the_last_piece_grows_where_it_is),
        cmocka_unit_test(test_an_array_doubles_only_where_it_is_full),
        cmocka_unit_test(test_copies_and_formatted_texts_end_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
