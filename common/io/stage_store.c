/* stage_store: what is read and written before a partition is ours, and when it halts. */
#include "common/io/stage_store.h"

static const struct pg_stmt CLAIM = {
    "stage_claim",
    "update position p set epoch = p.epoch + 1, owner = $2"
    " from unnest($3::text[], $4::int4[]) c(topic, partition)"
    " where p.stage = $1 and p.topic = c.topic and p.partition = c.partition"
    " returning p.topic, p.partition, p.epoch, p.next, p.fingerprint, p.incarnation, p.halted"};

static const struct pg_stmt FIRST_SIGHT = {
    "stage_first_sight",
    "insert into position (stage, topic, partition, epoch, next) values ($1, $2, $3, 0, $4)"
    " on conflict do nothing"};

static const struct pg_stmt SEEN_LOAD = {
    "stage_seen_load",
    "select s.topic, s.partition, s.source, s.sequence_offset, s.sequence_index"
    " from unnest($2::text[], $3::int4[]) c(topic, partition)"
    " join seen s on s.stage = $1 and s.topic = c.topic and s.partition = c.partition"};

static const struct pg_stmt OUTBOX_LIST = {
    "stage_outbox_list",
    "select o.topic, o.partition, o.next, o.outputs"
    " from unnest($2::text[], $3::int4[]) c(topic, partition)"
    " join outbox o on o.stage = $1 and o.topic = c.topic and o.partition = c.partition"
    " order by o.topic, o.partition, o.next"};

static const struct pg_stmt OUTBOX_READ = {
    "stage_outbox_read",
    "select payload from outbox where stage = $1 and topic = $2 and partition = $3 and next = $4"};

static const struct pg_stmt HALT = {
    "stage_halt", "update position set halted = $5, halted_detail = $6, halted_at = now()"
                  " where stage = $1 and topic = $2 and partition = $3 and epoch = $4"};

static const struct pg_stmt PING = {"stage_ping", "select 1"};

static const struct pg_stmt RESOLVED = {
    "stage_resolved",
    "select count(*) from unnest($2::text[], $3::int4[]) c(topic, partition)"
    " join position p on p.stage = $1 and p.topic = c.topic and p.partition = c.partition"
    " where p.halted is null"};

static const struct pg_stmt TOPICS_FIRST_SIGHT = {
    "stage_topics_first_sight",
    "insert into output_topic (topic, partitions) select * from unnest($1::text[], $2::int4[])"
    " on conflict do nothing"};

static const struct pg_stmt TOPICS_CHANGED = {
    "stage_topics_changed",
    "select c.topic, o.partitions from unnest($1::text[], $2::int4[]) c(topic, partitions)"
    " join output_topic o on o.topic = c.topic and o.partitions <> c.partitions limit 1"};

static bool is_claimed(const struct claim *c)
{
    (void)c;
    return true;
}

static bool is_halted(const struct claim *c)
{
    return c->state == CLAIM_HALTED;
}

void store_bind_claims(struct stage_thread *t, struct pg_params *p,
                       bool (*chosen)(const struct claim *), const char *owner)
{
    struct pg_array topics, partitions;
    pg_params_init(p, &t->arena);
    pg_array_init(&topics, &t->arena, PG_TEXT);
    pg_array_init(&partitions, &t->arena, PG_INT4);
    for (size_t i = 0; i < t->claim_count; i++) {
        if (!chosen(&t->claims[i]))
            continue;
        pg_push_text(&topics, t->claims[i].topic->name);
        pg_push_i32(&partitions, t->claims[i].partition);
    }
    pg_bind_text(p, str_of(t->stage->name));
    if (owner != NULL)
        pg_bind_text(p, str_of(owner));
    pg_bind_array(p, &topics);
    pg_bind_array(p, &partitions);
}

static struct claim *claim_at(struct stage_thread *t, const struct pg_call *rows, int row)
{
    struct str topic = pg_text(rows, row, 0);
    int32_t partition = pg_i32(rows, row, 1);
    for (size_t i = 0; i < t->claim_count; i++)
        if (t->claims[i].partition == partition && str_eq(t->claims[i].topic->name, topic))
            return &t->claims[i];
    return NULL;
}

/* After an operator has set `next` by hand offsets may come again, so the source gets another name. */
static struct str source_of(struct stage_thread *t, const struct claim *c, int32_t incarnation)
{
    struct str source = arena_fmt(&t->claim_arena, "%s/%s/%.*s/%d", t->settings->service,
                                  t->stage->name, STR_ARG(c->topic->name), c->partition);
    if (incarnation == 0)
        return source;
    return arena_fmt(&t->claim_arena, "%.*s/%d", STR_ARG(source), incarnation);
}

static void load_claim(struct stage_thread *t, struct claim *c, const struct pg_call *rows, int row)
{
    c->epoch = pg_i64(rows, row, 2);
    c->next = pg_i64(rows, row, 3);
    c->has_fingerprint = !pg_null(rows, row, 4);
    c->fingerprint = c->has_fingerprint ? (uint64_t)pg_i64(rows, row, 4) : 0;
    c->source = source_of(t, c, pg_i32(rows, row, 5));
    c->halt = pg_null(rows, row, 6) ? HALT_NONE : halt_parse(pg_text(rows, row, 6));
    c->state = c->halt == HALT_NONE ? CLAIM_RUNNING : CLAIM_HALTED;
    c->acked = c->deleted = -1;
}

static void load_seen(struct stage_thread *t, const struct pg_call *rows)
{
    for (int i = 0; i < pg_rows(rows); i++) {
        struct claim *c = claim_at(t, rows, i);
        if (c != NULL)
            seen_source(&c->seen, pg_text(rows, i, 2))->highest =
                (struct sequence){pg_i64(rows, i, 3), pg_i32(rows, i, 4)};
    }
}

static bool still_wanted(const struct claim *c)
{
    return c->state == CLAIM_WANTED;
}

/* Partitions nobody of this stage has read yet begin where their log begins. */
static bool first_sight(struct stage_thread *t, struct err *err)
{
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        struct pg_params p;
        int64_t low, high;
        if (!still_wanted(c))
            continue;
        if (!kafka_watermarks(&t->consumer, c->topic->name, c->partition, &low, &high, err))
            return false;
        pg_params_init(&p, &t->arena);
        pg_bind_text(&p, str_of(t->stage->name));
        pg_bind_text(&p, c->topic->name);
        pg_bind_i32(&p, c->partition);
        pg_bind_i64(&p, low);
        (void)pg_call(t->pg, &FIRST_SIGHT, &p);
    }
    return pg_flush(t->pg, err);
}

/* Sets *ret_missing if some partition has no row yet. */
static bool claim_known(struct stage_thread *t, bool *ret_missing, struct err *err)
{
    struct pg_params p, q;
    store_bind_claims(t, &p, still_wanted, t->client_id);
    store_bind_claims(t, &q, still_wanted, NULL);
    pg_begin(t->pg);
    const struct pg_call *rows = pg_call(t->pg, &CLAIM, &p);
    const struct pg_call *seen = pg_call(t->pg, &SEEN_LOAD, &q);
    if (!pg_commit(t->pg, err))
        return false;
    for (int i = 0; i < pg_rows(rows); i++) {
        struct claim *c = claim_at(t, rows, i);
        if (c != NULL)
            load_claim(t, c, rows, i);
    }
    load_seen(t, seen);
    *ret_missing = false;
    for (size_t i = 0; i < t->claim_count; i++)
        *ret_missing = *ret_missing || still_wanted(&t->claims[i]);
    return true;
}

bool store_claim(struct stage_thread *t, struct err *err)
{
    bool missing;
    if (!claim_known(t, &missing, err))
        return false;
    if (!missing)
        return true;
    if (!first_sight(t, err) || !claim_known(t, &missing, err))
        return false;
    return !missing || err_set(err, ERR_RETRY, "a position could not be created");
}

bool store_outbox_list(struct stage_thread *t, struct outbox_row **ret, size_t *ret_count,
                       struct err *err)
{
    struct pg_params p;
    store_bind_claims(t, &p, is_claimed, NULL);
    const struct pg_call *rows = pg_call(t->pg, &OUTBOX_LIST, &p);
    if (!pg_flush(t->pg, err))
        return false;
    struct outbox_row *list = arena_array(&t->arena, (size_t)pg_rows(rows), sizeof *list);
    for (int i = 0; i < pg_rows(rows); i++)
        list[i] = (struct outbox_row){claim_at(t, rows, i), pg_i64(rows, i, 2), pg_i32(rows, i, 3)};
    *ret = list;
    *ret_count = (size_t)pg_rows(rows);
    return true;
}

bool store_outbox_read(struct stage_thread *t, const struct outbox_row *row, struct str *ret,
                       struct err *err)
{
    struct pg_params p;
    pg_params_init(&p, &t->arena);
    pg_bind_text(&p, str_of(t->stage->name));
    pg_bind_text(&p, row->claim->topic->name);
    pg_bind_i32(&p, row->claim->partition);
    pg_bind_i64(&p, row->next);
    const struct pg_call *rows = pg_call(t->pg, &OUTBOX_READ, &p);
    if (!pg_flush(t->pg, err))
        return false;
    if (pg_rows(rows) != 1)
        return err_set(err, ERR_RETRY, "an outbox row has gone");
    *ret = pg_text(rows, 0, 0);
    return true;
}

bool store_halt(struct stage_thread *t, const struct claim *c, enum halt halt, const char *detail,
                struct err *err)
{
    struct pg_params p;
    pg_params_init(&p, &t->arena);
    pg_bind_text(&p, str_of(t->stage->name));
    pg_bind_text(&p, c->topic->name);
    pg_bind_i32(&p, c->partition);
    pg_bind_i64(&p, c->epoch);
    pg_bind_text(&p, str_of(halt_name(halt)));
    pg_bind_text(&p, str_of(detail));
    (void)pg_call(t->pg, &HALT, &p);
    return pg_flush(t->pg, err);
}

bool store_ping(struct stage_thread *t, struct err *err)
{
    struct pg_params p;
    pg_params_init(&p, &t->arena);
    (void)pg_call(t->pg, &PING, &p);
    return pg_flush(t->pg, err);
}

bool store_any_resolved(struct stage_thread *t, bool *ret, struct err *err)
{
    struct pg_params p;
    arena_reset(&t->arena);
    store_bind_claims(t, &p, is_halted, NULL);
    const struct pg_call *rows = pg_call(t->pg, &RESOLVED, &p);
    if (!pg_flush(t->pg, err))
        return false;
    *ret = pg_i64(rows, 0, 0) > 0;
    return true;
}

bool store_output_topics(struct stage_thread *t, const struct out_topic **ret, int32_t *ret_was,
                         struct err *err)
{
    struct pg_params p;
    struct pg_array topics, partitions;
    pg_params_init(&p, &t->arena);
    pg_array_init(&topics, &t->arena, PG_TEXT);
    pg_array_init(&partitions, &t->arena, PG_INT4);
    for (size_t i = 0; i < t->out_count; i++) {
        if (t->out[i].dead_letters)
            continue;
        pg_push_text(&topics, t->out[i].topic->name);
        pg_push_i32(&partitions, t->out[i].partitions);
    }
    pg_bind_array(&p, &topics);
    pg_bind_array(&p, &partitions);
    (void)pg_call(t->pg, &TOPICS_FIRST_SIGHT, &p);
    const struct pg_call *rows = pg_call(t->pg, &TOPICS_CHANGED, &p);
    if (!pg_flush(t->pg, err))
        return false;
    *ret = NULL;
    for (size_t i = 0; pg_rows(rows) > 0 && i < t->out_count; i++)
        if (str_eq(t->out[i].topic->name, pg_text(rows, 0, 0)))
            *ret = &t->out[i];
    *ret_was = *ret != NULL ? pg_i32(rows, 0, 1) : 0;
    return true;
}
