/* kafka: creation, callbacks and the few questions a stage asks the broker. */
#include "common/io/kafka.h"

#include <stdio.h>
#include <string.h>

#include "common/io/kafka_properties.h"
#include "common/io/log.h"

#define QUESTION_MS 2000
#define PROBE_MS 500

static void on_log(const rd_kafka_t *handle, int level, const char *facility, const char *text)
{
    const struct kafka *k = rd_kafka_opaque(handle);
    bool about_settings = strcmp(facility, "CONFWARN") == 0; /* of ours, made on purpose */
    log_line(level <= 4 && !about_settings ? LOG_WARN : LOG_DEBUG, k->part, "librdkafka says",
             LOG_S("facility", facility), LOG_S("text", text), LOG_END);
}

static void on_error(rd_kafka_t *handle, int code, const char *reason, void *opaque)
{
    struct kafka *k = opaque;
    (void)handle;
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        k->fatal = true;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        k->away = true;
    if (code == k->last_error)
        return;
    k->last_error = code;
    log_line(LOG_WARN, k->part, "trouble with Kafka", LOG_S("error", rd_kafka_err2name(code)),
             LOG_S("reason", reason), LOG_END);
}

static void on_rebalance(rd_kafka_t *handle, rd_kafka_resp_err_t err,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka *k = opaque;
    bool assigned = err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    if (assigned)
        k->away = false;
    else if (rd_kafka_assignment_lost(handle))
        k->away = true; /* perhaps: a session ends when nobody answers, too; a probe will tell */
    k->on_rebalance(k->owner, assigned, list);
    if (assigned)
        rd_kafka_yield(handle); /* the poll returns now, not when its time is over */
}

static void on_delivery(rd_kafka_t *handle, const rd_kafka_message_t *m, void *opaque)
{
    struct kafka *k = opaque;
    (void)handle;
    k->away = false;
    k->last_error = 0;
    k->on_delivery(k->owner, (uint64_t)(uintptr_t)m->_private, m->err);
}

static rd_kafka_conf_t *conf_new(struct kafka *k, bool consumer, const struct stage_settings *s,
                                 const char *client_id, struct err *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_opaque(conf, k);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    if (kafka_conf_fill(conf, consumer, s, err) &&
        kafka_conf_set(conf, "client.id", client_id, err))
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

/* Takes the conf. */
static bool handle_new(struct kafka *k, rd_kafka_type_t type, rd_kafka_conf_t *conf,
                       struct err *err)
{
    char why[300];
    k->away = k->fatal = false;
    k->last_error = 0;
    k->handle = rd_kafka_new(type, conf, why, sizeof why);
    if (k->handle == NULL) {
        rd_kafka_conf_destroy(conf);
        return err_set(err, ERR_FATAL, "no Kafka client: %s", why);
    }
    (void)rd_kafka_set_log_queue(k->handle, NULL);
    return true;
}

bool kafka_consumer(struct kafka *k, const struct stage_settings *s,
                    const struct kafka_consumer_options *o, struct err *err)
{
    rd_kafka_conf_t *conf = conf_new(k, true, s, o->client_id, err);
    if (conf == NULL)
        return false;
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    if (!kafka_conf_set(conf, "group.id", o->group, err)) {
        rd_kafka_conf_destroy(conf);
        return false;
    }
    if (!handle_new(k, RD_KAFKA_CONSUMER, conf, err))
        return false;
    (void)rd_kafka_poll_set_consumer(k->handle);
    k->queue = rd_kafka_queue_get_consumer(k->handle);
    return true;
}

bool kafka_producer(struct kafka *k, const struct stage_settings *s,
                    const struct kafka_producer_options *o, struct err *err)
{
    char largest[16];
    (void)snprintf(largest, sizeof largest, "%d", o->max_message_bytes);
    rd_kafka_conf_t *conf = conf_new(k, false, s, o->client_id, err);
    if (conf == NULL)
        return false;
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    if (!kafka_conf_set(conf, "message.max.bytes", largest, err) ||
        (o->one_by_one && !kafka_conf_set(conf, "batch.num.messages", "1", err))) {
        rd_kafka_conf_destroy(conf);
        return false;
    }
    return handle_new(k, RD_KAFKA_PRODUCER, conf, err);
}

void kafka_serve(struct kafka *k, int wait_ms)
{
    (void)rd_kafka_poll(k->handle, wait_ms);
}

void kafka_flush(struct kafka *k, int wait_ms)
{
    (void)rd_kafka_flush(k->handle, wait_ms);
}

void kafka_done(struct kafka *k, bool leave)
{
    if (k->handle == NULL)
        return;
    if (k->queue != NULL)
        rd_kafka_queue_destroy(k->queue);
    k->queue = NULL;
    if (rd_kafka_type(k->handle) == RD_KAFKA_PRODUCER)
        (void)rd_kafka_purge(k->handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                            RD_KAFKA_PURGE_F_NON_BLOCKING);
    else if (leave)
        (void)rd_kafka_consumer_close(k->handle);
    rd_kafka_destroy_flags(k->handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    k->handle = NULL;
    k->fatal = false;
}

bool kafka_watermarks(struct kafka *k, struct str topic, int32_t partition, int64_t *ret_low,
                      int64_t *ret_high, struct err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(k->handle, topic.ptr, partition,
                                                                ret_low, ret_high, QUESTION_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "offsets of %.*s [%d]: %s", STR_ARG(topic), partition,
                       rd_kafka_err2str(code));
    k->away = false;
    return true;
}

static int32_t count_in(const struct rd_kafka_metadata *meta, struct str topic)
{
    for (int i = 0; i < meta->topic_cnt; i++)
        if (str_eq(str_of(meta->topics[i].topic), topic) && meta->topics[i].err == 0)
            return meta->topics[i].partition_cnt;
    return 0;
}

static bool partition_count(struct kafka *k, struct str topic, int32_t *ret, struct err *err)
{
    const struct rd_kafka_metadata *meta;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(k->handle, topic.ptr, NULL);
    if (handle == NULL)
        return err_set(err, ERR_FATAL, "topic %.*s: %s", STR_ARG(topic),
                       rd_kafka_err2str(rd_kafka_last_error()));
    rd_kafka_resp_err_t code = rd_kafka_metadata(k->handle, 0, handle, &meta, QUESTION_MS);
    rd_kafka_topic_destroy(handle);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return err_set(err, ERR_RETRY, "metadata of %.*s: %s", STR_ARG(topic),
                       rd_kafka_err2str(code));
    *ret = count_in(meta, topic);
    rd_kafka_metadata_destroy(meta);
    if (*ret == 0)
        return err_set(err, ERR_RETRY, "there is no topic %.*s", STR_ARG(topic));
    return true;
}

bool kafka_partition_counts(struct kafka *k, const struct topic *const *topics, size_t count,
                            int32_t *ret, struct err *err)
{
    for (size_t i = 0; i < count; i++)
        if (!partition_count(k, topics[i]->name, &ret[i], err))
            return false;
    k->away = false;
    return true;
}

bool kafka_probe(struct kafka *k)
{
    const struct rd_kafka_metadata *meta;
    if (rd_kafka_metadata(k->handle, 0, NULL, &meta, PROBE_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    rd_kafka_metadata_destroy(meta);
    k->away = false;
    k->last_error = 0;
    return true;
}

bool kafka_refuses(rd_kafka_resp_err_t err)
{
    return err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           err == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           err == RD_KAFKA_RESP_ERR_INVALID_RECORD || err == RD_KAFKA_RESP_ERR_INVALID_MSG ||
           err == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE ||
           err == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP ||
           err == RD_KAFKA_RESP_ERR_POLICY_VIOLATION || err == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION ||
           err == RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT;
}
