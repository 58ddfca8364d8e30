/* builtin_conversion, builtin_time, builtin_range_text: from one kind of value to another, and the calendar. */
#include "tests/unit/dmn_builtin_steps.h"

static void test_days_that_are_not_in_the_calendar_give_null(void **state)
{
    (void)state;
    assert_null_value(CALL("date", text("2023-02-29")));
    assert_null_value(CALL("date", num("2023"), num("2"), num("29")));
    assert_null_value(CALL("date", num("1000000000"), num("1"), num("1")));
    assert_null_value(CALL("date", num("1e30"), num("1"), num("1")));
    assert_null_value(CALL("date", num("2023"), num("1.5"), num("1")));
    assert_null_value(CALL("date", num("2023"), NULL_VALUE, num("1")));
    assert_null_value(CALL("date", num("1")));
    assert_gives(CALL("date", num("2024"), num("2"), num("29")), "date(\"2024-02-29\")");
}

static void test_a_date_and_time_is_made_of_texts_dates_and_times(void **state)
{
    (void)state;
    assert_gives(CALL("date", at("2017-08-14T14:25:00Z")), "date(\"2017-08-14\")");
    assert_gives(CALL("date and time", text("2012-12-24")),
                 "date and time(\"2012-12-24T00:00:00\")");
    assert_gives(CALL("date and time", at("2017-08-10"), at("23:59:01+02:00")),
                 "date and time(\"2017-08-10T23:59:01+02:00\")");
    assert_gives(CALL("date and time", at("2017-08-10T10:20:00+02:00"), at("23:59:01")),
                 "date and time(\"2017-08-10T23:59:01\")");
    assert_null_value(CALL("date and time", at("2017-08-10"), NULL_VALUE));
}

static void test_times_are_made_of_parts_with_or_without_an_offset(void **state)
{
    (void)state;
    assert_gives(CALL("time", num("11"), num("59"), num("45"), at("PT2H")),
                 "time(\"11:59:45+02:00\")");
    assert_gives(CALL("time", num("11"), num("59"), num("45"), at("-PT2H")),
                 "time(\"11:59:45-02:00\")");
    assert_gives(CALL("time", num("11"), num("59"), num("45"), at("PT0S")), "time(\"11:59:45Z\")");
    assert_gives(CALL("time", num("11"), num("59"), num("45"), NULL_VALUE), "time(\"11:59:45\")");
    assert_gives(CALL("time", num("11"), num("59"), num("45.5")), "time(\"11:59:45.5\")");
    assert_gives(CALL("time", at("2017-08-10T10:20:00Z")), "time(\"10:20:00Z\")");
    assert_null_value(CALL("time", num("24"), num("0"), num("0")));
    assert_null_value(CALL("time", num("-1"), num("0"), num("0")));
    assert_null_value(CALL("time", num("0"), num("60"), num("0")));
    assert_null_value(CALL("time", num("0"), num("0"), num("60")));
    assert_null_value(CALL("time", num("0"), num("0"), num("0"), at("PT19H")));
    assert_null_value(CALL("time", num("0"), num("0"), num("0"), at("P1Y")));
    assert_null_value(CALL("time", num("0"), num("0")));
}

static void test_separators_of_numbers_are_of_few_kinds_and_differ(void **state)
{
    (void)state;
    assert_gives(CALL("number", text("1.000.000,01"), text("."), text(",")), "1000000.01");
    assert_gives(CALL("number", text("1 000 000.01"), text(" "), text(".")), "1000000.01");
    assert_gives(CALL("number", text("1,000,000"), text(","), NULL_VALUE), "1000000");
    assert_gives(CALL("number", text("-1.5"), NULL_VALUE, text(".")), "-1.5");
    assert_null_value(CALL("number", text("1,5"), NULL_VALUE, NULL_VALUE));
    assert_null_value(CALL("number", text("1,000.5"), text(","), text(",")));
    assert_null_value(CALL("number", text("1.5"), NULL_VALUE, text(",")));
    assert_null_value(CALL("number", text("1:5"), text(":"), text(".")));
    assert_null_value(CALL("number", text("1.000,00"), text("."), text(", ")));
    assert_null_value(CALL("number", text("1.000,01"), text(".")));
    assert_null_value(CALL("number", text(""), text("."), text(",")));
}

static void test_string_writes_what_is_not_null(void **state)
{
    (void)state;
    assert_gives(CALL("string", num("1.10")), "\"1.1\"");
    assert_gives(CALL("string", text("a")), "\"a\"");
    assert_gives(CALL("string", at("P1Y2M")), "\"P1Y2M\"");
    assert_null_value(CALL("string", NULL_VALUE));
}

static void test_a_duration_is_of_one_kind_or_the_other(void **state)
{
    (void)state;
    assert_gives(CALL("duration", text("PT24H")), "duration(\"P1D\")");
    assert_gives(CALL("duration", text("P26M")), "duration(\"P2Y2M\")");
    assert_null_value(CALL("duration", text("P1Y1D")));
    assert_null_value(CALL("duration", num("1")));
}

static void test_years_and_months_between_two_days_run_either_way(void **state)
{
    (void)state;
    assert_gives(CALL("years and months duration", at("2011-12-22"), at("2013-08-24")),
                 "duration(\"P1Y8M\")");
    assert_gives(CALL("years and months duration", at("2013-08-24"), at("2011-12-22")),
                 "duration(\"-P1Y8M\")");
    assert_gives(CALL("years and months duration", at("2015-01-31"), at("2015-02-28")),
                 "duration(\"P0M\")");
    assert_gives(CALL("years and months duration", at("2014-12-31T23:59:59"), at("2019-10-01")),
                 "duration(\"P4Y9M\")");
    assert_gives(CALL("years and months duration", at("-0001-12-31"), at("0001-12-31")),
                 "duration(\"P2Y\")");
    assert_null_value(CALL("years and months duration", at("2011-12-22"), NULL_VALUE));
}

static void test_weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday(void **state)
{
    (void)state;
    assert_gives(CALL("week of year", at("2019-09-17")), "38");
    assert_gives(CALL("week of year", at("2003-12-29")), "1");
    assert_gives(CALL("week of year", at("2004-01-04")), "1");
    assert_gives(CALL("week of year", at("2005-01-01")), "53");
    assert_gives(CALL("week of year", at("2005-01-03")), "1");
    assert_gives(CALL("week of year", at("2005-01-09T10:00:00")), "1");
    assert_gives(CALL("day of year", at("2024-12-31")), "366");
    assert_gives(CALL("day of week", at("2019-09-17")), "\"Tuesday\"");
    assert_gives(CALL("month of year", at("2019-09-17T10:10:10Z")), "\"September\"");
    assert_null_value(CALL("day of week", text("2019-09-17")));
}

static void test_now_is_what_the_caller_says(void **state)
{
    struct moment now = {.day = 0, .nanos = 8 * 3600 * NANOS_PER_SECOND, .zone_kind = ZONE_OFFSET};
    (void)state;
    assert_null_value(call_with("now", NULL, NULL, 0));
    e.now = &now;
    assert_gives(call_with("now", NULL, NULL, 0), "date and time(\"1970-01-01T08:00:00Z\")");
    assert_gives(call_with("today", NULL, NULL, 0), "date(\"1970-01-01\")");
    assert_null_value(CALL("today", num("1")));
}

static void test_a_ranges_ends_are_literals_of_one_kind_in_order(void **state)
{
    (void)state;
    assert_gives(CALL("range", text("]1..3]")), "(1..3]");
    assert_gives(CALL("range", text(" [ -1 .. 3 ) ")), "[-1..3)");
    assert_gives(CALL("range", text("[\"a\"..\"c\"]")), "[\"a\"..\"c\"]");
    assert_gives(CALL("range", text("[date(\"1970-01-01\")..@\"1970-01-02\"]")),
                 "[date(\"1970-01-01\")..date(\"1970-01-02\")]");
    assert_null_value(CALL("range", text("[date(string(\"1970-01-01\"))..@\"1970-01-02\"]")));
    assert_null_value(CALL("range", text("[x..3]")));
    assert_null_value(CALL("range", text("[1..]")));
    assert_null_value(CALL("range", text("[3..1]")));
    assert_null_value(CALL("range", text("[1..\"b\"]")));
    assert_null_value(CALL("range", text("[null..null]")));
    assert_null_value(CALL("range", text("[true..true]")));
    assert_null_value(CALL("range", text("[1+1..3]")));
    assert_null_value(CALL("range", text(">=10")));
    assert_null_value(CALL("range", text("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_days_that_are_not_in_the_calendar_give_null, reset),
        cmocka_unit_test_setup(test_a_date_and_time_is_made_of_texts_dates_and_times, reset),
        cmocka_unit_test_setup(test_times_are_made_of_parts_with_or_without_an_offset, reset),
        cmocka_unit_test_setup(test_separators_of_numbers_are_of_few_kinds_and_differ, reset),
        cmocka_unit_test_setup(test_string_writes_what_is_not_null, reset),
        cmocka_unit_test_setup(test_a_duration_is_of_one_kind_or_the_other, reset),
        cmocka_unit_test_setup(test_years_and_months_between_two_days_run_either_way, reset),
        cmocka_unit_test_setup(test_weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday,
                               reset),
        cmocka_unit_test_setup(test_now_is_what_the_caller_says, reset),
        cmocka_unit_test_setup(test_a_ranges_ends_are_literals_of_one_kind_in_order, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
