/* eval_test: unary tests (7.3.3, 10.3.2.8) and `in`. */
#include "common/dmn/eval_private.h"

/* Whether the list holds the value, itself or in a range that is its element. */
static bool list_has(struct eval *e, const struct list *l, struct value v)
{
    uint64_t each = v.kind == VALUE_STRING ? 1 + v.string.len / 1024 : 1;
    if (!eval_may_go_on(e, each * l->count))
        return false;
    for (size_t i = 0; i < l->count; i++) {
        struct value item = l->items[i];
        if (eval_equal(e, v, item) == TRUTH_YES ||
            (item.kind == VALUE_RANGE && range_holds(item.range, v) == TRUTH_YES))
            return true;
    }
    return false;
}

/* What a plain expression in the place of a test says about v, once it is evaluated. */
static enum truth plain(struct eval *e, const struct node *test, struct value v, struct value t)
{
    if (test->items[0]->has_question && t.kind == VALUE_BOOLEAN)
        return t.boolean ? TRUTH_YES : TRUTH_NO;
    if (t.kind == VALUE_RANGE && v.kind != VALUE_RANGE)
        return range_holds(t.range, v);
    if (t.kind == VALUE_LIST)
        return eval_equal(e, v, t) == TRUTH_YES || list_has(e, t.list, v) ? TRUTH_YES : TRUTH_NO;
    if (is_true(t) && v.kind != VALUE_BOOLEAN && test->items[0]->kind != NODE_CONST)
        return TRUTH_YES;
    return eval_equal(e, v, t);
}

static enum truth ordered(enum op op, struct value v, struct value t)
{
    int order;
    if (!value_order(v, t, &order))
        return TRUTH_UNKNOWN;
    bool holds = (op == OP_LT && order < 0) || (op == OP_LE && order <= 0) ||
                 (op == OP_GT && order > 0) || (op == OP_GE && order >= 0);
    return holds ? TRUTH_YES : TRUTH_NO;
}

static enum truth opposite(enum truth t)
{
    return t == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : t == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
}

static enum truth test_holds(struct eval *e, const struct node *test, struct value v,
                             struct frame *f)
{
    if (test->kind != NODE_TEST) { /* tests within tests: (< 5, > 10) */
        struct value t = eval_tests(e, test, v, f);
        return is_true(t) ? TRUTH_YES : is_false(t) ? TRUTH_NO : TRUTH_UNKNOWN;
    }
    struct value t = eval_node(e, test->items[0], f);
    if (test->op == OP_EQ)
        return plain(e, test, v, t);
    if (test->op == OP_NE)
        return opposite(eval_equal(e, v, t));
    return ordered(test->op, v, t);
}

static enum truth any_holds(struct eval *e, const struct tests_node *tests, struct value v,
                            struct frame *f)
{
    enum truth all = TRUTH_NO;
    for (size_t i = 0; i < tests->count; i++) {
        enum truth t = test_holds(e, tests->tests[i], v, f);
        if (t == TRUTH_YES)
            return TRUTH_YES;
        if (t == TRUTH_UNKNOWN)
            all = TRUTH_UNKNOWN;
    }
    return all;
}

struct value eval_tests(struct eval *e, const struct node *tests, struct value question,
                        struct frame *outer)
{
    if (tests->kind != NODE_TESTS || tests->tests.count == 0)
        return value_bool(tests->kind == NODE_TESTS);
    if (!eval_may_go_on(e, 1))
        return NULL_VALUE;
    struct frame on_stack, *f = &on_stack;
    struct value slot, *slots = &slot;
    if (tests->has_function) {
        f = arena_alloc(e->arena, sizeof *f);
        slots = arena_alloc(e->arena, sizeof *slots);
    }
    slots[0] = question;
    *f = (struct frame){.outer = outer, .slots = slots};
    enum truth t = any_holds(e, &tests->tests, question, f);
    return value_truth(tests->tests.negated ? opposite(t) : t);
}

struct value eval_in(struct eval *e, const struct node *n, struct frame *f)
{
    return eval_tests(e, n->items[1], eval_node(e, n->items[0], f), f);
}

/* A test in the place of an expression, of which the resolver has complained already. */
struct value eval_test_alone(struct eval *e, const struct node *n, struct frame *f)
{
    (void)f;
    return eval_note(e, n->at, "a test stands where a value is wanted");
}
