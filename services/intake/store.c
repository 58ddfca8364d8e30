/* store: claim first, ask later. Nearly every event is new and sound, so its name and number are taken
 * in the same trip that finds out whether they may be; the rare rest is given back. The row locks
 * this takes keep numbers gapless even if one key should arrive on two partitions. */
#include "services/intake/store.h"

#include <assert.h>

static const struct pg_stmt CLAIM_NAMES = {"claim_names",
                                           "select * from claim_names($1::bigint[], $2::bigint[])"};

static const struct pg_stmt DROP_NAMES = {
    "drop_names", "delete from accepted a using unnest($1::bigint[], $2::bigint[]) as n (high, low)"
                  " where a.high = n.high and a.low = n.low"};

static const struct pg_stmt RESERVE_NUMBERS = {
    "reserve_numbers", "update subject s set number = s.number + o.offered"
                       " from unnest($1::int[], $2::text[], $3::bigint[]) with ordinality as o "
                       "(kind, key, offered, at)"
                       " where s.kind = o.kind and s.key = o.key returning o.at, s.number"};

static const struct pg_stmt SET_NUMBERS = {
    "set_numbers", "update subject s set number = n.number"
                   " from unnest($1::int[], $2::text[], $3::bigint[]) as n (kind, key, number)"
                   " where s.kind = n.kind and s.key = n.key"};

static const struct pg_stmt ADD_SUBJECTS = {"add_subjects",
                                            "insert into subject (kind, key, number) select * from "
                                            "unnest($1::int[], $2::text[], $3::bigint[])"};

static const struct pg_stmt READ_APPLICATIONS = {
    "read_applications", "select w.at, a.organisation, a.measure"
                         " from unnest($1::text[]) with ordinality as w (application, at)"
                         " join application a on a.application = w.application"};

static const struct pg_stmt ADD_APPLICATIONS = {
    "add_applications", "insert into application (application, organisation, measure, submitted_on)"
                        " select * from unnest($1::text[], $2::text[], $3::text[], $4::date[])"};

static const struct pg_stmt PUT_ORGANISATIONS = {
    "put_organisations",
    "insert into organisation (organisation, name, category, country, registered_on, known_on)"
    " select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[])"
    " on conflict (organisation) do update set name = excluded.name, category = excluded.category,"
    " country = excluded.country, registered_on = excluded.registered_on, known_on = "
    "excluded.known_on"
    " where organisation.known_on <= excluded.known_on"};

static const struct pg_call *call_arrays(struct pg *pg, struct arena *a, const struct pg_stmt *stmt,
                                         const struct pg_array *arrays, size_t count)
{
    struct pg_params params;
    pg_params_init(&params, a);
    for (size_t i = 0; i < count; i++)
        pg_bind_array(&params, &arrays[i]);
    return pg_call(pg, stmt, &params);
}

static void arrays_init(struct pg_array *arrays, struct arena *a, const enum pg_type *types,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        pg_array_init(&arrays[i], a, types[i]);
}

static const enum pg_type NAME_COLUMNS[] = {PG_INT8, PG_INT8};
static const enum pg_type SUBJECT_COLUMNS[] = {PG_INT4, PG_TEXT, PG_INT8};

static void push_name(struct pg_array *columns, struct intake_name name)
{
    pg_push_i64(&columns[0], name.high);
    pg_push_i64(&columns[1], name.low);
}

static void push_subject(struct pg_array *columns, const struct intake_subject *s, int64_t number)
{
    pg_push_i32(&columns[0], ledger_kind(s->to));
    pg_push_text(&columns[1], s->key);
    pg_push_i64(&columns[2], number);
}

static const struct pg_call *claim_names(struct pg *pg, const struct intake_ledger *l)
{
    struct pg_array columns[COUNT(NAME_COLUMNS)];
    arrays_init(columns, l->arena, NAME_COLUMNS, COUNT(columns));
    for (size_t i = 0; i < l->place_count; i++)
        push_name(columns, l->places[i].name);
    return call_arrays(pg, l->arena, &CLAIM_NAMES, columns, COUNT(columns));
}

static const struct pg_call *reserve_numbers(struct pg *pg, const struct intake_ledger *l)
{
    struct pg_array columns[COUNT(SUBJECT_COLUMNS)];
    arrays_init(columns, l->arena, SUBJECT_COLUMNS, COUNT(columns));
    for (size_t i = 0; i < l->subject_count; i++)
        push_subject(columns, &l->subjects[i], l->subjects[i].offered);
    return call_arrays(pg, l->arena, &RESERVE_NUMBERS, columns, COUNT(columns));
}

static const struct pg_call *read_applications(struct pg *pg, const struct intake_ledger *l)
{
    struct pg_array names;
    if (l->application_count == 0)
        return NULL;
    pg_array_init(&names, l->arena, PG_TEXT);
    for (size_t i = 0; i < l->application_count; i++)
        pg_push_text(&names, l->applications[i].application);
    return call_arrays(pg, l->arena, &READ_APPLICATIONS, &names, 1);
}

static void take_names(const struct pg_call *c, struct intake_ledger *l)
{
    for (size_t i = 0; i < l->place_count; i++)
        l->places[i].is_free = true;
    for (int row = 0; row < pg_rows(c); row++) {
        struct intake_name name = {pg_i64(c, row, 0), pg_i64(c, row, 1)};
        size_t at = map_get(&l->by_name, (struct str){(const char *)&name, sizeof name});
        assert(at != MAP_ABSENT);
        l->places[at].is_free = false;
    }
}

static void take_numbers(const struct pg_call *c, struct intake_ledger *l)
{
    for (int row = 0; row < pg_rows(c); row++)
        l->subjects[pg_i64(c, row, 0) - 1].reserved = pg_i64(c, row, 1);
}

static void take_applications(const struct pg_call *c, struct intake_ledger *l)
{
    for (int row = 0; c != NULL && row < pg_rows(c); row++) {
        struct intake_application *app = &l->applications[pg_i64(c, row, 0) - 1];
        app->organisation = arena_dup(l->arena, pg_text(c, row, 1));
        app->measure = arena_dup(l->arena, pg_text(c, row, 2));
    }
}

bool intake_claim(struct pg *pg, struct intake_ledger *l, struct err *err)
{
    if (l->case_count == 0)
        return true;
    const struct pg_call *names = claim_names(pg, l);
    const struct pg_call *numbers = reserve_numbers(pg, l);
    const struct pg_call *applications = read_applications(pg, l);
    if (!pg_flush(pg, err))
        return false;
    take_names(names, l);
    take_numbers(numbers, l);
    take_applications(applications, l);
    return true;
}

static void settle_names(struct pg *pg, const struct intake_ledger *l)
{
    struct pg_array unused[COUNT(NAME_COLUMNS)];
    arrays_init(unused, l->arena, NAME_COLUMNS, COUNT(unused));
    for (size_t i = 0; i < l->place_count; i++)
        if (l->places[i].is_free && !l->places[i].is_taken)
            push_name(unused, l->places[i].name);
    if (unused[0].count > 0)
        (void)call_arrays(pg, l->arena, &DROP_NAMES, unused, COUNT(unused));
}

static void settle_subjects(struct pg *pg, const struct intake_ledger *l)
{
    struct pg_array added[COUNT(SUBJECT_COLUMNS)], changed[COUNT(SUBJECT_COLUMNS)];
    arrays_init(added, l->arena, SUBJECT_COLUMNS, COUNT(added));
    arrays_init(changed, l->arena, SUBJECT_COLUMNS, COUNT(changed));
    for (size_t i = 0; i < l->subject_count; i++) {
        const struct intake_subject *s = &l->subjects[i];
        if (s->reserved == 0 && s->accepted > 0)
            push_subject(added, s, s->accepted);
        else if (s->reserved != 0 && s->accepted != s->offered)
            push_subject(changed, s, s->reserved - s->offered + s->accepted);
    }
    if (added[0].count > 0)
        (void)call_arrays(pg, l->arena, &ADD_SUBJECTS, added, COUNT(added));
    if (changed[0].count > 0)
        (void)call_arrays(pg, l->arena, &SET_NUMBERS, changed, COUNT(changed));
}

static void settle_applications(struct pg *pg, const struct intake_ledger *l)
{
    static const enum pg_type types[] = {PG_TEXT, PG_TEXT, PG_TEXT, PG_DATE};
    struct pg_array columns[COUNT(types)];
    arrays_init(columns, l->arena, types, COUNT(columns));
    for (size_t i = 0; i < l->application_count; i++) {
        const struct intake_application *app = &l->applications[i];
        if (!app->is_new)
            continue;
        pg_push_text(&columns[0], app->application);
        pg_push_text(&columns[1], app->organisation);
        pg_push_text(&columns[2], app->measure);
        pg_push_date(&columns[3], app->submitted_on);
    }
    if (columns[0].count > 0)
        (void)call_arrays(pg, l->arena, &ADD_APPLICATIONS, columns, COUNT(columns));
}

static void push_facts(struct pg_array *columns, const struct ev_organisation_described *e)
{
    pg_push_text(&columns[0], e->organisation);
    pg_push_text(&columns[1], e->name);
    pg_push_text(&columns[2], ev_category_text(e->category));
    pg_push_text(&columns[3], e->country);
    if (e->has_registered_on)
        pg_push_date(&columns[4], e->registered_on);
    else
        pg_push_null(&columns[4]);
    pg_push_date(&columns[5], e->known_on);
}

/* The facts of a batch that hold at its end, one per subject. */
static const struct ev_organisation_described **latest_facts(const struct intake_ledger *l)
{
    const struct ev_organisation_described **facts =
        arena_array(l->arena, l->subject_count, sizeof *facts);
    for (size_t i = 0; i < l->case_count; i++) {
        const struct intake_case *c = &l->cases[i];
        if (c->verdict != INTAKE_ACCEPTED || c->entry->type != EV_ORGANISATION_DESCRIBED)
            continue;
        const struct ev_organisation_described *e = &c->entry->data.organisation_described;
        if (facts[c->subject] == NULL || facts[c->subject]->known_on <= e->known_on)
            facts[c->subject] = e;
    }
    return facts;
}

static void settle_organisations(struct pg *pg, const struct intake_ledger *l)
{
    static const enum pg_type types[] = {PG_TEXT, PG_TEXT, PG_TEXT, PG_TEXT, PG_DATE, PG_DATE};
    struct pg_array columns[COUNT(types)];
    const struct ev_organisation_described **facts = latest_facts(l);
    arrays_init(columns, l->arena, types, COUNT(columns));
    for (size_t i = 0; i < l->subject_count; i++)
        if (facts[i] != NULL)
            push_facts(columns, facts[i]);
    if (columns[0].count > 0)
        (void)call_arrays(pg, l->arena, &PUT_ORGANISATIONS, columns, COUNT(columns));
}

void intake_settle(struct pg *pg, const struct intake_ledger *l)
{
    settle_names(pg, l);
    settle_subjects(pg, l);
    settle_applications(pg, l);
    settle_organisations(pg, l);
}
