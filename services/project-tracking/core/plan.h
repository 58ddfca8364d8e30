/* plan: the partners of a project as its approved plan and later requests make them.
 * Rows are never removed: who left keeps the row with the day, so that all of it can be counted.
 * Memory is the arena's. */
#ifndef MOSAIC_TRACK_PLAN_H
#define MOSAIC_TRACK_PLAN_H

#include "services/project-tracking/core/project.h"

/* Tells one plan from another; the project's own name is not part of it. */
uint64_t plan_hash(struct arena *a, const struct ev_plan *plan);

/* Makes the current partners those of the plan: who is in both keeps the day of joining, who is not
 * in the plan leaves `on`, who is new joins `on`, or on the start date where that is later or nobody
 * was there before. The same organisation may appear several times and is matched as often.
 * Also moves the start date. False: too many rows; then nothing was touched. */
bool plan_merge(struct arena *a, struct track_project *p, const struct ev_plan *plan, int32_t on);
void plan_add_partner(struct arena *a, struct track_project *p, const struct ev_partner *x,
                      int32_t joined_on);
/* Whoever was there from the start is still there from the start. */
void plan_move_start(struct track_project *p, int32_t start_on);

#endif
