/* date: days, months and instants against plain counting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "common/core/date.h"

static struct str date_text(struct buf *b, int32_t days)
{
    buf_reset(b);
    date_write(b, days);
    return buf_view(b);
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static void test_every_day_of_four_hundred_years_and_more_is_counted_once(void **state)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct buf b = {0};
    int32_t expected = date_from_ymd(1900, 1, 1);
    (void)state;
    assert_int_equal(expected, -25567);
    for (int year = 1900; year <= 2350; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= lengths[month - 1] + (month == 2 && is_leap(year));
                 day++, expected++) {
                int y, m, d;
                int32_t parsed = 0;
                assert_int_equal(date_from_ymd(year, month, day), expected);
                date_to_ymd(expected, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
                assert_int_equal(date_month(expected), (year - 1970) * 12 + month - 1);
                if (year <= DATE_MAX_YEAR)
                    assert_true(date_parse(date_text(&b, expected), &parsed) && parsed == expected);
            }
    buf_done(&b);
}

static void test_known_days_have_known_numbers(void **state)
{
    (void)state;
    assert_int_equal(date_from_ymd(1970, 1, 1), 0);
    assert_int_equal(date_from_ymd(2000, 1, 1), PG_EPOCH_DAYS);
    assert_int_equal(date_from_ymd(2000, 2, 29), 11016);
    assert_int_equal(date_from_ymd(0, 1, 1), -719528);
    assert_int_equal(date_from_ymd(9999, 12, 31), 2932896);
    assert_int_equal(date_year(-1), 1969);
}

static void test_dates_that_do_not_exist_are_refused(void **state)
{
    static const char *const wrong[] = {"2021-02-29", "1900-02-29",  "2100-02-29", "2021-04-31",
                                        "2021-00-01", "2021-13-01",  "2021-01-00", "2021-01-32",
                                        "1899-12-31", "2200-01-01",  "2021-1-01",  "21-01-01",
                                        "2021/01/01", "2021-01-01 ", "",           "2021-01-0x",
                                        "-021-01-01", "2021-01-011"};
    int32_t days;
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (date_parse(str_of(wrong[i]), &days))
            fail_msg("%s was accepted", wrong[i]);
    assert_true(date_parse(STR("2020-02-29"), &days));
    assert_true(date_parse(STR("2000-02-29"), &days));
    assert_false(date_parse(STR_NONE, &days));
}

static void test_months_are_written_read_and_begun(void **state)
{
    struct buf b = {0};
    int32_t month;
    (void)state;
    for (int32_t m = -70 * 12; m < 230 * 12; m++) {
        buf_reset(&b);
        month_write(&b, m);
        assert_true(month_parse(buf_view(&b), &month) && month == m);
        assert_int_equal(date_month(month_first_day(m)), m);
        assert_int_equal(date_month(month_first_day(m) - 1), m - 1);
        assert_int_equal(month_year(m), date_year(month_first_day(m)));
    }
    assert_false(month_parse(STR("2021-13"), &month));
    assert_false(month_parse(STR("2021-00"), &month));
    assert_false(month_parse(STR("2021-3"), &month));
    assert_false(month_parse(STR("2021-03-01"), &month));
    buf_done(&b);
}

static void test_instants_are_read_with_zone_and_fraction(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
        const char *written;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
        {"1970-01-01t00:00:00z", 0, "1970-01-01T00:00:00Z"},
        {"1970-01-01T03:00:00+03:00", 0, "1970-01-01T00:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"},
        {"2021-03-31T10:20:30.5Z", INT64_C(1617186030500000), "2021-03-31T10:20:30.5Z"},
        {"2021-03-31T10:20:30.123456789Z", INT64_C(1617186030123456),
         "2021-03-31T10:20:30.123456Z"},
        {"2021-03-31T10:20:30-00:30", INT64_C(1617187830000000), "2021-03-31T10:50:30Z"},
        {"2021-03-31T10:20:30.000000Z", INT64_C(1617186030000000), "2021-03-31T10:20:30Z"},
    };
    struct buf b = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t us = 0;
        if (!time_parse(str_of(cases[i].text), &us) || us != cases[i].us)
            fail_msg("%s gave %lld", cases[i].text, (long long)us);
        buf_reset(&b);
        time_write(&b, us);
        assert_true(str_eq(buf_view(&b), str_of(cases[i].written)));
    }
    buf_done(&b);
}

static void test_instants_that_are_none_are_refused(void **state)
{
    static const char *const wrong[] = {
        "2021-03-31T10:20:30",
        "2021-03-31 10:20:30Z",
        "2021-03-31T24:00:00Z",
        "2021-03-31T10:60:00Z",
        "2021-03-31T10:20:60Z",
        "2021-03-31T10:20:30.Z",
        "2021-03-31T10:20:30+3",
        "2021-03-31T10:20:30+24:00",
        "2021-03-31T10:20:30Zx",
        "2021-02-29T10:20:30Z",
        "2021-03-31T10:20Z",
        "2021-03-31T10:20:30+03:60",
        "2021-03-31T10:20:30.12+",
        "2021-03-31T1O:20:30Z",
        "",
        "2021-03-31",
    };
    int64_t us;
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (time_parse(str_of(wrong[i]), &us))
            fail_msg("%s was accepted", wrong[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day_of_four_hundred_years_and_more_is_counted_once),
        cmocka_unit_test(test_known_days_have_known_numbers),
        cmocka_unit_test(test_dates_that_do_not_exist_are_refused),
        cmocka_unit_test(test_months_are_written_read_and_begun),
        cmocka_unit_test(test_instants_are_read_with_zone_and_fraction),
        cmocka_unit_test(test_instants_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
