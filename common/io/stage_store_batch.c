/* stage_store_batch: the stage's own part of a batch's transaction: positions move first, so that
 * nothing else is done by whoever does not own them; what came out and what was seen goes last. */
#include "common/io/faults.h"
#include "common/io/stage_store.h"

/* A row that stays a little longer costs nothing but its publication once more after a claim; a
 * statement in every small transaction costs a tenth of it. */
#define DELETE_EVERY_MS 100

static const struct pg_stmt MOVE = {
    "stage_move",
    "with moved as ("
    " update position p set next = m.next, fingerprint = m.fingerprint"
    " from unnest($2::text[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])"
    "      m(topic, partition, epoch, expected, next, fingerprint)"
    " where p.stage = $1 and p.topic = m.topic and p.partition = m.partition"
    "   and p.epoch = m.epoch and p.next = m.expected"
    " returning 1)"
    " select require_moved((select count(*) from moved), $8)"};

/* The planted bug that the kill test must find. */
static const struct pg_stmt MOVE_ANYHOW = {
    "stage_move_anyhow",
    "update position p set next = m.next, fingerprint = m.fingerprint"
    " from unnest($2::text[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])"
    "      m(topic, partition, epoch, expected, next, fingerprint)"
    " where p.stage = $1 and p.topic = m.topic and p.partition = m.partition"
    "   and (m.epoch, m.expected, $8) is not null"};

static const struct pg_stmt SEEN_STORE = {
    "stage_seen_store",
    "insert into seen as s (stage, topic, partition, source, sequence_offset, sequence_index)"
    " select $1, x.* from unnest($2::text[], $3::int4[], $4::text[], $5::int8[], $6::int4[]) x"
    " on conflict (stage, topic, partition, source) do update"
    " set sequence_offset = excluded.sequence_offset, sequence_index = excluded.sequence_index"};

static const struct pg_stmt OUTBOX_ADD = {
    "stage_outbox_add",
    "insert into outbox (stage, topic, partition, next, outputs, payload)"
    " select $1, x.* from unnest($2::text[], $3::int4[], $4::int8[], $5::int4[], $6::bytea[]) x"};

/* The epoch guards against a paused owner's late deletion after an operator set `next` back. What was
 * deleted before stays in the index until the next vacuum, and would be looked at each time. */
static const struct pg_stmt OUTBOX_DELETE = {
    "stage_outbox_delete",
    "delete from outbox o"
    " using unnest($2::text[], $3::int4[], $4::int8[], $5::int8[], $6::int8[])"
    "       a(topic, partition, epoch, deleted, next)"
    " join position p on p.stage = $1 and p.topic = a.topic and p.partition = a.partition"
    "                and p.epoch = a.epoch"
    " where o.stage = $1 and o.topic = a.topic and o.partition = a.partition"
    "   and o.next > a.deleted and o.next <= a.next"};

static bool is_touched(const struct claim *c)
{
    return c->touched;
}

static bool is_acked(const struct claim *c)
{
    return c->acked >= 0;
}

void store_move(struct stage_thread *t)
{
    struct pg_params p;
    struct pg_array epochs, expected, next, fingerprints;
    int64_t count = 0;
    store_bind_claims(t, &p, is_touched, NULL);
    pg_array_init(&epochs, &t->arena, PG_INT8);
    pg_array_init(&expected, &t->arena, PG_INT8);
    pg_array_init(&next, &t->arena, PG_INT8);
    pg_array_init(&fingerprints, &t->arena, PG_INT8);
    for (size_t i = 0; i < t->claim_count; i++) {
        const struct claim *c = &t->claims[i];
        if (!c->touched)
            continue;
        count++;
        pg_push_i64(&epochs, c->epoch);
        pg_push_i64(&expected, c->next);
        pg_push_i64(&next, c->range_next);
        pg_push_i64(&fingerprints, (int64_t)c->range_fingerprint);
    }
    pg_bind_array(&p, &epochs);
    pg_bind_array(&p, &expected);
    pg_bind_array(&p, &next);
    pg_bind_array(&p, &fingerprints);
    pg_bind_i64(&p, count);
    (void)pg_call(t->pg, planted_bug("skip_epoch") ? &MOVE_ANYHOW : &MOVE, &p);
}

struct seen_arrays {
    struct pg_array topics, partitions, sources, offsets, indexes;
};

static void push_seen(struct seen_arrays *x, const struct claim *c, struct seen_source *source)
{
    pg_push_text(&x->topics, c->topic->name);
    pg_push_i32(&x->partitions, c->partition);
    pg_push_text(&x->sources, source->name);
    pg_push_i64(&x->offsets, source->to_store.offset);
    pg_push_i32(&x->indexes, source->to_store.index);
    source->changed = false;
}

/* The highest sequence of each source among the records of this transaction, which may be fewer than
 * those polled. */
static void mark_seen(struct stage_thread *t, const struct stage_run *run)
{
    for (size_t i = run->low; i < run->high; i++) {
        struct taken *x = &t->taken[i];
        if (x->source == NULL || x->fate == FATE_SKIP)
            continue;
        x->source->to_store = x->message.event.sequence;
        x->source->changed = true;
    }
}

static void store_seen(struct stage_thread *t, const struct stage_run *run)
{
    struct seen_arrays x;
    struct pg_params p;
    pg_array_init(&x.topics, &t->arena, PG_TEXT);
    pg_array_init(&x.partitions, &t->arena, PG_INT4);
    pg_array_init(&x.sources, &t->arena, PG_TEXT);
    pg_array_init(&x.offsets, &t->arena, PG_INT8);
    pg_array_init(&x.indexes, &t->arena, PG_INT4);
    mark_seen(t, run);
    for (size_t i = run->low; i < run->high; i++)
        if (t->taken[i].source != NULL && t->taken[i].source->changed)
            push_seen(&x, t->taken[i].claim, t->taken[i].source);
    if (x.sources.count == 0)
        return;
    pg_params_init(&p, &t->arena);
    pg_bind_text(&p, str_of(t->stage->name));
    pg_bind_array(&p, &x.topics);
    pg_bind_array(&p, &x.partitions);
    pg_bind_array(&p, &x.sources);
    pg_bind_array(&p, &x.offsets);
    pg_bind_array(&p, &x.indexes);
    (void)pg_call(t->pg, &SEEN_STORE, &p);
}

static bool has_outputs(const struct claim *c)
{
    return c->touched && c->writer.records > 0;
}

static void store_outbox(struct stage_thread *t)
{
    struct pg_params p;
    struct pg_array next, outputs, payloads;
    pg_array_init(&next, &t->arena, PG_INT8);
    pg_array_init(&outputs, &t->arena, PG_INT4);
    pg_array_init(&payloads, &t->arena, PG_BYTEA);
    for (size_t i = 0; i < t->claim_count; i++) {
        const struct claim *c = &t->claims[i];
        if (!has_outputs(c))
            continue;
        pg_push_i64(&next, c->range_next);
        pg_push_i32(&outputs, c->writer.records);
        pg_push_text(&payloads, buf_view(&c->payload));
    }
    if (next.count == 0)
        return;
    store_bind_claims(t, &p, has_outputs, NULL);
    pg_bind_array(&p, &next);
    pg_bind_array(&p, &outputs);
    pg_bind_array(&p, &payloads);
    (void)pg_call(t->pg, &OUTBOX_ADD, &p);
}

bool store_any_acked(const struct stage_thread *t)
{
    for (size_t i = 0; i < t->claim_count; i++)
        if (is_acked(&t->claims[i]))
            return true;
    return false;
}

void store_delete_acked(struct stage_thread *t)
{
    struct pg_params p;
    struct pg_array epochs, deleted, next;
    crash_point("before_ack_delete");
    pg_array_init(&epochs, &t->arena, PG_INT8);
    pg_array_init(&deleted, &t->arena, PG_INT8);
    pg_array_init(&next, &t->arena, PG_INT8);
    for (size_t i = 0; i < t->claim_count; i++) {
        if (!is_acked(&t->claims[i]))
            continue;
        pg_push_i64(&epochs, t->claims[i].epoch);
        pg_push_i64(&deleted, t->claims[i].deleted);
        pg_push_i64(&next, t->claims[i].acked);
    }
    store_bind_claims(t, &p, is_acked, NULL);
    pg_bind_array(&p, &epochs);
    pg_bind_array(&p, &deleted);
    pg_bind_array(&p, &next);
    (void)pg_call(t->pg, &OUTBOX_DELETE, &p);
}

void store_acked_deleted(struct stage_thread *t)
{
    for (size_t i = 0; i < t->claim_count; i++)
        if (is_acked(&t->claims[i])) {
            t->claims[i].deleted = t->claims[i].acked;
            t->claims[i].acked = -1;
        }
    t->delete_at_ms = stage_now_ms() + DELETE_EVERY_MS;
}

void store_finish(struct stage_thread *t, const struct stage_run *run)
{
    store_seen(t, run);
    store_outbox(t);
    bool due = stage_now_ms() >= t->delete_at_ms || planted_bug("delete_early");
    t->deleting = due && store_any_acked(t);
    if (t->deleting)
        store_delete_acked(t);
}
