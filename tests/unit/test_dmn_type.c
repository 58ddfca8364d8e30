/* Types: conformance, how they are written, and what happens to a value where a type is wanted. */
#include "tests/unit/dmn_feel.h"

static const struct field ab[] = {{{"a", 1}, &type_number}, {{"b", 1}, &type_string}};
static const struct type wide = {.kind = TYPE_CONTEXT, .fields = ab, .field_count = 1};
static const struct type narrow = {.kind = TYPE_CONTEXT, .fields = ab, .field_count = 2};
static const struct type numbers = {.kind = TYPE_LIST, .element = &type_number};
static const struct type number_to_string = {.kind = TYPE_FUNCTION,
                                             .fields = ab,
                                             .field_count = 1,
                                             .element = &type_string};
static const struct field any_field[] = {{{"x", 1}, &type_any}};
static const struct type any_to_string = {.kind = TYPE_FUNCTION,
                                          .fields = any_field,
                                          .field_count = 1,
                                          .element = &type_string};

static void test_a_context_with_more_fields_conforms_to_one_with_fewer(void **state)
{
    (void)state;
    assert_false(type_conforms(&wide, &narrow));
    assert_true(type_conforms(&narrow, &wide));
    assert_true(type_conforms(&narrow, &type_any_context));
    assert_true(type_conforms(&type_null, &narrow));
    assert_true(type_conforms(&narrow, &type_any));
    assert_false(type_conforms(&type_any, &narrow));
}

static void test_a_function_conforms_if_it_takes_more_and_gives_less(void **state)
{
    (void)state;
    assert_false(type_conforms(&number_to_string, &any_to_string));
    assert_true(type_conforms(&any_to_string, &number_to_string));
    assert_true(type_conforms(&number_to_string, &type_any_function));
}

static void test_lists_conform_by_their_elements(void **state)
{
    (void)state;
    assert_false(type_conforms(&type_any_list, &numbers));
    assert_true(type_conforms(&numbers, &type_any_list));
    assert_false(type_conforms(&numbers, &type_number));
}

static void written(const struct type *t, const char *expected)
{
    struct buf b = {0};
    type_write(&b, t);
    assert_true(str_eq(buf_view(&b), str_of(expected)));
    buf_done(&b);
}

static void test_a_type_is_written_as_in_an_expression(void **state)
{
    (void)state;
    written(&numbers, "list<number>");
    written(&narrow, "context<a: number, b: string>");
    written(&number_to_string, "function<number> -> string");
    written(&type_any_list, "list");
    written(&type_months, "years and months duration");
}

static void test_every_name_of_a_type_is_known(void **state)
{
    (void)state;
    assert_null(type_builtin(STR("integer")));
    assert_ptr_equal(type_builtin(STR("dateTime")), &type_date_time);
    assert_ptr_equal(type_builtin(STR("date and time")), &type_date_time);
    assert_ptr_equal(type_builtin(STR("yearMonthDuration")), &type_months);
    assert_ptr_equal(type_builtin(STR("days and time duration")), &type_days);
    assert_ptr_equal(type_builtin(STR("Any")), &type_any);
}

static void coerced(const char *source, const struct type *t, const char *expected)
{
    struct feel f;
    feel_open(&f);
    assert_non_null(feel_resolve(&f, source, false));
    struct value v = eval_node(&f.eval, f.node, &f.frame);
    feel_compare(&f, source, type_coerce(&f.eval, t, v), expected);
    feel_close(&f);
}

static void test_what_does_not_fit_becomes_null(void **state)
{
    (void)state;
    coerced("\"1\"", &type_number, "null");
    coerced("[1, \"2\"]", &numbers, "null");
    coerced("[1, 2]", &type_number, "null");
    coerced("{a: \"x\"}", &wide, "null");
    coerced("null", &numbers, "null");
    coerced("date(\"2024-01-01\")", &type_time, "null");
}

static void test_a_singleton_and_its_element_stand_for_each_other(void **state)
{
    (void)state;
    coerced("[1]", &type_number, "1");
    coerced("1", &numbers, "[1]");
    coerced("[\"a\"]", &type_number, "null");
    coerced("\"a\"", &numbers, "null");
    coerced("[]", &numbers, "[]");
    coerced("[1, null]", &numbers, "[1, null]");
}

static void test_a_date_becomes_its_midnight_in_utc(void **state)
{
    (void)state;
    coerced("string(date(\"2024-01-01\"))", &type_string, "\"2024-01-01\"");
    coerced("date(\"2024-01-01\")", &type_date_time, "date and time(\"2024-01-01T00:00:00Z\")");
}

static void test_a_missing_field_is_null_at_a_boundary(void **state)
{
    (void)state;
    coerced("{a: 1}", &narrow, "{a: 1}");
    coerced("{a: 1, b: \"x\", c: true}", &narrow, "{a: 1, b: \"x\", c: true}");
}

/* An item definition: a number from 1 to 5, and a list of them of at most two. */
static void test_allowed_values_hold_at_a_boundary_and_not_in_instance_of(void **state)
{
    (void)state;
    struct feel t;
    feel_open(&t);
    struct type grade = {.kind = TYPE_NUMBER, .name = {"tGrade", 6}};
    grade.allowed = feel_resolve(&t, "[1..5]", true);
    struct type grades = {.kind = TYPE_LIST, .element = &grade, .name = {"tGrades", 7}};
    grades.constraint = feel_resolve(&t, "count(?) < 3", true);
    coerced("6", &grade, "null");
    coerced("5", &grade, "5");
    coerced("[1, 6]", &grades, "null");
    coerced("[1, 2, 3]", &grades, "null");
    coerced("[1, 2]", &grades, "[1, 2]");
    coerced("3", &grades, "[3]");
    assert_true(type_holds(&t.eval, &grade, value_i64(6)));
    struct type fine = {.kind = TYPE_NUMBER, .base = &grade};
    coerced("7", &fine, "null");
    feel_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_context_with_more_fields_conforms_to_one_with_fewer),
        cmocka_unit_test(test_a_function_conforms_if_it_takes_more_and_gives_less),
        cmocka_unit_test(test_lists_conform_by_their_elements),
        cmocka_unit_test(test_a_type_is_written_as_in_an_expression),
        cmocka_unit_test(test_every_name_of_a_type_is_known),
        cmocka_unit_test(test_what_does_not_fit_becomes_null),
        cmocka_unit_test(test_a_singleton_and_its_element_stand_for_each_other),
        cmocka_unit_test(test_a_date_becomes_its_midnight_in_utc),
        cmocka_unit_test(test_a_missing_field_is_null_at_a_boundary),
        cmocka_unit_test(test_allowed_values_hold_at_a_boundary_and_not_in_instance_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
