/* stages: see stages.h. */
#include "tools/mosaicctl/stages.h"

#include "gen/topics.h"
#include "tools/mosaicctl/broker.h"

#define TOPIC_LIST(...) ((const struct topic *const[]){__VA_ARGS__, NULL})

const struct stage_place STAGE_PLACES[] = {
    {"intake", "intake", "register",
     TOPIC_LIST(&TOPIC_UPSTREAM_ORGANISATIONS, &TOPIC_UPSTREAM_PROJECTS,
                &TOPIC_UPSTREAM_REFERENCE)},
    {"eligibility", "eligibility", "assess", TOPIC_LIST(&TOPIC_ORGANISATIONS, &TOPIC_REFERENCE)},
    {"eligibility", "eligibility", "allocate", TOPIC_LIST(&TOPIC_ASSESSMENTS, &TOPIC_REFERENCE)},
    {"project-tracking", "project_tracking", "follow",
     TOPIC_LIST(&TOPIC_DECISIONS, &TOPIC_PROJECT_CHANGES)},
    {"kpi-aggregator", "kpi_aggregator", "contribute",
     TOPIC_LIST(&TOPIC_PARTICIPANTS, &TOPIC_DECISIONS, &TOPIC_PROJECTS, &TOPIC_REJECTIONS)},
    {"kpi-aggregator", "kpi_aggregator", "aggregate", TOPIC_LIST(&TOPIC_CONTRIBUTIONS)},
    {NULL, NULL, NULL, NULL},
};

#define POSITIONS(schema)                                                                          \
    {                                                                                              \
        schema,                                                                                    \
        {                                                                                          \
            "ctl_" schema,                                                                         \
                "select p.stage, p.topic, p.partition, p.next, p.halted, p.halted_detail,"         \
                " count(o.next) from " schema ".position p left join " schema ".outbox o"          \
                " using (stage, topic, partition) group by p.stage, p.topic, p.partition"          \
        }                                                                                          \
    }

static const struct schema {
    const char *name;
    struct pg_stmt positions;
} SCHEMAS[] = {POSITIONS("intake"), POSITIONS("eligibility"), POSITIONS("project_tracking"),
               POSITIONS("kpi_aggregator")};

static size_t count_rows(void)
{
    size_t count = 0;
    for (const struct stage_place *p = STAGE_PLACES; p->stage != NULL; p++)
        for (size_t i = 0; p->inputs[i] != NULL; i++)
            count += (size_t)p->inputs[i]->partitions;
    return count;
}

static void list_rows(struct arena *a, struct stage_snapshot *s)
{
    s->rows = arena_array(a, count_rows(), sizeof *s->rows);
    s->count = 0;
    for (const struct stage_place *p = STAGE_PLACES; p->stage != NULL; p++)
        for (size_t i = 0; p->inputs[i] != NULL; i++)
            for (int32_t n = 0; n < p->inputs[i]->partitions; n++)
                s->rows[s->count++] =
                    (struct stage_row){.place = p, .topic = p->inputs[i], .partition = n};
}

static bool read_ends(struct arena *a, struct stage_snapshot *s, struct err *err)
{
    struct partition_range *ranges = arena_array(a, s->count, sizeof *ranges);
    for (size_t i = 0; i < s->count; i++)
        ranges[i] = (struct partition_range){arena_dup(a, s->rows[i].topic->name).ptr,
                                             s->rows[i].partition, -1, -1};
    if (!broker_ranges(ranges, s->count, err))
        return false;
    for (size_t i = 0; i < s->count; i++) {
        s->rows[i].low = ranges[i].low;
        s->rows[i].high = ranges[i].high;
    }
    return true;
}

static struct stage_row *find_row(struct stage_snapshot *s, const char *schema,
                                  const struct pg_call *c, int at)
{
    for (size_t i = 0; i < s->count; i++) {
        struct stage_row *row = &s->rows[i];
        if (str_eq(str_of(row->place->schema), str_of(schema)) &&
            str_eq(str_of(row->place->stage), pg_text(c, at, 0)) &&
            str_eq(row->topic->name, pg_text(c, at, 1)) && row->partition == pg_i32(c, at, 2))
            return row;
    }
    return NULL;
}

static void take_positions(struct stage_snapshot *s, struct arena *a, const char *schema,
                           const struct pg_call *c)
{
    for (int at = 0; at < pg_rows(c); at++) {
        struct stage_row *row = find_row(s, schema, c, at);
        if (row == NULL)
            continue; /* of a stage or topic there was once */
        row->is_claimed = true;
        row->next = pg_i64(c, at, 3);
        row->outbox = pg_i64(c, at, 6);
        if (!pg_null(c, at, 4))
            row->halted = arena_dup(a, pg_text(c, at, 4));
        if (!pg_null(c, at, 5))
            row->detail = arena_dup(a, pg_text(c, at, 5));
    }
}

/* A service that never ran has no tables yet; then nothing of it is claimed. */
static bool schema_exists(struct pg *pg, struct arena *a, const char *schema, bool *ret,
                          struct err *err)
{
    static const struct pg_stmt stmt = {"ctl_exists", "select to_regclass($1) is not null"};
    struct pg_params params;
    pg_params_init(&params, a);
    pg_bind_text(&params, arena_fmt(a, "%s.position", schema));
    const struct pg_call *c = pg_call(pg, &stmt, &params);
    if (!pg_flush(pg, err))
        return false;
    *ret = pg_bool(c, 0, 0);
    return true;
}

static bool read_schema(struct pg *pg, struct arena *a, const struct schema *schema,
                        struct stage_snapshot *s, struct err *err)
{
    bool exists;
    if (!schema_exists(pg, a, schema->name, &exists, err))
        return false;
    if (!exists)
        return true;
    const struct pg_call *c = pg_call(pg, &schema->positions, NULL);
    if (!pg_flush(pg, err))
        return false;
    take_positions(s, a, schema->name, c);
    return true;
}

bool stages_read(struct pg *pg, struct arena *a, struct stage_snapshot *ret, struct err *err)
{
    list_rows(a, ret);
    if (!read_ends(a, ret, err) || !pg_connect(pg, err))
        return false;
    for (size_t i = 0; i < COUNT(SCHEMAS); i++)
        if (!read_schema(pg, a, &SCHEMAS[i], ret, err))
            return false;
    return true;
}

int64_t stage_lag(const struct stage_row *row)
{
    int64_t from = row->is_claimed && row->next > row->low ? row->next : row->low;
    int64_t lag = row->high > from ? row->high - from : 0;
    return lag == 0 && !row->is_claimed ? 1 : lag;
}

bool stages_idle(const struct stage_snapshot *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (stage_lag(&s->rows[i]) > 0 || s->rows[i].outbox > 0 || s->rows[i].halted.ptr != NULL)
            return false;
    return true;
}

bool stages_same(const struct stage_snapshot *a, const struct stage_snapshot *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->rows[i].next != b->rows[i].next || a->rows[i].high != b->rows[i].high)
            return false;
    return true;
}

const struct stage_row *stages_halted(const struct stage_snapshot *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i].halted.ptr != NULL)
            return &s->rows[i];
    return NULL;
}

const struct stage_place *stage_find(struct str name)
{
    for (const struct stage_place *p = STAGE_PLACES; p->stage != NULL; p++)
        if (str_eq(str_of(p->stage), name))
            return p;
    return NULL;
}
