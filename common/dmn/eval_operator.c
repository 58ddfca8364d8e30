/* eval_operator: logic in three values (10.3.2.8), comparison and arithmetic. Numbers first: they are the common case. */
#include "common/dmn/eval_private.h"

/* What is not a boolean counts as null here: it can still not change what the other side decides. */
static struct value eval_and(struct eval *e, const struct node *n, struct frame *f)
{
    struct value left = eval_node(e, n->items[0], f);
    if (is_false(left))
        return value_bool(false);
    struct value right = eval_node(e, n->items[1], f);
    if (is_false(right))
        return value_bool(false);
    return value_truth(is_true(left) && is_true(right) ? TRUTH_YES : TRUTH_UNKNOWN);
}

static struct value eval_or(struct eval *e, const struct node *n, struct frame *f)
{
    struct value left = eval_node(e, n->items[0], f);
    if (is_true(left))
        return value_bool(true);
    struct value right = eval_node(e, n->items[1], f);
    if (is_true(right))
        return value_bool(true);
    return value_truth(is_false(left) && is_false(right) ? TRUTH_NO : TRUTH_UNKNOWN);
}

#define POWER_STEPS 200     /* what a power takes compared with a sum */
#define BYTES_PER_STEP 1024 /* of strings compared */

static bool order_holds(enum op op, int order)
{
    return (op == OP_LT && order < 0) || (op == OP_LE && order <= 0) ||
           (op == OP_GT && order > 0) || (op == OP_GE && order >= 0);
}

static struct value compare(struct eval *e, const struct node *n, struct value left,
                            struct value right)
{
    int order;
    if (left.kind == VALUE_STRING && !eval_may_go_on(e, left.string.len / BYTES_PER_STEP))
        return NULL_VALUE;
    if (left.kind == VALUE_NUMBER && right.kind == VALUE_NUMBER)
        order = number_cmp(left.number, right.number);
    else if (!value_order(left, right, &order))
        return eval_note(e, n->at, "%s and %s cannot be compared", a_kind(left), a_kind(right));
    return value_bool(order_holds(n->op, order));
}

static struct value equal(struct eval *e, const struct node *n, struct value left,
                          struct value right)
{
    bool wanted = n->op == OP_EQ;
    if (left.kind == VALUE_NUMBER && right.kind == VALUE_NUMBER)
        return value_bool((number_cmp(left.number, right.number) == 0) == wanted);
    switch (eval_equal(e, left, right)) {
    case TRUTH_YES: return value_bool(wanted);
    case TRUTH_NO: return value_bool(!wanted);
    case TRUTH_UNKNOWN: break;
    }
    return eval_note(e, n->at, "%s and %s cannot be compared", a_kind(left), a_kind(right));
}

static char sign_of(enum op op)
{
    static const char signs[] = {
        [OP_ADD] = '+', [OP_SUB] = '-', [OP_MUL] = '*', [OP_DIV] = '/', [OP_EXP] = '^'};
    return signs[op];
}

static bool numbers(enum op op, struct number a, struct number b, struct number *ret)
{
    switch ((int)op) {
    case OP_ADD: return number_add(a, b, ret);
    case OP_SUB: return number_sub(a, b, ret);
    case OP_MUL: return number_mul(a, b, ret);
    case OP_DIV: return number_div(a, b, ret);
    default: return number_pow(a, b, ret);
    }
}

static struct value arithmetic(struct eval *e, const struct node *n, struct value left,
                               struct value right)
{
    if (left.kind == VALUE_NUMBER && right.kind == VALUE_NUMBER) {
        struct value v = {.kind = VALUE_NUMBER};
        if (n->op == OP_EXP && !eval_may_go_on(e, POWER_STEPS))
            return NULL_VALUE;
        if (numbers(n->op, left.number, right.number, &v.number))
            return v;
        return eval_note(e, n->at, "the result is not a number that can be written");
    }
    bool strings = left.kind == VALUE_STRING && right.kind == VALUE_STRING; /* these grow */
    if (!eval_may_go_on(e, 1) || (strings && !eval_has_room(e, left.string.len + right.string.len)))
        return NULL_VALUE;
    if (is_null(left) || is_null(right))
        return eval_note(e, n->at, "null takes no part in arithmetic");
    struct value v = value_arithmetic(e->arena, sign_of(n->op), left, right);
    if (!is_null(v))
        return v;
    return eval_note(e, n->at, "%c is not defined between %s and %s", sign_of(n->op), a_kind(left),
                     a_kind(right));
}

struct value eval_binary(struct eval *e, const struct node *n, struct frame *f)
{
    if (n->op == OP_AND)
        return eval_and(e, n, f);
    if (n->op == OP_OR)
        return eval_or(e, n, f);
    struct value left = eval_node(e, n->items[0], f);
    struct value right = eval_node(e, n->items[1], f);
    switch (n->op) {
    case OP_EQ:
    case OP_NE: return equal(e, n, left, right);
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE: return compare(e, n, left, right);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_EXP: return arithmetic(e, n, left, right);
    case OP_OR:
    case OP_AND: break;
    }
    return NULL_VALUE;
}

struct value eval_negate(struct eval *e, const struct node *n, struct frame *f)
{
    return value_negate(eval_node(e, n->items[0], f));
}

static enum truth at_least(struct value v, struct value low)
{
    int order;
    if (!value_order(v, low, &order))
        return TRUTH_UNKNOWN;
    return order >= 0 ? TRUTH_YES : TRUTH_NO;
}

/* `v >= low and v <= high`, with `and` as above. */
struct value eval_between(struct eval *e, const struct node *n, struct frame *f)
{
    struct value v = eval_node(e, n->items[0], f);
    enum truth above = at_least(v, eval_node(e, n->items[1], f));
    enum truth below = at_least(eval_node(e, n->items[2], f), v);
    if (above == TRUTH_NO || below == TRUTH_NO)
        return value_bool(false);
    return value_truth(above == TRUTH_YES && below == TRUTH_YES ? TRUTH_YES : TRUTH_UNKNOWN);
}

/* Null chooses `else` as false does; a condition of another kind is a fault. */
struct value eval_if(struct eval *e, const struct node *n, struct frame *f)
{
    struct value condition = eval_node(e, n->items[0], f);
    if (is_true(condition))
        return eval_node(e, n->items[1], f);
    if (!is_false(condition) && !is_null(condition))
        return eval_note(e, n->at, "the condition is %s, not a boolean", a_kind(condition));
    return n->items[2] != NULL ? eval_node(e, n->items[2], f) : NULL_VALUE;
}
