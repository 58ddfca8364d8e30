/* parse_primary: operands, and what follows them: paths, filters, calls, `instance of` (rules 2.g, 2.h, 39 to 45). */
#include "common/dmn/parse_private.h"

static struct node *parenthesis(struct parser *p)
{
    uint32_t at = p->token.at;
    advance(p);
    struct node *n = expression(p);
    if (n == NULL)
        return NULL;
    if (p->token.kind == T_DOT_DOT)
        return range_rest(p, at, n, false);
    return expect(p, T_CLOSE, "')'") ? n : NULL;
}

static struct node *constant(struct parser *p, struct value v)
{
    uint32_t at = p->token.at;
    advance(p);
    return node_const(p, at, v);
}

static struct node *question(struct parser *p)
{
    struct node *n = node_new(p->arena, NODE_QUESTION, p->token.at);
    n->text = p->text;
    advance(p);
    return n;
}

/* A known name that begins with a keyword ("for example") wins over the keyword; the keyword alone stays one. */
static struct node *word(struct parser *p)
{
    uint32_t end = 0;
    struct str name;
    if (name_known(p, &end, &name) && end > p->token.end)
        return name_operand(p);
    if (is_word(p, "null"))
        return constant(p, NULL_VALUE);
    if (is_word(p, "true") || is_word(p, "false"))
        return constant(p, value_bool(is_word(p, "true")));
    if (is_word(p, "?"))
        return question(p);
    if (is_word(p, "if"))
        return if_expression(p);
    if (is_word(p, "for"))
        return for_expression(p);
    if (is_word(p, "some"))
        return quantified(p, NODE_SOME);
    if (is_word(p, "every"))
        return quantified(p, NODE_EVERY);
    if (is_word(p, "function"))
        return function_definition(p);
    return name_operand(p);
}

static struct node *operand(struct parser *p)
{
    uint32_t end = 0;
    struct str name;
    switch ((int)p->token.kind) {
    case T_NUMBER: /* a name like "2nd applicant" is no name to the grammar, but models have them */
        return name_known(p, &end, &name) && end > p->token.end ? name_operand(p)
                                                                : number_literal(p);
    case T_MINUS: return number_literal(p);
    case T_STRING: return string_literal(p);
    case T_AT: return at_literal(p);
    case T_WORD: return word(p);
    case T_OPEN: return parenthesis(p);
    case T_OPEN_BRACKET:
    case T_CLOSE_BRACKET: return bracket_literal(p);
    case T_OPEN_BRACE: return context_literal(p);
    default: return fail_expected(p, "a value, a name or '('");
    }
}

static struct node *path_rest(struct parser *p, uint32_t at, struct node *object)
{
    advance(p);
    struct str member = member_name(p);
    if (member.ptr == NULL)
        return NULL;
    struct node *n = node_new(p->arena, NODE_PATH, at);
    n->text = p->text;
    n->path = (struct path_node){object, member};
    return n;
}

static struct node *filter_rest(struct parser *p, uint32_t at, struct node *list)
{
    size_t mark = names_mark(p->names);
    advance(p);
    names_add(p->names, STR("item"));
    p->filters++;
    struct node *predicate = expression(p);
    p->filters--;
    names_pop(p->names, mark);
    if (predicate == NULL || !expect(p, T_CLOSE_BRACKET, "']' after the filter"))
        return NULL;
    return node_with(p, NODE_FILTER, at, (struct node *[]){list, predicate}, 2);
}

struct name_texts {
    struct str *items;
    size_t count, cap;
};

static void add_name(struct parser *p, struct name_texts *l, struct str name)
{
    l->items = arena_more(p->arena, l->items, l->count, &l->cap, sizeof *l->items);
    l->items[l->count++] = name;
}

/* All arguments have names, or none has. */
static bool argument(struct parser *p, struct node_list *arguments, struct name_texts *names)
{
    bool named = named_argument_here(p);
    if (arguments->count > 0 && named != (names->count > 0))
        return fail(p, p->token.at, "either all arguments of a call have a name, or none has") !=
               NULL;
    if (named) {
        struct str name = new_name(p, "the name of an argument", "");
        if (name.ptr == NULL || !expect(p, T_COLON, "':'"))
            return false;
        add_name(p, names, name);
    }
    struct node *value = expression(p);
    if (value != NULL)
        node_list_add(p, arguments, value);
    return value != NULL;
}

static struct node *call_rest(struct parser *p, uint32_t at, struct node *callee)
{
    struct node_list arguments = {0};
    struct name_texts names = {0};
    advance(p);
    if (!take(p, T_CLOSE)) {
        do {
            if (!argument(p, &arguments, &names))
                return NULL;
        } while (take(p, T_COMMA));
        if (!expect(p, T_CLOSE, "',' or ')' after the argument"))
            return NULL;
    }
    struct node *n = node_new(p->arena, NODE_CALL, at);
    n->text = p->text;
    n->call = (struct call_node){callee, names.items, arguments.items, arguments.count};
    return n;
}

static struct node *instance_rest(struct parser *p, uint32_t at, struct node *value)
{
    advance(p);
    if (!expect_word(p, "of"))
        return NULL;
    struct type_syntax *type = type_syntax(p);
    if (type == NULL)
        return NULL;
    struct node *n = node_new(p->arena, NODE_INSTANCE_OF, at);
    n->text = p->text;
    n->instance = (struct instance_node){value, type};
    return n;
}

/* In `[1..5[` the second '[' ends the range, in `[1..list[1]]` it begins a filter: what comes after it tells. */
static bool bracket_closes_range(const struct parser *p)
{
    if (!p->high_end)
        return false;
    struct parser after = *p;
    advance(&after);
    switch ((int)after.token.kind) {
    case T_NUMBER:
    case T_STRING:
    case T_AT:
    case T_OPEN:
    case T_OPEN_BRACKET:
    case T_OPEN_BRACE:
    case T_MINUS: return false;
    case T_WORD: return is_infix_word(&after);
    default: return true;
    }
}

struct node *postfix(struct parser *p)
{
    struct node *n = operand(p);
    while (n != NULL) {
        uint32_t at = p->token.at;
        if (p->token.kind == T_DOT)
            n = path_rest(p, at, n);
        else if (p->token.kind == T_OPEN)
            n = call_rest(p, at, n);
        else if (p->token.kind == T_OPEN_BRACKET && !bracket_closes_range(p))
            n = filter_rest(p, at, n);
        else if (is_word(p, "instance"))
            n = instance_rest(p, at, n);
        else
            break;
    }
    return n;
}
