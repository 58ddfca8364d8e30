/* arithmetic: every pair of kinds that has a result, and those that have none. One row is one expression. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/dmn/value.h"

static struct arena arena;

static int done(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* What the text looks like: a date, a time, a duration, a number, else a string. */
static struct value read(const char *text)
{
    struct str s = str_of(text);
    struct number n;
    struct moment m;
    nanos_t d;
    int64_t i;
    if (number_parse(s, &n))
        return value_number(n);
    if (date_text(s, &i))
        return value_date(i);
    if (time_text(s, NULL, &m))
        return value_moment(&arena, VALUE_TIME, m);
    if (date_time_text(s, NULL, &m))
        return value_moment(&arena, VALUE_DATE_TIME, m);
    if (days_duration_text(s, &d))
        return value_days(d);
    if (months_duration_text(s, &i))
        return value_months(i);
    if (str_eq(s, STR("null")))
        return NULL_VALUE;
    return str_eq(s, STR("true")) ? value_bool(true) : value_string(s);
}

struct row {
    const char *left;
    char op;
    const char *right, *expected;
};

static void check(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct buf b = {.arena = &arena};
        const struct row *r = &rows[i];
        value_write(&b, value_arithmetic(&arena, r->op, read(r->left), read(r->right)));
        buf_char(&b, '\0');
        if (strcmp(b.ptr, r->expected) != 0)
            fail_msg("%s %c %s gives %s, not %s", r->left, r->op, r->right, b.ptr, r->expected);
    }
}

static void test_kinds_that_do_not_fit_give_null(void **state)
{
    static const struct row rows[] = {
        {"1", '+', "x", "null"},
        {"x", '-', "x", "null"},
        {"x", '*', "2", "null"},
        {"true", '+', "true", "null"},
        {"null", '+', "1", "null"},
        {"1", '-', "null", "null"},
        {"2021-01-01", '+', "1", "null"},
        {"2021-01-01", '+', "2021-01-01", "null"},
        {"2021-01-01", '-', "10:00:00", "null"},
        {"10:00:00", '-', "2021-01-01", "null"},
        {"10:00:00", '+', "P1Y", "null"},
        {"10:00:00", '-', "P1Y", "null"},
        {"P1Y", '+', "P1D", "null"},
        {"P1D", '-', "P1Y", "null"},
        {"P1D", '-', "2021-01-01", "null"},
        {"P1D", '*', "P1D", "null"},
        {"2", '/', "P1D", "null"},
        {"P1Y", '/', "P1D", "null"},
        {"P1D", '^', "2", "null"},
        {"2021-01-01", '*', "2", "null"},
    };
    (void)state;
    check(rows, COUNT(rows));
}

static void test_numbers_are_computed_and_strings_joined(void **state)
{
    static const struct row rows[] = {
        {"10", '+', "-5", "5"},        {"1.1234", '-', "-0.2345", "1.3579"},
        {"10", '*', "-10", "-100"},    {"100", '/', "8", "12.5"},
        {"1", '/', "0", "null"},       {"5", '^', "-2", "0.04"},
        {"foo", '+', "bar", "foobar"}, {"", '+', "", ""},
    };
    (void)state;
    check(rows, COUNT(rows));
}

static void test_dates_move_by_durations_and_differ_by_days(void **state)
{
    static const struct row rows[] = {
        {"2021-01-01", '+', "P1M", "2021-02-01"},
        {"P1M", '+', "2021-01-31", "2021-02-28"},
        {"2021-01-02", '-', "P1Y", "2020-01-02"},
        {"2021-01-01", '+', "PT36H", "2021-01-02"},
        {"2021-01-02", '-', "PT1S", "2021-01-01"},
        {"2021-01-02", '-', "-PT1S", "2021-01-02"},
        {"2020-03-01", '-', "PT24H", "2020-02-29"},
        {"2021-01-02", '-', "1995-01-01", "P9498D"},
        {"1995-01-01", '-', "2021-01-02", "-P9498D"},
        {"999999999-12-31", '+', "P1D", "null"},
        {"-999999999-01-01", '-', "P1M", "null"},
        {"999999999-12-31", '-', "-999999999-01-01", "P730484999633D"},
    };
    (void)state;
    check(rows, COUNT(rows));
}

static void test_a_date_beside_a_date_and_time_is_its_midnight_in_utc(void **state)
{
    static const struct row rows[] = {
        {"2021-01-12T10:10:10+11:00", '+', "P1DT1H", "2021-01-13T11:10:10+11:00"},
        {"-PT1S", '+', "2021-01-01T24:00:00", "2021-01-01T23:59:59"},
        {"-2021-01-01T10:10:10+11:00", '-', "P1M", "-2022-12-01T10:10:10+11:00"},
        {"2021-01-01T00:00:00", '-', "PT0.000000001S", "2020-12-31T23:59:59.999999999"},
        {"2021-01-02T10:10:10", '-', "2021-01-01T10:10:10", "P1D"},
        {"2021-01-02T10:10:10+02:00", '-', "2021-01-01T10:10:10", "null"},
        {"2021-01-02T10:10:10Z", '-', "2021-01-02T10:10:10+01:00", "PT1H"},
        {"2021-01-02T10:10:10+01:00", '-', "2021-01-01", "P1DT9H10M10S"},
        {"2021-01-02", '-', "2021-01-01T10:10:10+11:00", "P1DT49M50S"},
        {"2021-01-02", '-', "2021-01-01T10:10:10", "null"},
        {"2021-01-01T00:00:00", '-', "2021-01-02", "null"},
    };
    (void)state;
    check(rows, COUNT(rows));
}

static void test_times_of_the_day_wrap_round_midnight(void **state)
{
    static const struct row rows[] = {
        {"10:15:00+11:00", '+', "P1D", "10:15:00+11:00"},
        {"PT14H", '+', "10:15:00", "00:15:00"},
        {"00:15:00", '-', "PT1H", "23:15:00"},
        {"10:10:10", '-', "11:10:10", "-PT1H"},
        {"10:10:10+11:00", '-', "09:10:10+10:00", "PT0S"},
        {"10:10:10Z", '-', "09:10:10", "null"},
    };
    (void)state;
    check(rows, COUNT(rows));
}

static void test_durations_are_cut_off_towards_zero(void **state)
{
    static const struct row rows[] = {
        {"P1Y", '+', "-P2M", "P10M"},
        {"-P1D", '-', "-PT2H", "-PT22H"},
        {"1.5", '*', "P4DT1H", "P6DT1H30M"},
        {"P1Y11M", '*', "-2.5", "-P4Y9M"},
        {"P10Y11M", '/', "2.5", "P4Y4M"},
        {"P10Y11M", '/', "-2.5", "-P4Y4M"},
        {"P10DT23H", '/', "2.5", "P4DT9H12M"},
        {"PT1S", '/', "3", "PT0.333333333S"},
        {"P10D", '/', "P4D", "2.5"},
        {"P10Y", '/', "P4M", "30"},
        {"P10D", '/', "0", "null"},
        {"P10D", '/', "PT0S", "null"},
        {"P1Y", '/', "P0M", "null"},
        {"P1D", '*', "1E30", "null"},
        {"P1Y", '*', "1E30", "null"},
        {"P1Y", '*', "1E6144", "null"},
    };
    (void)state;
    check(rows, COUNT(rows));
}

static void negates(const char *text, const char *expected)
{
    struct buf b = {.arena = &arena};
    value_write(&b, value_negate(read(text)));
    buf_char(&b, '\0');
    assert_string_equal(b.ptr, expected);
}

static void test_only_numbers_and_durations_are_negated(void **state)
{
    (void)state;
    negates("10", "-10");
    negates("0", "0");
    negates("P1D", "-P1D");
    negates("-P1Y", "P1Y");
    negates("2021-01-01", "null");
    negates("10:10:10", "null");
    negates("text", "null");
    negates("true", "null");
    negates("null", "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_that_do_not_fit_give_null),
        cmocka_unit_test(test_numbers_are_computed_and_strings_joined),
        cmocka_unit_test(test_dates_move_by_durations_and_differ_by_days),
        cmocka_unit_test(test_a_date_beside_a_date_and_time_is_its_midnight_in_utc),
        cmocka_unit_test(test_times_of_the_day_wrap_round_midnight),
        cmocka_unit_test(test_durations_are_cut_off_towards_zero),
        cmocka_unit_test(test_only_numbers_and_durations_are_negated),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
