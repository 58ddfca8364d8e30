/* store_allocate: four statements to load a batch, up to five to store it. */
#include "services/eligibility/store_allocate.h"

#define LINE_CHUNK 200

static const struct pg_stmt MAKE_BUDGETS = {
    "allocate_make_budgets", "insert into budget (measure, year) select * from unnest($1::text[], "
                             "$2::int[]) k (m, y) order by 1, 2 on conflict do nothing"};

/* Those, and the ones that the applications of the batch take from so far. */
static const struct pg_stmt LOCK_BUDGETS = {
    "allocate_lock_budgets",
    "select b.measure, b.year, b.is_set, b.currency, b.amount, b.given, b.overcommitted, "
    "b.revision, b.known_on, b.next_place, b.waiting from budget b join "
    "(select m, y from unnest($1::text[], $2::int[]) u (m, y) union select a.measure, a.year "
    "from award a where a.application = any ($3::text[]) and a.measure = any ($1::text[])) k "
    "on b.measure = k.m and b.year = k.y order by b.measure, b.year for update of b"};

#define UNACKNOWLEDGED STAGE_UNACKNOWLEDGED("allocate", "a")
#define AWARD_COLUMNS                                                                              \
    "a.application, a.organisation, a.measure, a.year, a.assessed_revision, a.revision, a.state, " \
    "a.granted, a.capped, a.place, a.assessed, a.published_topic, "                                \
    "a.published_partition, " UNACKNOWLEDGED

static const struct pg_stmt LOAD_AWARDS = {"allocate_load_awards",
                                           "select " AWARD_COLUMNS
                                           " from award a where a.application = any ($1::text[])"};

static const struct pg_stmt LOAD_YEARLY = {
    "allocate_load_yearly", "select y.organisation, y.measure, y.year, y.given from yearly_grant y "
                            "where y.organisation = any ($1::text[])"};

static const struct pg_stmt LOAD_LINE = {
    "allocate_load_line",
    "select " AWARD_COLUMNS ", coalesce(y.given, 0) from award a "
    "left join yearly_grant y on y.organisation = a.organisation and y.measure = a.measure "
    "and y.year = a.year where a.measure = $1 and a.year = $2 and a.place > $3 "
    "order by a.place limit $4"};

static const struct pg_stmt SAVE_BUDGETS = {
    "allocate_save_budgets", "insert into budget as b (measure, year, is_set, currency, amount, "
                             "given, overcommitted, revision, known_on, "
                             "next_place, waiting) select * from unnest($1::text[], $2::int[], "
                             "$3::bool[], $4::text[], $5::int8[], $6::int8[], "
                             "$7::int8[], $8::int8[], $9::date[], $10::int8[], $11::int8[]) on "
                             "conflict (measure, year) do update set "
                             "is_set = excluded.is_set, currency = excluded.currency, amount = "
                             "excluded.amount, given = excluded.given, "
                             "overcommitted = excluded.overcommitted, revision = "
                             "excluded.revision, known_on = excluded.known_on, "
                             "next_place = excluded.next_place, waiting = excluded.waiting"};

static const struct pg_stmt SAVE_YEARLY = {"allocate_save_yearly",
                                           "insert into yearly_grant (organisation, measure, year, "
                                           "given) select * from unnest($1::text[], $2::text[], "
                                           "$3::int[], $4::int8[]) on conflict (organisation, "
                                           "measure, year) do update set given = excluded.given"};

static const struct pg_stmt SAVE_AWARDS = {
    "allocate_save_awards",
    "insert into award (application, organisation, measure, year, assessed_revision, revision, "
    "state, granted, "
    "capped, place, assessed, published_topic, published_partition, published_by) "
    "select u.*, pg_current_xact_id() from unnest($1::text[], $2::text[], $3::text[], $4::int[], "
    "$5::int8[], "
    "$6::int8[], $7::text[], $8::int8[], $9::bool[], $10::int8[], $11::text[], $12::text[], "
    "$13::int[]) u "
    "on conflict (application) do update set year = excluded.year, assessed_revision = "
    "excluded.assessed_revision, "
    "revision = excluded.revision, state = excluded.state, granted = excluded.granted, capped = "
    "excluded.capped, "
    "place = excluded.place, assessed = excluded.assessed, published_topic = "
    "excluded.published_topic, "
    "published_partition = excluded.published_partition, published_by = excluded.published_by"};

static const struct pg_stmt SAVE_DECISIONS = {
    "allocate_save_decisions",
    "insert into decision (application, revision, organisation, outcome, cause, decided_on, "
    "amount, "
    "assessed_revision, findings, rule_version, engine_version, input_topic, input_partition, "
    "input_offset) "
    "select * from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::date[], "
    "$7::int8[], "
    "$8::int8[], $9::jsonb[], $10::text[], $11::text[], $12::text[], $13::int[], $14::int8[])"};

static const struct pg_stmt SAVE_CHANGES = {
    "allocate_save_changes",
    "insert into budget_revision (measure, year, revision, amount, currency, known_on, given, "
    "refused, input_topic, "
    "input_partition, input_offset) select * from unnest($1::text[], $2::int[], $3::int8[], "
    "$4::int8[], $5::text[], "
    "$6::date[], $7::int8[], $8::text[], $9::text[], $10::int[], $11::int8[])"};

/* --- loading --- */

void allocate_keys_init(struct allocate_keys *k, struct arena *a)
{
    rows_init(&k->budgets, a, "ti");
    pg_array_init(&k->applications, a, PG_TEXT);
    pg_array_init(&k->organisations, a, PG_TEXT);
}

static bool read_budgets(struct elig_allocate *s, const struct pg_call *c, struct err *err)
{
    for (int row = 0; row < pg_rows(c); row++) {
        enum ev_measure measure;
        if (!ev_measure_parse(pg_text(c, row, 0), &measure))
            return err_set(err, ERR_FATAL, "a budget has an unknown programme");
        struct elig_budget *b = elig_budget(s, measure, pg_i32(c, row, 1));
        b->is_set = pg_bool(c, row, 2);
        b->currency = rows_copy(s->arena, c, row, 3);
        b->amount = pg_i64(c, row, 4);
        b->given = pg_i64(c, row, 5);
        b->overcommitted = pg_i64(c, row, 6);
        b->revision = pg_i64(c, row, 7);
        b->known_on = b->is_set ? pg_date(c, row, 8) : 0;
        b->next_place = pg_i64(c, row, 9);
        b->waiting = pg_i64(c, row, 10);
        b->line_done = b->waiting == 0;
    }
    return true;
}

static bool read_assessed(struct elig_allocate *s, struct elig_award *award, struct err *err)
{
    struct faults faults;
    struct ev_application_assessed *event = arena_alloc(s->arena, sizeof *event);
    if (award->data.ptr == NULL)
        return true;
    faults_init(&faults, s->arena);
    if (!ev_application_assessed_decode(s->arena, award->data, event, &faults))
        return err_set(err, ERR_FATAL, "the stored verdict on %.*s cannot be read: %.*s",
                       STR_ARG(award->application), STR_ARG(faults.items[0].message));
    award->assessed = event;
    return true;
}

/* The award in a row; one that is in memory already is newer there. */
static bool read_award(struct elig_allocate *s, const struct pg_call *c, int row,
                       struct elig_award **ret, struct err *err)
{
    *ret = elig_award_find(s, pg_text(c, row, 0));
    if (*ret != NULL)
        return true;
    struct elig_award award = {.application = rows_copy(s->arena, c, row, 0),
                               .organisation = rows_copy(s->arena, c, row, 1),
                               .year = pg_i32(c, row, 3),
                               .assessed_revision = pg_i64(c, row, 4),
                               .revision = pg_i64(c, row, 5),
                               .granted = pg_i64(c, row, 7),
                               .capped = pg_bool(c, row, 8),
                               .place = pg_null(c, row, 9) ? 0 : pg_i64(c, row, 9),
                               .data = rows_copy(s->arena, c, row, 10)};
    if (pg_bool(c, row, 13))
        award.published =
            (struct elig_published){rows_copy(s->arena, c, row, 11), pg_i32(c, row, 12)};
    if (!ev_measure_parse(pg_text(c, row, 2), &award.measure) ||
        !elig_award_state_parse(pg_text(c, row, 6), &award.state))
        return err_set(err, ERR_FATAL, "the award of %.*s has an unknown measure or state",
                       STR_ARG(award.application));
    if (!read_assessed(s, &award, err))
        return false;
    *ret = elig_award_add(s, &award);
    return true;
}

static void read_yearly(struct elig_allocate *s, const struct pg_call *c)
{
    for (int row = 0; row < pg_rows(c); row++) {
        enum ev_measure measure;
        if (ev_measure_parse(pg_text(c, row, 1), &measure))
            elig_yearly(s, rows_copy(s->arena, c, row, 0), measure, pg_i32(c, row, 2))->given =
                pg_i64(c, row, 3);
    }
}

static struct pg_call *call_budgets(struct pg *pg, const struct pg_stmt *stmt,
                                    const struct allocate_keys *k,
                                    const struct pg_array *applications)
{
    struct pg_params params;
    pg_params_init(&params, k->budgets.arena);
    pg_bind_array(&params, &k->budgets.columns[0]);
    pg_bind_array(&params, &k->budgets.columns[1]);
    if (applications != NULL)
        pg_bind_array(&params, applications);
    return pg_call(pg, stmt, &params);
}

static struct pg_call *call_array(struct pg *pg, const struct pg_stmt *stmt, struct arena *a,
                                  const struct pg_array *array)
{
    struct pg_params params;
    pg_params_init(&params, a);
    pg_bind_array(&params, array);
    return pg_call(pg, stmt, &params);
}

bool store_allocate_load(struct pg *pg, struct elig_allocate *s, const struct allocate_keys *k,
                         struct err *err)
{
    const struct pg_call *budgets = NULL, *yearly = NULL;
    if (k->budgets.rows > 0) {
        (void)call_budgets(pg, &MAKE_BUDGETS, k, NULL);
        budgets = call_budgets(pg, &LOCK_BUDGETS, k, &k->applications);
        yearly = call_array(pg, &LOAD_YEARLY, s->arena, &k->organisations);
    }
    const struct pg_call *awards = call_array(pg, &LOAD_AWARDS, s->arena, &k->applications);
    struct elig_award *award;
    if (!pg_flush(pg, err) || (budgets != NULL && !read_budgets(s, budgets, err)))
        return false;
    if (yearly != NULL)
        read_yearly(s, yearly);
    for (int row = 0; row < pg_rows(awards); row++)
        if (!read_award(s, awards, row, &award, err))
            return false;
    return true;
}

/* A yearly cap that is in memory already is newer there. */
static void read_line_yearly(struct elig_allocate *s, const struct elig_award *award, int64_t given)
{
    size_t before = s->yearly_count;
    struct elig_yearly *y = elig_yearly(s, award->organisation, award->measure, award->year);
    if (s->yearly_count > before)
        y->given = given;
}

bool store_allocate_load_line(struct pg *pg, struct elig_allocate *s, struct elig_budget *b,
                              struct err *err)
{
    struct pg_params params;
    pg_params_init(&params, s->arena);
    pg_bind_text(&params, ev_measure_text(b->measure));
    pg_bind_i32(&params, b->year);
    pg_bind_i64(&params, b->loaded_place);
    pg_bind_i64(&params, LINE_CHUNK);
    const struct pg_call *c = pg_call(pg, &LOAD_LINE, &params);
    if (!pg_flush(pg, err))
        return false;
    for (int row = 0; row < pg_rows(c); row++) {
        struct elig_award *award;
        if (!read_award(s, c, row, &award, err))
            return false;
        read_line_yearly(s, award, pg_i64(c, row, 14));
        elig_line_add(s, b, award, pg_i64(c, row, 9));
    }
    elig_line_serve(s, b, pg_rows(c) < LINE_CHUNK);
    return true;
}

/* --- storing --- */

static void save_budgets(struct pg *pg, const struct elig_allocate *s)
{
    struct rows rows;
    rows_init(&rows, s->arena, "tibtlllldll");
    for (size_t i = 0; i < s->budget_count; i++) {
        const struct elig_budget *b = s->budgets[i];
        if (!b->changed)
            continue;
        rows_text(&rows, ev_measure_text(b->measure));
        rows_i32(&rows, b->year);
        rows_bool(&rows, b->is_set);
        rows_text(&rows, b->currency);
        rows_i64(&rows, b->amount);
        rows_i64(&rows, b->given);
        rows_i64(&rows, b->overcommitted);
        rows_i64(&rows, b->revision);
        rows_date_if(&rows, b->is_set, b->known_on);
        rows_i64(&rows, b->next_place);
        rows_i64(&rows, b->waiting);
    }
    (void)rows_call(pg, &SAVE_BUDGETS, &rows);
}

static void save_yearly(struct pg *pg, const struct elig_allocate *s)
{
    struct rows rows;
    rows_init(&rows, s->arena, "ttil");
    for (size_t i = 0; i < s->yearly_count; i++) {
        const struct elig_yearly *y = s->yearly[i];
        if (!y->changed)
            continue;
        rows_text(&rows, y->organisation);
        rows_text(&rows, ev_measure_text(y->measure));
        rows_i32(&rows, y->year);
        rows_i64(&rows, y->given);
    }
    (void)rows_call(pg, &SAVE_YEARLY, &rows);
}

static void save_awards(struct pg *pg, const struct elig_allocate *s, const struct batch *b)
{
    struct rows rows;
    rows_init(&rows, s->arena, "tttilltlbltti");
    for (size_t i = 0; i < s->award_count; i++) {
        const struct elig_award *award = s->awards[i];
        bool waits = award->state == ELIG_AWARD_WAITLISTED;
        if (!award->changed)
            continue;
        rows_text(&rows, award->application);
        rows_text(&rows, award->organisation);
        rows_text(&rows, ev_measure_text(award->measure));
        rows_i32(&rows, award->year);
        rows_i64(&rows, award->assessed_revision);
        rows_i64(&rows, award->revision);
        rows_text(&rows, elig_award_state_text(award->state));
        rows_i64(&rows, award->granted);
        rows_bool(&rows, award->capped);
        rows_i64_if(&rows, waits, award->place);
        rows_text(&rows, waits ? award->data : STR_NONE);
        rows_text(&rows, b->messages[award->carrier].topic->name);
        rows_i32(&rows, b->messages[award->carrier].partition);
    }
    (void)rows_call(pg, &SAVE_AWARDS, &rows);
}

static void save_decisions(struct pg *pg, const struct elig_allocate *s, const struct batch *b)
{
    struct rows rows;
    rows_init(&rows, s->arena, "tltttdlljtttil");
    for (size_t i = 0; i < s->decision_count; i++) {
        const struct elig_decision *d = &s->decisions[i];
        rows_text(&rows, d->award->application);
        rows_i64(&rows, d->revision);
        rows_text(&rows, d->award->organisation);
        rows_text(&rows, ev_outcome_text(d->outcome));
        rows_text(&rows, ev_cause_text(d->cause));
        rows_date(&rows, d->decided_on);
        rows_i64_if(&rows, d->has_amount, d->amount);
        rows_i64(&rows, d->assessed->revision);
        rows_findings(&rows, d->findings, d->finding_count);
        rows_text(&rows, d->assessed->rule_version);
        rows_text(&rows, d->assessed->engine_version);
        rows_place(&rows, &b->messages[d->input]);
    }
    (void)rows_call(pg, &SAVE_DECISIONS, &rows);
}

static void save_changes(struct pg *pg, const struct elig_allocate *s, const struct batch *b)
{
    struct rows rows;
    rows_init(&rows, s->arena, "tilltdlttil");
    for (size_t i = 0; i < s->change_count; i++) {
        const struct elig_budget_change *change = &s->changes[i];
        rows_text(&rows, ev_measure_text(change->budget->measure));
        rows_i32(&rows, change->budget->year);
        rows_i64(&rows, change->revision);
        rows_i64(&rows, change->amount);
        rows_text(&rows, change->currency);
        rows_date(&rows, change->known_on);
        rows_i64(&rows, change->given);
        rows_text(&rows, change->refused);
        rows_place(&rows, &b->messages[change->input]);
    }
    (void)rows_call(pg, &SAVE_CHANGES, &rows);
}

void store_allocate_save(struct pg *pg, const struct elig_allocate *s, const struct batch *b)
{
    save_budgets(pg, s);
    save_yearly(pg, s);
    save_awards(pg, s, b);
    save_decisions(pg, s, b);
    save_changes(pg, s, b);
}
