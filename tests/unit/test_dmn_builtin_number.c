/* builtin_number, builtin_statistics: numbers, and the figures of lists. */
#include "tests/unit/dmn_builtin_steps.h"

#define NUMBERS LIST(num("8"), num("2"), num("5"), num("7"))

static void test_scales_beyond_the_numbers_reach_give_null(void **state)
{
    (void)state;
    assert_null_value(CALL("decimal", num("5.5"), num("6177")));
    assert_null_value(CALL("decimal", num("5.5"), num("-6112")));
    assert_null_value(CALL("round up", num("5.5"), num("1e30")));
    assert_gives(CALL("round up", num("5.5"), num("6176")), "5.5");
    assert_gives(CALL("decimal", num("5.5"), num("-6111")), "0");
    assert_null_value(CALL("floor", num("1.5"), NULL_VALUE));
    assert_null_value(CALL("floor", num("1.5"), text("1")));
}

static void test_each_way_of_rounding_has_its_own_side(void **state)
{
    (void)state;
    assert_gives(CALL("decimal", num("2.5"), num("0")), "2");
    assert_gives(CALL("decimal", num("1.5"), num("0")), "2");
    assert_gives(CALL("decimal", num("1234"), num("-2")), "1200");
    assert_gives(CALL("decimal", num("0.333"), num("2.5")), "0.33");
    assert_gives(CALL("floor", num("-1.5")), "-2");
    assert_gives(CALL("floor", num("-1.56"), num("1")), "-1.6");
    assert_gives(CALL("ceiling", num("-1.5")), "-1");
    assert_gives(CALL("ceiling", num("1.51"), num("1")), "1.6");
    assert_gives(CALL("round up", num("-1.121"), num("2")), "-1.13");
    assert_gives(CALL("round down", num("-1.129"), num("2")), "-1.12");
    assert_gives(CALL("round half up", num("-5.5"), num("0")), "-6");
    assert_gives(CALL("round half down", num("-5.5"), num("0")), "-5");
    assert_gives(CALL("round half down", num("5.51"), num("0")), "6");
}

static void test_what_has_no_result_gives_null(void **state)
{
    (void)state;
    assert_null_value(CALL("modulo", num("5"), num("0")));
    assert_null_value(CALL("sqrt", num("-1")));
    assert_null_value(CALL("log", num("0")));
    assert_null_value(CALL("exp", num("1e6")));
}

static void test_the_remainder_has_the_divisors_sign(void **state)
{
    (void)state;
    assert_gives(CALL("modulo", num("12"), num("5")), "2");
    assert_gives(CALL("modulo", num("-12"), num("5")), "3");
    assert_gives(CALL("modulo", num("12"), num("-5")), "-3");
    assert_gives(CALL("modulo", num("10.1"), num("-4.5")), "-3.4");
}

static void test_roots_and_logarithms_are_right_and_abs_drops_the_sign(void **state)
{
    (void)state;
    assert_gives(CALL("sqrt", num("16")), "4");
    assert_gives(CALL("exp", num("0")), "1");
    assert_gives(CALL("decimal", CALL("log", num("10")), num("8")), "2.30258509");
    assert_gives(CALL("abs", at("-P1DT1H")), "duration(\"P1DT1H\")");
    assert_gives(CALL("abs", at("-P1Y")), "duration(\"P1Y\")");
}

static void test_a_number_that_is_not_whole_is_neither_odd_nor_even(void **state)
{
    (void)state;
    assert_gives(CALL("odd", num("-1")), "true");
    assert_gives(CALL("even", num("-2.0")), "true");
    assert_gives(CALL("odd", num("2.5")), "false");
    assert_gives(CALL("even", num("2.5")), "false");
    assert_gives(CALL("even", num("1e40")), "true");
}

static void test_of_no_number_there_is_no_figure_but_an_empty_mode(void **state)
{
    static const char *const figures[] = {"min",     "max",    "sum",   "mean",
                                          "product", "median", "stddev"};
    (void)state;
    for (size_t i = 0; i < COUNT(figures); i++)
        assert_null_value(CALL(figures[i], EMPTY));
    assert_gives(CALL("mode", EMPTY), "[]");
    assert_null_value(CALL("mode", NULL_VALUE));
    assert_null_value(CALL("stddev", num("47")));
}

static void test_what_is_no_number_spoils_the_figure(void **state)
{
    static const char *const figures[] = {"min",     "max",    "sum",    "mean",
                                          "product", "median", "stddev", "mode"};
    (void)state;
    for (size_t i = 0; i < COUNT(figures); i++) {
        assert_null_value(CALL(figures[i], LIST(num("1"), text("foo"))));
        assert_null_value(CALL(figures[i], LIST(num("1"), NULL_VALUE)));
        assert_null_value(CALL(figures[i], num("1"), NULL_VALUE));
    }
}

static void test_a_list_has_the_same_figures_as_its_elements(void **state)
{
    (void)state;
    assert_gives(CALL("min", NUMBERS), "2");
    assert_gives(CALL("max", num("1"), num("3"), num("2")), "3");
    assert_gives(CALL("max", text("a"), text("b")), "\"b\"");
    assert_gives(CALL("min", at("2024-01-02"), at("2023-01-02")), "date(\"2023-01-02\")");
    assert_gives(CALL("sum", NUMBERS), "22");
    assert_gives(CALL("mean", NUMBERS), "5.5");
    assert_gives(CALL("product", num("2"), num("3"), num("4")), "24");
    assert_gives(CALL("median", NUMBERS), "6");
    assert_gives(CALL("median", num("8"), num("2"), num("5"), num("3"), num("4")), "4");
    assert_gives(CALL("decimal", CALL("stddev", num("2"), num("4"), num("7"), num("5")), num("10")),
                 "2.0816659995");
    assert_gives(CALL("mode", num("6"), num("1"), num("9"), num("6"), num("1.0")), "[1, 6]");
    assert_gives(CALL("mode", num("6"), num("3"), num("6")), "[6]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_scales_beyond_the_numbers_reach_give_null, reset),
        cmocka_unit_test_setup(test_each_way_of_rounding_has_its_own_side, reset),
        cmocka_unit_test_setup(test_what_has_no_result_gives_null, reset),
        cmocka_unit_test_setup(test_the_remainder_has_the_divisors_sign, reset),
        cmocka_unit_test_setup(test_roots_and_logarithms_are_right_and_abs_drops_the_sign, reset),
        cmocka_unit_test_setup(test_a_number_that_is_not_whole_is_neither_odd_nor_even, reset),
        cmocka_unit_test_setup(test_of_no_number_there_is_no_figure_but_an_empty_mode, reset),
        cmocka_unit_test_setup(test_what_is_no_number_spoils_the_figure, reset),
        cmocka_unit_test_setup(test_a_list_has_the_same_figures_as_its_elements, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
