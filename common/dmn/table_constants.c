/* table_constants: which constants a column's cells compare with, and whether that is all they do. */
#include <stdlib.h>
#include <string.h>

#include "common/dmn/table_compile.h"

#define PLACES_MAX 18 /* of int64 */
#define PLACES_USUAL 4
#define NESTED_MAX 8
#define CELL_CONSTANTS_MAX 512 /* more stay an expression, so that loading stays fast */

static enum column_kind kind_of(enum value_kind kind)
{
    switch (kind) {
    case VALUE_NUMBER: return COLUMN_NUMBER;
    case VALUE_STRING: return COLUMN_STRING;
    case VALUE_BOOLEAN: return COLUMN_BOOLEAN;
    case VALUE_DATE: return COLUMN_DATE;
    case VALUE_NULL:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS:
    case VALUE_MONTHS:
    case VALUE_LIST:
    case VALUE_CONTEXT:
    case VALUE_RANGE:
    case VALUE_FUNCTION: break;
    }
    return COLUMN_EVALUATED;
}

/* Calls `take` with each constant that a cell compares with; `ordered`: by more than equality. False: the cell is no
 * comparison with constants, or take said no. */
typedef bool (*take_fn)(void *context, struct value v, bool ordered);

static bool value_constants(struct value v, bool ordered, take_fn take, void *context, int depth)
{
    bool ok = depth < NESTED_MAX;
    if (v.kind == VALUE_LIST) {
        for (size_t i = 0; ok && i < v.list->count; i++)
            ok = value_constants(v.list->items[i], ordered, take, context, depth + 1);
        return ok;
    }
    if (v.kind == VALUE_RANGE)
        return ok && take(context, v.range->has_low ? v.range->low : NULL_VALUE, true) &&
               take(context, v.range->has_high ? v.range->high : NULL_VALUE, true);
    return ok && take(context, v, ordered);
}

static bool node_constants(const struct node *n, bool ordered, take_fn take, void *context,
                           int depth)
{
    if (n == NULL)
        return true;
    if (depth >= NESTED_MAX)
        return false;
    bool ok = true;
    switch ((int)n->kind) {
    case NODE_CONST: return value_constants(n->value, ordered, take, context, depth);
    case NODE_LIST:
        for (size_t i = 0; ok && i < n->count; i++)
            ok = node_constants(n->items[i], ordered, take, context, depth + 1);
        return ok;
    case NODE_RANGE:
        return node_constants(n->range.low, true, take, context, depth + 1) &&
               node_constants(n->range.high, true, take, context, depth + 1);
    case NODE_TEST:
        return node_constants(n->items[0], n->op != OP_EQ && n->op != OP_NE, take, context,
                              depth + 1);
    case NODE_TESTS:
        for (size_t i = 0; ok && i < n->tests.count; i++)
            ok = node_constants(n->tests.tests[i], false, take, context, depth + 1);
        return ok;
    default: return false;
    }
}

/* The kind of the first constant of a column that can be looked up. */
static bool take_kind(void *context, struct value v, bool ordered)
{
    enum column_kind *kind = context, found = kind_of(v.kind);
    if (*kind == COLUMN_EVALUATED && !(found == COLUMN_STRING && ordered))
        *kind = found;
    return true;
}

/* Constants of another kind might be comparable with the column's, so that its regions would not do. Text is looked up
 * by equality, so that an order among texts would not do either. */
static bool take_fits(void *context, struct value v, bool ordered)
{
    struct column *c = context;
    if (++c->count > CELL_CONSTANTS_MAX)
        return false;
    return v.kind == VALUE_NULL ||
           (kind_of(v.kind) == c->kind && !(c->kind == COLUMN_STRING && ordered));
}

static bool take_constant(void *context, struct value v, bool ordered)
{
    struct column *c = context;
    (void)ordered;
    if (v.kind == VALUE_NULL)
        return true;
    size_t i = c->count++;
    switch (c->kind) {
    case COLUMN_NUMBER: c->numbers[i] = v.number; break;
    case COLUMN_STRING: c->strings[i] = v.string; break;
    case COLUMN_DATE: c->scaled[i] = v.day; break;
    case COLUMN_BOOLEAN:
    case COLUMN_ANY:
    case COLUMN_EVALUATED: break;
    }
    return true;
}

static bool take_count(void *context, struct value v, bool ordered)
{
    (void)v;
    (void)ordered;
    ++*(size_t *)context;
    return true;
}

static const struct node *allowed(const struct compiler *c)
{
    return c->t->inputs[c->index].allowed;
}

bool column_fits(const struct column *c, const struct node *tests)
{
    struct column copy = *c;
    copy.count = 0;
    return node_constants(tests, false, take_fits, &copy, 0);
}

static bool take_any(void *context, struct value v, bool ordered)
{
    (void)context;
    (void)ordered;
    return v.kind != VALUE_FUNCTION && v.kind != VALUE_CONTEXT;
}

static bool is_any(const struct node *tests)
{
    return tests->kind == NODE_TESTS && tests->tests.count == 0 && !tests->tests.negated;
}

bool tests_are_constant(const struct node *tests)
{
    return node_constants(tests, false, take_any, NULL, 0);
}

enum column_kind column_kind_of(const struct table *t, size_t column)
{
    enum column_kind kind = COLUMN_EVALUATED;
    size_t any = 0;
    while (any < t->rule_count && is_any(t->rules[any].tests[column]))
        any++;
    if (any == t->rule_count)
        return COLUMN_ANY;
    for (size_t i = any; i < t->rule_count; i++)
        (void)node_constants(t->rules[i].tests[column], false, take_kind, &kind, 0);
    return kind;
}

static int by_number(const void *a, const void *b)
{
    return number_cmp(*(const struct number *)a, *(const struct number *)b);
}

static int by_integer(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int by_length(const void *a, const void *b)
{
    struct str x = *(const struct str *)a, y = *(const struct str *)b;
    if (x.len != y.len)
        return x.len < y.len ? -1 : 1;
    return x.len > 0 ? memcmp(x.ptr, y.ptr, x.len) : 0;
}

static size_t sort_unique(void *items, size_t count, size_t size,
                          int (*order)(const void *, const void *))
{
    char *p = items;
    size_t kept = 0;
    if (count > 0)
        qsort(items, count, size, order);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || order(p + (kept - 1) * size, p + i * size) != 0)
            memmove(p + kept++ * size, p + i * size, size);
    return kept;
}

static bool scale_all(struct column *c, int places)
{
    for (size_t i = 0; i < c->count; i++)
        if (!number_scaled(c->numbers[i], places, &c->scaled[i]))
            return false;
    c->places = places;
    return true;
}

/* Constants as integers: with PLACES_USUAL, so that most values are exact too, else with the fewest that make the
 * constants exact. */
static void scale_numbers(struct arena *a, struct column *c)
{
    c->scaled = arena_array(a, c->count, sizeof(*c->scaled));
    bool fits = scale_all(c, PLACES_USUAL);
    for (int places = 0; !fits && places <= PLACES_MAX; places++)
        fits = scale_all(c, places);
    if (!fits)
        c->scaled = NULL;
}

static void sort_constants(struct arena *a, struct column *c)
{
    switch (c->kind) {
    case COLUMN_NUMBER:
        c->count = sort_unique(c->numbers, c->count, sizeof(*c->numbers), by_number);
        scale_numbers(a, c);
        break;
    case COLUMN_STRING:
        c->count = sort_unique(c->strings, c->count, sizeof(*c->strings), by_length);
        break;
    case COLUMN_DATE:
        c->count = sort_unique(c->scaled, c->count, sizeof(*c->scaled), by_integer);
        break;
    case COLUMN_BOOLEAN:
    case COLUMN_ANY:
    case COLUMN_EVALUATED: break;
    }
}

void column_constants(struct compiler *c)
{
    struct column *col = c->column;
    size_t most = 0;
    bool allowed_fits = column_fits(col, allowed(c));
    for (size_t i = 0; i < c->t->rule_count; i++)
        if (c->plain[i])
            (void)node_constants(compiler_cell(c, i), false, take_count, &most, 0);
    if (allowed_fits)
        (void)node_constants(allowed(c), false, take_count, &most, 0);
    col->numbers = arena_array(c->arena, most, sizeof(*col->numbers));
    col->strings = arena_array(c->arena, most, sizeof(*col->strings));
    col->scaled = arena_array(c->arena, most, sizeof(*col->scaled));
    for (size_t i = 0; i < c->t->rule_count; i++)
        if (c->plain[i])
            (void)node_constants(compiler_cell(c, i), false, take_constant, col, 0);
    if (allowed_fits)
        (void)node_constants(allowed(c), false, take_constant, col, 0);
    sort_constants(c->arena, col);
}

static bool take_own(void *context, struct value v, bool ordered)
{
    const struct compiler *c = context;
    (void)ordered;
    c->own[column_region(c->column, &v)] = true;
    return true;
}

void cell_regions(struct compiler *c, size_t rule)
{
    memset(c->own, 0, c->column->regions * sizeof(*c->own));
    (void)node_constants(compiler_cell(c, rule), false, take_own, c, 0);
}
