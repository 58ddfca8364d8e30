/* checks_cover: is there a combination of inputs that no rule of a set is for? Goes through the inputs one after the
 * other, keeping the rules that still hold; stops early where one of them holds whatever the rest is. */
#include "common/dmn/checks_private.h"

#include <string.h>

struct search {
    struct checker *c;
    const struct cover_question *q;
    uint64_t *full; /* for each dimension the rules that hold from it on, whatever the inputs are */
    uint64_t **seen; /* for each dimension the sets already gone through at the present place */
};

static const uint64_t *held(const struct search *s, size_t d, size_t region)
{
    const struct dimension *dimension = &s->c->dimensions[d];
    return s->q->sure ? dimension->sure[region] : dimension->may[region];
}

/* Whether a region is asked about: inside the rule's box, or else any but null and what is not allowed. */
static bool is_asked(const struct search *s, size_t d, size_t region)
{
    const struct dimension *dimension = &s->c->dimensions[d];
    const struct region *r = &dimension->regions[region];
    if (s->q->within != SIZE_MAX)
        return rule_in(dimension->may[region], s->q->within);
    return dimension->any || (!is_null(r->value) && !r->doubtful);
}

static bool intersect(struct checker *c, uint64_t *into, const uint64_t *set)
{
    uint64_t any = 0;
    for (size_t w = 0; w < c->words; w++)
        any |= into[w] &= set[w];
    c->effort += c->words;
    return any != 0;
}

static void find_full(struct search *s)
{
    size_t words = s->c->words, dimensions = s->c->dimension_count;
    s->full = arena_array(s->c->search, (dimensions + 1) * words, sizeof *s->full);
    memcpy(s->full + dimensions * words, s->q->rules, words * sizeof *s->full);
    for (size_t d = dimensions; d-- > 0;) {
        uint64_t *full = s->full + d * words;
        memcpy(full, full + words, words * sizeof *full);
        for (size_t r = 0; r < s->c->dimensions[d].count; r++)
            if (is_asked(s, d, r))
                (void)intersect(s->c, full, held(s, d, r));
    }
}

static bool meets(struct checker *c, const uint64_t *a, const uint64_t *b)
{
    uint64_t any = 0;
    for (size_t w = 0; w < c->words; w++)
        any |= a[w] & b[w];
    c->effort += c->words;
    return any != 0;
}

static bool was_seen(struct search *s, size_t d, size_t count, const uint64_t *set)
{
    size_t words = s->c->words;
    for (size_t i = 0; i < count; i++)
        if (memcmp(s->seen[d] + i * words, set, words * sizeof *set) == 0)
            return true;
    s->c->effort += count;
    return false;
}

/* What is not at the edge makes the better example: the first region comes last. */
static size_t nth_region(const struct search *s, size_t d, size_t n)
{
    return (n + 1) % s->c->dimensions[d].count;
}

/* Whatever the inputs from `d` on are, no rule is left. Any that are asked about will do. */
static enum cover uncovered(struct search *s, size_t d)
{
    for (; d < s->c->dimension_count; d++) {
        size_t n = 0, count = s->c->dimensions[d].count;
        while (n < count && !is_asked(s, d, nth_region(s, d, n)))
            n++;
        if (n == count)
            return COVERED; /* no such inputs */
        s->q->ret_at[d] = nth_region(s, d, n);
    }
    return UNCOVERED;
}

static enum cover visit(struct search *s, size_t d, const uint64_t *set)
{
    struct checker *c = s->c;
    size_t words = c->words, seen = 0;
    if (c->effort > CHECKS_WORDS_MAX)
        return COVER_TOO_MUCH;
    if (!meets(c, set, set))
        return uncovered(s, d);
    if (meets(c, set, s->full + d * words))
        return COVERED;
    for (size_t n = 0; n < c->dimensions[d].count; n++) {
        size_t r = nth_region(s, d, n);
        if (!is_asked(s, d, r))
            continue;
        uint64_t *next = s->seen[d] + seen * words;
        memcpy(next, set, words * sizeof *set);
        (void)intersect(c, next, held(s, d, r));
        if (was_seen(s, d, seen, next))
            continue;
        seen++;
        s->q->ret_at[d] = r;
        enum cover below = visit(s, d + 1, next);
        if (below != COVERED)
            return below;
    }
    return COVERED;
}

enum cover cover_search(struct checker *c, const struct cover_question *q)
{
    struct search s = {.c = c, .q = q};
    arena_reset(c->search);
    find_full(&s);
    s.seen = arena_array(c->search, c->dimension_count, sizeof *s.seen);
    for (size_t d = 0; d < c->dimension_count; d++) {
        s.seen[d] = arena_array(c->search, c->dimensions[d].count * c->words, sizeof **s.seen);
        c->effort += c->dimensions[d].count * c->words;
    }
    return visit(&s, 0, q->rules);
}
