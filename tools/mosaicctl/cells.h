/* cells: the latest value of every KPI cell, read from mosaic.kpi. Everything lives in the arena. */
#ifndef MOSAIC_CTL_CELLS_H
#define MOSAIC_CTL_CELLS_H

#include "common/core/err.h"
#include "common/core/map.h"
#include "gen/events.h"

struct cells {
    struct arena *arena;
    struct map by_name;
    struct ev_kpi_value *items;
    size_t count, cap;
    int64_t passed_over;
    struct str first_passed; /* its place and what is wrong with it */
};

/* Reads the topic as it stands, sorted by KPI, category, currency and period. Records that are no KPI
 * value are passed over; standard error is told how many, and of the first where it is and what is wrong. */
MUST_CHECK bool cells_read(struct cells *ret, struct arena *a, struct err *err);

#endif
