/* money: exact to the last unit, refusing what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/money.h"

static void test_decimal_text_becomes_minor_units_rounded_away_from_zero(void **state)
{
    static const struct {
        const char *text;
        int64_t minor;
    } cases[] = {
        {"0", 0},
        {"1", 100},
        {"12.5", 1250},
        {"12.50", 1250},
        {"9012529.369999999", 901252937},
        {"0.004", 0},
        {"0.005", 1},
        {"0.0049999", 0},
        {"0.994", 99},
        {"0.995", 100},
        {"99.999", 10000},
        {"-12.345", -1235},
        {"-0.001", 0},
        {"007.10", 710},
        {"0.1", 10},
        {"90071992547409.91", MONEY_MAX},
        {"90071992547409.914", MONEY_MAX},
        {"-90071992547409.91", -MONEY_MAX},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t minor = -1;
        if (!money_parse(str_of(cases[i].text), &minor) || minor != cases[i].minor)
            fail_msg("%s gave %lld", cases[i].text, (long long)minor);
    }
}

static void test_what_is_no_decimal_number_or_too_large_is_refused(void **state)
{
    static const char *const wrong[] = {"",
                                        "-",
                                        ".",
                                        ".5",
                                        "5.",
                                        "1e3",
                                        "1E3",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1,5",
                                        "1.2.3",
                                        "--1",
                                        "NaN",
                                        "0x10",
                                        "1.5x",
                                        "NA",
                                        "90071992547409.92",
                                        "90071992547409.915",
                                        "99999999999999999999",
                                        "184467440737095516.16"};
    int64_t minor = 5;
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (money_parse(str_of(wrong[i]), &minor))
            fail_msg("%s was accepted as %lld", wrong[i], (long long)minor);
    assert_false(money_parse(STR_NONE, &minor));
    assert_true(minor == 5);
}

static void test_sums_beyond_the_bound_are_refused(void **state)
{
    int64_t sum = 0;
    (void)state;
    assert_true(money_add(MONEY_MAX - 1, 1, &sum) && sum == MONEY_MAX);
    assert_true(money_add(-MONEY_MAX, MONEY_MAX, &sum) && sum == 0);
    assert_false(money_add(MONEY_MAX, 1, &sum));
    assert_false(money_add(-MONEY_MAX, -1, &sum));
    assert_false(money_add(INT64_MAX, INT64_MAX, &sum));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimal_text_becomes_minor_units_rounded_away_from_zero),
        cmocka_unit_test(test_what_is_no_decimal_number_or_too_large_is_refused),
        cmocka_unit_test(test_sums_beyond_the_bound_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
