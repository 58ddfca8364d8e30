/* made_up: the events of the made-up load, each a function of its number alone.
 * They are lifelike in form and size, not in content: nobody behind them exists. What is written
 * lives in the arena given. */
#ifndef MOSAIC_BENCH_MADE_UP_H
#define MOSAIC_BENCH_MADE_UP_H

#include "common/core/buf.h"
#include "gen/events.h"
#include "gen/topics.h"

enum made_up_kind {
    MADE_UP_BUDGET,    /* number: the year */
    MADE_UP_DESCRIBED, /* number: the organisation */
    MADE_UP_JOIN,      /* membership; number: the organisation */
    MADE_UP_SUPPORT,   /* three export grants to two Horizon projects; number: the application */
    MADE_UP_MILESTONE, /* number: the application whose project reached one */
};

struct made_up {
    const struct topic *topic;
    enum ev_type type;
    struct str key;
    struct str data;
};

struct made_up_plan {
    const char *run;   /* part of every name, so that runs do not meet */
    int64_t members;   /* organisations 0..members-1 may apply for support */
    int64_t span;      /* memberships 0..span-1 are spread over five years in order */
    int32_t joined_on; /* days; not 0: the day of every membership instead */
};

bool made_up_kind_parse(struct str text, enum made_up_kind *ret);
struct made_up made_up_event(struct arena *a, const struct made_up_plan *plan,
                             enum made_up_kind kind, int64_t number);
enum ev_category made_up_category(int64_t organisation);

#endif
