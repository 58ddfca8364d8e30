/* rules: choosing the rule set, what the platform itself asks of every application, and running the model. */
#include "services/eligibility/core/rules.h"

#include <assert.h>

#include "common/core/date.h"
#include "common/dmn/dmn.h"
#include "services/eligibility/core/rules_private.h"

#define ENGINE_VERSION STR("dmn/" DMN_ENGINE_VERSION)

struct ev_finding *elig_note(struct elig_verdict *v, struct str rule, bool held, struct str read)
{
    assert(v->finding_count < ELIG_FINDINGS_MAX);
    struct ev_finding *finding = &v->findings[v->finding_count++];
    *finding =
        (struct ev_finding){.rule = rule, .held = held, .read = elig_clip(read, ELIG_READ_MAX)};
    return finding;
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

static bool in_force(const struct elig_rule_set *set, enum ev_measure measure, int32_t day)
{
    return set->measure == measure && set->valid_from <= day &&
           (!set->has_valid_until || day <= set->valid_until);
}

/* Whether a is to be preferred to b, both in force. Versions are told apart by name last, so that the choice never
 * depends on the order of arrival. */
static bool goes_before(const struct elig_rule_set *a, const struct elig_rule_set *b,
                        int32_t known_on)
{
    bool a_known = a->known_on <= known_on, b_known = b->known_on <= known_on;
    if (a_known != b_known)
        return a_known;
    if (!a_known && a->known_on != b->known_on)
        return a->known_on < b->known_on;
    if (a->valid_from != b->valid_from)
        return a->valid_from > b->valid_from;
    if (a->known_on != b->known_on)
        return a->known_on > b->known_on;
    return str_cmp(a->version, b->version) > 0;
}

/* What decides: in force on submitted_on, and of those known by known_on the one that began last, of equal ones the one
 * known last; if none was known by then, the one that became known first after it. NULL: none is in force. */
static const struct elig_rule_set *best_of(const struct elig_rules *rules, enum ev_measure measure,
                                           int32_t submitted_on, int32_t known_on)
{
    const struct elig_rule_set *best = NULL;
    for (size_t i = 0; i < rules->count; i++)
        if (in_force(rules->sets[i], measure, submitted_on) &&
            (best == NULL || goes_before(rules->sets[i], best, known_on)))
            best = rules->sets[i];
    return best;
}

/* The first day from which on some rules of the measure are in force; false: none were ever published. */
static bool first_day(const struct elig_rules *rules, enum ev_measure measure, int32_t *ret)
{
    bool any = false;
    for (size_t i = 0; i < rules->count; i++) {
        const struct elig_rule_set *set = rules->sets[i];
        if (set->measure != measure || (any && set->valid_from >= *ret))
            continue;
        *ret = set->valid_from;
        any = true;
    }
    return any;
}

static void describe(const struct elig_facts *facts, struct elig_verdict *v)
{
    struct ev_finding *finding =
        elig_note(v, STR("facts_known"), facts->described,
                  facts->described ? STR("described=yes") : STR("described=no"));
    if (!facts->described)
        finding->nearest = STR("a registry describes the applicant");
}

/* Without any rules of the measure it waits for them; where there are some, but none for its day, it is refused. */
static void no_rules(struct arena *a, const struct elig_rules *rules,
                     const struct elig_facts *facts, struct elig_verdict *v)
{
    int32_t first = 0;
    struct str submitted = elig_date(a, facts->submitted_on);
    if (!first_day(rules, facts->measure, &first)) {
        v->answer = ELIG_WAITS;
        struct ev_finding *finding =
            elig_note(v, STR("rules_known"), false,
                      arena_fmt(a, "submitted_on=%.*s rules=none", STR_ARG(submitted)));
        finding->nearest = STR("rules of the measure are published");
        return;
    }
    v->answer = ELIG_REFUSED;
    struct ev_finding *finding =
        elig_note(v, STR("rules_in_force"), false,
                  arena_fmt(a, "submitted_on=%.*s first_rules=%.*s", STR_ARG(submitted),
                            STR_ARG(elig_date(a, first))));
    if (facts->submitted_on < first)
        finding->nearest = arena_fmt(a, "submitted on %.*s or later", STR_ARG(elig_date(a, first)));
}

static const struct elig_rule_set *choose(struct arena *a, const struct elig_rules *rules,
                                          const struct elig_facts *facts, struct elig_verdict *v)
{
    const struct elig_rule_set *set =
        best_of(rules, facts->measure, facts->submitted_on, facts->known_on);
    *v = (struct elig_verdict){.engine_version = ENGINE_VERSION, .known_on = facts->known_on};
    v->rule_version = set != NULL
                          ? set->version
                          : arena_fmt(a, "%.*s/none", STR_ARG(ev_measure_text(facts->measure)));
    if (set != NULL && set->known_on > v->known_on)
        v->known_on = set->known_on;
    return set;
}

void elig_judge(struct arena *a, const struct elig_rules *rules, const struct elig_facts *facts,
                struct elig_verdict *ret)
{
    const struct elig_rule_set *set = choose(a, rules, facts, ret);
    describe(facts, ret);
    if (set == NULL)
        no_rules(a, rules, facts, ret);
    else
        elig_run(a, rules->scratch, set, facts, ret);
    /* A decision names the applicant's category, so none is made before it is known. */
    if (!facts->described)
        ret->answer = ELIG_WAITS;
}

void elig_judge_withdrawn(struct arena *a, const struct elig_rules *rules,
                          const struct elig_facts *facts, int32_t day, struct elig_verdict *ret)
{
    (void)choose(a, rules, facts, ret);
    ret->answer = ELIG_REFUSED;
    if (facts->form != NULL)
        ret->currency = facts->form->currency;
    (void)elig_note(ret, STR("withdrawn"), true,
                    arena_fmt(a, "withdrawn_on=%.*s", STR_ARG(elig_date(a, day))));
}

void elig_judge_measure_changed(struct arena *a, const struct elig_rules *rules,
                                const struct elig_facts *facts, enum ev_measure now,
                                struct elig_verdict *ret)
{
    struct str before = ev_measure_text(facts->measure), after = ev_measure_text(now);
    (void)choose(a, rules, facts, ret);
    ret->answer = ELIG_REFUSED;
    if (facts->form != NULL)
        ret->currency = facts->form->currency;
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
    verdict->answer = ELIG_REFUSED;
    struct ev_finding *finding = elig_note(verdict, STR("decided_in_time"), false,
                                           arena_fmt(a, "submitted_on=%.*s day=%.*s wait_days=%d",
                                                     STR_ARG(elig_date(a, facts->submitted_on)),
                                                     STR_ARG(elig_date(a, day)), ELIG_WAIT_DAYS));
    finding->nearest =
        arena_fmt(a, "what was missing is known by %.*s", STR_ARG(elig_date(a, last)));
}
