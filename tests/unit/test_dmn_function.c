/* Calling: arguments by position and by name, their coercion, and which function may stand for which. */
#include "tests/unit/dmn_feel.h"

static void test_an_argument_that_does_not_fit_makes_the_call_null(void **state)
{
    (void)state;
    feel("(function(a: number) a)(\"x\")", "null");
    feel("(function(a: number) a = null)(\"x\")", "null");
    feel("(function(a: number) [a])([1, 2])", "null");
    feel("(function(a: number) 1)(null)", "1");
    feel("(function(a: list<number>) a)([\"x\"])", "null");
    feel("(function(a: context<b: number>) a.b)({b: 3})", "3");
    feel("(function(a: context<b: number>) 1)({b: \"x\"})", "null");
}

static void test_singletons_and_dates_are_coerced_to_the_parameters_type(void **state)
{
    (void)state;
    feel("(function(a: string) a)([\"x\"])", "\"x\"");
    feel("(function(a: list<string>) a)(\"x\")", "[\"x\"]");
    feel("(function(a: date and time) a.hour)(date(\"2024-01-01\"))", "0");
}

static void test_names_must_be_all_the_parameters_once(void **state)
{
    (void)state;
    feel("(function(a, b) a - b)(b: 1, a: 3)", "2");
    feel("(function(a, b) a - b)(a: 3)", "null");
    feel("(function(a, b) a - b)(a: 3, a: 4)", "null");
    feel("(function(a, b) a - b)(a: 3, c: 4)", "null");
    feel("(function(long name) long name + 1)(long name: 3)", "4");
}

static void test_only_functions_are_called(void **state)
{
    (void)state;
    feel_with("{x: 1}", "x(1)", "null");
    feel("null(1)", "null");
    feel("{f: \"f\", r: f()}.r", "null");
}

static void test_more_arguments_than_fit_on_the_stack_are_handed_over(void **state)
{
    (void)state;
    feel("(function(a, b, c, d, e, f, g, h, i, j) j - a)(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "9");
    feel("max(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)", "10");
}

static void test_functions_are_handed_to_functions(void **state)
{
    (void)state;
    feel("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]");
    feel("(function(f: function<number> -> number, x) f(x))(function(a: number) a + 1, 1)", "2");
    feel("(function(f: function<number> -> number, x) f(x))(function(a: string) 1, 1)", "null");
    feel("(function(f: function<number> -> number, x) f(x))(function(a, b) 1, 1)", "null");
    feel("(function(f: function<number> -> string, x) f(x))(function(a: number) 1, 1)", "null");
    feel("(function(f: function<number> -> number, x) f(x))(abs, -1)", "1");
}

static void test_a_closure_keeps_the_frame_it_was_made_in(void **state)
{
    (void)state;
    feel("{make: function(n) {get: function() n, more: function() make(n + 1)}, "
         "r: make(1).more().more().get()}.r",
         "3");
    feel("(for i in [1, 2, 3] return {f: function() i}).f[1]()", "1");
    feel("[1, 2, 3][(function(x) x > 1)(item)]", "[2, 3]");
    feel("{a: for i in 1..2, j in 1..2 return function() i * 10 + j, r: for f in a return f()}.r",
         "[11, 12, 21, 22]");
}

static void test_what_is_written_in_another_language_gives_null(void **state)
{
    (void)state;
    feel("(function(a) external {java: {class: \"java.lang.Math\", method signature: "
         "\"abs(int)\"}})(1)",
         "null");
}

static void test_recursion_ends_in_null_and_not_in_a_crash(void **state)
{
    (void)state;
    feel("{f: function(n) if n = 0 then 0 else 1 + f(n - 1), r: f(100)}.r", "100");
    feel("{f: function(n) f(n), r: f(1)}.r", "null");
    feel("{f: function(n) sort([1, 2], function(x, y) f(n) > 1), r: f(1)}.r", "null");
    feel("{f: function(n) [1, 2][f(item) > 1], r: f(1)}.r", "null");
    feel("{f: function(n) every i in [1] satisfies f(i), r: f(1)}.r", "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_argument_that_does_not_fit_makes_the_call_null),
        cmocka_unit_test(test_singletons_and_dates_are_coerced_to_the_parameters_type),
        cmocka_unit_test(test_names_must_be_all_the_parameters_once),
        cmocka_unit_test(test_only_functions_are_called),
        cmocka_unit_test(test_more_arguments_than_fit_on_the_stack_are_handed_over),
        cmocka_unit_test(test_functions_are_handed_to_functions),
        cmocka_unit_test(test_a_closure_keeps_the_frame_it_was_made_in),
        cmocka_unit_test(test_what_is_written_in_another_language_gives_null),
        cmocka_unit_test(test_recursion_ends_in_null_and_not_in_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
