/* joint_project: projects of several organisations, every one of which is a participant.
 * A joint project has 2 to 5 of them and is paid from a budget; a Horizon project has any number and
 * is only recorded, its money being the European Union's. */
#include <assert.h>

#include "common/core/money.h"
#include "services/eligibility/core/rules_private.h"

#define PARTNERS_MIN 2
#define PARTNERS_MAX 5

static void count_partners(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    size_t count = facts->standing_count;
    bool held = count >= PARTNERS_MIN && count <= PARTNERS_MAX;
    struct ev_finding *finding =
        elig_require(v, STR("number_of_partners"), held,
                     arena_fmt(a, "partners=%zu min=%d max=%d", count, PARTNERS_MIN, PARTNERS_MAX));
    if (count < PARTNERS_MIN)
        finding->nearest = arena_fmt(a, "%zu more", PARTNERS_MIN - count);
    if (count > PARTNERS_MAX)
        finding->nearest = arena_fmt(a, "%zu fewer", count - PARTNERS_MAX);
}

static void write_standing(struct buf *text, struct arena *a, const struct elig_standing *s)
{
    buf_char(text, ' ');
    buf_str(text, s->organisation);
    buf_char(text, '=');
    switch (s->kind) {
    case ELIG_UNDECIDED: buf_str(text, STR("undecided")); return;
    case ELIG_MEMBER: buf_str(text, STR("participant")); return;
    case ELIG_NEVER_MEMBER: buf_str(text, STR("refused")); return;
    case ELIG_JOINED_LATER: buf_fmt(text, "joined:%.*s", STR_ARG(elig_date(a, s->day))); return;
    case ELIG_LEFT_BEFORE: buf_fmt(text, "left:%.*s", STR_ARG(elig_date(a, s->day))); return;
    }
}

/* Who is no participant, as many as fit. */
static struct str name_missing(struct arena *a, const struct elig_facts *facts, size_t missing)
{
    struct buf text = {.arena = a};
    buf_fmt(&text, "partners=%zu participants=%zu", facts->standing_count,
            facts->standing_count - missing);
    size_t named = 0;
    for (size_t i = 0; i < facts->standing_count && text.len < ELIG_READ_MAX - 200; i++)
        if (facts->standings[i].kind != ELIG_MEMBER) {
            write_standing(&text, a, &facts->standings[i]);
            named++;
        }
    if (named < missing)
        buf_fmt(&text, " and %zu more", missing - named);
    return buf_view(&text);
}

/* If all that is missing is time, the day from which on it would hold; otherwise whom to decide on,
 * or whom to do without. */
static struct str nearest_change(struct arena *a, const struct elig_facts *facts)
{
    const struct elig_standing *never = NULL, *undecided = NULL;
    int32_t latest = INT32_MIN;
    for (size_t i = 0; i < facts->standing_count; i++) {
        const struct elig_standing *s = &facts->standings[i];
        if (s->kind == ELIG_UNDECIDED && undecided == NULL)
            undecided = s;
        if ((s->kind == ELIG_NEVER_MEMBER || s->kind == ELIG_LEFT_BEFORE) && never == NULL)
            never = s;
        if (s->kind == ELIG_JOINED_LATER && s->day > latest)
            latest = s->day;
    }
    if (never != NULL)
        return arena_fmt(a, "without %.*s", STR_ARG(never->organisation));
    if (undecided != NULL)
        return arena_fmt(a, "a decision on the membership of %.*s",
                         STR_ARG(undecided->organisation));
    return arena_fmt(a, "submitted on %.*s or later", STR_ARG(elig_date(a, latest)));
}

static void check_partners(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    static const struct str RULE = {"all_partners_participate",
                                    sizeof "all_partners_participate" - 1};
    size_t missing = 0, undecided = 0;
    for (size_t i = 0; i < facts->standing_count; i++) {
        missing += facts->standings[i].kind != ELIG_MEMBER;
        undecided += facts->standings[i].kind == ELIG_UNDECIDED;
    }
    struct str read = name_missing(a, facts, missing);
    struct ev_finding *finding =
        undecided > 0 ? elig_await(v, RULE, read) : elig_require(v, RULE, missing == 0, read);
    if (missing > 0)
        finding->nearest = elig_clip(nearest_change(a, facts), ELIG_NEAREST_MAX);
}

/* False: the sum is no amount any more. Without a single grant nothing is asked for. */
static bool sum_grants(const struct ev_plan *plan, bool *ret_any, int64_t *ret)
{
    int64_t sum = 0;
    bool any = false;
    for (size_t i = 0; i < plan->partners_count; i++) {
        if (!plan->partners[i].has_grant)
            continue;
        any = true;
        if (!money_add(sum, plan->partners[i].grant, &sum))
            return false;
    }
    *ret_any = any;
    *ret = sum;
    return true;
}

/* The whole amount asked for: what the application says, or else what the partners ask for together. */
static void reckon_amount(struct arena *a, const struct elig_facts *facts, bool from_plan,
                          struct elig_verdict *v)
{
    const struct ev_application_submitted *form = facts->form;
    v->currency = form->currency;
    v->has_asked = form->has_amount && !from_plan;
    v->asked = form->amount;
    if (!v->has_asked && !sum_grants(&form->plan, &v->has_asked, &v->asked)) {
        v->has_asked = false;
        struct ev_finding *finding =
            elig_require(v, STR("amount_fits"), false, STR("grants_together=over 2^53-1"));
        finding->nearest = arena_fmt(a, "grants of %lld together at most", (long long)MONEY_MAX);
        return;
    }
    v->has_amount = v->has_asked;
    v->amount = v->has_asked ? v->asked : 0;
    v->asked = v->amount;
    (void)elig_require(v, STR("amount_fits"), true,
                       arena_fmt(a, "amount=%lld", (long long)v->amount));
}

static void check_currency(const struct elig_facts *facts, struct elig_verdict *v)
{
    if (!v->has_amount || v->amount == 0)
        return;
    bool held = facts->form->currency.ptr != NULL;
    struct ev_finding *finding = elig_require(v, STR("currency_named"), held,
                                              held ? facts->form->currency : STR("currency=none"));
    if (!held)
        finding->nearest = STR("an amount with its currency");
}

void elig_joint_project(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    assert(facts->form != NULL && facts->form->has_plan);
    v->rule_version = STR("joint-project/1");
    count_partners(a, facts, v);
    check_partners(a, facts, v);
    reckon_amount(a, facts, false, v);
    check_currency(facts, v);
}

void elig_horizon_project(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    assert(facts->form != NULL && facts->form->has_plan);
    v->rule_version = STR("horizon-project/1");
    check_partners(a, facts, v);
    reckon_amount(a, facts, true, v);
}
