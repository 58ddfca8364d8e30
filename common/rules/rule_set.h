/* rule_set: what a DMN model must be to serve as the rules of a measure. Intake refuses what is none, eligibility runs
 * it; both go by this one description. A rule set lives in the arena it was loaded into and never changes.
 *
 * A model has a decision "Verdict" and may ask for two inputs, by these names:
 *   Application    context: submitted on (date), amount (minor units or null), currency (string or null),
 *                  partners (list of: organisation, grant or null), export (context, or null): contract proceeds,
 *                  contract closed on, contract finished, exports last year, exports year before, first contract on,
 *                  taxes last year
 *   Organisations  list of those concerned, each once: organisation, standing, day. The standing is "undecided",
 *                  "participant", "refused", "joined later" or "left"; the day is since when, from when, until when.
 * The verdict is a context: answer ("eligible", "refused" or "waits"), findings (list of: rule, held, read and, if it did
 * not hold, nearest), and where money is concerned asked, amount, yearly cap (minor units) and currency. At most 13
 * findings; of their texts 100, 1,000 and 300 bytes are kept. A verdict that is none, or that takes more than the limits
 * in services/eligibility/core/run_rules.c, makes the application wait. */
#ifndef MOSAIC_RULES_RULE_SET_H
#define MOSAIC_RULES_RULE_SET_H

#include "common/dmn/dmn.h"

#define RULE_SET_NO_INPUT UINT32_MAX

struct rule_set {
    const struct model *model;
    uint32_t verdict;
    uint32_t application, organisations; /* RULE_SET_NO_INPUT: the model does not ask for it */
};

/* False: the model has an error, or is none that can serve; every reason is in the findings, which are made here. */
bool rule_set_load(struct arena *a, struct str xml, struct rule_set *ret,
                   struct findings *ret_findings);

#endif
