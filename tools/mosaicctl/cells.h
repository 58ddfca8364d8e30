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
};

/* Reads the topic as it stands, sorted by KPI, category, currency and period. */
MUST_CHECK bool cells_read(struct cells *ret, struct arena *a, struct err *err);

#endif
