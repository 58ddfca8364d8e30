/* check_rules: what can be said against a published rule set: its dates, and every fault the decision engine finds in
 * its model. */
#ifndef MOSAIC_INTAKE_CHECK_RULES_H
#define MOSAIC_INTAKE_CHECK_RULES_H

#include "common/core/fault.h"
#include "gen/events.h"

void intake_check_rules(struct arena *a, const struct ev_rule_set_published *event,
                        struct faults *faults);

#endif
