/* The SQL of stage contribute: one load and one store for a whole batch. */
#include "services/kpi-aggregator/store.h"

#include "common/core/date.h"

/* A lateral look-up for each entity: whatever the table holds when this is planned, it must never
 * become a scan of all events. */
static const struct pg_stmt LOAD_ENTITIES = {
    "kpi_load_entities",
    "select u.n::int, e.revision, s.share->>0, s.share->>1, s.share->>2, (s.share->>3)::bigint"
    "  from unnest($1::text[]) with ordinality u (entity, n)"
    " cross join lateral (select revision, shares from entity_event"
    "                      where entity = u.entity order by revision desc limit 1) e"
    "  left join lateral jsonb_array_elements(e.shares) s (share) on true"
    " order by u.n",
};

static const struct pg_stmt STORE_EVENTS = {
    "kpi_store_events",
    "insert into entity_event (entity, revision, topic, partition, record_offset, source, id,"
    "                          origin_source, origin_id, shares, first_month, last_month)"
    " select * from unnest($1::text[], $2::bigint[], $3::text[], $4::int[], $5::bigint[],"
    "                      $6::text[], $7::text[], $8::text[], $9::text[], $10::jsonb[],"
    "                      $11::date[], $12::date[])",
};

static bool load_share(const struct pg_call *call, int row, struct arena *a, struct kpi_share *ret)
{
    struct kpi_share share = {.series = arena_dup(a, pg_text(call, row, 2)),
                              .value = pg_i64(call, row, 5)};
    struct kpi_series series;

    if (!kpi_series_parse(share.series, &series) ||
        !month_parse(pg_text(call, row, 3), &share.month) ||
        !kpi_part_parse(&series, pg_text(call, row, 4), &share.part))
        return false;
    *ret = share;
    return true;
}

/* One entity's rows, from `row` on; returns the row after them, -1 if one cannot be understood. */
static int load_entity(const struct pg_call *call, int row, struct arena *a,
                       struct kpi_entity *entity)
{
    int32_t n = pg_i32(call, row, 0);
    int end = row;

    while (end < pg_rows(call) && pg_i32(call, end, 0) == n)
        end++;
    entity->revision = pg_i64(call, row, 1);
    entity->shares.items = arena_array(a, (size_t)(end - row), sizeof *entity->shares.items);
    for (; row < end; row++) {
        if (pg_null(call, row, 2))
            continue; /* it adds nothing */
        if (!load_share(call, row, a, &entity->shares.items[entity->shares.count++]))
            return -1;
    }
    kpi_shares_sort(&entity->shares);
    return end;
}

bool kpi_load_entities(struct pg *pg, struct arena *a, struct kpi_entity *entities, size_t count,
                       struct err *err)
{
    struct pg_params params;
    struct pg_array keys;

    pg_array_init(&keys, a, PG_TEXT);
    for (size_t i = 0; i < count; i++)
        pg_push_text(&keys, entities[i].key);
    pg_params_init(&params, a);
    pg_bind_array(&params, &keys);
    struct pg_call *call = pg_call(pg, &LOAD_ENTITIES, &params);
    if (!pg_flush(pg, err))
        return false;
    for (int row = 0; row < pg_rows(call);) {
        struct kpi_entity *entity = &entities[pg_i32(call, row, 0) - 1];
        row = load_entity(call, row, a, entity);
        if (row < 0)
            return err_set(err, ERR_FATAL, "the shares of %.*s in entity_event are none we know",
                           STR_ARG(entity->key));
    }
    return true;
}

static void push_shares(struct pg_array columns[3], struct arena *a, struct kpi_shares shares)
{
    struct buf text = {.arena = a};
    int32_t first = INT32_MAX, last = INT32_MIN;

    kpi_shares_write(&text, shares);
    pg_push_text(&columns[0], buf_view(&text));
    for (size_t i = 0; i < shares.count; i++) {
        int32_t month = shares.items[i].month;
        first = month < first ? month : first;
        last = month > last ? month : last;
    }
    if (shares.count == 0) {
        pg_push_null(&columns[1]);
        pg_push_null(&columns[2]);
    } else {
        pg_push_date(&columns[1], month_first_day(first));
        pg_push_date(&columns[2], month_first_day(last));
    }
}

void kpi_store_events(struct pg *pg, struct arena *a, const struct kpi_entity_event *events,
                      size_t count)
{
    static const enum pg_type types[] = {PG_TEXT, PG_INT8, PG_TEXT, PG_INT4,  PG_INT8, PG_TEXT,
                                         PG_TEXT, PG_TEXT, PG_TEXT, PG_JSONB, PG_DATE, PG_DATE};
    struct pg_array columns[COUNT(types)];
    struct pg_params params;

    if (count == 0)
        return;
    for (size_t i = 0; i < COUNT(types); i++)
        pg_array_init(&columns[i], a, types[i]);
    for (size_t i = 0; i < count; i++) {
        const struct message *m = events[i].message;
        pg_push_text(&columns[0], events[i].entity);
        pg_push_i64(&columns[1], events[i].revision);
        pg_push_text(&columns[2], m->topic->name);
        pg_push_i32(&columns[3], m->partition);
        pg_push_i64(&columns[4], m->offset);
        pg_push_text(&columns[5], m->event.source);
        pg_push_text(&columns[6], m->event.id);
        pg_push_text(&columns[7], m->event.origin_source);
        pg_push_text(&columns[8], m->event.origin_id);
        push_shares(&columns[9], a, events[i].shares);
    }
    pg_params_init(&params, a);
    for (size_t i = 0; i < COUNT(types); i++)
        pg_bind_array(&params, &columns[i]);
    pg_call(pg, &STORE_EVENTS, &params);
}
