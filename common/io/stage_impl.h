/* stage_impl: what the files of the stage share; nobody else includes it. Read stage.c first.
 * Everything here belongs to the stage's thread but the members marked as shared. */
#ifndef MOSAIC_IO_STAGE_IMPL_H
#define MOSAIC_IO_STAGE_IMPL_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/core/halt.h"
#include "common/core/inflight.h"
#include "common/core/pace.h"
#include "common/core/outbox.h"
#include "common/core/seen.h"
#include "common/io/kafka.h"
#include "common/io/metrics.h"
#include "common/io/stage_peers.h"
#include "common/io/stage_thread.h"

/* WANTED: the group gave it to us, the database has not. RUNNING: ours by epoch and being read. */
enum claim_state { CLAIM_WANTED, CLAIM_RUNNING, CLAIM_HALTED };

/* One input partition of this thread. */
struct claim {
    const struct topic *topic;
    int32_t partition;
    struct str source;        /* the `source` of its outputs */
    rd_kafka_topic_t *handle; /* as seen in its records; only ever compared */
    enum claim_state state;
    enum halt halt; /* of a HALTED one */
    int64_t epoch;
    int64_t next;   /* as committed: position.next */
    int64_t polled; /* the offset to be polled next; beyond `next` while a batch is under way */
    bool has_fingerprint;
    uint64_t fingerprint; /* of the record before `next` */
    bool verifying;       /* reading began at next-1 and that record has not come yet */
    int64_t verify_by_ms; /* then the log is asked why */
    int64_t acked;        /* outbox rows up to this `next` can be deleted; -1: none */
    int64_t deleted;      /* those up to this one have been; -1: unknown */
    int64_t published;    /* everything before it has been published; -1: unknown */
    int64_t reported;     /* group offset told to the broker last */
    int64_t end;          /* of its log, when it was last asked for; see stage_health.c */
    struct seen seen;

    /* of the transaction under way */
    bool touched;
    int64_t range_next;
    uint64_t range_fingerprint;
    struct buf payload;
    struct outbox_writer writer;
};

struct pending_output {
    struct pending_output *next;
    struct output output;
};

/* HANDLE: the handler gets it. SKIP: a repeat. DEAD: goes to the DLQ with `reason`. */
enum fate { FATE_HANDLE, FATE_SKIP, FATE_DEAD };

/* One polled record, kept until its batch is settled. */
struct taken {
    rd_kafka_message_t *raw;
    struct claim *claim;
    enum fate fate;
    struct str reason;
    struct seen_source *source; /* NULL: an upstream topic */
    struct message message;
    struct pending_output *first, *last; /* of the attempt under way */
    int32_t output_count;
    struct str too_large; /* set by batch_emit(): why its output cannot be sent */
    struct str refused;   /* set by batch_dead_letter(): the handler's reason */
};

/* A transaction under way: taken[low] ... taken[high-1]. */
struct stage_run {
    struct stage_thread *thread;
    size_t low, high;
    size_t *index; /* of batch.messages[i] in taken */
    struct batch batch;
};

struct out_topic {
    const struct topic *topic;
    rd_kafka_topic_t *handle; /* the present producer's */
    int32_t partitions;
    int64_t *written_ms; /* by partition: when the present producer wrote last; 0: it has not yet */
    bool dead_letters;   /* order and partitions do not matter */
};

struct stage_metrics {
    struct metric events, skipped, outputs, dead_letters, batches, batch_us, retries, claims,
        republished;
    struct metric halted, unacknowledged, lag;
};

enum stage_phase {
    PHASE_JOINING,
    PHASE_CLAIMING,
    PHASE_RUNNING,
    PHASE_WAITING,
    PHASE_DRAINING,
    PHASE_ENDED
};

struct stage_thread {
    const struct stage *stage;
    const struct stage_settings *settings;
    int number;
    struct stage_peers *peers;
    int64_t started_ms;
    size_t batch_max;
    char part[64];   /* "assess/0" */
    char group[160]; /* "mosaic.eligibility.assess" */
    char client_id[240];
    pthread_t thread;

    struct kafka consumer, producer;
    struct pg *pg;
    struct arena arena;       /* of one batch, or one claim */
    struct arena claim_arena; /* of one assignment */
    struct claim *claims;
    size_t claim_count;
    struct claim *last_claim; /* records of one partition come in runs */
    bool subscribed;
    bool assigned;        /* the group has given us something, were it nothing */
    bool unclaimed;       /* some claims are WANTED */
    uint64_t assignments; /* counts rebalances, so that a wait notices one */

    struct outbox_reader reader; /* too large for a stack frame */
    struct inflight inflight;
    struct inflight_owner *owners; /* one per claim, same index */
    size_t input_count;
    struct out_topic *out;
    size_t out_count;
    struct out_topic **dead_letter_topic; /* by input topic, same index as stage->inputs */
    bool producer_broken;     /* an output was not delivered: a new producer must publish again */
    bool one_by_one;          /* something was refused: the next producer is to find out what */
    bool producer_one_by_one; /* the present one does */
    bool fetch_may_sleep;     /* see stage_poll.c */
    bool deleting;            /* the transaction under way takes acknowledged outbox rows along */
    struct claim *refused;    /* by the broker, known for certain */
    char refused_why[120];

    struct taken *taken; /* batch_max of them */
    size_t taken_count;
    struct pace pace;
    int64_t gather_until_us; /* see stage.c: gather() */

    int64_t delete_at_ms; /* no acknowledged outbox rows leave with a batch before that */

    int64_t retry_at_ms; /* no claim before that */
    int64_t retry_after_ms;
    int64_t ping_at_ms; /* an idle stage asks then whether the database is still there */
    int64_t check_at_ms, report_at_ms, halted_check_at_ms, probe_at_ms, gauges_at_ms, ends_at_ms;
    char logged[sizeof((struct err *)0)->text]; /* the trouble logged last */

    struct stage_metrics *metrics; /* shared; outlives the thread */

    /* shared with whoever asks */
    _Atomic bool stop, done;
    _Atomic int phase;
    _Atomic int64_t rejoining_ms; /* when it last had to rejoin its group after running */
    _Atomic bool away;
    _Atomic int running;
    _Atomic int *halts; /* enum halt, by input topic and partition */
    size_t halts_count;
    pthread_mutex_t lock; /* guards trouble */
    char trouble[400];    /* what it waits for; empty: nothing */
};

/* stage_thread.c */
void *stage_zeroed(size_t count, size_t bytes); /* never NULL; freed by its owner */

/* stage.c */
void stage_loop(struct stage_thread *t); /* from the first connection to the last */
MUST_CHECK bool stage_consumer(struct stage_thread *t, struct err *err);
MUST_CHECK bool stage_subscribe(struct stage_thread *t, struct err *err);
int64_t stage_now_ms(void);
int64_t stage_now_us(void);
bool stage_stopping(const struct stage_thread *t);
/* Gives back all partitions' reading and forgets what is in flight; they are claimed anew. */
void stage_let_go(struct stage_thread *t);
/* Something failed: logs it once, lets go and claims again after a growing while. */
void stage_trouble(struct stage_thread *t, const struct err *err);
/* Serves producer and group for that long while nothing is assigned. False: the assignment changed or
 * the thread is to stop. */
bool stage_wait(struct stage_thread *t, int64_t ms);

/* stage_health.c */
struct stage_metrics *stage_metrics_new(const struct stage *st, int number);
void stage_phase_set(struct stage_thread *t, enum stage_phase phase);
void stage_trouble_set(struct stage_thread *t, const char *text);
void stage_halts_set(struct stage_thread *t);
void stage_gauges_set(struct stage_thread *t);
void metric_add(struct metric *m, int64_t n);

/* stage_claim.c */
void stage_on_rebalance(void *thread, bool assigned,
                        const rd_kafka_topic_partition_list_t *partitions);
void stage_drop_claims(struct stage_thread *t);
/* Makes every wanted partition RUNNING or HALTED. False: not now; the caller waits. */
bool stage_claim(struct stage_thread *t);
void stage_assign(struct stage_thread *t); /* tells the consumer what to read and from where */
void stage_halt(struct stage_thread *t, struct claim *c, enum halt halt, const char *detail);
/* Reading at the claim's place failed or its verification is overdue: asks the log why and halts the
 * claim or reads on. False: there was trouble and everything was let go. */
bool stage_reread(struct stage_thread *t, struct claim *c);
/* Looks after halted partitions and the number of partitions of output topics, now and then. */
void stage_check(struct stage_thread *t);

/* stage_poll.c */
bool stage_poll(struct stage_thread *t); /* true: taken[] holds a batch */
void stage_drop_batch(struct stage_thread *t);

/* stage_batch.c */
void stage_batch(struct stage_thread *t); /* handles, commits and publishes what was polled */
void stage_tidy(
    struct stage_thread *t); /* deletes acknowledged outbox rows, in a transaction of its own */

/* stage_emit.c */
void stage_encode(struct stage_run *run); /* fills the payloads of the claims touched */

/* stage_publish.c */
MUST_CHECK bool stage_producer(struct stage_thread *t,
                               struct err *err);         /* a working one, with its topics */
bool stage_producer_works(const struct stage_thread *t); /* it has not failed */
void stage_producer_done(struct stage_thread *t);
MUST_CHECK bool stage_count_partitions(struct stage_thread *t, struct err *err);
void stage_settle(
    struct stage_thread *t); /* before partitions go: waits a moment for acknowledgements */
void stage_serve(struct stage_thread *t,
                 int wait_ms); /* delivery reports; at once without a producer */
bool stage_delivered(const struct stage_thread *t); /* nothing handed over is unacknowledged */
/* Waits until all is delivered. librdkafka 2.0.2 sends no request for a partition with five records or more
 * under way and asks the clock until they have arrived, at the cost of a core; so a publication begins
 * when the one before is through. */
MUST_CHECK bool stage_deliver(struct stage_thread *t, struct err *err);
void stage_send(struct stage_thread *t); /* what was handed over goes out now */
MUST_CHECK bool stage_publish(struct stage_thread *t, struct claim *c, int64_t next,
                              int32_t outputs, struct str payload, struct err *err);
void stage_report(struct stage_thread *t, bool now); /* group offsets, for lag tools */

#endif
