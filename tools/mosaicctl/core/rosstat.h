/* rosstat: one vintage of Rosstat's quarterly table (columns year, qtr, then one per indicator) as
 * city-baseline.published events, one per indicator and quarter that has a value. */
#ifndef MOSAIC_CTL_ROSSTAT_H
#define MOSAIC_CTL_ROSSTAT_H

#include "tools/mosaicctl/core/outgoing.h"

#define ROSSTAT_SOURCE "urn:mosaic:import:rosstat"

/* `vintage` is the month the table was published in, YYYY-MM. */
MUST_CHECK bool rosstat_events(struct str text, struct str vintage, outgoing_fn emit, void *context,
                               struct err *err);

/* A decimal number as the event takes it: what has more than ten places is the noise of a float and is
 * rounded there, halves away from zero. False: it is no such number. The result is in the arena. */
bool rosstat_decimal(struct arena *a, struct str text, struct str *ret);

#endif
