/* number: FEEL's decimals, against known values of the standard's arithmetic. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/dmn/number.h"

static struct number num(const char *text)
{
    struct number n;
    if (!number_parse(str_of(text), &n))
        fail_msg("%s is no number", text);
    return n;
}

static void assert_text(struct number n, const char *expected)
{
    struct buf b = {0};
    number_write(&b, n);
    buf_char(&b, '\0');
    assert_string_equal(b.ptr, expected);
    buf_done(&b);
}

typedef bool (*binary_fn)(struct number, struct number, struct number *);
typedef bool (*unary_fn)(struct number, struct number *);

static void gives(binary_fn f, const char *a, const char *b, const char *expected)
{
    struct number r = number_of(-77);
    if (expected == NULL) {
        assert_false(f(num(a), num(b), &r));
        return;
    }
    assert_true(f(num(a), num(b), &r));
    assert_text(r, expected);
}

static void gives_one(unary_fn f, const char *a, const char *expected)
{
    struct number r = number_of(-77);
    if (expected == NULL) {
        assert_false(f(num(a), &r));
        return;
    }
    assert_true(f(num(a), &r));
    assert_text(r, expected);
}

static void test_what_is_no_literal_is_no_number(void **state)
{
    static const char *const texts[] = {"",
                                        "-",
                                        ".",
                                        "1.",
                                        "+1",
                                        "--1",
                                        "1e",
                                        "1e+",
                                        "1E-",
                                        "1 ",
                                        " 1",
                                        "1,5",
                                        "NaN",
                                        "Inf",
                                        "0x1",
                                        "1.2.3",
                                        "e5",
                                        "1e6145",
                                        "9e9999999999999999999"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct number n;
        if (number_parse(str_of(texts[i]), &n))
            fail_msg("'%s' was read", texts[i]);
    }
}

static void test_numbers_are_written_plainly(void **state)
{
    static const char *const pairs[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"0.000", "0"},
        {"0e99", "0"},
        {".5", "0.5"},
        {"-.5", "-0.5"},
        {"100", "100"},
        {"1.50", "1.5"},
        {"100.00", "100"},
        {"1.23e4", "12300"},
        {"1.23E+4", "12300"},
        {"1.23e-4", "0.000123"},
        {"1E34", "10000000000000000000000000000000000"},
        {"1234567890123456789012345678901234", "1234567890123456789012345678901234"},
        {"-0.0000000000000000001", "-0.0000000000000000001"},
        {"1E6144", "1E+6144"},
        {"12E-6176", "1.2E-6175"},
        {"1e-7000", "0"},
        {"00000000000000000000000000000000000000000000000007", "7"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++)
        assert_text(num(pairs[i][0]), pairs[i][1]);
}

static void test_what_is_longer_than_34_digits_is_rounded_half_to_even(void **state)
{
    (void)state;
    assert_text(num("1.0000000000000000000000000000000005"), "1");
    assert_text(num("1.0000000000000000000000000000000015"), "1.000000000000000000000000000000002");
    /* the digit that breaks the tie stands far behind it */
    assert_text(num("1.00000000000000000000000000000000050000000000000000000000000000001"),
                "1.000000000000000000000000000000001");
    assert_text(num("99999999999999999999999999999999999"), "100000000000000000000000000000000000");
}

static void test_a_very_long_literal_is_read_without_its_length_mattering(void **state)
{
    static char text[100001];
    (void)state;
    memset(text, '0', sizeof text);
    text[0] = '1';
    struct number n;
    assert_false(number_parse((struct str){text, sizeof text}, &n));
    assert_true(number_parse((struct str){text, 6145}, &n));
    assert_text(n, "1E+6144");
    text[1] = '.';
    assert_true(number_parse((struct str){text, sizeof text}, &n));
    assert_text(n, "1");
}

static void test_small_numbers_and_large_ones_add_the_same_way(void **state)
{
    (void)state;
    gives(number_add, "0.1", "0.2", "0.3");
    gives(number_add, "1.2345", "2.234", "3.4685");
    gives(number_add, "5", "-5.00", "0");
    gives(number_add, "18446744073709551615", "1", "18446744073709551616");
    gives(number_add, "-18446744073709551615", "-18446744073709551615", "-36893488147419103230");
    gives(number_add, "1E20", "1E-20", "100000000000000000000");
    gives(number_add, "1E19", "1E-14", "10000000000000000000.00000000000001");
    gives(number_add, "9999999999999999999999999999999999", "1",
          "10000000000000000000000000000000000");
    gives(number_add, "9E6144", "9E6144", NULL);
    gives(number_sub, "1.1234", "0.2345", "0.8889");
    gives(number_sub, "0", "1", "-1");
}

static void test_products_and_quotients_have_34_digits_or_are_none(void **state)
{
    (void)state;
    gives(number_mul, "0.1", "0.1", "0.01");
    gives(number_mul, "-10", "0", "0");
    gives(number_mul, "4294967296", "4294967296", "18446744073709551616");
    gives(number_mul, "99999999999999999", "99999999999999999",
          "9999999999999999800000000000000001");
    gives(number_mul, "1E6000", "1E6000", NULL);
    gives(number_div, "1", "3", "0.3333333333333333333333333333333333");
    gives(number_div, "2", "3", "0.6666666666666666666666666666666667");
    gives(number_div, "10", "4", "2.5");
    gives(number_div, "1", "0", NULL);
    gives(number_div, "0", "0.00", NULL);
}

static void test_the_remainder_has_the_sign_of_the_divisor(void **state)
{
    (void)state;
    gives(number_modulo, "12", "5", "2");
    gives(number_modulo, "-12", "5", "3");
    gives(number_modulo, "12", "-5", "-3");
    gives(number_modulo, "-12", "-5", "-2");
    gives(number_modulo, "10.1", "4.5", "1.1");
    gives(number_modulo, "-10.1", "4.5", "3.4");
    gives(number_modulo, "10.1", "-4.5", "-3.4");
    gives(number_modulo, "-10.1", "-4.5", "-1.1");
    gives(number_modulo, "1E6000", "7", "1");
    gives(number_modulo, "-10", "5", "0");
    gives(number_modulo, "1", "0", NULL);
}

static void test_powers_are_exact_where_they_can_be(void **state)
{
    (void)state;
    gives(number_pow, "3", "20", "3486784401");
    gives(number_pow, "5.5", "2", "30.25");
    gives(number_pow, "5", "-2", "0.04");
    gives(number_pow, "-2", "-3", "-0.125");
    gives(number_pow, "10", "6144", "1E+6144");
    gives(number_pow, "3", "71", "7509466514979724803946715958257547");
    gives(number_pow, "4", "0.5", "2");
    gives(number_pow, "2", "0.5", "1.414213562373095048801688724209698");
    gives(number_pow, "5", "2.55", "60.58617166606633673745724928244262");
    gives(number_pow, "1.1", "100", "13780.61233982227018411833717208964");
    gives(number_pow, "-1", "99999999999999999999", "-1");
    gives(number_pow, "1", "1E6000", "1");
    gives(number_pow, "7", "0", "1");
    gives(number_pow, "0", "3", "0");
    gives(number_pow, "0", "-1", NULL);
    gives(number_pow, "-2", "0.5", NULL);
    gives(number_pow, "10", "6145", NULL);
    gives(number_pow, "10", "-6177", "0");
}

static void test_roots_exponentials_and_logarithms_have_34_right_digits(void **state)
{
    (void)state;
    gives_one(number_sqrt, "16", "4");
    gives_one(number_sqrt, "2", "1.414213562373095048801688724209698");
    gives_one(number_sqrt, "0", "0");
    gives_one(number_sqrt, "-1", NULL);
    gives_one(number_exp, "0", "1");
    gives_one(number_exp, "1", "2.718281828459045235360287471352662");
    gives_one(number_exp, "-1", "0.3678794411714423215955237701614609");
    gives_one(number_exp, "15E-34", "1.000000000000000000000000000000002");
    gives_one(number_exp, "14150", NULL);
    gives_one(number_exp, "-1E6000", "0");
    gives_one(number_log, "1", "0");
    gives_one(number_log, "10", "2.302585092994045684017991454684364");
    gives_one(number_log, "2.718281828459045235360287471352662",
              "0.9999999999999999999999999999999998");
    gives_one(number_log, "1E-6176", "-14220.76553433122614449511522413063");
    gives_one(number_log, "0", NULL);
    gives_one(number_log, "-1", NULL);
}

static void rounds(const char *n, int scale, enum rounding how, const char *expected)
{
    struct number r;
    if (expected == NULL) {
        assert_false(number_round(num(n), scale, how, &r));
        return;
    }
    assert_true(number_round(num(n), scale, how, &r));
    assert_text(r, expected);
}

static void test_every_way_of_rounding_on_both_sides_of_zero(void **state)
{
    static const struct {
        enum rounding how;
        const char *of[8]; /* 5.5 2.5 1.6 1.1 and the same below 0 */
    } rows[] = {
        {ROUND_HALF_EVEN, {"6", "2", "2", "1", "-6", "-2", "-2", "-1"}},
        {ROUND_DOWN, {"5", "2", "1", "1", "-5", "-2", "-1", "-1"}},
        {ROUND_UP, {"6", "3", "2", "2", "-6", "-3", "-2", "-2"}},
        {ROUND_FLOOR, {"5", "2", "1", "1", "-6", "-3", "-2", "-2"}},
        {ROUND_CEILING, {"6", "3", "2", "2", "-5", "-2", "-1", "-1"}},
        {ROUND_HALF_UP, {"6", "3", "2", "1", "-6", "-3", "-2", "-1"}},
        {ROUND_HALF_DOWN, {"5", "2", "2", "1", "-5", "-2", "-2", "-1"}},
    };
    static const char *const of[] = {"5.5", "2.5", "1.6", "1.1", "-5.5", "-2.5", "-1.6", "-1.1"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < COUNT(of); j++)
            rounds(of[j], 0, rows[i].how, rows[i].of[j]);
}

static void test_a_scale_may_lie_before_the_point_or_beyond_the_digits(void **state)
{
    (void)state;
    rounds("0.3333333333333333333333333333333333", 2, ROUND_HALF_EVEN, "0.33");
    rounds("1234.5678", -2, ROUND_HALF_EVEN, "1200");
    rounds("1250", -2, ROUND_HALF_DOWN, "1200");
    rounds("1250.0001", -2, ROUND_HALF_DOWN, "1300");
    rounds("49", -2, ROUND_HALF_UP, "0");
    rounds("-0.4", 0, ROUND_HALF_UP, "0");
    rounds("1E-6176", 0, ROUND_CEILING, "1");
    rounds("1E20", 30, ROUND_HALF_EVEN, "100000000000000000000");
    rounds("9999999999999999999999999999999999", 5, ROUND_UP, "9999999999999999999999999999999999");
    rounds("9.5", -6112, ROUND_UP, NULL);
    rounds("1.1", 6176, ROUND_UP, "1.1");
}

static void test_order_does_not_see_how_a_number_is_written(void **state)
{
    static const char *const ascending[] = {"-1E6000",  "-100", "-99.999",
                                            "-1E-6000", "0",    "1E-6176",
                                            "0.1",      "1",    "1.0000000000000000001",
                                            "9.99e1",   "1E2",  "1E30",
                                            "9E6144"};
    (void)state;
    for (size_t i = 0; i < COUNT(ascending); i++)
        for (size_t j = 0; j < COUNT(ascending); j++)
            assert_int_equal(number_cmp(num(ascending[i]), num(ascending[j])), i < j ? -1 : i > j);
    assert_int_equal(number_cmp(num("1.0"), num("1")), 0);
    assert_int_equal(number_cmp(num("1E2"), num("100.00")), 0);
    assert_int_equal(number_cmp(num("0E50"), num("-0.000")), 0);
    assert_int_equal(number_sign(num("-0.0")), 0);
    assert_int_equal(number_sign(number_negate(num("0"))), 0);
}

static void test_integers_are_told_from_fractions(void **state)
{
    int64_t i;
    (void)state;
    assert_true(number_is_integer(num("1.00")));
    assert_true(number_is_integer(num("1E6000")));
    assert_true(number_is_integer(num("0.0")));
    assert_false(number_is_integer(num("1.5")));
    assert_true(number_to_i64(num("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_true(number_to_i64(num("922337203685477580.70E1"), &i));
    assert_true(i == INT64_MAX);
    assert_false(number_to_i64(num("9223372036854775808"), &i));
    assert_false(number_to_i64(num("1E6000"), &i));
    assert_false(number_to_i64(num("0.5"), &i));
    assert_true(number_to_i64(number_of(INT64_MIN), &i));
    assert_true(i == INT64_MIN);
}

static void test_scaled_integers_are_exact_or_refused(void **state)
{
    int64_t i;
    (void)state;
    assert_true(number_scaled(num("12.34"), 2, &i));
    assert_int_equal(i, 1234);
    assert_true(number_scaled(num("-1E3"), 2, &i));
    assert_int_equal(i, -100000);
    assert_true(number_scaled(num("1200"), -2, &i));
    assert_int_equal(i, 12);
    assert_false(number_scaled(num("12.345"), 2, &i));
    assert_false(number_scaled(num("1E18"), 2, &i));
    assert_true(number_scaled(num("0E6000"), 6000, &i));
    assert_int_equal(i, 0);
}

static void test_what_is_behind_the_point_is_cut_off(void **state)
{
    number_wide_t w;
    (void)state;
    assert_true(number_to_wide(num("-57.9"), &w) && w == -57);
    assert_true(number_to_wide(num("1E33"), &w));
    assert_int_equal(number_cmp(number_of_wide(w), num("1E33")), 0);
    assert_false(number_to_wide(num("1E34"), &w));
    assert_true(number_to_wide(num("1E-6176"), &w) && w == 0);
    assert_true(number_to_double(num("0.1")) == 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_literal_is_no_number),
        cmocka_unit_test(test_numbers_are_written_plainly),
        cmocka_unit_test(test_what_is_longer_than_34_digits_is_rounded_half_to_even),
        cmocka_unit_test(test_a_very_long_literal_is_read_without_its_length_mattering),
        cmocka_unit_test(test_small_numbers_and_large_ones_add_the_same_way),
        cmocka_unit_test(test_products_and_quotients_have_34_digits_or_are_none),
        cmocka_unit_test(test_the_remainder_has_the_sign_of_the_divisor),
        cmocka_unit_test(test_powers_are_exact_where_they_can_be),
        cmocka_unit_test(test_roots_exponentials_and_logarithms_have_34_right_digits),
        cmocka_unit_test(test_every_way_of_rounding_on_both_sides_of_zero),
        cmocka_unit_test(test_a_scale_may_lie_before_the_point_or_beyond_the_digits),
        cmocka_unit_test(test_order_does_not_see_how_a_number_is_written),
        cmocka_unit_test(test_integers_are_told_from_fractions),
        cmocka_unit_test(test_scaled_integers_are_exact_or_refused),
        cmocka_unit_test(test_what_is_behind_the_point_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
