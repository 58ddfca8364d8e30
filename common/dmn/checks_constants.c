/* checks_constants: which constants tests compare their value with. */
#include "common/dmn/checks_private.h"

#include <stdlib.h>

#define NESTED_MAX 16

static bool comparable(enum value_kind kind)
{
    return kind == VALUE_NUMBER || kind == VALUE_STRING || kind == VALUE_BOOLEAN ||
           kind == VALUE_DATE || kind == VALUE_TIME || kind == VALUE_DATE_TIME ||
           kind == VALUE_DAYS || kind == VALUE_MONTHS;
}

/* Texts are told apart only by being equal: between two of them there is no next one to take as an example. */
static bool add(struct constants *c, struct value v, bool ordered)
{
    if (v.kind == VALUE_NULL && !ordered) {
        c->has_null = true;
        return true;
    }
    if (!comparable(v.kind) || (c->kind != VALUE_NULL && c->kind != v.kind) ||
        (ordered && (v.kind == VALUE_STRING || v.kind == VALUE_BOOLEAN)))
        return false;
    c->kind = v.kind;
    c->items = arena_more(c->arena, c->items, c->count, &c->cap, sizeof *c->items);
    c->items[c->count++] = v;
    return true;
}

static bool of_value(struct constants *c, struct value v, bool ordered, int depth)
{
    bool good = depth < NESTED_MAX;
    if (v.kind == VALUE_LIST) {
        for (size_t i = 0; good && i < v.list->count; i++)
            good = of_value(c, v.list->items[i], ordered, depth + 1);
        return good;
    }
    if (v.kind == VALUE_RANGE)
        return good && (!v.range->has_low || add(c, v.range->low, true)) &&
               (!v.range->has_high || add(c, v.range->high, true));
    return good && add(c, v, ordered);
}

static bool of_test(struct constants *c, const struct node *n, int depth);

static bool of_all(struct constants *c, struct node *const *nodes, size_t count, int depth)
{
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = of_test(c, nodes[i], depth);
    return good;
}

/* A constant, or a list or range of constants. */
static bool of_constant(struct constants *c, const struct node *n, bool ordered, int depth)
{
    if (n == NULL || depth >= NESTED_MAX)
        return n == NULL;
    bool good = true;
    switch ((int)n->kind) {
    case NODE_CONST: return of_value(c, n->value, ordered, depth);
    case NODE_COERCE: return false;
    case NODE_LIST:
        for (size_t i = 0; good && i < n->count; i++)
            good = of_constant(c, n->items[i], ordered, depth + 1);
        return good;
    case NODE_RANGE:
        return of_constant(c, n->range.low, true, depth + 1) &&
               of_constant(c, n->range.high, true, depth + 1);
    default: return false;
    }
}

/* `? < 5`, `5 < ?`, `? = "a"`. */
static bool of_comparison(struct constants *c, const struct node *n, int depth)
{
    const struct node *left = n->items[0], *right = n->items[1];
    bool ordered = n->op != OP_EQ && n->op != OP_NE;
    if (left->kind == NODE_QUESTION)
        return right->kind == NODE_CONST && of_constant(c, right, ordered, depth);
    return right->kind == NODE_QUESTION && left->kind == NODE_CONST &&
           of_constant(c, left, ordered, depth);
}

/* An expression about `?` that is true or false. */
static bool of_condition(struct constants *c, const struct node *n, int depth)
{
    switch ((int)n->kind) {
    case NODE_BINARY:
        if (n->op == OP_AND || n->op == OP_OR)
            return of_test(c, n->items[0], depth) && of_test(c, n->items[1], depth);
        return n->op >= OP_EQ && n->op <= OP_GE && of_comparison(c, n, depth);
    case NODE_BETWEEN:
        return n->items[0]->kind == NODE_QUESTION && of_constant(c, n->items[1], true, depth) &&
               of_constant(c, n->items[2], true, depth);
    case NODE_IN: return n->items[0]->kind == NODE_QUESTION && of_test(c, n->items[1], depth);
    default: return false;
    }
}

static bool of_test(struct constants *c, const struct node *n, int depth)
{
    if (n == NULL || depth >= NESTED_MAX)
        return false;
    if (n->kind == NODE_TESTS)
        return of_all(c, n->tests.tests, n->tests.count, depth + 1);
    if (n->kind != NODE_TEST)
        return of_condition(c, n, depth + 1);
    const struct node *operand = n->items[0];
    if (n->op == OP_EQ && operand->has_question)
        return of_condition(c, operand, depth + 1);
    return of_constant(c, operand, n->op != OP_EQ && n->op != OP_NE, depth + 1);
}

bool constants_of_tests(struct constants *c, const struct node *tests)
{
    struct constants before = *c;
    if (of_test(c, tests, 0))
        return true;
    *c = before;
    return false;
}

/* By value; of texts and truths any order will do that keeps equal ones together. */
static int compare(const void *left, const void *right)
{
    const struct value *a = left, *b = right;
    int order = 0;
    if (a->kind == VALUE_STRING)
        return str_cmp(a->string, b->string);
    if (a->kind == VALUE_BOOLEAN)
        return (int)a->boolean - (int)b->boolean;
    (void)value_order(*a, *b, &order);
    return order;
}

bool constants_sort(struct constants *c)
{
    int order;
    size_t kept = 0;
    bool ordered = c->kind != VALUE_STRING && c->kind != VALUE_BOOLEAN;
    for (size_t i = 1; ordered && i < c->count; i++) /* local times and those with a zone */
        if (!value_order(c->items[0], c->items[i], &order))
            return false;
    if (c->count > 1)
        qsort(c->items, c->count, sizeof *c->items, compare);
    for (size_t i = 0; i < c->count; i++)
        if (kept == 0 || compare(&c->items[kept - 1], &c->items[i]) != 0)
            c->items[kept++] = c->items[i];
    c->count = kept;
    return true;
}
