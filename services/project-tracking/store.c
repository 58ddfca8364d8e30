/* All SQL of the service. Loading is one round trip: lock first, then read in later statements, which
 * see whatever was committed while the locks were waited for. */
#include "services/project-tracking/store.h"

#include "common/io/stage.h"

/* Rows for projects first heard of, so that there is something to lock: a decision and an early
 * change of the same project, handled by two threads at once, cannot miss each other. */
static const struct pg_stmt BEGIN_ROWS = {
    "follow_begin", "insert into project (project) select p from unnest($1::text[]) p order by p "
                    "on conflict do nothing"};

static const struct pg_stmt LOCK = {
    "follow_lock",
    "select project from project where project = any($1::text[]) or application = any($2::text[]) "
    "order by project for update"};

#define UNACKNOWLEDGED STAGE_UNACKNOWLEDGED("follow", "project")

static const struct pg_stmt LOAD = {
    "follow_load",
    "select project, state, decision_revision, plan_hash, data::text, published_topic, "
    "published_partition, " UNACKNOWLEDGED
    " from project where project = any($1::text[]) or application = any($2::text[])"};

static const struct pg_stmt LOAD_EARLY = {
    "follow_load_early",
    "select project, topic, partition, \"offset\", type, data::text, origin_source, origin_id, "
    "event_time from early_change where project = any($1::text[]) "
    "order by project, topic, partition, \"offset\""};

static const struct pg_stmt LOAD_MILESTONES = {
    "follow_load_milestones",
    "select project, milestone from milestone where project = any($1::text[])"};

static const struct pg_stmt SAVE = {
    "follow_save",
    "update project p set state = u.state, application = u.application, "
    "decision_revision = u.decision_revision, plan_hash = u.plan_hash, revision = u.revision, "
    "data = case when u.data is null then p.data else u.data::json end, "
    "published_topic = coalesce(u.topic, p.published_topic), "
    "published_partition = coalesce(u.partition, p.published_partition), "
    "published_by = case when u.topic is null then p.published_by else pg_current_xact_id() end "
    "from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], "
    "$7::text[], $8::text[], $9::int[]) u (project, state, application, decision_revision, "
    "plan_hash, revision, data, topic, partition) where p.project = u.project"};

static const struct pg_stmt DROP_EARLY = {
    "follow_drop_early", "delete from early_change where project = any($1::text[])"};

static const struct pg_stmt KEEP_EARLY = {
    "follow_keep_early",
    "insert into early_change (project, topic, partition, \"offset\", type, data, origin_source, "
    "origin_id, event_time) select a, b, c, d, e, f::json, g, h, i from unnest($1::text[], "
    "$2::text[], $3::int[], $4::bigint[], "
    "$5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) u (a, b, c, d, e, f, g, h, i)"};

static const struct pg_stmt KEEP_REFUSED = {
    "follow_keep_refused",
    "insert into refused_change (project, topic, partition, \"offset\", revision, change, held_on, "
    "code, message, type, data, origin_source, origin_id) "
    "select a, b, c, d, e, f, g, h, i, j, k::json, l, m from unnest($1::text[], $2::text[], "
    "$3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::date[], $8::text[], $9::text[], "
    "$10::text[], $11::text[], $12::text[], $13::text[]) u (a, b, c, d, e, f, g, h, i, j, k, l, "
    "m)"};

static const struct pg_stmt KEEP_MILESTONES = {
    "follow_keep_milestones", "insert into milestone (project, milestone, reached_on) "
                              "select * from unnest($1::text[], $2::text[], $3::date[])"};

/* --- loading --- */

/* The keys of a batch, by what is to be done with them. */
struct keys {
    struct pg_array begin; /* may be heard of for the first time */
    struct pg_array projects;
    struct pg_array applications;
    struct pg_array opening;    /* their early changes may be needed */
    struct pg_array milestones; /* a milestone is asked for */
};

static void collect_keys(struct keys *k, const struct follow *f)
{
    pg_array_init(&k->begin, f->arena, PG_TEXT);
    pg_array_init(&k->projects, f->arena, PG_TEXT);
    pg_array_init(&k->applications, f->arena, PG_TEXT);
    pg_array_init(&k->opening, f->arena, PG_TEXT);
    pg_array_init(&k->milestones, f->arena, PG_TEXT);

    for (size_t i = 0; i < f->projects_count; i++)
        pg_push_text(&k->projects, f->projects[i].id);
    for (size_t i = 0; i < f->items_count; i++) {
        const struct follow_item *item = &f->items[i];
        if (follow_may_begin(item))
            pg_push_text(&k->begin, item->project);
        if (follow_has_history(item))
            pg_push_text(&k->applications, item->change.as.decision->application);
        if (item->change.kind == TRACK_APPROVED)
            pg_push_text(&k->opening, item->project);
        if (item->change.kind == TRACK_MILESTONE)
            pg_push_text(&k->milestones, item->project);
    }
}

static struct pg_call *call_with(struct pg *pg, const struct pg_stmt *stmt, struct arena *a,
                                 const struct pg_array *x, const struct pg_array *y)
{
    struct pg_params params;

    pg_params_init(&params, a);
    pg_bind_array(&params, x);
    if (y != NULL)
        pg_bind_array(&params, y);
    return pg_call(pg, stmt, &params);
}

static struct str copy(struct follow *f, const struct pg_call *c, int row, int col)
{
    return pg_null(c, row, col) ? STR_NONE : arena_dup(f->arena, pg_text(c, row, col));
}

/* False: what we stored ourselves cannot be read any more. */
static bool read_data(struct follow *f, struct follow_project *p, struct str data, struct err *err)
{
    struct faults faults;

    if (data.ptr == NULL)
        return true;
    faults_init(&faults, f->arena);
    if (!ev_project_changed_decode(f->arena, data, &p->track.now, &faults))
        return err_set(err, ERR_FATAL, "the stored state of project %.*s cannot be read: %.*s",
                       STR_ARG(p->id), STR_ARG(faults.items[0].message));
    p->track.partners_cap = p->track.now.partners_count;
    return true;
}

static bool read_projects(struct follow *f, const struct pg_call *c, struct err *err)
{
    for (int row = 0; row < pg_rows(c); row++) {
        struct follow_project *p = follow_project(f, copy(f, c, row, 0));
        if (!track_state_parse(pg_text(c, row, 1), &p->track.state))
            return err_set(err, ERR_FATAL, "project %.*s has an unknown state", STR_ARG(p->id));
        p->track.decision_revision = pg_i64(c, row, 2);
        p->track.plan_hash = (uint64_t)pg_i64(c, row, 3);
        if (!read_data(f, p, copy(f, c, row, 4), err))
            return false;
        if (pg_null(c, row, 5))
            continue;
        p->published.topic = copy(f, c, row, 5);
        p->published.partition = pg_i32(c, row, 6);
        p->unacknowledged = pg_bool(c, row, 7);
    }
    return true;
}

static bool read_early_row(struct follow *f, const struct pg_call *c, int row,
                           struct follow_item *ret, struct err *err)
{
    struct faults faults;

    *ret = (struct follow_item){
        .input = FOLLOW_NO_INPUT,
        .place = {copy(f, c, row, 1), pg_i32(c, row, 2), pg_i64(c, row, 3)},
        .origin_source = copy(f, c, row, 6),
        .origin_id = copy(f, c, row, 7),
        .time = copy(f, c, row, 8),
    };
    faults_init(&faults, f->arena);
    if (follow_read(f->arena, copy(f, c, row, 4), copy(f, c, row, 5), ret, &faults))
        return true;
    return err_set(err, ERR_FATAL, "a waiting change of project %.*s cannot be read",
                   STR_ARG(pg_text(c, row, 0)));
}

/* Rows come sorted by project, so that those of one project are neighbours. */
static bool read_early(struct follow *f, const struct pg_call *c, struct err *err)
{
    size_t rows = (size_t)pg_rows(c);
    struct follow_item *items = arena_array(f->arena, rows + 1, sizeof *items);

    for (size_t i = 0; i < rows; i++) {
        if (!read_early_row(f, c, (int)i, &items[i], err))
            return false;
        struct follow_project *p = follow_project(f, pg_text(c, (int)i, 0));
        if (p->waiting_count == 0)
            p->waiting = &items[i];
        p->waiting_count++;
    }
    return true;
}

static void read_milestones(struct follow *f, const struct pg_call *c)
{
    for (int row = 0; row < pg_rows(c); row++)
        track_add_milestone(f->arena, &follow_project(f, pg_text(c, row, 0))->track,
                            copy(f, c, row, 1));
}

bool store_load(struct pg *pg, struct follow *f, struct err *err)
{
    const struct pg_call *load, *early = NULL, *milestones = NULL;
    struct keys k;

    collect_keys(&k, f);
    if (k.begin.count > 0)
        (void)call_with(pg, &BEGIN_ROWS, f->arena, &k.begin, NULL);
    (void)call_with(pg, &LOCK, f->arena, &k.projects, &k.applications);
    load = call_with(pg, &LOAD, f->arena, &k.projects, &k.applications);
    if (k.opening.count > 0)
        early = call_with(pg, &LOAD_EARLY, f->arena, &k.opening, NULL);
    if (k.milestones.count > 0)
        milestones = call_with(pg, &LOAD_MILESTONES, f->arena, &k.milestones, NULL);
    if (!pg_flush(pg, err) || !read_projects(f, load, err))
        return false;
    if (early != NULL && !read_early(f, early, err))
        return false;
    if (milestones != NULL)
        read_milestones(f, milestones);
    return true;
}

/* --- storing --- */

static void init_arrays(struct pg_array *arrays, const enum pg_type *types, size_t count,
                        struct arena *a)
{
    for (size_t i = 0; i < count; i++)
        pg_array_init(&arrays[i], a, types[i]);
}

static void call_arrays(struct pg *pg, const struct pg_stmt *stmt, struct arena *a,
                        const struct pg_array *arrays, size_t count)
{
    struct pg_params params;

    if (arrays[0].count == 0)
        return;
    pg_params_init(&params, a);
    for (size_t i = 0; i < count; i++)
        pg_bind_array(&params, &arrays[i]);
    (void)pg_call(pg, stmt, &params);
}

static void push_place(struct pg_array *x, const struct follow_place *place)
{
    pg_push_text(&x[0], place->topic);
    pg_push_i32(&x[1], place->partition);
    pg_push_i64(&x[2], place->offset);
}

static void push_project(struct pg_array *x, const struct follow_project *p)
{
    bool open = p->track.state != TRACK_AWAITED;

    pg_push_text(&x[0], p->id);
    pg_push_text(&x[1], track_state_text(p->track.state));
    pg_push_text(&x[2], open ? p->track.now.application : STR_NONE);
    pg_push_i64(&x[3], p->track.decision_revision);
    pg_push_i64(&x[4], (int64_t)p->track.plan_hash);
    pg_push_i64(&x[5], p->track.now.revision);
    pg_push_text(&x[6], p->data);
    if (p->carrier != NULL) {
        pg_push_text(&x[7], p->carrier->place.topic);
        pg_push_i32(&x[8], p->carrier->place.partition);
    } else {
        pg_push_null(&x[7]);
        pg_push_null(&x[8]);
    }
}

static void save_projects(struct pg *pg, const struct follow *f)
{
    static const enum pg_type TYPES[] = {PG_TEXT, PG_TEXT, PG_TEXT, PG_INT8, PG_INT8,
                                         PG_INT8, PG_TEXT, PG_TEXT, PG_INT4};
    struct pg_array x[COUNT(TYPES)], opened;

    init_arrays(x, TYPES, COUNT(TYPES), f->arena);
    pg_array_init(&opened, f->arena, PG_TEXT);
    for (size_t i = 0; i < f->projects_count; i++) {
        if (f->projects[i].touched)
            push_project(x, &f->projects[i]);
        if (f->projects[i].opened && f->projects[i].waiting_count > 0)
            pg_push_text(&opened, f->projects[i].id);
    }
    call_arrays(pg, &SAVE, f->arena, x, COUNT(x));
    call_arrays(pg, &DROP_EARLY, f->arena, &opened, 1);
}

static void save_early(struct pg *pg, const struct follow *f)
{
    static const enum pg_type TYPES[] = {PG_TEXT, PG_TEXT, PG_INT4, PG_INT8, PG_TEXT,
                                         PG_TEXT, PG_TEXT, PG_TEXT, PG_TEXT};
    struct pg_array x[COUNT(TYPES)];

    init_arrays(x, TYPES, COUNT(TYPES), f->arena);
    for (size_t i = 0; i < f->early_count; i++) {
        const struct follow_item *item = f->early[i];
        pg_push_text(&x[0], item->project);
        push_place(&x[1], &item->place);
        pg_push_text(&x[4], item->type);
        pg_push_text(&x[5], item->data);
        pg_push_text(&x[6], item->origin_source);
        pg_push_text(&x[7], item->origin_id);
        pg_push_text(&x[8], item->time);
    }
    call_arrays(pg, &KEEP_EARLY, f->arena, x, COUNT(x));
}

static void save_refusals(struct pg *pg, const struct follow *f)
{
    static const enum pg_type TYPES[] = {PG_TEXT, PG_TEXT, PG_INT4, PG_INT8, PG_INT8,
                                         PG_TEXT, PG_DATE, PG_TEXT, PG_TEXT, PG_TEXT,
                                         PG_TEXT, PG_TEXT, PG_TEXT};
    struct pg_array x[COUNT(TYPES)];

    init_arrays(x, TYPES, COUNT(TYPES), f->arena);
    for (size_t i = 0; i < f->refusals_count; i++) {
        const struct follow_refusal *r = &f->refusals[i];
        pg_push_text(&x[0], r->project);
        push_place(&x[1], &r->item->place);
        pg_push_i64(&x[4], r->revision);
        pg_push_text(&x[5], track_kind_text(r->item->change.kind));
        pg_push_date(&x[6], r->item->change.on);
        pg_push_text(&x[7], track_result_code(r->result));
        pg_push_text(&x[8], track_result_text(r->result));
        pg_push_text(&x[9], r->item->type);
        pg_push_text(&x[10], r->item->data);
        pg_push_text(&x[11], r->item->origin_source);
        pg_push_text(&x[12], r->item->origin_id);
    }
    call_arrays(pg, &KEEP_REFUSED, f->arena, x, COUNT(x));
}

static void save_milestones(struct pg *pg, const struct follow *f)
{
    static const enum pg_type TYPES[] = {PG_TEXT, PG_TEXT, PG_DATE};
    struct pg_array x[COUNT(TYPES)];

    init_arrays(x, TYPES, COUNT(TYPES), f->arena);
    for (size_t i = 0; i < f->milestones_count; i++) {
        const struct follow_milestone *m = &f->milestones[i];
        pg_push_text(&x[0], m->project);
        pg_push_text(&x[1], m->item->change.as.milestone);
        pg_push_date(&x[2], m->item->change.on);
    }
    call_arrays(pg, &KEEP_MILESTONES, f->arena, x, COUNT(x));
}

void store_save(struct pg *pg, const struct follow *f)
{
    save_projects(pg, f);
    save_early(pg, f);
    save_refusals(pg, f);
    save_milestones(pg, f);
}
