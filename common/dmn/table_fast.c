/* table_fast: a run of a table over its columns of plain data. */
#include <string.h>

#include "common/dmn/table_fast.h"

#define COLUMNS_AT_HAND 16

static size_t integer_region(const int64_t *constants, size_t count, int64_t v)
{
    size_t low = 0;
    for (size_t n = count; n > 0;) {
        size_t half = n / 2;
        bool above = constants[low + half] < v;
        low = above ? low + half + 1 : low;
        n = above ? n - half - 1 : half;
    }
    return low < count && constants[low] == v ? 2 * low + 1 : 2 * low;
}

static size_t number_region(const struct column *c, struct number v)
{
    int64_t scaled;
    if (c->scaled != NULL && number_scaled(v, c->places, &scaled))
        return integer_region(c->scaled, c->count, scaled);
    size_t low = 0;
    for (size_t n = c->count; n > 0;) {
        size_t half = n / 2;
        bool above = number_cmp(c->numbers[low + half], v) < 0;
        low = above ? low + half + 1 : low;
        n = above ? n - half - 1 : half;
    }
    return low < c->count && number_cmp(c->numbers[low], v) == 0 ? 2 * low + 1 : 2 * low;
}

static size_t string_region(const struct column *c, struct str v)
{
    size_t low = 0, high = c->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct str s = c->strings[middle];
        int order = s.len != v.len ? (s.len < v.len ? -1 : 1)
                    : v.len == 0   ? 0
                                   : memcmp(s.ptr, v.ptr, v.len);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return c->count;
}

size_t column_region(const struct column *c, const struct value *v)
{
    if (c->kind == COLUMN_EVALUATED)
        return NO_REGION;
    if (c->kind == COLUMN_ANY)
        return 0;
    if (v->kind == VALUE_NULL)
        return c->regions - 1;
    if (v->kind == VALUE_NUMBER && c->kind == COLUMN_NUMBER)
        return number_region(c, v->number);
    if (v->kind == VALUE_STRING && c->kind == COLUMN_STRING)
        return string_region(c, v->string);
    if (v->kind == VALUE_BOOLEAN && c->kind == COLUMN_BOOLEAN)
        return v->boolean ? 1 : 0;
    if (v->kind == VALUE_DATE && c->kind == COLUMN_DATE)
        return integer_region(c->scaled, c->count, v->day);
    return NO_REGION;
}

static bool value_allowed(struct table_run *r, size_t column, size_t region)
{
    const struct column *c = &r->t->fast->columns[column];
    if (region != NO_REGION && c->allowed != NULL)
        return c->allowed[region] != 0;
    return input_allowed(r->e, &r->t->inputs[column], r->inputs[column], r->f);
}

static bool find_regions(struct table_run *r, size_t *regions, size_t *ret_column)
{
    for (size_t i = 0; i < r->t->input_count; i++) {
        const struct column *c = &r->t->fast->columns[i];
        regions[i] = column_region(c, &r->inputs[i]);
        if (r->t->inputs[i].allowed != NULL && !value_allowed(r, i, regions[i])) {
            *ret_column = i;
            return false;
        }
    }
    return true;
}

static void all_rules(struct table_run *r)
{
    size_t rest = r->t->rule_count % RULE_BITS;
    for (size_t i = 0; i < r->words; i++)
        r->hits[i] = UINT64_MAX;
    if (rest != 0)
        r->hits[r->words - 1] = UINT64_MAX >> (RULE_BITS - rest);
}

static bool is_expression(const struct column *c, size_t region, size_t rule)
{
    return region == NO_REGION || (c->expressions != NULL && rule_in(c->expressions, rule));
}

/* The cells of a rule that no comparison has decided. */
static bool expressions_hold(struct table_run *r, const size_t *regions, size_t rule)
{
    for (size_t i = 0; i < r->t->input_count; i++)
        if (is_expression(&r->t->fast->columns[i], regions[i], rule) &&
            !is_true(eval_tests(r->e, r->t->rules[rule].tests[i], r->inputs[i], r->f)))
            return false;
    return true;
}

static void keep_rules(struct table_run *r, const size_t *regions)
{
    bool expressions = false;
    for (size_t i = 0; i < r->t->input_count; i++) {
        const struct column *c = &r->t->fast->columns[i];
        if (regions[i] == NO_REGION || c->expressions != NULL)
            expressions = true;
        for (size_t w = 0; regions[i] != NO_REGION && w < r->words; w++)
            r->hits[w] &= c->held[regions[i] * r->words + w];
    }
    for (size_t i = rule_next(r, 0); expressions && i < r->t->rule_count; i = rule_next(r, i + 1)) {
        if (!eval_may_go_on(r->e, 1))
            return;
        if (!expressions_hold(r, regions, i))
            rule_take(r->hits, i);
        else if (r->t->policy == HIT_FIRST)
            return;
    }
}

/* A column's comparisons: those that fail go out of the set and into the trace. */
static void explain_comparisons(struct table_run *r, const struct column *c, size_t column,
                                size_t region)
{
    for (size_t w = 0; w < r->words; w++) {
        uint64_t failed = r->hits[w] & ~c->held[region * r->words + w];
        r->hits[w] &= ~failed;
        for (; failed != 0; failed &= failed - 1) {
            size_t rule = w * RULE_BITS + (size_t)__builtin_ctzll(failed);
            rule_failed(r, rule, column, rule_in(&c->unknown[region * r->words], rule));
        }
    }
}

static void explain_expressions(struct table_run *r, const struct column *c, size_t column,
                                size_t region)
{
    for (size_t i = rule_next(r, 0); i < r->t->rule_count; i = rule_next(r, i + 1)) {
        if (!is_expression(c, region, i))
            continue;
        struct value v = eval_tests(r->e, r->t->rules[i].tests[column], r->inputs[column], r->f);
        if (is_true(v))
            continue;
        rule_take(r->hits, i);
        rule_failed(r, i, column, is_null(v));
    }
}

/* As keep_rules, a column after the other, so that each rule's first failed test is known. */
static void explain_rules(struct table_run *r, const size_t *regions)
{
    for (size_t i = 0; i < r->t->input_count; i++) {
        const struct column *c = &r->t->fast->columns[i];
        if (regions[i] != NO_REGION)
            explain_comparisons(r, c, i, regions[i]);
        if (regions[i] == NO_REGION || c->expressions != NULL)
            explain_expressions(r, c, i, regions[i]);
    }
}

bool rules_by_columns(struct table_run *r, size_t *ret_column)
{
    size_t at_hand[COLUMNS_AT_HAND] = {0};
    size_t *regions = r->t->input_count <= COLUMNS_AT_HAND
                          ? at_hand
                          : arena_array(r->e->arena, r->t->input_count, sizeof(*regions));
    if (!find_regions(r, regions, ret_column))
        return false;
    all_rules(r);
    if (r->trace != NULL)
        explain_rules(r, regions);
    else
        keep_rules(r, regions);
    return true;
}

const struct value *fast_output(const struct fast_table *fast, size_t rule)
{
    return fast->outputs[rule];
}
