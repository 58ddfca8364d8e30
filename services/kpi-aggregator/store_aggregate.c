/* The SQL of stage aggregate: one load and two stores for a whole batch. */
#include "services/kpi-aggregator/store.h"

#include "common/core/date.h"

/* From the January of the first month a cell of which can change: that of the contribution, or the one
 * after the series' last month, since stocks have cells in between. Of earlier months the last level. */
static const struct pg_stmt LOAD_SUMS = {
    "kpi_load_sums",
    "with asked as materialized ("
    "  select u.n, u.series, u.part,"
    "         make_date(extract(year from least(u.month,"
    "           (max(l.month) over (partition by u.n) + interval '1 month')::date))::int, 1, 1)"
    "         as january"
    "    from unnest($1::int[], $2::text[], $3::text[], $4::date[]) u (n, series, part, month)"
    "    left join lateral (select month from part_sum where series = u.series and part = u.part"
    "                        order by month desc limit 1) l on true)"
    "select a.n, a.january, a.part, p.month, p.value, p.level"
    "  from asked a left join lateral ("
    "    select month, value, level from part_sum"
    "     where series = a.series and part = a.part and month >= a.january"
    "    union all"
    "    (select null, null, level from part_sum"
    "      where series = a.series and part = a.part and month < a.january"
    "      order by month desc limit 1)) p on true"
    " order by a.n",
};

static const struct pg_stmt STORE_SUMS = {
    "kpi_store_sums",
    "insert into part_sum (series, month, part, value, level)"
    " select * from unnest($1::text[], $2::date[], $3::text[], $4::bigint[], $5::bigint[])"
    " on conflict (series, part, month) do update set value = excluded.value, level = "
    "excluded.level",
};

static const struct pg_stmt STORE_CELLS = {
    "kpi_store_cells",
    "insert into cell (cell, value, formula_version, revision)"
    " select *, 1 from unnest($1::text[], $2::text[], $3::text[])"
    " on conflict (cell) do update set value = excluded.value, revision = cell.revision + 1,"
    "                                  formula_version = excluded.formula_version"
    " returning cell, revision",
};

static bool load_sum(const struct pg_call *call, int row, struct kpi_summed *to)
{
    enum kpi_part part;

    if (!kpi_part_parse(&to->series, pg_text(call, row, 2), &part))
        return false;
    /* What lies before the window has no month of its own here; the last one before it will do. */
    if (pg_null(call, row, 3))
        return pg_null(call, row, 5) ||
               kpi_parts_add(&to->old, to->old.from - 1, part, pg_i64(call, row, 5));
    int32_t month = date_month(pg_date(call, row, 3));
    to->stored[month - to->old.from][part] = true;
    return kpi_parts_add(&to->old, month, part, pg_i64(call, row, 4));
}

static void make_window(const struct pg_call *call, int row, int end, struct arena *a,
                        struct kpi_summed *to)
{
    int32_t from = date_month(pg_date(call, row, 1)), until = to->last;

    for (int i = row; i < end; i++)
        if (!pg_null(call, i, 3) && date_month(pg_date(call, i, 3)) > until)
            until = date_month(pg_date(call, i, 3));
    to->old = kpi_parts_new(a, from, until);
    to->stored = arena_array(a, (size_t)to->old.months, sizeof *to->stored);
}

static struct pg_call *ask_sums(struct pg *pg, struct arena *a, const struct kpi_summed *series,
                                size_t count)
{
    static const enum pg_type types[] = {PG_INT4, PG_TEXT, PG_TEXT, PG_DATE};
    struct pg_array columns[COUNT(types)];
    struct pg_params params;

    for (size_t i = 0; i < COUNT(types); i++)
        pg_array_init(&columns[i], a, types[i]);
    for (size_t i = 0; i < count; i++)
        for (size_t part = 0; part < KPI_PARTS; part++)
            if (kpi_part_is_of(&series[i].series, (enum kpi_part)part)) {
                pg_push_i32(&columns[0], (int32_t)i);
                pg_push_text(&columns[1], series[i].name);
                pg_push_text(&columns[2], kpi_part_text((enum kpi_part)part));
                pg_push_date(&columns[3], month_first_day(series[i].changed));
            }
    pg_params_init(&params, a);
    for (size_t i = 0; i < COUNT(types); i++)
        pg_bind_array(&params, &columns[i]);
    return pg_call(pg, &LOAD_SUMS, &params);
}

bool kpi_load_sums(struct pg *pg, struct arena *a, struct kpi_summed *series, size_t count,
                   struct err *err)
{
    struct pg_call *call = ask_sums(pg, a, series, count);
    int row = 0;

    if (!pg_flush(pg, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        int end = row;
        while (end < pg_rows(call) && pg_i32(call, end, 0) == (int32_t)i)
            end++;
        make_window(call, row, end, a, &series[i]);
        for (; row < end; row++)
            if (!load_sum(call, row, &series[i]))
                return err_set(err, ERR_FATAL, "part_sum holds what series %.*s cannot have",
                               STR_ARG(series[i].name));
    }
    return true;
}

/* What a month adds is in the level of every later one, too. */
static void push_sums(struct pg_array *columns, const struct kpi_summed *series)
{
    const struct kpi_parts *now = &series->now;

    for (size_t part = 0; part < KPI_PARTS; part++) {
        bool moved = false;
        for (int32_t i = 0; i < now->months; i++) {
            moved = moved || series->touched[i][part];
            if (!series->touched[i][part] && !(moved && series->stored[i][part]))
                continue;
            pg_push_text(&columns[0], series->name);
            pg_push_date(&columns[1], month_first_day(now->from + i));
            pg_push_text(&columns[2], kpi_part_text((enum kpi_part)part));
            pg_push_i64(&columns[3], now->sums[i][part]);
            if (kpi_part_has_level((enum kpi_part)part))
                pg_push_i64(&columns[4], now->levels[i][part]);
            else
                pg_push_null(&columns[4]);
        }
    }
}

void kpi_store_sums(struct pg *pg, struct arena *a, const struct kpi_summed *series, size_t count)
{
    static const enum pg_type types[] = {PG_TEXT, PG_DATE, PG_TEXT, PG_INT8, PG_INT8};
    struct pg_array columns[COUNT(types)];
    struct pg_params params;

    for (size_t i = 0; i < COUNT(types); i++)
        pg_array_init(&columns[i], a, types[i]);
    for (size_t i = 0; i < count; i++)
        push_sums(columns, &series[i]);
    if (columns[0].count == 0)
        return;
    pg_params_init(&params, a);
    for (size_t i = 0; i < COUNT(types); i++)
        pg_bind_array(&params, &columns[i]);
    pg_call(pg, &STORE_SUMS, &params);
}

bool kpi_store_cells(struct pg *pg, struct arena *a, const struct kpi_cell *cells, size_t count,
                     int64_t *ret_revisions, struct err *err)
{
    struct pg_array texts, values, versions;
    struct pg_params params;
    struct map places;

    if (count == 0)
        return true;
    map_init(&places, a, count);
    pg_array_init(&texts, a, PG_TEXT);
    pg_array_init(&values, a, PG_TEXT);
    pg_array_init(&versions, a, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        map_put(&places, cells[i].text, i, NULL);
        pg_push_text(&texts, cells[i].text);
        pg_push_text(&values, cells[i].value);
        pg_push_text(&versions, cells[i].kpi->version);
    }
    pg_params_init(&params, a);
    pg_bind_array(&params, &texts);
    pg_bind_array(&params, &values);
    pg_bind_array(&params, &versions);
    struct pg_call *call = pg_call(pg, &STORE_CELLS, &params);
    if (!pg_flush(pg, err))
        return false;
    for (int row = 0; row < pg_rows(call); row++)
        ret_revisions[map_get(&places, pg_text(call, row, 0))] = pg_i64(call, row, 1);
    return true;
}
