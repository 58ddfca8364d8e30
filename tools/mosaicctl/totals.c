/* totals: counting what went in, and adding up what came out. */
#include "tools/mosaicctl/totals.h"

#include <stdio.h>
#include <string.h>

#include "common/core/money.h"
#include "services/intake/core/check.h"
#include "tools/mosaicctl/cells.h"
#include "tools/mosaicctl/core/horizon.h"
#include "tools/mosaicctl/core/line.h"
#include "tools/mosaicctl/files.h"

void totals_add_reason(struct totals *t, struct str code, int64_t count)
{
    for (size_t i = 0; i < t->reason_count; i++)
        if (str_eq(t->reasons[i].code, code)) {
            t->reasons[i].count += count;
            return;
        }
    if (t->reason_count < REASONS_MAX)
        t->reasons[t->reason_count++] = (struct reason_count){arena_dup(t->arena, code), count};
}

int64_t totals_reason(const struct totals *t, struct str code)
{
    for (size_t i = 0; i < t->reason_count; i++)
        if (str_eq(t->reasons[i].code, code))
            return t->reasons[i].count;
    return 0;
}

/* Each reason once per event, as the KPI counts them. */
static void add_faults(struct totals *t, const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++) {
        bool told = false;
        for (size_t before = 0; before < i; before++)
            told |= strcmp(faults->items[before].code, faults->items[i].code) == 0;
        if (!told)
            totals_add_reason(t, str_of(faults->items[i].code), 1);
    }
}

static bool is_sound(struct arena *a, const struct event *event, struct str key,
                     struct faults *faults, struct intake_entry *ret)
{
    enum ev_type type = ev_type_of(event->type);
    const struct upstream *upstream = type == EV_UNKNOWN ? NULL : upstream_of(type);
    const struct intake_record record = {upstream == NULL ? NULL : upstream->from, key, event};
    bool sound = intake_check(a, &record, ret, faults);
    return sound && faults->count == 0;
}

/* The table: rows are counted as they stand, but for those of refused applications. */
struct table_count {
    struct totals *totals;
    struct map refused; /* application names */
};

static bool take_refusal(void *context, const struct outgoing *out, struct err *err)
{
    struct table_count *c = context;
    struct arena arena = {0};
    struct faults faults;
    struct intake_entry entry;
    const struct event event = {.source = out->source,
                                .id = out->id,
                                .type = ev_type_text(out->type),
                                .data = out->data};
    (void)err;
    faults_init(&faults, &arena);
    if (!is_sound(&arena, &event, out->key, &faults, &entry)) {
        add_faults(c->totals, &faults);
        (void)map_put(&c->refused, arena_dup(c->totals->arena, out->id), 1, NULL);
    }
    arena_done(&arena);
    return true;
}

static void add_refused(struct totals *t, struct str application)
{
    t->refused_names = arena_more(t->arena, t->refused_names, (size_t)t->refused, &t->refused_cap,
                                  sizeof *t->refused_names);
    t->refused_names[t->refused++] = arena_dup(t->arena, application);
}

static bool row_grants_fit(const struct horizon *h, const struct horizon_project *p)
{
    int64_t sum = 0;
    bool fit = true;
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project)
        fit = fit && (!h->rows[i].is_sound || money_add(sum, h->rows[i].grant.minor, &sum));
    return fit;
}

static void count_project(struct totals *t, const struct horizon *h,
                          const struct horizon_project *p)
{
    const struct horizon_row *first = NULL;
    bool several = false;
    for (size_t i = p->first_row; i != SIZE_MAX; i = h->rows[i].next_of_project) {
        const struct horizon_row *r = &h->rows[i];
        if (!r->is_sound)
            continue;
        several |= first != NULL && !str_eq(first->pic, r->pic);
        first = r;
        t->participations++;
        t->coordinators += r->role == EV_ROLE_COORDINATOR;
        t->grant_minor += r->grant.minor;
        t->cost_minor += r->cost.minor;
    }
    t->projects++;
    t->cooperative_projects += several;
}

static bool count_table(struct totals *t, struct str text, struct err *err)
{
    struct horizon h;
    struct table_count c = {.totals = t};
    struct map pics;
    map_init(&c.refused, t->arena, 64);
    map_init(&pics, t->arena, 1024);
    if (!horizon_read(t->arena, text, &h, err) || !horizon_events(&h, take_refusal, &c, err))
        return false;
    for (size_t i = 0; i < h.project_count; i++) {
        struct str application = arena_fmt(t->arena, "horizon:%.*s", STR_ARG(h.projects[i].id));
        if (map_get(&c.refused, application) != MAP_ABSENT)
            continue;
        if (row_grants_fit(&h, &h.projects[i]))
            count_project(t, &h, &h.projects[i]);
        else
            add_refused(t, application);
    }
    for (size_t i = 0; i < h.row_count; i++)
        if (h.rows[i].is_sound)
            (void)map_put(&pics, h.rows[i].pic, 1, NULL);
    t->organisations = (int64_t)pics.count;
    return true;
}

static void count_plan(struct totals *t, const struct ev_plan *plan)
{
    bool several = false;
    for (size_t i = 0; i < plan->partners_count; i++) {
        const struct ev_partner *p = &plan->partners[i];
        several |= !str_eq(p->organisation, plan->partners[0].organisation);
        t->participations++;
        t->coordinators += p->role == EV_ROLE_COORDINATOR;
        t->grant_minor += p->grant;
        t->cost_minor += p->cost;
    }
    t->projects++;
    t->cooperative_projects += several;
}

static bool plan_grants_fit(const struct ev_plan *plan)
{
    int64_t sum = 0;
    bool fit = true;
    for (size_t i = 0; i < plan->partners_count; i++)
        fit = fit && money_add(sum, plan->partners[i].grant, &sum);
    return fit;
}

static void count_application(struct totals *t, const struct ev_application_submitted *application)
{
    bool horizon = application->measure == EV_MEASURE_HORIZON_PROJECT;
    if (application->has_plan && horizon && !plan_grants_fit(&application->plan))
        add_refused(t, application->application);
    else if (application->has_plan)
        count_plan(t, &application->plan);
    else if (application->measure == EV_MEASURE_MEMBERSHIP)
        t->organisations++;
}

static bool count_line(struct totals *t, struct arena *a, struct map *names, struct str line,
                       struct err *err)
{
    struct line_event event;
    struct intake_entry entry;
    struct faults faults;
    bool is_new;
    if (!line_read(a, line, &event, err))
        return false;
    struct str name =
        arena_fmt(t->arena, "%.*s %.*s", STR_ARG(event.event.source), STR_ARG(event.event.id));
    (void)map_put(names, name, 1, &is_new);
    if (!is_new)
        return true;
    faults_init(&faults, a);
    if (!is_sound(a, &event.event, event.key, &faults, &entry))
        add_faults(t, &faults);
    else if (entry.type == EV_APPLICATION_SUBMITTED)
        count_application(t, &entry.data.application_submitted);
    return true;
}

static bool line_blame(const struct lines *lines, struct err *err)
{
    char place[40];
    (void)snprintf(place, sizeof place, "line %lld", (long long)lines->number);
    (void)file_blame(place, err);
    return file_blame(lines->path, err);
}

static bool count_events(struct totals *t, const char *path, struct err *err)
{
    struct lines lines;
    struct arena arena = {0};
    struct map names;
    struct str line = STR_NONE;
    map_init(&names, t->arena, 4096);
    bool ok = lines_open(&lines, path, err);
    while (ok && lines_next(&lines, &line, err) && line.ptr != NULL) {
        ok = line.len == 0 || count_line(t, &arena, &names, line, err) || line_blame(&lines, err);
        arena_reset(&arena);
    }
    ok = ok && line.ptr == NULL && err->kind == ERR_NONE;
    lines_close(&lines);
    arena_done(&arena);
    return ok;
}

bool totals_of_input(struct totals *ret, struct arena *a, const char *path, struct err *err)
{
    struct buf text = {0};
    *ret = (struct totals){.arena = a};
    bool ok = file_read(path, &text, err);
    bool events = ok && text.len > 0 && text.ptr[0] == '{';
    if (ok)
        ok = events ? count_events(ret, path, err)
                    : count_table(ret, buf_view(&text), err) || file_blame(path, err);
    buf_done(&text);
    return ok;
}

static bool add_cell(const struct ev_kpi_value *v, const char *kpi, const char *currency,
                     int64_t sign, int64_t *sum)
{
    int64_t value;
    if (!str_eq(v->kpi, str_of(kpi)) || !str_eq(v->currency, str_of(currency)) ||
        !str_to_i64(v->value, &value))
        return false;
    *sum += sign * value;
    return true;
}

static void take_cell(struct totals *t, const struct ev_kpi_value *v)
{
    int64_t value;
    bool is_total = str_eq(v->category, STR("all"));
    if (v->granularity != EV_GRANULARITY_YEAR)
        return;
    if (str_eq(v->kpi, STR("intake.rejected")) && !is_total && str_to_i64(v->value, &value))
        totals_add_reason(t, v->category, value);
    if (!is_total)
        return;
    (void)(add_cell(v, "projects.participations", NULL, 1, &t->participations) ||
           add_cell(v, "participants.joined", NULL, 1, &t->organisations) ||
           add_cell(v, "projects.started", NULL, 1, &t->projects) ||
           add_cell(v, "projects.cooperative_started", NULL, 1, &t->cooperative_projects) ||
           add_cell(v, "projects.coordinators", NULL, 1, &t->coordinators) ||
           add_cell(v, "projects.granted", HORIZON_CURRENCY, 1, &t->grant_minor) ||
           add_cell(v, "projects.cost", HORIZON_CURRENCY, 1, &t->cost_minor) ||
           add_cell(v, "support.applied", NULL, 1, &t->refused) ||
           add_cell(v, "support.approved", NULL, -1, &t->refused));
}

bool totals_of_kpis(struct totals *ret, struct arena *a, struct err *err)
{
    struct cells cells;
    *ret = (struct totals){.arena = a};
    if (!cells_read(&cells, a, err))
        return false;
    for (size_t i = 0; i < cells.count; i++)
        take_cell(ret, &cells.items[i]);
    return true;
}
