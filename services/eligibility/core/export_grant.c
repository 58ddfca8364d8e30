/* export_grant: a share of the proceeds of an export contract, by the rules in force on the day the
 * application was submitted. Amounts are kopecks. Shares are "not more than", so they round down. */
#include <assert.h>

#include "common/core/date.h"
#include "common/core/money.h"
#include "services/eligibility/core/rules_private.h"

#define ROUBLE INT64_C(100)
#define MILLION INT64_C(1000000)
#define NO_LIMIT MONEY_MAX

struct version {
    int year, month, day; /* in force from then until the next one */
    const char *name;
    int percent;        /* of the proceeds */
    int raised_percent; /* of who grew or is new; equal to `percent` where there is no ladder */
    int64_t yearly_max;
    bool finished_only; /* only for a finished contract, large enough and closed not long ago */
};

/* clang-format off */
static const struct version VERSIONS[] = {
    {2020, 3, 31, "export-grant/2020-03-31", 10, 10, NO_LIMIT,              true},
    {2021, 3,  1, "export-grant/2021-03-01", 10, 20, 10 * MILLION * ROUBLE, false},
};
/* clang-format on */

#define FINISHED_MIN (6 * MILLION * ROUBLE)
#define FINISHED_MONTHS 24
#define GROWTH_PERCENT 20

static int32_t valid_from(const struct version *version)
{
    return date_from_ymd(version->year, version->month, version->day);
}

static const struct version *version_on(int32_t day)
{
    for (size_t i = COUNT(VERSIONS); i > 0; i--)
        if (valid_from(&VERSIONS[i - 1]) <= day)
            return &VERSIONS[i - 1];
    return NULL;
}

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t share(int64_t amount, int percent)
{
    return amount / 100 * percent + amount % 100 * percent / 100;
}

static void check_participant(struct arena *a, const struct elig_facts *facts,
                              struct elig_verdict *v)
{
    bool held = facts->standings[0].kind == ELIG_MEMBER;
    struct str day = elig_date(a, facts->submitted_on);
    struct ev_finding *finding =
        elig_require(v, STR("applicant_participates"), held,
                     arena_fmt(a, "participant=%s on=%.*s", held ? "yes" : "no", STR_ARG(day)));
    if (held)
        return;
    if (facts->standings[0].kind == ELIG_JOINED_LATER)
        day = elig_date(a, facts->standings[0].day);
    finding->nearest = facts->standings[0].kind == ELIG_JOINED_LATER
                           ? arena_fmt(a, "submitted on %.*s or later", STR_ARG(day))
                           : arena_fmt(a, "a membership on %.*s", STR_ARG(day));
}

static void check_currency(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    struct str currency = facts->form->currency;
    bool held = str_eq(currency, STR("RUB"));
    v->currency = currency;
    struct ev_finding *finding =
        elig_require(v, STR("currency_is_rouble"), held,
                     arena_fmt(a, "currency=%.*s",
                               STR_ARG(currency.ptr != NULL ? currency : STR("none"))));
    if (!held)
        finding->nearest = STR("amounts in RUB");
}

/* The condition that was dropped in spring 2021. */
static void check_contract(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    const struct ev_export *export = &facts->form->export;
    int32_t oldest = date_add_months(facts->submitted_on, -FINISHED_MONTHS);
    bool finished = export->has_contract_finished && export->contract_finished;
    bool in_time =
        export->contract_closed_on >= oldest && export->contract_closed_on <= facts->submitted_on;
    bool large = export->contract_proceeds >= FINISHED_MIN;
    struct ev_finding *finding = elig_require(
        v, STR("contract_finished"), finished && in_time && large,
        arena_fmt(a, "finished=%s proceeds=%lld min=%lld closed_on=%.*s not_before=%.*s",
                  finished ? "yes" : "no", (long long)export->contract_proceeds,
                  (long long)FINISHED_MIN, STR_ARG(elig_date(a, export->contract_closed_on)),
                  STR_ARG(elig_date(a, oldest))));
    if (!finished)
        finding->nearest = STR("the contract is finished");
    else if (!large)
        finding->nearest = arena_fmt(a, "proceeds larger by %lld",
                                     (long long)(FINISHED_MIN - export->contract_proceeds));
    else if (!in_time)
        finding->nearest =
            arena_fmt(a, "closed between %.*s and %.*s", STR_ARG(elig_date(a, oldest)),
                      STR_ARG(elig_date(a, facts->submitted_on)));
}

/* The step of the ladder. The lower one refuses nobody, so the finding only explains. */
static int choose_percent(struct arena *a, const struct elig_facts *facts,
                          const struct version *version, struct elig_verdict *v)
{
    if (version->raised_percent == version->percent)
        return version->percent;
    const struct ev_export *export = &facts->form->export;
    int32_t newest = date_from_ymd(date_year(facts->submitted_on) - 1, 1, 1);
    bool grew =
        export->exports_last_year * 100 > export->exports_year_before * (100 + GROWTH_PERCENT);
    bool is_new = export->has_first_contract_on && export->first_contract_on >= newest;
    struct str first =
        export->has_first_contract_on ? elig_date(a, export->first_contract_on) : STR("unknown");
    int percent = grew || is_new ? version->raised_percent : version->percent;
    struct ev_finding *finding = elig_note(
        v, STR("raised_share"), grew || is_new,
        arena_fmt(
            a,
            "exports_last_year=%lld exports_year_before=%lld first_contract_on=%.*s not_before=%.*s"
            " percent=%d",
            (long long)export->exports_last_year, (long long)export->exports_year_before,
            STR_ARG(first), STR_ARG(elig_date(a, newest)), percent));
    if (!grew && !is_new) {
        int64_t enough = share(export->exports_year_before, 100 + GROWTH_PERCENT) + 1;
        finding->nearest = arena_fmt(a, "exports_last_year=%lld", (long long)enough);
    }
    return percent;
}

static void reckon_amount(struct arena *a, const struct elig_facts *facts,
                          const struct version *version, int percent, struct elig_verdict *v)
{
    const struct ev_application_submitted *form = facts->form;
    int64_t part = share(form->export.contract_proceeds, percent);
    int64_t taxes = form->export.taxes_last_year / 2;
    v->has_asked = v->has_amount = v->has_yearly_cap = true;
    v->yearly_cap = at_most(version->yearly_max, taxes);
    v->asked = form->has_amount ? form->amount : part;
    v->amount = at_most(at_most(v->asked, part), v->yearly_cap);
    struct ev_finding *finding = elig_require(
        v, STR("amount_above_zero"), v->amount > 0,
        arena_fmt(a, "asked=%lld share=%lld half_of_taxes=%lld yearly_max=%lld amount=%lld",
                  (long long)v->asked, (long long)part, (long long)taxes,
                  (long long)(version->yearly_max == NO_LIMIT ? 0 : version->yearly_max),
                  (long long)v->amount));
    if (v->amount == 0)
        finding->nearest = taxes == 0 ? STR("taxes_last_year=2")
                           : part == 0
                               ? arena_fmt(a, "contract_proceeds=%d", (100 + percent - 1) / percent)
                               : STR("an amount asked for");
}

void elig_export_grant(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    assert(facts->form != NULL && facts->form->has_export && facts->standing_count == 1);
    const struct version *version = version_on(facts->submitted_on);
    if (version == NULL) {
        struct str first = elig_date(a, valid_from(&VERSIONS[0]));
        v->rule_version = STR("export-grant/none");
        struct ev_finding *finding =
            elig_require(v, STR("rules_in_force"), false,
                         arena_fmt(a, "submitted_on=%.*s first_rules=%.*s",
                                   STR_ARG(elig_date(a, facts->submitted_on)), STR_ARG(first)));
        finding->nearest = arena_fmt(a, "submitted on %.*s or later", STR_ARG(first));
        return;
    }
    v->rule_version = str_of(version->name);
    check_participant(a, facts, v);
    check_currency(a, facts, v);
    if (version->finished_only)
        check_contract(a, facts, v);
    reckon_amount(a, facts, version, choose_percent(a, facts, version, v), v);
}
