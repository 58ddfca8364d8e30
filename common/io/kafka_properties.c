/* kafka_properties: what librdkafka is told. Three layers: our defaults, which the environment may
 * change; the environment; and what the guarantee rests on, which nobody changes. */
#include "common/io/kafka_properties.h"

#include <string.h>

/* Small queues, because memory is for many stages at once: see stage_poll.c on how fetching is kept
 * going in spite of them. Short waits, because a service is to be ready within a second. */
static const struct kafka_property BOTH_DEFAULTS[] = {
    {"reconnect.backoff.ms", "20"},
    {"reconnect.backoff.max.ms", "1000"},
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"topic.metadata.refresh.interval.ms", "10000"},
    {NULL, NULL},
};
// clang-format off
static const struct kafka_property CONSUMER_DEFAULTS[] = {
    {"session.timeout.ms", "8000"},
    {"heartbeat.interval.ms", "250"},
    {"fetch.wait.max.ms", "250"},
    {"fetch.error.backoff.ms", "50"},
    {"fetch.max.bytes", "1048576"},
    {"fetch.message.max.bytes", "262144"},
    {"queued.max.messages.kbytes", "2048"}, /* KAFKA_QUEUE_BYTES */
    {"queued.min.messages", "8192"},        /* KAFKA_QUEUE_RECORDS; in effect it is a maximum */
    {NULL, NULL},
};
// clang-format on
/* What one batch has for a partition is to be one request, not a first record and the rest: the producer
 * lingers, and kafka_flush() ends that when the batch is complete. */
static const struct kafka_property PRODUCER_DEFAULTS[] = {
    {"linger.ms", "5"},
    {"retry.backoff.ms", "50"},
    {"batch.size", "524288"},
    {"queue.buffering.max.kbytes", "32768"},
    {NULL, NULL},
};

static const struct kafka_property BOTH_FIXED[] = {
    {"log.connection.close", "false"},
    {"log.queue", "true"},
    {NULL, NULL},
};
static const struct kafka_property CONSUMER_FIXED[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "false"},
    {"allow.auto.create.topics", "false"},
    {"isolation.level", "read_committed"},
    {"partition.assignment.strategy", "roundrobin"},
    {NULL, NULL},
};
static const struct kafka_property PRODUCER_FIXED[] = {
    {"enable.idempotence", "true"}, {"enable.gapless.guarantee", "true"},    {"acks", "all"},
    {"message.timeout.ms", "0"},    {"delivery.report.only.error", "false"}, {NULL, NULL},
};

/* Set per handle by kafka.c, or other names for something fixed above. */
static const char *const ALSO_REFUSED[] = {
    "bootstrap.servers",
    "metadata.broker.list",
    "group.id",
    "group.instance.id",
    "client.id",
    "message.max.bytes",
    "max.in.flight",
    "max.in.flight.requests.per.connection",
    "request.required.acks",
    "delivery.timeout.ms",
    "message.send.max.retries",
    "retries",
    "transactional.id",
    "auto.commit.enable",
    "auto.commit.interval.ms",
    "queuing.strategy",
    "partitioner",
    "sticky.partitioning.linger.ms",
    "enable.auto.offset.reset",
    "batch.num.messages",
    "plugin.library.paths",
    "interceptors",
};

static bool listed(const struct kafka_property *list, const char *name)
{
    for (; list->name != NULL; list++)
        if (strcmp(list->name, name) == 0)
            return true;
    return false;
}

bool kafka_property_allowed(const char *name)
{
    for (size_t i = 0; i < COUNT(ALSO_REFUSED); i++)
        if (strcmp(ALSO_REFUSED[i], name) == 0)
            return false;
    return !listed(BOTH_FIXED, name) && !listed(CONSUMER_FIXED, name) &&
           !listed(PRODUCER_FIXED, name);
}

bool kafka_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, struct err *err)
{
    char why[300];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return true;
    return err_set(err, ERR_FATAL, "Kafka property %s: %s", name, why);
}

static bool set_all(rd_kafka_conf_t *conf, const struct kafka_property *list, struct err *err)
{
    for (; list != NULL && list->name != NULL; list++)
        if (!kafka_conf_set(conf, list->name, list->value, err))
            return false;
    return true;
}

bool kafka_conf_fill(rd_kafka_conf_t *conf, bool consumer, const struct stage_settings *s,
                     struct err *err)
{
    return set_all(conf, BOTH_DEFAULTS, err) &&
           set_all(conf, consumer ? CONSUMER_DEFAULTS : PRODUCER_DEFAULTS, err) &&
           set_all(conf, s->properties, err) && set_all(conf, BOTH_FIXED, err) &&
           set_all(conf, consumer ? CONSUMER_FIXED : PRODUCER_FIXED, err) &&
           kafka_conf_set(conf, "bootstrap.servers", s->brokers, err);
}
