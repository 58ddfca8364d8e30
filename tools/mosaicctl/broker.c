/* broker: librdkafka with the settings a command line wants: short patience, no silence, no retries for ever. */
#include "tools/mosaicctl/broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io/kafka_conf.h"
#include "tools/mosaicctl/ctl.h"

#define PATIENCE_MS 10000
#define DELIVERY_MS "60000"

/* What fails is told by the command, in its own words. */
static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    (void)client, (void)level, (void)facility, (void)text;
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
    char text[200];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) == RD_KAFKA_CONF_OK)
        return true;
    return err_set(err, ERR_FATAL, "Kafka property %s: %s", name, text);
}

static bool set_all(rd_kafka_conf_t *conf, const struct kafka_property *properties, struct err *err)
{
    for (; properties->name != NULL; properties++)
        if (!set(conf, properties->name, properties->value, err))
            return false;
    return true;
}

static bool new_client(rd_kafka_type_t type, const struct kafka_property *properties, void *opaque,
                       void (*on_delivery)(rd_kafka_t *, const rd_kafka_message_t *, void *),
                       rd_kafka_t **ret, struct err *err)
{
    struct ctl_settings settings = {0};
    const struct kafka_property *own;
    char text[300];
    if (!ctl_load_brokers(&settings, err) || !ctl_load_properties(&own, err))
        return false;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_opaque(conf, opaque);
    if (on_delivery != NULL)
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    bool ok = set_all(conf, properties, err) && (own == NULL || set_all(conf, own, err)) &&
              set(conf, "bootstrap.servers", settings.brokers, err) &&
              set(conf, "client.id", "mosaicctl", err);
    *ret = ok ? rd_kafka_new(type, conf, text, sizeof text) : NULL;
    if (*ret != NULL)
        return true;
    rd_kafka_conf_destroy(conf);
    return ok ? err_set(err, ERR_FATAL, "the Kafka client could not be made: %s", text) : false;
}

static bool no_answer(struct err *err, rd_kafka_resp_err_t why)
{
    return err_set(err, ERR_RETRY, "Kafka at %s does not answer: %s",
                   getenv("MOSAIC_KAFKA_BROKERS"), rd_kafka_err2str(why));
}

static bool count_partitions(rd_kafka_t *client, const char *topic, int32_t *ret, struct err *err)
{
    const rd_kafka_metadata_t *meta;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    if (handle == NULL)
        return err_set(err, ERR_FATAL, "\"%s\" cannot be a topic's name", topic);
    rd_kafka_resp_err_t failed = rd_kafka_metadata(client, 0, handle, &meta, PATIENCE_MS);
    rd_kafka_topic_destroy(handle);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
        return no_answer(err, failed);
    *ret = meta->topic_cnt == 1 && meta->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR
               ? meta->topics[0].partition_cnt
               : 0;
    rd_kafka_metadata_destroy(meta);
    return true;
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *record, void *opaque)
{
    struct sender *s = opaque;
    (void)client;
    if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        s->delivered++;
    else if (s->failure.kind == ERR_NONE)
        err_set(&s->failure, ERR_RETRY, "Kafka did not take an event: %s",
                rd_kafka_err2str(record->err));
}

bool sender_open(struct sender *s, struct err *err)
{
    static const struct kafka_property properties[] = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"linger.ms", "5"},
        {"batch.size", "524288"},
        {"partitioner", "murmur2_random"},
        {"message.max.bytes", "4194304"},
        {"message.timeout.ms", DELIVERY_MS},
        {"queue.buffering.max.kbytes", "32768"},
        {NULL, NULL},
    };
    *s = (struct sender){0};
    if (!new_client(RD_KAFKA_PRODUCER, properties, s, on_delivery, &s->client, err))
        return false;
    const rd_kafka_metadata_t *meta;
    rd_kafka_resp_err_t failed = rd_kafka_metadata(s->client, 0, NULL, &meta, PATIENCE_MS);
    if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
        return no_answer(err, failed);
    rd_kafka_metadata_destroy(meta);
    return true;
}

static rd_kafka_headers_t *headers_of(const struct record *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);
    for (size_t i = 0; i < record->header_count; i++)
        (void)rd_kafka_header_add(headers, record->headers[i].name.ptr,
                                  (ssize_t)record->headers[i].name.len,
                                  record->headers[i].value.ptr,
                                  (ssize_t)record->headers[i].value.len);
    return headers;
}

static bool check_failure(const struct sender *s, struct err *err)
{
    if (s->failure.kind == ERR_NONE)
        return true;
    *err = s->failure;
    return false;
}

static void *unconst(const char *bytes)
{
    return (
        void *)(uintptr_t)bytes; /* librdkafka copies, and says so with a flag, not with const */
}

static rd_kafka_resp_err_t produce(struct sender *s, const char *topic, const struct record *record)
{
    rd_kafka_headers_t *headers = headers_of(record);
    const rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {unconst(record->key.ptr), record->key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {unconst(record->value.ptr), record->value.len}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(s->client, parts, COUNT(parts));
    if (error == NULL)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t failed = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return failed;
}

bool sender_send(struct sender *s, const struct record *record, struct err *err)
{
    char topic[256];
    (void)snprintf(topic, sizeof topic, "%.*s", STR_ARG(record->topic));
    for (;;) {
        rd_kafka_resp_err_t failed = produce(s, topic, record);
        bool full = failed == RD_KAFKA_RESP_ERR__QUEUE_FULL;
        (void)rd_kafka_poll(s->client, full ? 100 : 0);
        if (!check_failure(s, err))
            return false;
        if (failed == RD_KAFKA_RESP_ERR_NO_ERROR) {
            s->sent++;
            return true;
        }
        if (!full)
            return err_set(err, ERR_REJECT, "%s does not take the event: %s", topic,
                           rd_kafka_err2str(failed));
        if (ctl_interrupted())
            return err_set(err, ERR_FATAL, "interrupted");
    }
}

bool sender_send_event(struct sender *s, const struct outgoing *event, struct err *err)
{
    const struct header headers[] = {
        {STR("ce_specversion"), STR("1.0")},
        {STR("ce_source"), event->source},
        {STR("ce_id"), event->id},
        {STR("ce_type"), ev_type_text(event->type)},
        {STR("content-type"), STR("application/json")},
    };
    const struct record record = {upstream_of(event->type)->from->name, event->key, event->data,
                                  headers, COUNT(headers)};
    return sender_send(s, &record, err);
}

bool sender_finish(struct sender *s, struct err *err)
{
    while (s->delivered < s->sent && check_failure(s, err) && !ctl_interrupted())
        (void)rd_kafka_poll(s->client, 100);
    if (!check_failure(s, err))
        return false;
    return s->delivered == s->sent || err_set(err, ERR_FATAL, "interrupted");
}

void sender_done(struct sender *s)
{
    if (s->client == NULL)
        return;
    (void)rd_kafka_purge(s->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    (void)rd_kafka_flush(s->client, 1000);
    rd_kafka_destroy(s->client);
    s->client = NULL;
}

static bool new_consumer(rd_kafka_t **ret, struct err *err)
{
    static const struct kafka_property properties[] = {
        {"group.id", "mosaicctl"},
        {"enable.auto.commit", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "earliest"},
        {"queued.max.messages.kbytes", "16384"},
        {"fetch.wait.max.ms", "50"},
        {NULL, NULL},
    };
    return new_client(RD_KAFKA_CONSUMER, properties, NULL, NULL, ret, err);
}

bool reader_open(struct reader *r, struct str topic, enum reader_start start, struct err *err)
{
    *r = (struct reader){0};
    (void)snprintf(r->topic, sizeof r->topic, "%.*s", STR_ARG(topic));
    if (!new_consumer(&r->client, err))
        return false;
    (void)rd_kafka_poll_set_consumer(r->client);
    if (!count_partitions(r->client, r->topic, &r->partitions, err))
        return false;
    if (r->partitions == 0)
        return err_set(err, ERR_REJECT, "there is no topic %s", r->topic);
    r->partition_ended = calloc((size_t)r->partitions, sizeof *r->partition_ended);
    if (r->partition_ended == NULL)
        abort();
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(r->partitions);
    for (int32_t p = 0; p < r->partitions; p++)
        rd_kafka_topic_partition_list_add(list, r->topic, p)->offset =
            start == READER_BEGINNING ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t failed = rd_kafka_assign(r->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return failed == RD_KAFKA_RESP_ERR_NO_ERROR || no_answer(err, failed);
}

static void note_end(struct reader *r, int32_t partition)
{
    if (!r->partition_ended[partition])
        r->ended++;
    r->partition_ended[partition] = true;
}

bool reader_next(struct reader *r, int wait_ms, rd_kafka_message_t **ret, struct err *err)
{
    *ret = NULL;
    rd_kafka_message_t *record = rd_kafka_consumer_poll(r->client, wait_ms);
    if (record == NULL)
        return true;
    if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        *ret = record;
        return true;
    }
    rd_kafka_resp_err_t failed = record->err;
    if (failed == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        note_end(r, record->partition);
    rd_kafka_message_destroy(record);
    if (failed == RD_KAFKA_RESP_ERR__PARTITION_EOF || failed == RD_KAFKA_RESP_ERR__TRANSPORT)
        return true; /* a lost connection is made again; a broker that is gone is told next */
    return no_answer(err, failed);
}

bool reader_at_end(const struct reader *r)
{
    return r->ended == r->partitions;
}

void reader_done(struct reader *r)
{
    if (r->client != NULL) {
        (void)rd_kafka_consumer_close(r->client);
        rd_kafka_destroy(r->client);
    }
    free(r->partition_ended);
    *r = (struct reader){0};
}

static bool read_to_end(struct reader *r, reader_fn take, void *context, struct err *err)
{
    int quiet_ms = 0;
    while (!reader_at_end(r)) {
        rd_kafka_message_t *record;
        if (ctl_interrupted())
            return err_set(err, ERR_FATAL, "interrupted");
        int32_t ended = r->ended;
        if (!reader_next(r, 100, &record, err))
            return false;
        quiet_ms = record == NULL && r->ended == ended ? quiet_ms + 100 : 0;
        if (quiet_ms > 3 * PATIENCE_MS)
            return err_set(err, ERR_RETRY, "Kafka sent nothing of %s for %d seconds", r->topic,
                           quiet_ms / 1000);
        if (record == NULL)
            continue;
        bool taken = take(context, record, err);
        rd_kafka_message_destroy(record);
        if (!taken)
            return false;
    }
    return true;
}

bool reader_all(struct str topic, reader_fn take, void *context, struct err *err)
{
    struct reader r = {0};
    bool ok = reader_open(&r, topic, READER_BEGINNING, err) && read_to_end(&r, take, context, err);
    reader_done(&r);
    return ok;
}

struct str record_header(const rd_kafka_message_t *record, const char *name)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t len;
    if (rd_kafka_message_headers(record, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_header_get_last(headers, name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return STR_NONE;
    return (struct str){value, len};
}

struct str record_key(const rd_kafka_message_t *record)
{
    return (struct str){record->key, record->key_len};
}

struct str record_value(const rd_kafka_message_t *record)
{
    return (struct str){record->payload, record->len};
}

bool broker_admin(rd_kafka_t **ret, struct err *err)
{
    static const struct kafka_property properties[] = {{NULL, NULL}};
    return new_client(RD_KAFKA_PRODUCER, properties, NULL, NULL, ret, err);
}

bool broker_ranges(struct partition_range *ranges, size_t count, struct err *err)
{
    rd_kafka_t *client;
    if (!new_consumer(&client, err))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        rd_kafka_resp_err_t failed =
            rd_kafka_query_watermark_offsets(client, ranges[i].topic, ranges[i].partition,
                                             &ranges[i].low, &ranges[i].high, PATIENCE_MS);
        if (failed == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
            failed == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
            failed == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
            ranges[i].low = ranges[i].high = -1;
        else if (failed != RD_KAFKA_RESP_ERR_NO_ERROR)
            ok = no_answer(err, failed);
    }
    rd_kafka_destroy(client);
    return ok;
}

bool broker_partitions(struct str topic, int32_t *ret, struct err *err)
{
    rd_kafka_t *client;
    char name[256];
    (void)snprintf(name, sizeof name, "%.*s", STR_ARG(topic));
    if (!new_consumer(&client, err))
        return false;
    bool ok = count_partitions(client, name, ret, err);
    rd_kafka_destroy(client);
    return ok;
}
