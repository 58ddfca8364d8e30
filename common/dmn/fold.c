/* fold: what is the same in every evaluation is computed once, at load. */
#include "common/dmn/eval.h"
#include "common/dmn/resolve_private.h"

/* A constant is worth little room; what needs more is left to the evaluation and its own limits. */
#define FOLD_LIMITS                                                                                \
    ((struct dmn_limits){.steps = 2000, .depth = 50, .memory_bytes = (size_t)32 << 10})

static bool all_const(struct node *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (items[i] == NULL || items[i]->kind != NODE_CONST)
            return false;
    return true;
}

static bool context_const(const struct context_node *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->entries[i].value->kind != NODE_CONST)
            return false;
    return true;
}

/* Only functions that depend on nothing but their arguments. */
static bool call_const(const struct call_node *c)
{
    return c->callee->kind == NODE_NAME && c->callee->name.place == PLACE_BUILTIN &&
           !c->callee->name.builtin->impure && all_const(c->arguments, c->count);
}

static bool range_const(const struct range_node *r)
{
    return (r->low == NULL || r->low->kind == NODE_CONST) &&
           (r->high == NULL || r->high->kind == NODE_CONST);
}

static bool foldable(const struct node *n)
{
    switch (n->kind) {
    case NODE_LIST:
    case NODE_NEGATE:
    case NODE_BINARY:
    case NODE_BETWEEN:
    case NODE_IF:
    case NODE_FILTER: return all_const(n->items, n->count);
    case NODE_CONTEXT: return context_const(&n->context);
    case NODE_RANGE: return range_const(&n->range);
    case NODE_CALL: return call_const(&n->call);
    case NODE_PATH: return n->path.object->kind == NODE_CONST;
    case NODE_COERCE: /* a type of the model may not be complete yet */
        return n->items[0]->kind == NODE_CONST && n->type->name.len == 0 &&
               n->type->kind != TYPE_LIST && n->type->kind != TYPE_CONTEXT;
    case NODE_CONST:
    case NODE_NAME:
    case NODE_QUESTION:
    case NODE_IN:
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY:
    case NODE_FUNCTION:
    case NODE_INSTANCE_OF:
    case NODE_TESTS:
    case NODE_TEST:
    case NODE_TABLE: break;
    }
    return false;
}

/* A null is left to the evaluation, which says why; and it knows the zones, which nobody does at load. */
struct node *fold(struct resolver *r, struct node *n)
{
    if (!foldable(n))
        return n;
    struct eval e = {.arena = r->arena, .limits = FOLD_LIMITS, .arena_start = r->arena->used_bytes};
    struct value v = eval_node(&e, n, NULL);
    if (e.stopped != STOP_NOT || is_null(v))
        return n;
    struct node *constant = node_new(r->arena, NODE_CONST, n->at);
    constant->text = n->text;
    constant->value = v;
    constant->type =
        n->kind == NODE_CONTEXT || type_known(n->type) ? n->type : type_of_value(r->arena, v);
    return constant;
}
