/* assess: what each kind of event does to the registry. */
#include "services/eligibility/core/assess.h"

#include <string.h>

#include "services/eligibility/core/assess_private.h"

int32_t elig_expired_before(int32_t day)
{
    return day - ELIG_WAIT_DAYS;
}

void elig_on_described(struct elig_assess *s, size_t input,
                       const struct ev_organisation_described *event)
{
    struct elig_org *org = elig_org(&s->registry, event->organisation);
    bool is_first = !org->described;
    bool differs = is_first || org->category != event->category || !str_eq(org->name, event->name);
    if (is_first || event->known_on < org->known_on) {
        org->known_on = event->known_on;
        org->changed = true;
    }
    org->described = true;
    org->name = event->name;
    org->category = event->category;
    org->changed = org->changed || differs;
    if (is_first)
        elig_wake(s, org, input);
    else if (differs && org->revision > 0)
        elig_notify(s, org, input);
}

/* The membership that began before and has not ended, or NULL. */
static struct elig_period *open_period(struct elig_org *org, int32_t ended_on)
{
    for (size_t i = 0; i < org->period_count; i++)
        if (!org->periods[i].has_left_on && org->periods[i].joined_on <= ended_on)
            return &org->periods[i];
    return NULL;
}

static bool ended_before(const struct elig_org *org, int32_t ended_on)
{
    for (size_t i = 0; i < org->period_count; i++)
        if (org->periods[i].has_left_on && org->periods[i].left_on == ended_on)
            return true;
    return false;
}

void elig_on_ended(struct elig_assess *s, size_t input, const struct ev_membership_ended *event)
{
    struct elig_org *org = elig_org(&s->registry, event->organisation);
    struct elig_period *open = open_period(org, event->ended_on);
    if (open != NULL) {
        open->has_left_on = true;
        open->left_on = event->ended_on;
        elig_notify(s, org, input);
        elig_wake(s, org, input);
    } else if (!ended_before(org, event->ended_on) &&
               (!org->has_end || event->ended_on < org->end_on)) {
        org->has_end = org->changed = true;
        org->end_on = event->ended_on;
    }
}

static bool lacks_parts(const struct ev_application_submitted *form)
{
    bool project =
        form->measure == EV_MEASURE_JOINT_PROJECT || form->measure == EV_MEASURE_HORIZON_PROJECT;
    return (project && !form->has_plan) ||
           (form->measure == EV_MEASURE_EXPORT_GRANT && !form->has_export);
}

static const char LACKS_PARTS[] =
    "the application lacks the plan or the export figures that its measure needs";

/* Takes over what the form says. A membership needs no more than its dates. */
static void take_form(struct elig_assess *s, struct elig_app *app,
                      const struct ev_application_submitted *form, struct str data)
{
    app->submitted_on = form->submitted_on;
    app->changed = true;
    if (elig_is_membership(app))
        return;
    app->form = form;
    app->data = data;
    app->relinked = true;
    elig_app_link(&s->registry, app);
}

/* A membership that stands approved needs no waking, so it is linked only if it is not. */
static void judge_anew(struct elig_assess *s, struct elig_app *app, struct elig_cause cause)
{
    bool decided = elig_judge_app(s, app, cause);
    if (!elig_is_membership(app))
        return;
    if (elig_is_open(app)) {
        app->relinked = true;
        elig_app_link(&s->registry, app);
    }
    if (decided)
        elig_wake_dependents(s, app->org, cause.input);
}

const char *elig_on_submitted(struct elig_assess *s, size_t input,
                              const struct ev_application_submitted *event, struct str data)
{
    if (elig_app_find(&s->registry, event->application) != NULL)
        return "an application of this name was submitted before";
    if (lacks_parts(event))
        return LACKS_PARTS;
    struct elig_app *app =
        elig_app_add(&s->registry,
                     &(struct elig_app){.id = event->application,
                                        .org = elig_org(&s->registry, event->organisation),
                                        .measure = event->measure,
                                        .dated_on = event->submitted_on,
                                        .is_new = true});
    take_form(s, app, event, data);
    judge_anew(s, app, (struct elig_cause){input, EV_CAUSE_SUBMITTED, 0});
    return NULL;
}

/* Refused, and what it had opened or been given is taken back. */
static void refuse_measure(struct elig_assess *s, struct elig_app *app, size_t input,
                           enum ev_measure now, int32_t amended_on)
{
    struct elig_known known = elig_gather(s, app);
    struct elig_verdict *judged = arena_alloc(s->registry.arena, sizeof *judged);
    elig_judge_measure_changed(s->registry.arena, s->rules, &known.facts, now, judged);
    app->state = ELIG_APP_EXPIRED;
    elig_record(s, app, (struct elig_cause){input, EV_CAUSE_AMENDED, 0}, EV_VERDICT_REFUSED,
                amended_on, judged);
    if (!elig_is_membership(app))
        return;
    elig_leave(s, app, input, amended_on);
    elig_wake(s, app->org, input);
}

static const char UNKNOWN[] = "no application of this name has been submitted";
static const char FOREIGN[] = "the application belongs to another organisation";

const char *elig_on_amended(struct elig_assess *s, size_t input,
                            const struct ev_application_amended *event, struct str data)
{
    struct elig_app *app = elig_app_find(&s->registry, event->application);
    if (app == NULL)
        return UNKNOWN;
    if (!str_eq(app->org->id, event->organisation))
        return FOREIGN;
    if (app->state == ELIG_APP_WITHDRAWN)
        return NULL;
    struct ev_application_submitted *form = arena_alloc(s->registry.arena, sizeof *form);
    *form = (struct ev_application_submitted){.application = event->application,
                                              .organisation = event->organisation,
                                              .measure = event->measure,
                                              .submitted_on = event->submitted_on,
                                              .has_amount = event->has_amount,
                                              .amount = event->amount,
                                              .currency = event->currency,
                                              .has_plan = event->has_plan,
                                              .plan = event->plan,
                                              .has_export = event->has_export,
                                              .export = event->export};
    if (lacks_parts(form))
        return LACKS_PARTS;
    app->dated_on = event->amended_on;
    if (event->measure != app->measure) {
        refuse_measure(s, app, input, event->measure, event->amended_on);
        return NULL;
    }
    take_form(s, app, form, data);
    judge_anew(s, app, (struct elig_cause){input, EV_CAUSE_AMENDED, 0});
    return NULL;
}

const char *elig_on_withdrawn(struct elig_assess *s, size_t input,
                              const struct ev_application_withdrawn *event)
{
    struct elig_app *app = elig_app_find(&s->registry, event->application);
    if (app == NULL)
        return UNKNOWN;
    if (!str_eq(app->org->id, event->organisation))
        return FOREIGN;
    if (app->state == ELIG_APP_WITHDRAWN)
        return NULL;
    struct elig_known known = elig_gather(s, app);
    struct elig_verdict *judged = arena_alloc(s->registry.arena, sizeof *judged);
    elig_judge_withdrawn(s->registry.arena, s->rules, &known.facts, event->withdrawn_on, judged);
    app->state = ELIG_APP_WITHDRAWN;
    elig_record(s, app, (struct elig_cause){input, EV_CAUSE_WITHDRAWN, 0}, EV_VERDICT_WITHDRAWN,
                event->withdrawn_on, judged);
    if (!elig_is_membership(app))
        return NULL;
    elig_leave(s, app, input, event->withdrawn_on);
    elig_wake(s, app->org, input);
    return NULL;
}

/* Those of the registry as it stands now, sorted: judging may add to it. */
static struct elig_app **sorted_apps(struct elig_assess *s, size_t *ret_count)
{
    struct elig_registry *r = &s->registry;
    struct elig_app **apps = arena_array(r->arena, r->app_count, sizeof(struct elig_app *));
    if (r->app_count > 0)
        memcpy(apps, r->apps, r->app_count * sizeof(struct elig_app *));
    *ret_count = r->app_count;
    elig_apps_sort(apps, r->app_count);
    return apps;
}

/* Everything that waits too long, projects and grants before memberships: whoever waits for a
 * membership that now expires has waited too long itself. */
void elig_on_day(struct elig_assess *s, size_t input, int32_t day)
{
    size_t count;
    struct elig_app **apps = sorted_apps(s, &count);
    for (int memberships = 0; memberships <= 1; memberships++)
        for (size_t i = 0; i < count; i++) {
            if (apps[i]->state != ELIG_APP_WAITING ||
                elig_is_membership(apps[i]) != (memberships == 1) ||
                apps[i]->submitted_on >= elig_expired_before(day))
                continue;
            if (elig_judge_app(s, apps[i], (struct elig_cause){input, EV_CAUSE_EXPIRED, day}))
                elig_wake_dependents(s, apps[i]->org, input);
        }
}

void elig_on_rules(struct elig_assess *s, size_t input, enum ev_measure measure, int32_t from,
                   int32_t until)
{
    size_t count;
    struct elig_app **apps = sorted_apps(s, &count);
    for (size_t i = 0; i < count; i++) {
        if (apps[i]->measure != measure || apps[i]->submitted_on < from ||
            apps[i]->submitted_on > until || !elig_is_open(apps[i]))
            continue;
        if (elig_judge_app(s, apps[i], (struct elig_cause){input, EV_CAUSE_RULES, 0}))
            elig_wake_dependents(s, apps[i]->org, input);
    }
}
