/* assess: applications that wait, are withdrawn, are amended, or cannot be, in every awkward order. */
#include "tests/unit/elig_assess_steps.h"

/* --- waiting --- */

static void test_a_membership_waits_for_facts_and_joins_on_the_day_it_was_submitted(void **state)
{
    (void)state;
    member("m", "a", on(2, 1));
    assert_int_equal(s.step_count, 0);
    assert_int_equal(s.notice_count, 0);
    described_as("a", EV_CATEGORY_LABORATORY, on(3, 5));
    assert_step("m", EV_VERDICT_ELIGIBLE, EV_CAUSE_FACTS, 1);
    assert_int_equal(last_step("m")->effective_on, on(3, 5));
    assert_int_equal(last_step("m")->category, EV_CATEGORY_LABORATORY);
    assert_int_equal(s.notice_count, 1);
    assert_int_equal(s.notices[0].periods[0].joined_on, on(2, 1));
}

static void test_two_memberships_that_wait_together_are_taken_by_date_not_by_arrival(void **state)
{
    (void)state;
    member("late", "a", on(2, 2));
    member("early", "a", on(2, 1));
    described("a");
    assert_step("early", EV_VERDICT_ELIGIBLE, EV_CAUSE_FACTS, 1);
    assert_step("late", EV_VERDICT_REFUSED, EV_CAUSE_FACTS, 1);
}

static void test_a_project_waits_for_its_last_partner_and_is_then_decided_once(void **state)
{
    (void)state;
    described("a");
    described("b");
    described("c");
    member("ma", "a", on(1, 5));
    project("p", "abc", on(5, 10));
    member("mc", "c", on(1, 7));
    assert_int_equal(steps_of("p"), 0);
    member("mb", "b", on(5, 10)); /* joined on the very day */
    assert_step("p", EV_VERDICT_ELIGIBLE, EV_CAUSE_PARTNER, 1);
    described_as("b", EV_CATEGORY_COMPANY, on(6, 1));
    assert_int_equal(steps_of("p"), 1);
    assert_int_equal(last_step("p")->effective_on, on(5, 10));
}

static void test_a_partner_that_only_joined_later_is_a_refusal_dated_then(void **state)
{
    (void)state;
    described("a");
    described("b");
    member("ma", "a", on(1, 5));
    project("p", "ab", on(5, 10));
    member("mb", "b", on(5, 11));
    assert_step("p", EV_VERDICT_REFUSED, EV_CAUSE_PARTNER, 1);
    assert_int_equal(last_step("p")->effective_on, on(5, 11));
}

static void test_waiting_ends_after_thirty_days_and_names_who_is_missing(void **state)
{
    (void)state;
    described("a");
    member("ma", "a", on(1, 5));
    project("p", "ab", on(5, 10));
    business_day(on(6, 9)); /* the thirtieth day */
    assert_int_equal(steps_of("p"), 0);
    business_day(on(6, 10));
    assert_step("p", EV_VERDICT_REFUSED, EV_CAUSE_EXPIRED, 1);
    assert_int_equal(last_step("p")->effective_on, on(6, 10));
    assert_true(has_failed("p", "decided_in_time") && has_failed("p", "all_partners_participate"));
    business_day(on(6, 11));
    described("b");
    member("mb", "b", on(1, 6));
    assert_int_equal(steps_of("p"), 1); /* too late */
}

static void test_an_expired_membership_refuses_the_projects_that_wait_for_it(void **state)
{
    (void)state;
    described("a");
    member("ma", "a", on(1, 5));
    member("mb", "b", on(4, 1));
    project("p", "ab", on(5, 10));
    business_day(on(5, 15));
    assert_step("mb", EV_VERDICT_REFUSED, EV_CAUSE_EXPIRED, 1);
    assert_int_equal(last_step("mb")->category, EV_CATEGORY_OTHER);
    assert_step("p", EV_VERDICT_REFUSED, EV_CAUSE_PARTNER, 1);
    assert_int_equal(last_step("p")->effective_on, on(5, 15));
    described("b");
    assert_int_equal(steps_of("mb"), 1);
}

static void test_a_grant_waits_for_facts_but_not_for_a_membership_nobody_applied_for(void **state)
{
    (void)state;
    assert_null(submitted(grant_form("g", "a", on(5, 10))));
    assert_int_equal(s.step_count, 0);
    described("a");
    assert_step("g", EV_VERDICT_REFUSED, EV_CAUSE_FACTS, 1);
    assert_true(has_failed("g", "applicant_participates"));
}

/* --- withdrawing --- */

static void test_an_application_that_still_waits_can_be_withdrawn_and_stays_so(void **state)
{
    (void)state;
    project("p", "ab", on(5, 10));
    assert_null(withdrawn("p", "a", on(5, 11)));
    assert_step("p", EV_VERDICT_WITHDRAWN, EV_CAUSE_WITHDRAWN, 1);
    assert_int_equal(last_step("p")->category, EV_CATEGORY_OTHER);
    assert_non_null(last_step("p")->judged->rule_version.ptr);
    described("a");
    described("b");
    member("ma", "a", on(1, 5));
    member("mb", "b", on(1, 5));
    business_day(on(12, 31));
    assert_null(withdrawn("p", "a", on(5, 12)));
    assert_null(amended(project_form("p", "ab", on(5, 10)), on(5, 13)));
    assert_int_equal(steps_of("p"), 1);
}

static void test_a_withdrawn_membership_ends_and_so_does_what_rests_on_it(void **state)
{
    (void)state;
    described("a");
    described("b");
    member("ma", "a", on(1, 5));
    member("mb", "b", on(1, 5));
    project("before", "ab", on(3, 1));
    project("after", "ab", on(3, 2));
    assert_null(withdrawn("mb", "b", on(3, 1)));
    assert_step("mb", EV_VERDICT_WITHDRAWN, EV_CAUSE_WITHDRAWN, 2);
    assert_int_equal(org("b")->periods[0].left_on, on(3, 1));
    assert_step("before", EV_VERDICT_ELIGIBLE, EV_CAUSE_SUBMITTED,
                1); /* the last day still counts */
    assert_step("after", EV_VERDICT_REFUSED, EV_CAUSE_PARTNER, 2);
}

static void test_a_membership_withdrawn_before_it_began_lasts_one_day(void **state)
{
    (void)state;
    described("a");
    member("ma", "a", on(3, 5));
    assert_null(withdrawn("ma", "a", on(3, 1)));
    assert_int_equal(org("a")->periods[0].joined_on, on(3, 5));
    assert_int_equal(org("a")->periods[0].left_on, on(3, 5));
}

/* --- amending --- */

static void test_an_amendment_is_a_new_revision_even_if_the_verdict_stays(void **state)
{
    (void)state;
    described("a");
    described("b");
    member("ma", "a", on(1, 5));
    member("mb", "b", on(1, 5));
    project("p", "ab", on(3, 1));
    assert_null(amended(project_form("p", "ab", on(3, 1)), on(3, 9)));
    assert_step("p", EV_VERDICT_ELIGIBLE, EV_CAUSE_AMENDED, 2);
    assert_int_equal(last_step("p")->effective_on, on(3, 9));
}

static void test_an_amendment_may_begin_to_wait_and_the_old_verdict_stands_meanwhile(void **state)
{
    (void)state;
    described("a");
    described("b");
    member("ma", "a", on(1, 5));
    member("mb", "b", on(1, 5));
    project("p", "ab", on(3, 1));
    assert_null(amended(project_form("p", "ac", on(3, 1)), on(3, 9)));
    assert_int_equal(steps_of("p"), 1);
    described("c");
    member("mc", "c", on(2, 1));
    assert_step("p", EV_VERDICT_ELIGIBLE, EV_CAUSE_PARTNER, 2);
}

static void test_an_amended_waiting_project_waits_for_its_new_partners_only(void **state)
{
    (void)state;
    described("a");
    described("c");
    member("ma", "a", on(1, 5));
    member("mc", "c", on(1, 5));
    project("p", "ab", on(3, 1));
    assert_null(amended(project_form("p", "ac", on(3, 1)), on(3, 9)));
    assert_step("p", EV_VERDICT_ELIGIBLE, EV_CAUSE_AMENDED, 1);
    described("b");
    member("mb", "b", on(4, 1));
    assert_int_equal(steps_of("p"), 1);
}

static void test_an_expired_project_that_is_amended_is_judged_again(void **state)
{
    (void)state;
    described("a");
    described("c");
    member("ma", "a", on(1, 5));
    member("mc", "c", on(1, 5));
    project("p", "ab", on(3, 1));
    business_day(on(6, 1));
    assert_step("p", EV_VERDICT_REFUSED, EV_CAUSE_EXPIRED, 1);
    assert_null(amended(project_form("p", "ac", on(3, 1)), on(6, 2)));
    assert_step("p", EV_VERDICT_ELIGIBLE, EV_CAUSE_AMENDED, 2);
}

static void test_an_amended_membership_moves_the_day_it_began(void **state)
{
    (void)state;
    described("a");
    described("b");
    member("ma", "a", on(1, 5));
    member("mb", "b", on(1, 5));
    project("p", "ab", on(3, 1));
    assert_null(amended(membership_form("mb", "b", on(3, 2)), on(3, 3)));
    assert_int_equal(org("b")->period_count, 1);
    assert_int_equal(org("b")->periods[0].joined_on, on(3, 2));
    assert_step("p", EV_VERDICT_REFUSED, EV_CAUSE_PARTNER, 2);
    assert_int_equal(s.notice_count, 3);
}

static void test_an_amendment_cannot_change_the_measure(void **state)
{
    (void)state;
    described("a");
    member("m", "a", on(1, 5));
    assert_null(amended(grant_form("m", "a", on(3, 1)), on(3, 2)));
    assert_step("m", EV_VERDICT_REFUSED, EV_CAUSE_AMENDED, 2);
    assert_true(has_failed("m", "measure_kept"));
    assert_int_equal(org("a")->periods[0].left_on, on(3, 2));
}

/* --- what cannot be --- */

static void test_events_about_unknown_foreign_or_repeated_applications_are_refused_with_a_reason(
    void **state)
{
    (void)state;
    described("a");
    member("m", "a", on(2, 1));
    assert_non_null(submitted(membership_form("m", "a", on(2, 1))));
    assert_non_null(submitted(membership_form("m", "b", on(2, 1))));
    assert_non_null(withdrawn("nobody", "a", on(2, 1)));
    assert_non_null(withdrawn("m", "b", on(2, 1)));
    assert_non_null(amended(membership_form("nobody", "a", on(2, 1)), on(2, 2)));
    assert_non_null(amended(membership_form("m", "b", on(2, 1)), on(2, 2)));
    struct ev_application_submitted form = project_form("p", "a", on(2, 1));
    form.has_plan = false;
    assert_non_null(submitted(form));
    form = grant_form("g", "a", on(2, 1));
    form.has_export = false;
    assert_non_null(submitted(form));
    assert_int_equal(s.step_count, 1);
}

static void test_a_partner_named_twice_counts_once(void **state)
{
    (void)state;
    described("a");
    member("ma", "a", on(1, 5));
    project("p", "aaaaaaa", on(3, 1));
    assert_step("p", EV_VERDICT_REFUSED, EV_CAUSE_SUBMITTED, 1);
    assert_true(str_starts(last_step("p")->judged->findings[1].read, STR("partners=1 ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            test_a_membership_waits_for_facts_and_joins_on_the_day_it_was_submitted, reset),
        cmocka_unit_test_setup(
            test_two_memberships_that_wait_together_are_taken_by_date_not_by_arrival, reset),
        cmocka_unit_test_setup(test_a_project_waits_for_its_last_partner_and_is_then_decided_once,
                               reset),
        cmocka_unit_test_setup(test_a_partner_that_only_joined_later_is_a_refusal_dated_then,
                               reset),
        cmocka_unit_test_setup(test_waiting_ends_after_thirty_days_and_names_who_is_missing, reset),
        cmocka_unit_test_setup(test_an_expired_membership_refuses_the_projects_that_wait_for_it,
                               reset),
        cmocka_unit_test_setup(
            test_a_grant_waits_for_facts_but_not_for_a_membership_nobody_applied_for, reset),
        cmocka_unit_test_setup(test_an_application_that_still_waits_can_be_withdrawn_and_stays_so,
                               reset),
        cmocka_unit_test_setup(test_a_withdrawn_membership_ends_and_so_does_what_rests_on_it,
                               reset),
        cmocka_unit_test_setup(test_a_membership_withdrawn_before_it_began_lasts_one_day, reset),
        cmocka_unit_test_setup(test_an_amendment_is_a_new_revision_even_if_the_verdict_stays,
                               reset),
        cmocka_unit_test_setup(
            test_an_amendment_may_begin_to_wait_and_the_old_verdict_stands_meanwhile, reset),
        cmocka_unit_test_setup(test_an_amended_waiting_project_waits_for_its_new_partners_only,
                               reset),
        cmocka_unit_test_setup(test_an_expired_project_that_is_amended_is_judged_again, reset),
        cmocka_unit_test_setup(test_an_amended_membership_moves_the_day_it_began, reset),
        cmocka_unit_test_setup(test_an_amendment_cannot_change_the_measure, reset),
        cmocka_unit_test_setup(
            test_events_about_unknown_foreign_or_repeated_applications_are_refused_with_a_reason,
            reset),
        cmocka_unit_test_setup(test_a_partner_named_twice_counts_once, reset),
    };
    int failed = cmocka_run_group_tests_name("elig_assess", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
