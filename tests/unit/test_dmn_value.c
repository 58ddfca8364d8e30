/* value: equality, order and text of values, and what a dot asks of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/dmn/function.h"

static struct arena arena;

static int done(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct value num(const char *text)
{
    struct number n;
    assert_true(number_parse(str_of(text), &n));
    return value_number(n);
}

static struct value txt(const char *text)
{
    return value_string(str_of(text));
}

static struct value date(const char *text)
{
    int64_t day;
    assert_true(date_text(str_of(text), &day));
    return value_date(day);
}

static struct value clock_time(const char *text)
{
    struct moment t;
    assert_true(time_text(str_of(text), NULL, &t));
    return value_moment(&arena, VALUE_TIME, t);
}

static struct value date_time(const char *text)
{
    struct moment m;
    assert_true(date_time_text(str_of(text), NULL, &m));
    return value_moment(&arena, VALUE_DATE_TIME, m);
}

static struct value days(const char *text)
{
    nanos_t d;
    assert_true(days_duration_text(str_of(text), &d));
    return value_days(d);
}

static struct value months(const char *text)
{
    int64_t m;
    assert_true(months_duration_text(str_of(text), &m));
    return value_months(m);
}

static struct value list_of(struct value a, struct value b)
{
    struct value items[] = {a, b};
    return value_list(&arena, items, 2);
}

static struct value context_of(const char *a, struct value x, const char *b, struct value y)
{
    struct entry entries[] = {{str_of(a), x}, {str_of(b), y}};
    return value_context(&arena, entries, 2);
}

static struct value range_of(struct range r)
{
    struct range *kept = arena_alloc(&arena, sizeof *kept);
    *kept = r;
    return (struct value){.kind = VALUE_RANGE, .range = kept};
}

static struct value interval(const char *low, const char *high)
{
    return range_of((struct range){.low_closed = true,
                                   .high_closed = true,
                                   .has_low = true,
                                   .has_high = true,
                                   .low = num(low),
                                   .high = num(high)});
}

static void test_null_equals_only_null_and_other_kinds_are_not_comparable(void **state)
{
    (void)state;
    assert_int_equal(value_equal(NULL_VALUE, NULL_VALUE), TRUTH_YES);
    assert_int_equal(value_equal(num("0"), NULL_VALUE), TRUTH_NO);
    assert_int_equal(value_equal(NULL_VALUE, value_list(&arena, NULL, 0)), TRUTH_NO);
    assert_int_equal(value_equal(value_bool(false), num("0")), TRUTH_UNKNOWN);
    assert_int_equal(value_equal(num("100"), txt("100")), TRUTH_UNKNOWN);
    assert_int_equal(value_equal(months("P1Y"), days("P365D")), TRUTH_UNKNOWN);
    assert_int_equal(value_equal(date("2018-12-08"), date_time("2018-12-08T00:00:00")),
                     TRUTH_UNKNOWN);
}

static void test_lists_and_contexts_are_equal_by_content(void **state)
{
    (void)state;
    struct value one = num("1"), two = num("2");
    assert_int_equal(value_equal(list_of(one, two), list_of(num("1.0"), two)), TRUTH_YES);
    assert_int_equal(value_equal(list_of(one, two), list_of(two, one)), TRUTH_NO);
    assert_int_equal(value_equal(list_of(one, two), value_list(&arena, &one, 1)), TRUTH_NO);
    assert_int_equal(value_equal(list_of(one, txt("2")), list_of(one, two)), TRUTH_UNKNOWN);
    assert_int_equal(value_equal(list_of(txt("2"), one), list_of(two, two)), TRUTH_NO);
    assert_int_equal(value_equal(context_of("a", one, "b", two), context_of("b", two, "a", one)),
                     TRUTH_YES);
    assert_int_equal(value_equal(context_of("a", one, "b", two), context_of("a", one, "c", two)),
                     TRUTH_NO);
    assert_int_equal(value_equal(list_of(list_of(one, two), one), list_of(list_of(one, two), one)),
                     TRUTH_YES);
}

static void test_moments_are_equal_by_instant_to_the_second(void **state)
{
    (void)state;
    assert_int_equal(value_equal(date_time("2002-04-02T23:00:00-04:00"),
                                 date_time("2002-04-03T02:00:00-01:00")),
                     TRUTH_YES);
    assert_int_equal(value_equal(clock_time("10:30:00Z"), clock_time("10:30:00+00:00")), TRUTH_YES);
    assert_int_equal(value_equal(clock_time("10:30:00"), clock_time("10:30:00Z")), TRUTH_UNKNOWN);
    assert_int_equal(value_equal(clock_time("10:30:00.0001"), clock_time("10:30:00.0002")),
                     TRUTH_YES);
    assert_int_equal(value_equal(clock_time("10:30:00.9"), clock_time("10:30:01")), TRUTH_NO);
    assert_int_equal(value_equal(days("P0D"), days("-P0D")), TRUTH_YES);
}

static void test_is_sees_zones_kinds_and_fractions(void **state)
{
    (void)state;
    assert_true(value_is(clock_time("23:00:50Z"), clock_time("23:00:50+00:00")));
    assert_false(value_is(clock_time("20:00:50+00:00"), clock_time("21:00:50+01:00")));
    assert_false(value_is(clock_time("23:00:50"), clock_time("23:00:50Z")));
    assert_false(value_is(clock_time("23:00:50.1"), clock_time("23:00:50")));
    assert_false(value_is(days("P0D"), months("P0Y")));
    assert_true(value_is(days("P1D"), days("PT24H")));
    assert_false(value_is(num("1"), txt("1")));
    assert_true(value_is(list_of(num("1"), NULL_VALUE), list_of(num("1"), NULL_VALUE)));
}

static void test_ranges_are_equal_as_they_are_written(void **state)
{
    struct range below = {.has_high = true, .high = num("10")};
    struct range below_null = below;
    struct range equal = {.form = RANGE_EQUAL,
                          .low_closed = true,
                          .high_closed = true,
                          .has_low = true,
                          .has_high = true,
                          .low = num("10"),
                          .high = num("10")};
    (void)state;
    below_null.has_low = true; /* (null..10) */
    assert_int_equal(value_equal(interval("1", "10"), interval("1", "10")), TRUTH_YES);
    assert_int_equal(value_equal(interval("1", "10"), interval("2", "10")), TRUTH_NO);
    assert_int_equal(value_equal(range_of(below), range_of(below)), TRUTH_YES);
    assert_int_equal(value_equal(range_of(below), range_of(below_null)), TRUTH_NO);
    assert_int_equal(value_equal(range_of(equal), range_of(equal)), TRUTH_YES);
    assert_int_equal(value_equal(range_of(equal), interval("10", "10")), TRUTH_NO);
}

static void test_a_value_that_holds_itself_many_times_is_compared_within_limits(void **state)
{
    (void)state;
    struct value a = num("1"), b = num("1");
    for (int i = 0; i < 60; i++) {
        a = list_of(a, a);
        b = list_of(b, b);
    }
    assert_int_equal(value_equal(a, b), TRUTH_UNKNOWN);
    for (int i = 0; i < 100000; i++)
        a = value_list(&arena, &a, 1);
    assert_int_equal(value_equal(a, a), TRUTH_UNKNOWN);
    struct buf text = {.arena = &arena};
    value_write(&text, b);
    assert_true(text.len < (size_t)32 << 20);
}

static void orders(struct value a, struct value b, int expected)
{
    int order = 77;
    assert_true(value_order(a, b, &order));
    assert_true((order < 0) == (expected < 0) && (order > 0) == (expected > 0));
}

static void test_values_are_ordered_within_a_kind_and_not_between(void **state)
{
    int order;
    (void)state;
    orders(num("9"), num("10"), -1);
    orders(txt("abc"), txt("abd"), -1);
    orders(txt("z"), txt("\xc3\xa4"), -1);
    orders(date("2017-12-31"), date("-2017-12-31"), 1);
    orders(clock_time("10:00:00+02:00"), clock_time("08:30:00Z"), -1);
    orders(clock_time("10:00:00.1"), clock_time("10:00:00"), 1);
    orders(date_time("2018-12-08T00:00:00"), date_time("2018-12-08T00:00:00"), 0);
    orders(days("P1D"), days("PT23H59M"), 1);
    orders(months("P1Y"), months("P13M"), -1);
    assert_false(value_order(value_bool(true), value_bool(false), &order));
    assert_false(value_order(num("1"), txt("1"), &order));
    assert_false(value_order(clock_time("10:00:00"), clock_time("10:00:00Z"), &order));
    assert_false(value_order(NULL_VALUE, NULL_VALUE, &order));
    assert_false(value_order(days("P1D"), months("P1M"), &order));
}

static enum truth holds(const char *low, bool low_closed, const char *high, bool high_closed,
                        struct value v)
{
    struct range r = {.low_closed = low_closed, .high_closed = high_closed};
    if (low != NULL) {
        r.has_low = true;
        r.low = num(low);
    }
    if (high != NULL) {
        r.has_high = true;
        r.high = num(high);
    }
    return range_holds(&r, v);
}

static void test_a_range_holds_what_lies_between_its_ends(void **state)
{
    (void)state;
    assert_int_equal(holds("1", true, "10", false, num("1")), TRUTH_YES);
    assert_int_equal(holds("1", false, "10", false, num("1")), TRUTH_NO);
    assert_int_equal(holds("1", true, "10", true, num("10.0")), TRUTH_YES);
    assert_int_equal(holds("1", true, "10", false, num("10")), TRUTH_NO);
    assert_int_equal(holds(NULL, false, "10", false, num("-1E100")), TRUTH_YES);
    assert_int_equal(holds("10", false, NULL, false, num("10.1")), TRUTH_YES);
    assert_int_equal(holds("1", true, "10", true, txt("5")), TRUTH_UNKNOWN);
    assert_int_equal(holds("1", true, "10", true, NULL_VALUE), TRUTH_UNKNOWN);
    struct range equal = {.form = RANGE_EQUAL, .low = txt("a"), .high = txt("a")};
    assert_int_equal(range_holds(&equal, txt("a")), TRUTH_YES);
    assert_int_equal(range_holds(&equal, txt("b")), TRUTH_NO);
}

typedef void (*write_fn)(struct buf *, struct value);

static void writes(write_fn write, struct value v, const char *expected)
{
    struct buf b = {.arena = &arena};
    write(&b, v);
    buf_char(&b, '\0');
    assert_string_equal(b.ptr, expected);
}

static void test_a_string_is_bare_as_text_and_quoted_inside_others(void **state)
{
    (void)state;
    struct value nested = context_of("a", list_of(num("1.50"), txt("x \"y\"")), "b c", NULL_VALUE);
    writes(value_write, txt("a \"b\""), "a \"b\"");
    writes(value_write, nested, "{a: [1.5, \"x \\\"y\\\"\"], b c: null}");
    writes(value_write, context_of("a  b", num("1"), "c+d", num("2")), "{\"a  b\": 1, \"c+d\": 2}");
    writes(value_write, value_list(&arena, NULL, 0), "[]");
    writes(value_write, date("2017-12-31"), "2017-12-31");
    writes(value_write, list_of(date("2017-12-31"), days("P1D")), "[2017-12-31, P1D]");
    writes(value_write, interval("1", "10"), "[1..10]");
    writes(value_write, range_of((struct range){.has_high = true, .high = num("5")}), "(< 5)");
    writes(value_write, value_bool(true), "true");
    writes(value_write, NULL_VALUE, "null");
}

static void test_literals_read_back_and_json_has_plain_strings(void **state)
{
    (void)state;
    struct value mixed = list_of(date_time("2017-12-31T10:00:00Z"), txt("a\n\"b\\"));
    writes(value_show, mixed, "[date and time(\"2017-12-31T10:00:00Z\"), \"a\\n\\\"b\\\\\"]");
    writes(value_show, months("P14M"), "duration(\"P1Y2M\")");
    writes(value_json, mixed, "[\"2017-12-31T10:00:00Z\", \"a\\n\\\"b\\\\\"]");
    writes(value_json, context_of("a b", num("1E3"), "c", interval("1", "2")),
           "{\"a b\": 1000, \"c\": \"[1..2]\"}");
    struct function f = {.name = STR("f")};
    writes(value_json, (struct value){.kind = VALUE_FUNCTION, .function = &f}, "\"function() f\"");
}

static void asks(struct value v, const char *name, const char *expected)
{
    struct value ret;
    if (!value_property(v, str_of(name), &ret)) {
        assert_null(expected);
        return;
    }
    assert_non_null(expected);
    writes(value_write, ret, expected);
}

static void test_moments_have_the_properties_of_their_kind_only(void **state)
{
    (void)state;
    struct value m = date_time("2015-12-24T10:31:07.5-01:30");
    asks(m, "year", "2015");
    asks(m, "month", "12");
    asks(m, "day", "24");
    asks(m, "weekday", "4");
    asks(m, "hour", "10");
    asks(m, "minute", "31");
    asks(m, "second", "7");
    asks(m, "time offset", "-PT1H30M");
    asks(m, "timezone", "null");
    asks(m, "years", NULL);
    asks(date("-2015-12-24"), "year", "-2015");
    asks(date("2015-12-24"), "hour", NULL);
    asks(clock_time("10:00:00"), "time offset", "null");
    asks(clock_time("10:00:00Z"), "time offset", "PT0S");
    asks(clock_time("10:00:00Z"), "year", NULL);
    asks(num("1"), "year", NULL);
}

static void test_durations_and_ranges_have_their_parts_as_properties(void **state)
{
    (void)state;
    asks(days("-P2DT3H4M5.5S"), "days", "-2");
    asks(days("-P2DT3H4M5.5S"), "hours", "-3");
    asks(days("P2DT3H4M5.5S"), "minutes", "4");
    asks(days("P2DT3H4M5.5S"), "seconds", "5");
    asks(days("P2D"), "years", NULL);
    asks(months("-P26M"), "years", "-2");
    asks(months("-P26M"), "months", "-2");
    asks(months("P26M"), "days", NULL);
    asks(interval("1", "10"), "start", "1");
    asks(interval("1", "10"), "end", "10");
    asks(interval("1", "10"), "start included", "true");
    asks(range_of((struct range){.has_high = true, .high = num("5")}), "start", "null");
    asks(range_of((struct range){.has_high = true, .high = num("5")}), "end included", "false");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_equals_only_null_and_other_kinds_are_not_comparable),
        cmocka_unit_test(test_lists_and_contexts_are_equal_by_content),
        cmocka_unit_test(test_moments_are_equal_by_instant_to_the_second),
        cmocka_unit_test(test_is_sees_zones_kinds_and_fractions),
        cmocka_unit_test(test_ranges_are_equal_as_they_are_written),
        cmocka_unit_test(test_a_value_that_holds_itself_many_times_is_compared_within_limits),
        cmocka_unit_test(test_values_are_ordered_within_a_kind_and_not_between),
        cmocka_unit_test(test_a_range_holds_what_lies_between_its_ends),
        cmocka_unit_test(test_a_string_is_bare_as_text_and_quoted_inside_others),
        cmocka_unit_test(test_literals_read_back_and_json_has_plain_strings),
        cmocka_unit_test(test_moments_have_the_properties_of_their_kind_only),
        cmocka_unit_test(test_durations_and_ranges_have_their_parts_as_properties),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
