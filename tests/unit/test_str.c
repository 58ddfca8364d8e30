/* str: comparing, cutting and reading views. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/str.h"

static void test_absent_and_empty_are_equal_but_not_the_same(void **state)
{
    (void)state;
    assert_true(str_eq(STR_NONE, STR("")));
    assert_null(str_of(NULL).ptr);
    assert_non_null(str_of("").ptr);
    assert_null(str_skip(STR_NONE, 3).ptr);
}

static void test_order_is_bytewise_and_shorter_comes_first(void **state)
{
    (void)state;
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR("ab"), STR("ab")), 0);
    assert_true(str_cmp(STR_NONE, STR("a")) < 0);
}

static void test_beginnings_and_ends_are_recognised(void **state)
{
    (void)state;
    assert_true(str_starts(STR("mosaic.x"), STR("mosaic.")));
    assert_false(str_starts(STR("mos"), STR("mosaic.")));
    assert_true(str_ends(STR("x.dlq"), STR(".dlq")));
    assert_false(str_ends(STR("dlq"), STR(".dlq")));
    assert_true(str_starts_in_any_case(STR("SASL_Ssl://a"), STR("sasl_ssl://")));
    assert_false(str_starts_in_any_case(STR("SSL"), STR("ssl://")));
    assert_true(str_eq(str_skip(STR("abc"), 5), STR("")));
}

static void test_unsigned_numbers_are_digits_only_and_must_fit(void **state)
{
    static const char *const wrong[] = {"",   "-1",  "+1", " 1",
                                        "1 ", "1.0", "x",  "18446744073709551616"};
    uint64_t value = 7;
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(str_to_u64(str_of(wrong[i]), &value));
    assert_true(value == 7);
    assert_true(str_to_u64(STR("18446744073709551615"), &value) && value == UINT64_MAX);
    assert_true(str_to_u64(STR("007"), &value) && value == 7);
}

static void test_signed_numbers_reach_both_ends(void **state)
{
    int64_t value;
    (void)state;
    assert_true(str_to_i64(STR("-9223372036854775808"), &value) && value == INT64_MIN);
    assert_true(str_to_i64(STR("9223372036854775807"), &value) && value == INT64_MAX);
    assert_true(str_to_i64(STR("-0"), &value) && value == 0);
    assert_false(str_to_i64(STR("-9223372036854775809"), &value));
    assert_false(str_to_i64(STR("9223372036854775808"), &value));
    assert_false(str_to_i64(STR("-"), &value));
    assert_false(str_to_i64(STR("--1"), &value));
}

static void test_utf8_is_checked_by_the_table_of_unicode(void **state)
{
    static const char *const right[] = {"",
                                        "plain text longer than eight",
                                        "K\xc3\xb6ln",
                                        "\xe2\x82\xac",
                                        "\xf0\x9f\x98\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xf4\x8f\xbf\xbf"};
    static const char *const wrong[] = {"\x80",
                                        "\xc0\x80",
                                        "\xc3",
                                        "\xe2\x82",
                                        "\xe0\x80\x80",
                                        "\xed\xa0\x80",
                                        "\xf0\x80\x80\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xff",
                                        "12345678\xc3(",
                                        "\xf5\x80\x80\x80",
                                        "\xe2\x28\xa1"};
    (void)state;
    for (size_t i = 0; i < COUNT(right); i++)
        if (!str_is_utf8(str_of(right[i])))
            fail_msg("right[%zu] was refused", i);
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (str_is_utf8(str_of(wrong[i])))
            fail_msg("wrong[%zu] was accepted", i);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent_and_empty_are_equal_but_not_the_same),
        cmocka_unit_test(test_order_is_bytewise_and_shorter_comes_first),
        cmocka_unit_test(test_beginnings_and_ends_are_recognised),
        cmocka_unit_test(test_unsigned_numbers_are_digits_only_and_must_fit),
        cmocka_unit_test(test_signed_numbers_reach_both_ends),
        cmocka_unit_test(test_utf8_is_checked_by_the_table_of_unicode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
