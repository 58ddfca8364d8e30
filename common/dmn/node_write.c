/* node_write: a tree back as FEEL, with the fewest parentheses that read back as the same tree. */
#include "common/dmn/ast.h"
#include "common/dmn/lex.h"

/* How tightly a node holds together; what stands inside another must be at least as tight as its place asks. */
enum tightness { LOOSE, OR, AND, COMPARISON, SUM, PRODUCT, POWER, UNARY, TIGHT };

static const struct {
    const char *text;
    enum tightness tightness;
} operators[] = {
    [OP_OR] = {"or", OR},         [OP_AND] = {"and", AND},      [OP_EQ] = {"=", COMPARISON},
    [OP_NE] = {"!=", COMPARISON}, [OP_LT] = {"<", COMPARISON},  [OP_LE] = {"<=", COMPARISON},
    [OP_GT] = {">", COMPARISON},  [OP_GE] = {">=", COMPARISON}, [OP_ADD] = {"+", SUM},
    [OP_SUB] = {"-", SUM},        [OP_MUL] = {"*", PRODUCT},    [OP_DIV] = {"/", PRODUCT},
    [OP_EXP] = {"**", POWER},
};

static enum tightness tightness(const struct node *n)
{
    switch (n->kind) {
    case NODE_BINARY: return operators[n->op].tightness;
    case NODE_BETWEEN:
    case NODE_IN: return COMPARISON;
    case NODE_NEGATE: return UNARY;
    case NODE_IF:
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY:
    case NODE_FUNCTION:
    case NODE_TESTS:
    case NODE_TEST: return LOOSE;
    case NODE_RANGE: return n->range.low == NULL || n->range.high == NULL ? LOOSE : TIGHT;
    case NODE_COERCE: return tightness(n->items[0]);
    case NODE_CONST:
    case NODE_NAME:
    case NODE_QUESTION:
    case NODE_LIST:
    case NODE_CONTEXT:
    case NODE_CALL:
    case NODE_PATH:
    case NODE_FILTER:
    case NODE_INSTANCE_OF:
    case NODE_TABLE: return TIGHT;
    }
    return LOOSE;
}

static void put(struct buf *b, const struct node *n, enum tightness at_least)
{
    if (n == NULL) {
        buf_str(b, STR("null"));
        return;
    }
    bool parentheses = tightness(n) < at_least;
    if (parentheses)
        buf_char(b, '(');
    node_write(b, n);
    if (parentheses)
        buf_char(b, ')');
}

static void put_text(struct buf *b, const char *text)
{
    buf_str(b, str_of(text));
}

static void put_all(struct buf *b, struct node *const *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_text(b, i > 0 ? ", " : "");
        put(b, nodes[i], LOOSE);
    }
}

static void put_binary(struct buf *b, const struct node *n)
{
    enum tightness own = operators[n->op].tightness;
    put(b, n->items[0], own);
    buf_fmt(b, " %s ", operators[n->op].text);
    put(b, n->items[1], own + 1);
}

static void put_range(struct buf *b, const struct range_node *r)
{
    if (r->low == NULL || r->high == NULL) {
        const struct node *end = r->low == NULL ? r->high : r->low;
        buf_char(b, r->low == NULL ? '<' : '>');
        put_text(b, (r->low == NULL ? r->high_closed : r->low_closed) ? "= " : " ");
        put(b, end, SUM);
        return;
    }
    buf_char(b, r->low_closed ? '[' : '(');
    put(b, r->low, LOOSE);
    put_text(b, "..");
    put(b, r->high, SUM);
    buf_char(b, r->high_closed ? ']' : ')');
}

/* Whether a context's key can stand without quotes. */
static bool is_plain_name(struct str s)
{
    uint32_t end = lex_word(s, 0);
    if (end == 0 || (s.ptr[0] >= '0' && s.ptr[0] <= '9'))
        return false;
    while (end < s.len) {
        uint32_t blank = lex_blank(s, end), after = lex_word(s, end + blank);
        if (after == end + blank)
            return false;
        end = after;
    }
    return true;
}

static void put_context(struct buf *b, const struct context_node *c)
{
    buf_char(b, '{');
    for (size_t i = 0; i < c->count; i++) {
        struct str name = c->entries[i].name;
        put_text(b, i > 0 ? ", " : "");
        if (is_plain_name(name))
            buf_str(b, name);
        else if (name.ptr != NULL)
            value_show(b, value_string(name));
        put_text(b, name.ptr != NULL ? ": " : "");
        put(b, c->entries[i].value, LOOSE);
    }
    buf_char(b, '}');
}

static void put_loop(struct buf *b, const struct node *n)
{
    const struct loop_node *l = &n->loop;
    put_text(b, n->kind == NODE_FOR ? "for " : n->kind == NODE_SOME ? "some " : "every ");
    for (size_t i = 0; i < l->count; i++) {
        put_text(b, i > 0 ? ", " : "");
        buf_str(b, l->iterators[i].name);
        put_text(b, " in ");
        put(b, l->iterators[i].in, OR);
        if (l->iterators[i].in_high != NULL) {
            put_text(b, "..");
            put(b, l->iterators[i].in_high, OR);
        }
    }
    put_text(b, n->kind == NODE_FOR ? " return " : " satisfies ");
    put(b, l->body, LOOSE);
}

static void put_function(struct buf *b, const struct function_node *f)
{
    put_text(b, "function(");
    for (size_t i = 0; i < f->count; i++) {
        put_text(b, i > 0 ? ", " : "");
        buf_str(b, f->parameters[i].name);
        if (f->type_names != NULL && f->type_names[i].len > 0) {
            put_text(b, ": ");
            buf_str(b, f->type_names[i]);
        }
    }
    put_text(b, f->external ? ") external " : ") ");
    put(b, f->body, LOOSE);
}

static void put_call(struct buf *b, const struct call_node *c)
{
    put(b, c->callee, TIGHT);
    buf_char(b, '(');
    for (size_t i = 0; i < c->count; i++) {
        put_text(b, i > 0 ? ", " : "");
        if (c->names != NULL) {
            buf_str(b, c->names[i]);
            put_text(b, ": ");
        }
        put(b, c->arguments[i], LOOSE);
    }
    buf_char(b, ')');
}

static void put_type(struct buf *b, const struct type_syntax *t)
{
    buf_str(b, t->name);
    if (t->count > 0 || t->result != NULL) {
        buf_char(b, '<');
        for (size_t i = 0; i < t->count; i++) {
            put_text(b, i > 0 ? ", " : "");
            if (t->fields != NULL) {
                buf_str(b, t->fields[i]);
                put_text(b, ": ");
            }
            put_type(b, t->parts[i]);
        }
        buf_char(b, '>');
    }
    if (t->result != NULL) {
        put_text(b, " -> ");
        put_type(b, t->result);
    }
}

static void put_test(struct buf *b, const struct node *n)
{
    if (n->op != OP_EQ)
        buf_fmt(b, "%s ", operators[n->op].text);
    put(b, n->items[0], n->op == OP_EQ ? LOOSE : SUM);
}

static void put_tests(struct buf *b, const struct tests_node *t)
{
    put_text(b, t->negated ? "not(" : "");
    put_text(b, t->count == 0 ? "-" : "");
    put_all(b, t->tests, t->count);
    put_text(b, t->negated ? ")" : "");
}

static void put_in(struct buf *b, const struct node *n)
{
    put(b, n->items[0], COMPARISON);
    put_text(b, " in (");
    put(b, n->items[1], LOOSE);
    buf_char(b, ')');
}

static void put_if(struct buf *b, const struct node *n)
{
    static const char *const words[] = {"if ", " then ", " else "};
    for (size_t i = 0; i < COUNT(words) && i < n->count; i++) {
        put_text(b, words[i]);
        put(b, n->items[i], LOOSE);
    }
}

static void put_between(struct buf *b, const struct node *n)
{
    put(b, n->items[0], COMPARISON);
    put_text(b, " between ");
    put(b, n->items[1], SUM);
    put_text(b, " and ");
    put(b, n->items[2], SUM);
}

void node_write(struct buf *b, const struct node *n)
{
    switch (n->kind) {
    case NODE_CONST: value_show(b, n->value); break;
    case NODE_NAME: buf_str(b, n->name.text); break;
    case NODE_QUESTION: buf_char(b, '?'); break;
    case NODE_LIST:
        buf_char(b, '[');
        put_all(b, n->items, n->count);
        buf_char(b, ']');
        break;
    case NODE_CONTEXT: put_context(b, &n->context); break;
    case NODE_RANGE: put_range(b, &n->range); break;
    case NODE_NEGATE:
        buf_char(b, '-');
        put(b, n->items[0], UNARY);
        break;
    case NODE_BINARY: put_binary(b, n); break;
    case NODE_BETWEEN: put_between(b, n); break;
    case NODE_IN: put_in(b, n); break;
    case NODE_IF: put_if(b, n); break;
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY: put_loop(b, n); break;
    case NODE_FUNCTION: put_function(b, &n->function); break;
    case NODE_CALL: put_call(b, &n->call); break;
    case NODE_PATH:
        put(b, n->path.object, TIGHT);
        buf_char(b, '.');
        buf_str(b, n->path.member);
        break;
    case NODE_FILTER:
        put(b, n->items[0], TIGHT);
        buf_char(b, '[');
        put(b, n->items[1], LOOSE);
        buf_char(b, ']');
        break;
    case NODE_INSTANCE_OF:
        put(b, n->instance.value, TIGHT);
        put_text(b, " instance of ");
        put_type(b, n->instance.of);
        break;
    case NODE_TESTS: put_tests(b, &n->tests); break;
    case NODE_TEST: put_test(b, n); break;
    case NODE_COERCE: node_write(b, n->items[0]); break;
    case NODE_TABLE: put_text(b, "decision table"); break;
    }
}
