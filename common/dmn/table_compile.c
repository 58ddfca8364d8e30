/* table_compile: from cells to columns of plain data, at load. */
#include <string.h>

#include "common/dmn/table_compile.h"

#define CELLS_MAX                                                                                  \
    ((size_t)1 << 21) /* regions times rules of a column, since each is evaluated at load */

#define NO_VALUE ((struct value){.kind = VALUE_FUNCTION})

/* A number above a and below b, either of which may be NULL; none may exist among 34-digit decimals. */
static struct value number_between(const struct number *a, const struct number *b)
{
    struct number n[3], two = number_of(2);
    size_t count = 0;
    if (a != NULL && b != NULL) {
        count += number_add(*a, *b, &n[0]) && number_div(n[0], two, &n[0]) ? 1 : 0;
    } else if (a != NULL) {
        count += number_add(*a, number_of(1), &n[count]) ? 1 : 0;
        count += number_add(*a, number_abs(*a), &n[count]) ? 1 : 0;
    } else if (b != NULL) {
        count += number_sub(*b, number_of(1), &n[count]) ? 1 : 0;
        count += number_sub(*b, number_abs(*b), &n[count]) ? 1 : 0;
    } else {
        return value_i64(0);
    }
    for (size_t i = 0; i < count; i++)
        if ((a == NULL || number_cmp(*a, n[i]) < 0) && (b == NULL || number_cmp(n[i], *b) < 0))
            return value_number(n[i]);
    return NO_VALUE;
}

static struct value day_between(const int64_t *a, const int64_t *b)
{
    if (a == NULL)
        return value_date(b != NULL ? *b - 1 : 0);
    return b == NULL || *b - *a > 1 ? value_date(*a + 1) : NO_VALUE;
}

/* A text that is longer than every constant, and so none of them. */
static struct value other_string(struct arena *a, const struct column *c)
{
    size_t len = c->count > 0 ? c->strings[c->count - 1].len + 1 : 1;
    char *s = arena_alloc(a, len);
    memset(s, '-', len);
    return value_string((struct str){s, len});
}

static size_t count_regions(const struct column *c)
{
    bool ordered = c->kind == COLUMN_NUMBER || c->kind == COLUMN_DATE;
    return (ordered ? 2 * c->count + 1 : c->kind == COLUMN_STRING ? c->count + 1 : 2) + 1;
}

static void represent(struct compiler *c)
{
    struct column *col = c->column;
    size_t n = col->count;
    c->reps = arena_array(&c->scratch, col->regions, sizeof(*c->reps)); /* the last is null */
    c->own = arena_array(&c->scratch, col->regions, sizeof(*c->own));
    if (col->kind == COLUMN_BOOLEAN) {
        c->reps[0] = value_bool(false);
        c->reps[1] = value_bool(true);
    }
    for (size_t i = 0; col->kind == COLUMN_NUMBER && i <= n; i++) {
        c->reps[2 * i] =
            number_between(i > 0 ? &col->numbers[i - 1] : NULL, i < n ? &col->numbers[i] : NULL);
        if (i < n)
            c->reps[2 * i + 1] = value_number(col->numbers[i]);
    }
    for (size_t i = 0; col->kind == COLUMN_DATE && i <= n; i++) {
        c->reps[2 * i] =
            day_between(i > 0 ? &col->scaled[i - 1] : NULL, i < n ? &col->scaled[i] : NULL);
        if (i < n)
            c->reps[2 * i + 1] = value_date(col->scaled[i]);
    }
    for (size_t i = 0; col->kind == COLUMN_STRING && i <= n; i++)
        c->reps[i] = i < n ? value_string(col->strings[i]) : other_string(&c->scratch, col);
}

/* A cell in every region, by the evaluator itself, so that there is one meaning of it. Between its own constants it
 * gives the same everywhere, so that few regions need evaluating; from the last region on, since the last of texts is
 * that of all others. */
static void fill_cell(struct compiler *c, size_t rule, size_t words)
{
    struct column *col = c->column;
    bool points = col->kind == COLUMN_STRING, known = false;
    struct value beside = NULL_VALUE;
    cell_regions(c, rule);
    c->own[col->regions - 1] = true;
    for (size_t i = col->regions; i-- > 0;) {
        if (c->reps[i].kind == VALUE_FUNCTION)
            continue;
        bool own = c->own[i] || col->kind == COLUMN_BOOLEAN;
        struct value v = beside;
        if (own || !known)
            v = eval_tests(&c->e, compiler_cell(c, rule), c->reps[i], NULL);
        if (!own)
            beside = v;
        known = own ? known && points : true;
        if (is_true(v))
            rule_put(&col->held[i * words], rule);
        else if (is_null(v))
            rule_put(&col->unknown[i * words], rule);
    }
    arena_reset(&c->work);
}

static void fill_regions(struct compiler *c)
{
    struct column *col = c->column;
    const struct table_input *input = &c->t->inputs[c->index];
    size_t words = rule_words(c->t);
    col->held = arena_array(c->arena, col->regions * words, sizeof(*col->held));
    col->unknown = arena_array(c->arena, col->regions * words, sizeof(*col->unknown));
    if (input->allowed != NULL && column_fits(col, input->allowed))
        col->allowed = arena_alloc(c->arena, col->regions);
    for (size_t i = 0; i < c->t->rule_count; i++) {
        if (c->plain[i])
            fill_cell(c, i, words);
        for (size_t j = 0; !c->plain[i] && j < col->regions; j++)
            rule_put(&col->held[j * words], i);
    }
    for (size_t i = 0; col->allowed != NULL && i < col->regions; i++)
        col->allowed[i] = input_allowed(&c->e, input, c->reps[i], NULL) ? 1 : 0;
}

static void find_plain(struct compiler *c)
{
    struct column *col = c->column;
    c->plain = arena_array(&c->scratch, c->t->rule_count, sizeof(*c->plain));
    for (size_t i = 0; i < c->t->rule_count; i++) {
        c->plain[i] = column_fits(col, compiler_cell(c, i));
        if (c->plain[i])
            continue;
        if (col->expressions == NULL)
            col->expressions = arena_array(c->arena, rule_words(c->t), sizeof(*col->expressions));
        rule_put(col->expressions, i);
    }
}

static void any_value_holds(struct compiler *c)
{
    size_t words = rule_words(c->t);
    c->column->regions = 1;
    c->column->held = arena_array(c->arena, words, sizeof(*c->column->held));
    c->column->unknown = arena_array(c->arena, words, sizeof(*c->column->unknown));
    for (size_t i = 0; i < c->t->rule_count; i++)
        rule_put(c->column->held, i);
}

static void compile_column(struct compiler *c)
{
    struct column *col = c->column;
    col->kind = column_kind_of(c->t, c->index);
    if (col->kind == COLUMN_EVALUATED)
        return;
    if (col->kind == COLUMN_ANY) {
        any_value_holds(c);
        return;
    }
    find_plain(c);
    column_constants(c);
    col->regions = count_regions(col);
    if (col->regions * c->t->rule_count > CELLS_MAX) {
        *col = (struct column){.kind = COLUMN_EVALUATED};
        return;
    }
    represent(c);
    fill_regions(c);
    arena_reset(&c->scratch);
}

static bool type_is_constant(const struct type *t)
{
    for (; t != NULL; t = t->base)
        if (t->kind == TYPE_FUNCTION || (t->allowed != NULL && !tests_are_constant(t->allowed)) ||
            (t->constraint != NULL && !tests_are_constant(t->constraint)))
            return false;
    return true;
}

static bool value_is_plain(struct value v)
{
    return v.kind <= VALUE_MONTHS;
}

/* An output that is constant, is allowed, and stays as it is by its type. */
static bool constant_output(struct compiler *c, size_t rule, size_t output, struct value *ret)
{
    const struct table_output *out = &c->t->outputs[output];
    const struct node *n = c->t->rules[rule].outputs[output];
    const struct table_input as_input = {.allowed = out->allowed};
    if (n->kind != NODE_CONST || !value_is_plain(n->value) || !type_is_constant(out->type) ||
        (out->allowed != NULL && !tests_are_constant(out->allowed)))
        return false;
    *ret = n->value;
    if (out->type != NULL && !value_is(type_coerce(&c->e, out->type, *ret), *ret))
        return false;
    return input_allowed(&c->e, &as_input, *ret, NULL);
}

static const struct value *ready_output(struct compiler *c, size_t rule)
{
    size_t count = c->t->output_count;
    struct value *v = arena_array(&c->scratch, count, sizeof(*v));
    for (size_t i = 0; i < count; i++)
        if (!constant_output(c, rule, i, &v[i]))
            return NULL;
    struct value *ret = arena_alloc(c->arena, sizeof(*ret));
    *ret = outputs_value(c->arena, c->t, v);
    return ret;
}

static void compile_outputs(struct compiler *c, struct fast_table *fast)
{
    fast->outputs = arena_array(c->arena, c->t->rule_count, sizeof(*fast->outputs));
    for (size_t i = 0; i < c->t->rule_count; i++) {
        fast->outputs[i] = ready_output(c, i);
        arena_reset(&c->scratch);
        arena_reset(&c->work);
    }
}

void table_compile(struct arena *a, struct table *t)
{
    struct compiler c = {.arena = a, .t = t};
    struct fast_table *fast = arena_alloc(a, sizeof(*fast));
    c.e = (struct eval){.arena = &c.work, .limits = DMN_LIMITS};
    c.e.limits.steps = UINT64_MAX;
    fast->columns = arena_array(a, t->input_count, sizeof(*fast->columns));
    for (c.index = 0; c.index < t->input_count; c.index++) {
        c.column = &fast->columns[c.index];
        compile_column(&c);
    }
    compile_outputs(&c, fast);
    arena_done(&c.scratch);
    arena_done(&c.work);
    t->fast = fast;
}
