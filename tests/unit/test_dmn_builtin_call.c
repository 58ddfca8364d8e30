/* builtin: finding the row that fits, by position and by name, and what happens when none does. */
#include "tests/unit/dmn_builtin_steps.h"

#include <stdio.h>
#include <string.h>

static void test_a_wrong_number_of_arguments_gives_null(void **state)
{
    (void)state;
    assert_null_value(call_with("abs", NULL, NULL, 0));
    assert_null_value(CALL("abs", num("1"), num("1")));
    assert_null_value(call_with("min", NULL, NULL, 0));
    assert_null_value(CALL("now", num("1")));
    assert_null_value(CALL("is", num("1")));
}

static void test_null_and_other_kinds_give_null_and_a_note_that_names_them(void **state)
{
    (void)state;
    assert_null_value(CALL("abs", NULL_VALUE));
    assert_null_value(CALL("abs", text("-1")));
    assert_non_null(e.notes);
    assert_non_null(strstr(e.notes->text.ptr, "abs() does not take (string)"));
}

static void test_a_singleton_list_stands_for_its_element_and_the_other_way_round(void **state)
{
    (void)state;
    assert_gives(CALL("abs", LIST(num("-1"))), "1");
    assert_gives(CALL("upper case", LIST(text("bob"))), "\"BOB\"");
    assert_gives(CALL("count", num("5")), "1");
    assert_null_value(CALL("count", NULL_VALUE));
    assert_null_value(CALL("abs", LIST(num("-1"), num("2"))));
}

static void test_named_arguments_go_where_their_names_say(void **state)
{
    (void)state;
    assert_gives(CALL_NAMED("substring after", NAMES(STR("match"), STR("string")), text("ob"),
                            text("foobar")),
                 "\"ar\"");
    assert_gives(CALL_NAMED("append", NAMES(STR("item"), STR("list")), num("2"), LIST(num("1"))),
                 "[1, 2]");
    assert_gives(CALL_NAMED("is", NAMES(STR("value2")), num("1")), "false");
    assert_gives(CALL_NAMED("min", NAMES(STR("c2"), STR("c1")), num("7"), num("5")), "5");
}

static void test_a_name_that_is_unknown_given_twice_or_missing_gives_null(void **state)
{
    (void)state;
    assert_null_value(CALL_NAMED("abs", NAMES(STR("number")), num("1")));
    assert_null_value(CALL_NAMED("is", NAMES(STR("value1"), STR("value1")), num("1"), num("1")));
    assert_null_value(CALL_NAMED("round up", NAMES(STR("scale")), num("1")));
    assert_null_value(CALL_NAMED("all", NAMES(STR("l")), LIST(yes())));
    assert_null_value(CALL_NAMED("min", NAMES(STR("c2")), num("7")));
    assert_null_value(CALL_NAMED("min", NAMES(STR("c")), num("7")));
    assert_null_value(CALL_NAMED("min", NAMES(STR("c999999999999")), num("7")));
}

static void test_a_date_where_a_date_and_time_is_wanted_is_midnight_in_utc(void **state)
{
    (void)state;
    assert_gives(CALL("string", CALL("time", at("2024-05-01"))), "\"00:00:00Z\"");
}

static void test_more_arguments_than_any_fixed_row_has_are_taken_by_a_variadic_one(void **state)
{
    struct value many[100];
    (void)state;
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = value_i64((int64_t)i);
    assert_gives(call_with("sum", NULL, many, COUNT(many)), "4950");
    assert_null_value(call_with("substring", NULL, many, COUNT(many)));
}

static void test_every_row_of_a_function_follows_its_first_and_says_what_it_does(void **state)
{
    (void)state;
    for (size_t t = 0; builtin_tables[t] != NULL; t++) {
        for (const struct builtin *b = builtin_tables[t]; b->name != NULL; b++) {
            assert_true(b->call != NULL && b->result != NULL && b->what != NULL);
            assert_true(b->parameter_count <= BUILTIN_ARGS_MAX);
            bool follows = b > builtin_tables[t] && strcmp((b - 1)->name, b->name) == 0;
            assert_true(follows || builtin_find(str_of(b->name)) == b);
        }
    }
    assert_null(builtin_find(STR("no such function")));
    assert_null(builtin_find(STR_NONE));
}

static void test_the_documentation_names_every_function(void **state)
{
    struct buf b = {.arena = &mem};
    (void)state;
    builtin_document(&b);
    buf_char(&b, '\0');
    assert_non_null(strstr(b.ptr, "**years and months duration**(*from*: date, *to*: date)"));
    assert_non_null(strstr(b.ptr, "## Sorting"));
}

/* Tests run in the project's folder. */
static void test_the_printed_reference_is_what_the_table_says(void **state)
{
    struct buf want = {.arena = &mem}, got = {.arena = &mem};
    (void)state;
    builtin_document(&want);
    FILE *file = fopen("common/dmn/FUNCTIONS.md", "rb");
    assert_non_null(file);
    buf_reserve(&got, want.len + 1);
    got.len = fread(got.ptr, 1, want.len + 1, file);
    assert_int_equal(fclose(file), 0);
    if (!str_eq(buf_view(&want), buf_view(&got)))
        fail_msg("common/dmn/FUNCTIONS.md is old: `make functions` writes it anew");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_wrong_number_of_arguments_gives_null, reset),
        cmocka_unit_test_setup(test_null_and_other_kinds_give_null_and_a_note_that_names_them,
                               reset),
        cmocka_unit_test_setup(test_a_singleton_list_stands_for_its_element_and_the_other_way_round,
                               reset),
        cmocka_unit_test_setup(test_named_arguments_go_where_their_names_say, reset),
        cmocka_unit_test_setup(test_a_name_that_is_unknown_given_twice_or_missing_gives_null,
                               reset),
        cmocka_unit_test_setup(test_a_date_where_a_date_and_time_is_wanted_is_midnight_in_utc,
                               reset),
        cmocka_unit_test_setup(
            test_more_arguments_than_any_fixed_row_has_are_taken_by_a_variadic_one, reset),
        cmocka_unit_test_setup(test_every_row_of_a_function_follows_its_first_and_says_what_it_does,
                               reset),
        cmocka_unit_test_setup(test_the_documentation_names_every_function, reset),
        cmocka_unit_test_setup(test_the_printed_reference_is_what_the_table_says, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
