/* stage_claim: from "the group gave us this partition" to "we read it": raise the epoch, read `next`,
 * publish again what the outbox holds, start reading one record early to see that the log is still
 * the one we know. Also what makes a partition halt. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/io/faults.h"
#include "common/io/log.h"
#include "common/io/stage_store.h"

#define VERIFY_MS 2000
#define PING_MS 2000
#define HALTED_CHECK_MS 2000
#define TOPICS_CHECK_MS 30000

static const struct topic *input_topic(const struct stage_thread *t, struct str name)
{
    for (const struct topic *const *in = t->stage->inputs; *in != NULL; in++)
        if (str_eq((*in)->name, name))
            return *in;
    return NULL;
}

void stage_drop_claims(struct stage_thread *t)
{
    for (size_t i = 0; i < t->claim_count; i++)
        seen_done(&t->claims[i].seen);
    t->claim_count = 0;
    t->last_claim = NULL;
    t->refused = NULL;
    arena_reset(&t->claim_arena);
}

static void want(struct stage_thread *t, const rd_kafka_topic_partition_list_t *partitions)
{
    size_t count = (size_t)partitions->cnt;
    t->claims = realloc(t->claims, (count + 1) * sizeof *t->claims);
    t->owners = realloc(t->owners, (count + 1) * sizeof *t->owners);
    if (t->claims == NULL || t->owners == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        const rd_kafka_topic_partition_t *x = &partitions->elems[i];
        const struct topic *topic = input_topic(t, str_of(x->topic));
        if (topic != NULL)
            t->claims[t->claim_count++] = (struct claim){.topic = topic, .partition = x->partition};
    }
}

/* The group does not wait for the database: nothing is read until the claims are through. */
void stage_on_rebalance(void *thread, bool assigned,
                        const rd_kafka_topic_partition_list_t *partitions)
{
    struct stage_thread *t = thread;
    if (!assigned)
        stage_settle(t);
    stage_drop_claims(t);
    if (assigned)
        want(t, partitions);
    t->assigned = assigned;
    stage_let_go(t);
    if (!assigned)
        (void)rd_kafka_assign(t->consumer.handle, NULL);
    t->assignments++;
    t->retry_at_ms = 0;
    stage_halts_set(t);
    stage_phase_set(t, assigned ? PHASE_CLAIMING : PHASE_JOINING);
}

static void list_add(rd_kafka_topic_partition_list_t *list, const struct claim *c)
{
    rd_kafka_topic_partition_list_add(list, c->topic->name.ptr, c->partition)->offset =
        c->verifying ? c->polled - 1 : c->polled;
}

void stage_assign(struct stage_thread *t)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)t->claim_count);
    for (size_t i = 0; i < t->claim_count; i++)
        if (t->claims[i].state == CLAIM_RUNNING)
            list_add(list, &t->claims[i]);
    (void)rd_kafka_assign(t->consumer.handle, list);
    rd_kafka_topic_partition_list_destroy(list);
    t->fetch_may_sleep = false;
}

static void halt_in_memory(struct stage_thread *t, struct claim *c, enum halt halt,
                           const char *detail)
{
    c->state = CLAIM_HALTED;
    c->halt = halt;
    stage_halts_set(t);
    log_line(LOG_ERROR, t->part, "a partition is halted until an operator resolves it",
             LOG_S("halt", halt_name(halt)), LOG_V("topic", c->topic->name),
             LOG_I("partition", c->partition), LOG_I("next", c->next), LOG_S("detail", detail),
             LOG_END);
}

void stage_halt(struct stage_thread *t, struct claim *c, enum halt halt, const char *detail)
{
    struct err err = {0};
    if (c->state == CLAIM_HALTED)
        return;
    if (!store_halt(t, c, halt, detail, &err)) {
        pg_rollback(t->pg);
        log_line(LOG_WARN, t->part, "a halt could not be written down", LOG_S("error", err.text),
                 LOG_END);
    }
    halt_in_memory(t, c, halt, detail);
}

/* What the log says to a partition that cannot be read at `next`, or whose last record does not come. That
 * record may be gone, and then there is nothing to compare; a log that has it will bring it. */
static bool ask_the_log(struct stage_thread *t, struct claim *c, struct err *err)
{
    int64_t low, high;
    char detail[160];
    if (!kafka_watermarks(&t->consumer, c->topic->name, c->partition, &low, &high, err))
        return false;
    enum halt halt = halt_of_range(c->polled, low, high);
    if (c->polled <= low || c->topic->compacted)
        c->verifying = false;
    c->verify_by_ms = stage_now_ms() + VERIFY_MS;
    if (halt == HALT_NONE)
        return true;
    (void)snprintf(detail, sizeof detail,
                   "next is %" PRId64 ", the log holds %" PRId64 " to %" PRId64, c->polled, low,
                   high - 1);
    stage_halt(t, c, halt, detail);
    return true;
}

bool stage_reread(struct stage_thread *t, struct claim *c)
{
    struct err err = {0};
    if (!ask_the_log(t, c, &err)) {
        stage_trouble(t, &err);
        return false;
    }
    stage_assign(t);
    return true;
}

/* Reading goes on where it is if the record is still to come: beginning anew would only delay it. */
static bool ask_for_overdue(struct stage_thread *t, struct claim *c)
{
    struct err err = {0};
    if (!ask_the_log(t, c, &err)) {
        stage_trouble(t, &err);
        return false;
    }
    if (!c->verifying || c->state == CLAIM_HALTED)
        stage_assign(t);
    return true;
}

static bool publish_row(struct stage_thread *t, const struct outbox_row *row, struct err *err)
{
    struct str payload;
    while (!stage_delivered(t)) {
        stage_send(t);
        if (!stage_producer_works(t))
            return err_set(err, ERR_RETRY, "the producer has failed");
        if (!stage_wait(t, 0))
            return err_set(err, ERR_RETRY, "the assignment changed");
    }
    if (!store_outbox_read(t, row, &payload, err))
        return false;
    metric_add(&t->metrics->republished, row->outputs);
    return stage_publish(t, row->claim, row->next, row->outputs, payload, err);
}

/* All rows of a partition go out, in order, before a new one can. Nobody else can add or delete one:
 * the epoch is ours. */
static bool republish(struct stage_thread *t, struct err *err)
{
    struct outbox_row *rows;
    size_t count;
    if (!store_outbox_list(t, &rows, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].claim->state == CLAIM_RUNNING && !publish_row(t, &rows[i], err))
            return false;
        crash_point("during_republication");
    }
    return true;
}

static void halt_all(struct stage_thread *t, enum halt halt, const char *detail)
{
    for (size_t i = 0; i < t->claim_count; i++)
        stage_halt(t, &t->claims[i], halt, detail);
}

/* False only if it could not be found out. */
static bool check_output_topics(struct stage_thread *t, struct err *err)
{
    const struct out_topic *changed;
    int32_t was;
    char detail[HALT_DETAIL_BYTES];
    if (!store_output_topics(t, &changed, &was, err))
        return false;
    if (changed == NULL)
        return true;
    halt_partitions_write(detail, &(struct halt_partitions){changed->topic->name,
                                                            changed->partitions, was});
    halt_all(t, HALT_PARTITIONS_CHANGED, detail);
    return true;
}

static void start_reading(struct stage_thread *t)
{
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        c->polled = c->next;
        c->reported = c->published = -1;
        c->verifying = c->has_fingerprint && c->next > 0;
        c->verify_by_ms = stage_now_ms() + VERIFY_MS;
    }
    stage_assign(t);
    stage_halts_set(t);
}

/* Without its topic a group assigns nothing, which must not pass for "the others have it all". */
static bool inputs_exist(struct stage_thread *t, struct err *err)
{
    int32_t *counts = arena_array(&t->arena, t->input_count, sizeof *counts);
    return kafka_partition_counts(&t->consumer, t->stage->inputs, t->input_count, counts, err);
}

static bool claim_all(struct stage_thread *t, struct err *err)
{
    arena_reset(&t->arena);
    if (!stage_producer(t, err) || !pg_connect(t->pg, err) || !inputs_exist(t, err))
        return false;
    if (t->claim_count == 0)
        return true;
    if (!store_claim(t, err) || !check_output_topics(t, err) || !republish(t, err))
        return false;
    start_reading(t);
    metric_add(&t->metrics->claims, (int64_t)t->claim_count);
    return true;
}

bool stage_claim(struct stage_thread *t)
{
    struct err err = {0};
    uint64_t before = t->assignments;
    if (!t->unclaimed)
        return true;
    if (stage_now_ms() < t->retry_at_ms)
        return false;
    if (!claim_all(t, &err)) {
        pg_rollback(t->pg);
        if (t->assignments == before && !stage_stopping(t))
            stage_trouble(t, &err);
        return false;
    }
    t->unclaimed = false;
    stage_peers_joined(t->peers, stage_now_ms());
    stage_trouble_set(t, "");
    stage_phase_set(t, PHASE_RUNNING);
    stage_gauges_set(t);
    log_line(LOG_INFO, t->part, "partitions claimed", LOG_I("partitions", (int64_t)t->claim_count),
             LOG_END);
    return true;
}

static bool any_halted(const struct stage_thread *t)
{
    for (size_t i = 0; i < t->claim_count; i++)
        if (t->claims[i].state == CLAIM_HALTED)
            return true;
    return false;
}

/* Nothing else would notice that the database is away while there is nothing to do. */
static bool look_after_database(struct stage_thread *t, struct err *err)
{
    bool due = t->ping_at_ms != 0 && stage_now_ms() >= t->ping_at_ms;
    if (due && !store_ping(t, err))
        return false;
    if (due || t->ping_at_ms == 0)
        t->ping_at_ms = stage_now_ms() + PING_MS;
    return true;
}

static bool look_after_halted(struct stage_thread *t, struct err *err)
{
    bool resolved = false;
    if (stage_now_ms() < t->halted_check_at_ms || !any_halted(t))
        return true;
    t->halted_check_at_ms = stage_now_ms() + HALTED_CHECK_MS;
    if (!store_any_resolved(t, &resolved, err))
        return false;
    if (resolved) {
        log_line(LOG_INFO, t->part, "a halted partition was resolved; claiming anew", LOG_END);
        if (t->one_by_one)
            stage_producer_done(t);
        t->one_by_one = false;
        stage_let_go(t);
    }
    return true;
}

static bool look_after_topics(struct stage_thread *t, struct err *err)
{
    if (stage_now_ms() < t->check_at_ms)
        return true;
    t->check_at_ms = stage_now_ms() + TOPICS_CHECK_MS;
    if (!stage_count_partitions(t, err) || !check_output_topics(t, err))
        return false;
    if (any_halted(t))
        stage_assign(t);
    return true;
}

static bool look_after_unverified(struct stage_thread *t)
{
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        if (c->state == CLAIM_RUNNING && c->verifying && stage_now_ms() >= c->verify_by_ms)
            return ask_for_overdue(t, c);
    }
    return true;
}

void stage_check(struct stage_thread *t)
{
    struct err err = {0};
    if (t->unclaimed || t->producer.handle == NULL || !look_after_unverified(t) || t->unclaimed)
        return;
    if (!look_after_database(t, &err) || !look_after_halted(t, &err) ||
        (!t->unclaimed && !look_after_topics(t, &err))) {
        pg_rollback(t->pg);
        stage_trouble(t, &err);
    }
}
