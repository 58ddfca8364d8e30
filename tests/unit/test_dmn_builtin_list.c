/* builtin_list, builtin_sets, builtin_boolean: lists, and lists of truth values. */
#include "common/dmn/function.h"
#include "tests/unit/dmn_builtin_steps.h"

#define NUMBERS LIST(num("1"), num("2"), num("3"))

static void test_null_is_an_element_like_others(void **state)
{
    (void)state;
    assert_gives(CALL("list contains", LIST(num("1"), NULL_VALUE), NULL_VALUE), "true");
    assert_gives(CALL("list contains", NUMBERS, NULL_VALUE), "false");
    assert_gives(CALL("index of", LIST(NULL_VALUE, num("1"), NULL_VALUE), NULL_VALUE), "[1, 3]");
    assert_gives(CALL("append", NUMBERS, NULL_VALUE), "[1, 2, 3, null]");
    assert_gives(CALL("distinct values", LIST(num("1"), NULL_VALUE, NULL_VALUE)), "[1, null]");
    assert_gives(CALL("count", LIST(NULL_VALUE)), "1");
    assert_null_value(CALL("list contains", NULL_VALUE, num("1")));
}

static void test_a_position_that_is_not_there_gives_null(void **state)
{
    (void)state;
    assert_null_value(CALL("remove", NUMBERS, num("0")));
    assert_null_value(CALL("remove", NUMBERS, num("4")));
    assert_null_value(CALL("remove", NUMBERS, num("-4")));
    assert_null_value(CALL("insert before", EMPTY, num("1"), num("5")));
    assert_null_value(CALL("list replace", NUMBERS, num("4"), num("5")));
    assert_null_value(CALL("sublist", NUMBERS, num("0")));
    assert_null_value(CALL("sublist", NUMBERS, num("4")));
    assert_null_value(CALL("remove", NUMBERS, num("1e40")));
}

static void test_positions_count_from_either_end(void **state)
{
    (void)state;
    assert_gives(CALL("remove", NUMBERS, num("-1")), "[1, 2]");
    assert_gives(CALL("insert before", NUMBERS, num("1"), num("9")), "[9, 1, 2, 3]");
    assert_gives(CALL("insert before", NUMBERS, num("-1"), NULL_VALUE), "[1, 2, null, 3]");
    assert_gives(CALL("list replace", NUMBERS, num("-2"), num("9")), "[1, 9, 3]");
    assert_gives(CALL("sublist", NUMBERS, num("-2")), "[2, 3]");
    assert_gives(CALL("sublist", NUMBERS, num("-2"), num("1")), "[2]");
    assert_gives(CALL("sublist", NUMBERS, num("1"), num("2")), "[1, 2]");
    assert_null_value(CALL("sublist", NUMBERS, num("1"), num("-2")));
}

static struct value below(struct eval *ev, const void *object, const struct value *args,
                          size_t count)
{
    (void)ev, (void)object, (void)count;
    return value_bool(number_cmp(args[0].number, args[1].number) < 0);
}

static struct value undecided(struct eval *ev, const void *object, const struct value *args,
                              size_t count)
{
    (void)ev, (void)object, (void)args, (void)count;
    return NULL_VALUE;
}

static struct value function_of(native_fn native, size_t parameters)
{
    struct parameter *both = arena_array(&mem, 2, sizeof *both);
    both[0] = (struct parameter){STR("x"), &type_any};
    both[1] = (struct parameter){STR("y"), &type_any};
    struct function *f = arena_alloc(&mem, sizeof *f);
    *f = (struct function){.native = native, .parameters = both, .parameter_count = parameters};
    return (struct value){.kind = VALUE_FUNCTION, .function = f};
}

static void test_elements_are_replaced_where_a_function_says_so(void **state)
{
    (void)state;
    assert_gives(CALL("list replace", NUMBERS, function_of(below, 2), num("3")), "[3, 3, 3]");
    assert_gives(CALL("list replace", EMPTY, function_of(below, 2), num("3")), "[]");
    assert_null_value(CALL("list replace", NUMBERS, function_of(below, 1), num("3")));
    assert_null_value(CALL("list replace", NUMBERS, function_of(undecided, 2), num("3")));
}

static void test_sorting_is_stable_and_needs_a_truth_value_for_every_pair(void **state)
{
    struct value many[1000];
    (void)state;
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = value_i64((int64_t)(i * 7919 % 1009));
    struct value sorted =
        call_with("sort", NULL, VALUES(value_list(&mem, many, COUNT(many)), function_of(below, 2)),
                  2);
    assert_int_equal(sorted.list->count, COUNT(many));
    for (size_t i = 1; i < COUNT(many); i++)
        assert_true(number_cmp(sorted.list->items[i - 1].number, sorted.list->items[i].number) < 0);
    assert_gives(CALL("sort", LIST(num("2"), num("1.0"), num("1"), num("1.00")),
                      function_of(below, 2)),
                 "[1, 1, 1, 2]");
    assert_gives(CALL("sort", EMPTY, function_of(undecided, 2)), "[]");
    assert_null_value(CALL("sort", NUMBERS, function_of(undecided, 2)));
    assert_null_value(CALL("sort", NUMBERS, NULL_VALUE));
}

static void test_lists_are_put_together_and_turned_round(void **state)
{
    (void)state;
    assert_gives(CALL("concatenate", NUMBERS, LIST(num("3")), EMPTY), "[1, 2, 3, 3]");
    assert_gives(CALL("concatenate", NUMBERS, num("3")), "[1, 2, 3, 3]");
    assert_null_value(CALL("concatenate", NUMBERS, NULL_VALUE));
    assert_gives(CALL("append", NUMBERS, LIST(num("3")), num("4")), "[1, 2, 3, [3], 4]");
    assert_gives(CALL("reverse", NUMBERS), "[3, 2, 1]");
    assert_gives(CALL("reverse", EMPTY), "[]");
}

static void test_doubles_go_and_the_first_stays(void **state)
{
    (void)state;
    assert_gives(CALL("union", NUMBERS, LIST(num("3.0"), num("4"), text("3"))),
                 "[1, 2, 3, 4, \"3\"]");
    assert_gives(CALL("distinct values", LIST(NUMBERS, NUMBERS, EMPTY, yes(), yes())),
                 "[[1, 2, 3], [], true]");
    assert_gives(CALL("distinct values", LIST(at("P1Y"), at("P12M"), at("P1D"))),
                 "[duration(\"P1Y\"), duration(\"P1D\")]");
}

static void test_nesting_of_any_depth_is_flattened(void **state)
{
    struct value nested = num("1");
    (void)state;
    for (int i = 0; i < 100000; i++)
        nested = value_list(&mem, VALUES(nested), 1);
    assert_gives(CALL("flatten", LIST(nested, EMPTY, LIST(num("2"), NULL_VALUE))), "[1, 2, null]");
    assert_gives(CALL("flatten", num("5")), "[5]");
}

static void test_one_truth_value_decides_for_many_where_it_can(void **state)
{
    (void)state;
    assert_gives(CALL("all", LIST(yes(), NULL_VALUE, no())), "false");
    assert_null_value(CALL("all", LIST(yes(), NULL_VALUE)));
    assert_null_value(CALL("all", yes(), num("123")));
    assert_gives(CALL("all", EMPTY), "true");
    assert_gives(CALL("any", LIST(no(), NULL_VALUE, yes())), "true");
    assert_null_value(CALL("any", LIST(no(), NULL_VALUE)));
    assert_gives(CALL("any", EMPTY), "false");
    assert_null_value(CALL("any", NULL_VALUE));
    assert_gives(CALL("not", no()), "true");
    assert_null_value(CALL("not", NULL_VALUE));
}

static void test_a_list_larger_than_memory_allows_stops_the_evaluation(void **state)
{
    struct value list = NUMBERS;
    (void)state;
    e.limits.memory_bytes = 1000000;
    for (int i = 0; i < 60 && !is_null(list); i++)
        list = CALL("concatenate", list, list);
    assert_null_value(list);
    assert_int_equal(e.stopped, STOP_MEMORY);
}

static void test_distinct_values_of_many_lists_run_into_the_limit_on_steps(void **state)
{
    enum { MANY = 5000 };
    struct value *items = arena_array(&mem, MANY, sizeof *items);
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        items[i] = value_list(&mem, VALUES(value_i64((int64_t)i)), 1);
    e.limits.steps = 100000;
    assert_null_value(call_with("distinct values", NULL, VALUES(value_list(&mem, items, MANY)), 1));
    assert_int_equal(e.stopped, STOP_STEPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_null_is_an_element_like_others, reset),
        cmocka_unit_test_setup(test_a_position_that_is_not_there_gives_null, reset),
        cmocka_unit_test_setup(test_positions_count_from_either_end, reset),
        cmocka_unit_test_setup(test_elements_are_replaced_where_a_function_says_so, reset),
        cmocka_unit_test_setup(test_sorting_is_stable_and_needs_a_truth_value_for_every_pair,
                               reset),
        cmocka_unit_test_setup(test_lists_are_put_together_and_turned_round, reset),
        cmocka_unit_test_setup(test_doubles_go_and_the_first_stays, reset),
        cmocka_unit_test_setup(test_nesting_of_any_depth_is_flattened, reset),
        cmocka_unit_test_setup(test_one_truth_value_decides_for_many_where_it_can, reset),
        cmocka_unit_test_setup(test_a_list_larger_than_memory_allows_stops_the_evaluation, reset),
        cmocka_unit_test_setup(test_distinct_values_of_many_lists_run_into_the_limit_on_steps,
                               reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
