/* parse_tests: unary tests (DMN 1.5, 10.3.1.2, rules 7 to 17), in cells, after `in`, and as values: `(< 5)`. */
#include "common/dmn/parse_private.h"

static struct node *test_node(struct parser *p, uint32_t at, enum op op, struct node *operand)
{
    struct node *n = node_with(p, NODE_TEST, at, &operand, 1);
    n->op = op;
    return n;
}

/* `= e` compares, while `e` alone also looks into lists and ranges; of a plain constant both say the same. */
static struct node *equality_test(struct parser *p, uint32_t at, struct node *operand)
{
    if (operand->kind == NODE_CONST)
        return test_node(p, at, OP_EQ, operand);
    struct node *question = node_new(p->arena, NODE_QUESTION, at);
    question->text = p->text;
    struct node *equal = node_with(p, NODE_BINARY, at, (struct node *[]){question, operand}, 2);
    equal->op = OP_EQ;
    return test_node(p, at, OP_EQ, equal);
}

static struct node *compared_test(struct parser *p)
{
    uint32_t at = p->token.at;
    enum op op = OP_EQ;
    (void)is_comparison(p->token.kind, &op);
    advance(p);
    struct node *operand = arithmetic(p);
    if (operand == NULL)
        return NULL;
    return op == OP_EQ ? equality_test(p, at, operand) : test_node(p, at, op, operand);
}

/* One test: `< 5`, or an expression. */
static struct node *test(struct parser *p)
{
    enum op op;
    uint32_t at = p->token.at;
    if (is_comparison(p->token.kind, &op))
        return compared_test(p);
    struct node *n = expression(p);
    return n == NULL ? NULL : test_node(p, at, OP_EQ, n);
}

static struct node *tests_node(struct parser *p, uint32_t at, const struct node_list *l)
{
    struct node *n = node_new(p->arena, NODE_TESTS, at);
    n->text = p->text;
    n->tests = (struct tests_node){l->items, l->count, false};
    return n;
}

static bool more_tests(struct parser *p, struct node_list *l)
{
    while (take(p, T_COMMA)) {
        struct node *n = test(p);
        if (n == NULL)
            return false;
        node_list_add(p, l, n);
    }
    return true;
}

struct node *tests_of_one(struct parser *p)
{
    enum op op;
    uint32_t at = p->token.at;
    struct node_list l = {0};
    struct node *n = is_comparison(p->token.kind, &op) ? compared_test(p) : arithmetic(p);
    if (n == NULL)
        return NULL;
    node_list_add(p, &l, n->kind == NODE_TEST ? n : test_node(p, at, OP_EQ, n));
    return tests_node(p, at, &l);
}

/* `x in (1, 2)`, but also `x in (1..2)`, which is a range: only its ".." tells. */
struct node *tests_in_parentheses(struct parser *p, uint32_t at)
{
    struct node_list l = {0};
    advance(p);
    struct node *first = test(p);
    if (first == NULL)
        return NULL;
    if (p->token.kind == T_DOT_DOT && first->op == OP_EQ) {
        struct node *range = range_rest(p, at, first->items[0], false);
        if (range == NULL)
            return NULL;
        node_list_add(p, &l, test_node(p, at, OP_EQ, range));
        return tests_node(p, at, &l);
    }
    node_list_add(p, &l, first);
    if (!more_tests(p, &l) || !expect(p, T_CLOSE, "',' or ')' after the test"))
        return NULL;
    return tests_node(p, at, &l);
}

static struct node *range_node(struct parser *p, uint32_t at, struct node *low, struct node *high,
                               bool closed)
{
    struct node *n = node_new(p->arena, NODE_RANGE, at);
    n->text = p->text;
    n->range = (struct range_node){low, high, low != NULL && closed, high != NULL && closed,
                                   RANGE_INTERVAL};
    return n;
}

/* [x..x] of `= x`; of `!= x` the list of what is below and what is above. `low` and `high` are the same value. */
static struct node *equal_range(struct parser *p, uint32_t at, enum op op, struct node *low,
                                struct node *high)
{
    if (op == OP_EQ) {
        struct node *n = range_node(p, at, low, high, true);
        n->range.form = RANGE_EQUAL;
        return n;
    }
    struct node *sides[] = {range_node(p, at, NULL, low, false),
                            range_node(p, at, high, NULL, false)};
    return node_with(p, NODE_LIST, at, sides, 2);
}

static struct node *name_node(struct parser *p, uint32_t at, struct str name)
{
    struct node *n = node_new(p->arena, NODE_NAME, at);
    n->text = p->text;
    n->name.text = name;
    return n;
}

/* The value stands twice in the range but must be written once in the tree: (function(x) [x..x])(value). */
static struct node *equal_range_of(struct parser *p, uint32_t at, enum op op, struct node *value)
{
    if (value->kind == NODE_CONST)
        return equal_range(p, at, op, value, node_const(p, at, value->value));
    struct node *function = node_new(p->arena, NODE_FUNCTION, at);
    function->text = p->text;
    function->function.parameters = arena_alloc(p->arena, sizeof(struct parameter));
    function->function.parameters[0].name = STR("x");
    function->function.type_names = arena_alloc(p->arena, sizeof(struct str));
    function->function.count = 1;
    function->function.body =
        equal_range(p, at, op, name_node(p, at, STR("x")), name_node(p, at, STR("x")));
    struct node *call = call_of(p, at, "", value);
    call->call.callee = function;
    return call;
}

struct node *half_range(struct parser *p)
{
    uint32_t at = p->token.at;
    enum op op = OP_EQ;
    (void)is_comparison(p->token.kind, &op);
    advance(p);
    struct node *value = arithmetic(p);
    if (value == NULL)
        return NULL;
    if (op == OP_EQ || op == OP_NE)
        return equal_range_of(p, at, op, value);
    bool closed = op == OP_LE || op == OP_GE;
    return op == OP_LT || op == OP_LE ? range_node(p, at, NULL, value, closed)
                                      : range_node(p, at, value, NULL, closed);
}

/* Whether the parenthesis opened at the current token is closed by the last token of the text. */
static bool parenthesis_is_all(const struct parser *p)
{
    struct token t = p->token;
    for (size_t open = 0; t.kind != T_END && t.kind != T_BAD;) {
        open += t.kind == T_OPEN;
        open -= t.kind == T_CLOSE && open > 0;
        t = lex_next(p->text->text, t.end);
        if (open == 0)
            break;
    }
    return t.kind == T_END;
}

/* A cell or allowed values: "-" and nothing at all let everything pass; `not(...)` around all of it negates. */
struct node *cell_tests(struct parser *p)
{
    struct node_list l = {0};
    uint32_t at = p->token.at;
    struct parser before = *p;
    if (p->token.kind == T_END || (take(p, T_MINUS) && p->token.kind == T_END))
        return tests_node(p, at, &l);
    *p = before;
    bool negated = take_word(p, "not") && p->token.kind == T_OPEN && parenthesis_is_all(p);
    if (!negated)
        *p = before;
    else
        advance(p);
    struct node *first = test(p);
    if (first == NULL)
        return NULL;
    node_list_add(p, &l, first);
    if (!more_tests(p, &l) || (negated && !expect(p, T_CLOSE, "',' or ')'")))
        return NULL;
    struct node *n = tests_node(p, at, &l);
    n->tests.negated = negated;
    return n;
}
