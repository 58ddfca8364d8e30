/* event: the CloudEvents 1.0 envelope and its Kafka protocol binding (binary and structured mode).
 * All views point into the record or the batch's arena. https://github.com/cloudevents/spec v1.0.2 */
#ifndef MOSAIC_CORE_EVENT_H
#define MOSAIC_CORE_EVENT_H

#include "common/core/err.h"
#include "common/core/fault.h"

struct header {
    struct str name;
    struct str value; /* ptr NULL: the header had a null value */
};

/* The place of an output in its source: input offset and index of the output at that offset.
 * As text it is 20 + 1 + 6 zero-padded digits, so that text order is number order. */
struct sequence {
    int64_t offset;
    int32_t index;
};
#define SEQUENCE_TEXT_LEN 27

struct event {
    struct str id, source, type, subject; /* subject: absent is STR_NONE */
    struct str time;                      /* RFC 3339 text as given; absent is STR_NONE */
    struct str traceparent;               /* W3C trace context, handed on */
    struct str origin_source, origin_id; /* extensions originsource, originid: the upstream event */
    bool has_sequence;
    struct sequence sequence; /* extension `sequence` */
    bool has_number;
    int64_t number;  /* extension `number`: the how-manieth accepted event of its key */
    struct str data; /* JSON text of the data; ptr NULL when the record has none */
};

/* Reads one record. Faults go to `faults`; true if the envelope could be read at all (then id,
 * source and type are set). False: not a CloudEvent, nothing can be said but the faults. */
bool event_read(struct arena *a, const struct header *headers, size_t header_count,
                struct str value, struct event *ret, struct faults *faults);

void sequence_write(char out[SEQUENCE_TEXT_LEN + 1], struct sequence s);
bool sequence_parse(struct str s, struct sequence *ret);
int sequence_cmp(struct sequence a, struct sequence b);

#endif
