/* export_grant: the golden cases of the ladder, its caps and its older versions, to the kopeck and to
 * the day. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "common/core/date.h"
#include "common/core/money.h"
#include "tests/unit/elig_rules.h"

#define ROUBLES(n) ((int64_t)(n)*100)

static struct arena mem;
static struct elig_standing standing;
static struct ev_application_submitted form;

static int32_t day(int year, int month, int d)
{
    return date_from_ymd(year, month, d);
}

/* A participant that neither grew nor is new, with proceeds of a million roubles and ample taxes. */
static int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    standing = (struct elig_standing){STR("inn:1"), ELIG_MEMBER, day(2019, 1, 1)};
    form = (struct ev_application_submitted){.application = STR("g1"),
                                             .organisation = STR("inn:1"),
                                             .measure = EV_MEASURE_EXPORT_GRANT,
                                             .submitted_on = day(2023, 5, 10),
                                             .currency = STR("RUB"),
                                             .has_export = true};
    form.export = (struct ev_export){.contract_proceeds = ROUBLES(1000000),
                                     .contract_closed_on = day(2023, 1, 20),
                                     .exports_last_year = ROUBLES(100),
                                     .exports_year_before = ROUBLES(100),
                                     .taxes_last_year = ROUBLES(900000000)};
    return 0;
}

static struct elig_verdict judge(void)
{
    struct elig_verdict verdict;
    elig_judge(&mem, elig_shipped_rules(),
               &(struct elig_facts){.measure = EV_MEASURE_EXPORT_GRANT,
                                    .submitted_on = form.submitted_on,
                                    .known_on = form.submitted_on,
                                    .described = true,
                                    .standings = &standing,
                                    .standing_count = 1,
                                    .form = &form},
               &verdict);
    return verdict;
}

static const struct ev_finding *finding(const struct elig_verdict *v, const char *rule)
{
    for (size_t i = 0; i < v->finding_count; i++)
        if (str_eq(v->findings[i].rule, str_of(rule)))
            return &v->findings[i];
    fail_msg("no finding %s", rule);
    return &v->findings[0];
}

static void test_nothing_was_in_force_before_the_programme_began(void **state)
{
    (void)state;
    form.submitted_on = day(2020, 3, 30);
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(
        str_eq(finding(&v, "rules_in_force")->nearest, STR("submitted on 2020-03-31 or later")));
    assert_true(v.rule_version.len > 0);
}

static void test_the_version_goes_by_the_day_of_the_application(void **state)
{
    static const struct {
        int year, month, day;
        const char *version;
    } cases[] = {
        {2020, 3, 31, "export-grant/2020-03-31"},
        {2021, 2, 28, "export-grant/2020-03-31"},
        {2021, 3, 1, "export-grant/2021-03-01"},
        {2024, 2, 29, "export-grant/2021-03-01"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        form.submitted_on = day(cases[i].year, cases[i].month, cases[i].day);
        struct elig_verdict v = judge();
        if (!str_eq(v.rule_version, str_of(cases[i].version)))
            fail_msg("case %zu: %.*s", i, STR_ARG(v.rule_version));
    }
}

static void test_the_raised_share_begins_one_kopeck_above_twenty_percent_growth(void **state)
{
    static const struct {
        int64_t last, before, amount;
    } cases[] = {
        {120, 100, ROUBLES(100000)}, /* exactly 20 % is not over 20 % */
        {121, 100, ROUBLES(200000)},
        {0, 0, ROUBLES(100000)}, /* nothing grew from nothing */
        {1, 0, ROUBLES(200000)}, /* anything is growth over nothing */
        {MONEY_MAX, MONEY_MAX, ROUBLES(100000)},
        {MONEY_MAX, MONEY_MAX / 6 * 5, ROUBLES(200000)}, /* no overflow on the way */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        form.export.exports_last_year = cases[i].last;
        form.export.exports_year_before = cases[i].before;
        struct elig_verdict v = judge();
        assert_int_equal(v.answer, ELIG_ELIGIBLE);
        if (v.amount != cases[i].amount)
            fail_msg("case %zu: got %lld", i, (long long)v.amount);
    }
    form.export.exports_last_year = 120;
    form.export.exports_year_before = 100;
    struct elig_verdict v = judge();
    assert_false(finding(&v, "raised_share")->held);
    assert_true(str_eq(finding(&v, "raised_share")->nearest, STR("exports_last_year=121")));
}

static void test_a_first_contract_is_new_from_the_first_day_of_the_year_before(void **state)
{
    (void)state;
    form.export.has_first_contract_on = true;
    form.export.first_contract_on = day(2021, 12, 31);
    assert_int_equal(judge().amount, ROUBLES(100000));
    form.export.first_contract_on = day(2022, 1, 1);
    assert_int_equal(judge().amount, ROUBLES(200000));
}

static void test_ten_million_roubles_a_year_is_the_most(void **state)
{
    (void)state;
    form.export.contract_proceeds = ROUBLES(100000000); /* a tenth is exactly the cap */
    struct elig_verdict v = judge();
    assert_int_equal(v.amount, INT64_C(1000000000));
    assert_int_equal(v.yearly_cap, INT64_C(1000000000));
    form.export.contract_proceeds += 10;
    v = judge();
    assert_int_equal(v.amount, INT64_C(1000000000));
    assert_int_equal(v.asked, INT64_C(1000000001));
    form.export.contract_proceeds -= 20;
    assert_int_equal(judge().amount, INT64_C(999999999));
    form.export.contract_proceeds = MONEY_MAX;
    assert_int_equal(judge().amount, INT64_C(1000000000));
}

static void test_half_of_the_taxes_is_the_most_and_half_a_kopeck_is_not_given(void **state)
{
    (void)state;
    form.export.taxes_last_year = ROUBLES(200000);
    assert_int_equal(judge().amount, ROUBLES(100000));
    form.export.taxes_last_year = ROUBLES(200000) - 1;
    struct elig_verdict v = judge();
    assert_int_equal(v.amount, ROUBLES(100000) - 1);
    assert_int_equal(v.yearly_cap, ROUBLES(100000) - 1);
}

static void test_without_taxes_there_is_nothing_to_give(void **state)
{
    (void)state;
    form.export.taxes_last_year = 0;
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(str_eq(finding(&v, "amount_above_zero")->nearest, STR("taxes_last_year=2")));
    form.export.taxes_last_year = 1;
    assert_int_equal(judge().answer, ELIG_REFUSED);
    form.export.taxes_last_year = 2;
    assert_int_equal(judge().amount, 1);
}

static void test_a_share_is_not_more_than_its_percent_so_it_rounds_down(void **state)
{
    (void)state;
    form.export.contract_proceeds = 19;
    assert_int_equal(judge().amount, 1);
    form.export.contract_proceeds = 9;
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(str_eq(finding(&v, "amount_above_zero")->nearest, STR("contract_proceeds=10")));
}

static void test_whoever_asks_for_less_is_given_less(void **state)
{
    (void)state;
    form.has_amount = true;
    form.amount = 7;
    struct elig_verdict v = judge();
    assert_int_equal(v.amount, 7);
    assert_int_equal(v.asked, 7);
    form.amount = 0;
    assert_int_equal(judge().answer, ELIG_REFUSED);
}

static void test_only_roubles_and_only_participants(void **state)
{
    (void)state;
    form.currency = STR("EUR");
    assert_int_equal(judge().answer, ELIG_REFUSED);
    form.currency = STR_NONE;
    assert_int_equal(judge().answer, ELIG_REFUSED);
    form.currency = STR("RUB");
    standing.kind = ELIG_UNDECIDED;
    assert_int_equal(judge().answer, ELIG_REFUSED);
    standing = (struct elig_standing){STR("inn:1"), ELIG_JOINED_LATER, day(2023, 5, 11)};
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(str_eq(finding(&v, "applicant_participates")->nearest,
                       STR("submitted on 2023-05-11 or later")));
}

static void test_the_older_version_wants_a_finished_contract_of_six_million_closed_within_two_years(
    void **state)
{
    static const struct {
        const char *when;
        int64_t proceeds;
        int closed_year, closed_month, closed_day;
        bool finished;
        enum elig_answer want;
    } cases[] = {
        {"exactly six million", ROUBLES(6000000), 2020, 12, 1, true, ELIG_ELIGIBLE},
        {"a kopeck less", ROUBLES(6000000) - 1, 2020, 12, 1, true, ELIG_REFUSED},
        {"not finished", ROUBLES(6000000), 2020, 12, 1, false, ELIG_REFUSED},
        {"closed two years ago to the day", ROUBLES(6000000), 2019, 2, 28, true, ELIG_ELIGIBLE},
        {"closed a day earlier", ROUBLES(6000000), 2019, 2, 27, true, ELIG_REFUSED},
        {"closed on the day", ROUBLES(6000000), 2021, 2, 28, true, ELIG_ELIGIBLE},
        {"closed only later", ROUBLES(6000000), 2021, 3, 1, true, ELIG_REFUSED},
    };
    (void)state;
    form.submitted_on = day(2021, 2, 28);
    for (size_t i = 0; i < COUNT(cases); i++) {
        form.export.contract_proceeds = cases[i].proceeds;
        form.export.contract_closed_on =
            day(cases[i].closed_year, cases[i].closed_month, cases[i].closed_day);
        form.export.has_contract_finished = form.export.contract_finished = cases[i].finished;
        struct elig_verdict v = judge();
        if (v.answer != cases[i].want)
            fail_msg("%s: got %d", cases[i].when, (int)v.answer);
    }
}

static void test_the_older_version_gives_a_tenth_to_everyone_and_is_capped_by_taxes_alone(
    void **state)
{
    (void)state;
    form.submitted_on = day(2020, 3, 31);
    form.export.contract_closed_on = day(2019, 6, 1);
    form.export.has_contract_finished = form.export.contract_finished = true;
    form.export.contract_proceeds = ROUBLES(400000000);
    form.export.exports_last_year = ROUBLES(1000000); /* tenfold growth */
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_ELIGIBLE);
    assert_int_equal(v.amount, ROUBLES(40000000));
    form.export.taxes_last_year = ROUBLES(50000000);
    assert_int_equal(judge().amount, ROUBLES(25000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_nothing_was_in_force_before_the_programme_began, reset),
        cmocka_unit_test_setup(test_the_version_goes_by_the_day_of_the_application, reset),
        cmocka_unit_test_setup(test_the_raised_share_begins_one_kopeck_above_twenty_percent_growth,
                               reset),
        cmocka_unit_test_setup(test_a_first_contract_is_new_from_the_first_day_of_the_year_before,
                               reset),
        cmocka_unit_test_setup(test_ten_million_roubles_a_year_is_the_most, reset),
        cmocka_unit_test_setup(test_half_of_the_taxes_is_the_most_and_half_a_kopeck_is_not_given,
                               reset),
        cmocka_unit_test_setup(test_without_taxes_there_is_nothing_to_give, reset),
        cmocka_unit_test_setup(test_a_share_is_not_more_than_its_percent_so_it_rounds_down, reset),
        cmocka_unit_test_setup(test_whoever_asks_for_less_is_given_less, reset),
        cmocka_unit_test_setup(test_only_roubles_and_only_participants, reset),
        cmocka_unit_test_setup(
            test_the_older_version_wants_a_finished_contract_of_six_million_closed_within_two_years,
            reset),
        cmocka_unit_test_setup(
            test_the_older_version_gives_a_tenth_to_everyone_and_is_capped_by_taxes_alone, reset),
    };
    int failed = cmocka_run_group_tests_name("elig_export_grant", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
