/* store_assess: the assess stage's SQL. Loading locks organisations, then applications, each in the
 * order of their names, and reads in later statements: so whatever two transactions decide about the
 * same application, the second one sees what the first one did. */
#ifndef MOSAIC_ELIG_STORE_ASSESS_H
#define MOSAIC_ELIG_STORE_ASSESS_H

#include "common/io/pg.h"
#include "common/io/stage.h"
#include "services/eligibility/core/assess.h"

/* What a batch is about, beside the organisations already made in the registry. */
struct assess_keys {
    struct pg_array applications; /* amended, withdrawn or waiting too long */
    struct pg_array
        changing; /* organisations whose standing may change: what depends on them is needed */
    bool has_day;
    int32_t day; /* the latest business day of the batch */
};
void assess_keys_init(struct assess_keys *k, struct arena *a);

/* Fills and completes the registry. */
MUST_CHECK bool store_assess_load(struct pg *pg, struct elig_assess *s, struct assess_keys *k,
                                  struct err *err);
/* Queues what has changed. */
void store_assess_save(struct pg *pg, const struct elig_assess *s, const struct batch *b);

#endif
