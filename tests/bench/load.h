/* load: what the parts of the load driver share: settings, clocks, Kafka handles, the ways to send and
 * to read. Handles are the caller's to destroy; a failure ends the program with a sentence. */
#ifndef MOSAIC_BENCH_LOAD_H
#define MOSAIC_BENCH_LOAD_H

#include <librdkafka/rdkafka.h>

#include "tests/bench/made_up.h"

struct load {
    const char *brokers;
    const char *topic; /* of raw produce and consume */
    enum made_up_kind kind;
    struct made_up_plan plan;
    int64_t from, count;
    int64_t rate;    /* a second; 0: as fast as it goes */
    int64_t warmup;  /* events sent at the rate before those that are measured */
    bool first_only; /* latency ends where intake hands on: nothing else need run */
};

__attribute__((noreturn, format(printf, 1, 2))) void load_fail(const char *format, ...);
int64_t load_now_ns(void);
void load_sleep_until(int64_t ns);

rd_kafka_t *load_producer(const struct load *l);
rd_kafka_t *load_consumer(const struct load *l);
/* All partitions of these topics: from their beginnings, or from their present ends. */
void load_assign(rd_kafka_t *consumer, const struct str *topics, size_t count, bool from_end);
int64_t load_end(rd_kafka_t *consumer, struct str topic); /* sum of the end offsets */

/* Sends event `number` as a stranger would, in binary mode; waits while the queue is full. */
void load_send(rd_kafka_t *producer, const struct load *l, struct arena *a, int64_t number);
void load_flush(rd_kafka_t *producer); /* all acknowledged, or the program fails */

/* The commands. Each prints one JSON object. */
void load_produce(const struct load *l);
void load_raw_produce(const struct load *l);
void load_raw_consume(const struct load *l);
void load_latency(const struct load *l);

#endif
