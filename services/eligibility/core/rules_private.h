/* rules_private: what choosing the rules and running them share. */
#ifndef MOSAIC_ELIG_RULES_PRIVATE_H
#define MOSAIC_ELIG_RULES_PRIVATE_H

#include "services/eligibility/core/rules.h"

/* Adds a finding; its `nearest` may be filled in. */
struct ev_finding *elig_note(struct elig_verdict *v, struct str rule, bool held, struct str read);
struct str elig_date(struct arena *a, int32_t day);
struct str elig_clip(struct str s, size_t max); /* at most max bytes, never half a character */

/* Hands the facts to the model and reads its verdict. What the model says is copied into `a`. A model that gives no
 * sound verdict makes the application wait, with a finding that says what was wrong with it. */
void elig_run(struct arena *a, struct arena *scratch, const struct elig_rule_set *set,
              const struct elig_facts *facts, struct elig_verdict *v);

#endif
