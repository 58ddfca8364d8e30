/* assess_private: what assess.c (what came in) and judge.c (what comes of it) share. */
#ifndef MOSAIC_ELIG_ASSESS_PRIVATE_H
#define MOSAIC_ELIG_ASSESS_PRIVATE_H

#include "services/eligibility/core/assess.h"

/* What makes a revision: an input, and for which reason. */
struct elig_cause {
    size_t input;
    enum ev_cause why;
    int32_t expires_on; /* the day that ends the waiting; 0: none does */
};

/* What the rules may read, and since when all of it is known. */
struct elig_known {
    struct elig_facts facts;
    int32_t known_on;
};

struct elig_known elig_gather(struct elig_assess *s, struct elig_app *app);
/* Adds a revision. `judged` is kept. */
void elig_record(struct elig_assess *s, struct elig_app *app, struct elig_cause cause,
                 enum ev_verdict verdict, int32_t effective_on, const struct elig_verdict *judged);
/* Judges it as it stands and records what is new. True: a membership was decided. */
bool elig_judge_app(struct elig_assess *s, struct elig_app *app, struct elig_cause cause);

bool elig_is_membership(const struct elig_app *app);
/* Whether news of an organisation may still change its verdict. */
bool elig_is_open(const struct elig_app *app);

/* Tells the world how the participant now stands. */
void elig_notify(struct elig_assess *s, struct elig_org *org, size_t input);
/* The application no longer stands, so neither does the membership it opened. */
void elig_leave(struct elig_assess *s, struct elig_app *app, size_t input, int32_t day);

/* What depends on the organisation's membership is judged again. */
void elig_wake_dependents(struct elig_assess *s, struct elig_org *org, size_t input);
/* First its own memberships, then whatever depends on them. */
void elig_wake(struct elig_assess *s, struct elig_org *org, size_t input);

#endif
