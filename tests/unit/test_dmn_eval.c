/* The evaluator: operators, conditions, loops, paths, filters, tests and calls, as DMN 1.5 has them in 10.3. */
#include "tests/unit/dmn_feel.h"

static void test_logic_is_decided_by_one_side_where_it_can_be(void **state)
{
    (void)state;
    feel("\"true\" and false", "false");
    feel("0 or true", "true");
    feel("true and null", "null");
    feel("null or false", "null");
    feel("0 and 0", "null");
    feel("true and true", "true");
    feel("false or false", "false");
}

static void test_different_kinds_do_not_compare(void **state)
{
    (void)state;
    feel("100 = \"100\"", "null");
    feel("1 < \"2\"", "null");
    feel("true < false", "null");
    feel("1 = null", "false");
    feel("null = null", "true");
    feel("null < 1", "null");
    feel("1.0 = 1", "true");
    feel("\"a\" < \"b\"", "true");
    feel("[1, 2] = [1, 2]", "true");
    feel("{a: 1} != {a: 2}", "true");
}

static void test_arithmetic_beyond_numbers_is_null(void **state)
{
    (void)state;
    feel("1 / 0", "null");
    feel("10 + null", "null");
    feel("\"a\" - \"b\"", "null");
    feel("true + 1", "null");
    feel("-3 ** 2", "9");
    feel("2 + 3 * 4", "14");
    feel("\"a\" + \"b\"", "\"ab\"");
}

static void test_a_condition_that_is_no_boolean_is_a_fault_but_null_chooses_else(void **state)
{
    (void)state;
    feel("if \"abc\" then 1 else 2", "null");
    feel("if null then 1 else 2", "2");
    feel("if 1 > 2 then 1 else 2", "2");
    feel("if 1 < 2 then 1 else 2", "1");
}

static void test_between_needs_both_ends(void **state)
{
    (void)state;
    feel("2 between null and 10", "null");
    feel("null between 1 and 10", "null");
    feel("11 between null and 10", "false");
    feel("10 between 1 and 10", "true");
    feel("0 between 1 and 10", "false");
}

static void test_in_looks_into_ranges_lists_and_tests(void **state)
{
    (void)state;
    feel("5 in (1, \"a\", 5)", "true");
    feel("5 in [1..5)", "false");
    feel("5 in (< 3, > 4)", "true");
    feel("5 in [1, 5]", "true");
    feel("5 in [[1..2], [4..6]]", "true");
    feel("[1] in [[1], [2]]", "true");
    feel("5 in [\"a\"]", "false");
    feel("5 in (\"a\")", "null");
    feel("null in (null, 1)", "true");
    feel("\"b\" in [\"a\"..\"c\"]", "true");
}

static void test_a_filter_takes_places_from_both_ends(void **state)
{
    (void)state;
    feel("[1, 2, 3][0]", "null");
    feel("[1, 2, 3][4]", "null");
    feel("[1, 2, 3][-1]", "3");
    feel("[1, 2, 3][1]", "1");
    feel("[][1]", "null");
    feel("[1, 2, 3][1.5]", "null");
    feel_with("{i: 2}", "[1, 2, 3][i]", "2");
    feel("100[1]", "100");
    feel("100[2]", "null");
    feel("null[1]", "null");
}

static void test_a_filter_keeps_what_is_true(void **state)
{
    (void)state;
    feel("[1, 2, 3, 4][item > 2]", "[3, 4]");
    feel("[1, null, 3][item > 1]", "[3]");
    feel("[1, 2][\"text\"]", "null");
    feel("5[item > 3]", "[5]");
    feel("[{a: 1, b: 2}, {a: 3}][a > 1]", "[{a: 3}]");
    feel("[{a: 1, b: 2}, {a: 3}][b = 2].a", "[1]");
    feel("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]");
    feel_with("{a: 3}", "[{b: 1}, {a: 4, b: 2}][a = 4]", "[{a: 4, b: 2}]");
    feel_with("{x: [{a: 1}, {a: 2}], y: 2}", "x[a = y]", "[{a: 2}]");
    feel_with("{x: [{a: 1}, {a: 2}]}", "x[count(x) = 2][a > 1]", "[{a: 2}]");
}

static void test_a_path_goes_through_lists(void **state)
{
    (void)state;
    feel("[{a: 1}, {a: 2}, {b: 3}].a", "[1, 2, null]");
    feel("{a: {b: {c: 7}}}.a.b.c", "7");
    feel("{a: 1}.b", "null");
    feel("null.b", "null");
    feel("date(\"2024-02-29\").month", "2");
    feel("[1..5].start included", "true");
}

static void test_loops_run_over_lists_and_ranges_in_both_directions(void **state)
{
    (void)state;
    feel("for i in 1..3 return i * 2", "[2, 4, 6]");
    feel("for i in 3..1 return i", "[3, 2, 1]");
    feel("for i in [1, 2], j in [10, 20] return i + j", "[11, 21, 12, 22]");
    feel("for i in [[1, 2], [3]], j in i return j", "[1, 2, 3]");
    feel("for i in [1..3) return i", "[1, 2]");
    feel("for i in (1..3) return i", "[2]");
    feel("for i in null return i", "null");
    feel("for i in [] return i", "[]");
    feel("for i in 1.5..3 return i", "null");
    feel("for i in \"a\"..\"c\" return i", "null");
    feel("for d in @\"2024-02-28\"..@\"2024-03-01\" return d.day", "[28, 29, 1]");
    feel("for d in @\"2024-03-01\"..@\"2024-02-28\" return d.day", "[1, 29, 28]");
}

static void test_partial_holds_the_results_so_far(void **state)
{
    (void)state;
    feel("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]");
    feel("for i in 1..3 return count(partial)", "[0, 1, 2]");
    feel("for i in 1..3 return partial", "[[], [[]], [[], [[]]]]");
}

static void test_quantifiers_are_long_disjunctions_and_conjunctions(void **state)
{
    (void)state;
    feel("some i in [1, 2, 3] satisfies i > 2", "true");
    feel("some i in [] satisfies true", "false");
    feel("some i in 1..3 satisfies i > 2", "true");
    feel("every i in 3..1 satisfies i > 1", "false");
    feel("every i in [] satisfies false", "true");
    feel("some i in [null, 2] satisfies i > 1", "true");
    feel("some i in [null, 1] satisfies i > 1", "null");
    feel("every i in [null, 2] satisfies i > 1", "null");
    feel("every i in [null, 1] satisfies i > 1", "false");
    feel("some i in [1, 2] satisfies if i = 2 then true else \"no\"", "null");
    feel("every i in [1..3], j in [i..3] satisfies j >= i", "true");
    feel("some i in null satisfies true", "null");
}

static void test_a_context_sees_its_earlier_entries(void **state)
{
    (void)state;
    feel("{a: 1 + 2, b: a + 3}", "{a: 3, b: 6}");
    feel("{a: 1, b: {c: a + 1, d: c * 2}}.b.d", "4");
    feel("{a: 1, a: 2}", "null");
    feel_with("{x: 5}", "{x: x + 1, y: x}", "{x: 6, y: 6}");
}

static void test_functions_close_over_what_surrounds_them(void **state)
{
    (void)state;
    feel("(function(a, b) a + b)(1, 2)", "3");
    feel("{add: function(a) function(b) a + b, r: add(2)(3)}.r", "5");
    feel("{fs: for i in 1..3 return function(x) x * i, r: fs[2](10)}.r", "20");
    feel("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(20)}.r", "2432902008176640000");
    feel("(function(a, b) a - b)(b: 1, a: 10)", "9");
    feel("(function(a, b) a - b)(1)", "null");
    feel("(function(a, b) a - b)(a: 1, c: 2)", "null");
    feel("(function(a, b) a - b)(a: 1, a: 2)", "null");
    feel("(function(a: number) a)(\"x\")", "null");
    feel("(function(a: number) a)([7])", "7");
    feel("(function(a: list<number>) a)(7)", "[7]");
    feel_with("{x: 1}", "x(2)", "null");
}

static void test_built_in_functions_are_values_that_names_can_hide(void **state)
{
    (void)state;
    feel("{f: sum, r: f([1, 2, 3])}.r", "6");
    feel("(function(f, x) f(x))(count, [1, 2])", "2");
    feel_with("{count: 5}", "count + 1", "6");
    feel("sum instance of function", "true");
}

static void test_unary_tests_hold_by_value_range_list_or_condition(void **state)
{
    (void)state;
    feel_tests("5", "-", "true");
    feel_tests("5", "5", "true");
    feel_tests("\"b\"", "\"a\", \"b\"", "true");
    feel_tests("5", "< 5", "false");
    feel_tests("5", "[1..5]", "true");
    feel_tests("5", "not(1, 2)", "true");
    feel_tests("5", "not(< 6)", "false");
    feel_tests("5", "? > 3", "true");
    feel_tests("5", "? > 3 and ? < 5", "false");
    feel_tests("5", "[1, 5]", "true");
    feel_tests("false", "false", "true");
    feel_tests("true", "? = false", "false");
    feel_tests("null", "< 5", "null");
    feel_tests("null", "null", "true");
    feel_tests("5", "\"5\"", "null");
    feel_tests("\"abc\"", "starts with(?, \"a\")", "true");
    feel_tests("5", "function(x) x > 3", "null");
}

static void test_instance_of_looks_at_kinds_and_parts(void **state)
{
    (void)state;
    feel("null instance of Any", "false");
    feel("null instance of Null", "true");
    feel("1 instance of Any", "true");
    feel("[1, 2] instance of list<number>", "true");
    feel("[1, \"2\"] instance of list<number>", "false");
    feel("1 instance of list<number>", "false");
    feel("{a: 1} instance of context<a: number>", "true");
    feel("{a: 1} instance of context<a: number, b: number>", "false");
    feel("{a: null} instance of context<a: string>", "true");
    feel("[1..5] instance of range<number>", "true");
    feel("[1..5] instance of range<string>", "false");
    feel("(function() \"foo\") instance of function<>->string", "true");
    feel("(function() \"foo\") instance of function<>->number", "false");
    feel("(function(a: number) a) instance of function<number>->Any", "true");
    feel("(function(a: number) a) instance of function<string>->Any", "false");
    feel("(function(a) a) instance of function<string>->Any", "true");
}

static void test_nothing_runs_for_ever(void **state)
{
    (void)state;
    feel("{f: function(n) f(n + 1), r: f(1)}.r", "null");
    feel("count(for i in 1..1000000000 return i)", "null");
    feel("every i in [1..1000000000] satisfies true", "null");
    feel("for i in 1..100000, j in 1..100000 return 1", "null");
    feel("for i in 1..99 return if i = 1 then \"ab\" else partial[-1] + partial[-1]", "null");
    feel("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(100)}.r", "null");
    feel("every i in [1..100000000] satisfies 1.1 ** i != 2", "null");
    feel("{a: for i in 1..60 return partial, b: for i in 1..60 return partial, "
         "r: every x in [1..1000000] satisfies (a = b) = null}.r",
         "null");
}

static void test_a_limit_reached_is_told_and_everything_is_null(void **state)
{
    (void)state;
    struct feel t;
    feel_open(&t);
    t.eval.limits.steps = 100;
    assert_non_null(feel_resolve(&t, "5 in (count(for i in 1..1000 return i), 5)", false));
    assert_true(is_null(eval_node(&t.eval, t.node, &t.frame)));
    assert_int_equal(t.eval.stopped, STOP_STEPS);
    assert_int_equal(t.eval.depth, 0);
    feel_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logic_is_decided_by_one_side_where_it_can_be),
        cmocka_unit_test(test_different_kinds_do_not_compare),
        cmocka_unit_test(test_arithmetic_beyond_numbers_is_null),
        cmocka_unit_test(test_a_condition_that_is_no_boolean_is_a_fault_but_null_chooses_else),
        cmocka_unit_test(test_between_needs_both_ends),
        cmocka_unit_test(test_in_looks_into_ranges_lists_and_tests),
        cmocka_unit_test(test_a_filter_takes_places_from_both_ends),
        cmocka_unit_test(test_a_filter_keeps_what_is_true),
        cmocka_unit_test(test_a_path_goes_through_lists),
        cmocka_unit_test(test_loops_run_over_lists_and_ranges_in_both_directions),
        cmocka_unit_test(test_partial_holds_the_results_so_far),
        cmocka_unit_test(test_quantifiers_are_long_disjunctions_and_conjunctions),
        cmocka_unit_test(test_a_context_sees_its_earlier_entries),
        cmocka_unit_test(test_functions_close_over_what_surrounds_them),
        cmocka_unit_test(test_built_in_functions_are_values_that_names_can_hide),
        cmocka_unit_test(test_unary_tests_hold_by_value_range_list_or_condition),
        cmocka_unit_test(test_instance_of_looks_at_kinds_and_parts),
        cmocka_unit_test(test_nothing_runs_for_ever),
        cmocka_unit_test(test_a_limit_reached_is_told_and_everything_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
