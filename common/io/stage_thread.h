/* stage_thread: a stage at work on a thread of its own: one consumer, one producer, one connection.
 * service.c starts N of them per stage and is told by on_done when one has ended; everything here
 * but stage_start() and stage_join() may be called from any thread and never blocks. */
#ifndef MOSAIC_IO_STAGE_THREAD_H
#define MOSAIC_IO_STAGE_THREAD_H

#include "common/core/buf.h"
#include "common/io/stage.h"

struct stage_thread;

/* A librdkafka property from the environment; kafka_property_refusal() has been asked. */
struct kafka_property {
    const char *name; /* NULL ends a list */
    const char *value;
};

/* Borrowed for the life of the thread. */
struct stage_settings {
    const char *service;                     /* "project-tracking" */
    const char *schema;                      /* "project_tracking" */
    const char *brokers;                     /* "host:port,host:port" */
    const struct kafka_property *properties; /* may be NULL */
    const char *database;                    /* conninfo of the runtime role */
    const char *password;                    /* may be NULL */
    const char *instance;                    /* names this process in client ids; no two alike */
    size_t batch_max;                        /* 0: what the stage says */
    /* A batch begins at least so long after the one before, and up to ten times as long when that took long,
     * unless a whole one is there. What comes after a quiet while is taken in at once. 0: never wait. */
    int64_t gather_ms;
    void (*on_done)(void *context); /* called on the stage's thread as its last act; may be NULL */
    void *context;
};

/* How many threads a stage gets: `wanted`, or if it is 0 its share of the cores among the `stages` of
 * the process, at least one; but never more than its input topics have partitions. */
int stage_thread_count(const struct stage *st, int64_t wanted, size_t stages);

/* Starts thread `number` (0, 1, ...) of a stage. The broker and the database need not be there yet.
 * False: a setting that can never work. Undo with stage_stop() and stage_join(). */
MUST_CHECK bool stage_start(const struct stage *st, const struct stage_settings *settings,
                            int number, struct stage_thread **ret, struct err *err);
void stage_stop(struct stage_thread *t); /* drain: finish the batch, publish, commit, leave */
bool stage_done(const struct stage_thread *t);
void stage_join(struct stage_thread *t); /* waits for the end and frees; NULL is allowed */

/* One line about the thread goes to `verbose`, one more for each halted partition. *ready is set to
 * false if the thread is not ready and left alone if it is. */
void stage_health(const struct stage_thread *t, struct buf *verbose, bool *ready);

#endif
