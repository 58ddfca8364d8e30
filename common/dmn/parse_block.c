/* parse_block: if, for, some, every, function (rules 46 to 48, 55). What they bind is known up to their end. The grammar
 * has `1..3` in `for` alone; here some and every take it too. */
#include "common/dmn/parse_private.h"

struct node *if_expression(struct parser *p)
{
    uint32_t at = p->token.at;
    static const char *const words[] = {"if", "then", "else"};
    struct node *parts[3];
    for (size_t i = 0; i < 3; i++) {
        if (!expect_word(p, words[i]))
            return NULL;
        parts[i] = expression(p);
        if (parts[i] == NULL)
            return NULL;
    }
    return node_with(p, NODE_IF, at, parts, 3);
}

struct iterator_list {
    struct iterator *items;
    size_t count, cap;
};

static bool iterator(struct parser *p, struct iterator_list *l)
{
    struct iterator it = {.name = new_name(p, "the name of a variable", "in")};
    if (it.name.ptr == NULL || !expect_word(p, "in"))
        return false;
    it.in = expression(p);
    if (it.in == NULL)
        return false;
    if (take(p, T_DOT_DOT)) {
        it.in_high = expression(p);
        if (it.in_high == NULL)
            return false;
    }
    l->items = arena_more(p->arena, l->items, l->count, &l->cap, sizeof *l->items);
    l->items[l->count++] = it;
    names_add(p->names, it.name);
    return true;
}

/* The iterators and the body; an iterator sees those before it. `word` stands before the body. */
static struct node *loop(struct parser *p, enum node_kind kind, const char *word)
{
    size_t mark = names_mark(p->names);
    uint32_t at = p->token.at;
    struct iterator_list l = {0};
    advance(p);
    do {
        if (!iterator(p, &l))
            return NULL;
    } while (take(p, T_COMMA));
    if (kind == NODE_FOR)
        names_add(p->names, STR("partial"));
    struct node *body = expect_word(p, word) ? expression(p) : NULL;
    names_pop(p->names, mark);
    if (body == NULL)
        return NULL;
    struct node *n = node_new(p->arena, kind, at);
    n->text = p->text;
    n->loop = (struct loop_node){.iterators = l.items, .count = l.count, .body = body};
    return n;
}

struct node *for_expression(struct parser *p)
{
    return loop(p, NODE_FOR, "return");
}

struct node *quantified(struct parser *p, enum node_kind kind)
{
    return loop(p, kind, "satisfies");
}

struct parameters {
    struct parameter *items;
    struct str *types;
    size_t count, cap;
};

static bool parameter(struct parser *p, struct parameters *l)
{
    struct parameter one = {.name = new_name(p, "the name of a parameter", "")};
    struct str type = STR("");
    if (one.name.ptr == NULL)
        return false;
    if (take(p, T_COLON)) {
        uint32_t from = p->token.at;
        if (type_syntax(p) == NULL)
            return false;
        type = name_normalise(p->arena, slice(p, from, p->token.at));
    }
    size_t cap = l->cap; /* both grow alike */
    l->types = arena_more(p->arena, l->types, l->count, &cap, sizeof *l->types);
    l->items = arena_more(p->arena, l->items, l->count, &l->cap, sizeof *l->items);
    l->types[l->count] = type;
    l->items[l->count++] = one;
    names_add(p->names, one.name);
    return true;
}

struct node *function_definition(struct parser *p)
{
    size_t mark = names_mark(p->names);
    uint32_t at = p->token.at;
    struct parameters l = {0};
    advance(p);
    if (!expect(p, T_OPEN, "'(' after 'function'"))
        return NULL;
    if (p->token.kind != T_CLOSE)
        do {
            if (!parameter(p, &l))
                return NULL;
        } while (take(p, T_COMMA));
    if (!expect(p, T_CLOSE, "',' or ')' after the parameter"))
        return NULL;
    bool external = take_word(p, "external");
    struct node *body = expression(p);
    names_pop(p->names, mark);
    if (body == NULL)
        return NULL;
    struct node *n = node_new(p->arena, NODE_FUNCTION, at);
    n->text = p->text;
    n->function = (struct function_node){l.items, l.types, l.count, body, external};
    return n;
}
