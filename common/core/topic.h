/* topic: one row per Kafka topic of the platform. The table is generated from schemas/asyncapi.json;
 * nobody writes a topic's name, partitions or retention anywhere else. */
#ifndef MOSAIC_CORE_TOPIC_H
#define MOSAIC_CORE_TOPIC_H

#include "common/core/str.h"

struct topic {
    struct str name;
    int32_t partitions;
    int32_t replicas; /* of the local stack; an installation with more brokers sets its own */
    bool compacted;
    bool upstream;        /* written by strangers: no sequence, nothing to skip by */
    bool dead_letters;    /* what one service could not read from another topic */
    bool log_append_time; /* the broker's clock stamps records, else the sender's */
    int64_t retention_ms; /* -1: forever */
    int32_t max_message_bytes;
};

#endif
