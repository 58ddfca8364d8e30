/* lex: tokens, blanks, comments, escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/buf.h"
#include "common/dmn/lex.h"

/* The tokens of a text, each between bars; a bad one is followed by its complaint. */
static const char *tokens(struct arena *a, const char *text)
{
    struct str s = str_of(text);
    struct buf b = {.arena = a};
    for (struct token t = lex_next(s, 0); t.kind != T_END; t = lex_next(s, t.end)) {
        buf_char(&b, '|');
        buf_add(&b, text + t.at, t.end - t.at);
        if (t.kind == T_BAD) {
            buf_fmt(&b, " !%s", t.complaint);
            break;
        }
    }
    buf_add(&b, "|", 2);
    return b.ptr;
}

static void test_a_text_is_cut_where_the_grammar_says(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"1..10", "|1|..|10|"},
        {"1...5", "|1|..|.5|"},
        {"1.5e3..2", "|1.5e3|..|2|"},
        {"1e", "|1|e|"},
        {"1.e5", "|1|.|e5|"},
        {".5", "|.5|"},
        {"1e+10 1E-3", "|1e+10|1E-3|"},
        {"a.b", "|a|.|b|"},
        {"a..b", "|a|..|b|"},
        {"a**-b", "|a|**|-|b|"},
        {"a->b", "|a|->|b|"},
        {"<=x>=y", "|<=|x|>=|y|"},
        {"function<>->Any", "|function|<|>|->|Any|"},
        {"1/*+1*/+1//end", "|1|+|1|"},
        {"1//a\n+2", "|1|+|2|"},
        {"/**/1", "|1|"},
        {"a\xc2\xa0\xe2\x80\x83\xef\xbb\xbf"
         "b",
         "|a|b|"},
        {"\xf0\x9f\x90\x8e:1", "|\xf0\x9f\x90\x8e|:|1|"},
        {"stra\xc3\x9f"
         "e-1",
         "|stra\xc3\x9f"
         "e|-|1|"},
        {"\"a\\\"b\"+\"c\"", "|\"a\\\"b\"|+|\"c\"|"},
        {"\"\\\\\"x", "|\"\\\\\"|x|"},
        {"? > 5", "|?|>|5|"},
        {"raining?", "|raining?|"},
        {"@\"P1D\"", "|@|\"P1D\"|"},
        {"", "|"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(tokens(&a, cases[i].text), cases[i].want);
    arena_done(&a);
}

static void test_habits_of_other_languages_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"a == 1", "equality is a single '='"},
        {"a && b", "write 'and'"},
        {"a || b", "write 'or'"},
        {"a => b", "write '>='"},
        {"a % b", "modulo(a, b)"},
        {"a ^ b", "'**'"},
        {"!a", "not(...)"},
        {"\xe2\x80\x9cquoted\xe2\x80\x9d", "straight quotes"},
        {"a \xe2\x89\xa4 b", "'<='"},
        {"a \xe2\x88\x92 b", "not the minus sign"},
        {"\"abc", "never ends"},
        {"\"abc\\\"", "never ends"},
        {"1 /* abc", "the comment that begins here never ends"},
        {"1 /*/", "the comment that begins here never ends"},
        {"$a", "no meaning"},
        {"\xff", "no meaning"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_non_null(strstr(tokens(&a, cases[i].text), cases[i].part));
    arena_done(&a);
}

static void test_escapes_say_what_the_standard_says(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"\"\"", ""},
        {"\"plain\"", "plain"},
        {"\"a\\nb\\tc\\rd\"", "a\nb\tc\rd"},
        {"\"\\\"\\'\\\\\"", "\"'\\"},
        {"\"\\u0041\\u00e9\"", "A\xc3\xa9"},
        {"\"\\U01F40E\"", "\xf0\x9f\x90\x8e"},
        {"\"\\ud83d\\uDC0E\"", "\xf0\x9f\x90\x8e"},
        {"\"\\uD83D\"", "\xef\xbf\xbd"},
        {"\"\\uD83Dx\"", "\xef\xbf\xbdx"},
        {"\"\\uD83D\\u0041\"", "\xef\xbf\xbd"
                               "A"},
        {"\"\\UFFFFFF\"", "\xef\xbf\xbd"},
        {"\"\\\\u0041\"", "\\u0041"},
        {"\"\\d+\"", "\\d+"},
        {"\"\\u12\"", "\\u12"},
        {"\"\\U12345\"", "\\U12345"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str got = lex_unquote(&a, str_of(cases[i].text));
        assert_int_equal(got.len, strlen(cases[i].want));
        assert_memory_equal(got.ptr, cases[i].want, got.len);
    }
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_is_cut_where_the_grammar_says),
        cmocka_unit_test(test_habits_of_other_languages_are_named),
        cmocka_unit_test(test_escapes_say_what_the_standard_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
