/* kpi_events: an event's delta is what its entity adds to the cell since, less what it added before; so
 * the deltas of all events add up to the value. */
#include "tools/mosaicctl/kpi_events.h"

#include <stdio.h>

#include "common/core/date.h"
#include "common/io/pg.h"
#include "tools/mosaicctl/ctl.h"
#include "tools/mosaicctl/table.h"

/* One statement, so that value and events are of one moment. An event that leaves the cell as it was, or
 * only moves something between two series of it, has no row. */
static const struct pg_stmt EVENTS = {
    "ctl_kpi_events",
    "with ever as (select entity, revision, month, sum(sign * value)::bigint as share"
    " from kpi_aggregator.kpi_shares_ever($1) group by entity, revision, month), steps as ("
    " select e.*, m.month, coalesce(x.share, 0) - lag(coalesce(x.share, 0), 1, 0::bigint)"
    " over (partition by e.entity, m.month order by e.revision) as delta"
    " from (select distinct entity, month from ever) m"
    " join kpi_aggregator.entity_event e using (entity)"
    " left join ever x on x.entity = e.entity and x.revision = e.revision and x.month = m.month)"
    " select c.value, c.revision, s.month, s.delta, s.entity, s.revision, s.source, s.id,"
    " s.origin_source, s.origin_id, s.topic, s.partition, s.record_offset"
    " from kpi_aggregator.cell c left join steps s on s.delta <> 0 where c.cell = $1"
    " order by s.month, s.entity, s.revision"};

enum {
    VALUE,
    CELL_REVISION,
    MONTH,
    DELTA,
    SUBJECT,
    REVISION,
    SOURCE,
    ID,
    ORIGIN_SOURCE,
    ORIGIN_ID,
    TOPIC,
    PARTITION,
    OFFSET
};

struct answer {
    struct str cell;
    const struct pg_call *call;
    int count; /* of events */
    int64_t sum;
    struct arena *arena;
};

static struct str month_text(struct arena *a, int32_t day)
{
    struct buf text = {.arena = a};
    month_write(&text, date_month(day));
    return buf_view(&text);
}

static struct str figure(const struct answer *answer, bool money, struct str number)
{
    return money ? figure_minor(answer->arena, number) : figure_count(answer->arena, number);
}

static struct str number_text(struct arena *a, int64_t number)
{
    return arena_fmt(a, "%lld", (long long)number);
}

/* <kpi>:<category>:<currency>:<period> is money. */
static bool is_money(struct str cell)
{
    size_t colons = 0;
    for (size_t i = 0; i < cell.len; i++)
        colons += cell.ptr[i] == ':';
    return colons == 3;
}

static void print_table(const struct answer *answer)
{
    const struct pg_call *c = answer->call;
    struct arena *a = answer->arena;
    bool money = is_money(answer->cell);
    struct table table = {.arena = a, .columns = 6, .figures = 1U << 1};
    const struct str titles[] = {STR("month"),  STR("delta"), STR("subject"),
                                 STR("source"), STR("id"),    STR("record")};
    table_add(&table, titles);
    for (int at = 0; at < answer->count; at++) {
        bool known = !pg_null(c, at, ORIGIN_ID); /* else the service's own event has to do */
        const struct str row[] = {
            month_text(a, pg_date(c, at, MONTH)),
            figure(answer, money, number_text(a, pg_i64(c, at, DELTA))),
            pg_text(c, at, SUBJECT),
            pg_text(c, at, known ? ORIGIN_SOURCE : SOURCE),
            pg_text(c, at, known ? ORIGIN_ID : ID),
            arena_fmt(a, "%.*s/%d/%lld", STR_ARG(pg_text(c, at, TOPIC)),
                      (int)pg_i32(c, at, PARTITION), (long long)pg_i64(c, at, OFFSET)),
        };
        table_add(&table, row);
    }
    table_print(&table);
    (void)printf("%d %s, together %.*s\n", answer->count, answer->count == 1 ? "event" : "events",
                 STR_ARG(figure(answer, money, number_text(a, answer->sum))));
}

static void write_text(struct buf *line, const char *name, struct str value)
{
    buf_fmt(line, ",\"%s\":", name);
    if (value.ptr == NULL)
        buf_str(line, STR("null"));
    else
        buf_json_str(line, value);
}

static void print_json(const struct answer *answer)
{
    static const struct {
        const char *name;
        int column;
    } texts[] = {
        {"subject", SUBJECT},     {"source", SOURCE}, {"id", ID}, {"origin_source", ORIGIN_SOURCE},
        {"origin_id", ORIGIN_ID}, {"topic", TOPIC}};
    const struct pg_call *c = answer->call;
    struct buf line = {.arena = answer->arena};
    for (int at = 0; at < answer->count; at++) {
        buf_reset(&line);
        buf_str(&line, STR("{\"cell\":"));
        buf_json_str(&line, answer->cell);
        write_text(&line, "month", month_text(answer->arena, pg_date(c, at, MONTH)));
        buf_fmt(&line, ",\"delta\":%lld,\"revision\":%lld", (long long)pg_i64(c, at, DELTA),
                (long long)pg_i64(c, at, REVISION));
        for (size_t i = 0; i < COUNT(texts); i++)
            write_text(&line, texts[i].name, pg_text(c, at, texts[i].column));
        buf_fmt(&line, ",\"partition\":%d,\"offset\":%lld}", (int)pg_i32(c, at, PARTITION),
                (long long)pg_i64(c, at, OFFSET));
        (void)printf("%.*s\n", STR_ARG(buf_view(&line)));
    }
}

/* A ratio is worked out of the sum, so it is not compared. */
static bool adds_up(const struct answer *answer, struct err *err)
{
    int64_t value;
    struct str text = pg_text(answer->call, 0, VALUE);
    if (str_starts(answer->cell, STR("participants.growth:")) ||
        (str_to_i64(text, &value) && value == answer->sum))
        return true;
    return err_set(err, ERR_RETRY,
                   "the events add up to %lld and the value is %.*s: some are still on their way; "
                   "`mosaicctl positions --wait 60` waits for them",
                   (long long)answer->sum, STR_ARG(text.ptr == NULL ? STR("none") : text));
}

static bool show(const struct answer *answer, bool json, struct err *err)
{
    if (json)
        print_json(answer);
    else
        print_table(answer);
    return adds_up(answer, err);
}

static bool ask(struct pg *pg, struct answer *answer, struct err *err)
{
    struct pg_params params;
    pg_params_init(&params, answer->arena);
    pg_bind_text(&params, answer->cell);
    if (!pg_connect(pg, err))
        return false;
    answer->call = pg_call(pg, &EVENTS, &params);
    if (!pg_flush(pg, err))
        return false;
    if (pg_rows(answer->call) == 0)
        return err_set(err, ERR_REJECT,
                       "there is no value %.*s; one is named KPI:CATEGORY:PERIOD, or "
                       "KPI:CATEGORY:CURRENCY:PERIOD for money, and `mosaicctl kpi` shows them all",
                       STR_ARG(answer->cell));
    answer->count = pg_null(answer->call, 0, DELTA) ? 0 : pg_rows(answer->call);
    for (int at = 0; at < answer->count; at++)
        answer->sum += pg_i64(answer->call, at, DELTA);
    return true;
}

bool kpi_events(const char *cell, bool json, struct err *err)
{
    static struct ctl_settings settings; /* its texts are the process's */
    struct arena arena = {0};
    struct answer answer = {.cell = str_of(cell), .arena = &arena};
    if (!ctl_load_database(&settings, err))
        return false;
    struct pg *pg = pg_new(settings.database, settings.password, NULL, "mosaicctl");
    bool ok = ask(pg, &answer, err) && show(&answer, json, err);
    pg_free(pg);
    arena_done(&arena);
    return ok;
}
