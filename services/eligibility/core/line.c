/* line: who waits for a budget, in the order of their places. */
#include <assert.h>

#include "services/eligibility/core/allocate_private.h"

void elig_line_join(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award)
{
    award->place = b->next_place++;
    award->state = ELIG_AWARD_WAITLISTED;
    b->waiting++;
    b->changed = true;
    b->fresh = arena_more(s->arena, b->fresh, b->fresh_count, &b->fresh_cap, sizeof *b->fresh);
    b->fresh[b->fresh_count++] = (struct elig_waiter){award, award->place};
}

void elig_line_leave(struct elig_budget *b, struct elig_award *award)
{
    if (award->state != ELIG_AWARD_WAITLISTED)
        return;
    assert(b->waiting > 0);
    b->waiting--;
    b->changed = b->freed = true;
    award->place = 0;
    award->state = ELIG_AWARD_NEW;
}

/* Whoever has left the line, or has another place in it, is passed over. */
static struct elig_waiter *next_waiter(struct elig_waiter *line, size_t count, size_t *at)
{
    while (*at < count && line[*at].award->place != line[*at].place)
        ++*at;
    return *at < count ? &line[*at] : NULL;
}

struct elig_award *elig_line_first(struct elig_budget *b)
{
    struct elig_waiter *first = next_waiter(b->front, b->front_count, &b->front_at);
    if (first == NULL && b->line_done)
        first = next_waiter(b->fresh, b->fresh_count, &b->fresh_at);
    return first != NULL ? first->award : NULL;
}

struct elig_budget *elig_line_wanted(struct elig_allocate *s)
{
    for (size_t i = 0; i < s->budget_count; i++) {
        struct elig_budget *b = s->budgets[i];
        if (b->freed && !b->line_done && elig_budget_free(b) > 0 && elig_line_first(b) == NULL)
            return b;
    }
    return NULL;
}

void elig_line_add(struct elig_allocate *s, struct elig_budget *b, struct elig_award *award,
                   int64_t place)
{
    assert(place > b->loaded_place && award->assessed != NULL);
    b->loaded_place = place;
    b->front = arena_more(s->arena, b->front, b->front_count, &b->front_cap, sizeof *b->front);
    b->front[b->front_count++] = (struct elig_waiter){award, place};
}
