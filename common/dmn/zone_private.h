/* zone_private: the rule at the end of a TZif file, a POSIX TZ string: what holds after the last transition. */
#ifndef MOSAIC_DMN_ZONE_PRIVATE_H
#define MOSAIC_DMN_ZONE_PRIVATE_H

#include "common/dmn/zone.h"

struct zone_day {                                  /* when summer time begins or ends */
    enum { DAY_MONTH, DAY_JULIAN, DAY_ZERO } kind; /* Mm.w.d, Jn (no leap day), n (from 0) */
    int month, week, day;                          /* week 5: the last; day 0: Sunday */
    int32_t seconds;                               /* of the day, may lie outside it */
};

struct zone_rule {
    int32_t standard; /* seconds east of UTC */
    int32_t summer;
    bool has_summer;
    struct zone_day start, end;
};

/* As RFC 8536, 3.3.1 allows; false if anything else. */
bool zone_rule_parse(struct str s, struct zone_rule *ret);
int32_t zone_rule_offset(const struct zone_rule *r, int64_t utc_seconds);
/* The first change after that instant; false if there is none. */
bool zone_rule_next(const struct zone_rule *r, int64_t after, int64_t *ret_at);

#endif
