/* stage_publish: hands outbox rows to the idempotent producer and learns what has arrived. The same
 * code sends a row for the first time and again after a claim, from the same bytes. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/core/hash.h"
#include "common/io/faults.h"
#include "common/io/log.h"
#include "common/io/stage_impl.h"

#define SETTLE_MS 1000
#define SERVE_MS 10
#define SEND_MS 1 /* by then the producer's thread has seen that it need not linger */
#define QUEUE_WAIT_MS 10000
#define AWAY_MS 500 /* an idle connection that was closed is there again by then */
#define REPORT_EVERY_MS 1000
#define FORGOTTEN_MS ((int64_t)60 * 60 * 1000) /* brokers keep a quiet producer for a day */

static void collect_acked(struct stage_thread *t)
{
    int64_t next;
    for (size_t i = 0; i < t->claim_count; i++)
        if (!inflight_idle(&t->inflight, (int32_t)i) &&
            inflight_collect(&t->inflight, (int32_t)i, &next))
            t->claims[i].acked = t->claims[i].published = next;
}

static void on_delivery(void *owner, uint64_t ticket, rd_kafka_resp_err_t err)
{
    struct stage_thread *t = owner;
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        crash_point("between_produce_and_ack");
        inflight_ack(&t->inflight, ticket);
        return;
    }
    t->producer_broken = true;
    int32_t claim = inflight_owner_of(&t->inflight, ticket);
    if (!kafka_refuses(err) || claim < 0)
        return;
    (void)snprintf(t->refused_why, sizeof t->refused_why, "%s", rd_kafka_err2str(err));
    if (t->producer_one_by_one && t->refused == NULL)
        t->refused = &t->claims[claim];
    t->one_by_one =
        true; /* a request holds many outputs; the next producer finds out which it is */
}

void stage_serve(struct stage_thread *t, int wait_ms)
{
    if (t->producer.handle == NULL)
        return;
    kafka_serve(&t->producer, wait_ms);
    collect_acked(t);
}

static int32_t largest_message(const struct stage_thread *t)
{
    int32_t largest = 1000000;
    for (size_t i = 0; i < t->out_count; i++)
        if (t->out[i].topic->max_message_bytes > largest)
            largest = t->out[i].topic->max_message_bytes;
    return largest;
}

static bool make_producer(struct stage_thread *t, struct err *err)
{
    struct kafka_producer_options options = {.client_id = t->client_id,
                                             .max_message_bytes = largest_message(t),
                                             .one_by_one = t->one_by_one};
    t->producer.part = t->part;
    t->producer.owner = t;
    t->producer.on_delivery = on_delivery;
    t->producer_broken = false;
    t->producer_one_by_one = t->one_by_one;
    if (!kafka_producer(&t->producer, t->settings, &options, err))
        return false;
    for (size_t i = 0; i < t->out_count; i++) {
        t->out[i].handle = rd_kafka_topic_new(t->producer.handle, t->out[i].topic->name.ptr, NULL);
        if (t->out[i].handle == NULL)
            return err_set(err, ERR_FATAL, "topic %.*s: %s", STR_ARG(t->out[i].topic->name),
                           rd_kafka_err2str(rd_kafka_last_error()));
    }
    return true;
}

static void set_partitions(struct out_topic *out, int32_t partitions)
{
    if (out->partitions == partitions)
        return;
    free(out->written_ms);
    out->written_ms = stage_zeroed((size_t)partitions, sizeof *out->written_ms);
    out->partitions = partitions;
}

bool stage_count_partitions(struct stage_thread *t, struct err *err)
{
    const struct topic **topics = arena_array(&t->arena, t->out_count, sizeof *topics);
    int32_t *counts = arena_array(&t->arena, t->out_count, sizeof *counts);
    for (size_t i = 0; i < t->out_count; i++)
        topics[i] = t->out[i].topic;
    if (!kafka_partition_counts(&t->producer, topics, t->out_count, counts, err))
        return false;
    for (size_t i = 0; i < t->out_count; i++)
        set_partitions(&t->out[i], counts[i]);
    return true;
}

static bool knows_partitions(const struct stage_thread *t)
{
    for (size_t i = 0; i < t->out_count; i++)
        if (t->out[i].partitions == 0)
            return false;
    return true;
}

bool stage_producer(struct stage_thread *t, struct err *err)
{
    if (t->producer.handle == NULL && !make_producer(t, err)) {
        stage_producer_done(t);
        return false;
    }
    return knows_partitions(t) || stage_count_partitions(t, err);
}

void stage_producer_done(struct stage_thread *t)
{
    for (size_t i = 0; i < t->out_count; i++) {
        if (t->out[i].handle != NULL)
            rd_kafka_topic_destroy(t->out[i].handle);
        t->out[i].handle = NULL;
        if (t->out[i].written_ms != NULL)
            memset(t->out[i].written_ms, 0,
                   (size_t)t->out[i].partitions * sizeof *t->out[i].written_ms);
    }
    kafka_done(&t->producer, false);
    t->producer_broken = false;
}

static struct out_topic *out_topic(const struct stage_thread *t, struct str name)
{
    for (size_t i = 0; i < t->out_count; i++)
        if (str_eq(t->out[i].topic->name, name))
            return &t->out[i];
    return NULL;
}

static rd_kafka_headers_t *headers_of(const struct outbox_record *r)
{
    rd_kafka_headers_t *list = rd_kafka_headers_new(r->header_count);
    for (size_t i = 0; i < r->header_count; i++) {
        const struct header *h = &r->headers[i];
        (void)rd_kafka_header_add(list, h->name.ptr, (ssize_t)h->name.len, h->value.ptr,
                                  (ssize_t)h->value.len);
    }
    return list;
}

static int32_t partition_of(const struct out_topic *out, struct str key)
{
    return key.ptr == NULL ? 0 : hash_partition(key, out->partitions);
}

static rd_kafka_resp_err_t hand_over(struct stage_thread *t, const struct out_topic *out,
                                     const struct outbox_record *r, inflight_ticket ticket)
{
    rd_kafka_headers_t *headers = headers_of(r);
    rd_kafka_resp_err_t code =
        rd_kafka_producev(t->producer.handle, RD_KAFKA_V_RKT(out->handle),
                          RD_KAFKA_V_PARTITION(partition_of(out, r->key)),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_KEY(r->key.ptr, r->key.len),
                          RD_KAFKA_V_VALUE((void *)(uintptr_t)r->value.ptr, r->value.len),
                          RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE((void *)(uintptr_t)ticket),
                          RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_headers_destroy(headers);
    return code;
}

static bool settled(const struct stage_thread *t)
{
    return rd_kafka_outq_len(t->producer.handle) == 0;
}

/* A producer that fails for good says in its delivery reports whose output was the cause; they must be
 * heard before the rows in flight are forgotten. */
static void hear_why(struct stage_thread *t)
{
    int64_t until = stage_now_ms() + SETTLE_MS;
    while (t->refused == NULL && !settled(t) && stage_now_ms() < until)
        kafka_serve(&t->producer, SERVE_MS);
}

bool stage_producer_works(const struct stage_thread *t)
{
    return !t->producer_broken && !t->producer.fatal;
}

/* False: not in time, or the producer has failed. */
static bool await(struct stage_thread *t, bool (*done)(const struct stage_thread *), int64_t ms,
                  struct err *err)
{
    int64_t began = stage_now_ms();
    while (!done(t) && stage_producer_works(t) && stage_now_ms() - began < ms) {
        kafka_flush(&t->producer, SERVE_MS);
        if (t->producer.away && stage_now_ms() - began > AWAY_MS)
            atomic_store(&t->away, true); /* nobody looks around meanwhile */
    }
    collect_acked(t);
    return done(t) ||
           err_set(err, ERR_RETRY, "%s",
                   stage_producer_works(t) ? "the broker does not acknowledge what was published"
                                           : "the producer has failed");
}

static bool hand_over_when_possible(struct stage_thread *t, struct out_topic *out,
                                    const struct outbox_record *r, inflight_ticket ticket,
                                    struct err *err)
{
    int64_t now = stage_now_ms(), last = out->written_ms[partition_of(out, r->key)];
    rd_kafka_resp_err_t code = hand_over(t, out, r, ticket);
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL && stage_now_ms() - now < QUEUE_WAIT_MS) {
        kafka_serve(&t->producer, SERVE_MS);
        code = hand_over(t, out, r, ticket);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        on_delivery(t, ticket, code);
        hear_why(t);
        return err_set(err, ERR_RETRY, "an output for %.*s was not taken: %s", STR_ARG(r->topic),
                       rd_kafka_err2str(code));
    }
    /* A broker that does not know a producer yet takes its first request with any sequence. Were that one
     * refused with a second under way, the second would be taken, and what is published in between later
     * would look like a repeat to its readers. So the first output to a partition goes alone; and again
     * when the broker may have forgotten the producer for having been quiet. */
    if ((last == 0 || now - last > FORGOTTEN_MS) && !await(t, settled, QUEUE_WAIT_MS, err))
        return false;
    out->written_ms[partition_of(out, r->key)] = now;
    return true;
}

bool stage_delivered(const struct stage_thread *t)
{
    return t->inflight.outputs == 0;
}

bool stage_deliver(struct stage_thread *t, struct err *err)
{
    return await(t, stage_delivered, QUEUE_WAIT_MS, err);
}

void stage_send(struct stage_thread *t)
{
    if (!stage_delivered(t))
        kafka_flush(&t->producer, SEND_MS);
}

bool stage_publish(struct stage_thread *t, struct claim *c, int64_t next, int32_t outputs,
                   struct str payload, struct err *err)
{
    struct outbox_reader *reader = &t->reader;
    struct outbox_record record;
    enum outbox_step step;
    bool early = planted_bug("delete_early");
    if (inflight_full(&t->inflight) && !stage_deliver(t, err))
        return false;
    inflight_ticket ticket =
        inflight_add(&t->inflight, (int32_t)(c - t->claims), next, early ? 0 : outputs);
    if (!outbox_open(reader, payload))
        return err_set(err, ERR_FATAL, "an outbox row is of a version this program does not know");
    while ((step = outbox_next(reader, &record)) == OUTBOX_RECORD) {
        struct out_topic *out = out_topic(t, record.topic);
        if (out == NULL)
            return err_set(err, ERR_FATAL,
                           "an outbox row is for %.*s, which is no output of this stage",
                           STR_ARG(record.topic));
        if (!hand_over_when_possible(t, out, &record, early ? 0 : ticket, err))
            return false;
    }
    return step == OUTBOX_END || err_set(err, ERR_FATAL, "an outbox row cannot be read");
}

void stage_settle(struct stage_thread *t)
{
    struct err unheard;
    if (t->unclaimed || t->producer.handle == NULL)
        return;
    (void)await(t, stage_delivered, SETTLE_MS, &unheard);
    stage_tidy(t);
    stage_report(t, true);
}

/* Everything before it has been published. */
static int64_t published(const struct stage_thread *t, size_t i)
{
    return inflight_idle(&t->inflight, (int32_t)i) ? t->claims[i].next : t->claims[i].published;
}

void stage_report(struct stage_thread *t, bool now)
{
    if (t->unclaimed || (!now && stage_now_ms() < t->report_at_ms))
        return;
    t->report_at_ms = stage_now_ms() + REPORT_EVERY_MS;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)t->claim_count);
    for (size_t i = 0; i < t->claim_count; i++) {
        struct claim *c = &t->claims[i];
        int64_t offset = published(t, i);
        if (c->state != CLAIM_RUNNING || offset < 0 || offset == c->reported)
            continue;
        rd_kafka_topic_partition_list_add(list, c->topic->name.ptr, c->partition)->offset = offset;
        c->reported = offset;
    }
    if (list->cnt > 0)
        (void)rd_kafka_commit(t->consumer.handle, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
}
