/* The assess stage's handler: read what came in, load what is known, judge, publish, store. */
#include "gen/topics.h"
#include "services/eligibility/core/assess.h"
#include "services/eligibility/stages.h"
#include "services/eligibility/store_assess.h"
#include "services/eligibility/store_rules.h"

/* One event, decoded by its type. */
struct read_event {
    enum ev_type type; /* EV_UNKNOWN: none that this stage looks at */
    union {
        struct ev_organisation_described described;
        struct ev_application_submitted submitted;
        struct ev_application_amended amended;
        struct ev_application_withdrawn withdrawn;
        struct ev_membership_ended ended;
        struct ev_business_day_started day;
        struct ev_rule_set_published rules;
    } as;
    const struct elig_rule_set *compiled; /* of rules that are new */
};

struct assess_run {
    struct batch *b;
    struct elig_assess assess;
    struct assess_keys keys;
    struct rules_use rules;
    bool has_rules;
    size_t day_input;           /* of the latest business day */
    struct read_event **events; /* one per message; NULL: nothing to do */
    bool *refused;
    struct buf data; /* of one output at a time */
};

static bool decode(struct arena *a, struct str data, struct read_event *e, struct faults *faults)
{
    if (e->type == EV_ORGANISATION_DESCRIBED)
        return ev_organisation_described_decode(a, data, &e->as.described, faults);
    if (e->type == EV_APPLICATION_SUBMITTED)
        return ev_application_submitted_decode(a, data, &e->as.submitted, faults);
    if (e->type == EV_APPLICATION_AMENDED)
        return ev_application_amended_decode(a, data, &e->as.amended, faults);
    if (e->type == EV_APPLICATION_WITHDRAWN)
        return ev_application_withdrawn_decode(a, data, &e->as.withdrawn, faults);
    if (e->type == EV_MEMBERSHIP_ENDED)
        return ev_membership_ended_decode(a, data, &e->as.ended, faults);
    if (e->type == EV_BUSINESS_DAY_STARTED)
        return ev_business_day_started_decode(a, data, &e->as.day, faults);
    if (e->type == EV_RULE_SET_PUBLISHED)
        return ev_rule_set_published_decode(a, data, &e->as.rules, faults);
    bool known = e->type != EV_UNKNOWN;
    e->type = EV_UNKNOWN; /* another stage's, or nobody's yet */
    return known;
}

static void need_changing(struct assess_run *run, struct str organisation)
{
    (void)elig_org(&run->assess.registry, organisation);
    pg_push_text(&run->keys.changing, organisation);
}

static void need_plan(struct assess_run *run, bool has_plan, const struct ev_plan *plan)
{
    for (size_t i = 0; has_plan && i < plan->partners_count; i++)
        (void)elig_org(&run->assess.registry, plan->partners[i].organisation);
}

/* An application's own organisation changes only if it is about its membership; of an amended or
 * withdrawn one that is not known before it is loaded. */
static void need(struct assess_run *run, size_t input, const struct read_event *e)
{
    if (e->type == EV_ORGANISATION_DESCRIBED) {
        need_changing(run, e->as.described.organisation);
    } else if (e->type == EV_MEMBERSHIP_ENDED) {
        need_changing(run, e->as.ended.organisation);
    } else if (e->type == EV_APPLICATION_SUBMITTED) {
        need_plan(run, e->as.submitted.has_plan, &e->as.submitted.plan);
        if (e->as.submitted.measure == EV_MEASURE_MEMBERSHIP)
            need_changing(run, e->as.submitted.organisation);
        else
            (void)elig_org(&run->assess.registry, e->as.submitted.organisation);
    } else if (e->type == EV_APPLICATION_AMENDED) {
        pg_push_text(&run->keys.applications, e->as.amended.application);
        need_plan(run, e->as.amended.has_plan, &e->as.amended.plan);
        need_changing(run, e->as.amended.organisation);
    } else if (e->type == EV_APPLICATION_WITHDRAWN) {
        pg_push_text(&run->keys.applications, e->as.withdrawn.application);
        need_changing(run, e->as.withdrawn.organisation);
    } else if (e->type == EV_BUSINESS_DAY_STARTED) {
        if (!run->keys.has_day || e->as.day.day > run->keys.day)
            run->keys.day = e->as.day.day;
        run->keys.has_day = true;
        run->day_input = input;
    } else if (e->type == EV_RULE_SET_PUBLISHED) {
        run->has_rules = true;
    }
}

/* False: nothing in this batch concerns the stage. */
static bool read_all(struct assess_run *run)
{
    struct batch *b = run->b;
    bool any = false;
    for (size_t i = 0; i < b->count; i++) {
        struct read_event *e = arena_alloc(b->arena, sizeof *e);
        struct faults faults;
        faults_init(&faults, b->arena);
        e->type = ev_type_of(b->messages[i].event.type);
        run->refused[i] = !decode(b->arena, b->messages[i].event.data, e, &faults);
        if (run->refused[i]) {
            batch_dead_letter_faults(b, i, &faults);
        } else if (e->type != EV_UNKNOWN) {
            run->events[i] = e;
            need(run, i, e);
            any = true;
        }
    }
    return any;
}

/* Rules that come in are compiled before anything is judged: dates decide, not arrival. */
static void compile_rules(struct assess_run *run)
{
    struct batch *b = run->b;
    for (size_t i = 0; i < b->count; i++) {
        struct read_event *e = run->events[i];
        const char *why;
        if (e == NULL || e->type != EV_RULE_SET_PUBLISHED)
            continue;
        e->compiled =
            store_rules_add(&run->rules, i, &e->as.rules, b->messages[i].event.data, &why);
        run->refused[i] = why != NULL;
        if (why != NULL)
            batch_dead_letter(b, i, "%s", why);
    }
}

static void need_swept(void *context, struct str application, struct str organisation,
                       bool is_membership)
{
    struct assess_run *run = context;
    pg_push_text(&run->keys.applications, application);
    if (is_membership)
        need_changing(run, organisation);
}

/* What new rules, or those of before that a business day carries on, may decide otherwise. */
static bool load_swept(struct assess_run *run, struct pg *pg, struct err *err)
{
    if (!pg_flush(pg, err) || !store_rules_take(&run->rules, err))
        return false;
    compile_rules(run);
    if (run->keys.has_day && !store_rules_unfinished(pg, &run->rules, run->day_input, err))
        return false;
    return store_rules_sweep(pg, &run->rules, need_swept, run, err);
}

static bool load(struct assess_run *run, struct pg *pg, struct err *err)
{
    bool rarely = run->has_rules || run->keys.has_day;
    store_rules_queue(pg, &run->rules, run->b->arena, run->has_rules);
    if (rarely && !load_swept(run, pg, err))
        return false;
    if (!store_assess_load(pg, &run->assess, &run->keys, err))
        return false;
    if (!rarely && !store_rules_take(&run->rules, err))
        return false;
    run->assess.rules = &run->rules.rules;
    return true;
}

/* The applications that the sweeps of this input have loaded. */
static void apply_sweeps(struct assess_run *run, size_t input)
{
    for (size_t i = 0; i < run->rules.sweep_count; i++) {
        const struct rules_sweep *sweep = &run->rules.sweeps[i];
        if (sweep->input == input)
            elig_on_rules(&run->assess, input, sweep->measure, sweep->from, sweep->until);
    }
}

/* NULL, or why the event can never be taken in. */
static const char *apply(struct assess_run *run, size_t input, const struct read_event *e)
{
    struct str data = run->b->messages[input].event.data;
    if (e->type == EV_APPLICATION_SUBMITTED)
        return elig_on_submitted(&run->assess, input, &e->as.submitted, data);
    if (e->type == EV_APPLICATION_AMENDED)
        return elig_on_amended(&run->assess, input, &e->as.amended, data);
    if (e->type == EV_APPLICATION_WITHDRAWN)
        return elig_on_withdrawn(&run->assess, input, &e->as.withdrawn);
    if (e->type == EV_ORGANISATION_DESCRIBED)
        elig_on_described(&run->assess, input, &e->as.described);
    else if (e->type == EV_MEMBERSHIP_ENDED)
        elig_on_ended(&run->assess, input, &e->as.ended);
    else if (e->type == EV_BUSINESS_DAY_STARTED)
        elig_on_day(&run->assess, input, e->as.day.day);
    apply_sweeps(run, input);
    return NULL;
}

static void apply_all(struct assess_run *run)
{
    for (size_t i = 0; i < run->b->count; i++) {
        const char *why =
            run->events[i] == NULL || run->refused[i] ? NULL : apply(run, i, run->events[i]);
        run->refused[i] = run->refused[i] || why != NULL;
        if (why != NULL)
            batch_dead_letter(run->b, i, "%s", why);
    }
}

/* A membership costs nothing, so its verdict is its decision. */
static void write_decision(struct buf *data, const struct elig_step *step)
{
    static const enum ev_outcome outcomes[EV_VERDICT_COUNT] = {
        [EV_VERDICT_ELIGIBLE] = EV_OUTCOME_APPROVED,
        [EV_VERDICT_REFUSED] = EV_OUTCOME_REFUSED,
        [EV_VERDICT_WITHDRAWN] = EV_OUTCOME_RELEASED,
    };
    struct elig_verdict judged = *step->judged;
    ev_decision_made_write(data, &(struct ev_decision_made){.application = step->app->id,
                                                            .organisation = step->app->org->id,
                                                            .category = step->category,
                                                            .measure = step->app->measure,
                                                            .submitted_on = step->submitted_on,
                                                            .decided_on = step->effective_on,
                                                            .outcome = outcomes[step->verdict],
                                                            .revision = step->revision,
                                                            .findings = judged.findings,
                                                            .findings_count = judged.finding_count,
                                                            .rule_version = judged.rule_version,
                                                            .engine_version = judged.engine_version,
                                                            .cause = step->cause});
}

static void write_assessment(struct buf *data, const struct elig_step *step)
{
    struct elig_verdict judged = *step->judged;
    struct ev_application_assessed event = {.application = step->app->id,
                                            .organisation = step->app->org->id,
                                            .category = step->category,
                                            .measure = step->app->measure,
                                            .submitted_on = step->submitted_on,
                                            .verdict = step->verdict,
                                            .revision = step->revision,
                                            .has_amount_asked = judged.has_asked,
                                            .amount_asked = judged.asked,
                                            .has_amount = judged.has_amount,
                                            .amount = judged.amount,
                                            .has_yearly_cap = judged.has_yearly_cap,
                                            .yearly_cap = judged.yearly_cap,
                                            .currency = judged.currency,
                                            .has_plan = step->form->has_plan,
                                            .plan = step->form->plan,
                                            .findings = judged.findings,
                                            .findings_count = judged.finding_count,
                                            .rule_version = judged.rule_version,
                                            .engine_version = judged.engine_version,
                                            .cause = step->cause,
                                            .effective_on = step->effective_on};
    ev_application_assessed_write(data, &event);
}

static bool emit_step(struct assess_run *run, const struct elig_step *step, struct err *err)
{
    struct batch *b = run->b;
    struct elig_app *app = step->app;
    size_t carrier = stage_carrier(b, run->refused, step->input, app->published, &app->carrier);
    if (carrier == ELIG_NO_INPUT)
        return stage_blocked(app->id, app->published, err);
    bool decides = app->measure == EV_MEASURE_MEMBERSHIP;
    buf_reset(&run->data);
    if (decides)
        write_decision(&run->data, step);
    else
        write_assessment(&run->data, step);
    stage_emit(b, carrier, step->input,
               (struct output){
                   .topic = decides ? &TOPIC_DECISIONS : &TOPIC_ASSESSMENTS,
                   .key = decides ? app->org->id : ev_measure_text(app->measure),
                   .type = ev_type_text(decides ? EV_DECISION_MADE : EV_APPLICATION_ASSESSED),
                   .subject = app->id,
                   .data = buf_view(&run->data),
               });
    return true;
}

#define PERIODS_MAX 1000 /* as the schema has it; of more, the latest */

static void emit_notice(struct assess_run *run, const struct elig_notice *notice)
{
    struct batch *b = run->b;
    size_t skip = notice->period_count > PERIODS_MAX ? notice->period_count - PERIODS_MAX : 0;
    size_t count = notice->period_count - skip;
    struct ev_period *periods = arena_array(b->arena, count, sizeof *periods);
    for (size_t i = 0; i < count; i++) {
        const struct elig_period *p = &notice->periods[skip + i];
        periods[i] = (struct ev_period){.joined_on = p->joined_on,
                                        .has_left_on = p->has_left_on,
                                        .left_on = p->left_on};
    }
    buf_reset(&run->data);
    ev_participant_changed_write(&run->data,
                                 &(struct ev_participant_changed){.organisation = notice->org->id,
                                                                  .name = notice->name,
                                                                  .category = notice->category,
                                                                  .revision = notice->revision,
                                                                  .periods = periods,
                                                                  .periods_count = count});
    stage_emit(b, notice->input, notice->input,
               (struct output){.topic = &TOPIC_PARTICIPANTS,
                               .key = notice->org->id,
                               .type = ev_type_text(EV_PARTICIPANT_CHANGED),
                               .data = buf_view(&run->data)});
}

static void save_rules(struct assess_run *run, struct pg *pg)
{
    for (size_t i = 0; i < run->b->count; i++)
        if (run->events[i] != NULL && run->events[i]->compiled != NULL)
            store_rules_save(pg, &run->rules, &run->events[i]->as.rules, run->events[i]->compiled,
                             &run->b->messages[i]);
    store_rules_swept(pg, &run->rules);
}

static bool handle(struct assess_run *run, struct pg *pg, struct err *err)
{
    if (!load(run, pg, err))
        return false;
    apply_all(run);
    for (size_t i = 0; i < run->assess.step_count; i++)
        if (!emit_step(run, &run->assess.steps[i], err))
            return false;
    for (size_t i = 0; i < run->assess.notice_count; i++)
        emit_notice(run, &run->assess.notices[i]);
    store_assess_save(pg, &run->assess, run->b);
    save_rules(run, pg);
    return true;
}

static bool assess_handle(struct batch *b, struct pg *pg, struct err *err)
{
    struct assess_run run = {.b = b, .data = {.arena = b->arena}};
    run.events = arena_array(b->arena, b->count, sizeof *run.events);
    run.refused = arena_array(b->arena, b->count, sizeof *run.refused);
    elig_assess_init(&run.assess, b->arena, b->count);
    assess_keys_init(&run.keys, b->arena);
    if (!read_all(&run))
        return true;
    bool ok = handle(&run, pg, err);
    store_rules_done(&run.rules);
    return ok;
}

const struct stage ASSESS_STAGE = {
    .name = "assess",
    .inputs = (const struct topic *const[]){&TOPIC_ORGANISATIONS, &TOPIC_REFERENCE, NULL},
    .outputs = (const struct topic *const[]){&TOPIC_ASSESSMENTS, &TOPIC_DECISIONS,
                                             &TOPIC_PARTICIPANTS, NULL},
    .batch_max = ELIG_BATCH_MAX,
    .handle = assess_handle,
};
