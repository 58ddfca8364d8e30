/* store_rules_private: what the table of rule sets and the sweeps over applications share. */
#ifndef MOSAIC_ELIG_STORE_RULES_PRIVATE_H
#define MOSAIC_ELIG_STORE_RULES_PRIVATE_H

#include "services/eligibility/store_rules.h"

/* A rule set that came in has its whole time before it. */
void rules_sweep_new(struct rules_use *use, size_t input, const struct elig_rule_set *set);

#endif
