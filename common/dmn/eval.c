/* eval: one switch over the kinds of nodes. Constants and local names, the most frequent, are answered at the door. */
#include "common/dmn/eval_private.h"

#include "common/dmn/builtin.h"
#include "common/dmn/explain.h"
#include "common/dmn/model.h"
#include "common/dmn/table.h"

/* Keeps the frames of rare and large parts out of the recursion's, which every nested expression pays for. */
#define NOINLINE __attribute__((noinline))

static struct value builtin_value(struct eval *e, const struct builtin *b)
{
    struct function *function = arena_alloc(e->arena, sizeof *function);
    *function = (struct function){.builtin = b, .name = str_of(b->name)};
    return (struct value){.kind = VALUE_FUNCTION, .function = function};
}

static struct value eval_name(struct eval *e, const struct node *n, struct frame *f)
{
    switch (n->name.place) {
    case PLACE_LOCAL:
        for (uint32_t up = n->name.up; up > 0; up--)
            f = f->outer;
        return f->slots[n->name.index];
    case PLACE_GLOBAL: return globals_get(e, n->name.index);
    case PLACE_BUILTIN: return builtin_value(e, n->name.builtin);
    case PLACE_ITEM: return eval_item_name(e, &n->name, f);
    case PLACE_NOT: break;
    }
    return eval_note(e, n->at, "%.*s is not known here", STR_ARG(n->name.text));
}

NOINLINE static struct value eval_list(struct eval *e, const struct node *n, struct frame *f)
{
    if (!eval_may_go_on(e, n->count))
        return NULL_VALUE;
    struct list *list = arena_alloc(e->arena, sizeof *list);
    list->items = arena_array(e->arena, n->count, sizeof *list->items);
    for (size_t i = 0; i < n->count; i++)
        list->items[i] = eval_node(e, n->items[i], f);
    list->count = n->count;
    return (struct value){.kind = VALUE_LIST, .list = list};
}

/* Fills the slots one by one, so that an entry sees those before it; the result cell's value stands for the whole. */
static struct value fill_context(struct eval *e, const struct context_node *c, struct frame *f)
{
    if (!eval_may_go_on(e, c->count))
        return NULL_VALUE;
    for (size_t i = 0; i < c->count; i++) {
        f->slots[i] = eval_node(e, c->entries[i].value, f);
        if (c->entries[i].name.ptr == NULL)
            return f->slots[i];
    }
    struct context *context = arena_alloc(e->arena, sizeof *context);
    context->entries = arena_array(e->arena, c->count, sizeof *context->entries);
    context->count = c->count;
    for (size_t i = 0; i < c->count; i++)
        context->entries[i] = (struct entry){c->entries[i].name, f->slots[i]};
    return (struct value){.kind = VALUE_CONTEXT, .context = context};
}

NOINLINE static struct value eval_context(struct eval *e, const struct node *n, struct frame *outer)
{
    if (n->has_function || n->context.count > EVAL_ON_STACK) {
        struct frame *f = arena_alloc(e->arena, sizeof *f);
        f->outer = outer;
        f->slots = arena_array(e->arena, n->context.count, sizeof *f->slots);
        return fill_context(e, &n->context, f);
    }
    struct value slots[EVAL_ON_STACK];
    struct frame f = {.outer = outer, .slots = slots};
    return fill_context(e, &n->context, &f);
}

static bool ends_fit(const struct range *r)
{
    int order;
    return !r->has_low || !r->has_high || is_null(r->low) || is_null(r->high) ||
           value_order(r->low, r->high, &order);
}

NOINLINE static struct value eval_range(struct eval *e, const struct node *n, struct frame *f)
{
    struct range r = {.low_closed = n->range.low_closed,
                      .high_closed = n->range.high_closed,
                      .has_low = n->range.low != NULL,
                      .has_high = n->range.high != NULL,
                      .form = n->range.form};
    if (r.has_low)
        r.low = eval_node(e, n->range.low, f);
    if (r.has_high)
        r.high = eval_node(e, n->range.high, f);
    if (!ends_fit(&r))
        return eval_note(e, n->at, "a range from %s to %s", a_kind(r.low), a_kind(r.high));
    struct range *kept = arena_alloc(e->arena, sizeof *kept);
    *kept = r;
    return (struct value){.kind = VALUE_RANGE, .range = kept};
}

static struct value external_call(struct eval *e, const void *object, const struct value *args,
                                  size_t count)
{
    (void)object, (void)args, (void)count;
    return eval_note(e, 0, "a function in another language is not run by this engine");
}

NOINLINE static struct value eval_function(struct eval *e, const struct node *n, struct frame *f)
{
    if (!eval_may_go_on(e, 1))
        return NULL_VALUE;
    struct function *function = arena_alloc(e->arena, sizeof *function);
    *function = (struct function){.body = n->function.body,
                                  .outer = f,
                                  .globals = e->globals,
                                  .parameters = n->function.parameters,
                                  .parameter_count = n->function.count};
    if (n->function.external) {
        function->body = NULL;
        function->native = external_call;
    }
    return (struct value){.kind = VALUE_FUNCTION, .function = function};
}

#define BYTES_PER_STEP 64

static struct value call_with(struct eval *e, const struct node *n, struct frame *f,
                              struct value *args)
{
    if (!eval_may_go_on(e, 1))
        return NULL_VALUE;
    const struct call_node *c = &n->call;
    uint64_t work = 0;
    for (size_t i = 0; i < c->count; i++) {
        args[i] = eval_node(e, c->arguments[i], f);
        work += args[i].kind == VALUE_STRING ? args[i].string.len / BYTES_PER_STEP : 0;
    }
    if (work > 0 && !eval_may_go_on(e, work)) /* a function reads its strings at least once */
        return NULL_VALUE;
    if (c->callee->kind == NODE_NAME && c->callee->name.place == PLACE_BUILTIN)
        return builtin_call(e, c->callee->name.builtin, c->names, args, c->count);
    struct value callee = eval_node(e, c->callee, f);
    if (callee.kind != VALUE_FUNCTION)
        return eval_note(e, n->at, "%s cannot be called", a_kind(callee));
    return function_call(e, callee.function, c->names, args, c->count);
}

NOINLINE static struct value eval_call(struct eval *e, const struct node *n, struct frame *f)
{
    struct value room[EVAL_ON_STACK];
    if (n->call.count <= EVAL_ON_STACK)
        return call_with(e, n, f, room);
    return call_with(e, n, f, arena_array(e->arena, n->call.count, sizeof *room));
}

static struct value eval_instance_of(struct eval *e, const struct node *n, struct frame *f)
{
    struct value v = eval_node(e, n->instance.value, f);
    const struct type *t = n->instance.of->resolved;
    return t != NULL ? value_bool(type_holds(e, t, v)) : NULL_VALUE;
}

static struct value eval_coerce(struct eval *e, const struct node *n, struct frame *f)
{
    struct value v = eval_node(e, n->items[0], f);
    return type_leaves(n->type, v.kind) ? v : type_coerce(e, n->type, v);
}

NOINLINE static struct value dispatch(struct eval *e, const struct node *n, struct frame *f)
{
    switch (n->kind) {
    case NODE_CONST: return n->value;
    case NODE_NAME:
    case NODE_QUESTION: return eval_name(e, n, f);
    case NODE_LIST: return eval_list(e, n, f);
    case NODE_CONTEXT: return eval_context(e, n, f);
    case NODE_RANGE: return eval_range(e, n, f);
    case NODE_NEGATE: return eval_negate(e, n, f);
    case NODE_BINARY: return eval_binary(e, n, f);
    case NODE_BETWEEN: return eval_between(e, n, f);
    case NODE_IN: return eval_in(e, n, f);
    case NODE_IF: return eval_if(e, n, f);
    case NODE_FOR: return eval_for(e, n, f);
    case NODE_SOME: return eval_some(e, n, f);
    case NODE_EVERY: return eval_every(e, n, f);
    case NODE_FUNCTION: return eval_function(e, n, f);
    case NODE_CALL: return eval_call(e, n, f);
    case NODE_PATH: return eval_path(e, n, f);
    case NODE_FILTER: return eval_filter(e, n, f);
    case NODE_INSTANCE_OF: return eval_instance_of(e, n, f);
    case NODE_TESTS:
    case NODE_TEST: return eval_test_alone(e, n, f);
    case NODE_COERCE: return eval_coerce(e, n, f);
    case NODE_TABLE: return table_eval(e, n->table, f);
    }
    return NULL_VALUE;
}

static void record(struct eval *e, const struct node *n, struct value v)
{
    if (!eval_may_go_on(e, 1))
        return;
    struct value_trace *t = arena_alloc(e->arena, sizeof *t);
    *t = (struct value_trace){.node = n, .value = v};
    *e->trace->values_end = t;
    e->trace->values_end = &t->next;
}

/* Memory is looked at where it is taken and in loops; here, on the way of every node, are steps and depth. */
static inline bool enter(struct eval *e)
{
    if (e->stopped == STOP_NOT && e->steps < e->limits.steps && e->depth < e->limits.depth) {
        e->steps++;
        e->depth++;
        return true;
    }
    if (e->stopped == STOP_NOT)
        e->stopped = e->depth < e->limits.depth ? STOP_STEPS : STOP_DEPTH;
    return false;
}

/* One variable is returned everywhere, so that the compiler builds the value where the caller wants it: copying what was
 * just written in small pieces makes the processor wait. */
NOINLINE static struct value eval_inner(struct eval *e, const struct node *n, struct frame *f)
{
    struct value v;
    if (!enter(e)) {
        v = NULL_VALUE;
        return v;
    }
    v = dispatch(e, n, f);
    e->depth--;
    if (e->stopped != STOP_NOT)
        v = NULL_VALUE;
    else if (e->trace != NULL && e->trace->expressions)
        record(e, n, v);
    return v;
}

struct value eval_node(struct eval *e, const struct node *n, struct frame *f)
{
    if (n->kind == NODE_CONST)
        return n->value;
    if (n->kind == NODE_NAME && n->name.place == PLACE_LOCAL && n->name.up == 0)
        return f->slots[n->name.index];
    return eval_inner(e, n, f);
}
