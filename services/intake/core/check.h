/* check: everything that can be said against one event by looking at it alone: its topic and key, its
 * schema, the names of organisations, and what its fields say of each other. The envelope was read before.
 * Finds every fault, not the first. What it returns lives in the arena. */
#ifndef MOSAIC_INTAKE_CHECK_H
#define MOSAIC_INTAKE_CHECK_H

#include "common/core/event.h"
#include "common/core/upstream.h"

#define INTAKE_DATA_MAX_BYTES 1000000 /* what an internal topic takes, less its envelope */

/* A record as it came in. */
struct intake_record {
    const struct topic *topic;
    struct str key; /* ptr NULL: none */
    const struct event *event;
};

/* An event as it was understood. Meaningful parts only, if there are faults. */
struct intake_entry {
    enum ev_type type;
    const struct topic *to; /* ptr NULL: nowhere */
    union ev_any data;
};

/* True iff it adds nothing to `faults`, which may hold those of the envelope already. */
bool intake_check(struct arena *a, const struct intake_record *record, struct intake_entry *ret,
                  struct faults *faults);

#endif
