/* model: the values of a model's elements during one evaluation, made when they are asked for. */
#include "common/dmn/model.h"

#include "common/dmn/explain.h"

struct globals *globals_new(struct eval *e, const struct model *m)
{
    /* In one piece: a short evaluation takes little longer than asking for memory thrice. */
    struct value *values =
        arena_alloc(e->arena, m->count * (sizeof *values + 1) + sizeof(struct globals));
    struct globals *g = (struct globals *)(values + m->count);
    *g = (struct globals){.model = m, .values = values, .known = (unsigned char *)(g + 1)};
    return g;
}

void globals_set(struct eval *e, struct globals *g, uint32_t index, struct value v)
{
    const struct element *el = &g->model->elements[index];
    struct value fit = type_leaves(el->type, v.kind) ? v : type_coerce(e, el->type, v);
    if (is_null(fit) && !is_null(v))
        (void)eval_note(e, 0, "what is given for '%.*s' is not of its type or not allowed",
                        STR_ARG(el->name));
    g->values[index] = fit;
    g->known[index] = GLOBAL_KNOWN;
}

static void trace(struct eval *e, const struct element *el, struct value v)
{
    if (!e->explain || e->trace == NULL)
        return;
    struct decision_trace *t = arena_alloc(e->arena, sizeof *t);
    *t = (struct decision_trace){.name = el->name, .value = v};
    *e->trace->decisions_end = t;
    e->trace->decisions_end = &t->next;
}

static struct value decide(struct eval *e, struct globals *g, uint32_t index)
{
    const struct element *el = &g->model->elements[index];
    if (el->logic == NULL)
        return eval_note(e, 0, "the decision '%.*s' has no logic and no value is given for it",
                         STR_ARG(el->name));
    g->known[index] = GLOBAL_BEING_MADE;
    struct value v = eval_node(e, el->logic, NULL); /* coerces to the variable's type itself */
    trace(e, el, v);
    return v;
}

struct value globals_get(struct eval *e, uint32_t index)
{
    struct globals *g = e->globals;
    const struct element *el = &g->model->elements[index];
    struct value v = NULL_VALUE;
    if (g->known[index] == GLOBAL_KNOWN)
        return g->values[index];
    if (g->known[index] == GLOBAL_BEING_MADE)
        return eval_note(e, 0, "'%.*s' needs itself", STR_ARG(el->name));
    switch (el->kind) {
    case ELEMENT_INPUT: break; /* not given */
    case ELEMENT_DECISION: v = decide(e, g, index); break;
    case ELEMENT_KNOWLEDGE:
    case ELEMENT_SERVICE:
        v = (struct value){.kind = VALUE_FUNCTION, .function = el->function};
        break;
    }
    g->values[index] = v;
    g->known[index] = GLOBAL_KNOWN;
    return v;
}

struct value service_outputs(struct eval *e, const struct service *s)
{
    if (s->output_count == 1)
        return globals_get(e, s->outputs[0]);
    struct entry *entries = arena_array(e->arena, s->output_count, sizeof *entries);
    for (size_t i = 0; i < s->output_count; i++)
        entries[i] =
            (struct entry){s->model->elements[s->outputs[i]].name, globals_get(e, s->outputs[i])};
    return value_context(e->arena, entries, s->output_count);
}

struct value service_call(struct eval *e, const void *object, const struct value *args,
                          size_t count)
{
    const struct service *s = object;
    struct globals *outside = e->globals;
    if (!eval_may_go_on(e, s->model->count))
        return NULL_VALUE;
    struct globals *inside = globals_new(e, s->model);
    for (size_t i = 0; i < count && i < s->input_count; i++)
        globals_set(e, inside, s->inputs[i], args[i]);
    e->globals = inside;
    struct value v = service_outputs(e, s);
    e->globals = outside;
    return v;
}
