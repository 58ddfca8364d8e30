/* allocate: who gets what, in the order of the log. */
#include "services/eligibility/core/allocate.h"

#include <assert.h>
#include <string.h>

#include "common/core/date.h"
#include "services/eligibility/core/allocate_private.h"

/* What makes a decision: an input, for which reason, and on which day. */
struct moment {
    size_t input;
    enum ev_cause cause;
    int32_t day;
};

/* The findings about money that go with one decision. */
struct remarks {
    struct ev_finding items[2];
    size_t count;
};

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct elig_budget *budget_of(struct elig_allocate *s, const struct elig_award *award)
{
    return elig_budget(s, award->measure, award->year);
}

static void remark(struct remarks *to, struct str rule, bool held, struct str read,
                   struct str nearest)
{
    assert(to->count < COUNT(to->items));
    to->items[to->count++] =
        (struct ev_finding){.rule = rule, .held = held, .read = read, .nearest = nearest};
}

static void remark_budget(struct elig_allocate *s, const struct elig_budget *b, int64_t wanted,
                          bool held, struct remarks *to)
{
    int64_t left = elig_budget_free(b);
    struct str nearest = STR_NONE;
    if (!b->is_set)
        nearest = arena_fmt(s->arena, "a budget for %d", (int)b->year);
    else if (!held && wanted > left)
        nearest = arena_fmt(s->arena, "%lld more free", (long long)(wanted - left));
    else if (!held)
        nearest = STR("the line before it served");
    remark(to, STR("budget_covers"), held,
           b->is_set ? arena_fmt(s->arena, "wanted=%lld free=%lld budget=%lld waiting=%lld",
                                 (long long)wanted, (long long)left, (long long)b->amount,
                                 (long long)b->waiting)
                     : arena_fmt(s->arena, "wanted=%lld budget=none waiting=%lld",
                                 (long long)wanted, (long long)b->waiting),
           nearest);
}

static void remark_cap(struct elig_allocate *s, const struct elig_award *award, int64_t left,
                       struct remarks *to)
{
    const struct ev_application_assessed *event = award->assessed;
    if (!event->has_yearly_cap || event->amount <= left)
        return;
    remark(to, STR("within_yearly_cap"), false,
           arena_fmt(s->arena, "eligible=%lld yearly_cap=%lld left=%lld year=%d",
                     (long long)event->amount, (long long)event->yearly_cap, (long long)left,
                     (int)award->year),
           arena_fmt(s->arena, "submitted in %d", (int)award->year + 1));
}

static void remark_currency(struct elig_allocate *s, const struct elig_budget *b,
                            struct str currency, struct remarks *to)
{
    remark(to, STR("currency_of_the_budget"), false,
           arena_fmt(s->arena, "currency=%.*s budget=%.*s", STR_ARG(currency),
                     STR_ARG(b->currency)),
           arena_fmt(s->arena, "amounts in %.*s", STR_ARG(b->currency)));
}

static void decide(struct elig_allocate *s, struct elig_award *award, struct moment now,
                   enum ev_outcome outcome, const int64_t *amount, const struct remarks *remarks)
{
    const struct ev_application_assessed *event = award->assessed;
    size_t extra = remarks != NULL ? remarks->count : 0;
    struct ev_finding *findings =
        arena_array(s->arena, event->findings_count + extra, sizeof *findings);
    if (event->findings_count > 0)
        memcpy(findings, event->findings, event->findings_count * sizeof *findings);
    if (extra > 0)
        memcpy(findings + event->findings_count, remarks->items, extra * sizeof *findings);
    award->revision++;
    award->changed = true;
    s->decisions = arena_more(s->arena, s->decisions, s->decision_count, &s->decision_cap,
                              sizeof *s->decisions);
    s->decisions[s->decision_count++] =
        (struct elig_decision){.input = now.input,
                               .award = award,
                               .assessed = event,
                               .revision = award->revision,
                               .outcome = outcome,
                               .cause = now.cause,
                               .decided_on =
                                   now.day > event->effective_on ? now.day : event->effective_on,
                               .has_amount = amount != NULL,
                               .amount = amount != NULL ? *amount : 0,
                               .findings = findings,
                               .finding_count = event->findings_count + extra};
}

static void approve(struct elig_allocate *s, struct elig_award *award, struct moment now,
                    const int64_t *amount, const struct remarks *remarks)
{
    award->state = ELIG_AWARD_APPROVED;
    decide(s, award, now, EV_OUTCOME_APPROVED, amount, remarks);
}

static void refuse(struct elig_allocate *s, struct elig_award *award, struct moment now,
                   const struct remarks *remarks)
{
    award->state = ELIG_AWARD_REFUSED;
    decide(s, award, now, EV_OUTCOME_REFUSED, NULL, remarks);
}

/* Money and place go back; returns the money. */
static int64_t give_up(struct elig_allocate *s, struct elig_award *award)
{
    int64_t back = award->granted;
    if (elig_has_budget(award->measure)) {
        elig_line_leave(budget_of(s, award), award);
        elig_take_back(s, budget_of(s, award), award, back);
    }
    award->granted = 0;
    return back;
}

static bool wrong_currency(const struct elig_budget *b, const struct elig_award *award)
{
    return b->is_set && !str_eq(b->currency, award->assessed->currency);
}

/* Refuses what no budget could change: another currency, or nothing left of the yearly cap. */
static bool refuse_at_once(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                           struct moment now)
{
    struct remarks remarks = {0};
    int64_t left = elig_cap_left(s, award);
    if (wrong_currency(b, award))
        remark_currency(s, b, award->assessed->currency, &remarks);
    else if (left == 0)
        remark_cap(s, award, left, &remarks);
    else
        return false;
    (void)give_up(s, award);
    refuse(s, award, now, &remarks);
    return true;
}

/* A new claim: the money if all of it is there and nobody waits, else a place in the line. */
static void claim_new(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                      struct moment now)
{
    struct remarks remarks = {0};
    int64_t left = elig_cap_left(s, award);
    int64_t wanted = at_most(award->assessed->amount, left);
    bool fits = b->is_set && b->waiting == 0 && wanted <= elig_budget_free(b);
    remark_cap(s, award, left, &remarks);
    remark_budget(s, b, wanted, fits, &remarks);
    if (fits) {
        elig_give(s, b, award, wanted);
        approve(s, award, now, &wanted, &remarks);
    } else {
        elig_line_join(s, b, award);
        decide(s, award, now, EV_OUTCOME_WAITLISTED, NULL, &remarks);
    }
}

/* Amended after approval: less gives money back; more is given if it is there and nobody waits,
 * otherwise what was granted stays granted. */
static void claim_again(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                        struct moment now)
{
    struct remarks remarks = {0};
    int64_t before = award->granted, left = elig_cap_left(s, award);
    int64_t wanted = at_most(award->assessed->amount, left);
    bool fits = wanted <= before || (b->waiting == 0 && wanted - before <= elig_budget_free(b));
    remark_cap(s, award, left, &remarks);
    if (!fits)
        remark_budget(s, b, wanted - before, false, &remarks);
    int64_t amount = fits ? wanted : before;
    if (amount < before)
        elig_take_back(s, b, award, before - amount);
    else if (amount > before)
        elig_give(s, b, award, amount - before);
    approve(s, award, now, &amount, &remarks);
}

/* Amended in the line: it keeps its place unless it wants more than before. */
static void claim_waiting(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                          struct moment now, int64_t before)
{
    struct remarks remarks = {0};
    int64_t wanted = at_most(award->assessed->amount, elig_cap_left(s, award));
    if (award->assessed->amount > before) {
        elig_line_leave(b, award);
        claim_new(s, b, award, now);
        return;
    }
    b->freed = true; /* perhaps it fits now */
    remark_budget(s, b, wanted, false, &remarks);
    decide(s, award, now, EV_OUTCOME_WAITLISTED, NULL, &remarks);
}

static void claim_nothing(struct elig_allocate *s, struct elig_award *award, struct moment now)
{
    int64_t amount = award->assessed->has_amount ? award->assessed->amount : 0;
    (void)give_up(s, award);
    award->granted = amount;
    approve(s, award, now, award->assessed->has_amount ? &amount : NULL, NULL);
}

/* `waited_for` is what it asked for when it joined the line, if it stands in one. */
static void on_eligible(struct elig_allocate *s, struct elig_award *award, struct moment now,
                        int64_t waited_for)
{
    if (!elig_has_budget(award->measure) || award->assessed->amount == 0) {
        claim_nothing(s, award, now);
        return;
    }
    struct elig_budget *b = budget_of(s, award);
    if (refuse_at_once(s, b, award, now))
        return;
    if (award->state == ELIG_AWARD_APPROVED)
        claim_again(s, b, award, now);
    else if (award->state == ELIG_AWARD_WAITLISTED)
        claim_waiting(s, b, award, now, waited_for);
    else
        claim_new(s, b, award, now);
}

/* False: the money does not reach for this one, so nobody behind it is served either. */
static bool serve_one(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                      struct moment now)
{
    if (refuse_at_once(s, b, award, now))
        return true;
    struct remarks remarks = {0};
    int64_t left = elig_cap_left(s, award);
    int64_t wanted = at_most(award->assessed->amount, left);
    if (wanted > elig_budget_free(b))
        return false;
    remark_cap(s, award, left, &remarks);
    remark_budget(s, b, wanted, true, &remarks);
    elig_line_leave(b, award);
    elig_give(s, b, award, wanted);
    approve(s, award, now, &wanted, &remarks);
    return true;
}

static void serve(struct elig_allocate *s, struct elig_budget *b, size_t input, int32_t day)
{
    struct moment now = {input, EV_CAUSE_BUDGET, day};
    b->serve_input = input;
    b->serve_on = day;
    while (b->freed && elig_budget_free(b) > 0) {
        struct elig_award *first = elig_line_first(b);
        if (first == NULL && !b->line_done)
            return; /* until more of the line is read */
        b->freed = first != NULL && serve_one(s, b, first, now);
    }
    b->freed = false;
}

void elig_line_serve(struct elig_allocate *s, struct elig_budget *b, bool last)
{
    b->line_done = last;
    serve(s, b, b->serve_input, b->serve_on);
}

static struct elig_award *award_for(struct elig_allocate *s,
                                    const struct ev_application_assessed *event)
{
    struct elig_award *award = elig_award_find(s, event->application);
    if (award != NULL)
        return award;
    return elig_award_add(s, &(struct elig_award){.application = event->application,
                                                  .organisation = event->organisation,
                                                  .measure = event->measure,
                                                  .year = date_year(event->submitted_on)});
}

static void on_verdict(struct elig_allocate *s, struct elig_award *award, struct moment now,
                       int64_t waited_for)
{
    int64_t back;
    switch (award->assessed->verdict) {
    case EV_VERDICT_ELIGIBLE: on_eligible(s, award, now, waited_for); return;
    case EV_VERDICT_REFUSED:
        (void)give_up(s, award);
        refuse(s, award, now, NULL);
        return;
    case EV_VERDICT_WITHDRAWN:
        back = give_up(s, award);
        award->state = ELIG_AWARD_RELEASED;
        decide(s, award, now, EV_OUTCOME_RELEASED, &back, NULL);
        return;
    }
    assert(false);
}

void elig_on_assessed(struct elig_allocate *s, size_t input,
                      const struct ev_application_assessed *event, struct str data)
{
    struct elig_award *award = award_for(s, event);
    if (event->revision <= award->assessed_revision)
        return;
    struct elig_budget *before = elig_has_budget(award->measure) ? budget_of(s, award) : NULL;
    int64_t waited_for = award->state == ELIG_AWARD_WAITLISTED ? award->assessed->amount : 0;
    int32_t year = date_year(event->submitted_on);
    if (year != award->year) {
        (void)give_up(s, award);
        award->state = ELIG_AWARD_NEW;
        award->year = year;
    }
    award->assessed_revision = event->revision;
    award->assessed = event;
    award->data = data;
    on_verdict(s, award, (struct moment){input, event->cause, event->effective_on}, waited_for);
    if (before == NULL)
        return;
    serve(s, before, input, event->effective_on);
    if (budget_of(s, award) != before)
        serve(s, budget_of(s, award), input, event->effective_on);
}

static void change_add(struct elig_allocate *s, size_t input, const struct elig_budget *b,
                       const struct ev_budget_set *event, struct str refused)
{
    s->changes =
        arena_more(s->arena, s->changes, s->change_count, &s->change_cap, sizeof *s->changes);
    s->changes[s->change_count++] = (struct elig_budget_change){.input = input,
                                                                .budget = b,
                                                                .revision = b->revision,
                                                                .amount = event->amount,
                                                                .given = b->given,
                                                                .currency = event->currency,
                                                                .known_on = event->known_on,
                                                                .refused = refused};
}

void elig_on_budget(struct elig_allocate *s, size_t input, const struct ev_budget_set *event)
{
    struct elig_budget *b = elig_budget(s, event->programme, (int32_t)event->year);
    b->changed = true;
    b->revision++;
    if (b->given > 0 && !str_eq(b->currency, event->currency)) {
        change_add(s, input, b, event, STR("money has been given in another currency"));
        return;
    }
    b->is_set = true;
    b->currency = event->currency;
    b->amount = event->amount;
    b->overcommitted = b->given > b->amount ? b->given - b->amount : 0;
    b->known_on = event->known_on;
    b->freed = true;
    change_add(s, input, b, event, STR_NONE);
    serve(s, b, input, event->known_on);
}
