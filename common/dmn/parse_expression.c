/* parse_expression: operators by precedence (DMN 1.5, 10.3.1.2, rule 2): or; and; comparison, between, in; + and -;
 * * and /; **; unary minus. All are left associative, ** too. `instance of` binds tighter (parse_primary.c). */
#include "common/dmn/parse_private.h"

#include <string.h>

enum level { LEVEL_OR = 1, LEVEL_AND, LEVEL_COMPARISON, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER };

/* What continues an operand at the current token; 0: nothing does. */
static int level_here(const struct parser *p, enum op *ret)
{
    if (is_comparison(p->token.kind, ret) || is_word(p, "between") || is_word(p, "in"))
        return LEVEL_COMPARISON;
    static const struct {
        enum token_kind kind;
        enum op op;
        int level;
    } signs[] = {{T_PLUS, OP_ADD, LEVEL_SUM},
                 {T_MINUS, OP_SUB, LEVEL_SUM},
                 {T_STAR, OP_MUL, LEVEL_PRODUCT},
                 {T_SLASH, OP_DIV, LEVEL_PRODUCT},
                 {T_STAR_STAR, OP_EXP, LEVEL_POWER}};
    for (size_t i = 0; i < COUNT(signs); i++)
        if (signs[i].kind == p->token.kind) {
            *ret = signs[i].op;
            return signs[i].level;
        }
    *ret = is_word(p, "or") ? OP_OR : OP_AND;
    return is_word(p, "or") ? LEVEL_OR : is_word(p, "and") ? LEVEL_AND : 0;
}

/* "-5" is a literal (rule 33); any other minus is an operator on what follows it. */
static bool is_negation(const struct parser *p)
{
    return p->token.kind == T_MINUS && lex_next(p->text->text, p->token.end).kind != T_NUMBER;
}

static struct node *unary(struct parser *p)
{
    uint32_t at = p->token.at;
    if (!is_negation(p))
        return postfix(p);
    if (!enter(p))
        return NULL;
    advance(p);
    struct node *operand = unary(p);
    leave(p);
    if (operand == NULL)
        return NULL;
    return node_with(p, NODE_NEGATE, at, &operand, 1);
}

static struct node *binary(struct parser *p, int lowest);

static struct node *between_rest(struct parser *p, uint32_t at, struct node *value)
{
    advance(p);
    struct node *low = arithmetic(p);
    if (low == NULL || !expect_word(p, "and"))
        return NULL;
    struct node *high = arithmetic(p);
    if (high == NULL)
        return NULL;
    return node_with(p, NODE_BETWEEN, at, (struct node *[]){value, low, high}, 3);
}

static struct node *in_rest(struct parser *p, uint32_t at, struct node *value)
{
    advance(p);
    struct node *tests =
        p->token.kind == T_OPEN ? tests_in_parentheses(p, p->token.at) : tests_of_one(p);
    return tests == NULL ? NULL : node_with(p, NODE_IN, at, (struct node *[]){value, tests}, 2);
}

static struct node *operator_rest(struct parser *p, uint32_t at, struct node *left, enum op op,
                                  int level)
{
    advance(p);
    if (op == OP_LT && p->token.kind == T_GT)
        return fail(p, at, "'<>' is not FEEL: write '!='");
    struct node *right = binary(p, level + 1);
    if (right == NULL)
        return NULL;
    struct node *n = node_with(p, NODE_BINARY, at, (struct node *[]){left, right}, 2);
    n->op = op;
    return n;
}

static struct node *binary(struct parser *p, int lowest)
{
    struct node *left = unary(p);
    enum op op;
    int level;
    while (left != NULL && (level = level_here(p, &op)) >= lowest && level > 0) {
        uint32_t at = p->token.at;
        if (is_word(p, "between"))
            left = between_rest(p, at, left);
        else if (is_word(p, "in"))
            left = in_rest(p, at, left);
        else
            left = operator_rest(p, at, left, op, level);
    }
    return left;
}

struct node *arithmetic(struct parser *p)
{
    return binary(p, LEVEL_SUM);
}

/* Depth is counted here, at unary minus and in types: every recursion of the parser goes through one of them. */
struct node *expression(struct parser *p)
{
    bool high_end = p->high_end;
    enum op op;
    if (!enter(p))
        return NULL;
    p->high_end = false;
    struct node *n = is_comparison(p->token.kind, &op) ? half_range(p) : binary(p, LEVEL_OR);
    p->high_end = high_end;
    leave(p);
    return n;
}

/* From ".." on: `..b]`, `..b)`, `..b[`. */
struct node *range_rest(struct parser *p, uint32_t at, struct node *low, bool low_closed)
{
    bool outer = p->high_end;
    if (!expect(p, T_DOT_DOT, "'..'") || !enter(p))
        return NULL;
    p->high_end = true;
    struct node *high = arithmetic(p);
    p->high_end = outer;
    leave(p);
    if (high == NULL)
        return NULL;
    bool closed = p->token.kind == T_CLOSE_BRACKET;
    if (!closed && p->token.kind != T_CLOSE && p->token.kind != T_OPEN_BRACKET)
        return fail_expected(p, "']' or ')' at the end of the range");
    advance(p);
    struct node *n = node_new(p->arena, NODE_RANGE, at);
    n->text = p->text;
    n->range = (struct range_node){low, high, low_closed, closed, RANGE_INTERVAL};
    return n;
}

struct node *call_of(struct parser *p, uint32_t at, const char *builtin, struct node *argument)
{
    struct node *callee = node_new(p->arena, NODE_NAME, at);
    callee->text = p->text;
    callee->name.text = str_of(builtin);
    struct node *n = node_new(p->arena, NODE_CALL, at);
    n->text = p->text;
    n->call.callee = callee;
    n->call.arguments = arena_array(p->arena, 1, sizeof(struct node *));
    n->call.arguments[0] = argument;
    n->call.count = 1;
    return n;
}
