/* stage_store: all SQL of the stage itself, on the tables of migrations/001_stage.sql.
 * What "queues" travels with the next flush; the rest is a round trip. */
#ifndef MOSAIC_IO_STAGE_STORE_H
#define MOSAIC_IO_STAGE_STORE_H

#include "common/io/stage_impl.h"

#define STAGE_FENCED "MS001" /* err.code when a position did not move */

struct outbox_row {
    struct claim *claim;
    int64_t next;
    int32_t outputs;
};

/* stage_store.c: before a partition is read, and when it halts */
MUST_CHECK bool store_claim(struct stage_thread *t, struct err *err);
MUST_CHECK bool store_outbox_list(struct stage_thread *t, struct outbox_row **ret,
                                  size_t *ret_count, struct err *err);
/* The payload is valid until the next flush. */
MUST_CHECK bool store_outbox_read(struct stage_thread *t, const struct outbox_row *row,
                                  struct str *ret, struct err *err);
MUST_CHECK bool store_halt(struct stage_thread *t, const struct claim *c, enum halt halt,
                           const char *detail, struct err *err);
MUST_CHECK bool store_ping(struct stage_thread *t, struct err *err);
MUST_CHECK bool store_any_resolved(struct stage_thread *t, bool *ret, struct err *err);
/* Remembers the numbers of partitions on first sight. True and *ret = NULL: as they were. */
MUST_CHECK bool store_output_topics(struct stage_thread *t, const struct out_topic **ret,
                                    int32_t *ret_was, struct err *err);

/* Binds the stage's name, `owner` unless NULL, and topics and partitions of the claims chosen. */
void store_bind_claims(struct stage_thread *t, struct pg_params *p,
                       bool (*chosen)(const struct claim *), const char *owner);

/* stage_store_batch.c: the stage's own part of a batch's transaction */
void store_move(struct stage_thread *t); /* queues, for the claims touched */
void store_finish(struct stage_thread *t,
                  const struct stage_run *run); /* queues what it leaves behind */
bool store_any_acked(const struct stage_thread *t);
void store_delete_acked(struct stage_thread *t);  /* queues */
void store_acked_deleted(struct stage_thread *t); /* after the commit */

#endif
