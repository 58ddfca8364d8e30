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

static const char ORDER[] = "outputs must reach the log in order, without gaps and without doubles";
static const char POSITION[] = "the position in the log is kept in PostgreSQL, not in the group";
static const char PLACE[] = "a key must stay on its partition, for every version of every service";
static const char SIGHT[] = "a service that does not see a topic would leave its events to nobody";
static const char OWN[] = "the service sets it itself";
static const char REAL[] = "it replaces or changes the client the guarantee was tested with";

enum { CONSUMER = 1, PRODUCER = 2, BOTH = CONSUMER | PRODUCER };

/* What the environment may not set, under all its names, and why. With a value: what it always is. */
// clang-format off
static const struct fixed {
    const char *name, *why, *value;
    unsigned of;
} FIXED[] = {
    {"enable.idempotence",                    ORDER,    "true",           PRODUCER},
    {"enable.gapless.guarantee",              ORDER,    "true",           PRODUCER},
    {"acks",                                  ORDER,    "all",            PRODUCER},
    {"request.required.acks",                 ORDER,    NULL, 0},
    {"max.in.flight",                         ORDER,    NULL, 0},
    {"max.in.flight.requests.per.connection", ORDER,    NULL, 0},
    {"message.timeout.ms",                    ORDER,    "0",              PRODUCER},
    {"delivery.timeout.ms",                   ORDER,    NULL, 0},
    {"retries",                               ORDER,    NULL, 0},
    {"message.send.max.retries",              ORDER,    NULL, 0},
    {"queuing.strategy",                      ORDER,    NULL, 0},
    {"transactional.id",                      ORDER,    NULL, 0},
    {"delivery.report.only.error",            ORDER,    "false",          PRODUCER},
    {"enable.auto.commit",                    POSITION, "false",          CONSUMER},
    {"auto.commit.enable",                    POSITION, NULL, 0},
    {"auto.commit.interval.ms",               POSITION, NULL, 0},
    {"enable.auto.offset.store",              POSITION, "false",          CONSUMER},
    {"auto.offset.reset",                     POSITION, "error",          CONSUMER},
    {"offset.store.method",                   POSITION, NULL, 0},
    {"offset.store.path",                     POSITION, NULL, 0},
    {"isolation.level",                       POSITION, "read_committed", CONSUMER},
    {"partitioner",                           PLACE,    NULL, 0},
    {"sticky.partitioning.linger.ms",         PLACE,    NULL, 0},
    {"topic.blacklist",                       SIGHT,    NULL, 0},
    {"partition.assignment.strategy",         OWN,      "roundrobin",     CONSUMER},
    {"enable.partition.eof",                  OWN,      "false",          CONSUMER},
    {"allow.auto.create.topics",              OWN,      "false",          CONSUMER},
    {"log.connection.close",                  OWN,      "false",          BOTH},
    {"log.queue",                             OWN,      "true",           BOTH},
    {"bootstrap.servers",                     OWN,      NULL, 0}, /* from here on by kafka.c, per handle */
    {"metadata.broker.list",                  OWN,      NULL, 0},
    {"group.id",                              OWN,      NULL, 0},
    {"group.instance.id",                     OWN,      NULL, 0},
    {"client.id",                             OWN,      NULL, 0},
    {"message.max.bytes",                     OWN,      NULL, 0},
    {"batch.num.messages",                    OWN,      NULL, 0},
    {"test.mock.num.brokers",                 REAL,     NULL, 0},
    {"plugin.library.paths",                  REAL,     NULL, 0},
    {"interceptors",                          REAL,     NULL, 0},
};
// clang-format on

const char *kafka_property_refusal(const char *name)
{
    for (size_t i = 0; i < COUNT(FIXED); i++)
        if (strcmp(FIXED[i].name, name) == 0)
            return FIXED[i].why;
    return NULL;
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

static bool set_fixed(rd_kafka_conf_t *conf, unsigned of, struct err *err)
{
    for (size_t i = 0; i < COUNT(FIXED); i++)
        if ((FIXED[i].of & of) != 0 && !kafka_conf_set(conf, FIXED[i].name, FIXED[i].value, err))
            return false;
    return true;
}

bool kafka_conf_fill(rd_kafka_conf_t *conf, bool consumer, const struct stage_settings *s,
                     struct err *err)
{
    return set_all(conf, BOTH_DEFAULTS, err) &&
           set_all(conf, consumer ? CONSUMER_DEFAULTS : PRODUCER_DEFAULTS, err) &&
           set_all(conf, s->properties, err) &&
           set_fixed(conf, consumer ? CONSUMER : PRODUCER, err) &&
           kafka_conf_set(conf, "bootstrap.servers", s->brokers, err);
}
