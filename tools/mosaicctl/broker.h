/* broker: publishing and reading for the commands. A sender or reader is embedded in its owner and used
 * from one thread; _done() takes zeroed and half-opened ones. A broker that is away is a sentence. */
#ifndef MOSAIC_CTL_BROKER_H
#define MOSAIC_CTL_BROKER_H

#include <librdkafka/rdkafka.h>

#include "common/core/event.h"
#include "tools/mosaicctl/core/outgoing.h"

struct sender {
    rd_kafka_t *client;
    int64_t sent, delivered;
    struct err failure; /* the first delivery that failed */
};

struct record {
    struct str topic, key, value; /* key or value: ptr NULL is null */
    const struct header *headers;
    size_t header_count;
};

MUST_CHECK bool sender_open(struct sender *s, struct err *err);
/* Copies the record. Waits while too much is on its way. */
MUST_CHECK bool sender_send(struct sender *s, const struct record *record, struct err *err);
/* In the binary form, to the topic of its type. */
MUST_CHECK bool sender_send_event(struct sender *s, const struct outgoing *event, struct err *err);
/* Waits until the broker has everything. */
MUST_CHECK bool sender_finish(struct sender *s, struct err *err);
void sender_done(struct sender *s);

enum reader_start { READER_BEGINNING, READER_END };

struct reader {
    rd_kafka_t *client;
    char topic[256];
    int32_t partitions, ended; /* ended: those read up to where the log ended */
    bool *partition_ended;
};

/* Reads all partitions of a topic. False if it does not exist. */
MUST_CHECK bool reader_open(struct reader *r, struct str topic, enum reader_start start,
                            struct err *err);
/* The next record, or *ret = NULL if none came in time. The record is the caller's to destroy. */
MUST_CHECK bool reader_next(struct reader *r, int wait_ms, rd_kafka_message_t **ret,
                            struct err *err);
/* All that was in the topic has been read. */
bool reader_at_end(const struct reader *r);
void reader_done(struct reader *r);

/* Calls `take` for every record of the topic as it stands. */
typedef bool (*reader_fn)(void *context, const rd_kafka_message_t *record, struct err *err);
MUST_CHECK bool reader_all(struct str topic, reader_fn take, void *context, struct err *err);

struct str record_header(const rd_kafka_message_t *record, const char *name); /* ptr NULL: none */
struct str record_key(const rd_kafka_message_t *record);
struct str record_value(const rd_kafka_message_t *record);

/* A client for requests to the broker; the caller destroys it. */
MUST_CHECK bool broker_admin(rd_kafka_t **ret, struct err *err);

/* First offset and the one after the last of each partition, for all topics asked for at once. */
struct partition_range {
    const char *topic;
    int32_t partition;
    int64_t low, high;
};
MUST_CHECK bool broker_ranges(struct partition_range *ranges, size_t count, struct err *err);
/* The number of partitions; 0 if the topic does not exist. */
MUST_CHECK bool broker_partitions(struct str topic, int32_t *ret, struct err *err);

#endif
