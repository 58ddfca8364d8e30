/* zoneinfo: time zones from the system's tz database, read when first asked for and kept.
 * One for each thread, or behind a lock. The zones live until zoneinfo_done(). */
#ifndef MOSAIC_IO_ZONEINFO_H
#define MOSAIC_IO_ZONEINFO_H

#include "common/core/map.h"
#include "common/dmn/zone.h"

#define ZONEINFO_DIRECTORY "/usr/share/zoneinfo"
#define ZONEINFO_FILE_MAX ((size_t)256 * 1024)

struct zoneinfo {
    struct zones zones; /* hand this to the engine */
    struct arena arena;
    struct map known; /* name to index */
    const struct zone **found;
    size_t count, cap;
    int directory; /* -1: there is none, and no zone is known */
};

/* A directory of NULL: the one TZDIR names, else ZONEINFO_DIRECTORY. Must not move afterwards. */
void zoneinfo_init(struct zoneinfo *z, const char *directory);
void zoneinfo_done(struct zoneinfo *z);

#endif
