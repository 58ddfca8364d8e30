/* outbox: the format of outbox.payload, outputs as they will be sent, byte for byte.
 * The writer appends to a buf the caller owns; the reader's records point into the payload and live
 * as long as it. Names and values that repeat within a payload are written once. */
#ifndef MOSAIC_CORE_OUTBOX_H
#define MOSAIC_CORE_OUTBOX_H

#include "common/core/event.h"

#define OUTBOX_HEADERS_MAX 256 /* of one record; a Kafka record with more is written without them */
#define OUTBOX_SHARED_MAX 64   /* strings a payload remembers */

struct outbox_record {
    struct str topic;
    struct str key;   /* ptr NULL: none */
    struct str value; /* ptr NULL: null value */
    const struct header *headers;
    size_t header_count;
};

struct outbox_writer {
    struct buf *out;
    struct str shared[OUTBOX_SHARED_MAX]; /* views of what the caller gave */
    size_t shared_count;
    int32_t records;
};

/* The strings given to outbox_add() must live until the last one. */
void outbox_begin(struct outbox_writer *w, struct buf *out);
void outbox_add(struct outbox_writer *w, const struct outbox_record *record);

struct outbox_reader {
    struct str left;
    struct str shared[OUTBOX_SHARED_MAX];
    size_t shared_count;
    struct header headers[OUTBOX_HEADERS_MAX];
};

enum outbox_step { OUTBOX_RECORD, OUTBOX_END, OUTBOX_CORRUPT };

/* False: not a payload of a version this program knows. */
bool outbox_open(struct outbox_reader *r, struct str payload);
/* The record's headers are valid until the next call. */
enum outbox_step outbox_next(struct outbox_reader *r, struct outbox_record *ret);

#endif
