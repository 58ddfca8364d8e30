/* show: strangers' bytes on a terminal or in JSON, without letting them steer either. */
#ifndef MOSAIC_CTL_SHOW_H
#define MOSAIC_CTL_SHOW_H

#include <librdkafka/rdkafka.h>
#include <stdio.h>

#include "common/core/buf.h"

/* UTF-8 text as it is; control characters and what is no text as \xNN. */
void show_text(FILE *out, struct str s);
/* A JSON string, or {"hex":"..."} if the bytes are no UTF-8 text; null for an absent one. */
void show_json(struct buf *out, struct str s);
/* 2021-03-31T12:00:00.123Z; "-" without a timestamp. */
void show_time(struct buf *out, int64_t timestamp_ms);
/* A whole record as one line of JSON, with the line break. */
void show_record_json(struct buf *out, const rd_kafka_message_t *record);
/* A whole record for a reader: place, key, headers, value. */
void show_record_text(FILE *out, const rd_kafka_message_t *record);

/* The full name of a topic given as people say it: "kpi" for mosaic.kpi.v1. Writes into `out`. */
struct str topic_full_name(const char *said, char out[256]);

#endif
