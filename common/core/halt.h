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

/* What a PARTITIONS_CHANGED halt says: which output topic, how many partitions it has and had. */
struct halt_partitions {
    struct str topic;
    int32_t now, was;
};

#define HALT_DETAIL_BYTES 320 /* room for a topic name of Kafka's 249 bytes and the rest */

void halt_partitions_write(char to[HALT_DETAIL_BYTES], const struct halt_partitions *p);
/* ret->topic is a view of the detail. False: it was not written by the above. */
bool halt_partitions_read(struct str detail, struct halt_partitions *ret);

#endif
