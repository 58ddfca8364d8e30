/* membership: whoever a registry has described may join, once at a time. */
#include <assert.h>

#include "services/eligibility/core/rules_private.h"

void elig_membership(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    assert(facts->standing_count == 1);
    const struct elig_standing *now = &facts->standings[0];
    v->rule_version = STR("membership/1");
    if (now->kind != ELIG_MEMBER) {
        (void)elig_require(v, STR("not_a_participant_already"), true,
                           STR("already_participant=no"));
        return;
    }
    struct ev_finding *finding = elig_require(v, STR("not_a_participant_already"), false,
                                              arena_fmt(a, "already_participant=yes since=%.*s",
                                                        STR_ARG(elig_date(a, now->day))));
    finding->nearest = STR("an application dated after that membership has ended");
}
