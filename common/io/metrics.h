/* metrics: counters and gauges as atomics, printed as Prometheus text.
 * Registered at start by their owner, which also keeps the memory; never freed. */
#ifndef MOSAIC_IO_METRICS_H
#define MOSAIC_IO_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/core/buf.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE };

struct metric {
    const char *name; /* mosaic_stage_events_total */
    const char *help;
    enum metric_kind kind;
    char labels[160]; /* stage="register",topic="...",partition="3"; may be empty */
    _Atomic int64_t value;
    struct metric *next; /* the registry's */
};

void metrics_register(struct metric *m);
void metrics_write(struct buf *out); /* one HELP/TYPE per name */

#endif
