/* Stage contribute: what is known of organisations, projects, applications and rejected events,
 * turned into sums of old and new shares. */
#include "services/kpi-aggregator/stages.h"

#include "gen/topics.h"
#include "services/kpi-aggregator/store.h"

/* One message, decoded. */
struct arrival {
    size_t message;
    uint32_t group;
    size_t entity;
    int64_t revision;
    struct kpi_shares shares;
};

struct work {
    struct batch *batch;
    struct input_groups groups;
    struct arrival *arrivals;
    size_t arrival_count;
    struct kpi_entity *entities;
    size_t entity_count;
    struct map by_key;
};

/* Which entity the event is about, in which revision, and what it adds. */
struct reading {
    struct str key;
    int64_t revision;
    struct kpi_shares shares;
    bool fits;
};

/* Decoding needs far more memory than what is kept of it, so it has an arena of its own. */
struct arenas {
    struct arena *kept, *scratch;
};

static bool read_participant(struct arenas a, struct str data, struct faults *faults,
                             struct reading *ret)
{
    struct ev_participant_changed ev;

    if (!ev_participant_changed_decode(a.scratch, data, &ev, faults))
        return false;
    ret->key = arena_fmt(a.kept, "organisation:%.*s", STR_ARG(ev.organisation));
    ret->revision = ev.revision;
    ret->fits = kpi_shares_of_participant(a.kept, &ev, &ret->shares);
    return true;
}

static bool read_project(struct arenas a, struct str data, struct faults *faults,
                         struct reading *ret)
{
    struct ev_project_changed ev;

    if (!ev_project_changed_decode(a.scratch, data, &ev, faults))
        return false;
    ret->key = arena_fmt(a.kept, "project:%.*s", STR_ARG(ev.project));
    ret->revision = ev.revision;
    ret->fits = kpi_shares_of_project(a.kept, &ev, &ret->shares);
    return true;
}

static bool read_decision(struct arenas a, struct str data, struct faults *faults,
                          struct reading *ret)
{
    struct ev_decision_made ev;

    if (!ev_decision_made_decode(a.scratch, data, &ev, faults))
        return false;
    ret->key = arena_fmt(a.kept, "application:%.*s", STR_ARG(ev.application));
    ret->revision = ev.revision;
    ret->fits = kpi_shares_of_decision(a.kept, &ev, &ret->shares);
    return true;
}

static bool read_rejection(struct arenas a, struct str data, struct faults *faults,
                           struct reading *ret)
{
    struct ev_event_rejected ev;

    if (!ev_event_rejected_decode(a.scratch, data, &ev, faults))
        return false;
    ret->key = arena_fmt(a.kept, "rejection:%.*s/%lld/%lld", STR_ARG(ev.topic),
                         (long long)ev.partition, (long long)ev.offset);
    ret->revision = 1;
    ret->fits = kpi_shares_of_rejection(a.kept, &ev, &ret->shares);
    return true;
}

static bool read_message(struct batch *b, size_t i, struct arena *scratch, struct reading *ret)
{
    static const struct {
        enum ev_type type;
        bool (*read)(struct arenas a, struct str data, struct faults *faults, struct reading *ret);
    } readers[] = {
        {EV_DECISION_MADE, read_decision},
        {EV_PARTICIPANT_CHANGED, read_participant},
        {EV_PROJECT_CHANGED, read_project},
        {EV_EVENT_REJECTED, read_rejection},
    };
    const struct event *event = &b->messages[i].event;
    enum ev_type type = ev_type_of(event->type);
    struct faults faults;

    faults_init(&faults, scratch);
    for (size_t r = 0; r < COUNT(readers); r++) {
        if (readers[r].type != type)
            continue;
        if (!readers[r].read((struct arenas){b->arena, scratch}, event->data, &faults, ret)) {
            batch_dead_letter_faults(b, i, &faults);
            return false;
        }
        if (!ret->fits)
            batch_dead_letter(b, i, "the amounts of %.*s add up to more than can be counted",
                              STR_ARG(ret->key));
        return ret->fits;
    }
    batch_dead_letter(b, i, "events of type %.*s are not counted", STR_ARG(event->type));
    return false;
}

static void arrive(struct work *w, size_t i, struct arena *scratch)
{
    struct reading reading = {0};
    bool is_new;

    if (!read_message(w->batch, i, scratch, &reading))
        return;
    size_t entity = map_put(&w->by_key, reading.key, w->entity_count, &is_new);
    if (is_new)
        w->entities[w->entity_count++] = (struct kpi_entity){.key = reading.key};
    w->arrivals[w->arrival_count++] = (struct arrival){
        .message = i,
        .group = input_group(&w->groups, w->batch, i),
        .entity = entity,
        .revision = reading.revision,
        .shares = reading.shares,
    };
}

static void publish(const struct work *w, const struct kpi_sums *sums)
{
    struct buf data = {.arena = w->batch->arena};
    struct kpi_contribution next;

    for (size_t at = 0; kpi_sums_next(sums, &at, KPI_CONTRIBUTION_PARTS_MAX, &next);) {
        buf_reset(&data);
        ev_contribution_changed_write(&data, &next.event);
        batch_emit(w->batch, w->groups.items[next.group].last,
                   &(struct output){
                       .topic = &TOPIC_CONTRIBUTIONS,
                       .key = next.event.series,
                       .type = ev_type_text(EV_CONTRIBUTION_CHANGED),
                       .data = buf_view(&data),
                   });
    }
}

static bool handle(struct batch *b, struct pg *pg, struct err *err)
{
    struct arena *a = b->arena;
    struct work w = {
        .batch = b,
        .arrivals = arena_array(a, b->count, sizeof *w.arrivals),
        .entities = arena_array(a, b->count, sizeof *w.entities),
    };
    struct kpi_entity_event *events = arena_array(a, b->count, sizeof *events);
    size_t event_count = 0;
    struct arena scratch = {0};
    struct kpi_sums sums;

    map_init(&w.by_key, a, b->count);
    input_groups_init(&w.groups, b);
    for (size_t i = 0; i < b->count; i++) {
        arrive(&w, i, &scratch);
        arena_reset(&scratch);
    }
    arena_done(&scratch);
    if (!kpi_load_entities(pg, a, w.entities, w.entity_count, err))
        return false;

    kpi_sums_init(&sums, a);
    for (size_t i = 0; i < w.arrival_count; i++) {
        const struct arrival *it = &w.arrivals[i];
        struct kpi_entity *entity = &w.entities[it->entity];
        if (kpi_entity_apply(&sums, it->group, entity, it->revision, it->shares))
            events[event_count++] = (struct kpi_entity_event){entity->key, it->revision, it->shares,
                                                              &b->messages[it->message]};
    }
    kpi_sums_finish(&sums);
    kpi_store_events(pg, a, events, event_count);
    publish(&w, &sums);
    return true;
}

const struct stage KPI_CONTRIBUTE = {
    .name = "contribute",
    .inputs = (const struct topic *const[]){&TOPIC_DECISIONS, &TOPIC_PARTICIPANTS, &TOPIC_PROJECTS,
                                            &TOPIC_REJECTIONS, NULL},
    .outputs = (const struct topic *const[]){&TOPIC_CONTRIBUTIONS, NULL},
    .batch_max = 2000, /* more than usual: the more a batch sums up, the fewer cells change */
    .handle = handle,
};
