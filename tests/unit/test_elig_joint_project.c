/* joint_project: joint projects and Horizon projects, with facts made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "common/core/date.h"
#include "common/core/money.h"
#include "tests/unit/elig_rules.h"

static struct arena mem;
static struct ev_partner partners[64];
static struct elig_standing standings[64];
static struct ev_application_submitted form;
static struct elig_facts facts;

static int32_t day(int year, int month, int d)
{
    return date_from_ymd(year, month, d);
}

/* A joint project of `count` participants that asks for 100 roubles. */
static void project_of(size_t count)
{
    memset(partners, 0, sizeof partners);
    for (size_t i = 0; i < count; i++) {
        partners[i].organisation = arena_fmt(&mem, "inn:%zu", i);
        partners[i].role = i == 0 ? EV_ROLE_COORDINATOR : EV_ROLE_PARTNER;
        standings[i] =
            (struct elig_standing){partners[i].organisation, ELIG_MEMBER, day(2020, 1, 1)};
    }
    form = (struct ev_application_submitted){.application = STR("a1"),
                                             .organisation = STR("inn:0"),
                                             .measure = EV_MEASURE_JOINT_PROJECT,
                                             .submitted_on = day(2021, 5, 10),
                                             .has_amount = true,
                                             .amount = 10000,
                                             .currency = STR("RUB"),
                                             .has_plan = true};
    form.plan = (struct ev_plan){.project = STR("p1"),
                                 .title = STR("Wind"),
                                 .partners = partners,
                                 .partners_count = count};
    facts = (struct elig_facts){.measure = EV_MEASURE_JOINT_PROJECT,
                                .submitted_on = form.submitted_on,
                                .known_on = form.submitted_on,
                                .described = true,
                                .standings = standings,
                                .standing_count = count,
                                .form = &form};
}

static int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    project_of(3);
    return 0;
}

static struct elig_verdict judge(void)
{
    struct elig_verdict verdict;
    elig_judge(&mem, elig_shipped_rules(), &facts, &verdict);
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

static void test_a_joint_project_has_two_to_five_organisations(void **state)
{
    static const struct {
        size_t count;
        enum elig_answer want;
        const char *nearest;
    } cases[] = {
        {1, ELIG_REFUSED, "1 more"},  {2, ELIG_ELIGIBLE, NULL},       {5, ELIG_ELIGIBLE, NULL},
        {6, ELIG_REFUSED, "1 fewer"}, {40, ELIG_REFUSED, "35 fewer"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        project_of(cases[i].count);
        struct elig_verdict v = judge();
        if (v.answer != cases[i].want)
            fail_msg("%zu organisations: got %d", cases[i].count, (int)v.answer);
        assert_true(str_eq(finding(&v, "number_of_partners")->nearest, str_of(cases[i].nearest)));
    }
}

static void test_too_many_partners_are_refused_before_all_are_decided_on(void **state)
{
    (void)state;
    project_of(6);
    standings[3].kind = ELIG_UNDECIDED;
    assert_int_equal(judge().answer, ELIG_REFUSED);
}

static void test_nothing_is_refused_before_the_applicant_is_described(void **state)
{
    (void)state;
    project_of(6);
    facts.described = false;
    assert_int_equal(judge().answer, ELIG_WAITS);
}

static void test_one_undecided_partner_makes_it_wait_even_if_another_is_refused(void **state)
{
    (void)state;
    standings[1].kind = ELIG_NEVER_MEMBER;
    standings[2].kind = ELIG_UNDECIDED;
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_WAITS);
    assert_true(str_eq(finding(&v, "all_partners_participate")->read,
                       STR("partners=3 participants=1 inn:1=refused inn:2=undecided")));
}

static void test_a_partner_who_came_later_or_left_before_is_named_with_the_nearest_change(
    void **state)
{
    (void)state;
    standings[1] = (struct elig_standing){STR("inn:1"), ELIG_JOINED_LATER, day(2021, 6, 1)};
    standings[2] = (struct elig_standing){STR("inn:2"), ELIG_JOINED_LATER, day(2021, 5, 11)};
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(str_eq(finding(&v, "all_partners_participate")->nearest,
                       STR("submitted on 2021-06-01 or later")));

    standings[2] = (struct elig_standing){STR("inn:2"), ELIG_LEFT_BEFORE, day(2021, 5, 9)};
    v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(str_eq(finding(&v, "all_partners_participate")->nearest, STR("without inn:2")));
    assert_true(
        str_eq(finding(&v, "all_partners_participate")->read,
               STR("partners=3 participants=1 inn:1=joined:2021-06-01 inn:2=left:2021-05-09")));
}

static void test_findings_about_many_partners_stay_within_the_contract(void **state)
{
    (void)state;
    project_of(60);
    form.measure = facts.measure = EV_MEASURE_HORIZON_PROJECT;
    for (size_t i = 0; i < 60; i++)
        standings[i] = (struct elig_standing){
            STR("inn:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ELIG_NEVER_MEMBER, 0};
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    const struct ev_finding *f = finding(&v, "all_partners_participate");
    assert_true(f->read.len <= ELIG_READ_MAX && f->nearest.len <= ELIG_NEAREST_MAX);
    assert_true(str_ends(f->read, STR(" more")));
}

static void test_the_grants_of_the_partners_are_asked_for_when_no_amount_is_given(void **state)
{
    (void)state;
    form.has_amount = false;
    partners[0].has_grant = partners[1].has_grant = true;
    partners[0].grant = 5;
    partners[1].grant = MONEY_MAX - 5;
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_ELIGIBLE);
    assert_int_equal(v.asked, MONEY_MAX);
    assert_int_equal(v.amount, MONEY_MAX);

    partners[1].grant = MONEY_MAX - 4; /* one too much to be an amount */
    v = judge();
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_false(finding(&v, "amount_fits")->held);
    assert_false(v.has_amount || v.has_asked);
}

static void test_an_amount_needs_a_currency(void **state)
{
    (void)state;
    form.currency = STR_NONE;
    assert_int_equal(judge().answer, ELIG_REFUSED);
    form.amount = 0;
    assert_int_equal(judge().answer, ELIG_ELIGIBLE);
}

static void test_a_horizon_project_has_any_number_of_partners_and_its_amount_is_theirs(void **state)
{
    (void)state;
    project_of(40);
    form.measure = facts.measure = EV_MEASURE_HORIZON_PROJECT;
    form.currency = STR("EUR");
    for (size_t i = 0; i < 40; i++) {
        partners[i].has_grant = i % 2 == 0;
        partners[i].grant = 1000;
    }
    struct elig_verdict v = judge();
    assert_int_equal(v.answer, ELIG_ELIGIBLE);
    assert_int_equal(v.amount, 20000); /* not the 10000 of the form */
    assert_true(str_eq(v.rule_version, STR("horizon-project/1")));

    project_of(1);
    facts.measure = EV_MEASURE_HORIZON_PROJECT;
    v = judge();
    assert_int_equal(v.answer, ELIG_ELIGIBLE);
    assert_false(v.has_amount); /* nobody named a grant */
}

static void test_waiting_too_long_is_a_refusal_that_names_the_deadline(void **state)
{
    (void)state;
    standings[2].kind = ELIG_UNDECIDED;
    struct elig_verdict v = judge();
    elig_expire(&mem, &facts, day(2021, 6, 10), &v);
    assert_int_equal(v.answer, ELIG_REFUSED);
    assert_true(str_eq(finding(&v, "decided_in_time")->read,
                       STR("submitted_on=2021-05-10 day=2021-06-10 wait_days=30")));
    assert_true(str_eq(finding(&v, "decided_in_time")->nearest,
                       STR("what was missing is known by 2021-06-09")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_joint_project_has_two_to_five_organisations, reset),
        cmocka_unit_test_setup(test_too_many_partners_are_refused_before_all_are_decided_on, reset),
        cmocka_unit_test_setup(test_nothing_is_refused_before_the_applicant_is_described, reset),
        cmocka_unit_test_setup(test_one_undecided_partner_makes_it_wait_even_if_another_is_refused,
                               reset),
        cmocka_unit_test_setup(
            test_a_partner_who_came_later_or_left_before_is_named_with_the_nearest_change, reset),
        cmocka_unit_test_setup(test_findings_about_many_partners_stay_within_the_contract, reset),
        cmocka_unit_test_setup(
            test_the_grants_of_the_partners_are_asked_for_when_no_amount_is_given, reset),
        cmocka_unit_test_setup(test_an_amount_needs_a_currency, reset),
        cmocka_unit_test_setup(
            test_a_horizon_project_has_any_number_of_partners_and_its_amount_is_theirs, reset),
        cmocka_unit_test_setup(test_waiting_too_long_is_a_refusal_that_names_the_deadline, reset),
    };
    int failed = cmocka_run_group_tests_name("elig_joint_project", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
