/* allocate: money, first come, first served. */
#include "tests/unit/elig_allocate_steps.h"

/* --- the line --- */

static void test_without_a_budget_everyone_waits_and_is_served_in_order_once_it_is_set(void **state)
{
    (void)state;
    wants("a", 60);
    wants("b", 50);
    wants("c", 10);
    assert_decided("a", EV_OUTCOME_WAITLISTED, 0, 1);
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1);
    budget(100);
    assert_decided("a", EV_OUTCOME_APPROVED, 60, 2);
    assert_decided("b", EV_OUTCOME_WAITLISTED, 0, 1); /* does not fit */
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1); /* would fit, but is behind b */
    assert_int_equal(last("a")->cause, EV_CAUSE_BUDGET);
    assert_int_equal(last("a")->decided_on, on(2021, 5, 10)); /* the budget was known before */
    budget(110);
    assert_decided("b", EV_OUTCOME_APPROVED, 50, 2);
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1);
    assert_int_equal(free_money(), 0);
}

static void test_whoever_would_fit_still_waits_behind_whoever_does_not(void **state)
{
    (void)state;
    budget(100);
    wants("a", 90);
    wants("b", 20);
    wants("c", 10);
    assert_decided("a", EV_OUTCOME_APPROVED, 90, 1);
    assert_decided("b", EV_OUTCOME_WAITLISTED, 0, 1);
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1);
    assert_true(has_failed("c", "budget_covers"));
}

static void test_money_given_back_serves_the_line_on_the_day_it_came_back(void **state)
{
    (void)state;
    budget(100);
    wants("a", 100);
    wants("b", 70);
    wants("c", 30);
    withdraws_on("a", 2, on(2021, 7, 1));
    assert_decided("a", EV_OUTCOME_RELEASED, 100, 2);
    assert_decided("b", EV_OUTCOME_APPROVED, 70, 2);
    assert_decided("c", EV_OUTCOME_APPROVED, 30, 2);
    assert_int_equal(last("b")->decided_on, on(2021, 7, 1));
    assert_int_equal(last("b")->input, last("a")->input);
    assert_int_equal(free_money(), 0);
}

static void test_leaving_the_line_from_its_front_serves_those_behind(void **state)
{
    (void)state;
    budget(100);
    wants("a", 60);
    wants("b", 50);
    wants("c", 40);
    withdraws("b", 2);
    assert_decided("b", EV_OUTCOME_RELEASED, 0, 2);
    assert_decided("c", EV_OUTCOME_APPROVED, 40, 2);
}

static void test_a_withdrawal_before_anything_was_decided_gives_nothing_back(void **state)
{
    (void)state;
    budget(100);
    withdraws("a", 1);
    assert_decided("a", EV_OUTCOME_RELEASED, 0, 1);
    assert_int_equal(free_money(), 100);
}

static void test_an_older_verdict_than_the_one_known_has_no_effect(void **state)
{
    (void)state;
    budget(100);
    amends("a", 40, 2);
    amends("a", 90, 1);
    amends("a", 90, 2);
    assert_decided("a", EV_OUTCOME_APPROVED, 40, 1);
    assert_int_equal(s.decision_count, 1);
}

/* --- budgets --- */

static void test_a_budget_lowered_below_what_was_given_takes_nothing_back_and_gives_nothing(
    void **state)
{
    (void)state;
    budget(100);
    wants("a", 60);
    wants("b", 30);
    budget(50);
    const struct elig_budget *b = elig_budget(&s, JOINT, 2021);
    assert_int_equal(b->given, 90);
    assert_int_equal(b->overcommitted, 40);
    assert_int_equal(free_money(), 0);
    wants("c", 1);
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1);
    withdraws("b", 2); /* first of all it covers what was promised too much */
    assert_int_equal(b->overcommitted, 10);
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1);
    withdraws("a", 2);
    assert_int_equal(b->overcommitted, 0);
    assert_decided("c", EV_OUTCOME_APPROVED, 1, 2);
    assert_int_equal(free_money(), 49);
}

static void test_an_overcommitted_award_can_shrink(void **state)
{
    (void)state;
    budget(100);
    wants("a", 60);
    wants("b", 40);
    budget(50);
    amends("a", 20, 2);
    assert_decided("a", EV_OUTCOME_APPROVED, 20, 2);
    assert_int_equal(given(), 60);
    assert_int_equal(elig_budget(&s, JOINT, 2021)->overcommitted, 10);
}

static void test_another_currency_than_the_budget_s_is_refused_now_or_when_the_budget_comes(
    void **state)
{
    (void)state;
    assessed((struct claim){.id = "a", .measure = JOINT, .amount = 10, .currency = "EUR"});
    wants("b", 10);
    assert_decided("a", EV_OUTCOME_WAITLISTED, 0, 1);
    budget(100);
    assert_decided("a", EV_OUTCOME_REFUSED, 0, 2);
    assert_true(has_failed("a", "currency_of_the_budget"));
    assert_decided("b", EV_OUTCOME_APPROVED, 10, 2);
    assessed((struct claim){.id = "c", .measure = JOINT, .amount = 10, .currency = "EUR"});
    assert_decided("c", EV_OUTCOME_REFUSED, 0, 1);
}

static void test_a_budget_cannot_change_its_currency_once_money_was_given(void **state)
{
    (void)state;
    budget(100);
    budget_in(JOINT, 200, "EUR"); /* nothing given yet */
    budget(100);
    wants("a", 10);
    budget_in(JOINT, 500, "EUR");
    assert_int_equal(free_money(), 90);
    assert_int_equal(s.change_count, 4);
    assert_null(s.changes[2].refused.ptr);
    assert_non_null(s.changes[3].refused.ptr);
    assert_int_equal(s.changes[3].revision, 4);
}

static void test_every_year_and_programme_has_its_own_budget(void **state)
{
    (void)state;
    budget(100);
    assessed((struct claim){
        .id = "next", .measure = JOINT, .amount = 10, .submitted_on = on(2022, 1, 1)});
    assessed((struct claim){.id = "grant", .measure = GRANT, .amount = 10});
    assert_decided("next", EV_OUTCOME_WAITLISTED, 0, 1);
    assert_decided("grant", EV_OUTCOME_WAITLISTED, 0, 1);
}

static void test_an_application_amended_into_another_year_changes_budgets(void **state)
{
    (void)state;
    budget(100);
    wants("a", 100);
    wants("b", 5);
    assessed((struct claim){
        .id = "a", .measure = JOINT, .amount = 100, .revision = 2, .submitted_on = on(2022, 1, 1)});
    assert_decided("a", EV_OUTCOME_WAITLISTED, 0, 2);
    assert_decided("b", EV_OUTCOME_APPROVED, 5, 2);
    assert_int_equal(given(), 5);
    assert_int_equal(elig_budget(&s, JOINT, 2022)->waiting, 1);
}

static void test_the_largest_amounts_fit_exactly(void **state)
{
    (void)state;
    budget(MONEY_MAX);
    wants("a", MONEY_MAX - 1);
    wants("b", 2);
    wants("c", MONEY_MAX);
    assert_decided("b", EV_OUTCOME_WAITLISTED, 0, 1);
    withdraws("a", 2);
    assert_decided("b", EV_OUTCOME_APPROVED, 2, 2);
    assert_decided("c", EV_OUTCOME_WAITLISTED, 0, 1);
    withdraws("b", 2);
    assert_decided("c", EV_OUTCOME_APPROVED, MONEY_MAX, 2);
    assert_int_equal(free_money(), 0);
}

/* --- caps --- */

static void test_an_organisation_is_given_no_more_than_its_yearly_cap(void **state)
{
    (void)state;
    budget_in(GRANT, 1000, "RUB");
    assessed((struct claim){.id = "a", .measure = GRANT, .amount = 70, .cap = 100});
    assessed((struct claim){.id = "b", .measure = GRANT, .amount = 70, .cap = 100});
    assessed((struct claim){.id = "c", .measure = GRANT, .amount = 1, .cap = 100});
    assessed(
        (struct claim){.id = "other", .org = "inn:2", .measure = GRANT, .amount = 100, .cap = 100});
    assert_decided("a", EV_OUTCOME_APPROVED, 70, 1);
    assert_decided("b", EV_OUTCOME_APPROVED, 30, 1);
    assert_true(has_failed("b", "within_yearly_cap"));
    assert_decided("c", EV_OUTCOME_REFUSED, 0, 1);
    assert_decided("other", EV_OUTCOME_APPROVED, 100, 1);
    assert_int_equal(elig_yearly(&s, STR("inn:1"), GRANT, 2021)->given, 100);
}

static void test_the_cap_is_free_again_after_a_withdrawal(void **state)
{
    (void)state;
    budget_in(GRANT, 1000, "RUB");
    assessed((struct claim){.id = "a", .measure = GRANT, .amount = 100, .cap = 100});
    assessed((struct claim){
        .id = "a", .measure = GRANT, .verdict = EV_VERDICT_WITHDRAWN, .cap = 100, .revision = 2});
    assert_int_equal(elig_yearly(&s, STR("inn:1"), GRANT, 2021)->given, 0);
    assessed((struct claim){.id = "b", .measure = GRANT, .amount = 100, .cap = 100});
    assert_decided("b", EV_OUTCOME_APPROVED, 100, 1);
}

static void test_whoever_reached_the_cap_while_waiting_is_refused_when_served(void **state)
{
    (void)state;
    assessed((struct claim){.id = "a", .measure = GRANT, .amount = 100, .cap = 100});
    assessed((struct claim){.id = "b", .measure = GRANT, .amount = 100, .cap = 100});
    assessed((struct claim){.id = "c", .measure = GRANT, .org = "inn:2", .amount = 50, .cap = 100});
    budget_in(GRANT, 500, "RUB");
    assert_decided("a", EV_OUTCOME_APPROVED, 100, 2);
    assert_decided("b", EV_OUTCOME_REFUSED, 0, 2);
    assert_decided("c", EV_OUTCOME_APPROVED, 50, 2);
}

/* --- amendments --- */

static void test_an_amendment_in_the_line_keeps_the_place_unless_it_wants_more(void **state)
{
    (void)state;
    wants("a", 50);
    wants("b", 50);
    wants("c", 50);
    amends("b", 50, 2);
    amends("a", 51, 2); /* to the end of the line */
    assert_decided("a", EV_OUTCOME_WAITLISTED, 0, 2);
    budget(100);
    assert_decided("b", EV_OUTCOME_APPROVED, 50, 3);
    assert_decided("c", EV_OUTCOME_APPROVED, 50, 2);
    assert_decided("a", EV_OUTCOME_WAITLISTED, 0, 2);
}

static void test_an_amendment_that_fits_is_served_at_once(void **state)
{
    (void)state;
    budget(100);
    wants("a", 60);
    wants("b", 50);
    amends("b", 40, 2);
    assert_decided("b", EV_OUTCOME_APPROVED, 40, 3); /* waitlisted again, then served */
}

static void test_less_after_approval_gives_money_to_the_line(void **state)
{
    (void)state;
    budget(100);
    wants("a", 100);
    wants("b", 30);
    amends("a", 70, 2);
    assert_decided("a", EV_OUTCOME_APPROVED, 70, 2);
    assert_decided("b", EV_OUTCOME_APPROVED, 30, 2);
}

static void test_more_after_approval_is_given_only_if_it_is_there_and_nobody_waits(void **state)
{
    (void)state;
    budget(100);
    wants("a", 50);
    amends("a", 80, 2);
    assert_decided("a", EV_OUTCOME_APPROVED, 80, 2);
    amends("a", 101, 3);
    assert_decided("a", EV_OUTCOME_APPROVED, 80, 3); /* what was granted stays granted */
    assert_true(has_failed("a", "budget_covers"));
    wants("b", 30);
    amends("a", 90, 4);
    assert_decided("a", EV_OUTCOME_APPROVED, 80, 4);
    assert_int_equal(given(), 80);
}

static void test_a_verdict_turned_into_a_refusal_gives_everything_back(void **state)
{
    (void)state;
    budget(100);
    wants("a", 100);
    wants("b", 100);
    assessed(
        (struct claim){.id = "a", .measure = JOINT, .verdict = EV_VERDICT_REFUSED, .revision = 2});
    assert_decided("a", EV_OUTCOME_REFUSED, 0, 2);
    assert_decided("b", EV_OUTCOME_APPROVED, 100, 2);
    amends("a", 10, 3); /* and back again, behind everyone */
    assert_decided("a", EV_OUTCOME_WAITLISTED, 0, 3);
}

static void test_what_needs_no_money_is_approved_at_once(void **state)
{
    (void)state;
    wants("waiting", 10);
    wants("nothing", 0);
    assert_decided("nothing", EV_OUTCOME_APPROVED, 0, 1);
    assessed((struct claim){
        .id = "h", .measure = EV_MEASURE_HORIZON_PROJECT, .amount = MONEY_MAX, .currency = "EUR"});
    assert_decided("h", EV_OUTCOME_APPROVED, MONEY_MAX, 1);
    assessed((struct claim){.id = "h",
                            .measure = EV_MEASURE_HORIZON_PROJECT,
                            .verdict = EV_VERDICT_WITHDRAWN,
                            .revision = 2});
    assert_decided("h", EV_OUTCOME_RELEASED, MONEY_MAX, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(
            test_without_a_budget_everyone_waits_and_is_served_in_order_once_it_is_set, reset),
        cmocka_unit_test_setup(test_whoever_would_fit_still_waits_behind_whoever_does_not, reset),
        cmocka_unit_test_setup(test_money_given_back_serves_the_line_on_the_day_it_came_back,
                               reset),
        cmocka_unit_test_setup(test_leaving_the_line_from_its_front_serves_those_behind, reset),
        cmocka_unit_test_setup(test_a_withdrawal_before_anything_was_decided_gives_nothing_back,
                               reset),
        cmocka_unit_test_setup(test_an_older_verdict_than_the_one_known_has_no_effect, reset),
        cmocka_unit_test_setup(
            test_a_budget_lowered_below_what_was_given_takes_nothing_back_and_gives_nothing, reset),
        cmocka_unit_test_setup(test_an_overcommitted_award_can_shrink, reset),
        cmocka_unit_test_setup(
            test_another_currency_than_the_budget_s_is_refused_now_or_when_the_budget_comes, reset),
        cmocka_unit_test_setup(test_a_budget_cannot_change_its_currency_once_money_was_given,
                               reset),
        cmocka_unit_test_setup(test_every_year_and_programme_has_its_own_budget, reset),
        cmocka_unit_test_setup(test_an_application_amended_into_another_year_changes_budgets,
                               reset),
        cmocka_unit_test_setup(test_the_largest_amounts_fit_exactly, reset),
        cmocka_unit_test_setup(test_an_organisation_is_given_no_more_than_its_yearly_cap, reset),
        cmocka_unit_test_setup(test_the_cap_is_free_again_after_a_withdrawal, reset),
        cmocka_unit_test_setup(test_whoever_reached_the_cap_while_waiting_is_refused_when_served,
                               reset),
        cmocka_unit_test_setup(test_an_amendment_in_the_line_keeps_the_place_unless_it_wants_more,
                               reset),
        cmocka_unit_test_setup(test_an_amendment_that_fits_is_served_at_once, reset),
        cmocka_unit_test_setup(test_less_after_approval_gives_money_to_the_line, reset),
        cmocka_unit_test_setup(
            test_more_after_approval_is_given_only_if_it_is_there_and_nobody_waits, reset),
        cmocka_unit_test_setup(test_a_verdict_turned_into_a_refusal_gives_everything_back, reset),
        cmocka_unit_test_setup(test_what_needs_no_money_is_approved_at_once, reset),
    };
    int failed = cmocka_run_group_tests_name("elig_allocate", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
