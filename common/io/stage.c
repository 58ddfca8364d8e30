/* stage: the loop of one stage thread, straight from top to bottom. stage_claim.c makes partitions
 * ours, stage_poll.c takes in records, stage_batch.c gives them their effect in one transaction,
 * stage_publish.c sends what came out of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/io/log.h"
#include "common/io/stage_store.h"

#define RETRY_FIRST_MS 100
#define RETRY_LAST_MS 5000
#define WAIT_SLICE_MS 50
#define PROBE_EVERY_MS 1000
#define GATHER_SLICE_MS 5

int64_t stage_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t stage_now_ms(void)
{
    return stage_now_us() / 1000;
}

bool stage_stopping(const struct stage_thread *t)
{
    return atomic_load_explicit(&t->stop, memory_order_relaxed);
}

static void read_nothing(struct stage_thread *t)
{
    if (t->consumer.handle == NULL)
        return;
    rd_kafka_topic_partition_list_t *nothing = rd_kafka_topic_partition_list_new(0);
    (void)rd_kafka_assign(t->consumer.handle, nothing);
    rd_kafka_topic_partition_list_destroy(nothing);
}

void stage_let_go(struct stage_thread *t)
{
    read_nothing(t);
    inflight_init(&t->inflight, t->owners, t->claim_count);
    for (size_t i = 0; i < t->claim_count; i++) {
        t->claims[i].state = CLAIM_WANTED;
        t->claims[i].acked = -1;
        seen_done(&t->claims[i].seen);
    }
    t->unclaimed = t->assigned;
}

void stage_trouble(struct stage_thread *t, const struct err *err)
{
    bool fenced = strcmp(err->code, STAGE_FENCED) == 0;
    stage_let_go(t);
    t->retry_after_ms = t->retry_after_ms == 0 ? RETRY_FIRST_MS : t->retry_after_ms * 2;
    if (t->retry_after_ms > RETRY_LAST_MS)
        t->retry_after_ms = RETRY_LAST_MS;
    t->retry_at_ms = stage_now_ms() + t->retry_after_ms;
    metric_add(&t->metrics->retries, 1);
    stage_phase_set(t, PHASE_WAITING);
    stage_trouble_set(t, err->text);
    if (strcmp(t->logged, err->text) == 0)
        return;
    (void)snprintf(t->logged, sizeof t->logged, "%s", err->text);
    log_line(err->kind == ERR_RETRY || fenced ? LOG_WARN : LOG_ERROR, t->part,
             fenced ? "another owner has a partition; claiming anew"
                    : "cannot go on; will try again",
             LOG_S("error", err->text), LOG_S("kind", err_kind_text(err->kind)),
             LOG_S("sqlstate", err->code), LOG_I("retry_ms", t->retry_after_ms), LOG_END);
}

bool stage_wait(struct stage_thread *t, int64_t ms)
{
    uint64_t before = t->assignments;
    int64_t until = stage_now_ms() + ms;
    do {
        int64_t left = until - stage_now_ms();
        int slice = left > WAIT_SLICE_MS ? WAIT_SLICE_MS : left > 0 ? (int)left : 0;
        rd_kafka_message_t *stray = rd_kafka_consumer_poll(t->consumer.handle, slice);
        if (stray != NULL)
            rd_kafka_message_destroy(stray);
        stage_serve(t, 0);
        if (t->assignments != before || stage_stopping(t))
            return false;
    } while (stage_now_ms() < until);
    return true;
}

bool stage_subscribe(struct stage_thread *t, struct err *err)
{
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(4);
    for (const struct topic *const *in = t->stage->inputs; *in != NULL; in++)
        (void)rd_kafka_topic_partition_list_add(topics, (*in)->name.ptr, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(t->consumer.handle, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    t->subscribed = code == RD_KAFKA_RESP_ERR_NO_ERROR;
    return t->subscribed || err_set(err, ERR_FATAL, "cannot subscribe: %s", rd_kafka_err2str(code));
}

bool stage_consumer(struct stage_thread *t, struct err *err)
{
    struct kafka_consumer_options options = {.group = t->group, .client_id = t->client_id};
    t->consumer.part = t->part;
    t->consumer.owner = t;
    t->consumer.on_rebalance = stage_on_rebalance;
    return kafka_consumer(&t->consumer, t->settings, &options, err);
}

static void renew_consumer(struct stage_thread *t)
{
    struct err err = {0};
    log_line(LOG_WARN, t->part, "the consumer has failed; making a new one", LOG_END);
    kafka_done(&t->consumer, false);
    stage_drop_claims(t);
    if (!stage_consumer(t, &err) || !stage_subscribe(t, &err)) {
        log_line(LOG_ERROR, t->part, "no consumer", LOG_S("error", err.text), LOG_END);
        abort(); /* it could be made before, and nothing here can go on without */
    }
    t->assigned = false;
    stage_let_go(t);
    stage_phase_set(t, PHASE_JOINING);
}

/* A new producer publishes again what the old one left in the outbox, so nothing has to be known
 * about how far the old one came. */
static void renew_producer(struct stage_thread *t)
{
    struct err err = {0};
    if (t->refused != NULL)
        stage_halt(t, t->refused, HALT_OUTPUT_REFUSED, t->refused_why);
    t->refused = NULL;
    stage_producer_done(t);
    (void)err_set(&err, ERR_RETRY, "the producer has failed; making a new one");
    stage_trouble(t, &err);
}

static void join_group(struct stage_thread *t)
{
    struct err err = {0};
    if (!stage_subscribe(t, &err))
        stage_trouble(t, &err);
}

/* Whatever else there is to do between two batches. */
static void look_around(struct stage_thread *t)
{
    if (!t->subscribed && stage_peers_may_join(t->peers, t->number, t->started_ms, stage_now_ms()))
        join_group(t);
    stage_serve(t, 0);
    if (t->consumer.fatal)
        renew_consumer(t);
    if (t->producer.fatal || t->producer_broken)
        renew_producer(t);
    if (t->consumer.away && stage_now_ms() >= t->probe_at_ms) {
        (void)kafka_probe(&t->consumer);
        t->probe_at_ms = stage_now_ms() + PROBE_EVERY_MS;
    }
    stage_check(t);
    stage_gauges_set(t);
}

/* Lets the next batch grow for a moment. Acknowledgements are taken meanwhile, so that the batch deletes
 * their outbox rows. */
static void gather(struct stage_thread *t)
{
    int64_t left_us;
    while ((left_us = t->gather_until_us - stage_now_us()) > 0 && t->producer.handle != NULL &&
           !stage_stopping(t) && rd_kafka_queue_length(t->consumer.queue) < t->batch_max) {
        int64_t slice_ms = (left_us + 999) / 1000;
        stage_serve(t, slice_ms > GATHER_SLICE_MS ? GATHER_SLICE_MS : (int)slice_ms);
    }
}

static void round_of_work(struct stage_thread *t)
{
    look_around(t);
    if (!stage_claim(t)) {
        int64_t pause = t->retry_at_ms - stage_now_ms();
        (void)stage_wait(t, pause > WAIT_SLICE_MS ? WAIT_SLICE_MS : pause);
        return;
    }
    gather(t);
    if (stage_poll(t)) {
        int64_t began_us = stage_now_us();
        stage_batch(t);
        t->gather_until_us = began_us + pace_after(&t->pace, stage_now_us() - began_us);
    } else {
        stage_tidy(t);
    }
    stage_report(t, false);
}

/* While the group answers, the other two connections can be made. */
static void warm_up(struct stage_thread *t)
{
    struct err err = {0};
    if (!stage_producer(t, &err) || !pg_connect(t->pg, &err))
        stage_trouble(t, &err);
}

static void drain(struct stage_thread *t)
{
    stage_phase_set(t, PHASE_DRAINING);
    struct err err = {0};
    bool delivered = stage_deliver(t, &err);
    if (!delivered)
        log_line(LOG_WARN, t->part,
                 "ends without all acknowledgements; the next one publishes again",
                 LOG_S("error", err.text), LOG_END);
    stage_tidy(t);
    stage_report(t, true);
}

void stage_loop(struct stage_thread *t)
{
    warm_up(t);
    while (!stage_stopping(t))
        round_of_work(t);
    drain(t);
    stage_producer_done(t);
    /* Leaving a group goes on asking a silent broker for a minute; the group notices by itself, too. */
    kafka_done(&t->consumer, kafka_probe(&t->consumer));
    pg_disconnect(t->pg);
}
