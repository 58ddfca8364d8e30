/* builtin_regex: XPath's patterns, as the standard asks for them, and none of PCRE's own. */
#include "tests/unit/dmn_builtin_steps.h"

#include <string.h>

static const char *matches(const char *input, const char *pattern, const char *flags)
{
    return shown(CALL("matches", text(input), text(pattern), text(flags)));
}

#define assert_matches(input, pattern) assert_string_equal(matches(input, pattern, ""), "true")
#define assert_matches_not(input, pattern) assert_string_equal(matches(input, pattern, ""), "false")
#define assert_no_pattern(pattern) assert_string_equal(matches("abc", pattern, ""), "null")

static void test_what_xpath_does_not_know_is_no_pattern(void **state)
{
    static const char *const patterns[] = {
        "(?=a)",    "(?!a)",
        "(?<=a)",   "(?<n>a)",
        "(?i)a",    "(?>a)",
        "(?#c)",    "a++",
        "a**",      "a{1}{2}",
        "\\b",      "\\A",
        "\\Z",      "\\Qa\\E",
        "\\x41",    "\\cA\\",
        "\\h",      "[[:alpha:]]",
        "a]",       "a}",
        "a{",       "{1}",
        "*a",       "(",
        ")",        "[",
        "[]",       "[^]",
        "[b-a]",    "[a",
        "a{2,1}",   "a{,2}",
        "\\p{Xx}",  "\\p{IsNowhere}",
        "\\p",      "\\p{Lu",
        "[\\d-z]",  "[a-b-c]",
        "a{99999}", "\\",
        "[a-[b]c]", "|*",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++)
        if (strcmp(matches("abc", patterns[i], ""), "null") != 0)
            fail_msg("%s is taken for a pattern", patterns[i]);
}

static void test_a_pattern_matches_a_part_unless_it_is_anchored(void **state)
{
    (void)state;
    assert_matches("foobar", "^fo*b");
    assert_matches("foobar", "oba");
    assert_matches_not("foobar", "^o");
    assert_matches("", "");
    assert_matches("abc", "a|");
    assert_matches_not("foo\n", "foo$");
    assert_string_equal(matches("foo\nbar", "^bar$", "m"), "true");
    assert_string_equal(matches("foo\nbar", "^bar$", ""), "false");
    assert_string_equal(matches("a\n", "a\n^$", "m"), "false");
}

static void test_flags_change_the_meaning_and_unknown_ones_give_null(void **state)
{
    (void)state;
    assert_string_equal(matches("FooBar", "foobar", "i"), "true");
    assert_string_equal(matches("a\nb", "a.b", ""), "false");
    assert_string_equal(matches("a\rb", "a.b", ""), "false");
    assert_string_equal(matches("a\nb", "a.b", "s"), "true");
    assert_string_equal(matches("helloworld", "hello world", "x"), "true");
    assert_string_equal(matches("helloworld", "hello[ ]world", "x"), "false");
    assert_string_equal(matches("hello world", "hello\\ sworld", "x"), "true");
    assert_string_equal(matches("hello world", "\\p{ I s B a s i c L a t i n }+", "x"), "true");
    assert_string_equal(matches("a.b", "a.b", "q"), "true");
    assert_string_equal(matches("axb", "a.b", "q"), "false");
    assert_string_equal(matches("A.B", "a.b", "iq"), "true");
    assert_string_equal(matches("abc", "abc", "g"), "null");
    assert_gives(CALL("matches", text("abc"), text("b"), NULL_VALUE), "true");
    assert_null_value(CALL("matches", NULL_VALUE, text("b")));
    assert_null_value(CALL("matches", text("abc"), NULL_VALUE));
}

static void test_capital_letters_asked_for_stay_capital_when_case_does_not_count(void **state)
{
    (void)state;
    assert_string_equal(matches("q", "[^Q]", "i"), "false");
    assert_string_equal(matches("x", "[A-Z]", "i"), "true");
    assert_string_equal(matches("i", "[A-Z-[OI]]", "i"), "false");
    assert_string_equal(matches("m", "\\p{Lu}", "i"), "false");
    assert_string_equal(matches("Ж", "ж", "i"), "true");
}

static void test_classes_are_subtracted_from_each_other(void **state)
{
    (void)state;
    assert_matches("x", "^[a-z-[aeiou]]$");
    assert_matches_not("e", "^[a-z-[aeiou]]$");
    assert_matches("e", "^[a-z-[aeiou-[e]]]$");
    assert_matches("1", "^[^a-z-[2]]$");
    assert_matches_not("2", "^[^a-z-[2]]$");
    assert_matches("-", "^[-a]$");
    assert_matches("-", "^[a-]$");
    assert_matches("^", "^[a^]$");
    assert_matches_not("-", "^[^-a]$");
}

static void test_escapes_stand_for_sets_of_characters(void **state)
{
    (void)state;
    assert_matches("٣", "^\\d$");
    assert_matches_not("a", "\\d");
    assert_matches("ж$", "^\\w{2}$");
    assert_matches_not("_", "\\w"); /* punctuation */
    assert_matches("$", "^\\w$");   /* a symbol */
    assert_matches_not("\xc2\xa0", "\\s");
    assert_matches("\xc2\xa0", "^\\S$");
    assert_matches("a:b-1", "^\\i\\c*$");
    assert_matches_not("1", "\\i");
    assert_matches("1", "^[\\I]$");
    assert_matches("Ж", "^\\p{IsCyrillic}$");
    assert_matches("Ж", "^\\P{IsBasicLatin}$");
    assert_matches("Ж1", "^[\\p{Lu}\\d]{2}$");
    assert_matches("Ж", "^[^\\p{Ll}]$");
    assert_matches("🐎", "^.$");
    assert_matches("a-z.", "^a\\-z\\.$");
    assert_matches("$1", "\\$1");
}

static void test_only_groups_closed_before_are_referred_to(void **state)
{
    (void)state;
    assert_matches("abab", "^(ab)\\1$");
    assert_matches("aaaaaaaaaaa0", "^(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)\\10"
                                   "0$");
    assert_matches("aa0", "^(a)\\10$");
    assert_matches("b", "^(a)?\\1b$"); /* a group that matched nothing is empty */
    assert_no_pattern("\\1(a)");
    assert_no_pattern("(a\\1)");
    assert_no_pattern("(a)\\2");
    assert_no_pattern("(?:a)\\1");
    assert_no_pattern("(a)[\\1]");
    assert_no_pattern("\\0");
}

static const char *replaced(const char *input, const char *pattern, const char *with)
{
    return shown(CALL("replace", text(input), text(pattern), text(with)));
}

static void test_a_replacement_names_groups_by_dollars(void **state)
{
    (void)state;
    assert_string_equal(replaced("banana", "(an)+", "**"), "\"b**a\"");
    assert_string_equal(replaced("banana", "[aeiouy]", "[$0]"), "\"b[a]n[a]n[a]\"");
    assert_string_equal(replaced("abracadabra", "a(.)", "a$1$1"), "\"abbraccaddabbra\"");
    assert_string_equal(replaced("abcd", "(ab)|(a)", "[1=$1][2=$2]"), "\"[1=ab][2=]cd\"");
    assert_string_equal(replaced("abc", "(b)", "$12"), "\"ab2c\"");
    assert_string_equal(replaced("abc", "b", "$1"), "\"ac\"");
    assert_string_equal(replaced("abc", "b", "\\$1"), "\"a$1c\"");
    assert_string_equal(replaced("AAAA", "A+", "b"), "\"b\"");
    assert_string_equal(replaced("AAAA", "A+?", "b"), "\"bbbb\"");
    assert_string_equal(replaced("darted", "^(.*?)d(.*)$", "$1c$2"), "\"carted\"");
    assert_string_equal(replaced("abc", "x", "y"), "\"abc\"");
    assert_string_equal(replaced("", "x", "y"), "\"\"");
    assert_string_equal(shown(CALL("replace", text("a.b"), text("."), text("$"), text("q"))),
                        "\"a$b\"");
}

static void test_a_pattern_that_matches_nothing_cannot_be_replaced_or_split_at(void **state)
{
    (void)state;
    assert_string_equal(replaced("abc", ".*?", "$1"), "null");
    assert_string_equal(replaced("abc", "x*", "-"), "null");
    assert_string_equal(replaced("abc", "$", "-"), "null");
    assert_null_value(CALL("split", text("abc"), text("")));
    assert_null_value(CALL("split", text("abc"), text("b?")));
}

static void test_a_replacement_that_is_not_valid_gives_null(void **state)
{
    (void)state;
    assert_string_equal(replaced("abc", "b", "$"), "null");
    assert_string_equal(replaced("abc", "b", "$x"), "null");
    assert_string_equal(replaced("abc", "b", "\\"), "null");
    assert_string_equal(replaced("abc", "b", "\\n"), "null");
}

static void test_a_string_is_split_at_every_match(void **state)
{
    (void)state;
    assert_gives(CALL("split", text("John Doe"), text("\\s")), "[\"John\", \"Doe\"]");
    assert_gives(CALL("split", text("a;b;c;;"), text(";")), "[\"a\", \"b\", \"c\", \"\", \"\"]");
    assert_gives(CALL("split", text(""), text(";")), "[\"\"]");
    assert_null_value(CALL("split", text("a"), NULL_VALUE));
}

static void test_a_pattern_that_would_take_forever_is_given_up(void **state)
{
    char *as = arena_alloc(&mem, 200001);
    (void)state;
    memset(as, 'a', 200000);
    e.limits.steps = 200000;
    assert_string_equal(matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "^(a+)+[bc]$",
                                ""),
                        "null");
    assert_int_equal(e.stopped, STOP_STEPS);
    e.stopped = STOP_NOT;
    e.steps = 0;
    assert_string_equal(matches(as, "a.*.*.*[bc]", ""), "null");
    assert_int_equal(e.stopped, STOP_STEPS);
}

static void test_deep_and_long_patterns_are_refused(void **state)
{
    char *deep = arena_alloc(&mem, 100001);
    (void)state;
    memset(deep, '(', 5000);
    assert_string_equal(matches("a", deep, ""), "null");
    memset(deep, 'a', 100000);
    assert_string_equal(matches("a", deep, ""), "null");
    assert_string_equal(matches("a", "(((((a{1000}){1000}){1000}){1000}){1000})", ""), "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_xpath_does_not_know_is_no_pattern, reset),
        cmocka_unit_test_setup(test_a_pattern_matches_a_part_unless_it_is_anchored, reset),
        cmocka_unit_test_setup(test_flags_change_the_meaning_and_unknown_ones_give_null, reset),
        cmocka_unit_test_setup(test_capital_letters_asked_for_stay_capital_when_case_does_not_count,
                               reset),
        cmocka_unit_test_setup(test_classes_are_subtracted_from_each_other, reset),
        cmocka_unit_test_setup(test_escapes_stand_for_sets_of_characters, reset),
        cmocka_unit_test_setup(test_only_groups_closed_before_are_referred_to, reset),
        cmocka_unit_test_setup(test_a_replacement_names_groups_by_dollars, reset),
        cmocka_unit_test_setup(test_a_pattern_that_matches_nothing_cannot_be_replaced_or_split_at,
                               reset),
        cmocka_unit_test_setup(test_a_replacement_that_is_not_valid_gives_null, reset),
        cmocka_unit_test_setup(test_a_string_is_split_at_every_match, reset),
        cmocka_unit_test_setup(test_a_pattern_that_would_take_forever_is_given_up, reset),
        cmocka_unit_test_setup(test_deep_and_long_patterns_are_refused, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
