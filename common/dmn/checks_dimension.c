/* checks_dimension: a table's inputs as dimensions, and where each rule's cell holds. */
#include "common/dmn/checks_private.h"

#include <string.h>

#define BASES_MAX 100 /* a type may wrongly be its own base */

static const struct node *cell(const struct checker *c, size_t rule, size_t input)
{
    const struct node *n = c->table->rules[rule].tests[input];
    return n != NULL && n->kind == NODE_TESTS ? n : NULL;
}

static bool is_scalar(enum type_kind kind)
{
    return kind >= TYPE_BOOLEAN && kind <= TYPE_MONTHS;
}

/* The type that the column names, and the one its expression has: the allowed values of both hold. */
struct input_types {
    const struct type *items[2];
};

static struct input_types types_of(const struct table_input *in)
{
    return (struct input_types){{in->type, in->expression != NULL ? in->expression->type : NULL}};
}

/* A test that compares a list or context as a whole is none over constants here. */
static bool input_has_parts(const struct table_input *in)
{
    struct input_types types = types_of(in);
    for (size_t i = 0; i < COUNT(types.items); i++)
        if (types.items[i] != NULL && types.items[i]->kind != TYPE_ANY)
            return !is_scalar(types.items[i]->kind);
    return false;
}

static bool add_type(struct constants *constants, const struct type *t)
{
    bool exact = true;
    for (int i = 0; t != NULL && i < BASES_MAX; t = t->base, i++)
        if (t->allowed != NULL)
            exact = constants_of_tests(constants, t->allowed) && exact;
    return exact;
}

/* Whether all allowed values are tests over constants; those are added. */
static bool add_allowed(struct constants *constants, const struct table_input *in)
{
    struct input_types types = types_of(in);
    bool exact = in->allowed == NULL || constants_of_tests(constants, in->allowed);
    for (size_t i = 0; i < COUNT(types.items); i++)
        exact = add_type(constants, types.items[i]) && exact;
    return exact;
}

static bool test_gives(struct checker *c, const struct node *tests, struct value v, bool *ret_true)
{
    arena_reset(c->work);
    struct eval e = {.arena = c->work,
                     .limits = {.steps = 20000, .depth = 100, .memory_bytes = 1 << 20}};
    e.arena_start = c->work->used_bytes;
    *ret_true = is_true(eval_tests(&e, tests, v, NULL));
    return e.stopped == STOP_NOT;
}

static bool type_allows(struct checker *c, const struct type *t, struct value v)
{
    bool allowed = true;
    for (int i = 0; allowed && t != NULL && i < BASES_MAX; t = t->base, i++)
        if (t->allowed != NULL && !test_gives(c, t->allowed, v, &allowed))
            allowed = true;
    return allowed;
}

static bool is_allowed(struct checker *c, const struct dimension *d, struct value v)
{
    bool allowed = true;
    for (size_t i = 0; allowed && i < d->input_count; i++) {
        const struct table_input *in = &c->table->inputs[d->inputs[i]];
        if (in->allowed != NULL && !test_gives(c, in->allowed, v, &allowed))
            allowed = true;
        struct input_types types = types_of(in);
        for (size_t k = 0; allowed && k < COUNT(types.items); k++)
            allowed = type_allows(c, types.items[k], v);
    }
    return allowed;
}

/* Regions outside the allowed values are no inputs at all. Where these are no tests over constants, it is not known
 * which regions are inputs; where no region would be left, they say nothing. */
static void keep_allowed(struct checker *c, struct dimension *d)
{
    size_t kept = 0;
    if (d->any)
        return;
    struct region *all = d->regions;
    d->regions = arena_array(c->arena, d->count, sizeof *all);
    for (size_t i = 0; i < d->count; i++) {
        all[i].doubtful = !d->exact;
        if (!d->exact || is_allowed(c, d, all[i].value))
            d->regions[kept++] = all[i];
    }
    if (kept == 0)
        d->regions = all;
    else
        d->count = kept;
}

static bool cell_holds(struct checker *c, const struct dimension *d, size_t rule, size_t region)
{
    for (size_t i = 0; i < d->input_count; i++) {
        const struct node *tests = cell(c, rule, d->inputs[i]);
        bool holds = tests->tests.count == 0;
        if (!holds && (d->any || !test_gives(c, tests, d->regions[region].value, &holds) || !holds))
            return false;
    }
    return true;
}

static void fill(struct checker *c, struct dimension *d)
{
    d->sure = arena_array(c->arena, d->count, sizeof *d->sure);
    d->may = arena_array(c->arena, d->count, sizeof *d->may);
    for (size_t r = 0; r < d->count; r++) {
        d->sure[r] = arena_array(c->arena, c->words, sizeof **d->sure);
        d->may[r] = arena_array(c->arena, c->words, sizeof **d->may);
        for (size_t i = 0; i < c->table->rule_count; i++) {
            bool holds = d->known[i] && cell_holds(c, d, i, r);
            if (holds)
                rule_put(d->sure[r], i);
            if (holds || !d->known[i])
                rule_put(d->may[r], i);
        }
    }
}

static void find_constants(struct checker *c, struct dimension *d, struct constants *constants)
{
    d->exact = true;
    for (size_t i = 0; i < c->table->rule_count; i++)
        d->known[i] = true;
    for (size_t k = 0; k < d->input_count; k++) {
        const struct table_input *in = &c->table->inputs[d->inputs[k]];
        d->exact = add_allowed(constants, in) && d->exact;
        for (size_t i = 0; i < c->table->rule_count; i++) {
            const struct node *tests = cell(c, i, d->inputs[k]);
            d->known[i] = d->known[i] && tests != NULL &&
                          (tests->tests.count == 0 ||
                           (!input_has_parts(in) && constants_of_tests(constants, tests)));
        }
    }
}

/* Constants that cannot be brought into an order say nothing. */
static void forget_constants(struct checker *c, struct dimension *d, struct constants *constants)
{
    *constants = (struct constants){.arena = c->arena};
    d->exact = false;
    for (size_t i = 0; i < c->table->rule_count; i++)
        for (size_t k = 0; k < d->input_count; k++) {
            const struct node *tests = cell(c, i, d->inputs[k]);
            d->known[i] = d->known[i] && tests != NULL && tests->tests.count == 0;
        }
}

/* Of all cells of a dimension: each is tried in each region. */
static size_t count_tests(const struct checker *c, const struct dimension *d)
{
    size_t count = c->table->rule_count * d->input_count;
    for (size_t i = 0; i < c->table->rule_count; i++)
        for (size_t k = 0; k < d->input_count; k++) {
            const struct node *tests = cell(c, i, d->inputs[k]);
            count += tests != NULL && tests->tests.count > 1 ? tests->tests.count - 1 : 0;
        }
    return count;
}

static bool make(struct checker *c, struct dimension *d, size_t *cells)
{
    struct constants constants = {.arena = c->arena};
    d->known = arena_array(c->arena, c->table->rule_count, sizeof *d->known);
    find_constants(c, d, &constants);
    if (!constants_sort(&constants))
        forget_constants(c, d, &constants);
    regions_make(d, c->arena, &constants);
    *cells += count_tests(c, d) * d->count;
    if (*cells > CHECKS_CELLS_MAX)
        return false;
    keep_allowed(c, d);
    fill(c, d);
    return true;
}

/* Two columns over the same expression are one dimension. */
static void gather(struct checker *c)
{
    size_t inputs = c->table->input_count;
    c->dimensions = arena_array(c->arena, inputs, sizeof *c->dimensions);
    for (size_t i = 0; i < inputs; i++) {
        struct str label = c->table->inputs[i].label;
        size_t d = 0;
        while (d < c->dimension_count && (label.len == 0 || !str_eq(c->dimensions[d].label, label)))
            d++;
        struct dimension *dimension = &c->dimensions[d];
        if (d == c->dimension_count) {
            c->dimension_count++;
            dimension->label = label;
            dimension->inputs = arena_array(c->arena, inputs, sizeof *dimension->inputs);
        }
        dimension->inputs[dimension->input_count++] = i;
    }
}

bool checks_dimensions(struct checker *c)
{
    size_t cells = 0;
    if (c->table->input_count > CHECKS_INPUTS_MAX)
        return false;
    gather(c);
    for (size_t i = 0; i < c->dimension_count; i++)
        if (!make(c, &c->dimensions[i], &cells))
            return false;
    return true;
}
