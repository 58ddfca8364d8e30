/* store: all SQL of the service. Rows go in and out a batch at a time; what is loaded lives in the
 * arena given. No locks are taken: an entity's events all come from one input partition and a
 * series is the key of one partition, so the stage's own positions keep two writers apart. */
#ifndef MOSAIC_KPI_STORE_H
#define MOSAIC_KPI_STORE_H

#include "common/io/stage.h"
#include "services/kpi-aggregator/core/aggregate.h"
#include "services/kpi-aggregator/core/contribute.h"

/* An event that changed an entity, the record it came in, and what it says the entity adds. */
struct kpi_entity_event {
    struct str entity;
    int64_t revision;
    struct kpi_shares shares;
    const struct message *message;
};

/* Fills revision and shares of each. Flushes. */
MUST_CHECK bool kpi_load_entities(struct pg *pg, struct arena *a, struct kpi_entity *entities,
                                  size_t count, struct err *err);
/* Queues; the stage's commit flushes it. */
void kpi_store_events(struct pg *pg, struct arena *a, const struct kpi_entity_event *events,
                      size_t count);

/* A series during a batch of contributions. */
struct kpi_summed {
    struct str name;
    struct kpi_series series;
    int32_t changed, last; /* the months its contributions span */
    struct kpi_parts old, now;
    /* By month of the window: sums that there are already, and sums that are to change. */
    bool (*stored)[KPI_PARTS], (*touched)[KPI_PARTS];
};

/* Makes and fills old and stored; the window reaches back to the first month a cell of which can change.
 * Flushes. */
MUST_CHECK bool kpi_load_sums(struct pg *pg, struct arena *a, struct kpi_summed *series,
                              size_t count, struct err *err);
/* Reads the levels of now. */
void kpi_store_sums(struct pg *pg, struct arena *a, const struct kpi_summed *series, size_t count);
/* Writes the cells and fills their revisions, counted by the database. Flushes. */
MUST_CHECK bool kpi_store_cells(struct pg *pg, struct arena *a, const struct kpi_cell *cells,
                                size_t count, int64_t *ret_revisions, struct err *err);

#endif
