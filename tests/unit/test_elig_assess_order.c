/* assess: memberships that begin and end; and whatever the order of arrival, the dates decide. */
#include "tests/unit/elig_assess_steps.h"

/* --- joining and leaving --- */

static void test_who_is_a_participant_cannot_join_again_until_it_has_left(void **state)
{
    (void)state;
    described("a");
    member("m1", "a", on(1, 5));
    member("m2", "a", on(2, 5));
    assert_step("m2", EV_VERDICT_REFUSED, EV_CAUSE_SUBMITTED, 1);
    assert_true(has_failed("m2", "not_a_participant_already"));
    ended("a", on(3, 1));
    assert_int_equal(steps_of("m2"), 1);
    member("m3", "a", on(3, 1)); /* on the day it left */
    assert_step("m3", EV_VERDICT_ELIGIBLE, EV_CAUSE_SUBMITTED, 1);
    assert_int_equal(org("a")->period_count, 2);
    const struct elig_notice *last = &s.notices[s.notice_count - 1];
    assert_int_equal(last->revision, 3);
    assert_int_equal(last->period_count, 2);
    assert_true(last->periods[0].has_left_on && !last->periods[1].has_left_on);
}

static void test_an_end_that_arrives_late_lets_a_refused_membership_in(void **state)
{
    (void)state;
    described("a");
    member("m1", "a", on(1, 5));
    member("m2", "a", on(6, 5));
    assert_step("m2", EV_VERDICT_REFUSED, EV_CAUSE_SUBMITTED, 1);
    ended("a", on(3, 1));
    assert_step("m2", EV_VERDICT_ELIGIBLE, EV_CAUSE_FACTS, 2);
    assert_int_equal(org("a")->periods[1].joined_on, on(6, 5));
}

static void test_an_end_before_its_membership_is_kept_for_it(void **state)
{
    (void)state;
    described("a");
    ended("a", on(3, 1));
    assert_int_equal(s.notice_count, 0);
    member("later", "a", on(3, 2)); /* began after that end */
    assert_false(org("a")->periods[0].has_left_on);
    ended("a", on(4, 1));
    member("earlier", "a", on(2, 1));
    assert_step("earlier", EV_VERDICT_REFUSED, EV_CAUSE_SUBMITTED, 1);
}

static void test_an_end_that_waits_closes_the_membership_at_once(void **state)
{
    (void)state;
    member("m", "a", on(2, 1));
    ended("a", on(3, 1));
    described("a");
    assert_int_equal(s.notice_count, 1);
    assert_int_equal(s.notices[0].periods[0].left_on, on(3, 1));
    ended("a", on(3, 1)); /* told twice */
    assert_int_equal(s.notice_count, 1);
    assert_false(org("a")->has_end);
}

static void test_a_new_category_is_told_and_an_old_one_is_not(void **state)
{
    (void)state;
    described_as("a", EV_CATEGORY_IT, on(1, 1));
    described_as("a", EV_CATEGORY_COMPANY, on(1, 2)); /* not a participant yet */
    assert_int_equal(s.notice_count, 0);
    member("m", "a", on(2, 1));
    described_as("a", EV_CATEGORY_COMPANY, on(3, 1));
    assert_int_equal(s.notice_count, 1);
    described_as("a", EV_CATEGORY_RESEARCH, on(4, 1));
    assert_int_equal(s.notice_count, 2);
    assert_int_equal(s.notices[0].category, EV_CATEGORY_COMPANY);
    assert_int_equal(s.notices[1].category, EV_CATEGORY_RESEARCH);
    assert_int_equal(s.notices[1].revision, 2);
}

/* --- any order --- */

#define EVENTS 10

static void event_number(int i)
{
    switch (i) {
    case 0: described_as("a", EV_CATEGORY_IT, on(1, 3)); break;
    case 1: described_as("b", EV_CATEGORY_COMPANY, on(1, 4)); break;
    case 2: member("ma", "a", on(2, 1)); break;
    case 3: member("mb", "b", on(2, 2)); break;
    case 4: member("mb2", "b", on(8, 1)); break;
    case 5: ended("b", on(4, 1)); break;
    case 6: project("spring", "ab", on(3, 1)); break;
    case 7: project("summer", "ab", on(5, 1)); break;
    case 8: project("autumn", "ab", on(9, 1)); break;
    case 9: assert_null(submitted(grant_form("grant", "b", on(4, 1)))); break;
    default: fail();
    }
}

static void assert_final_state(void)
{
    static const struct {
        const char *id;
        enum ev_verdict want;
    } wanted[] = {
        {"ma", EV_VERDICT_ELIGIBLE},    {"mb", EV_VERDICT_ELIGIBLE},
        {"mb2", EV_VERDICT_ELIGIBLE},   {"spring", EV_VERDICT_ELIGIBLE},
        {"summer", EV_VERDICT_REFUSED}, {"autumn", EV_VERDICT_ELIGIBLE},
        {"grant", EV_VERDICT_ELIGIBLE},
    };
    for (size_t i = 0; i < COUNT(wanted); i++)
        if (last_step(wanted[i].id)->verdict != wanted[i].want)
            fail_msg("%s ended otherwise", wanted[i].id);
    assert_int_equal(org("b")->period_count, 2);
    assert_int_equal(org("b")->periods[0].left_on, on(4, 1));
    assert_int_equal(org("b")->periods[1].joined_on, on(8, 1));
    assert_false(org("b")->periods[1].has_left_on);
    assert_int_equal(s.notices[s.notice_count - 1].period_count > 0, 1);
}

/* Revisions count from 1 without a gap, whatever happens. */
static void assert_revisions_in_order(void)
{
    for (size_t i = 0; i < s.step_count; i++) {
        int64_t expected = 1;
        for (size_t j = 0; j < i; j++)
            expected += s.steps[j].app == s.steps[i].app;
        assert_int_equal(s.steps[i].revision, expected);
    }
}

static void test_whatever_the_order_of_arrival_the_dates_decide(void **state)
{
    uint64_t random = 20210310;
    for (int round = 0; round < 20000; round++) {
        int order[EVENTS] = {0};
        (void)reset(state);
        for (int i = 0; i < EVENTS; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            int at = (int)((random >> 33) % (uint64_t)(i + 1));
            order[i] = order[at];
            order[at] = i;
        }
        /* The second membership comes after the first one: otherwise the first is refused as double. */
        int first = 0, second = 0;
        for (int i = 0; i < EVENTS; i++) {
            first = order[i] == 3 ? i : first;
            second = order[i] == 4 ? i : second;
        }
        if (second < first) {
            order[first] = 4;
            order[second] = 3;
        }
        for (int i = 0; i < EVENTS; i++)
            event_number(order[i]);
        assert_final_state();
        assert_revisions_in_order();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_who_is_a_participant_cannot_join_again_until_it_has_left,
                               reset),
        cmocka_unit_test_setup(test_an_end_that_arrives_late_lets_a_refused_membership_in, reset),
        cmocka_unit_test_setup(test_an_end_before_its_membership_is_kept_for_it, reset),
        cmocka_unit_test_setup(test_an_end_that_waits_closes_the_membership_at_once, reset),
        cmocka_unit_test_setup(test_a_new_category_is_told_and_an_old_one_is_not, reset),
        cmocka_unit_test_setup(test_whatever_the_order_of_arrival_the_dates_decide, reset),
    };
    int failed = cmocka_run_group_tests_name("elig_assess_order", tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
