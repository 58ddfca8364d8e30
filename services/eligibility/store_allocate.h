/* store_allocate: the allocate stage's SQL. Loading locks the budgets of the batch in order of programme
 * and year; whatever else it reads is changed by nobody who has not locked the same budget. */
#ifndef MOSAIC_ELIG_STORE_ALLOCATE_H
#define MOSAIC_ELIG_STORE_ALLOCATE_H

#include "common/io/pg.h"
#include "common/io/stage.h"
#include "services/eligibility/core/allocate.h"
#include "services/eligibility/rows.h"

struct allocate_keys {
    struct rows budgets; /* measure, year */
    struct pg_array applications;
    struct pg_array organisations; /* of those applications */
};
void allocate_keys_init(struct allocate_keys *k, struct arena *a);

MUST_CHECK bool store_allocate_load(struct pg *pg, struct elig_allocate *s,
                                    const struct allocate_keys *k, struct err *err);
/* The next ones of a line, added and served. */
MUST_CHECK bool store_allocate_load_line(struct pg *pg, struct elig_allocate *s,
                                         struct elig_budget *b, struct err *err);
void store_allocate_save(struct pg *pg, const struct elig_allocate *s, const struct batch *b);

#endif
