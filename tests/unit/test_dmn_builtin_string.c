/* builtin_string, builtin_casing: strings as sequences of code points. */
#include "tests/unit/dmn_builtin_steps.h"

#include <string.h>

static void test_a_substring_beyond_the_string_gives_null_and_one_too_long_ends_with_it(
    void **state)
{
    (void)state;
    assert_null_value(CALL("substring", text("foobar"), num("0")));
    assert_null_value(CALL("substring", text("foobar"), num("7")));
    assert_null_value(CALL("substring", text("foobar"), num("-7")));
    assert_null_value(CALL("substring", text(""), num("1")));
    assert_null_value(CALL("substring", text("foobar"), num("1"), num("-1")));
    assert_null_value(CALL("substring", text("foobar"), num("1"), NULL_VALUE));
    assert_gives(CALL("substring", text("foobar"), num("3"), num("10")), "\"obar\"");
    assert_gives(CALL("substring", text("foobar"), num("3"), num("1e30")), "\"obar\"");
    assert_gives(CALL("substring", text("foobar"), num("3"), num("3.8")), "\"oba\"");
    assert_gives(CALL("substring", text("foobar"), num("-2"), num("1")), "\"a\"");
    assert_gives(CALL("substring", text("foobar"), num("-6")), "\"foobar\"");
}

static void test_positions_count_code_points_not_bytes(void **state)
{
    (void)state;
    assert_gives(CALL("substring", text("🐎жfoo"), num("2"), num("2")), "\"жf\"");
    assert_gives(CALL("substring", text("🐎жfoo"), num("-5"), num("1")), "\"🐎\"");
    assert_gives(CALL("string length", text("🐎😀")), "2");
    assert_gives(CALL("string length", text("")), "0");
}

static void test_the_empty_string_is_found_at_the_beginning(void **state)
{
    (void)state;
    assert_gives(CALL("substring before", text("abc"), text("")), "\"\"");
    assert_gives(CALL("substring after", text("abc"), text("")), "\"abc\"");
    assert_gives(CALL("substring after", text(""), text("a")), "\"\"");
    assert_gives(CALL("substring before", text("foobar"), text("x")), "\"\"");
    assert_gives(CALL("substring before", text("foobar"), text("bar")), "\"foo\"");
    assert_gives(CALL("contains", text(""), text("")), "true");
    assert_gives(CALL("contains", text(""), text("ab")), "false");
    assert_gives(CALL("starts with", text("abc"), text("")), "true");
    assert_gives(CALL("ends with", text("🐎😀"), text("😀")), "true");
    assert_gives(CALL("ends with", text("c"), text("abc")), "false");
}

static void test_every_script_has_its_capitals_without_a_locale(void **state)
{
    (void)state;
    assert_gives(CALL("upper case", text("straße ŉ ﬁ ΐ")),
                 "\"STRASSE ʼN FI \xce\x99\xcc\x88\xcc\x81\"");
    assert_gives(CALL("upper case", text("жёլǆ𐐨ÿ")), "\"ЖЁԼǄ𐐀Ÿ\"");
    assert_gives(CALL("upper case", text("i?@{1")), "\"I?@{1\"");
    assert_gives(CALL("lower case", text("ЖЁԼǄ𐐀ŸẞÅ")), "\"жёլǆ𐐨ÿßå\"");
    assert_gives(CALL("lower case", text("İI")), "\"i̇i\"");
    assert_gives(CALL("lower case", text("ΟΔΟΣ ΣΑΣ Σ")), "\"οδος σας σ\"");
    assert_gives(CALL("upper case", text("")), "\"\"");
}

static void test_bytes_that_are_no_utf_8_do_no_harm(void **state)
{
    struct value broken = value_string((struct str){"\xf0\x9f\xc3", 3});
    (void)state;
    CALL("upper case", broken);
    CALL("lower case", broken);
    CALL("string length", broken);
    CALL("substring", broken, num("1"), num("1"));
    assert_null_value(CALL("matches", broken, text(".")));
}

static void test_strings_are_joined_and_nulls_passed_over(void **state)
{
    (void)state;
    assert_gives(CALL("string join", LIST(text("a"), NULL_VALUE, text("c")), text("X")), "\"aXc\"");
    assert_gives(CALL("string join", LIST(NULL_VALUE, text("c")), text("X")), "\"c\"");
    assert_gives(CALL("string join", LIST(text("a"), text("")), text("X")), "\"aX\"");
    assert_gives(CALL("string join", LIST(text("a"), text("b")), NULL_VALUE), "\"ab\"");
    assert_gives(CALL("string join", EMPTY, text("X")), "\"\"");
    assert_gives(CALL("string join", text("a"), text("X")), "\"a\"");
    assert_null_value(CALL("string join", LIST(num("1"), num("2")), text("X")));
    assert_null_value(CALL("string join", NULL_VALUE));
}

static void test_a_string_larger_than_memory_allows_stops_the_evaluation(void **state)
{
    struct value half = text("0123456789012345678901234567890123456789");
    (void)state;
    e.limits.memory_bytes = 100000;
    for (int i = 0; i < 40 && !is_null(half); i++)
        half = CALL("string join", LIST(half, half));
    assert_null_value(half);
    assert_int_equal(e.stopped, STOP_MEMORY);
    assert_true(mem.used_bytes < 200000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            test_a_substring_beyond_the_string_gives_null_and_one_too_long_ends_with_it, reset),
        cmocka_unit_test_setup(test_positions_count_code_points_not_bytes, reset),
        cmocka_unit_test_setup(test_the_empty_string_is_found_at_the_beginning, reset),
        cmocka_unit_test_setup(test_every_script_has_its_capitals_without_a_locale, reset),
        cmocka_unit_test_setup(test_bytes_that_are_no_utf_8_do_no_harm, reset),
        cmocka_unit_test_setup(test_strings_are_joined_and_nulls_passed_over, reset),
        cmocka_unit_test_setup(test_a_string_larger_than_memory_allows_stops_the_evaluation, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
