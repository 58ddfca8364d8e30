/* node: making nodes and measuring a tree. */
#include "common/dmn/node.h"

struct node *node_new(struct arena *a, enum node_kind kind, uint32_t at)
{
    struct node *n = arena_alloc(a, sizeof *n);
    n->kind = kind;
    n->at = at;
    return n;
}

struct pending { /* a node whose children have still to be looked at */
    const struct node *node;
    uint32_t depth;
};

struct walk { /* a stack on the heap, since the tree may be as deep as its text is long */
    struct arena *arena;
    struct pending *items;
    size_t count, cap;
    uint32_t depth; /* of the node whose children are being added */
};

static void add(struct walk *w, const struct node *n)
{
    if (n == NULL)
        return;
    w->items = arena_more(w->arena, w->items, w->count, &w->cap, sizeof *w->items);
    w->items[w->count++] = (struct pending){n, w->depth + 1};
}

static void add_all(struct walk *w, struct node *const *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(w, nodes[i]);
}

static void add_loop(struct walk *w, const struct loop_node *loop)
{
    for (size_t i = 0; i < loop->count; i++) {
        add(w, loop->iterators[i].in);
        add(w, loop->iterators[i].in_high);
    }
    add(w, loop->body);
}

static void add_children(struct walk *w, const struct node *n)
{
    switch (n->kind) {
    case NODE_CONST:
    case NODE_NAME:
    case NODE_QUESTION:
    case NODE_TABLE: break;
    case NODE_LIST:
    case NODE_NEGATE:
    case NODE_BINARY:
    case NODE_BETWEEN:
    case NODE_IN:
    case NODE_IF:
    case NODE_FILTER:
    case NODE_TEST:
    case NODE_COERCE: add_all(w, n->items, n->count); break;
    case NODE_CONTEXT:
        for (size_t i = 0; i < n->context.count; i++)
            add(w, n->context.entries[i].value);
        break;
    case NODE_RANGE:
        add(w, n->range.low);
        add(w, n->range.high);
        break;
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY: add_loop(w, &n->loop); break;
    case NODE_FUNCTION: add(w, n->function.body); break;
    case NODE_CALL:
        add(w, n->call.callee);
        add_all(w, n->call.arguments, n->call.count);
        break;
    case NODE_PATH: add(w, n->path.object); break;
    case NODE_INSTANCE_OF: add(w, n->instance.value); break;
    case NODE_TESTS: add_all(w, n->tests.tests, n->tests.count); break;
    }
}

bool node_deeper_than(struct arena *a, const struct node *n, uint32_t max, uint32_t *ret_at)
{
    struct walk w = {.arena = a};
    add(&w, n);
    while (w.count > 0) {
        struct pending next = w.items[--w.count];
        if (next.depth > max) {
            *ret_at = next.node->at;
            return true;
        }
        w.depth = next.depth;
        add_children(&w, next.node);
    }
    return false;
}
