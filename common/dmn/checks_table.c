/* checks_table: overlaps, rules that never decide, gaps, and how they are told. */
#include "common/dmn/checks_table.h"

#include "common/dmn/checks_private.h"

#define OVERLAPS_TOLD_MAX 10
#define SHOWN_MAX 60

static struct str place(const struct checker *c)
{
    return c->table->text != NULL ? c->table->text->place : c->table->name;
}

/* An expression or cell as one line, not too long. */
static void put_short(struct buf *b, struct str s)
{
    bool blank = false;
    size_t start = b->len;
    for (size_t i = 0; i < s.len; i++) {
        bool is_blank = s.ptr[i] == ' ' || (s.ptr[i] >= '\t' && s.ptr[i] <= '\r');
        if (is_blank) {
            blank = b->len > start;
            continue;
        }
        if (b->len - start >= SHOWN_MAX && ((unsigned char)s.ptr[i] & 0xc0) != 0x80) {
            buf_str(b, STR("..."));
            return;
        }
        if (blank)
            buf_char(b, ' ');
        blank = false;
        buf_char(b, s.ptr[i]);
    }
}

/* "Age = 17.5, Category = any other text"; inputs that do not matter are left out. */
static struct str example(const struct checker *c, const size_t *at)
{
    struct buf b = {.arena = c->texts};
    for (size_t d = 0; d < c->dimension_count; d++) {
        const struct dimension *dimension = &c->dimensions[d];
        const struct region *r = &dimension->regions[at[d]];
        if (dimension->any)
            continue;
        buf_str(&b, b.len > 0 ? STR(", ") : STR(""));
        put_short(&b, dimension->label);
        buf_str(&b, STR(" = "));
        if (r->other)
            buf_str(&b, r->value.kind == VALUE_STRING ? STR("any other text") : STR("any value"));
        else
            value_show(&b, r->value);
    }
    return b.len > 0 ? buf_view(&b) : STR("any input");
}

static bool common_region(const struct dimension *d, size_t i, size_t j, size_t *ret)
{
    for (size_t r = 0; r < d->count; r++)
        if (rule_in(d->sure[r], i) && rule_in(d->sure[r], j)) {
            *ret = r;
            return true;
        }
    return false;
}

static const struct node *uncoerced(const struct node *n)
{
    while (n != NULL && n->kind == NODE_COERCE)
        n = n->items[0];
    return n;
}

/* Whether some output of the two rules is surely different. */
static bool outputs_differ(const struct table *t, size_t i, size_t j)
{
    for (size_t k = 0; k < t->output_count; k++) {
        const struct node *a = uncoerced(t->rules[i].outputs[k]);
        const struct node *b = uncoerced(t->rules[j].outputs[k]);
        if (a != NULL && b != NULL && a->kind == NODE_CONST && b->kind == NODE_CONST &&
            value_equal(a->value, b->value) != TRUTH_YES)
            return true;
    }
    return false;
}

static void tell_overlap(struct checker *c, size_t i, size_t j)
{
    size_t *at = arena_array(c->arena, c->dimension_count, sizeof *at);
    for (size_t d = 0; d < c->dimension_count; d++)
        (void)common_region(&c->dimensions[d], i, j, &at[d]);
    struct str when = example(c, at);
    if (c->table->policy == HIT_ANY)
        finding_add(c->findings, c->overlaps, "overlap", place(c), c->table->rules[j].line,
                    "rules %zu and %zu both hold for %.*s but give different results: under the "
                    "hit policy ANY they must agree",
                    i + 1, j + 1, STR_ARG(when));
    else
        finding_add(c->findings, c->overlaps, "overlap", place(c), c->table->rules[j].line,
                    "rules %zu and %zu both hold for %.*s: under the hit policy UNIQUE only one "
                    "may; narrow one of them, or choose FIRST or PRIORITY",
                    i + 1, j + 1, STR_ARG(when));
}

/* The rules that surely hold together with rule i somewhere. */
static void find_overlapping(struct checker *c, size_t i, uint64_t *ret)
{
    uint64_t *here = arena_array(c->arena, c->words, sizeof *here);
    for (size_t w = 0; w < c->words; w++)
        ret[w] = UINT64_MAX;
    for (size_t d = 0; d < c->dimension_count; d++) {
        const struct dimension *dimension = &c->dimensions[d];
        for (size_t w = 0; w < c->words; w++)
            here[w] = 0;
        for (size_t r = 0; r < dimension->count; r++)
            if (rule_in(dimension->sure[r], i)) {
                for (size_t w = 0; w < c->words; w++)
                    here[w] |= dimension->sure[r][w];
                c->effort += c->words;
            }
        for (size_t w = 0; w < c->words; w++)
            ret[w] &= here[w];
        c->effort += dimension->count / 8 + c->words;
    }
}

static bool check_overlaps(struct checker *c)
{
    const struct table *t = c->table;
    size_t found = 0;
    uint64_t *together = arena_array(c->arena, c->words, sizeof *together);
    if (t->policy != HIT_UNIQUE && t->policy != HIT_ANY)
        return true;
    for (size_t i = 0; i < t->rule_count && c->effort <= CHECKS_WORDS_MAX; i++) {
        find_overlapping(c, i, together);
        for (size_t j = i + 1; j < t->rule_count; j++)
            if (rule_in(together, j) && (t->policy == HIT_UNIQUE || outputs_differ(t, i, j)) &&
                ++found <= OVERLAPS_TOLD_MAX)
                tell_overlap(c, i, j);
    }
    if (found > OVERLAPS_TOLD_MAX)
        finding_add(c->findings, c->overlaps, "overlap", place(c), 0,
                    "%zu further pairs of rules hold together", found - OVERLAPS_TOLD_MAX);
    return c->effort <= CHECKS_WORDS_MAX;
}

/* The input none of whose values passes the rule's test; SIZE_MAX: there is none. */
static size_t impossible_input(const struct checker *c, size_t rule)
{
    for (size_t d = 0; d < c->dimension_count; d++) {
        const struct dimension *dimension = &c->dimensions[d];
        bool possible = !dimension->known[rule];
        for (size_t r = 0; r < dimension->count && !possible; r++)
            possible = rule_in(dimension->may[r], rule);
        if (!possible)
            return d;
    }
    return SIZE_MAX;
}

static void tell_impossible(struct checker *c, size_t rule, size_t dimension)
{
    const struct dimension *d = &c->dimensions[dimension];
    struct buf b = {.arena = c->texts};
    put_short(&b, d->label);
    struct str label = buf_view(&b);
    const struct node *tests = c->table->rules[rule].tests[d->inputs[0]];
    struct buf cell = {.arena = c->texts};
    if (tests->text != NULL)
        put_short(&cell, tests->text->text);
    else
        node_write(&cell, tests);
    finding_add(c->findings, FINDING_WARNING, "unreachable", place(c), c->table->rules[rule].line,
                "rule %zu never holds: no value that '%.*s' can have passes its test '%.*s'",
                rule + 1, STR_ARG(label), STR_ARG(buf_view(&cell)));
}

/* Whether rule `other` holds wherever `rule` does. */
static bool covers_alone(const struct checker *c, size_t other, size_t rule)
{
    for (size_t d = 0; d < c->dimension_count; d++) {
        const struct dimension *dimension = &c->dimensions[d];
        for (size_t r = 0; r < dimension->count; r++)
            if (rule_in(dimension->may[r], rule) && !rule_in(dimension->sure[r], other))
                return false;
    }
    return true;
}

static void tell_covered(struct checker *c, size_t rule)
{
    size_t other = 0;
    while (other < rule && !covers_alone(c, other, rule))
        other++;
    uint32_t line = c->table->rules[rule].line;
    if (other < rule)
        finding_add(c->findings, FINDING_WARNING, "unreachable", place(c), line,
                    "rule %zu never decides: rule %zu stands before it and holds whenever it does",
                    rule + 1, other + 1);
    else
        finding_add(c->findings, FINDING_WARNING, "unreachable", place(c), line,
                    "rule %zu never decides: wherever it holds, one of the rules before it holds "
                    "too and comes first",
                    rule + 1);
}

static bool check_unreachable(struct checker *c)
{
    const struct table *t = c->table;
    uint64_t *before = arena_array(c->arena, c->words, sizeof *before);
    size_t *at = arena_array(c->arena, c->dimension_count, sizeof *at);
    struct cover_question q = {.rules = before, .sure = true, .ret_at = at};
    for (size_t i = 0; i < t->rule_count; i++) {
        size_t impossible = impossible_input(c, i);
        if (impossible != SIZE_MAX) {
            tell_impossible(c, i, impossible);
            continue;
        }
        q.within = i;
        enum cover found = t->policy == HIT_FIRST && i > 0 ? cover_search(c, &q) : UNCOVERED;
        if (found == COVER_TOO_MUCH)
            return false;
        if (found == COVERED)
            tell_covered(c, i);
        rule_put(before, i);
    }
    return true;
}

/* A table that gives a list may well give an empty one. */
static bool must_decide(const struct table *t)
{
    for (size_t k = 0; k < t->output_count; k++)
        if (t->outputs[k].otherwise != NULL)
            return false;
    return t->policy == HIT_UNIQUE || t->policy == HIT_ANY || t->policy == HIT_FIRST ||
           t->policy == HIT_PRIORITY;
}

static bool check_gaps(struct checker *c)
{
    const struct table *t = c->table;
    if (!must_decide(t))
        return true;
    uint64_t *all = arena_array(c->arena, c->words, sizeof *all);
    size_t *at = arena_array(c->arena, c->dimension_count, sizeof *at);
    for (size_t i = 0; i < t->rule_count; i++)
        rule_put(all, i);
    struct cover_question q = {.rules = all, .within = SIZE_MAX, .ret_at = at};
    enum cover found = cover_search(c, &q);
    if (found == UNCOVERED)
        finding_add(c->findings, FINDING_WARNING, "gap", place(c),
                    t->text != NULL ? t->text->line : 0,
                    "no rule is for %.*s: the result is then null; add a rule or a default output",
                    STR_ARG(example(c, at)));
    return found != COVER_TOO_MUCH;
}

void check_table(struct arena *a, const struct table *t, enum severity overlaps,
                 struct findings *findings)
{
    struct arena own = {0}, work = {.block_bytes = 16384}, search = {0};
    struct checker c = {.arena = &own,
                        .texts = a,
                        .search = &search,
                        .work = &work,
                        .findings = findings,
                        .overlaps = overlaps,
                        .table = t};
    if (t->rule_count == 0 || t->input_count == 0)
        return;
    c.words = rule_words(t);
    bool whole =
        checks_dimensions(&c) && check_overlaps(&c) && check_unreachable(&c) && check_gaps(&c);
    if (!whole)
        finding_add(findings, FINDING_WARNING, "limit", place(&c),
                    t->text != NULL ? t->text->line : 0,
                    "the table is too large to be checked whole for overlaps, gaps and rules that "
                    "never decide");
    arena_done(&own);
    arena_done(&work);
    arena_done(&search);
}
