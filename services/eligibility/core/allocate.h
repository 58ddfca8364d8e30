/* allocate: the second half of a decision: money. One batch of verdicts and budgets, in the order of
 * the log, applied to budgets, yearly caps and waiting lines. First come, first served: whoever does
 * not fit waits, and whoever comes later waits behind. What is free never falls below zero.
 * The caller has put in what the database knows; everything lives in the batch's arena. */
#ifndef MOSAIC_ELIG_ALLOCATE_H
#define MOSAIC_ELIG_ALLOCATE_H

#include "common/core/map.h"
#include "services/eligibility/core/registry.h"

enum elig_award_state {
    ELIG_AWARD_NEW,
    ELIG_AWARD_APPROVED,
    ELIG_AWARD_WAITLISTED,
    ELIG_AWARD_REFUSED,
    ELIG_AWARD_RELEASED,
};
#define ELIG_AWARD_STATES 5
struct str elig_award_state_text(enum elig_award_state state);
bool elig_award_state_parse(struct str text, enum elig_award_state *ret);

/* What one application is given. */
struct elig_award {
    struct str application, organisation;
    enum ev_measure measure;
    int32_t year; /* whose budget it takes from */
    int64_t assessed_revision;
    int64_t revision; /* of its decision; 0: none yet */
    enum elig_award_state state;
    int64_t granted;
    bool capped;   /* `granted` counts towards the organisation's yearly cap */
    int64_t place; /* in the line, while waitlisted */
    const struct ev_application_assessed *assessed; /* always there while waitlisted */
    struct str data;                                /* the same as JSON */
    struct elig_published published;                /* set only while unacknowledged */
    size_t carrier;
    bool changed;
};

struct elig_waiter {
    struct elig_award *award;
    int64_t place; /* if the award has another one by now, it no longer stands here */
};

/* The money of one programme for one year, and who waits for it. */
struct elig_budget {
    enum ev_measure measure;
    int32_t year;
    bool is_set, changed;
    int32_t known_on;
    struct str currency;
    int64_t amount;        /* as last set */
    int64_t given;         /* promised to approved applications */
    int64_t overcommitted; /* by how much it was lowered below what was given already */
    int64_t revision;
    int64_t next_place;
    int64_t waiting; /* how many are in line, in memory or not */

    /* The front of the line as far as it is in memory, and what this batch put behind it. Unless
     * `line_done`, those with a place beyond `loaded_place` in the database stand between the two. */
    struct elig_waiter *front, *fresh;
    size_t front_count, front_cap, front_at, fresh_count, fresh_cap, fresh_at;
    int64_t loaded_place;
    bool line_done;
    bool freed; /* something has become possible for the line, by serve_input, on serve_on */
    int32_t serve_on;
    size_t serve_input;
};

/* What an organisation was given of one programme in one year. */
struct elig_yearly {
    struct str organisation;
    enum ev_measure measure;
    int32_t year;
    int64_t given;
    bool changed;
};

struct elig_decision {
    size_t input;
    struct elig_award *award;
    const struct ev_application_assessed *assessed;
    int64_t revision;
    enum ev_outcome outcome;
    enum ev_cause cause;
    int32_t decided_on;
    bool has_amount;
    int64_t amount;
    struct ev_finding *findings; /* the verdict's, then those about the money */
    size_t finding_count;
};

struct elig_budget_change {
    size_t input;
    const struct elig_budget *budget;
    int64_t revision, amount, given;
    struct str currency;
    int32_t known_on;
    struct str refused; /* why it was not taken over; ptr NULL: it was */
};

struct elig_allocate {
    struct arena *arena;
    struct map budgets_by_key, awards_by_id, yearly_by_key;
    struct elig_budget **budgets;
    size_t budget_count, budget_cap;
    struct elig_award **awards;
    size_t award_count, award_cap;
    struct elig_yearly **yearly;
    size_t yearly_count, yearly_cap;
    struct elig_decision *decisions;
    size_t decision_count, decision_cap;
    struct elig_budget_change *changes;
    size_t change_count, change_cap;
};

void elig_allocate_init(struct elig_allocate *s, struct arena *a, size_t inputs);
bool elig_has_budget(enum ev_measure measure);
/* Made if it is new: not set, nothing given, nobody waiting, `line_done`. */
struct elig_budget *elig_budget(struct elig_allocate *s, enum ev_measure measure, int32_t year);
struct elig_yearly *elig_yearly(struct elig_allocate *s, struct str organisation,
                                enum ev_measure measure, int32_t year);
struct elig_award *elig_award_find(struct elig_allocate *s,
                                   struct str application); /* NULL: not here */
struct elig_award *elig_award_add(struct elig_allocate *s,
                                  const struct elig_award *award); /* a copy */

void elig_on_assessed(struct elig_allocate *s, size_t input,
                      const struct ev_application_assessed *event, struct str data);
void elig_on_budget(struct elig_allocate *s, size_t input, const struct ev_budget_set *event);

/* After each input: a budget with money to give of whose line more must be read first. The caller adds
 * the next ones in order of place, says whether those were the last, and asks again. NULL: none. */
struct elig_budget *elig_line_wanted(struct elig_allocate *s);
void elig_line_add(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                   int64_t place);
void elig_line_serve(struct elig_allocate *s, struct elig_budget *b, bool last);

int64_t elig_budget_free(const struct elig_budget *b);

#endif
