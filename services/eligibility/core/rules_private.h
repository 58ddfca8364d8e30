/* rules_private: what the hand-written rules share among themselves. */
#ifndef MOSAIC_ELIG_RULES_PRIVATE_H
#define MOSAIC_ELIG_RULES_PRIVATE_H

#include "services/eligibility/core/rules.h"

/* Adds a finding that decides nothing; its `nearest` may be filled in. */
struct ev_finding *elig_note(struct elig_verdict *v, struct str rule, bool held, struct str read);
/* Adds a finding that must hold, or else the application is refused. */
struct ev_finding *elig_require(struct elig_verdict *v, struct str rule, bool held,
                                struct str read);
/* Adds a finding that cannot be judged yet. */
struct ev_finding *elig_await(struct elig_verdict *v, struct str rule, struct str read);

struct str elig_date(struct arena *a, int32_t day);
struct str elig_clip(struct str s, size_t max); /* at most max bytes, never half a character */

/* One per measure. */
void elig_membership(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v);
void elig_joint_project(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v);
void elig_horizon_project(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v);
void elig_export_grant(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v);

#endif
