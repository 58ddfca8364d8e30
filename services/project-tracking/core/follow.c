/* How a batch becomes new states, outputs and refusals.
 * All outputs of a project in one batch go out with one input, the first that has one. So they lie in
 * one outbox row and their order holds whichever input partitions the changes came from. */
#include "services/project-tracking/core/follow.h"

#include <assert.h>

#include "common/core/buf.h"

void follow_init(struct follow *f, struct arena *a, size_t inputs)
{
    *f = (struct follow){.arena = a, .inputs = inputs};
    f->items = arena_array(a, inputs + 1, sizeof *f->items);
    f->early = arena_array(a, inputs + 1, sizeof *f->early);
    map_init(&f->by_id, a, inputs);
}

void follow_add(struct follow *f, const struct follow_item *item)
{
    f->items[f->items_count++] = *item;
}

struct follow_project *follow_project(struct follow *f, struct str id)
{
    size_t known = map_get(&f->by_id, id);
    if (known != MAP_ABSENT)
        return &f->projects[known];

    f->projects =
        arena_more(f->arena, f->projects, f->projects_count, &f->projects_cap, sizeof *f->projects);
    (void)map_put(&f->by_id, id, f->projects_count, NULL);
    f->projects[f->projects_count] = (struct follow_project){.id = id};
    return &f->projects[f->projects_count++];
}

/* --- what an item may be about --- */

static bool is_decision(const struct follow_item *item)
{
    return item->change.kind == TRACK_APPROVED || item->change.kind == TRACK_NOT_APPROVED;
}

bool follow_has_history(const struct follow_item *item)
{
    return is_decision(item) && item->change.as.decision->revision > 1;
}

bool follow_may_begin(const struct follow_item *item)
{
    return item->project.ptr != NULL && item->change.kind != TRACK_NOT_APPROVED;
}

bool follow_concerns(const struct follow_item *item)
{
    if (!is_decision(item))
        return true;
    enum ev_measure measure = item->change.as.decision->measure;
    if (measure == EV_MEASURE_MEMBERSHIP || measure == EV_MEASURE_EXPORT_GRANT)
        return false;
    return follow_may_begin(item) || follow_has_history(item);
}

/* --- results --- */

static void add_output(struct follow *f, struct follow_project *p, const struct follow_item *cause,
                       const struct follow_item *carrier)
{
    struct buf data = {.arena = f->arena};

    ev_project_changed_write(&data, &p->track.now);
    if (p->carrier == NULL)
        p->carrier = carrier;
    p->data = buf_view(&data);
    f->outputs =
        arena_more(f->arena, f->outputs, f->outputs_count, &f->outputs_cap, sizeof *f->outputs);
    f->outputs[f->outputs_count++] = (struct follow_output){p, cause, p->data};
}

static void add_refusal(struct follow *f, const struct follow_project *p,
                        const struct follow_item *item, enum track_result result)
{
    f->refusals =
        arena_more(f->arena, f->refusals, f->refusals_count, &f->refusals_cap, sizeof *f->refusals);
    f->refusals[f->refusals_count++] =
        (struct follow_refusal){item, p->id, p->track.now.revision, result};
}

static void add_milestone(struct follow *f, const struct follow_project *p,
                          const struct follow_item *item)
{
    f->milestones = arena_more(f->arena, f->milestones, f->milestones_count, &f->milestones_cap,
                               sizeof *f->milestones);
    f->milestones[f->milestones_count++] = (struct follow_milestone){item, p->id};
}

/* --- applying --- */

/* What can be applied: an item, or what it means for a project it does not name. */
static void apply(struct follow *f, struct follow_project *p, const struct follow_item *item,
                  const struct track_change *change, const struct follow_item *carrier)
{
    enum track_result result = track_apply(f->arena, &p->track, change);

    p->touched = true;
    if (result == TRACK_DONE) {
        add_output(f, p, item, carrier);
        if (change->kind == TRACK_MILESTONE)
            add_milestone(f, p, item);
    } else if (result == TRACK_WAITS) {
        f->early[f->early_count++] = item;
    } else if (track_is_refusal(result)) {
        add_refusal(f, p, item, result);
    }
}

/* What waited for a project is applied as part of the decision that opens it. */
static void apply_waiting(struct follow *f, struct follow_project *p,
                          const struct follow_item *opening)
{
    p->opened = true;
    for (size_t i = 0; i < p->waiting_count; i++)
        apply(f, p, &p->waiting[i], &p->waiting[i].change, opening);
}

/* A decision may have moved on to another project: the one its application had opened before has
 * lost its approval. */
static void close_others(struct follow *f, const struct follow_item *item)
{
    struct track_change lost = item->change;

    lost.kind = TRACK_NOT_APPROVED;
    for (size_t i = 0; i < f->projects_count; i++) {
        struct follow_project *p = &f->projects[i];
        if (p->track.state == TRACK_ACTIVE && !str_eq(p->id, item->project) &&
            str_eq(p->track.now.application, item->change.as.decision->application))
            apply(f, p, item, &lost, item);
    }
}

static struct follow_project *known_project(struct follow *f, struct str id)
{
    size_t index = map_get(&f->by_id, id);
    assert(index != MAP_ABSENT);
    return &f->projects[index];
}

static void apply_item(struct follow *f, const struct follow_item *item)
{
    if (follow_has_history(item))
        close_others(f, item);
    if (item->project.ptr == NULL)
        return;
    struct follow_project *p = known_project(f, item->project);
    bool was_awaited = p->track.state == TRACK_AWAITED;
    apply(f, p, item, &item->change, item);
    if (was_awaited && p->track.state == TRACK_ACTIVE)
        apply_waiting(f, p, item);
}

/* --- order --- */

/* Outputs in order of their inputs, those of one input in the order they were made: a counting sort,
 * since the two kinds of input were not handled in the order of the batch. */
static void sort_outputs(struct follow *f)
{
    size_t *starts = arena_array(f->arena, f->inputs + 1, sizeof *starts);
    struct follow_output *sorted = arena_array(f->arena, f->outputs_count + 1, sizeof *sorted);

    for (size_t i = 0; i < f->outputs_count; i++)
        starts[f->outputs[i].project->carrier->input + 1]++;
    for (size_t i = 1; i <= f->inputs; i++)
        starts[i] += starts[i - 1];
    for (size_t i = 0; i < f->outputs_count; i++)
        sorted[starts[f->outputs[i].project->carrier->input]++] = f->outputs[i];
    f->outputs = sorted;
}

static bool could_overtake(const struct follow_project *p)
{
    return p->carrier != NULL && p->unacknowledged &&
           !(p->carrier->place.partition == p->published.partition &&
             str_eq(p->carrier->place.topic, p->published.topic));
}

const struct follow_project *follow_run(struct follow *f)
{
    for (size_t i = 0; i < f->items_count; i++)
        if (is_decision(&f->items[i]))
            apply_item(f, &f->items[i]);
    for (size_t i = 0; i < f->items_count; i++)
        if (!is_decision(&f->items[i]))
            apply_item(f, &f->items[i]);

    for (size_t i = 0; i < f->projects_count; i++)
        if (could_overtake(&f->projects[i]))
            return &f->projects[i];
    sort_outputs(f);
    return NULL;
}
