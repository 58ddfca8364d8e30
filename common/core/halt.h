/* halt: why an input partition stands still, and when it must. A partition halts rather than skip or
 * guess; an operator resolves it (mosaicctl positions). */
#ifndef MOSAIC_CORE_HALT_H
#define MOSAIC_CORE_HALT_H

#include "common/core/str.h"

enum halt {
    HALT_NONE,
    HALT_INPUT_EXPIRED,      /* `next` is older than the log */
    HALT_INPUT_TRUNCATED,    /* `next` is beyond the end of the log */
    HALT_INPUT_DIVERGED,     /* the record before `next` is not the one we remember */
    HALT_PARTITIONS_CHANGED, /* an output topic has another number of partitions than at the start */
    HALT_OUTPUT_REFUSED,     /* the broker will never take this output */
    HALT_OPERATOR,           /* an operator halted it, under whatever name */
};

const char *halt_name(enum halt h);    /* "INPUT_EXPIRED"; HALT_NONE is "" */
enum halt halt_parse(struct str name); /* HALT_OPERATOR for a name it does not know */

/* Can a partition whose log holds the offsets low ... high-1 be read on at `next`? */
enum halt halt_of_range(int64_t next, int64_t low, int64_t high);

/* The first record read when reading began at next-1 so that it can be compared. A compacted topic may
 * have lost that record; any other may not. */
enum halt halt_of_record(int64_t next, uint64_t remembered, int64_t offset, uint64_t fingerprint,
                         bool compacted);

#endif
