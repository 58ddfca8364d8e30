/* judge: an application as it stands is judged; a decided membership opens or closes a stay and wakes
 * what depends on it. */
#include "services/eligibility/core/assess_private.h"

#include <assert.h>
#include <string.h>

void elig_assess_init(struct elig_assess *s, struct arena *a, size_t inputs)
{
    *s = (struct elig_assess){0};
    elig_registry_init(&s->registry, a, inputs);
}

static int32_t later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static struct elig_step *step_add(struct elig_assess *s)
{
    s->steps =
        arena_more(s->registry.arena, s->steps, s->step_count, &s->step_cap, sizeof *s->steps);
    return &s->steps[s->step_count++];
}

static struct elig_notice *notice_add(struct elig_assess *s)
{
    s->notices = arena_more(s->registry.arena, s->notices, s->notice_count, &s->notice_cap,
                            sizeof *s->notices);
    return &s->notices[s->notice_count++];
}

void elig_notify(struct elig_assess *s, struct elig_org *org, size_t input)
{
    struct elig_notice *notice = notice_add(s);
    org->revision++;
    org->changed = true;
    *notice = (struct elig_notice){.input = input,
                                   .org = org,
                                   .revision = org->revision,
                                   .name = org->name,
                                   .category = org->category,
                                   .period_count = org->period_count};
    if (org->period_count == 0)
        return;
    notice->periods = arena_array(s->registry.arena, org->period_count, sizeof *notice->periods);
    memcpy(notice->periods, org->periods, org->period_count * sizeof *notice->periods);
}

static struct elig_standing membership_standing(struct elig_app *app)
{
    const struct elig_period *own = elig_period_of(app->org, app->id);
    int32_t until = own != NULL && own->has_left_on ? own->left_on : INT32_MAX;
    const struct elig_period *other =
        elig_period_overlapping(app->org, app->submitted_on, until, app->id);
    if (other == NULL)
        return (struct elig_standing){app->org->id, ELIG_UNDECIDED, 0};
    return (struct elig_standing){app->org->id, ELIG_MEMBER, other->joined_on};
}

/* Each partner once, in the order of the plan. */
static void partner_standings(struct elig_assess *s, const struct elig_app *app,
                              struct elig_known *known)
{
    const struct ev_plan *plan = &app->form->plan;
    struct elig_standing *standings =
        arena_array(s->registry.arena, plan->partners_count, sizeof *standings);
    size_t count = 0;
    struct map seen;
    map_init(&seen, s->registry.arena, plan->partners_count);
    for (size_t i = 0; i < plan->partners_count; i++) {
        bool is_new;
        int32_t known_on;
        (void)map_put(&seen, plan->partners[i].organisation, i, &is_new);
        if (!is_new)
            continue;
        struct elig_org *org = elig_org(&s->registry, plan->partners[i].organisation);
        standings[count++] = elig_standing_on(org, app->submitted_on, &known_on);
        known->known_on = later(known->known_on, known_on);
    }
    known->facts.standings = standings;
    known->facts.standing_count = count;
}

static void applicant_standing(struct elig_assess *s, struct elig_app *app,
                               struct elig_known *known)
{
    struct elig_standing *standing = arena_alloc(s->registry.arena, sizeof *standing);
    int32_t known_on = INT32_MIN;
    *standing = app->measure == EV_MEASURE_MEMBERSHIP
                    ? membership_standing(app)
                    : elig_standing_on(app->org, app->submitted_on, &known_on);
    known->known_on = later(known->known_on, known_on);
    known->facts.standings = standing;
    known->facts.standing_count = 1;
}

struct elig_known elig_gather(struct elig_assess *s, struct elig_app *app)
{
    struct elig_known known = {.known_on = app->dated_on};
    known.facts = (struct elig_facts){.measure = app->measure,
                                      .submitted_on = app->submitted_on,
                                      .described = app->org->described,
                                      .form = app->form};
    if (app->org->described)
        known.known_on = later(known.known_on, app->org->known_on);
    if (app->form != NULL && app->form->has_plan)
        partner_standings(s, app, &known);
    else
        applicant_standing(s, app, &known);
    known.facts.known_on = known.known_on;
    return known;
}

void elig_record(struct elig_assess *s, struct elig_app *app, struct elig_cause cause,
                 enum ev_verdict verdict, int32_t effective_on, const struct elig_verdict *judged)
{
    app->revision++;
    app->verdict = verdict;
    app->has_amount = judged->has_amount;
    app->amount = judged->amount;
    app->changed = true;
    *step_add(s) = (struct elig_step){.input = cause.input,
                                      .app = app,
                                      .revision = app->revision,
                                      .category = app->org->category,
                                      .verdict = verdict,
                                      .cause = cause.why,
                                      .submitted_on = app->submitted_on,
                                      .effective_on = effective_on,
                                      .form = app->form,
                                      .judged = judged};
}

/* An end that came too early finds the membership it ends. */
static void end_if_ended(struct elig_org *org, struct elig_period *period)
{
    if (!org->has_end || period->has_left_on || org->end_on < period->joined_on)
        return;
    period->has_left_on = true;
    period->left_on = org->end_on;
    org->has_end = false;
}

static void join(struct elig_assess *s, struct elig_app *app, size_t input, int32_t decided_on)
{
    struct elig_org *org = app->org;
    struct elig_period *own = elig_period_of(org, app->id);
    org->changed = org->decided = true;
    org->decided_on = decided_on;
    if (own == NULL) {
        own = elig_period_add(&s->registry, org,
                              &(struct elig_period){.joined_on = app->submitted_on,
                                                    .decided_on = decided_on,
                                                    .application = app->id});
        end_if_ended(org, own);
    } else if (own->joined_on != app->submitted_on) {
        own->joined_on = app->submitted_on;
        own->left_on = later(own->left_on, own->joined_on);
        elig_periods_order(org);
    } else {
        return;
    }
    elig_notify(s, org, input);
}

void elig_leave(struct elig_assess *s, struct elig_app *app, size_t input, int32_t day)
{
    struct elig_period *own = elig_period_of(app->org, app->id);
    if (own == NULL || (own->has_left_on && own->left_on <= day))
        return;
    own->has_left_on = true;
    own->left_on = later(own->joined_on, day);
    elig_notify(s, app->org, input);
}

bool elig_is_membership(const struct elig_app *app)
{
    return app->measure == EV_MEASURE_MEMBERSHIP;
}

/* A verdict that only repeats the last one is no news, unless the application itself has changed. */
static bool is_news(const struct elig_app *app, enum ev_cause why, enum ev_verdict verdict,
                    const struct elig_verdict *judged)
{
    bool told = app->revision > 0 && app->state == ELIG_APP_DECIDED;
    if (!told || why == EV_CAUSE_AMENDED || why == EV_CAUSE_SUBMITTED)
        return true;
    return app->verdict != verdict || app->has_amount != judged->has_amount ||
           app->amount != judged->amount;
}

bool elig_judge_app(struct elig_assess *s, struct elig_app *app, struct elig_cause cause)
{
    struct elig_known known = elig_gather(s, app);
    struct elig_verdict *judged = arena_alloc(s->registry.arena, sizeof *judged);
    elig_judge(s->registry.arena, s->rules, &known.facts, judged);
    known.known_on = later(known.known_on, judged->known_on);
    enum elig_app_state state = ELIG_APP_DECIDED;
    if (judged->answer == ELIG_WAITS && cause.expires_on != 0) {
        elig_expire(s->registry.arena, &known.facts, cause.expires_on, judged);
        known.known_on = later(known.known_on, cause.expires_on);
        state = ELIG_APP_EXPIRED;
    }
    if (judged->answer == ELIG_WAITS) {
        app->changed = app->changed || app->state != ELIG_APP_WAITING;
        app->state = ELIG_APP_WAITING;
        return false;
    }
    enum ev_verdict verdict =
        judged->answer == ELIG_ELIGIBLE ? EV_VERDICT_ELIGIBLE : EV_VERDICT_REFUSED;
    if (!is_news(app, cause.why, verdict, judged))
        return false;
    app->state = state;
    elig_record(s, app, cause, verdict, known.known_on, judged);
    if (!elig_is_membership(app))
        return false;
    if (verdict == EV_VERDICT_ELIGIBLE) {
        join(s, app, cause.input, known.known_on);
    } else {
        app->org->changed = app->org->decided = true;
        app->org->decided_on = known.known_on;
        elig_leave(s, app, cause.input, known.known_on);
    }
    return true;
}

/* Whether news of an organisation may still change this verdict. An approved membership stands until
 * it is ended. */
bool elig_is_open(const struct elig_app *app)
{
    if (app->state == ELIG_APP_WAITING)
        return true;
    return app->state == ELIG_APP_DECIDED &&
           !(elig_is_membership(app) && app->verdict == EV_VERDICT_ELIGIBLE);
}

void elig_wake_dependents(struct elig_assess *s, struct elig_org *org, size_t input)
{
    size_t count;
    struct elig_app **apps = elig_org_apps(&s->registry, org, &count);
    for (size_t i = 0; i < count; i++) {
        enum ev_cause why = apps[i]->org == org ? EV_CAUSE_FACTS : EV_CAUSE_PARTNER;
        if (!elig_is_membership(apps[i]) && elig_is_open(apps[i]))
            (void)elig_judge_app(s, apps[i], (struct elig_cause){input, why, 0});
    }
}

void elig_wake(struct elig_assess *s, struct elig_org *org, size_t input)
{
    size_t count;
    struct elig_app **apps = elig_org_apps(&s->registry, org, &count);
    for (size_t i = 0; i < count; i++)
        if (elig_is_membership(apps[i]) && elig_is_open(apps[i]))
            (void)elig_judge_app(s, apps[i], (struct elig_cause){input, EV_CAUSE_FACTS, 0});
    elig_wake_dependents(s, org, input);
}
