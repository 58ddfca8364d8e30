/* Tax numbers count up with their check digit; categories go round; dates run on with the number, one
 * in fifty late by up to four years. */
#include "tests/bench/made_up.h"

#include <assert.h>

#include "common/core/date.h"
#include "common/core/upstream.h"

#define FIRST_DAY date_from_ymd(2019, 1, 1)
#define DAYS 1826
#define LATE_EVERY 50
#define FIRST_INN 300000000
#define APART 10007 /* between the partners of a project: a prime, so that few meet again soon */

static struct str inn(struct arena *a, int64_t organisation)
{
    static const int weights[9] = {2, 4, 10, 3, 5, 9, 4, 6, 8};
    int64_t number = FIRST_INN + organisation, rest = number;
    int sum = 0;

    for (int i = 8; i >= 0; i--, rest /= 10)
        sum += weights[i] * (int)(rest % 10);
    return arena_fmt(a, "inn:%09lld%d", (long long)number, sum % 11 % 10);
}

enum ev_category made_up_category(int64_t organisation)
{
    return (enum ev_category)(organisation % EV_CATEGORY_COUNT);
}

static int32_t joined_on(const struct made_up_plan *plan, int64_t organisation)
{
    if (plan->joined_on != 0)
        return plan->joined_on;
    int64_t day = organisation * DAYS / (plan->span > 0 ? plan->span : 1) % DAYS;
    if (organisation % LATE_EVERY == 0)
        day = day * (organisation / LATE_EVERY % 10) / 10;
    return FIRST_DAY + (int32_t)day;
}

static void budget(struct buf *b, int64_t year, union ev_any *any)
{
    any->budget_set = (struct ev_budget_set){
        .programme = EV_MEASURE_EXPORT_GRANT,
        .year = year,
        .amount = INT64_C(9000000000000000),
        .currency = STR("RUB"),
        .known_on = date_from_ymd(2018, 12, 1),
    };
    ev_budget_set_write(b, &any->budget_set);
}

static void described(struct arena *a, struct buf *b, int64_t number, union ev_any *any)
{
    any->organisation_described = (struct ev_organisation_described){
        .organisation = inn(a, number),
        .name = arena_fmt(a, "Made-up Organisation No. %lld for Applied Research and Development",
                          (long long)number),
        .category = made_up_category(number),
        .country = STR("RU"),
        .has_registered_on = true,
        .registered_on = date_from_ymd(2005, 1, 1) + (int32_t)(number % 4000),
        .has_staff = true,
        .staff = number % 900,
        .known_on = date_from_ymd(2018, 12, 1),
    };
    ev_organisation_described_write(b, &any->organisation_described);
}

static void join(struct arena *a, struct buf *b, const struct made_up_plan *plan, int64_t number,
                 union ev_any *any)
{
    any->application_submitted = (struct ev_application_submitted){
        .application = arena_fmt(a, "%s-member-%lld", plan->run, (long long)number),
        .organisation = inn(a, number),
        .measure = EV_MEASURE_MEMBERSHIP,
        .submitted_on = joined_on(plan, number),
    };
    ev_application_submitted_write(b, &any->application_submitted);
}

static bool is_project(int64_t number)
{
    return number % 5 >= 3;
}

/* Who applies: a member that has been one for a while by then. */
static int64_t applicant(const struct made_up_plan *plan, int64_t number)
{
    assert(plan->members > 0);
    return number % plan->members;
}

static int32_t applied_on(int64_t number)
{
    return date_from_ymd(2024, 1, 15) + (int32_t)(number / 1000 % 700);
}

static void export_grant(struct arena *a, struct buf *b, const struct made_up_plan *plan,
                         int64_t number, union ev_any *any)
{
    any->application_submitted = (struct ev_application_submitted){
        .application = arena_fmt(a, "%s-support-%lld", plan->run, (long long)number),
        .organisation = inn(a, applicant(plan, number)),
        .measure = EV_MEASURE_EXPORT_GRANT,
        .submitted_on = applied_on(number),
        .has_amount = true,
        .amount = 1000000 + number % 5000000,
        .currency = STR("RUB"),
        .has_export = true,
        .export = {.contract_proceeds = 100000000 + number % 77777777,
                   .contract_closed_on = applied_on(number) - 100,
                   .has_contract_finished = true,
                   .contract_finished = true,
                   .exports_last_year = 700000000 + number % 1000,
                   .exports_year_before = 500000000,
                   .taxes_last_year = INT64_C(9000000000)},
    };
    ev_application_submitted_write(b, &any->application_submitted);
}

static void horizon_project(struct arena *a, struct buf *b, const struct made_up_plan *plan,
                            int64_t number, union ev_any *any)
{
    struct ev_partner *partners = arena_array(a, 3, sizeof *partners);

    for (int64_t i = 0; i < 3; i++)
        partners[i] = (struct ev_partner){
            .organisation =
                inn(a, (applicant(plan, number) + i * APART * (1 + number % 7)) % plan->members),
            .role = i == 0 ? EV_ROLE_COORDINATOR : EV_ROLE_PARTICIPANT,
            .has_grant = true,
            .grant = 25000000 + number % 1000,
            .has_cost = true,
            .cost = 30000000 + number % 1000,
        };
    any->application_submitted = (struct ev_application_submitted){
        .application = arena_fmt(a, "%s-support-%lld", plan->run, (long long)number),
        .organisation = partners[0].organisation,
        .measure = EV_MEASURE_HORIZON_PROJECT,
        .submitted_on = applied_on(number),
        .currency = STR("EUR"),
        .has_plan = true,
        .plan = {.project = arena_fmt(a, "%s-project-%lld", plan->run, (long long)number),
                 .title = STR("A made-up project on the behaviour of event-driven systems"),
                 .start_on = applied_on(number) + 60,
                 .end_on = applied_on(number) + 60 + 730,
                 .partners = partners,
                 .partners_count = 3},
    };
    ev_application_submitted_write(b, &any->application_submitted);
}

static void milestone(struct arena *a, struct buf *b, const struct made_up_plan *plan,
                      int64_t number, union ev_any *any)
{
    int64_t application = number / 2 * 5 + 3 + number % 2; /* the number-th that is a project */

    any->project_milestone_reached = (struct ev_project_milestone_reached){
        .project = arena_fmt(a, "%s-project-%lld", plan->run, (long long)application),
        .requested_on = applied_on(application) + 200,
        .milestone = STR("first prototype"),
    };
    ev_project_milestone_reached_write(b, &any->project_milestone_reached);
}

bool made_up_kind_parse(struct str text, enum made_up_kind *ret)
{
    static const char *const texts[] = {
        [MADE_UP_BUDGET] = "budget",   [MADE_UP_DESCRIBED] = "described", [MADE_UP_JOIN] = "join",
        [MADE_UP_SUPPORT] = "support", [MADE_UP_MILESTONE] = "milestone",
    };

    for (size_t i = 0; i < COUNT(texts); i++)
        if (str_eq(text, str_of(texts[i]))) {
            *ret = (enum made_up_kind)i;
            return true;
        }
    return false;
}

struct made_up made_up_event(struct arena *a, const struct made_up_plan *plan,
                             enum made_up_kind kind, int64_t number)
{
    struct made_up ret = {.type = EV_APPLICATION_SUBMITTED};
    struct buf data = {.arena = a};
    union ev_any any;

    switch (kind) {
    case MADE_UP_BUDGET:
        ret.type = EV_BUDGET_SET;
        budget(&data, number, &any);
        break;
    case MADE_UP_DESCRIBED:
        ret.type = EV_ORGANISATION_DESCRIBED;
        described(a, &data, number, &any);
        break;
    case MADE_UP_JOIN: join(a, &data, plan, number, &any); break;
    case MADE_UP_SUPPORT:
        if (is_project(number))
            horizon_project(a, &data, plan, number, &any);
        else
            export_grant(a, &data, plan, number, &any);
        break;
    case MADE_UP_MILESTONE:
        ret.type = EV_PROJECT_MILESTONE_REACHED;
        milestone(a, &data, plan, number, &any);
        break;
    }
    ret.topic = upstream_of(ret.type)->from;
    ret.key = upstream_key(a, ret.type, &any);
    ret.data = buf_view(&data);
    return ret;
}
