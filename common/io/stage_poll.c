/* stage_poll: takes in what is there, up to a batch; waits only while there is nothing at all. For
 * each record it decides: for the handler, a repeat, or a dead letter. */
#include <stdio.h>

#include "common/core/hash.h"
#include "common/io/faults.h"
#include "common/io/log.h"
#include "common/io/stage_impl.h"

#define IDLE_MS 100 /* how long a stop, a periodic check or an acknowledgement may have to wait */
#define BATCH_BYTES ((size_t)1024 * 1024)

static struct claim *claim_of(struct stage_thread *t, const rd_kafka_message_t *raw)
{
    struct claim *c = t->last_claim;
    if (c != NULL && c->partition == raw->partition && c->handle == raw->rkt)
        return c;
    struct str topic = str_of(rd_kafka_topic_name(raw->rkt));
    for (size_t i = 0; i < t->claim_count; i++) {
        c = &t->claims[i];
        if (c->partition == raw->partition && str_eq(c->topic->name, topic)) {
            c->handle = raw->rkt;
            t->last_claim = c;
            return c;
        }
    }
    return NULL;
}

static void wake_fetcher(struct stage_thread *t, const struct claim *c)
{
    int64_t low, high;
    struct err err = {0};
    if (!kafka_watermarks(&t->consumer, c->topic->name, c->partition, &low, &high, &err))
        log_line(LOG_DEBUG, t->part, "no answer from the broker", LOG_S("error", err.text),
                 LOG_END);
}

/* librdkafka 2.0.2 stops fetching when its queue is full and looks again after up to a second, too
 * late for the small queue we give it (kafka_properties.c). Any request to the broker wakes it up, so
 * one is made when the queue has run low after having been well filled. */
static void keep_fetching(struct stage_thread *t, size_t batch_bytes)
{
    size_t records = rd_kafka_queue_length(t->consumer.queue);
    size_t bytes = records * (batch_bytes / t->taken_count);
    if (bytes + batch_bytes >= KAFKA_QUEUE_BYTES / 2 || records >= KAFKA_QUEUE_RECORDS / 2)
        t->fetch_may_sleep = true;
    if (!t->fetch_may_sleep || bytes > KAFKA_QUEUE_BYTES / 4 || records > KAFKA_QUEUE_RECORDS / 4)
        return;
    t->fetch_may_sleep = false;
    wake_fetcher(t, t->taken[0].claim);
}

static void read_headers(struct stage_thread *t, const rd_kafka_message_t *raw, struct message *m)
{
    rd_kafka_headers_t *list;
    if (rd_kafka_message_headers(raw, &list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    size_t count = rd_kafka_header_cnt(list);
    struct header *headers = arena_array(&t->arena, count, sizeof *headers);
    for (size_t i = 0; i < count; i++) {
        const char *name;
        const void *value;
        size_t size;
        if (rd_kafka_header_get_all(list, i, &name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        headers[i] = (struct header){str_of(name), {value, size}};
        m->header_count = i + 1;
    }
    m->headers = headers;
}

static void read_message(struct stage_thread *t, struct taken *x)
{
    const rd_kafka_message_t *raw = x->raw;
    x->message = (struct message){
        .topic = x->claim->topic,
        .partition = raw->partition,
        .offset = raw->offset,
        .timestamp_ms = rd_kafka_message_timestamp(raw, NULL),
        .key = {raw->key, raw->key_len},
        .value = {raw->payload, raw->len},
    };
    struct message *m = &x->message;
    read_headers(t, raw, m);
    faults_init(&m->faults, &t->arena);
    m->enveloped =
        event_read(&t->arena, m->headers, m->header_count, m->value, &m->event, &m->faults);
}

static void dead(struct taken *x, struct str reason)
{
    x->fate = FATE_DEAD;
    x->reason = reason;
}

static void decide(struct stage_thread *t, struct taken *x)
{
    struct message *m = &x->message;
    x->fate = FATE_HANDLE;
    if (!m->topic->upstream && m->enveloped && m->event.has_sequence) {
        x->source = seen_source(&x->claim->seen, m->event.source);
        if (!seen_take(x->source, m->event.sequence) && !planted_bug("ignore_sequence")) {
            x->fate = FATE_SKIP;
            return;
        }
    }
    if (t->stage->own_envelope)
        return;
    if (m->value.ptr == NULL && !m->topic->compacted)
        dead(x, STR("the record has no value"));
    else if (m->faults.count > 0)
        dead(x, faults_text(&t->arena, &m->faults));
    else if (!m->enveloped)
        dead(x, STR("not a CloudEvent"));
    else if (!m->topic->upstream && !m->event.has_sequence)
        dead(x, STR("the event has no sequence, so its repeats could not be told"));
}

static uint64_t fingerprint(const rd_kafka_message_t *raw)
{
    return hash_fingerprint((struct str){raw->key, raw->key_len},
                            (struct str){raw->payload, raw->len});
}

/* The first record after reading began at next-1. True: it is new and wanted. */
static bool verify(struct stage_thread *t, struct claim *c, const rd_kafka_message_t *raw)
{
    char detail[120];
    enum halt halt =
        halt_of_record(c->next, c->fingerprint, raw->offset, fingerprint(raw), c->topic->compacted);
    c->verifying = false;
    if (halt == HALT_NONE)
        return raw->offset >= c->next;
    (void)snprintf(detail, sizeof detail, "the record at offset %lld is not the one taken in",
                   (long long)c->next - 1);
    stage_halt(t, c, halt, detail);
    stage_assign(t);
    return false;
}

static void take(struct stage_thread *t, rd_kafka_message_t *raw)
{
    struct claim *c = claim_of(t, raw);
    if (c == NULL || c->state != CLAIM_RUNNING ||
        raw->offset < c->polled - (c->verifying ? 1 : 0) || (c->verifying && !verify(t, c, raw))) {
        rd_kafka_message_destroy(raw);
        return;
    }
    struct taken *x = &t->taken[t->taken_count++];
    *x = (struct taken){.raw = raw, .claim = c};
    c->polled = raw->offset + 1;
    read_message(t, x);
    decide(t, x);
}

/* A message that is none: the consumer's way to tell of trouble with a partition. False: let go. */
static bool take_error(struct stage_thread *t, rd_kafka_message_t *raw)
{
    rd_kafka_resp_err_t code = raw->err;
    struct claim *c = raw->rkt != NULL ? claim_of(t, raw) : NULL;
    if (code != t->consumer.last_error) {
        t->consumer.last_error = code;
        log_line(LOG_WARN, t->part, "trouble with Kafka", LOG_S("error", rd_kafka_err2name(code)),
                 LOG_S("reason", rd_kafka_message_errstr(raw)), LOG_END);
    }
    rd_kafka_message_destroy(raw);
    bool out_of_range = code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
                        code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
    if (out_of_range && c != NULL && c->state == CLAIM_RUNNING)
        return stage_reread(t, c);
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
        code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        stage_trouble_set(t, rd_kafka_err2str(code));
    return true;
}

void stage_drop_batch(struct stage_thread *t)
{
    for (size_t i = 0; i < t->taken_count; i++)
        rd_kafka_message_destroy(t->taken[i].raw);
    t->taken_count = 0;
}

bool stage_poll(struct stage_thread *t)
{
    uint64_t before = t->assignments;
    size_t bytes = 0;
    int wait_ms = IDLE_MS;
    arena_reset(&t->arena);
    while (t->taken_count < t->batch_max && bytes < BATCH_BYTES) {
        rd_kafka_message_t *raw = rd_kafka_consumer_poll(t->consumer.handle, wait_ms);
        if (t->assignments != before || t->unclaimed) { /* what was taken is not ours any more */
            if (raw != NULL)
                rd_kafka_message_destroy(raw);
            stage_drop_batch(t);
            return false;
        }
        if (raw == NULL)
            break;
        wait_ms = 0;
        bytes += raw->len + raw->key_len;
        if (raw->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            take(t, raw);
        } else if (!take_error(t, raw)) {
            stage_drop_batch(t);
            return false;
        }
    }
    if (t->taken_count > 0)
        keep_fetching(t, bytes);
    return t->taken_count > 0;
}
