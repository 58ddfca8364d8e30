/* The table of the state machine and the functions in it. Each function checks everything before it
 * touches the project, so a refusal leaves no trace. */
#include "services/project-tracking/core/project.h"

#include <assert.h>

#include "common/core/buf.h"
#include "services/project-tracking/core/plan.h"

typedef enum track_result (*apply_fn)(struct arena *a, struct track_project *p,
                                      const struct track_change *c);

static int32_t later(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* The bookkeeping that every change ends with. */
static enum track_result changed(struct track_project *p, enum ev_project_change change, int32_t on)
{
    p->now.revision++;
    p->now.change = change;
    p->now.changed_on = on;
    return TRACK_DONE;
}

static bool is_of(const struct track_project *p, const struct track_change *c)
{
    return str_eq(p->now.application, c->as.decision->application);
}

static bool is_old(const struct track_project *p, const struct track_change *c)
{
    return c->as.decision->revision <= p->decision_revision;
}

/* --- decisions --- */

/* Takes over all that a decision says: the plan with its partners and the money. */
static enum track_result follow_plan(struct arena *a, struct track_project *p,
                                     const struct track_change *c, enum ev_project_change as)
{
    const struct ev_decision_made *d = c->as.decision;

    if (d->plan.end_on < d->plan.start_on)
        return TRACK_END_BEFORE_START;
    if (!plan_merge(a, p, &d->plan, d->decided_on))
        return TRACK_TOO_MANY_PARTNERS;

    p->now.project = d->plan.project;
    p->now.application = d->application;
    p->now.measure = d->measure;
    p->now.category = d->category;
    p->now.title = d->plan.title;
    p->now.coordinator = d->organisation;
    p->now.start_on = d->plan.start_on;
    p->now.end_on = d->plan.end_on;
    p->now.has_closed_on = false;
    p->now.currency = d->currency;
    p->now.has_grant = d->has_amount;
    p->now.grant = d->amount;
    p->now.has_cost = d->plan.has_cost;
    p->now.cost = d->plan.cost;
    p->now.state = EV_PROJECT_STATE_ACTIVE;
    p->decision_revision = d->revision;
    p->plan_hash = plan_hash(a, &d->plan);
    return changed(p, as, d->decided_on);
}

static enum track_result open_project(struct arena *a, struct track_project *p,
                                      const struct track_change *c)
{
    return follow_plan(a, p, c, EV_PROJECT_CHANGE_OPENED);
}

/* Any application may take up a project that lost its approval; only an outdated decision may not. */
static enum track_result reopen(struct arena *a, struct track_project *p,
                                const struct track_change *c)
{
    if (is_of(p, c) && is_old(p, c))
        return TRACK_OLD_DECISION;
    return follow_plan(a, p, c, EV_PROJECT_CHANGE_OPENED);
}

/* Partners who joined by request stay as they are while the plan is the one that was approved. */
static enum track_result revise(struct arena *a, struct track_project *p,
                                const struct track_change *c)
{
    const struct ev_decision_made *d = c->as.decision;

    if (!is_of(p, c))
        return TRACK_OTHER_APPLICATION;
    if (is_old(p, c))
        return TRACK_OLD_DECISION;
    if (plan_hash(a, &d->plan) != p->plan_hash)
        return follow_plan(a, p, c, EV_PROJECT_CHANGE_REVISED);

    p->decision_revision = d->revision;
    if (d->has_amount == p->now.has_grant && (!d->has_amount || d->amount == p->now.grant))
        return TRACK_NOTHING;
    p->now.has_grant = d->has_amount;
    p->now.grant = d->amount;
    return changed(p, EV_PROJECT_CHANGE_REVISED, d->decided_on);
}

static enum track_result close_as(struct track_project *p, enum ev_project_state state,
                                  enum ev_project_change change, int32_t on)
{
    p->now.state = state;
    p->now.has_closed_on = true;
    p->now.closed_on = on;
    return changed(p, change, on);
}

static enum track_result suspend(struct arena *a, struct track_project *p,
                                 const struct track_change *c)
{
    (void)a;
    if (!is_of(p, c))
        return TRACK_NOTHING;
    if (is_old(p, c))
        return TRACK_OLD_DECISION;
    p->decision_revision = c->as.decision->revision;
    return close_as(p, EV_PROJECT_STATE_STOPPED, EV_PROJECT_CHANGE_STOPPED, c->on);
}

/* A project closed for its own reasons stays closed; its application may still be decided again. */
static enum track_result approved_late(struct track_project *p, const struct track_change *c,
                                       enum track_result refusal)
{
    if (!is_of(p, c))
        return TRACK_OTHER_APPLICATION;
    return is_old(p, c) ? TRACK_OLD_DECISION : refusal;
}

static enum track_result approved_after_finish(struct arena *a, struct track_project *p,
                                               const struct track_change *c)
{
    (void)a;
    return approved_late(p, c, TRACK_IS_FINISHED);
}

static enum track_result approved_after_stop(struct arena *a, struct track_project *p,
                                             const struct track_change *c)
{
    (void)a;
    return approved_late(p, c, TRACK_IS_STOPPED);
}

static enum track_result ignore(struct arena *a, struct track_project *p,
                                const struct track_change *c)
{
    (void)a, (void)p, (void)c;
    return TRACK_NOTHING;
}

/* --- requested changes --- */

static enum track_result wait_for_it(struct arena *a, struct track_project *p,
                                     const struct track_change *c)
{
    (void)a, (void)p, (void)c;
    return TRACK_WAITS;
}

static enum track_result is_finished(struct arena *a, struct track_project *p,
                                     const struct track_change *c)
{
    (void)a, (void)p, (void)c;
    return TRACK_IS_FINISHED;
}

static enum track_result is_stopped(struct arena *a, struct track_project *p,
                                    const struct track_change *c)
{
    (void)a, (void)p, (void)c;
    return TRACK_IS_STOPPED;
}

static bool has_role(const struct track_project *p, const struct ev_partner *x)
{
    for (size_t i = 0; i < p->now.partners_count; i++) {
        const struct ev_project_partner *q = &p->now.partners[i];
        if (!q->has_left_on && q->role == x->role && str_eq(q->organisation, x->organisation))
            return true;
    }
    return false;
}

static enum track_result join(struct arena *a, struct track_project *p,
                              const struct track_change *c)
{
    const struct ev_partner *x = &c->as.partner;

    if (x->role == EV_ROLE_COORDINATOR)
        return TRACK_SECOND_COORDINATOR;
    if (has_role(p, x))
        return TRACK_IS_PARTNER;
    if (p->now.partners_count >= TRACK_PARTNERS_MAX)
        return TRACK_TOO_MANY_PARTNERS;
    plan_add_partner(a, p, x, later(c->on, p->now.start_on));
    return changed(p, EV_PROJECT_CHANGE_PARTNER_JOINED, c->on);
}

/* How many rows are current, and how many of them are this organisation's. */
static size_t current_rows(const struct track_project *p, struct str organisation, size_t *ret_its)
{
    size_t current = 0, its = 0;

    for (size_t i = 0; i < p->now.partners_count; i++) {
        const struct ev_project_partner *q = &p->now.partners[i];
        if (q->has_left_on)
            continue;
        current++;
        its += str_eq(q->organisation, organisation);
    }
    *ret_its = its;
    return current;
}

static enum track_result leave(struct arena *a, struct track_project *p,
                               const struct track_change *c)
{
    size_t its, current = current_rows(p, c->as.organisation, &its);
    (void)a;
    if (its == 0)
        return TRACK_NO_PARTNER;
    if (its == current)
        return TRACK_LAST_PARTNER;
    if (str_eq(p->now.coordinator, c->as.organisation))
        return TRACK_COORDINATOR_STAYS;

    for (size_t i = 0; i < p->now.partners_count; i++) {
        struct ev_project_partner *q = &p->now.partners[i];
        if (q->has_left_on || !str_eq(q->organisation, c->as.organisation))
            continue;
        q->has_left_on = true;
        q->left_on = later(c->on, q->joined_on);
    }
    return changed(p, EV_PROJECT_CHANGE_PARTNER_LEFT, c->on);
}

static enum track_result change_dates(struct arena *a, struct track_project *p,
                                      const struct track_change *c)
{
    int32_t start_on = c->as.dates.start_on, end_on = c->as.dates.end_on;
    (void)a;
    if (end_on < start_on)
        return TRACK_END_BEFORE_START;
    if (start_on == p->now.start_on && end_on == p->now.end_on)
        return TRACK_SAME_DATES;
    plan_move_start(p, start_on);
    p->now.end_on = end_on;
    return changed(p, EV_PROJECT_CHANGE_DATES_CHANGED, c->on);
}

/* The first current row of the new coordinator gets the role; the rows of the old one lose it. */
static enum track_result change_coordinator(struct arena *a, struct track_project *p,
                                            const struct track_change *c)
{
    size_t its;
    bool named = false;
    (void)a, (void)current_rows(p, c->as.organisation, &its);
    if (its == 0)
        return TRACK_NO_PARTNER;
    if (str_eq(p->now.coordinator, c->as.organisation))
        return TRACK_IS_COORDINATOR;

    for (size_t i = 0; i < p->now.partners_count; i++) {
        struct ev_project_partner *q = &p->now.partners[i];
        if (q->has_left_on)
            continue;
        if (!named && str_eq(q->organisation, c->as.organisation)) {
            q->role = EV_ROLE_COORDINATOR;
            named = true;
        } else if (q->role == EV_ROLE_COORDINATOR && str_eq(q->organisation, p->now.coordinator)) {
            q->role = EV_ROLE_PARTICIPANT;
        }
    }
    p->now.coordinator = c->as.organisation;
    return changed(p, EV_PROJECT_CHANGE_COORDINATOR_CHANGED, c->on);
}

static enum track_result reach_milestone(struct arena *a, struct track_project *p,
                                         const struct track_change *c)
{
    for (size_t i = 0; i < p->milestones_count; i++)
        if (str_eq(p->milestones[i], c->as.milestone))
            return TRACK_MILESTONE_KNOWN;
    track_add_milestone(a, p, c->as.milestone);
    return changed(p, EV_PROJECT_CHANGE_MILESTONE_REACHED, c->on);
}

static enum track_result finish(struct arena *a, struct track_project *p,
                                const struct track_change *c)
{
    (void)a;
    if (c->on < p->now.start_on)
        return TRACK_NOT_STARTED;
    return close_as(p, EV_PROJECT_STATE_FINISHED, EV_PROJECT_CHANGE_FINISHED, c->on);
}

static enum track_result stop(struct arena *a, struct track_project *p,
                              const struct track_change *c)
{
    (void)a;
    return close_as(p, EV_PROJECT_STATE_STOPPED, EV_PROJECT_CHANGE_STOPPED, c->on);
}

/* --- the table --- */

/* clang-format off */
static const struct {
    enum track_state next; /* if the function says TRACK_DONE */
    apply_fn apply;
} TABLE[TRACK_STATE_COUNT][TRACK_KIND_COUNT] = {
    [TRACK_AWAITED] = {
        [TRACK_APPROVED]     = {TRACK_ACTIVE,    open_project},
        [TRACK_NOT_APPROVED] = {TRACK_AWAITED,   ignore},
        [TRACK_JOIN]         = {TRACK_AWAITED,   wait_for_it},
        [TRACK_LEAVE]        = {TRACK_AWAITED,   wait_for_it},
        [TRACK_DATES]        = {TRACK_AWAITED,   wait_for_it},
        [TRACK_COORDINATOR]  = {TRACK_AWAITED,   wait_for_it},
        [TRACK_MILESTONE]    = {TRACK_AWAITED,   wait_for_it},
        [TRACK_FINISH]       = {TRACK_AWAITED,   wait_for_it},
        [TRACK_STOP]         = {TRACK_AWAITED,   wait_for_it},
    },
    [TRACK_ACTIVE] = {
        [TRACK_APPROVED]     = {TRACK_ACTIVE,    revise},
        [TRACK_NOT_APPROVED] = {TRACK_SUSPENDED, suspend},
        [TRACK_JOIN]         = {TRACK_ACTIVE,    join},
        [TRACK_LEAVE]        = {TRACK_ACTIVE,    leave},
        [TRACK_DATES]        = {TRACK_ACTIVE,    change_dates},
        [TRACK_COORDINATOR]  = {TRACK_ACTIVE,    change_coordinator},
        [TRACK_MILESTONE]    = {TRACK_ACTIVE,    reach_milestone},
        [TRACK_FINISH]       = {TRACK_FINISHED,  finish},
        [TRACK_STOP]         = {TRACK_STOPPED,   stop},
    },
    [TRACK_SUSPENDED] = {
        [TRACK_APPROVED]     = {TRACK_ACTIVE,    reopen},
        [TRACK_NOT_APPROVED] = {TRACK_SUSPENDED, ignore},
        [TRACK_JOIN]         = {TRACK_SUSPENDED, is_stopped},
        [TRACK_LEAVE]        = {TRACK_SUSPENDED, is_stopped},
        [TRACK_DATES]        = {TRACK_SUSPENDED, is_stopped},
        [TRACK_COORDINATOR]  = {TRACK_SUSPENDED, is_stopped},
        [TRACK_MILESTONE]    = {TRACK_SUSPENDED, is_stopped},
        [TRACK_FINISH]       = {TRACK_SUSPENDED, is_stopped},
        [TRACK_STOP]         = {TRACK_SUSPENDED, is_stopped},
    },
    [TRACK_FINISHED] = {
        [TRACK_APPROVED]     = {TRACK_FINISHED,  approved_after_finish},
        [TRACK_NOT_APPROVED] = {TRACK_FINISHED,  ignore},
        [TRACK_JOIN]         = {TRACK_FINISHED,  is_finished},
        [TRACK_LEAVE]        = {TRACK_FINISHED,  is_finished},
        [TRACK_DATES]        = {TRACK_FINISHED,  is_finished},
        [TRACK_COORDINATOR]  = {TRACK_FINISHED,  is_finished},
        [TRACK_MILESTONE]    = {TRACK_FINISHED,  is_finished},
        [TRACK_FINISH]       = {TRACK_FINISHED,  is_finished},
        [TRACK_STOP]         = {TRACK_FINISHED,  is_finished},
    },
    [TRACK_STOPPED] = {
        [TRACK_APPROVED]     = {TRACK_STOPPED,   approved_after_stop},
        [TRACK_NOT_APPROVED] = {TRACK_STOPPED,   ignore},
        [TRACK_JOIN]         = {TRACK_STOPPED,   is_stopped},
        [TRACK_LEAVE]        = {TRACK_STOPPED,   is_stopped},
        [TRACK_DATES]        = {TRACK_STOPPED,   is_stopped},
        [TRACK_COORDINATOR]  = {TRACK_STOPPED,   is_stopped},
        [TRACK_MILESTONE]    = {TRACK_STOPPED,   is_stopped},
        [TRACK_FINISH]       = {TRACK_STOPPED,   is_stopped},
        [TRACK_STOP]         = {TRACK_STOPPED,   is_stopped},
    },
};
/* clang-format on */

enum track_result track_apply(struct arena *a, struct track_project *project,
                              const struct track_change *change)
{
    assert(TABLE[project->state][change->kind].apply != NULL);

    enum track_result result = TABLE[project->state][change->kind].apply(a, project, change);
    if (result == TRACK_DONE)
        project->state = TABLE[project->state][change->kind].next;
    return result;
}

void track_add_milestone(struct arena *a, struct track_project *project, struct str milestone)
{
    project->milestones = arena_more(a, project->milestones, project->milestones_count,
                                     &project->milestones_cap, sizeof *project->milestones);
    project->milestones[project->milestones_count++] = milestone;
}
