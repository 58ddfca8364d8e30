/* The life of one project: every state with every change, and what each change does to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/core/date.h"
#include "common/core/money.h"
#include "gen/topics.h"
#include "services/project-tracking/core/plan.h"
#include "services/project-tracking/core/project.h"

#define DAY(y, m, d) date_from_ymd(y, m, d)
#define A STR("pic:999644559")
#define B STR("inn:7707083893")
#define C STR("inn:7736050003")
#define D STR("pic:999999999")

static struct arena mem;

static struct ev_partner PARTNERS[] = {
    {.organisation = {"pic:999644559", 13},
     .role = EV_ROLE_COORDINATOR,
     .has_grant = true,
     .grant = 70},
    {.organisation = {"inn:7707083893", 14},
     .role = EV_ROLE_PARTICIPANT,
     .has_grant = true,
     .grant = 30},
};

static struct ev_decision_made decision(int64_t revision)
{
    return (struct ev_decision_made){
        .application = STR("a-1"),
        .organisation = A,
        .category = EV_CATEGORY_RESEARCH,
        .measure = EV_MEASURE_JOINT_PROJECT,
        .decided_on = DAY(2024, 2, 1),
        .outcome = EV_OUTCOME_APPROVED,
        .revision = revision,
        .has_amount = true,
        .amount = 100,
        .currency = STR("EUR"),
        .has_plan = true,
        .plan = {.project = STR("p-1"),
                 .title = STR("Wind"),
                 .start_on = DAY(2024, 3, 1),
                 .end_on = DAY(2026, 2, 28),
                 .partners = PARTNERS,
                 .partners_count = 2,
                 .has_cost = true,
                 .cost = 150},
    };
}

static enum track_result decide(struct track_project *p, enum track_kind kind,
                                const struct ev_decision_made *d)
{
    return track_apply(&mem, p,
                       &(struct track_change){.kind = kind, .on = d->decided_on, .as.decision = d});
}

/* Decisions are borrowed, so the opening one lives as long as the test. */
static const struct ev_decision_made *opening(void)
{
    struct ev_decision_made *d = arena_alloc(&mem, sizeof *d);
    *d = decision(1);
    return d;
}

static struct track_project opened(void)
{
    struct track_project p = {0};
    assert_int_equal(decide(&p, TRACK_APPROVED, opening()), TRACK_DONE);
    return p;
}

static enum track_result ask(struct track_project *p, enum track_kind kind, struct str organisation,
                             int32_t on)
{
    struct track_change c = {.kind = kind, .on = on};

    if (kind == TRACK_JOIN)
        c.as.partner = (struct ev_partner){.organisation = organisation, .role = EV_ROLE_PARTNER};
    else if (kind == TRACK_MILESTONE)
        c.as.milestone = organisation;
    else
        c.as.organisation = organisation;
    return track_apply(&mem, p, &c);
}

static enum track_result move(struct track_project *p, int32_t start_on, int32_t end_on)
{
    return track_apply(&mem, p,
                       &(struct track_change){.kind = TRACK_DATES,
                                              .on = DAY(2024, 4, 1),
                                              .as.dates = {start_on, end_on}});
}

static void an_approved_plan_opens_the_project(void **state)
{
    struct track_project p = opened();
    (void)state;

    assert_int_equal(p.state, TRACK_ACTIVE);
    assert_int_equal(p.now.revision, 1);
    assert_int_equal(p.now.change, EV_PROJECT_CHANGE_OPENED);
    assert_int_equal(p.now.changed_on, DAY(2024, 2, 1));
    assert_int_equal(p.now.grant, 100);
    assert_int_equal(p.now.cost, 150);
    assert_true(str_eq(p.now.coordinator, A));
    assert_int_equal(p.now.partners_count, 2);
    assert_int_equal(p.now.partners[1].joined_on, DAY(2024, 3, 1));
    assert_int_equal(p.now.partners[1].grant, 30);
    assert_false(p.now.partners[1].has_left_on);
}

static void each_state_answers_each_change(void **state)
{
    static const struct {
        enum track_state from;
        enum track_result want[TRACK_KIND_COUNT];
    } cases[] = {
        {TRACK_AWAITED,
         {TRACK_DONE, TRACK_NOTHING, TRACK_WAITS, TRACK_WAITS, TRACK_WAITS, TRACK_WAITS,
          TRACK_WAITS, TRACK_WAITS, TRACK_WAITS}},
        {TRACK_ACTIVE,
         {TRACK_NOTHING, TRACK_DONE, TRACK_DONE, TRACK_DONE, TRACK_DONE, TRACK_DONE, TRACK_DONE,
          TRACK_DONE, TRACK_DONE}},
        {TRACK_SUSPENDED,
         {TRACK_DONE, TRACK_NOTHING, TRACK_IS_STOPPED, TRACK_IS_STOPPED, TRACK_IS_STOPPED,
          TRACK_IS_STOPPED, TRACK_IS_STOPPED, TRACK_IS_STOPPED, TRACK_IS_STOPPED}},
        {TRACK_FINISHED,
         {TRACK_IS_FINISHED, TRACK_NOTHING, TRACK_IS_FINISHED, TRACK_IS_FINISHED, TRACK_IS_FINISHED,
          TRACK_IS_FINISHED, TRACK_IS_FINISHED, TRACK_IS_FINISHED, TRACK_IS_FINISHED}},
        {TRACK_STOPPED,
         {TRACK_IS_STOPPED, TRACK_NOTHING, TRACK_IS_STOPPED, TRACK_IS_STOPPED, TRACK_IS_STOPPED,
          TRACK_IS_STOPPED, TRACK_IS_STOPPED, TRACK_IS_STOPPED, TRACK_IS_STOPPED}},
    };
    struct ev_decision_made again = decision(2);
    (void)state;

    assert_int_equal(COUNT(cases), TRACK_STATE_COUNT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int k = 0; k < TRACK_KIND_COUNT; k++) {
            struct track_project p = {0};
            struct track_change c = {.kind = (enum track_kind)k, .on = DAY(2024, 5, 1)};
            if (cases[i].from != TRACK_AWAITED)
                p = opened();
            p.state = cases[i].from;
            if (k == TRACK_APPROVED || k == TRACK_NOT_APPROVED)
                c.as.decision = &again;
            else if (k == TRACK_JOIN)
                c.as.partner = (struct ev_partner){.organisation = C, .role = EV_ROLE_PARTNER};
            else if (k == TRACK_DATES)
                c.as.dates.start_on = c.as.dates.end_on = DAY(2025, 1, 1);
            else
                c.as.organisation = B;
            enum track_result got = track_apply(&mem, &p, &c);
            if (got != cases[i].want[k])
                fail_msg("%s, %s: got %s", track_state_text(cases[i].from).ptr,
                         track_kind_text((enum track_kind)k).ptr, track_result_code(got).ptr);
            if (got != TRACK_DONE)
                assert_int_equal(p.state, cases[i].from);
        }
    }
}

static void every_partner_of_an_import_is_kept(void **state)
{
    struct ev_partner twice[] = {PARTNERS[0], PARTNERS[1], PARTNERS[1], PARTNERS[0]};
    struct ev_decision_made d = decision(1);
    struct track_project p = {0};
    (void)state;

    d.plan.partners = twice;
    d.plan.partners_count = 4;
    assert_int_equal(decide(&p, TRACK_APPROVED, &d), TRACK_DONE);
    assert_int_equal(p.now.partners_count, 4);
    assert_int_equal(ask(&p, TRACK_LEAVE, B, DAY(2024, 4, 1)), TRACK_DONE);
    assert_true(p.now.partners[1].has_left_on && p.now.partners[2].has_left_on);
    assert_false(p.now.partners[3].has_left_on);
}

static void partners_join_and_leave(void **state)
{
    struct track_project p = opened();
    (void)state;

    assert_int_equal(ask(&p, TRACK_JOIN, C, DAY(2024, 1, 1)), TRACK_DONE);
    assert_int_equal(p.now.change, EV_PROJECT_CHANGE_PARTNER_JOINED);
    assert_int_equal(p.now.partners[2].joined_on, DAY(2024, 3, 1)); /* not before it starts */
    assert_int_equal(ask(&p, TRACK_JOIN, C, DAY(2024, 4, 1)), TRACK_IS_PARTNER);
    assert_int_equal(ask(&p, TRACK_LEAVE, C, DAY(2024, 6, 1)), TRACK_DONE);
    assert_int_equal(p.now.partners[2].left_on, DAY(2024, 6, 1));
    assert_int_equal(ask(&p, TRACK_LEAVE, C, DAY(2024, 7, 1)), TRACK_NO_PARTNER);
    assert_int_equal(ask(&p, TRACK_JOIN, C, DAY(2024, 8, 1)), TRACK_DONE);
    assert_int_equal(p.now.partners_count, 4);
    assert_int_equal(p.now.revision, 4);
}

static void the_coordinator_leaves_only_after_another_is_named(void **state)
{
    struct track_project p = opened();
    (void)state;

    assert_int_equal(ask(&p, TRACK_LEAVE, A, DAY(2024, 4, 1)), TRACK_COORDINATOR_STAYS);
    assert_int_equal(ask(&p, TRACK_COORDINATOR, C, DAY(2024, 4, 1)), TRACK_NO_PARTNER);
    assert_int_equal(ask(&p, TRACK_COORDINATOR, A, DAY(2024, 4, 1)), TRACK_IS_COORDINATOR);
    assert_int_equal(ask(&p, TRACK_COORDINATOR, B, DAY(2024, 4, 1)), TRACK_DONE);
    assert_int_equal(p.now.partners[0].role, EV_ROLE_PARTICIPANT);
    assert_int_equal(p.now.partners[1].role, EV_ROLE_COORDINATOR);
    assert_true(str_eq(p.now.coordinator, B));
    assert_int_equal(ask(&p, TRACK_LEAVE, A, DAY(2024, 5, 1)), TRACK_DONE);
    assert_int_equal(ask(&p, TRACK_LEAVE, B, DAY(2024, 6, 1)), TRACK_LAST_PARTNER);
}

static void a_second_coordinator_cannot_join(void **state)
{
    struct track_project p = opened();
    struct track_change c = {.kind = TRACK_JOIN, .on = DAY(2024, 4, 1)};
    (void)state;

    c.as.partner = (struct ev_partner){.organisation = C, .role = EV_ROLE_COORDINATOR};
    assert_int_equal(track_apply(&mem, &p, &c), TRACK_SECOND_COORDINATOR);
}

static void dates_move_with_whoever_was_there_from_the_start(void **state)
{
    struct track_project p = opened();
    (void)state;

    assert_int_equal(ask(&p, TRACK_JOIN, C, DAY(2024, 6, 1)), TRACK_DONE);
    assert_int_equal(move(&p, DAY(2026, 1, 1), DAY(2025, 1, 1)), TRACK_END_BEFORE_START);
    assert_int_equal(move(&p, DAY(2024, 3, 1), DAY(2026, 2, 28)), TRACK_SAME_DATES);
    assert_int_equal(move(&p, DAY(2024, 5, 1), DAY(2024, 5, 1)), TRACK_DONE);
    assert_int_equal(p.now.start_on, DAY(2024, 5, 1));
    assert_int_equal(p.now.partners[0].joined_on, DAY(2024, 5, 1));
    assert_int_equal(p.now.partners[2].joined_on, DAY(2024, 6, 1));
}

static void a_milestone_is_reached_once(void **state)
{
    struct track_project p = opened();
    (void)state;

    assert_int_equal(ask(&p, TRACK_MILESTONE, STR("prototype"), DAY(2024, 6, 1)), TRACK_DONE);
    assert_int_equal(ask(&p, TRACK_MILESTONE, STR("prototype"), DAY(2024, 7, 1)),
                     TRACK_MILESTONE_KNOWN);
    assert_int_equal(ask(&p, TRACK_MILESTONE, STR("pilot"), DAY(2024, 7, 1)), TRACK_DONE);
    assert_int_equal(p.now.revision, 3);
}

static void it_finishes_on_its_day_but_not_before_it_starts(void **state)
{
    struct track_project p = opened();
    (void)state;

    assert_int_equal(ask(&p, TRACK_FINISH, A, DAY(2024, 2, 29)), TRACK_NOT_STARTED);
    assert_int_equal(ask(&p, TRACK_FINISH, A, DAY(2026, 1, 31)), TRACK_DONE);
    assert_int_equal(p.state, TRACK_FINISHED);
    assert_int_equal(p.now.state, EV_PROJECT_STATE_FINISHED);
    assert_int_equal(p.now.closed_on, DAY(2026, 1, 31));
}

static void another_plan_revises_and_the_same_one_does_not(void **state)
{
    struct track_project p = opened();
    struct ev_decision_made same = decision(2), more = decision(3), other = decision(4);
    struct ev_partner changed[] = {PARTNERS[0], {.organisation = D, .role = EV_ROLE_PARTNER}};
    (void)state;

    assert_int_equal(ask(&p, TRACK_JOIN, C, DAY(2024, 4, 1)), TRACK_DONE);
    assert_int_equal(decide(&p, TRACK_APPROVED, &same), TRACK_NOTHING);
    more.amount = 120;
    assert_int_equal(decide(&p, TRACK_APPROVED, &more), TRACK_DONE);
    assert_int_equal(p.now.grant, 120);
    assert_false(p.now.partners[2].has_left_on); /* the plan is the old one, so C stays */

    other.plan.partners = changed;
    other.decided_on = DAY(2024, 9, 1);
    assert_int_equal(decide(&p, TRACK_APPROVED, &other), TRACK_DONE);
    assert_int_equal(p.now.change, EV_PROJECT_CHANGE_REVISED);
    assert_int_equal(p.now.partners_count, 4);
    assert_int_equal(p.now.partners[0].joined_on, DAY(2024, 3, 1));
    assert_int_equal(p.now.partners[1].left_on, DAY(2024, 9, 1));
    assert_int_equal(p.now.partners[2].left_on, DAY(2024, 9, 1));
    assert_int_equal(p.now.partners[3].joined_on, DAY(2024, 9, 1));
    assert_int_equal(decide(&p, TRACK_APPROVED, &same), TRACK_OLD_DECISION);
}

static void a_released_project_stops_and_may_be_approved_again(void **state)
{
    struct track_project p = opened();
    struct ev_decision_made released = decision(2), again = decision(3);
    (void)state;

    released.outcome = EV_OUTCOME_RELEASED;
    assert_int_equal(decide(&p, TRACK_NOT_APPROVED, &released), TRACK_DONE);
    assert_int_equal(p.state, TRACK_SUSPENDED);
    assert_int_equal(p.now.state, EV_PROJECT_STATE_STOPPED);
    assert_true(p.now.has_closed_on);
    assert_int_equal(decide(&p, TRACK_APPROVED, &again), TRACK_DONE);
    assert_int_equal(p.state, TRACK_ACTIVE);
    assert_false(p.now.has_closed_on);
    assert_int_equal(p.now.partners_count, 2);
    assert_int_equal(p.now.revision, 3);
}

static void another_application_cannot_take_an_open_project(void **state)
{
    struct track_project p = opened();
    struct ev_decision_made other = decision(1);
    (void)state;

    other.application = STR("a-2");
    assert_int_equal(decide(&p, TRACK_APPROVED, &other), TRACK_OTHER_APPLICATION);
    assert_int_equal(decide(&p, TRACK_NOT_APPROVED, &other), TRACK_NOTHING);
    assert_int_equal(p.now.revision, 1);
}

static void it_takes_no_more_partners_than_fit(void **state)
{
    struct track_project p = opened();
    struct ev_decision_made other = decision(2);
    (void)state;

    while (p.now.partners_count < TRACK_PARTNERS_MAX)
        plan_add_partner(&mem, &p, &PARTNERS[1], DAY(2024, 4, 1));
    assert_int_equal(ask(&p, TRACK_JOIN, C, DAY(2024, 4, 1)), TRACK_TOO_MANY_PARTNERS);

    struct ev_partner changed[] = {PARTNERS[0], {.organisation = D, .role = EV_ROLE_PARTNER}};
    other.plan.partners = changed;
    assert_int_equal(decide(&p, TRACK_APPROVED, &other), TRACK_TOO_MANY_PARTNERS);
    assert_false(p.now.partners[1].has_left_on);
    assert_int_equal(p.now.revision, 1);
}

static void the_largest_project_fits_into_one_record(void **state)
{
    struct ev_project_changed now = opened().now;
    struct buf json = {.arena = &mem};
    (void)state;

    now.partners_count = TRACK_PARTNERS_MAX;
    now.partners = arena_array(&mem, now.partners_count, sizeof *now.partners);
    for (size_t i = 0; i < now.partners_count; i++)
        now.partners[i] = (struct ev_project_partner){.organisation = B,
                                                      .role = EV_ROLE_THIRD_PARTY,
                                                      .has_grant = true,
                                                      .grant = MONEY_MAX,
                                                      .has_cost = true,
                                                      .cost = MONEY_MAX,
                                                      .joined_on = DAY(2024, 1, 1),
                                                      .has_left_on = true,
                                                      .left_on = DAY(2024, 1, 1)};
    ev_project_changed_write(&json, &now);
    assert_true(json.len + 10000 < (size_t)TOPIC_PROJECTS.max_message_bytes);
}

static void a_plan_that_ends_before_it_starts_is_refused(void **state)
{
    struct track_project p = {0};
    struct ev_decision_made d = decision(1);
    (void)state;

    d.plan.end_on = d.plan.start_on - 1;
    assert_int_equal(decide(&p, TRACK_APPROVED, &d), TRACK_END_BEFORE_START);
    assert_int_equal(p.state, TRACK_AWAITED);
}

static void states_have_names_that_can_be_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < TRACK_STATE_COUNT; i++) {
        enum track_state back;
        assert_true(track_state_parse(track_state_text((enum track_state)i), &back));
        assert_int_equal(back, i);
    }
    enum track_state none;
    assert_false(track_state_parse(STR("open"), &none));
}

static int reset(void **state)
{
    (void)state;
    arena_reset(&mem);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, reset)
    const struct CMUnitTest tests[] = {
        TEST(an_approved_plan_opens_the_project),
        TEST(each_state_answers_each_change),
        TEST(every_partner_of_an_import_is_kept),
        TEST(partners_join_and_leave),
        TEST(the_coordinator_leaves_only_after_another_is_named),
        TEST(a_second_coordinator_cannot_join),
        TEST(dates_move_with_whoever_was_there_from_the_start),
        TEST(a_milestone_is_reached_once),
        TEST(it_finishes_on_its_day_but_not_before_it_starts),
        TEST(another_plan_revises_and_the_same_one_does_not),
        TEST(a_released_project_stops_and_may_be_approved_again),
        TEST(another_application_cannot_take_an_open_project),
        TEST(it_takes_no_more_partners_than_fit),
        TEST(the_largest_project_fits_into_one_record),
        TEST(a_plan_that_ends_before_it_starts_is_refused),
        TEST(states_have_names_that_can_be_read_back),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&mem);
    return failed;
}
