/* rules: the hand-written engine: one function per measure behind one interface. */
#include "services/eligibility/core/rules.h"

#include <assert.h>

#include "common/core/date.h"
#include "services/eligibility/core/rules_private.h"

#define ENGINE_VERSION STR("built-in/1")

struct ev_finding *elig_note(struct elig_verdict *v, struct str rule, bool held, struct str read)
{
    assert(v->finding_count < ELIG_FINDINGS_MAX);
    struct ev_finding *finding = &v->findings[v->finding_count++];
    *finding =
        (struct ev_finding){.rule = rule, .held = held, .read = elig_clip(read, ELIG_READ_MAX)};
    return finding;
}

struct ev_finding *elig_require(struct elig_verdict *v, struct str rule, bool held, struct str read)
{
    if (!held)
        v->answer = ELIG_REFUSED;
    return elig_note(v, rule, held, read);
}

struct ev_finding *elig_await(struct elig_verdict *v, struct str rule, struct str read)
{
    if (v->answer == ELIG_ELIGIBLE)
        v->answer = ELIG_WAITS;
    return elig_note(v, rule, false, read);
}

struct str elig_date(struct arena *a, int32_t day)
{
    struct buf text = {.arena = a};
    date_write(&text, day);
    return buf_view(&text);
}

struct str elig_clip(struct str s, size_t max)
{
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xC0) == 0x80)
        max--;
    return (struct str){s.ptr, max};
}

static void describe(const struct elig_facts *facts, struct elig_verdict *v)
{
    if (facts->described) {
        (void)elig_require(v, STR("facts_known"), true, STR("described=yes"));
        return;
    }
    struct ev_finding *finding = elig_await(v, STR("facts_known"), STR("described=no"));
    finding->nearest = STR("a registry describes the applicant");
}

static void judge_measure(struct arena *a, const struct elig_facts *facts, struct elig_verdict *v)
{
    switch (facts->measure) {
    case EV_MEASURE_MEMBERSHIP: elig_membership(a, facts, v); return;
    case EV_MEASURE_JOINT_PROJECT: elig_joint_project(a, facts, v); return;
    case EV_MEASURE_HORIZON_PROJECT: elig_horizon_project(a, facts, v); return;
    case EV_MEASURE_EXPORT_GRANT: elig_export_grant(a, facts, v); return;
    }
    assert(false);
}

void elig_judge(struct arena *a, const struct elig_facts *facts, struct elig_verdict *ret)
{
    *ret = (struct elig_verdict){.engine_version = ENGINE_VERSION};
    describe(facts, ret);
    judge_measure(a, facts, ret);
    /* A decision names the applicant's category, so none is made before it is known. */
    if (!facts->described)
        ret->answer = ELIG_WAITS;
}

/* The rule version that would have judged, without its findings. */
static void keep_version(struct arena *a, const struct elig_facts *facts, struct elig_verdict *ret)
{
    elig_judge(a, facts, ret);
    ret->finding_count = 0;
    ret->has_amount = ret->has_yearly_cap = false;
}

void elig_judge_withdrawn(struct arena *a, const struct elig_facts *facts, int32_t day,
                          struct elig_verdict *ret)
{
    keep_version(a, facts, ret);
    ret->answer = ELIG_REFUSED;
    (void)elig_note(ret, STR("withdrawn"), true,
                    arena_fmt(a, "withdrawn_on=%.*s", STR_ARG(elig_date(a, day))));
}

void elig_judge_measure_changed(struct arena *a, const struct elig_facts *facts,
                                enum ev_measure now, struct elig_verdict *ret)
{
    struct str before = ev_measure_text(facts->measure), after = ev_measure_text(now);
    keep_version(a, facts, ret);
    ret->answer = ELIG_REFUSED;
    struct ev_finding *finding =
        elig_note(ret, STR("measure_kept"), false,
                  arena_fmt(a, "submitted=%.*s amended=%.*s", STR_ARG(before), STR_ARG(after)));
    finding->nearest = STR("a new application for the other measure");
}

void elig_expire(struct arena *a, const struct elig_facts *facts, int32_t day,
                 struct elig_verdict *verdict)
{
    assert(verdict->answer == ELIG_WAITS);
    int32_t last = facts->submitted_on + ELIG_WAIT_DAYS;
    struct ev_finding *finding =
        elig_require(verdict, STR("decided_in_time"), false,
                     arena_fmt(a, "submitted_on=%.*s day=%.*s wait_days=%d",
                               STR_ARG(elig_date(a, facts->submitted_on)),
                               STR_ARG(elig_date(a, day)), ELIG_WAIT_DAYS));
    finding->nearest =
        arena_fmt(a, "what was missing is known by %.*s", STR_ARG(elig_date(a, last)));
}
