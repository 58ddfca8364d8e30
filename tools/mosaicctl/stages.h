/* stages: how far each stage of the platform is, read from the four schemas and the broker together.
 * A snapshot lives in the arena it was taken with. */
#ifndef MOSAIC_CTL_STAGES_H
#define MOSAIC_CTL_STAGES_H

#include "common/core/topic.h"
#include "common/io/pg.h"

struct stage_place {
    const char *service, *schema, *stage;
    const struct topic *const *inputs; /* NULL-terminated */
};
extern const struct stage_place
    STAGE_PLACES[]; /* in the order events pass them; .stage NULL ends */

struct stage_row {
    const struct stage_place *place;
    const struct topic *topic;
    int32_t partition;
    bool is_claimed;           /* a service has seen this partition */
    int64_t next, low, high;   /* low and high -1: the topic does not exist */
    int64_t outbox;            /* batches whose outputs are not acknowledged */
    struct str halted, detail; /* ptr NULL: it runs */
};

struct stage_snapshot {
    struct stage_row *rows;
    size_t count;
};

/* Ends of the topics first, then positions: what is told as caught up was so. */
MUST_CHECK bool stages_read(struct pg *pg, struct arena *a, struct stage_snapshot *ret,
                            struct err *err);
int64_t stage_lag(
    const struct stage_row *row); /* records to be read; at least 1 if nobody reads them */
bool stages_idle(const struct stage_snapshot *s); /* nothing to read, nothing to publish */
bool stages_same(const struct stage_snapshot *a, const struct stage_snapshot *b);
const struct stage_row *stages_halted(const struct stage_snapshot *s); /* the first; NULL: none */
const struct stage_place *stage_find(struct str name);                 /* NULL: no such stage */

#endif
