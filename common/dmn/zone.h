/* zone: time zones by name, from the bytes of TZif files (RFC 8536).
 * The engine reads no files: the caller hands it a `zones` that finds them. common/io/zoneinfo.h has the one that
 * reads the system's tz database; a test may bring its own. A zone lives as long as its `zones`. */
#ifndef MOSAIC_DMN_ZONE_H
#define MOSAIC_DMN_ZONE_H

#include "common/core/arena.h"

struct zone;

struct zones {
    const struct zone *(*find)(void *context, struct str name); /* NULL: there is no such zone */
    void *context;
};

/* Everything is copied into the arena; NULL if the bytes are no TZif file of version 1 to 4. */
struct zone *zone_read(struct arena *a, struct str name, struct str tzif);
struct str zone_name(const struct zone *z);
int32_t zone_offset_at(const struct zone *z, int64_t utc_seconds);
int32_t zone_offset_standard(const struct zone *z); /* without summer time, as the rules are now */
/* Of a local time; the earlier offset where it happens twice, the one before the gap where it does not exist. */
int32_t zone_offset_local(const struct zone *z, int64_t local_seconds);

#endif
