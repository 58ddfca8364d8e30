/* load_kafka: sending and reading for the load driver, and the raw limits. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/load.h"

#define QUERY_MS 10000
#define FLUSH_MS 120000

int64_t load_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void load_sleep_until(int64_t ns)
{
    struct timespec until = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *context)
{
    (void)producer;
    (void)context;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        load_fail("an event was not delivered: %s", rd_kafka_err2str(message->err));
}

struct property {
    const char *name, *value;
};

static rd_kafka_t *client(rd_kafka_type_t type, const struct property *properties, size_t count)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[400];

    for (size_t i = 0; i < count; i++)
        if (rd_kafka_conf_set(conf, properties[i].name, properties[i].value, why, sizeof why) !=
            RD_KAFKA_CONF_OK)
            load_fail("%s", why);
    if (type == RD_KAFKA_PRODUCER)
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *ret = rd_kafka_new(type, conf, why, sizeof why);
    if (ret == NULL)
        load_fail("%s", why);
    return ret;
}

/* Durable and in order, as our services send. At a rate, nothing is held back to fill a batch. */
rd_kafka_t *load_producer(const struct load *l)
{
    const struct property properties[] = {
        {"bootstrap.servers", l->brokers},
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"linger.ms", l->rate > 0 ? "0" : "5"},
        {"queue.buffering.max.messages", "200000"},
        {"queue.buffering.max.kbytes", "262144"},
        {"batch.num.messages", "10000"},
        {"message.max.bytes", "4194304"},
        {"socket.nagle.disable", "true"},
    };

    return client(RD_KAFKA_PRODUCER, properties, COUNT(properties));
}

rd_kafka_t *load_consumer(const struct load *l)
{
    const struct property properties[] = {
        {"bootstrap.servers", l->brokers}, {"group.id", "mosaic-bench"},
        {"enable.auto.commit", "false"},   {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},    {"fetch.wait.max.ms", "100"},
        {"queued.min.messages", "100000"}, {"check.crcs", "false"},
        {"socket.nagle.disable", "true"},  {"fetch.message.max.bytes", "4194304"},
    };
    rd_kafka_t *ret = client(RD_KAFKA_CONSUMER, properties, COUNT(properties));

    (void)rd_kafka_poll_set_consumer(ret);
    return ret;
}

static int32_t partitions_of(rd_kafka_t *client, const char *topic)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    const struct rd_kafka_metadata *found;
    rd_kafka_resp_err_t err = rd_kafka_metadata(client, 0, handle, &found, QUERY_MS);

    if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
        load_fail("topic %s: %s", topic, rd_kafka_err2str(err));
    int32_t count = found->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(found);
    rd_kafka_topic_destroy(handle);
    return count;
}

static void watermarks(rd_kafka_t *consumer, const char *topic, int32_t partition, int64_t *low,
                       int64_t *high)
{
    rd_kafka_resp_err_t err =
        rd_kafka_query_watermark_offsets(consumer, topic, partition, low, high, QUERY_MS);

    if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
        load_fail("topic %s: %s", topic, rd_kafka_err2str(err));
}

void load_assign(rd_kafka_t *consumer, const struct str *topics, size_t count, bool from_end)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    int64_t low, high;

    for (size_t t = 0; t < count; t++)
        for (int32_t p = partitions_of(consumer, topics[t].ptr); p-- > 0;) {
            watermarks(consumer, topics[t].ptr, p, &low, &high);
            rd_kafka_topic_partition_list_add(list, topics[t].ptr, p)->offset =
                from_end ? high : low;
        }
    if (rd_kafka_assign(consumer, list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        load_fail("the topics cannot be read");
    rd_kafka_topic_partition_list_destroy(list);
}

int64_t load_end(rd_kafka_t *consumer, struct str topic)
{
    int64_t sum = 0, low, high;

    for (int32_t p = partitions_of(consumer, topic.ptr); p-- > 0;) {
        watermarks(consumer, topic.ptr, p, &low, &high);
        sum += high;
    }
    return sum;
}

static void header(rd_kafka_headers_t *headers, const char *name, struct str value)
{
    (void)rd_kafka_header_add(headers, name, -1, value.ptr, (ssize_t)value.len);
}

static rd_kafka_headers_t *headers_of(const struct load *l, struct arena *a, enum ev_type type,
                                      int64_t number)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(6);

    header(headers, "ce_specversion", STR("1.0"));
    header(headers, "ce_id",
           arena_fmt(a, "%s-%d-%lld", l->plan.run, (int)l->kind, (long long)number));
    header(headers, "ce_source", STR("urn:mosaic:bench"));
    header(headers, "ce_type", ev_type_text(type));
    header(headers, "ce_time", STR("2024-01-01T00:00:00Z"));
    header(headers, "content-type", STR("application/json"));
    return headers;
}

/* Takes the headers. False: the queue is full. */
static bool try_to_send(rd_kafka_t *producer, const char *topic, const struct made_up *event,
                        rd_kafka_headers_t *headers)
{
    const rd_kafka_vu_t words[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)event->key.ptr, event->key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE,
         .u.mem = {(void *)(uintptr_t)event->data.ptr, event->data.len}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(producer, words, COUNT(words));

    if (error == NULL)
        return true;
    if (rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        load_fail("cannot send: %s", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    rd_kafka_headers_destroy(headers);
    return false;
}

void load_send(rd_kafka_t *producer, const struct load *l, struct arena *a, int64_t number)
{
    arena_reset(a);
    struct made_up event = made_up_event(a, &l->plan, l->kind, number);
    const char *topic = l->topic != NULL ? l->topic : event.topic->name.ptr;
    while (!try_to_send(producer, topic, &event, headers_of(l, a, event.type, number)))
        (void)rd_kafka_poll(producer, 10);
}

void load_flush(rd_kafka_t *producer)
{
    if (rd_kafka_flush(producer, FLUSH_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        load_fail("the broker has not taken all events within %d s", FLUSH_MS / 1000);
}

static void send_all(const struct load *l)
{
    rd_kafka_t *producer = load_producer(l);
    struct arena a = {0};
    int64_t began = load_now_ns();

    for (int64_t i = 0; i < l->count; i++) {
        load_send(producer, l, &a, l->from + i);
        if (i % 64 == 0)
            (void)rd_kafka_poll(producer, 0);
    }
    load_flush(producer);
    double seconds = (double)(load_now_ns() - began) / 1e9;
    (void)printf("{\"events\": %lld, \"seconds\": %.6f}\n", (long long)l->count, seconds);
    rd_kafka_destroy(producer);
    arena_done(&a);
}

void load_produce(const struct load *l)
{
    if (l->topic != NULL)
        load_fail("produce knows its topics; --topic is for raw-produce");
    send_all(l);
}

void load_raw_produce(const struct load *l)
{
    if (l->topic == NULL)
        load_fail("--topic is missing");
    send_all(l);
}

void load_raw_consume(const struct load *l)
{
    struct str topic = str_of(l->topic);

    if (l->topic == NULL)
        load_fail("--topic is missing");
    rd_kafka_t *consumer = load_consumer(l);
    int64_t left = load_end(consumer, topic), events = 0, bytes = 0, began = load_now_ns();
    load_assign(consumer, &topic, 1, false);
    while (left > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, 1000);
        if (message == NULL)
            continue;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            events++;
            left--;
            bytes += (int64_t)(message->len + message->key_len);
        }
        rd_kafka_message_destroy(message);
    }
    double seconds = (double)(load_now_ns() - began) / 1e9;
    (void)printf("{\"events\": %lld, \"bytes\": %lld, \"seconds\": %.6f}\n", (long long)events,
                 (long long)bytes, seconds);
    (void)rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
}
