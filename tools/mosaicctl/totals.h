/* totals: what a run is judged by, counted from the input or read from the KPIs. Lives in an arena. */
#ifndef MOSAIC_CTL_TOTALS_H
#define MOSAIC_CTL_TOTALS_H

#include "common/core/err.h"
#include "common/core/map.h"

struct reason_count {
    struct str code;
    int64_t count; /* events refused with it, among other reasons or alone */
};

#define REASONS_MAX 200

struct totals {
    struct arena *arena;
    int64_t participations, organisations, projects, cooperative_projects, coordinators,
        grant_minor, cost_minor;
    struct reason_count reasons[REASONS_MAX];
    size_t reason_count;
    int64_t refused; /* applications that eligibility refuses, or has refused */
    struct str *refused_names;
    size_t refused_cap;
};

void totals_add_reason(struct totals *t, struct str code, int64_t count);
int64_t totals_reason(const struct totals *t, struct str code); /* 0 if it does not occur */

/* Counts a table of Horizon participations row by row, or a file of events line by line; which of them
 * it is, its first character says. Rejected is what intake's own check refuses; refused is what eligibility
 * does then, whose rule for Horizon projects is that all grants together are an amount: at most 2^53 - 1. */
MUST_CHECK bool totals_of_input(struct totals *ret, struct arena *a, const char *path,
                                struct err *err);
/* Reads mosaic.kpi: the years of the category `all`, summed. Refused is what was applied for and is not
 * approved; the KPIs do not know why, so there are no names. */
MUST_CHECK bool totals_of_kpis(struct totals *ret, struct arena *a, struct err *err);

#endif
