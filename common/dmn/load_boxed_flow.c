/* load_boxed_flow: the boxed conditional, filter and iterators of DMN 1.4 (10.2.1.9 and onwards). */
#include "common/dmn/load_boxed.h"

struct node *boxed_conditional(struct boxed b, const struct xml_node *n)
{
    struct node *node = boxed_items(b, NODE_IF, 3);
    node->items[0] = boxed_child(b, n, "if");
    node->items[1] = boxed_child(b, n, "then");
    node->items[2] = boxed_child(b, n, "else");
    return node;
}

struct node *boxed_filter(struct boxed b, const struct xml_node *n)
{
    struct node *node = boxed_items(b, NODE_FILTER, 2);
    size_t mark = names_mark(&b.loader->names);
    node->items[0] = boxed_child(b, n, "in");
    names_add(&b.loader->names, STR("item"));
    b.loader->names.filters++;
    node->items[1] = boxed_child(b, n, "match");
    b.loader->names.filters--;
    names_pop(&b.loader->names, mark);
    return node;
}

static struct node *loop(struct boxed b, const struct xml_node *n, enum node_kind kind,
                         const char *body)
{
    struct loader *l = b.loader;
    struct node *node = node_new(l->arena, kind, 0);
    size_t mark = names_mark(&l->names);
    struct iterator *i = arena_alloc(l->arena, sizeof *i);
    i->name = name_normalise(l->arena, xml_attribute(n, "iteratorVariable"));
    struct boxed iterated = b;
    iterated.iterated = true;
    i->in = boxed_child(iterated, n, "in");
    if (i->name.len == 0)
        return boxed_fault(b, n, "the iterator variable has no name");
    names_add(&l->names, i->name);
    node->loop.iterators = i;
    node->loop.count = 1;
    node->loop.body = boxed_child(b, n, body);
    names_pop(&l->names, mark);
    return node;
}

struct node *boxed_for(struct boxed b, const struct xml_node *n)
{
    return loop(b, n, NODE_FOR, "return");
}

struct node *boxed_quantified(struct boxed b, const struct xml_node *n)
{
    return loop(b, n, xml_is(n, "some") ? NODE_SOME : NODE_EVERY, "satisfies");
}
