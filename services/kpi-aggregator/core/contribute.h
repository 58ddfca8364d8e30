/* contribute: an entity's old shares against its new ones, summed over a batch.
 * Everything lives in the batch's arena. Sums are kept apart by group, that is by input partition,
 * because each output has to name one input it follows from. */
#ifndef MOSAIC_KPI_CONTRIBUTE_H
#define MOSAIC_KPI_CONTRIBUTE_H

#include "common/core/buf.h"
#include "common/core/map.h"
#include "services/kpi-aggregator/core/shares.h"

struct kpi_delta {
    uint32_t group;
    uint32_t series; /* index in kpi_sums.series */
    int32_t month;
    enum kpi_part part;
    int64_t value;
};

struct kpi_sums_series {
    struct str name;
    uint32_t total; /* index of the same series in category "all"; its own for totals */
};

struct kpi_sums {
    struct arena *arena;
    struct map series_ids;
    struct kpi_sums_series *series;
    uint32_t series_count;
    size_t series_cap;
    struct map places; /* group, series, month and part, to an index in deltas */
    struct kpi_delta *deltas;
    size_t count, cap;
};

void kpi_sums_init(struct kpi_sums *sums, struct arena *a);
void kpi_sums_add(struct kpi_sums *sums, uint32_t group, struct str series, int32_t month,
                  enum kpi_part part, int64_t value);
/* Sorts by group, series, month and part, and drops what sums to zero. */
void kpi_sums_finish(struct kpi_sums *sums);

/* The next contribution after *at in finished sums: a run of one group and series, of at most
 * `most` parts, each small enough for the contract. False: there is no more. */
struct kpi_contribution {
    uint32_t group;
    struct ev_contribution_changed event;
};
bool kpi_sums_next(const struct kpi_sums *sums, size_t *at, size_t most,
                   struct kpi_contribution *ret);

/* What is known of one entity during a batch. */
struct kpi_entity {
    struct str key;
    int64_t revision; /* 0: never seen */
    struct kpi_shares shares;
};

/* Takes a new state. False: its revision is not above the one known, nothing changes. */
bool kpi_entity_apply(struct kpi_sums *sums, uint32_t group, struct kpi_entity *entity,
                      int64_t revision, struct kpi_shares shares);

#endif
