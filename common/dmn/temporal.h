/* temporal: FEEL's dates, times and durations (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.9; XML Schema forms; ISO 8601).
 * Proleptic Gregorian, years -999999999 to 999999999. Values only; a named zone belongs to `zones`. */
#ifndef MOSAIC_DMN_TEMPORAL_H
#define MOSAIC_DMN_TEMPORAL_H

#include "common/core/buf.h"
#include "common/dmn/zone.h"

__extension__ typedef __int128 nanos_t; /* a days and time duration, in nanoseconds */

#define NANOS_PER_SECOND INT64_C(1000000000)
#define NANOS_PER_DAY (86400 * NANOS_PER_SECOND)
#define YEAR_MAX INT64_C(999999999)   /* and its negative */
#define MONTHS_MAX (24 * YEAR_MAX)    /* of a duration: from the first year to the last, and more */
#define DAYS_MAX (2 * 366 * YEAR_MAX) /* likewise */

/* How a time was written: without a zone, with an offset ("Z" is 0), or with a zone's name. */
enum zone_kind { ZONE_NONE, ZONE_OFFSET, ZONE_NAMED };

struct moment {    /* a time (day is 0) or a date and time */
    int64_t day;   /* since 1970-01-01, local to the zone */
    int64_t nanos; /* of the day, local */
    enum zone_kind zone_kind;
    int32_t offset;          /* seconds east of UTC, of ZONE_OFFSET */
    const struct zone *zone; /* of ZONE_NAMED */
};

bool day_of(int64_t year, int64_t month, int64_t day, int64_t *ret); /* false: no such day */
void day_to_ymd(int64_t day, int64_t *ret_year, int *ret_month, int *ret_day);
int day_of_week(int64_t day); /* Monday 1 to Sunday 7 */
int64_t day_add_months(int64_t day, int64_t months,
                       bool *ret_ok); /* clipped to the month's last day */

/* Exactly the lexical forms of FEEL's date(), time(), date and time(), duration(); false if anything else.
 * Zones by name are looked up in `zones`, which may be NULL: then none is known. */
bool date_text(struct str s, int64_t *ret_day);
bool time_text(struct str s, const struct zones *zones, struct moment *ret);
bool date_time_text(struct str s, const struct zones *zones, struct moment *ret);
bool days_duration_text(struct str s, nanos_t *ret);
bool months_duration_text(struct str s, int64_t *ret_months);

void date_put(struct buf *b, int64_t day);
void time_put(struct buf *b, const struct moment *t);
void date_time_put(struct buf *b, const struct moment *t);
void days_duration_put(struct buf *b, nanos_t d);
void months_duration_put(struct buf *b, int64_t months);

int32_t moment_offset(
    const struct moment *m); /* seconds east of UTC at that local time; 0 for ZONE_NONE */
/* Nanoseconds since 1970-01-01T00:00Z (for a time: of that day), with the offset taken off. */
nanos_t moment_instant(const struct moment *m);
/* Likewise of a time, whose zone by name has no date to go by: its standard offset of today. */
int32_t time_offset(const struct moment *t);
nanos_t time_instant(const struct moment *t);
bool days_duration_fits(nanos_t d);
bool months_duration_fits(int64_t months);
struct moment moment_add(struct moment m, nanos_t d,
                         bool *ret_ok);             /* a date and time; keeps the zone */
struct moment time_add(struct moment t, nanos_t d); /* wraps round midnight */

#endif
