/* table: a run of a decision table: its inputs, the rules that hold, what the hit policy makes of them. */
#include "common/dmn/model.h"
#include "common/dmn/table_private.h"

#define WORDS_AT_HAND 4 /* tables of up to 256 rules need no memory for their set of rules */

size_t rule_next(const struct table_run *r, size_t from)
{
    size_t word = from / RULE_BITS;
    if (word >= r->words)
        return r->t->rule_count;
    uint64_t bits = r->hits[word] >> (from % RULE_BITS) << (from % RULE_BITS);
    while (bits == 0) {
        if (++word == r->words)
            return r->t->rule_count;
        bits = r->hits[word];
    }
    return word * RULE_BITS + (size_t)__builtin_ctzll(bits);
}

void rule_failed(struct table_run *r, size_t rule, size_t column, bool was_null)
{
    if (r->trace != NULL)
        r->trace[rule] = (struct rule_trace){false, (int)column, was_null};
}

static struct value as_type(struct eval *e, const struct type *t, struct value v)
{
    return t == NULL || type_leaves(t, v.kind) ? v : type_coerce(e, t, v);
}

/* An input that is but the name of an element whose value is known needs no evaluating. */
static const struct value *known_element(const struct eval *e, const struct node *n)
{
    const struct globals *g = e->globals;
    bool known = n->kind == NODE_NAME && n->name.place == PLACE_GLOBAL && g != NULL &&
                 g->known[n->name.index] == 1 && (e->trace == NULL || !e->trace->expressions);
    return known ? &g->values[n->name.index] : NULL;
}

static void read_input(struct table_run *r, size_t i)
{
    const struct table_input *input = &r->t->inputs[i];
    const struct value *known = known_element(r->e, input->expression);
    if (known != NULL && (input->type == NULL || type_leaves(input->type, known->kind)))
        r->inputs[i] = *known;
    else
        r->inputs[i] = as_type(r->e, input->type, eval_node(r->e, input->expression, r->f));
}

static void read_inputs(struct table_run *r)
{
    r->inputs = arena_array(r->e->arena, r->t->input_count, sizeof(*r->inputs));
    for (size_t i = 0; i < r->t->input_count; i++)
        read_input(r, i);
}

bool input_allowed(struct eval *e, const struct table_input *input, struct value v, struct frame *f)
{
    if (input->allowed == NULL || is_true(eval_tests(e, input->allowed, v, f)))
        return true;
    if (v.kind != VALUE_LIST)
        return false;
    for (size_t i = 0; i < v.list->count; i++)
        if (!eval_may_go_on(e, 1) || !is_true(eval_tests(e, input->allowed, v.list->items[i], f)))
            return false;
    return true;
}

static bool rule_holds(struct table_run *r, size_t rule)
{
    for (size_t i = 0; i < r->t->input_count; i++) {
        struct value v = eval_tests(r->e, r->t->rules[rule].tests[i], r->inputs[i], r->f);
        if (!is_true(v)) {
            rule_failed(r, rule, i, is_null(v));
            return false;
        }
    }
    return true;
}

void rules_by_cells(struct table_run *r)
{
    bool first_is_enough = r->t->policy == HIT_FIRST && r->trace == NULL;
    for (size_t i = 0; i < r->t->rule_count && eval_may_go_on(r->e, 1); i++) {
        if (!rule_holds(r, i))
            continue;
        rule_put(r->hits, i);
        if (first_is_enough)
            return;
    }
}

static bool all_allowed(struct table_run *r, size_t *ret_column)
{
    for (size_t i = 0; i < r->t->input_count; i++)
        if (!input_allowed(r->e, &r->t->inputs[i], r->inputs[i], r->f)) {
            *ret_column = i;
            return false;
        }
    return true;
}

static bool find_rules(struct table_run *r, size_t *ret_column)
{
    if (r->t->fast != NULL)
        return rules_by_columns(r, ret_column);
    if (!all_allowed(r, ret_column))
        return false;
    rules_by_cells(r);
    return true;
}

struct value outputs_value(struct arena *a, const struct table *t, const struct value *outputs)
{
    if (t->output_count == 1)
        return outputs[0];
    struct entry *entries = arena_array(a, t->output_count, sizeof(*entries));
    for (size_t i = 0; i < t->output_count; i++)
        entries[i] = (struct entry){t->outputs[i].name, outputs[i]};
    struct context *c = arena_alloc(a, sizeof(*c));
    *c = (struct context){t->output_count, entries};
    return (struct value){.kind = VALUE_CONTEXT, .context = c};
}

/* Whether an output is one of its outputValues: each element if it is a list. */
static bool output_allowed(struct table_run *r, const struct table_output *out, struct value v)
{
    struct table_input as_input = {.allowed = out->allowed};
    return input_allowed(r->e, &as_input, v, r->f);
}

bool rule_output(struct table_run *r, size_t rule, struct value *ret)
{
    const struct table *t = r->t;
    const struct value *ready = t->fast != NULL ? fast_output(t->fast, rule) : NULL;
    if (ready != NULL) {
        *ret = *ready;
        return true;
    }
    struct value one;
    struct value *v =
        t->output_count == 1 ? &one : arena_array(r->e->arena, t->output_count, sizeof(*v));
    for (size_t i = 0; i < t->output_count; i++) {
        const struct table_output *out = &t->outputs[i];
        v[i] = as_type(r->e, out->type, eval_node(r->e, t->rules[rule].outputs[i], r->f));
        if (output_allowed(r, out, v[i]))
            continue;
        (void)eval_note(r->e, 0,
                        "rule %zu of \"%.*s\" gives a value that is not allowed in output %zu",
                        rule + 1, STR_ARG(t->name), i + 1);
        return false;
    }
    *ret = outputs_value(r->e->arena, t, v);
    return true;
}

static void trace_start(struct table_run *r)
{
    r->trace = arena_array(r->e->arena, r->t->rule_count, sizeof(*r->trace));
    for (size_t i = 0; i < r->t->rule_count; i++)
        r->trace[i].failed_input = -1;
}

static void trace_end(const struct table_run *r, struct value result)
{
    struct table_trace *t = arena_alloc(r->e->arena, sizeof(*t));
    for (size_t i = 0; i < r->t->rule_count; i++)
        r->trace[i].held = rule_in(r->hits, i);
    *t = (struct table_trace){NULL,  r->t, r->inputs, r->trace, r->t->input_count, r->t->rule_count,
                              result};
    *r->e->trace->tables_end = t;
    r->e->trace->tables_end = &t->next;
}

struct value table_eval(struct eval *e, const struct table *t, struct frame *f)
{
    uint64_t at_hand[WORDS_AT_HAND] = {0};
    struct table_run r = {.e = e, .t = t, .f = f, .words = rule_words(t)};
    if (!eval_may_go_on(e, 1))
        return NULL_VALUE;
    r.hits = r.words <= WORDS_AT_HAND ? at_hand : arena_array(e->arena, r.words, sizeof(*r.hits));
    bool explained = e->explain && e->trace != NULL;
    if (explained)
        trace_start(&r);
    read_inputs(&r);
    size_t column = 0;
    struct value result = NULL_VALUE;
    if (find_rules(&r, &column))
        result = hits_value(&r);
    else
        (void)eval_note(e, 0, "the value of input \"%.*s\" of \"%.*s\" is none of those allowed",
                        STR_ARG(t->inputs[column].label), STR_ARG(t->name));
    if (explained)
        trace_end(&r, result);
    return result;
}
