/* load_priority: the order of a table's output values (DMN 1.5, 8.2.10), from its outputValues or, where it has none,
 * from the allowed values of the output's type. */
#include "common/dmn/load.h"

static const struct node *allowed_of(const struct type *t)
{
    for (; t != NULL; t = t->base)
        if (t->allowed != NULL)
            return t->allowed;
    return NULL;
}

/* The constant that a test compares with `=`; NULL if it is another test. */
static const struct value *constant_of(const struct node *test)
{
    if (test->kind == NODE_TEST && test->op == OP_EQ)
        test = test->items[0];
    return test->kind == NODE_CONST ? &test->value : NULL;
}

static void order_of(struct arena *a, const struct node *allowed, struct table_output *out)
{
    const struct tests_node *tests = &allowed->tests;
    out->priorities = arena_array(a, tests->count, sizeof *out->priorities);
    for (size_t i = 0; i < tests->count; i++) {
        const struct value *v = constant_of(tests->tests[i]);
        if (v != NULL)
            out->priorities[out->priority_count++] = *v;
    }
}

void tables_priorities(struct loader *l)
{
    for (size_t i = 0; i < l->table_count; i++) {
        struct table *t = l->tables[i].table;
        for (size_t k = 0; k < t->output_count; k++) {
            const struct node *allowed = t->outputs[k].allowed;
            if (allowed == NULL)
                allowed = allowed_of(l->tables[i].expected[k]);
            if (allowed != NULL && allowed->kind == NODE_TESTS && !allowed->tests.negated)
                order_of(l->arena, allowed, &t->outputs[k]);
        }
    }
}
