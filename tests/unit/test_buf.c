/* buf: growing, numbers as text and in network order, JSON strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "common/core/buf.h"

static struct str json_of(struct buf *b, struct str s)
{
    buf_reset(b);
    buf_json_str(b, s);
    return buf_view(b);
}

static void test_it_grows_on_the_heap_and_in_an_arena(void **state)
{
    struct arena a = {.block_bytes = 512};
    struct buf bufs[] = {{0}, {.arena = &a}};
    (void)state;
    for (size_t k = 0; k < COUNT(bufs); k++) {
        for (int i = 0; i < 10000; i++)
            buf_fmt(&bufs[k], "%04d,", i);
        assert_int_equal(bufs[k].len, 50000);
        assert_memory_equal(bufs[k].ptr + 49990, "9998,9999,", 10);
        buf_done(&bufs[k]);
    }
    assert_true(str_eq(buf_view(&bufs[0]), STR("")));
    arena_done(&a);
}

static void test_integers_are_written_to_their_ends(void **state)
{
    struct buf b = {0};
    (void)state;
    buf_i64(&b, INT64_MIN);
    buf_char(&b, ' ');
    buf_i64(&b, INT64_MAX);
    buf_char(&b, ' ');
    buf_i64(&b, 0);
    assert_true(str_eq(buf_view(&b), STR("-9223372036854775808 9223372036854775807 0")));
    buf_done(&b);
}

static void test_a_format_that_just_does_not_fit_is_whole_all_the_same(void **state)
{
    (void)state;
    for (size_t filled = 200; filled < 260; filled++) {
        struct buf b = {0};
        for (size_t i = 0; i < filled; i++)
            buf_char(&b, 'x');
        buf_fmt(&b, "%s", "0123456789");
        assert_int_equal(b.len, filled + 10);
        assert_memory_equal(b.ptr + filled, "0123456789", 10);
        buf_done(&b);
    }
}

static void test_json_escapes_what_must_be_escaped_and_nothing_else(void **state)
{
    struct buf b = {0};
    (void)state;
    assert_true(str_eq(json_of(&b, STR("")), STR("\"\"")));
    assert_true(str_eq(json_of(&b, STR_NONE), STR("\"\"")));
    assert_true(str_eq(json_of(&b, STR("a\"b\\c/d")), STR("\"a\\\"b\\\\c/d\"")));
    assert_true(str_eq(json_of(&b, STR("\b\f\n\r\t\x01\x1f\x7f")),
                       STR("\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"")));
    assert_true(str_eq(json_of(&b, ((struct str){"\0", 1})), STR("\"\\u0000\"")));
    assert_true(str_eq(json_of(&b, STR("K\xc3\xb6ln \xf0\x9f\x98\x80")),
                       STR("\"K\xc3\xb6ln \xf0\x9f\x98\x80\"")));
    buf_done(&b);
}

/* The eight-bytes-at-a-time search must see every byte value at every place. */
static void test_json_finds_every_byte_at_every_place(void **state)
{
    struct buf b = {0};
    char text[24];
    (void)state;
    for (size_t at = 0; at < sizeof text; at++)
        for (int c = 0; c < 256; c++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)c;
            size_t extra = c == '"' || c == '\\' || (c >= 8 && c <= 13 && c != 11) ? 1
                           : c < 32                                                ? 5
                                                                                   : 0;
            assert_int_equal(json_of(&b, (struct str){text, sizeof text}).len,
                             sizeof text + 2 + extra);
        }
    buf_done(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_grows_on_the_heap_and_in_an_arena),
        cmocka_unit_test(test_integers_are_written_to_their_ends),
        cmocka_unit_test(test_a_format_that_just_does_not_fit_is_whole_all_the_same),
        cmocka_unit_test(test_json_escapes_what_must_be_escaped_and_nothing_else),
        cmocka_unit_test(test_json_finds_every_byte_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
