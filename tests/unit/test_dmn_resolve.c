/* The resolver: what a rule author is told before anything is evaluated, and what is computed at load. */
#include "tests/unit/dmn_feel.h"

static void test_an_unknown_name_is_refused_with_the_nearest_one(void **state)
{
    (void)state;
    feel_refused("{Applicant: 1}", "Aplicant + 1", "did you mean 'Applicant'");
    feel_refused(NULL, "cuont([1])", "did you mean 'count'");
    feel_refused(NULL, "xyzzyx", "the name 'xyzzyx' is not known here");
    feel_refused("{person: {age: 1, name: \"x\"}}", "person.agee", "did you mean 'age'");
    feel_refused("{people: [{age: 1}]}", "people[agee > 1]", "did you mean 'age'");
    feel_refused(NULL, "? + 1", "there is none here");
}

static void test_comparing_different_types_is_refused(void **state)
{
    (void)state;
    feel_refused("{age: 1}", "age = \"18\"", "a number is compared with a string");
    feel_refused("{age: 1}", "age < \"18\"", "a number is compared with a string");
    feel_refused("{ok: true}", "ok > false", "cannot be smaller or larger");
    feel_refused("{age: 1}", "age between \"a\" and \"b\"", "compared");
    feel_refused("{age: 1}", "age in (\"a\", \"b\")", "compared");
    feel_refused("{age: 1}", "age in [\"a\"..\"b\"]", "compared");
}

static void test_arithmetic_on_what_is_no_number_is_refused(void **state)
{
    (void)state;
    feel_refused("{ok: true}", "ok + 1", "'+' cannot be used with a boolean");
    feel_refused("{x: \"a\"}", "x * 2", "'*' cannot be used with a string");
    feel_refused("{x: \"a\"}", "x + 2", "'+' is not defined between a string and a number");
    feel_refused("{x: \"a\"}", "-x", "'-' cannot be used with a string");
    feel_refused("{d: date(\"2024-01-01\")}", "d + 1", "not defined between a date and a number");
}

static void test_a_condition_must_be_a_condition(void **state)
{
    (void)state;
    feel_refused("{x: 1}", "if x then 1 else 2", "the condition of 'if' must be true or false");
    feel_refused("{x: 1}", "x and true", "each side of 'and'");
    feel_refused("{x: [1]}", "some i in x satisfies i", "after 'satisfies'");
    feel_refused("{x: [1]}", "x[\"a\"]", "a filter is a condition or a position");
}

static void test_a_call_must_fit_its_function(void **state)
{
    (void)state;
    feel_refused("{x: 1}", "x(2)", "is no function");
    feel_refused(NULL, "sqrt(1, 2)", "takes another number of arguments: sqrt(number: number)");
    feel_refused(NULL, "sqrt(n: 1)", "has no parameter of that name");
    feel_refused("{x: \"a\"}", "sqrt(x)", "takes arguments of other types");
    feel_refused(NULL, "(function(a, b) a)(1)", "the function takes 2 arguments, not 1");
    feel_refused(NULL, "(function(amount) amount)(amout: 1)", "did you mean 'amount'");
    feel_refused(NULL, "(function(a: number, b) a)(b: 1, a: \"x\")", "a string is given");
    feel_refused(NULL, "(function(a: number) a)(\"x\")",
                 "a string is given where a number is wanted");
}

static void test_a_type_must_be_known(void **state)
{
    (void)state;
    feel_refused(NULL, "1 instance of Numbr", "the type 'Numbr' is not known");
    feel_refused(NULL, "function(a: Numbr) a", "the type 'Numbr' is not known");
    feel_refused(NULL, "1 instance of list<Numbr>", "the type 'Numbr' is not known");
}

static void test_an_entry_stands_once_in_a_context(void **state)
{
    (void)state;
    feel_refused(NULL, "{a: 1, a: 2}", "the entry 'a' is there twice");
}

static void test_what_may_be_right_is_taken(void **state)
{
    (void)state;
    struct feel t;
    feel_open(&t);
    t.strict = true;
    feel_name(&t, STR("anything"), &type_any, NULL_VALUE);
    feel_name(&t, STR("number"), &type_number, NULL_VALUE);
    static const char *const texts[] = {
        "anything + 1",
        "anything.part > 3",
        "number = null",
        "anything[x = 1].y",
        "if anything then 1 else \"a\"",
        "number in (1, [2..3], [4, 5], > 6)",
        "sum(1, 2, number)",
        "sum([1, 2])",
        "count(number)",
        "for i in 1..number return i + count(partial)",
        "(function(d: date and time) d)(date(\"2024-01-01\"))",
        "{f: function(n) if n = 0 then 1 else f(n - 1), r: f(3)}.r",
        "date(\"2024-01-01\") < date and time(\"2024-01-01T00:00:00\")",
        "[{a: 1}, {b: 2}][b = 2]",
    };
    for (size_t i = 0; i < COUNT(texts); i++)
        if (feel_resolve(&t, texts[i], false) == NULL)
            fail_msg("%s: %.*s", texts[i], STR_ARG(t.findings.items[0].sentence));
    feel_close(&t);
}

static enum node_kind kind_of(struct feel *t, const char *text)
{
    struct node *n = feel_resolve(t, text, false);
    assert_non_null(n);
    return n->kind;
}

static void test_constants_are_computed_at_load_but_not_the_clock(void **state)
{
    (void)state;
    struct feel t;
    feel_open(&t);
    feel_name(&t, STR("x"), &type_number, value_i64(1));
    assert_int_equal(kind_of(&t, "today()"), NODE_CALL);
    assert_int_equal(kind_of(&t, "now()"), NODE_CALL);
    assert_int_equal(kind_of(&t, "1 / 0"), NODE_BINARY); /* null: the evaluation says why */
    assert_int_equal(kind_of(&t, "x + 1"), NODE_BINARY);
    assert_int_equal(kind_of(&t, "2 * 3 + 4"), NODE_CONST);
    assert_int_equal(kind_of(&t, "[1, 2 + 3, {a: \"b\"}]"), NODE_CONST);
    assert_int_equal(kind_of(&t, "date(\"2024-02-29\")"), NODE_CONST);
    assert_int_equal(kind_of(&t, "[1..10]"), NODE_CONST);
    assert_int_equal(kind_of(&t, "upper case(\"a\") = \"A\""), NODE_CONST);
    feel_close(&t);
}

static void test_a_lenient_load_warns_and_gives_null(void **state)
{
    (void)state;
    struct feel t;
    feel_open(&t);
    assert_non_null(feel_resolve(&t, "missing + 1", false));
    assert_int_equal(t.findings.errors, 0);
    assert_int_equal(t.findings.warnings, 1);
    assert_int_equal(eval_node(&t.eval, t.node, &t.frame).kind, VALUE_NULL);
    feel_close(&t);
}

static void test_an_expression_too_deep_is_refused(void **state)
{
    (void)state;
    struct feel t;
    feel_open(&t);
    struct node *n = node_new(&t.arena, NODE_CONST, 0);
    for (size_t i = 0; i < 100000; i++) {
        struct node *outer = node_new(&t.arena, NODE_NEGATE, 0);
        outer->items = arena_alloc(&t.arena, sizeof(struct node *));
        outer->items[0] = n;
        outer->count = 1;
        n = outer;
    }
    struct resolver r = {.arena = &t.arena, .findings = &t.findings, .lenient = true};
    assert_null(resolve(&r, n, &t.scope));
    assert_true(str_eq(t.findings.items[0].code, STR("limit")));
    feel_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_unknown_name_is_refused_with_the_nearest_one),
        cmocka_unit_test(test_comparing_different_types_is_refused),
        cmocka_unit_test(test_arithmetic_on_what_is_no_number_is_refused),
        cmocka_unit_test(test_a_condition_must_be_a_condition),
        cmocka_unit_test(test_a_call_must_fit_its_function),
        cmocka_unit_test(test_a_type_must_be_known),
        cmocka_unit_test(test_an_entry_stands_once_in_a_context),
        cmocka_unit_test(test_what_may_be_right_is_taken),
        cmocka_unit_test(test_constants_are_computed_at_load_but_not_the_clock),
        cmocka_unit_test(test_a_lenient_load_warns_and_gives_null),
        cmocka_unit_test(test_an_expression_too_deep_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
