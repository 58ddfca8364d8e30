/* aggregate: the cells of a series that differ after its parts have changed.
 * The result lives in the arena given. */
#ifndef MOSAIC_KPI_AGGREGATE_H
#define MOSAIC_KPI_AGGREGATE_H

#include "gen/events.h"
#include "services/kpi-aggregator/core/formulas.h"

struct kpi_cell {
    struct str text; /* "<kpi>:<category>[:<currency>]:<period>", the key of its events */
    const struct kpi *kpi;
    struct str period; /* 2021-03 or 2021 */
    bool is_year;
    struct str value; /* ptr NULL: no longer defined */
};

/* Both windows are the same months; `changed` is the first month in which they may differ.
 * A cell that had no value and gets none is not told. Returns how many there are. */
size_t kpi_changes(struct arena *a, const struct kpi_series *series, const struct kpi_parts *old,
                   const struct kpi_parts *now, int32_t changed, struct kpi_cell **ret);

struct ev_kpi_value kpi_cell_event(const struct kpi_series *series, const struct kpi_cell *cell,
                                   int64_t revision);

#endif
