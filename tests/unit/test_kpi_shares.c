/* kpi shares: what an entity adds to which part, by its state alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "common/core/date.h"
#include "services/kpi-aggregator/core/shares.h"

static struct arena mem;

static int clean(void **state)
{
    (void)state;
    arena_done(&mem);
    return 0;
}

/* "series month part=value;" for each share, in order. */
static const char *text_of(struct kpi_shares shares)
{
    struct buf out = {.arena = &mem};

    for (size_t i = 0; i < shares.count; i++) {
        const struct kpi_share *share = &shares.items[i];
        buf_str(&out, share->series);
        buf_char(&out, ' ');
        month_write(&out, share->month);
        buf_fmt(&out, " %.*s=%lld;", STR_ARG(kpi_part_text(share->part)), (long long)share->value);
    }
    buf_char(&out, '\0');
    return out.ptr;
}

static int32_t day(const char *text)
{
    int32_t days;

    assert_true(date_parse(str_of(text), &days));
    return days;
}

static struct ev_period period(const char *joined, const char *left)
{
    return (struct ev_period){
        .joined_on = day(joined),
        .has_left_on = left != NULL,
        .left_on = left != NULL ? day(left) : 0,
    };
}

static void test_a_membership_counts_in_the_months_of_its_first_and_last_day(void **state)
{
    static const struct {
        const char *when;
        const char *days[3][2];
        const char *want;
    } cases[] = {
        {"never a participant", {{NULL}}, ""},
        {"still in", {{"2020-02-29", NULL}}, "participants:it 2020-02 joined=1;"},
        {"in and out in one month",
         {{"2020-02-01", "2020-02-29"}},
         "participants:it 2020-02 joined=1;participants:it 2020-02 left=1;"},
        {"across a year",
         {{"2020-12-31", "2021-01-01"}},
         "participants:it 2020-12 joined=1;participants:it 2021-01 left=1;"},
        {"left before it joined: both in one month",
         {{"2020-05-10", "2020-03-01"}},
         "participants:it 2020-05 joined=1;participants:it 2020-05 left=1;"},
        {"two periods that meet in a month are summed",
         {{"2020-01-01", "2020-03-05"}, {"2020-03-20", NULL}, {"1900-01-01", "2199-12-31"}},
         "participants:it 1900-01 joined=1;participants:it 2020-01 joined=1;"
         "participants:it 2020-03 joined=1;participants:it 2020-03 left=1;"
         "participants:it 2199-12 left=1;"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ev_period periods[3];
        struct ev_participant_changed ev = {.category = EV_CATEGORY_IT,
                                            .revision = 1,
                                            .periods = periods};
        struct kpi_shares shares;
        for (; ev.periods_count < 3 && cases[i].days[ev.periods_count][0] != NULL;
             ev.periods_count++)
            periods[ev.periods_count] =
                period(cases[i].days[ev.periods_count][0], cases[i].days[ev.periods_count][1]);
        assert_true(kpi_shares_of_participant(&mem, &ev, &shares));
        if (strcmp(text_of(shares), cases[i].want) != 0)
            fail_msg("%s: got %s", cases[i].when, text_of(shares));
    }
}

static struct ev_project_partner partner(const char *organisation, enum ev_role role, int64_t grant,
                                         int64_t cost)
{
    return (struct ev_project_partner){
        .organisation = str_of(organisation),
        .role = role,
        .has_grant = grant >= 0,
        .grant = grant,
        .has_cost = cost >= 0,
        .cost = cost,
        .joined_on = day("2021-01-01"),
    };
}

static struct ev_project_changed project(struct ev_project_partner *partners, size_t count)
{
    return (struct ev_project_changed){
        .category = EV_CATEGORY_COMPANY,
        .revision = 3,
        .start_on = day("2021-01-15"),
        .end_on = day("2022-12-31"),
        .currency = STR("EUR"),
        .partners = partners,
        .partners_count = count,
    };
}

static const char *project_text(const struct ev_project_changed *ev)
{
    struct kpi_shares shares;

    assert_true(kpi_shares_of_project(&mem, ev, &shares));
    return text_of(shares);
}

static void test_a_project_counts_when_it_starts_and_ends_after_its_last_month(void **state)
{
    struct ev_project_partner partners[] = {
        partner("pic:1", EV_ROLE_COORDINATOR, 100, 250),
        partner("pic:2", EV_ROLE_PARTICIPANT, -1, 50),
        partner("pic:2", EV_ROLE_PARTICIPANT, 20, -1),
    };
    struct ev_project_changed ev = project(partners, 3);
    (void)state;

    assert_string_equal(project_text(&ev), "projects:company 2021-01 started=1;"
                                           "projects:company 2021-01 active_in=1;"
                                           "projects:company 2021-01 cooperative_started=1;"
                                           "projects:company 2021-01 cooperative_in=1;"
                                           "projects:company 2021-01 participations=3;"
                                           "projects:company 2021-01 coordinators=1;"
                                           "projects:company 2023-01 active_out=1;"
                                           "projects:company 2023-01 cooperative_out=1;"
                                           "projects:company:EUR 2021-01 cost=300;"
                                           "projects:company:EUR 2021-01 granted=120;");
}

static void test_a_project_is_cooperative_with_two_organisations_that_have_not_left(void **state)
{
    struct ev_project_partner partners[] = {
        partner("pic:1", EV_ROLE_COORDINATOR, -1, -1),
        partner("pic:1", EV_ROLE_PARTICIPANT, -1, -1),
        partner("pic:2", EV_ROLE_PARTICIPANT, -1, -1),
    };
    struct ev_project_changed ev = project(partners, 3);
    (void)state;

    assert_non_null(strstr(project_text(&ev), "cooperative_started=1"));
    partners[2].has_left_on = true;
    assert_null(strstr(project_text(&ev), "cooperative"));
    assert_non_null(strstr(project_text(&ev), "participations=3"));
    ev.partners_count = 0;
    assert_string_equal(project_text(&ev),
                        "projects:company 2021-01 started=1;projects:company 2021-01 active_in=1;"
                        "projects:company 2023-01 active_out=1;");
}

static void test_a_project_closed_early_ends_then_and_one_closed_before_its_start_is_never_active(
    void **state)
{
    struct ev_project_changed ev = project(NULL, 0);
    (void)state;

    ev.has_closed_on = true;
    ev.closed_on = day("2021-01-31");
    assert_string_equal(project_text(&ev),
                        "projects:company 2021-01 started=1;projects:company 2021-01 active_in=1;"
                        "projects:company 2021-02 active_out=1;");
    ev.closed_on = day("2020-06-01");
    assert_string_equal(project_text(&ev), "projects:company 2021-01 started=1;");
    ev.has_closed_on = false;
    ev.end_on = day("2199-12-31");
    assert_string_equal(project_text(&ev),
                        "projects:company 2021-01 started=1;projects:company 2021-01 active_in=1;");
}

static void test_amounts_without_a_currency_and_amounts_beyond_counting_are_not_added(void **state)
{
    enum { MANY = 100 };
    struct ev_project_partner partners[MANY];
    struct ev_project_changed ev = project(partners, MANY);
    struct kpi_shares shares;
    (void)state;

    for (size_t i = 0; i < MANY; i++)
        partners[i] = partner("pic:1", EV_ROLE_PARTICIPANT, INT64_C(9007199254740991), -1);
    assert_false(kpi_shares_of_project(&mem, &ev, &shares));
    ev.partners_count = 60;
    assert_true(kpi_shares_of_project(&mem, &ev, &shares));
    ev.currency = STR_NONE;
    ev.partners_count = MANY;
    assert_true(kpi_shares_of_project(&mem, &ev, &shares));
    assert_null(strstr(text_of(shares), "granted"));
}

static void test_support_is_asked_for_by_submission_and_granted_by_decision(void **state)
{
    static const struct {
        enum ev_outcome outcome;
        const char *want;
    } cases[] = {
        {EV_OUTCOME_APPROVED,
         "support:research 2020-12 applied=1;support:research 2021-01 approved=1;"
         "support:research:RUB 2020-12 asked=500;support:research:RUB 2021-01 granted=300;"},
        {EV_OUTCOME_REFUSED,
         "support:research 2020-12 applied=1;support:research:RUB 2020-12 asked=500;"},
        {EV_OUTCOME_WAITLISTED,
         "support:research 2020-12 applied=1;support:research:RUB 2020-12 asked=500;"},
        {EV_OUTCOME_RELEASED,
         "support:research 2020-12 applied=1;support:research:RUB 2020-12 asked=500;"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ev_decision_made ev = {
            .category = EV_CATEGORY_RESEARCH,
            .submitted_on = day("2020-12-31"),
            .decided_on = day("2021-01-01"),
            .outcome = cases[i].outcome,
            .revision = 1,
            .has_amount_asked = true,
            .amount_asked = 500,
            .has_amount = true,
            .amount = 300,
            .currency = STR("RUB"),
        };
        struct kpi_shares shares;
        assert_true(kpi_shares_of_decision(&mem, &ev, &shares));
        assert_string_equal(text_of(shares), cases[i].want);
        ev.has_amount_asked = ev.has_amount = false;
        assert_true(kpi_shares_of_decision(&mem, &ev, &shares));
        assert_null(strstr(text_of(shares), "RUB"));
    }
}

static void test_a_rejected_event_counts_once_under_each_of_its_reasons_and_once_in_all(
    void **state)
{
    struct ev_reason reasons[] = {{.code = STR("missing")},
                                  {.code = STR("pattern")},
                                  {.code = STR("missing")}};
    struct ev_event_rejected ev = {.received_at = INT64_C(1609459199999999),
                                   .reasons = reasons,
                                   .reasons_count = 3};
    struct kpi_shares shares;
    (void)state;

    assert_true(kpi_shares_of_rejection(&mem, &ev, &shares));
    assert_string_equal(text_of(shares), "rejections:all 2020-12 rejected=1;"
                                         "rejections:missing 2020-12 rejected=1;"
                                         "rejections:pattern 2020-12 rejected=1;");
    ev.received_at = -1; /* the last microsecond of 1969 */
    ev.reasons_count = 1;
    assert_true(kpi_shares_of_rejection(&mem, &ev, &shares));
    assert_string_equal(text_of(shares),
                        "rejections:all 1969-12 rejected=1;rejections:missing 1969-12 rejected=1;");
}

static void test_series_names_are_read_as_they_are_written(void **state)
{
    static const char *const broken[] = {"",    "projects",     "projects:",    "other:it",
                                         ":it", "projects:it:", "projects::EUR"};
    struct kpi_series series;
    enum kpi_part part;
    (void)state;

    assert_true(kpi_series_parse(STR("projects:it:EUR"), &series));
    assert_true(str_eq(kpi_series_text(&mem, &series), STR("projects:it:EUR")));
    assert_true(kpi_part_parse(&series, STR("granted"), &part));
    assert_int_equal(part, KPI_PROJECT_GRANTED);
    assert_false(kpi_part_parse(&series, STR("started"), &part));
    assert_true(kpi_series_parse(STR("projects:it"), &series));
    assert_null(series.currency.ptr);
    assert_false(kpi_part_parse(&series, STR("granted"), &part));
    assert_true(kpi_series_parse(STR("support:all:RUB"), &series));
    assert_true(kpi_part_parse(&series, STR("granted"), &part));
    assert_int_equal(part, KPI_GRANTED);
    for (size_t i = 0; i < COUNT(broken); i++)
        if (kpi_series_parse(str_of(broken[i]), &series))
            fail_msg("\"%s\" was taken for a series", broken[i]);
}

static void test_shares_are_kept_as_json(void **state)
{
    struct ev_project_changed ev = project(NULL, 0);
    struct buf out = {.arena = &mem};
    struct kpi_shares shares;
    (void)state;

    kpi_shares_write(&out, (struct kpi_shares){NULL, 0});
    assert_true(str_eq(buf_view(&out), STR("[]")));
    buf_reset(&out);
    assert_true(kpi_shares_of_project(&mem, &ev, &shares));
    kpi_shares_write(&out, shares);
    buf_char(&out, '\0');
    assert_string_equal(out.ptr, "[[\"projects:company\",\"2021-01\",\"started\",1],"
                                 "[\"projects:company\",\"2021-01\",\"active_in\",1],"
                                 "[\"projects:company\",\"2023-01\",\"active_out\",1]]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_membership_counts_in_the_months_of_its_first_and_last_day),
        cmocka_unit_test(test_a_project_counts_when_it_starts_and_ends_after_its_last_month),
        cmocka_unit_test(test_a_project_is_cooperative_with_two_organisations_that_have_not_left),
        cmocka_unit_test(
            test_a_project_closed_early_ends_then_and_one_closed_before_its_start_is_never_active),
        cmocka_unit_test(test_amounts_without_a_currency_and_amounts_beyond_counting_are_not_added),
        cmocka_unit_test(test_support_is_asked_for_by_submission_and_granted_by_decision),
        cmocka_unit_test(
            test_a_rejected_event_counts_once_under_each_of_its_reasons_and_once_in_all),
        cmocka_unit_test(test_shares_are_kept_as_json),
        cmocka_unit_test(test_series_names_are_read_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
