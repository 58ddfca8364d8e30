/* assess: the first half of a decision: what came in, applied to the registry of one batch, gives
 * verdicts and changed memberships. Whatever the order in which facts, memberships and applications
 * arrive, their dates decide. The caller has put everything concerned into the registry (elig_org(),
 * elig_app_add() and elig_app_link()); what comes of it lives in the arena. */
#ifndef MOSAIC_ELIG_ASSESS_H
#define MOSAIC_ELIG_ASSESS_H

#include "services/eligibility/core/registry.h"

/* One new revision of one application. */
struct elig_step {
    size_t input; /* what caused it */
    struct elig_app *app;
    int64_t revision;
    enum ev_category category;
    enum ev_verdict verdict;
    enum ev_cause cause;
    int32_t submitted_on, effective_on;
    const struct ev_application_submitted *form;
    const struct elig_verdict *judged; /* its findings and amounts */
};

/* A participant as it stood after one input. */
struct elig_notice {
    size_t input;
    const struct elig_org *org;
    int64_t revision;
    struct str name;
    enum ev_category category;
    struct elig_period *periods;
    size_t period_count;
};

struct elig_assess {
    struct elig_registry registry;
    const struct elig_rules *rules; /* set before the first event */
    struct elig_step *steps;
    size_t step_count, step_cap;
    struct elig_notice *notices;
    size_t notice_count, notice_cap;
};

void elig_assess_init(struct elig_assess *s, struct arena *a, size_t inputs);

void elig_on_described(struct elig_assess *s, size_t input,
                       const struct ev_organisation_described *event);
void elig_on_ended(struct elig_assess *s, size_t input, const struct ev_membership_ended *event);
void elig_on_day(struct elig_assess *s, size_t input, int32_t day);
/* Rules that are among s->rules, for applications submitted in [from, until]: those in the registry that are still
 * open are judged again. */
void elig_on_rules(struct elig_assess *s, size_t input, enum ev_measure measure, int32_t from,
                   int32_t until);
/* NULL, or why this event can never be taken in. `data` is the application as JSON. */
const char *elig_on_submitted(struct elig_assess *s, size_t input,
                              const struct ev_application_submitted *event, struct str data);
const char *elig_on_amended(struct elig_assess *s, size_t input,
                            const struct ev_application_amended *event, struct str data);
const char *elig_on_withdrawn(struct elig_assess *s, size_t input,
                              const struct ev_application_withdrawn *event);

/* Applications submitted before this day have waited too long when `day` starts. */
int32_t elig_expired_before(int32_t day);

#endif
