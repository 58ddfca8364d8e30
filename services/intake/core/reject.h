/* reject: the words in which a refused event is told back. Pure. */
#ifndef MOSAIC_INTAKE_REJECT_H
#define MOSAIC_INTAKE_REJECT_H

#include "services/intake/core/check.h"

/* Where a refused record stood. */
struct intake_origin {
    const struct topic *topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* below zero: it has none */
    struct str key;       /* ptr NULL: none */
};

/* The data of event.rejected. `organisation` may be absent. */
struct str intake_rejection(struct arena *a, const struct intake_origin *origin,
                            const struct event *event, struct str organisation,
                            const struct faults *faults);
/* The key it is published under: the record's own, cut if it is very long. Never absent. */
struct str intake_rejection_key(const struct intake_origin *origin, struct str organisation);
/* All faults in one line, for a dead letter's header. */
struct str intake_complaint(struct arena *a, const struct faults *faults);

#endif
