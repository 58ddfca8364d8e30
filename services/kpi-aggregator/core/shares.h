/* shares: what one entity (an organisation's membership, a project, an application, a rejected
 * event) adds to which part of which series in which month, as a function of its state alone.
 * Shares live in the arena they were made with; their texts may be static or the event's. */
#ifndef MOSAIC_KPI_SHARES_H
#define MOSAIC_KPI_SHARES_H

#include "common/core/buf.h"
#include "gen/events.h"
#include "services/kpi-aggregator/core/series.h"

struct kpi_share {
    struct str series;
    int32_t month;
    enum kpi_part part;
    int64_t value;
};

/* Sorted by series, month and part, without repeats and without zeros. */
struct kpi_shares {
    struct kpi_share *items;
    size_t count;
};

int kpi_share_cmp(const struct kpi_share *a, const struct kpi_share *b); /* by place, not value */
void kpi_shares_sort(struct kpi_shares *shares);
/* As JSON, [["support:it","2021-03","applied",1], ...]. */
void kpi_shares_write(struct buf *b, struct kpi_shares shares);

/* False: amounts of this one entity add up to more than KPI_SUM_MAX. */
MUST_CHECK bool kpi_shares_of_participant(struct arena *a, const struct ev_participant_changed *ev,
                                          struct kpi_shares *ret);
MUST_CHECK bool kpi_shares_of_project(struct arena *a, const struct ev_project_changed *ev,
                                      struct kpi_shares *ret);
MUST_CHECK bool kpi_shares_of_decision(struct arena *a, const struct ev_decision_made *ev,
                                       struct kpi_shares *ret);
MUST_CHECK bool kpi_shares_of_rejection(struct arena *a, const struct ev_event_rejected *ev,
                                        struct kpi_shares *ret);

#endif
