/* From an event's data to the change it asks for. */
#include "services/project-tracking/core/follow.h"

/* clang-format off */
static const struct {
    enum ev_type type;
    enum track_kind kind;
} TYPES[] = {
    {EV_DECISION_MADE,                        TRACK_APPROVED}, /* or not, see below */
    {EV_PROJECT_PARTNER_JOIN_REQUESTED,       TRACK_JOIN},
    {EV_PROJECT_PARTNER_LEAVE_REQUESTED,      TRACK_LEAVE},
    {EV_PROJECT_DATES_CHANGE_REQUESTED,       TRACK_DATES},
    {EV_PROJECT_COORDINATOR_CHANGE_REQUESTED, TRACK_COORDINATOR},
    {EV_PROJECT_MILESTONE_REACHED,            TRACK_MILESTONE},
    {EV_PROJECT_FINISH_REQUESTED,             TRACK_FINISH},
    {EV_PROJECT_STOP_REQUESTED,               TRACK_STOP},
};
/* clang-format on */

static void take(struct follow_item *item, struct str project, int32_t on)
{
    item->project = project;
    item->change.on = on;
}

static void take_decision(struct follow_item *item, const struct ev_decision_made *d)
{
    bool approved = d->outcome == EV_OUTCOME_APPROVED && d->has_plan;

    take(item, d->has_plan ? d->plan.project : STR_NONE, d->decided_on);
    item->change.kind = approved ? TRACK_APPROVED : TRACK_NOT_APPROVED;
    item->change.as.decision = d;
}

/* `x` stays where it is for as long as the item is used. */
static void take_data(struct follow_item *item, const union ev_any *x)
{
    struct track_change *c = &item->change;

    switch (c->kind) {
    case TRACK_APPROVED:
    case TRACK_NOT_APPROVED: take_decision(item, &x->decision_made); return;
    case TRACK_JOIN:
        take(item, x->project_partner_join_requested.project,
             x->project_partner_join_requested.requested_on);
        c->as.partner = x->project_partner_join_requested.partner;
        return;
    case TRACK_LEAVE:
        take(item, x->project_partner_leave_requested.project,
             x->project_partner_leave_requested.requested_on);
        c->as.organisation = x->project_partner_leave_requested.organisation;
        return;
    case TRACK_DATES:
        take(item, x->project_dates_change_requested.project,
             x->project_dates_change_requested.requested_on);
        c->as.dates.start_on = x->project_dates_change_requested.start_on;
        c->as.dates.end_on = x->project_dates_change_requested.end_on;
        return;
    case TRACK_COORDINATOR:
        take(item, x->project_coordinator_change_requested.project,
             x->project_coordinator_change_requested.requested_on);
        c->as.organisation = x->project_coordinator_change_requested.organisation;
        return;
    case TRACK_MILESTONE:
        take(item, x->project_milestone_reached.project, x->project_milestone_reached.requested_on);
        c->as.milestone = x->project_milestone_reached.milestone;
        return;
    case TRACK_FINISH:
        take(item, x->project_finish_requested.project, x->project_finish_requested.requested_on);
        return;
    case TRACK_STOP:
        take(item, x->project_stop_requested.project, x->project_stop_requested.requested_on);
        return;
    case TRACK_KIND_COUNT: return;
    }
}

bool follow_read(struct arena *a, struct str type, struct str data, struct follow_item *item,
                 struct faults *faults)
{
    enum ev_type wanted = ev_type_of(type);

    for (size_t i = 0; i < COUNT(TYPES); i++) {
        if (TYPES[i].type != wanted)
            continue;
        union ev_any *x = arena_alloc(a, sizeof *x);
        if (!ev_decode(wanted, a, data, x, faults))
            return false;
        item->change.kind = TYPES[i].kind;
        item->type = type;
        item->data = data;
        take_data(item, x);
        return true;
    }
    return false;
}
