/* kpi formulas: stocks, flows and growth over monthly parts, by month and by year. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/date.h"
#include "services/kpi-aggregator/core/formulas.h"

static struct arena mem;

static int clean(void **state)
{
    (void)state;
    arena_done(&mem);
    return 0;
}

static int32_t month(const char *text)
{
    int32_t ret;

    assert_true(month_parse(str_of(text), &ret));
    return ret;
}

static const struct kpi *kpi_named(const char *name)
{
    for (size_t i = 0; i < KPI_FORMULAS; i++)
        if (str_eq(KPIS[i].name, str_of(name)))
            return &KPIS[i];
    print_error("there is no KPI %s\n", name);
    abort();
}

/* The value as text; "absent" for no cell, "undefined" for one without a value. */
static const char *value_of(const char *name, const struct kpi_parts *parts, const char *period)
{
    const struct kpi *kpi = kpi_named(name);
    struct kpi_value value =
        strlen(period) == 4 ? kpi_of_year(kpi, parts, month(arena_fmt(&mem, "%s-01", period).ptr))
                            : kpi_of_month(kpi, parts, month(period));

    if (value.state != KPI_DEFINED)
        return value.state == KPI_ABSENT ? "absent" : "undefined";
    return arena_fmt(&mem, "%.*s", STR_ARG(kpi_value_text(&mem, kpi->unit, value))).ptr;
}

struct sum {
    const char *month;
    enum kpi_part part;
    int64_t value;
};

static struct kpi_parts parts_of(const char *from, const char *to, const struct sum *sums,
                                 size_t count)
{
    struct kpi_parts parts = kpi_parts_new(&mem, month(from), month(to));

    for (size_t i = 0; i < count; i++)
        assert_true(kpi_parts_add(&parts, month(sums[i].month), sums[i].part, sums[i].value));
    kpi_parts_level(&parts);
    return parts;
}

struct expected {
    const char *kpi, *period, *want;
};

static void check(const struct kpi_parts *parts, const struct expected *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = value_of(cases[i].kpi, parts, cases[i].period);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s of %s: got %s, want %s", cases[i].kpi, cases[i].period, got,
                     cases[i].want);
    }
}

static void test_participants_are_a_stock_at_the_end_of_the_period(void **state)
{
    static const struct sum sums[] = {
        {"2020-11", KPI_JOINED, 2}, {"2020-12", KPI_JOINED, 2}, {"2020-12", KPI_LEFT, 1},
        {"2021-02", KPI_LEFT, 3},   {"2022-03", KPI_JOINED, 5},
    };
    static const struct expected cases[] = {
        {"participants.number", "2020-10", "absent"},
        {"participants.number", "2020-11", "2"},
        {"participants.number", "2020-12", "3"},
        {"participants.number", "2021-01", "3"},
        {"participants.number", "2021-02", "0"},
        {"participants.number", "2022-03", "5"},
        {"participants.number", "2022-04", "absent"},
        {"participants.number", "2020", "3"},
        {"participants.number", "2021", "0"},
        {"participants.number", "2022", "5"},
        {"participants.joined", "2020-10", "0"},
        {"participants.joined", "2020", "4"},
        {"participants.left", "2021", "3"},
        {"participants.growth", "2020-11", "undefined"},
        {"participants.growth", "2020-12", "0.500000"},
        {"participants.growth", "2021-01", "0.000000"},
        {"participants.growth", "2021-02", "-1.000000"},
        {"participants.growth", "2021-03", "undefined"},
        {"participants.growth", "2020", "undefined"},
        {"participants.growth", "2021", "-1.000000"},
        {"participants.growth", "2022", "undefined"},
    };
    struct kpi_parts parts = parts_of("2020-01", "2022-12", sums, COUNT(sums));
    (void)state;

    check(&parts, cases, COUNT(cases));
}

static void test_a_window_with_a_base_gives_the_same_values(void **state)
{
    static const struct sum sums[] = {{"2020-12", KPI_JOINED, 10},
                                      {"2021-01", KPI_JOINED, 5},
                                      {"2021-06", KPI_LEFT, 3}};
    static const struct expected cases[] = {
        {"participants.number", "2021-01", "15"},
        {"participants.growth", "2021-01", "0.500000"},
        {"participants.growth", "2021", "0.200000"},
        {"participants.number", "2021", "12"},
        {"participants.number", "2021-07", "absent"},
    };
    struct kpi_parts whole = parts_of("2020-01", "2021-12", sums, COUNT(sums));
    struct kpi_parts window = parts_of("2021-01", "2021-12", sums, COUNT(sums));
    (void)state;

    check(&whole, cases, COUNT(cases));
    check(&window, cases, COUNT(cases));
}

static void test_amounts_that_add_up_to_more_than_a_number_holds_still_give_their_months(
    void **state)
{
    struct kpi_parts parts = kpi_parts_new(&mem, month("2020-01"), month("2022-12"));
    (void)state;

    for (int32_t i = 0; i < parts.months; i++)
        assert_true(kpi_parts_add(&parts, parts.from + i, KPI_GRANTED, KPI_SUM_MAX));
    kpi_parts_level(&parts);
    static const struct expected cases[] = {
        {"support.granted", "2022-12", "576460752303423487"},
        {"support.granted", "2022", "6917529027641081844"},
    };
    check(&parts, cases, COUNT(cases));
}

static void test_no_formula_reads_a_level_of_money(void **state)
{
    (void)state;

    for (size_t i = 0; i < KPI_FORMULAS; i++)
        if (KPIS[i].formula != KPI_SUM)
            assert_true(kpi_part_has_level(KPIS[i].plus) && kpi_part_has_level(KPIS[i].minus));
}

static void test_a_project_is_active_in_each_month_it_touches_and_at_any_time_of_a_year(
    void **state)
{
    /* From November 2020 to January 2022, and one that began and ended in March 2021. */
    static const struct sum sums[] = {
        {"2020-11", KPI_ACTIVE_IN, 1},
        {"2022-02", KPI_ACTIVE_OUT, 1},
        {"2021-03", KPI_ACTIVE_IN, 1},
        {"2021-04", KPI_ACTIVE_OUT, 1},
    };
    static const struct expected cases[] = {
        {"projects.active", "2020-10", "absent"}, {"projects.active", "2020-11", "1"},
        {"projects.active", "2021-02", "1"},      {"projects.active", "2021-03", "2"},
        {"projects.active", "2021-04", "1"},      {"projects.active", "2022-01", "1"},
        {"projects.active", "2022-02", "0"},      {"projects.active", "2022-03", "absent"},
        {"projects.active", "2020", "1"},         {"projects.active", "2021", "2"},
        {"projects.active", "2022", "1"},         {"projects.started", "2021", "0"},
    };
    struct kpi_parts parts = parts_of("2020-01", "2022-12", sums, COUNT(sums));
    (void)state;

    check(&parts, cases, COUNT(cases));
}

static void test_a_project_that_ends_with_december_is_not_active_in_the_next_year(void **state)
{
    static const struct sum sums[] = {{"2020-06", KPI_ACTIVE_IN, 1},
                                      {"2021-01", KPI_ACTIVE_OUT, 1}};
    static const struct expected cases[] = {
        {"projects.active", "2020-12", "1"},
        {"projects.active", "2021-01", "0"},
        {"projects.active", "2020", "1"},
        {"projects.active", "2021", "0"},
    };
    struct kpi_parts parts = parts_of("2020-01", "2021-12", sums, COUNT(sums));
    (void)state;

    check(&parts, cases, COUNT(cases));
}

static void test_ratios_have_six_places_with_halves_to_even(void **state)
{
    static const struct {
        int64_t number, base;
        const char *want;
    } cases[] = {
        {0, 7, "0.000000"},
        {1, 3, "0.333333"},
        {2, 3, "0.666667"},
        {-2, 3, "-0.666667"},
        {1, 2000000, "0.000000"},  /* 0.0000005 */
        {3, 2000000, "0.000002"},  /* 0.0000015 */
        {5, 2000000, "0.000002"},  /* 0.0000025 */
        {-1, 2000000, "0.000000"}, /* no minus nought */
        {-3, 2000000, "-0.000002"},
        {1999999, 2000000, "1.000000"},
        {INT64_MAX, 1, "9223372036854775807.000000"},
        {INT64_MIN, 1, "-9223372036854775808.000000"},
        {INT64_MIN, INT64_MAX, "-1.000000"},
        {1, INT64_MAX, "0.000000"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str got =
            kpi_value_text(&mem, KPI_RATIO,
                           (struct kpi_value){KPI_DEFINED, cases[i].number, cases[i].base});
        if (!str_eq(got, str_of(cases[i].want)))
            fail_msg("%lld / %lld: got %.*s", (long long)cases[i].number, (long long)cases[i].base,
                     STR_ARG(got));
    }
}

static void test_a_sum_that_leaves_its_range_is_refused_and_changes_nothing(void **state)
{
    struct kpi_parts parts = kpi_parts_new(&mem, month("2020-01"), month("2020-12"));
    (void)state;

    assert_true(kpi_parts_add(&parts, month("2020-05"), KPI_ASKED, KPI_SUM_MAX));
    assert_false(kpi_parts_add(&parts, month("2020-05"), KPI_ASKED, 1));
    assert_false(kpi_parts_add(&parts, month("2020-06"), KPI_ASKED, INT64_MIN));
    assert_int_equal(parts.last, month("2020-05"));
    for (int i = 1; i <= 12; i++)
        if (i != 5)
            assert_true(kpi_parts_add(&parts, month("2020-01") + i - 1, KPI_ASKED, KPI_SUM_MAX));
    kpi_parts_level(&parts);
    assert_string_equal(value_of("support.asked", &parts, "2020"), "6917529027641081844");
}

static void test_years_before_1970_begin_in_january_too(void **state)
{
    (void)state;

    assert_int_equal(kpi_january(month("1969-12")), month("1969-01"));
    assert_int_equal(kpi_january(month("1969-01")), month("1969-01"));
    assert_int_equal(kpi_january(month("1970-01")), month("1970-01"));
    assert_int_equal(kpi_january(month("2021-12")), month("2021-01"));
}

static void test_every_kpi_reads_parts_of_its_own_family_and_money_only_where_there_is_a_currency(
    void **state)
{
    (void)state;

    for (size_t i = 0; i < KPI_FORMULAS; i++) {
        const struct kpi *kpi = &KPIS[i];
        struct kpi_series series = {kpi->family, KPI_ALL,
                                    kpi->unit == KPI_MINOR ? STR("EUR") : STR_NONE};
        enum kpi_part part;
        assert_true(kpi_is_of(kpi, &series));
        assert_true(kpi_part_parse(&series, kpi_part_text(kpi->plus), &part));
        assert_int_equal(part, kpi->plus);
        if (kpi->formula != KPI_SUM) {
            assert_true(kpi_part_parse(&series, kpi_part_text(kpi->minus), &part));
            assert_int_equal(part, kpi->minus);
        }
        for (size_t other = 0; other < i; other++)
            assert_false(str_eq(KPIS[other].name, kpi->name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_participants_are_a_stock_at_the_end_of_the_period),
        cmocka_unit_test(test_a_window_with_a_base_gives_the_same_values),
        cmocka_unit_test(
            test_amounts_that_add_up_to_more_than_a_number_holds_still_give_their_months),
        cmocka_unit_test(test_no_formula_reads_a_level_of_money),
        cmocka_unit_test(
            test_a_project_is_active_in_each_month_it_touches_and_at_any_time_of_a_year),
        cmocka_unit_test(test_a_project_that_ends_with_december_is_not_active_in_the_next_year),
        cmocka_unit_test(test_ratios_have_six_places_with_halves_to_even),
        cmocka_unit_test(test_a_sum_that_leaves_its_range_is_refused_and_changes_nothing),
        cmocka_unit_test(test_years_before_1970_begin_in_january_too),
        cmocka_unit_test(
            test_every_kpi_reads_parts_of_its_own_family_and_money_only_where_there_is_a_currency),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
