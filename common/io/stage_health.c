/* stage_health: what others may know of a stage thread. Atomics, but for one sentence under a lock. */
#include <stdio.h>
#include <stdlib.h>

#include "common/io/stage_impl.h"

#define JOIN_QUIETLY_MS 15000
#define ENDS_EVERY_MS 2000

static const char *const PHASES[] = {
    [PHASE_JOINING] = "joining its group", [PHASE_CLAIMING] = "claiming partitions",
    [PHASE_RUNNING] = "running",           [PHASE_WAITING] = "waiting",
    [PHASE_DRAINING] = "draining",         [PHASE_ENDED] = "ended",
};

static void set_up(struct metric *m, const struct stage *st, int number, enum metric_kind kind,
                   const char *name, const char *help)
{
    m->name = name;
    m->help = help;
    m->kind = kind;
    (void)snprintf(m->labels, sizeof m->labels, "stage=\"%s\",thread=\"%d\"", st->name, number);
    metrics_register(m);
}

struct stage_metrics *stage_metrics_new(const struct stage *st, int number)
{
    struct stage_metrics *x = calloc(1, sizeof *x);
    if (x == NULL)
        abort();
    const struct {
        struct metric *metric;
        enum metric_kind kind;
        const char *name, *help;
    } rows[] = {
        // clang-format off
        {&x->events, METRIC_COUNTER, "mosaic_stage_events_total", "Input records taken in."},
        {&x->skipped, METRIC_COUNTER, "mosaic_stage_skipped_total", "Input records that were repeats."},
        {&x->outputs, METRIC_COUNTER, "mosaic_stage_outputs_total", "Outputs committed, dead letters included."},
        {&x->dead_letters, METRIC_COUNTER, "mosaic_stage_dead_letters_total", "Input records given up."},
        {&x->batches, METRIC_COUNTER, "mosaic_stage_batches_total", "Transactions committed."},
        {&x->batch_us, METRIC_COUNTER, "mosaic_stage_batch_microseconds_total", "Time from polled to committed."},
        {&x->retries, METRIC_COUNTER, "mosaic_stage_retries_total", "Attempts that failed and were made again."},
        {&x->claims, METRIC_COUNTER, "mosaic_stage_claims_total", "Partitions claimed."},
        {&x->republished, METRIC_COUNTER, "mosaic_stage_republished_total", "Outputs published again from the outbox."},
        {&x->halted, METRIC_GAUGE, "mosaic_stage_halted_partitions", "Partitions standing still for an operator."},
        {&x->unacknowledged, METRIC_GAUGE, "mosaic_stage_unacknowledged_outputs", "Outputs on their way to the broker."},
        {&x->lag, METRIC_GAUGE, "mosaic_stage_lag_records", "Input records not yet taken in, those of halted partitions too."},
        // clang-format on
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        set_up(rows[i].metric, st, number, rows[i].kind, rows[i].name, rows[i].help);
    return x;
}

void metric_add(struct metric *m, int64_t n)
{
    atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

static void metric_set(struct metric *m, int64_t n)
{
    atomic_store_explicit(&m->value, n, memory_order_relaxed);
}

void stage_phase_set(struct stage_thread *t, enum stage_phase phase)
{
    if (atomic_exchange(&t->phase, (int)phase) == PHASE_RUNNING && phase != PHASE_RUNNING)
        atomic_store(&t->rejoining_ms, stage_now_ms());
}

/* Joining is no trouble while it is short: because the group shares its partitions out anew, or
 * because the stage's first thread has them all for the moment. */
static bool joins_quietly(const struct stage_thread *t)
{
    int64_t rejoining = atomic_load(&t->rejoining_ms);
    if (rejoining == 0 && atomic_load(&t->peers->first_joined_ms) != 0)
        rejoining = t->started_ms;
    return rejoining != 0 && stage_now_ms() - rejoining < JOIN_QUIETLY_MS;
}

static bool phase_is_ready(const struct stage_thread *t, enum stage_phase phase)
{
    switch (phase) {
    case PHASE_RUNNING: return true;
    case PHASE_JOINING:
    case PHASE_CLAIMING: return joins_quietly(t);
    case PHASE_WAITING:
    case PHASE_DRAINING:
    case PHASE_ENDED: break;
    }
    return false;
}

void stage_trouble_set(struct stage_thread *t, const char *text)
{
    (void)pthread_mutex_lock(&t->lock);
    (void)snprintf(t->trouble, sizeof t->trouble, "%s", text);
    (void)pthread_mutex_unlock(&t->lock);
}

/* The slot of an input partition; -1 for one beyond the topic table's number. */
static int64_t halt_slot(const struct stage_thread *t, const struct topic *topic, int32_t partition)
{
    int64_t slot = 0;
    for (const struct topic *const *in = t->stage->inputs; *in != topic; in++)
        slot += (*in)->partitions;
    return partition < topic->partitions ? slot + partition : -1;
}

void stage_halts_set(struct stage_thread *t)
{
    int64_t halted = 0;
    for (size_t i = 0; i < t->halts_count; i++)
        atomic_store(&t->halts[i], HALT_NONE);
    for (size_t i = 0; i < t->claim_count; i++) {
        const struct claim *c = &t->claims[i];
        int64_t slot = halt_slot(t, c->topic, c->partition);
        if (c->state != CLAIM_HALTED)
            continue;
        halted++;
        if (slot >= 0)
            atomic_store(&t->halts[slot], (int)c->halt);
    }
    metric_set(&t->metrics->halted, halted);
}

/* Of a partition that was ours and is not read now: it is halted, or the database is away. */
static bool stands_still(const struct claim *c)
{
    return c->state != CLAIM_RUNNING && c->epoch > 0;
}

/* librdkafka hears of the ends of logs while it reads them; of the others somebody has to ask. */
static void ask_for_ends(struct stage_thread *t)
{
    struct err unheard;
    int64_t low;
    if (t->consumer.away || stage_now_ms() < t->ends_at_ms)
        return;
    t->ends_at_ms = stage_now_ms() + ENDS_EVERY_MS;
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        if (stands_still(c) &&
            !kafka_watermarks(&t->consumer, c->topic->name, c->partition, &low, &c->end, &unheard))
            return;
    }
}

static int64_t end_of(const struct stage_thread *t, const struct claim *c)
{
    int64_t low, high;
    if (stands_still(c))
        return c->end;
    return c->state == CLAIM_RUNNING &&
                   rd_kafka_get_watermark_offsets(t->consumer.handle, c->topic->name.ptr,
                                                  c->partition, &low,
                                                  &high) == RD_KAFKA_RESP_ERR_NO_ERROR
               ? high
               : 0;
}

static int64_t lag(const struct stage_thread *t)
{
    int64_t sum = 0;
    for (size_t i = 0; i < t->claim_count; i++) {
        int64_t end = end_of(t, &t->claims[i]);
        if (end > t->claims[i].next)
            sum += end - t->claims[i].next;
    }
    return sum;
}

void stage_gauges_set(struct stage_thread *t)
{
    int running = 0;
    for (size_t i = 0; i < t->claim_count; i++)
        running += t->claims[i].state == CLAIM_RUNNING;
    atomic_store(&t->running, running);
    atomic_store(&t->away, t->consumer.away);
    metric_set(&t->metrics->unacknowledged, t->inflight.outputs);
    if (stage_now_ms() < t->gauges_at_ms)
        return;
    t->gauges_at_ms = stage_now_ms() + 500;
    ask_for_ends(t);
    metric_set(&t->metrics->lag, lag(t));
}

static void write_halts(const struct stage_thread *t, struct buf *out, bool *ready)
{
    size_t slot = 0;
    for (const struct topic *const *in = t->stage->inputs; *in != NULL; in++) {
        for (int32_t p = 0; p < (*in)->partitions; p++, slot++) {
            enum halt halt = (enum halt)atomic_load(&t->halts[slot]);
            if (halt == HALT_NONE)
                continue;
            *ready = false;
            buf_fmt(out, "stage %s: %.*s [%d] is halted: %s\n", t->part, STR_ARG((*in)->name), p,
                    halt_name(halt));
        }
    }
}

void stage_health(const struct stage_thread *t, struct buf *verbose, bool *ready)
{
    enum stage_phase phase = (enum stage_phase)atomic_load(&t->phase);
    bool away = atomic_load(&t->away);
    if (!phase_is_ready(t, phase) || away)
        *ready = false;
    buf_fmt(verbose, "stage %s: %s, %d partitions%s", t->part, PHASES[phase],
            atomic_load(&t->running), away ? ", no broker can be reached" : "");
    (void)pthread_mutex_lock((pthread_mutex_t *)&t->lock);
    if (phase != PHASE_RUNNING && t->trouble[0] != '\0')
        buf_fmt(verbose, ", %s", t->trouble);
    (void)pthread_mutex_unlock((pthread_mutex_t *)&t->lock);
    buf_char(verbose, '\n');
    write_halts(t, verbose, ready);
}
