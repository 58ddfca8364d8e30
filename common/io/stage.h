/* stage: topics in, one handler, topics out, with every input's effect exactly once (design section 2).
 * A stage owns its messages, its arena and its transaction; the handler borrows them for one batch.
 * The handler is a plain function run between BEGIN and COMMIT: decode, queue loads, pg_flush, decide
 * (pure), emit, queue stores. It may be run again for the same messages after a failure, whole or in
 * halves, so it keeps nothing outside the arena and the database. */
#ifndef MOSAIC_IO_STAGE_H
#define MOSAIC_IO_STAGE_H

#include "common/core/event.h"
#include "common/core/topic.h"
#include "common/io/pg.h"

/* One input record with its envelope read. Valid until the handler returns. */
struct message {
    const struct topic *topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* the broker's or sender's, part of the log */
    struct str key;       /* ptr NULL: no key */
    struct str value;     /* ptr NULL: null value */
    const struct header *headers;
    size_t header_count;
    struct event event;
    struct faults faults; /* of the envelope; only a stage with own_envelope sees any */
    bool enveloped;       /* event_read() succeeded */
};

struct batch {
    struct arena *arena;
    struct message *messages; /* in order of offset per partition; without those already seen */
    size_t count;
    struct stage_run *run; /* private to the stage */
};

/* What the handler wants to publish. The stage adds source, id, sequence (both from the input's
 * place), traceparent, partition. Order of emission for one input is its order in the output. */
struct output {
    const struct topic *topic;
    struct str key;
    struct str type;
    struct str subject;                  /* optional */
    struct str time;                     /* RFC 3339; optional: the input's time is handed on */
    struct str origin_source, origin_id; /* optional: the input's are handed on */
    int64_t number;                      /* extension `number`; 0: none */
    struct str data;                     /* JSON; ptr NULL writes a tombstone. Copied. */
};

/* `input` is the index in batch->messages that caused it (for sums over a batch: the last input of
 * that partition). Asserts that topic is one of the stage's outputs; an output too large for
 * its topic makes the input a dead letter. */
void batch_emit(struct batch *b, size_t input, const struct output *out);
/* This input can never be handled: its bytes go to <topic>.<service>.dlq with the reason. */
void batch_dead_letter(struct batch *b, size_t input, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with what is wrong as the reason; without faults its type is one that the service does not know. */
void batch_dead_letter_faults(struct batch *b, size_t input, const struct faults *faults);

/* SQL that is true while the last output of a row is unacknowledged: the outbox row is still there that the same
 * transaction left. `row` is the row's table or alias; it has published_topic and published_partition, the
 * input partition that caused the output, and published_by, pg_current_xact_id() then. All are literals. */
#define STAGE_UNACKNOWLEDGED(stage, row)                                                           \
    "exists (select from outbox o where o.stage = '" stage "' and o.topic = " row                  \
    ".published_topic and o.partition = " row ".published_partition and o.xmin = " row             \
    ".published_by::xid)"

struct stage {
    const char *name;                   /* "register" */
    const struct topic *const *inputs;  /* NULL-terminated */
    const struct topic *const *outputs; /* NULL-terminated; without the DLQs */
    bool own_envelope; /* the handler answers for unreadable envelopes itself (intake); else they
                          are dead letters before it sees them */
    bool merges;       /* a batch sends one state a key, so that fewer and larger ones send less */
    size_t batch_max;  /* messages a transaction; 0: STAGE_BATCH_MAX */
    bool (*handle)(struct batch *b, struct pg *pg, struct err *err);
};

#define STAGE_BATCH_MAX 1000

#endif
