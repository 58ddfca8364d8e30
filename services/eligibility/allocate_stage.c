/* The allocate stage's handler: read verdicts and budgets, load what is known, allocate, publish, store. */
#include "common/core/date.h"
#include "gen/topics.h"
#include "services/eligibility/core/allocate.h"
#include "services/eligibility/stages.h"
#include "services/eligibility/store_allocate.h"

struct allocate_run {
    struct batch *b;
    struct elig_allocate allocate;
    struct allocate_keys keys;
    struct ev_application_assessed **assessed; /* one per message, or NULL */
    struct ev_budget_set **budgets;
    bool *refused;
    struct needed_budget {
        enum ev_measure measure;
        int32_t year;
    } * needed; /* each once: a batch is about few of them */
    size_t needed_count;
    struct buf data; /* of one output at a time */
};

static void need_budget(struct allocate_run *run, enum ev_measure measure, int32_t year)
{
    for (size_t i = 0; i < run->needed_count; i++)
        if (run->needed[i].measure == measure && run->needed[i].year == year)
            return;
    run->needed[run->needed_count++] = (struct needed_budget){measure, year};
    rows_text(&run->keys.budgets, ev_measure_text(measure));
    rows_i32(&run->keys.budgets, year);
}

static bool read_assessed(struct allocate_run *run, size_t input, struct faults *faults)
{
    struct arena *a = run->b->arena;
    struct ev_application_assessed *event = arena_alloc(a, sizeof *event);
    if (!ev_application_assessed_decode(a, run->b->messages[input].event.data, event, faults))
        return false;
    run->assessed[input] = event;
    pg_push_text(&run->keys.applications, event->application);
    if (elig_has_budget(event->measure)) {
        pg_push_text(&run->keys.organisations, event->organisation);
        need_budget(run, event->measure, date_year(event->submitted_on));
    }
    return true;
}

static bool read_budget(struct allocate_run *run, size_t input, struct faults *faults)
{
    struct arena *a = run->b->arena;
    struct ev_budget_set *event = arena_alloc(a, sizeof *event);
    if (!ev_budget_set_decode(a, run->b->messages[input].event.data, event, faults))
        return false;
    run->budgets[input] = event;
    need_budget(run, event->programme, (int32_t)event->year);
    return true;
}

/* False: nothing in this batch concerns the stage. */
static bool read_all(struct allocate_run *run)
{
    struct batch *b = run->b;
    bool any = false;
    for (size_t i = 0; i < b->count; i++) {
        struct faults faults;
        enum ev_type type = ev_type_of(b->messages[i].event.type);
        faults_init(&faults, b->arena);
        if (type == EV_APPLICATION_ASSESSED)
            run->refused[i] = !read_assessed(run, i, &faults);
        else if (type == EV_BUDGET_SET)
            run->refused[i] = !read_budget(run, i, &faults);
        else
            run->refused[i] = type == EV_UNKNOWN;
        if (run->refused[i])
            batch_dead_letter_faults(b, i, &faults);
        any = any || run->assessed[i] != NULL || run->budgets[i] != NULL;
    }
    return any;
}

/* One after the other: the line behind one input is served before the next one is looked at. */
static bool apply_all(struct allocate_run *run, struct pg *pg, struct err *err)
{
    for (size_t i = 0; i < run->b->count; i++) {
        struct elig_budget *wanted;
        if (run->assessed[i] != NULL)
            elig_on_assessed(&run->allocate, i, run->assessed[i], run->b->messages[i].event.data);
        if (run->budgets[i] != NULL)
            elig_on_budget(&run->allocate, i, run->budgets[i]);
        while ((wanted = elig_line_wanted(&run->allocate)) != NULL)
            if (!store_allocate_load_line(pg, &run->allocate, wanted, err))
                return false;
    }
    return true;
}

static void write_decision(struct buf *data, const struct elig_decision *d)
{
    const struct ev_application_assessed *event = d->assessed;
    bool approved = d->outcome == EV_OUTCOME_APPROVED;
    ev_decision_made_write(data,
                           &(struct ev_decision_made){.application = event->application,
                                                      .organisation = event->organisation,
                                                      .category = event->category,
                                                      .measure = event->measure,
                                                      .submitted_on = event->submitted_on,
                                                      .decided_on = d->decided_on,
                                                      .outcome = d->outcome,
                                                      .revision = d->revision,
                                                      .has_amount_asked = event->has_amount_asked,
                                                      .amount_asked = event->amount_asked,
                                                      .has_amount = d->has_amount,
                                                      .amount = d->amount,
                                                      .currency = event->currency,
                                                      .has_plan = approved && event->has_plan,
                                                      .plan = event->plan,
                                                      .findings = d->findings,
                                                      .findings_count = d->finding_count,
                                                      .rule_version = event->rule_version,
                                                      .engine_version = event->engine_version,
                                                      .cause = d->cause});
}

static bool emit_decision(struct allocate_run *run, const struct elig_decision *d, struct err *err)
{
    struct batch *b = run->b;
    struct elig_award *award = d->award;
    size_t carrier = stage_carrier(b, run->refused, d->input, award->published, &award->carrier);
    if (carrier == ELIG_NO_INPUT)
        return stage_blocked(award->application, award->published, err);
    buf_reset(&run->data);
    write_decision(&run->data, d);
    stage_emit(b, carrier, d->input,
               (struct output){.topic = &TOPIC_DECISIONS,
                               .key = award->organisation,
                               .type = ev_type_text(EV_DECISION_MADE),
                               .subject = award->application,
                               .data = buf_view(&run->data)});
    return true;
}

static bool allocate_handle(struct batch *b, struct pg *pg, struct err *err)
{
    struct allocate_run run = {.b = b, .data = {.arena = b->arena}};
    run.assessed = arena_array(b->arena, b->count, sizeof *run.assessed);
    run.budgets = arena_array(b->arena, b->count, sizeof *run.budgets);
    run.refused = arena_array(b->arena, b->count, sizeof *run.refused);
    run.needed = arena_array(b->arena, b->count, sizeof *run.needed);
    elig_allocate_init(&run.allocate, b->arena, b->count);
    allocate_keys_init(&run.keys, b->arena);
    if (!read_all(&run))
        return true;
    if (!store_allocate_load(pg, &run.allocate, &run.keys, err) || !apply_all(&run, pg, err))
        return false;
    for (size_t i = 0; i < run.allocate.decision_count; i++)
        if (!emit_decision(&run, &run.allocate.decisions[i], err))
            return false;
    store_allocate_save(pg, &run.allocate, b);
    return true;
}

const struct stage ALLOCATE_STAGE = {
    .name = "allocate",
    .inputs = (const struct topic *const[]){&TOPIC_ASSESSMENTS, &TOPIC_REFERENCE, NULL},
    .outputs = (const struct topic *const[]){&TOPIC_DECISIONS, NULL},
    .batch_max = ELIG_BATCH_MAX,
    .handle = allocate_handle,
};
