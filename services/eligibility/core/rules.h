/* rules: what a measure asks of an application. Facts in, verdict with its explanation out, by the rule set that is
 * chosen by the application's date and by what was known. Pure and without memory of its own: everything a rule reads
 * is in the facts, everything it says is in the verdict, which lives in the arena. The rules themselves are DMN models
 * (services/eligibility/rules, common/rules/rule_set.h). */
#ifndef MOSAIC_ELIG_RULES_H
#define MOSAIC_ELIG_RULES_H

#include "gen/events.h"

/* What an organisation is to the cluster on the day it is asked for. */
enum elig_standing_kind {
    ELIG_UNDECIDED,    /* no membership application of it has been decided */
    ELIG_MEMBER,       /* a participant; `day` is since when */
    ELIG_NEVER_MEMBER, /* it applied and was refused */
    ELIG_JOINED_LATER, /* `day` is when */
    ELIG_LEFT_BEFORE,  /* `day` is its last one */
};

struct elig_standing {
    struct str organisation;
    enum elig_standing_kind kind;
    int32_t day;
};

struct elig_facts {
    enum ev_measure measure;
    int32_t submitted_on; /* the rules in force on this day apply */
    int32_t known_on;     /* when the last of these facts became known */
    bool described;       /* a registry has described the applicant */
    /* Each organisation concerned once: the partners of a project, otherwise the applicant alone. On
     * submitted_on; for a membership over all the time from then on that it would cover. */
    const struct elig_standing *standings;
    size_t standing_count;
    const struct ev_application_submitted *form; /* NULL for a membership */
};

enum elig_answer {
    ELIG_ELIGIBLE,
    ELIG_REFUSED,
    ELIG_WAITS, /* something that decides it is not known yet */
};

struct rule_set; /* common/rules/rule_set.h */

/* One published version of a measure's rules. */
struct elig_rule_set {
    enum ev_measure measure;
    struct str version;
    int32_t valid_from, known_on;
    bool has_valid_until;
    int32_t valid_until;
    int64_t
        digest; /* of all that was published, to tell a repeat from another text under the same name */
    const struct rule_set *rules;
};

/* All that are known to one batch. */
struct elig_rules {
    const struct elig_rule_set *const *sets;
    size_t count;
    struct arena *scratch; /* for one evaluation at a time; reset before each */
};

#define ELIG_FINDINGS_MAX 16
#define ELIG_RULE_FINDINGS_MAX (ELIG_FINDINGS_MAX - 3) /* the others are the platform's own */
#define ELIG_READ_MAX 1000
#define ELIG_NEAREST_MAX 300

struct elig_verdict {
    enum elig_answer answer;
    bool has_asked, has_amount, has_yearly_cap;
    int64_t asked;      /* what it asks for, in minor units */
    int64_t amount;     /* what it is eligible for */
    int64_t yearly_cap; /* the most the applicant may be given in the year of submitted_on */
    struct str currency;
    struct ev_finding findings[ELIG_FINDINGS_MAX];
    size_t finding_count;
    struct str rule_version;
    struct str engine_version;
    int32_t
        known_on; /* when what it rests on was known: the facts, and the rules where they came later */
};

void elig_judge(struct arena *a, const struct elig_rules *rules, const struct elig_facts *facts,
                struct elig_verdict *ret);

/* A withdrawal and a broken deadline are no matter of the rules, but explain themselves the same way. */
void elig_judge_withdrawn(struct arena *a, const struct elig_rules *rules,
                          const struct elig_facts *facts, int32_t day, struct elig_verdict *ret);
void elig_judge_measure_changed(struct arena *a, const struct elig_rules *rules,
                                const struct elig_facts *facts, enum ev_measure now,
                                struct elig_verdict *ret);
/* Turns "waits" into "refused"; what was missing is in the findings already. */
void elig_expire(struct arena *a, const struct elig_facts *facts, int32_t day,
                 struct elig_verdict *verdict);

#define ELIG_WAIT_DAYS 30 /* how long after submitted_on an application may wait */

#endif
