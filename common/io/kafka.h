/* kafka: librdkafka handles with the properties the delivery guarantee rests on.
 * A struct kafka is embedded in its owner and used from one thread; librdkafka's own threads never
 * call us: everything comes out of kafka_consumer's poll or kafka_serve(). */
#ifndef MOSAIC_IO_KAFKA_H
#define MOSAIC_IO_KAFKA_H

#include <librdkafka/rdkafka.h>

#include "common/io/stage_thread.h"

/* What a consumer's queue holds before librdkafka stops fetching. */
#define KAFKA_QUEUE_BYTES ((size_t)2 * 1024 * 1024)
#define KAFKA_QUEUE_RECORDS ((size_t)8192)

struct kafka {
    rd_kafka_t *handle;      /* NULL: not created */
    rd_kafka_queue_t *queue; /* a consumer's, to see how long it is */
    const char *part;        /* for log lines */
    void *owner;             /* of the callbacks */
    /* A consumer's; runs within the poll and must call rd_kafka_assign(). */
    void (*on_rebalance)(void *owner, bool assigned,
                         const rd_kafka_topic_partition_list_t *partitions);
    /* A producer's: one output is settled, acknowledged (err 0) or never to be written. */
    void (*on_delivery)(void *owner, uint64_t ticket, rd_kafka_resp_err_t err);
    bool away;      /* no broker can be reached, as far as we have heard; only an answer ends it */
    bool fatal;     /* the handle can do nothing any more; make a new one */
    int last_error; /* logged last, so that the same trouble is logged once */
};

struct kafka_consumer_options {
    const char *group;
    const char *client_id;
};

struct kafka_producer_options {
    const char *client_id;
    int32_t max_message_bytes; /* the largest any output topic takes */
    bool one_by_one; /* every output in a request of its own, so that a refusal names it */
};

/* k->part, k->owner and the callback must be set. False: a property is wrong (FATAL) or there is no memory. */
MUST_CHECK bool kafka_consumer(struct kafka *k, const struct stage_settings *s,
                               const struct kafka_consumer_options *o, struct err *err);
MUST_CHECK bool kafka_producer(struct kafka *k, const struct stage_settings *s,
                               const struct kafka_producer_options *o, struct err *err);
void kafka_serve(struct kafka *k,
                 int wait_ms); /* delivery reports, errors and logs of a producer */
/* Has the producer send what it was given, without lingering, and serves it until all is delivered or the
 * time is over. */
void kafka_flush(struct kafka *k, int wait_ms);
void kafka_done(struct kafka *k, bool leave); /* leave: a consumer tells its group */

/* First offset held and the one after the last. RETRY while the broker is away. */
MUST_CHECK bool kafka_watermarks(struct kafka *k, struct str topic, int32_t partition,
                                 int64_t *ret_low, int64_t *ret_high, struct err *err);
/* How many partitions each topic has. RETRY while the broker is away or a topic is missing. */
MUST_CHECK bool kafka_partition_counts(struct kafka *k, const struct topic *const *topics,
                                       size_t count, int32_t *ret, struct err *err);
/* Asks something small; the answer makes k->away false. False: none within half a second. */
bool kafka_probe(struct kafka *k);

/* Is this delivery error the broker's last word on the output, whoever sends it? */
bool kafka_refuses(rd_kafka_resp_err_t err);

#endif
