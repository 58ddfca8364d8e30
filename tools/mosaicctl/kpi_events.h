/* kpi_events: the way from a KPI's value back to the events that it comes from. */
#ifndef MOSAIC_CTL_KPI_EVENTS_H
#define MOSAIC_CTL_KPI_EVENTS_H

#include "common/core/err.h"

/* Prints every event that has changed the value of a cell ("projects.cost:company:EUR:2021-03") and by how
 * much, from the tables of the kpi-aggregator. False: err says what failed, or that they do not add up. */
MUST_CHECK bool kpi_events(const char *cell, bool json, struct err *err);

#endif
