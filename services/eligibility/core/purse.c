/* purse: the rows of an allocation in memory, and the only places where money moves. */
#include <assert.h>

#include "services/eligibility/core/allocate_private.h"

static const struct str STATES[ELIG_AWARD_STATES] = {
    [ELIG_AWARD_NEW] = {"new", 3},
    [ELIG_AWARD_APPROVED] = {"approved", 8},
    [ELIG_AWARD_WAITLISTED] = {"waitlisted", 10},
    [ELIG_AWARD_REFUSED] = {"refused", 7},
    [ELIG_AWARD_RELEASED] = {"released", 8},
};

struct str elig_award_state_text(enum elig_award_state state)
{
    return STATES[state];
}

bool elig_award_state_parse(struct str text, enum elig_award_state *ret)
{
    for (size_t i = 0; i < COUNT(STATES); i++)
        if (str_eq(STATES[i], text)) {
            *ret = (enum elig_award_state)i;
            return true;
        }
    return false;
}

void elig_allocate_init(struct elig_allocate *s, struct arena *a, size_t inputs)
{
    *s = (struct elig_allocate){.arena = a};
    map_init(&s->budgets_by_key, a, 16);
    map_init(&s->awards_by_id, a, inputs);
    map_init(&s->yearly_by_key, a, inputs);
}

bool elig_has_budget(enum ev_measure measure)
{
    switch (measure) {
    case EV_MEASURE_JOINT_PROJECT:
    case EV_MEASURE_EXPORT_GRANT: return true;
    case EV_MEASURE_MEMBERSHIP:
    case EV_MEASURE_HORIZON_PROJECT: return false;
    }
    assert(false);
    return false;
}

struct elig_budget *elig_budget(struct elig_allocate *s, enum ev_measure measure, int32_t year)
{
    bool is_new;
    struct str key = arena_fmt(s->arena, "%d:%d", (int)measure, (int)year);
    size_t i = map_put(&s->budgets_by_key, key, s->budget_count, &is_new);
    if (!is_new)
        return s->budgets[i];
    struct elig_budget *b = arena_alloc(s->arena, sizeof *b);
    *b = (struct elig_budget){.measure = measure, .year = year, .next_place = 1, .line_done = true};
    s->budgets = arena_more(s->arena, s->budgets, s->budget_count, &s->budget_cap,
                            sizeof(struct elig_budget *));
    s->budgets[s->budget_count++] = b;
    return b;
}

struct elig_yearly *elig_yearly(struct elig_allocate *s, struct str organisation,
                                enum ev_measure measure, int32_t year)
{
    bool is_new;
    struct str key =
        arena_fmt(s->arena, "%d:%d:%.*s", (int)measure, (int)year, STR_ARG(organisation));
    size_t i = map_put(&s->yearly_by_key, key, s->yearly_count, &is_new);
    if (!is_new)
        return s->yearly[i];
    struct elig_yearly *y = arena_alloc(s->arena, sizeof *y);
    *y = (struct elig_yearly){.organisation = organisation, .measure = measure, .year = year};
    s->yearly = arena_more(s->arena, s->yearly, s->yearly_count, &s->yearly_cap,
                           sizeof(struct elig_yearly *));
    s->yearly[s->yearly_count++] = y;
    return y;
}

struct elig_award *elig_award_find(struct elig_allocate *s, struct str application)
{
    size_t i = map_get(&s->awards_by_id, application);
    return i == MAP_ABSENT ? NULL : s->awards[i];
}

struct elig_award *elig_award_add(struct elig_allocate *s, const struct elig_award *award)
{
    bool is_new;
    (void)map_put(&s->awards_by_id, award->application, s->award_count, &is_new);
    assert(is_new);
    struct elig_award *copy = arena_alloc(s->arena, sizeof *copy);
    *copy = *award;
    copy->carrier = ELIG_NO_INPUT;
    s->awards =
        arena_more(s->arena, s->awards, s->award_count, &s->award_cap, sizeof(struct elig_award *));
    s->awards[s->award_count++] = copy;
    return copy;
}

int64_t elig_budget_free(const struct elig_budget *b)
{
    return b->is_set && b->amount > b->given ? b->amount - b->given : 0;
}

static struct elig_yearly *yearly_of(struct elig_allocate *s, const struct elig_award *award)
{
    return elig_yearly(s, award->organisation, award->measure, award->year);
}

int64_t elig_cap_left(struct elig_allocate *s, const struct elig_award *award)
{
    if (!award->assessed->has_yearly_cap)
        return INT64_MAX;
    int64_t given = yearly_of(s, award)->given - (award->capped ? award->granted : 0);
    return award->assessed->yearly_cap > given ? award->assessed->yearly_cap - given : 0;
}

void elig_give(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
               int64_t amount)
{
    assert(amount >= 0 && amount <= elig_budget_free(b));
    b->given += amount;
    b->changed = true;
    award->granted += amount;
    award->capped = award->assessed->has_yearly_cap;
    if (!award->capped)
        return;
    struct elig_yearly *y = yearly_of(s, award);
    y->given += amount;
    y->changed = true;
}

void elig_take_back(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                    int64_t amount)
{
    assert(amount >= 0 && amount <= award->granted && amount <= b->given);
    if (amount == 0)
        return;
    b->given -= amount;
    b->changed = b->freed = true;
    award->granted -= amount;
    /* Money that comes back first covers what had been promised too much. */
    int64_t still = b->given > b->amount ? b->given - b->amount : 0;
    if (still < b->overcommitted)
        b->overcommitted = still;
    if (!award->capped)
        return;
    struct elig_yearly *y = yearly_of(s, award);
    assert(amount <= y->given);
    y->given -= amount;
    y->changed = true;
}
