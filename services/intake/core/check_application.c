/* check_application: a plan for projects, export figures for export grants, money with a currency. */
#include "services/intake/core/check_application.h"

#include "common/core/orgid.h"

/* The fields that both types have. */
struct application {
    struct str organisation;
    enum ev_measure measure;
    bool has_amount;
    struct str currency;
    const struct ev_plan *plan;     /* NULL: none */
    const struct ev_export *export; /* NULL: none */
};

static struct application of_submitted(const struct ev_application_submitted *e)
{
    return (struct application){
        .organisation = e->organisation,
        .measure = e->measure,
        .has_amount = e->has_amount,
        .currency = e->currency,
        .plan = e->has_plan ? &e->plan : NULL,
        .export = e->has_export ? &e->export : NULL,
    };
}

static struct application of_amended(const struct ev_application_amended *e)
{
    return (struct application){
        .organisation = e->organisation,
        .measure = e->measure,
        .has_amount = e->has_amount,
        .currency = e->currency,
        .plan = e->has_plan ? &e->plan : NULL,
        .export = e->has_export ? &e->export : NULL,
    };
}

static bool needs_plan(enum ev_measure measure)
{
    return measure == EV_MEASURE_JOINT_PROJECT || measure == EV_MEASURE_HORIZON_PROJECT;
}

/* A part that was given but not read as an object has a fault of its own. */
static void check_part(bool given, bool needed, const char *pointer, enum ev_measure measure,
                       struct faults *faults)
{
    if (given == needed || !intake_is_sound(faults, pointer))
        return;
    if (needed)
        fault_add(faults, "part_missing", str_of(pointer), "is needed for the measure %.*s",
                  STR_ARG(ev_measure_text(measure)));
    else
        fault_add(faults, "part_unexpected", str_of(pointer), "has no place in the measure %.*s",
                  STR_ARG(ev_measure_text(measure)));
}

static bool has_money(const struct application *app)
{
    if (app->has_amount || app->export != NULL || (app->plan != NULL && app->plan->has_cost))
        return true;
    for (size_t i = 0; app->plan != NULL && i < app->plan->partners_count; i++)
        if (app->plan->partners[i].has_grant || app->plan->partners[i].has_cost)
            return true;
    return false;
}

static void check_coordinator(const struct application *app, struct faults *faults)
{
    if (app->organisation.ptr == NULL || !intake_is_sound(faults, "/plan/partners"))
        return;
    for (size_t i = 0; i < app->plan->partners_count; i++) {
        const struct ev_partner *p = &app->plan->partners[i];
        if (p->organisation.ptr != NULL && p->role == EV_ROLE_COORDINATOR &&
            str_eq(p->organisation, app->organisation))
            return;
    }
    fault_add(faults, "applicant_not_coordinator", STR("/plan/partners"),
              "must name the applicant %.*s with the role coordinator", STR_ARG(app->organisation));
}

static void check_plan(struct arena *a, const struct application *app, struct faults *faults)
{
    const struct ev_plan *plan = app->plan;
    for (size_t i = 0; i < plan->partners_count; i++)
        if (plan->partners[i].organisation.ptr != NULL &&
            orgid_check(plan->partners[i].organisation) != ORGID_OK)
            intake_check_identifier(plan->partners[i].organisation,
                                    arena_fmt(a, "/plan/partners/%zu/organisation", i), faults);
    if (intake_is_sound(faults, "/plan/start_on") && intake_is_sound(faults, "/plan/end_on") &&
        plan->end_on < plan->start_on)
        fault_add(faults, "dates_reversed", STR("/plan/end_on"), "lies before start_on");
    check_coordinator(app, faults);
}

void intake_check_application(struct arena *a, enum ev_type type, const union ev_any *event,
                              struct faults *faults)
{
    bool amended = type == EV_APPLICATION_AMENDED;
    const struct application app = amended ? of_amended(&event->application_amended)
                                           : of_submitted(&event->application_submitted);
    if (intake_is_sound(faults, "/measure")) {
        check_part(app.plan != NULL, needs_plan(app.measure), "/plan", app.measure, faults);
        check_part(app.export != NULL, app.measure == EV_MEASURE_EXPORT_GRANT, "/export",
                   app.measure, faults);
    }
    if (app.plan != NULL)
        check_plan(a, &app, faults);
    if (has_money(&app) && app.currency.ptr == NULL && intake_is_sound(faults, "/currency"))
        fault_add(faults, "currency_missing", STR("/currency"),
                  "is needed where amounts are given");
    if (amended && intake_is_sound(faults, "/submitted_on") &&
        intake_is_sound(faults, "/amended_on") &&
        event->application_amended.amended_on < event->application_amended.submitted_on)
        fault_add(faults, "dates_reversed", STR("/amended_on"), "lies before submitted_on");
}
