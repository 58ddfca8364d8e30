/* load_logic: the logic of decisions and knowledge models, parsed and resolved. */
#include "common/dmn/load.h"

static struct boxed boxed_of(struct loader *l, uint32_t index)
{
    const struct plan *p = &l->plans[index];
    return (struct boxed){.loader = l,
                          .unit = p->unit,
                          .name = l->model->elements[index].name,
                          .place = p->place};
}

static struct resolver resolver_of(struct boxed b)
{
    return (struct resolver){.arena = b.loader->arena,
                             .types = &b.unit->types,
                             .findings = b.loader->findings,
                             .lenient = b.loader->options.lenient};
}

/* The null constant where it cannot be resolved: a model with errors is not handed out, unless loaded leniently. */
static struct node *resolved(struct boxed b, struct node *n, const struct scope *scope)
{
    struct resolver r = resolver_of(b);
    struct marks mark = load_mark(b.loader);
    n = resolve(&r, n, scope);
    if (load_failed_since(b.loader, mark) || n == NULL)
        return boxed_null(b.loader);
    return n;
}

/* A table with one output coerces that itself. */
static bool is_of_type(const struct node *n, const struct type *t)
{
    if (n->kind == NODE_COERCE)
        return n->type == t;
    return n->kind == NODE_TABLE && n->table->output_count == 1 && n->table->outputs[0].type == t &&
           n->table->policy <= HIT_PRIORITY;
}

static struct node *coerced(struct boxed b, struct node *n, const struct type *t)
{
    if (t == NULL || load_is_free(t) || is_of_type(n, t))
        return n;
    struct node *to = node_new(b.loader->arena, NODE_COERCE, 0);
    to->items = arena_array(b.loader->arena, 1, sizeof(*to->items));
    to->items[0] = n;
    to->count = 1;
    to->type = t;
    to->text = n->text;
    return to;
}

static void load_decision(struct loader *l, uint32_t index)
{
    struct element *el = &l->model->elements[index];
    const struct xml_node *xml = boxed_expression_in(l->plans[index].xml);
    struct boxed b = boxed_of(l, index);
    if (xml == NULL)
        return; /* null, or given from outside */
    b.result = el->type;
    struct scope *scope = load_scope(l, index);
    el->logic = resolved(b, coerced(b, boxed_node(b, xml), el->type), scope);
}

static const struct scope *parameters_scope(struct loader *l, const struct function *f,
                                            const struct scope *outer)
{
    struct scope *s = arena_alloc(l->arena, sizeof *s);
    struct variable *v = arena_array(l->arena, f->parameter_count, sizeof *v);
    for (size_t i = 0; i < f->parameter_count; i++) {
        v[i] = (struct variable){f->parameters[i].name, f->parameters[i].type, PLACE_LOCAL,
                                 (uint32_t)i, NULL};
        names_add(&l->names, v[i].name);
    }
    *s = (struct scope){.outer = outer,
                        .variables = v,
                        .count = f->parameter_count,
                        .has_frame = true};
    return s;
}

static void load_knowledge(struct loader *l, uint32_t index)
{
    struct function *f = l->model->elements[index].function;
    const struct xml_node *logic = xml_child(l->plans[index].xml, "encapsulatedLogic");
    const struct xml_node *xml = logic != NULL ? boxed_expression_in(logic) : NULL;
    struct boxed b = boxed_of(l, index);
    f->body = boxed_null(l);
    if (xml == NULL || boxed_is_external(b, logic))
        return;
    const struct scope *scope = parameters_scope(l, f, load_scope(l, index));
    f->body = resolved(b, boxed_node(b, xml), scope);
}

void load_logic(struct loader *l, uint32_t index)
{
    size_t mark = names_mark(&l->names);
    switch (l->model->elements[index].kind) {
    case ELEMENT_DECISION: load_decision(l, index); break;
    case ELEMENT_KNOWLEDGE: load_knowledge(l, index); break;
    case ELEMENT_INPUT:
    case ELEMENT_SERVICE: break;
    }
    names_pop(&l->names, mark);
}
