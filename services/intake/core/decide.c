/* decide: one event after the other, each seeing what the ones before it have changed. */
#include "services/intake/core/decide.h"

static struct str measure_of(const struct intake_entry *entry)
{
    if (entry->type == EV_APPLICATION_SUBMITTED)
        return ev_measure_text(entry->data.application_submitted.measure);
    return entry->type == EV_APPLICATION_AMENDED
               ? ev_measure_text(entry->data.application_amended.measure)
               : STR_NONE;
}

/* What is registered may contradict an event about an application. */
static void check_application(const struct intake_application *app, struct intake_case *c)
{
    const struct intake_entry *entry = c->entry;
    struct str organisation = upstream_organisation(entry->type, &entry->data);
    struct str measure = measure_of(entry);
    struct faults *faults = &c->faults;
    bool is_known = app->organisation.ptr != NULL;

    if (entry->type == EV_APPLICATION_SUBMITTED) {
        if (is_known)
            fault_add(faults, "application_exists", STR("/application"),
                      "names an application that was submitted before; send application.amended to "
                      "change it");
    } else if (!is_known) {
        fault_add(faults, "application_unknown", STR("/application"),
                  "names an application that was never submitted");
    } else if (!str_eq(app->organisation, organisation)) {
        fault_add(faults, "application_foreign", STR("/application"),
                  "names an application of another organisation than %.*s", STR_ARG(organisation));
    } else if (measure.ptr != NULL && !str_eq(app->measure, measure)) {
        fault_add(
            faults, "measure_changed", STR("/measure"),
            "must stay %.*s, as submitted; withdraw the application to apply for another measure",
            STR_ARG(app->measure));
    }
}

static void register_application(struct intake_application *app, const struct intake_case *c)
{
    const struct ev_application_submitted *e = &c->entry->data.application_submitted;
    app->organisation = e->organisation;
    app->measure = ev_measure_text(e->measure);
    app->submitted_on = e->submitted_on;
    app->is_new = true;
}

static int64_t number_before(const struct intake_subject *s)
{
    return s->reserved == 0 ? 0 : s->reserved - s->offered;
}

static void decide_case(struct intake_ledger *l, struct intake_case *c)
{
    struct intake_place *place = &l->places[c->name];
    struct intake_subject *subject = &l->subjects[c->subject];
    struct intake_application *app =
        c->application == SIZE_MAX ? NULL : &l->applications[c->application];

    if (!place->is_free || place->is_taken) {
        c->verdict = INTAKE_REPEATED;
        return;
    }
    faults_init(&c->faults, l->arena);
    if (app != NULL)
        check_application(app, c);
    if (c->faults.count > 0) {
        c->verdict = INTAKE_REFUSED;
        return;
    }
    c->verdict = INTAKE_ACCEPTED;
    place->is_taken = true;
    c->number = number_before(subject) + ++subject->accepted;
    if (app != NULL && c->entry->type == EV_APPLICATION_SUBMITTED)
        register_application(app, c);
}

void intake_decide(struct intake_ledger *l)
{
    for (size_t i = 0; i < l->case_count; i++)
        decide_case(l, &l->cases[i]);
}
