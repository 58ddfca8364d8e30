/* eval_loop: for, some, every. One frame for each iterator, used again for each element unless a closure may keep it. */
#include "common/dmn/eval_walk.h"

struct loop {
    const struct node *node;
    struct gather results; /* of `for` */
    bool any_null;         /* of some and every: so the answer may be null */
    bool faulty;  /* nothing to walk, or a condition that is no boolean: null whatever else */
    bool decided; /* some: one is true; every: one is false */
};

/* What `partial` shows: the results so far. The items are shared, since they are never changed. */
static struct value partial(struct eval *e, const struct loop *l)
{
    return l->node->loop.uses_partial ? gather_list(e, &l->results) : NULL_VALUE;
}

static void judge(struct eval *e, struct loop *l, struct value v)
{
    if (v.kind == VALUE_BOOLEAN) {
        l->decided = v.boolean == (l->node->kind == NODE_SOME);
    } else if (is_null(v)) {
        l->any_null = true;
    } else {
        eval_note(e, l->node->at, "the condition is %s, not a boolean", a_kind(v));
        l->faulty = true;
    }
}

static bool goes_on(struct eval *e, const struct loop *l)
{
    return !l->faulty && !l->decided && eval_may_go_on(e, 1);
}

static struct frame *frame_new(struct eval *e, struct frame *outer)
{
    struct frame *f = arena_alloc(e->arena, sizeof *f);
    f->outer = outer;
    f->slots = arena_array(e->arena, 2, sizeof *f->slots);
    return f;
}

static void run_level(struct eval *e, struct loop *l, size_t level, struct frame *outer);

static void run_body(struct eval *e, struct loop *l, size_t level, struct frame *f)
{
    const struct loop_node *n = &l->node->loop;
    if (level + 1 < n->count) {
        run_level(e, l, level + 1, f);
        return;
    }
    if (l->node->kind == NODE_FOR) {
        f->slots[1] = partial(e, l);
        gather_add(e, &l->results, eval_node(e, n->body, f));
    } else {
        judge(e, l, eval_node(e, n->body, f));
    }
}

static void run_level(struct eval *e, struct loop *l, size_t level, struct frame *outer)
{
    struct walk w;
    struct value slots[2], element;
    struct frame again = {.outer = outer, .slots = slots};
    if (e->depth >= e->limits.depth) {
        e->stopped = STOP_DEPTH;
        return;
    }
    e->depth++;
    if (!walk_open(e, &l->node->loop.iterators[level], outer, &w))
        l->faulty = true;
    while (goes_on(e, l) && walk_next(&w, &element)) {
        struct frame *f = l->node->has_function ? frame_new(e, outer) : &again;
        f->slots[0] = element;
        run_body(e, l, level, f);
    }
    e->depth--;
}

static bool run_loop(struct eval *e, const struct node *n, struct frame *f, struct loop *l)
{
    *l = (struct loop){.node = n};
    run_level(e, l, 0, f);
    return !l->faulty && e->stopped == STOP_NOT;
}

struct value eval_for(struct eval *e, const struct node *n, struct frame *f)
{
    struct loop l;
    return run_loop(e, n, f, &l) ? gather_list(e, &l.results) : NULL_VALUE;
}

struct value eval_some(struct eval *e, const struct node *n, struct frame *f)
{
    struct loop l;
    if (!run_loop(e, n, f, &l) || (!l.decided && l.any_null))
        return NULL_VALUE;
    return value_bool(l.decided);
}

struct value eval_every(struct eval *e, const struct node *n, struct frame *f)
{
    struct loop l;
    if (!run_loop(e, n, f, &l) || (!l.decided && l.any_null))
        return NULL_VALUE;
    return value_bool(!l.decided);
}
