/* Stage aggregate: contributions added to the monthly sums, and every cell that changes by it
 * published, its latest value and its history. */
#include "services/kpi-aggregator/stages.h"

#include "common/core/date.h"
#include "gen/topics.h"
#include "services/kpi-aggregator/store.h"

/* One part of a contribution, decoded. */
struct addition {
    int32_t month;
    enum kpi_part part;
    int64_t value;
};

/* One message, decoded. */
struct arrival {
    size_t message;
    size_t series;
    struct addition *items;
    size_t count;
};

struct work {
    struct batch *batch;
    struct arrival *arrivals;
    size_t arrival_count;
    struct kpi_summed *series;
    size_t series_count;
    struct map by_name;
};

static bool read_parts(struct batch *b, size_t i, const struct ev_contribution_changed *ev,
                       const struct kpi_series *series, struct addition *ret)
{
    for (size_t p = 0; p < ev->parts_count; p++) {
        const struct ev_part *part = &ev->parts[p];
        ret[p].value = part->delta;
        if (!month_parse(part->month, &ret[p].month)) {
            batch_dead_letter(b, i, "there is no month %.*s", STR_ARG(part->month));
            return false;
        }
        if (!kpi_part_parse(series, part->name, &ret[p].part)) {
            batch_dead_letter(b, i, "series %.*s has no part %.*s", STR_ARG(ev->series),
                              STR_ARG(part->name));
            return false;
        }
    }
    return true;
}

static size_t series_of(struct work *w, const struct ev_contribution_changed *ev,
                        const struct kpi_series *series)
{
    bool is_new;
    size_t at = map_put(&w->by_name, ev->series, w->series_count, &is_new);

    if (is_new)
        w->series[w->series_count++] = (struct kpi_summed){.name = ev->series,
                                                           .series = *series,
                                                           .changed = INT32_MAX,
                                                           .last = INT32_MIN};
    return at;
}

static void arrive(struct work *w, size_t i, struct arena *scratch)
{
    struct batch *b = w->batch;
    const struct event *event = &b->messages[i].event;
    struct ev_contribution_changed ev;
    struct kpi_series series;
    struct faults faults;

    faults_init(&faults, scratch);
    if (ev_type_of(event->type) != EV_CONTRIBUTION_CHANGED) {
        batch_dead_letter(b, i, "events of type %.*s are no contribution", STR_ARG(event->type));
        return;
    }
    if (!ev_contribution_changed_decode(scratch, event->data, &ev, &faults)) {
        batch_dead_letter_faults(b, i, &faults);
        return;
    }
    ev.series = arena_dup(b->arena, ev.series);
    if (!kpi_series_parse(ev.series, &series)) {
        batch_dead_letter(b, i, "there is no series %.*s", STR_ARG(ev.series));
        return;
    }
    struct addition *items = arena_array(b->arena, ev.parts_count, sizeof *items);
    if (!read_parts(b, i, &ev, &series, items))
        return;
    struct arrival *it = &w->arrivals[w->arrival_count++];
    *it = (struct arrival){i, series_of(w, &ev, &series), items, ev.parts_count};
    struct kpi_summed *to = &w->series[it->series];
    for (size_t p = 0; p < it->count; p++) {
        to->changed = items[p].month < to->changed ? items[p].month : to->changed;
        to->last = items[p].month > to->last ? items[p].month : to->last;
    }
}

/* All of it or, if a sum would leave its range, nothing. */
static bool add(struct kpi_summed *to, const struct arrival *it)
{
    int32_t first = to->now.first, last = to->now.last;
    size_t done = 0;

    for (; done < it->count; done++) {
        const struct addition *item = &it->items[done];
        if (!kpi_parts_add(&to->now, item->month, item->part, item->value))
            break;
    }
    bool whole = done == it->count;
    for (size_t p = 0; p < done; p++) {
        const struct addition *item = &it->items[p];
        int32_t month = item->month - to->now.from;
        if (whole)
            to->touched[month][item->part] = true;
        else
            to->now.sums[month][item->part] -= item->value;
    }
    if (!whole) {
        to->now.first = first;
        to->now.last = last;
    }
    return whole;
}

static void add_all(struct work *w, struct input_groups *groups, uint32_t *ret_group)
{
    struct arena *a = w->batch->arena;

    for (size_t i = 0; i < w->series_count; i++) {
        struct kpi_summed *series = &w->series[i];
        series->now = kpi_parts_copy(a, &series->old);
        series->touched = arena_array(a, (size_t)series->now.months, sizeof *series->touched);
    }
    for (size_t i = 0; i < w->arrival_count; i++) {
        const struct arrival *it = &w->arrivals[i];
        if (add(&w->series[it->series], it))
            ret_group[it->series] = input_group(groups, w->batch, it->message);
        else
            batch_dead_letter(w->batch, it->message,
                              "series %.*s would hold more than can be counted",
                              STR_ARG(w->series[it->series].name));
    }
}

static size_t work_out(struct work *w, struct kpi_cell **ret_cells, size_t *ret_counts)
{
    struct arena *a = w->batch->arena;
    struct kpi_cell **found = arena_array(a, w->series_count, sizeof *found);
    size_t count = 0, at = 0;

    for (size_t i = 0; i < w->series_count; i++) {
        struct kpi_summed *series = &w->series[i];
        kpi_parts_level(&series->old);
        kpi_parts_level(&series->now);
        ret_counts[i] =
            kpi_changes(a, &series->series, &series->old, &series->now, series->changed, &found[i]);
        count += ret_counts[i];
    }
    *ret_cells = arena_array(a, count, sizeof **ret_cells);
    for (size_t i = 0; i < w->series_count; i++)
        for (size_t c = 0; c < ret_counts[i]; c++)
            (*ret_cells)[at++] = found[i][c];
    return count;
}

static void publish_cell(struct batch *b, size_t input, const struct kpi_series *series,
                         const struct kpi_cell *cell, int64_t revision, struct buf *data)
{
    static const struct topic *const topics[] = {&TOPIC_KPI, &TOPIC_KPI_REVISIONS};
    struct ev_kpi_value value = kpi_cell_event(series, cell, revision);

    buf_reset(data);
    ev_kpi_value_write(data, &value);
    for (size_t t = 0; t < COUNT(topics); t++)
        batch_emit(b, input,
                   &(struct output){
                       .topic = topics[t],
                       .key = cell->text,
                       .type = ev_type_text(EV_KPI_VALUE),
                       .data = buf_view(data),
                   });
}

static bool handle(struct batch *b, struct pg *pg, struct err *err)
{
    struct arena *a = b->arena;
    struct work w = {
        .batch = b,
        .arrivals = arena_array(a, b->count, sizeof *w.arrivals),
        .series = arena_array(a, b->count, sizeof *w.series),
    };
    struct input_groups groups;
    struct buf data = {.arena = a};
    struct arena scratch = {0};
    struct kpi_cell *cells;

    map_init(&w.by_name, a, b->count);
    input_groups_init(&groups, b);
    for (size_t i = 0; i < b->count; i++) {
        arrive(&w, i, &scratch);
        arena_reset(&scratch);
    }
    arena_done(&scratch);
    if (!kpi_load_sums(pg, a, w.series, w.series_count, err))
        return false;

    uint32_t *group = arena_array(a, w.series_count, sizeof *group);
    size_t *counts = arena_array(a, w.series_count, sizeof *counts);
    add_all(&w, &groups, group);
    size_t count = work_out(&w, &cells, counts);
    int64_t *revisions = arena_array(a, count, sizeof *revisions);
    kpi_store_sums(pg, a, w.series, w.series_count);
    if (!kpi_store_cells(pg, a, cells, count, revisions, err))
        return false;
    for (size_t i = 0, at = 0; i < w.series_count; i++)
        for (size_t c = 0; c < counts[i]; c++, at++)
            publish_cell(b, groups.items[group[i]].last, &w.series[i].series, &cells[at],
                         revisions[at], &data);
    return true;
}

const struct stage KPI_AGGREGATE = {
    .name = "aggregate",
    .inputs = (const struct topic *const[]){&TOPIC_CONTRIBUTIONS, NULL},
    .outputs = (const struct topic *const[]){&TOPIC_KPI, &TOPIC_KPI_REVISIONS, NULL},
    .merges = true,
    .handle = handle,
};
