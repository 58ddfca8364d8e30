/* parse: the doors of the parser, and its dealings with tokens and findings. */
#include "common/dmn/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/dmn/node.h"
#include "common/dmn/parse_private.h"

#define TEXT_MAX ((size_t)1 << 24)

void move_to(struct parser *p, uint32_t at)
{
    p->token = lex_next(p->text->text, at);
}

void advance(struct parser *p)
{
    move_to(p, p->token.end);
}

bool take(struct parser *p, enum token_kind kind)
{
    if (p->token.kind != kind)
        return false;
    advance(p);
    return true;
}

bool expect(struct parser *p, enum token_kind kind, const char *what)
{
    return take(p, kind) || fail_expected(p, what) != NULL;
}

struct str slice(const struct parser *p, uint32_t from, uint32_t to)
{
    return (struct str){p->text->text.ptr + from, to - from};
}

bool is_word(const struct parser *p, const char *word)
{
    return p->token.kind == T_WORD && str_eq(slice(p, p->token.at, p->token.end), str_of(word));
}

bool take_word(struct parser *p, const char *word)
{
    if (!is_word(p, word))
        return false;
    advance(p);
    return true;
}

bool expect_word(struct parser *p, const char *word)
{
    char quoted[24];
    (void)snprintf(quoted, sizeof quoted, "'%s'", word);
    return take_word(p, word) || fail_expected(p, quoted) != NULL;
}

void *fail(struct parser *p, uint32_t at, const char *format, ...)
{
    if (p->failed)
        return NULL;
    p->failed = true;
    char sentence[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    finding_at(p->findings, FINDING_ERROR, "syntax", p->text, at, "%s", sentence);
    return NULL;
}

/* Names and texts can be long: a finding shows their beginning, cut between characters. */
static struct str shown(struct str s)
{
    size_t max = 40;
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xc0) == 0x80)
        max--;
    return (struct str){s.ptr, max};
}

void *fail_expected(struct parser *p, const char *what)
{
    struct token t = p->token;
    if (t.complaint != NULL)
        return fail(p, t.at, "%s", t.complaint);
    if (t.kind == T_END)
        return fail(p, t.at, "expected %s, but the expression ends here", what);
    struct str found = shown(slice(p, t.at, t.end));
    if (t.kind == T_STRING)
        return fail(p, t.at, "expected %s, but found the text %.*s", what, STR_ARG(found));
    const char *hint = t.kind == T_APOSTROPHE ? "; texts stand in double quotes (\")" : "";
    return fail(p, t.at, "expected %s, but found '%.*s'%s", what, STR_ARG(found), hint);
}

bool enter(struct parser *p)
{
    if (p->depth++ < PARSE_DEPTH_MAX)
        return true;
    if (!p->failed)
        finding_at(p->findings, FINDING_ERROR, "limit", p->text, p->token.at,
                   "more than %d expressions stand inside one another: divide this into several "
                   "decisions or context entries",
                   PARSE_DEPTH_MAX);
    p->failed = true;
    return false;
}

void leave(struct parser *p)
{
    p->depth--;
}

bool is_comparison(enum token_kind kind, enum op *ret)
{
    static const struct {
        enum token_kind kind;
        enum op op;
    } ops[] = {{T_EQ, OP_EQ}, {T_NE, OP_NE}, {T_LT, OP_LT},
               {T_LE, OP_LE}, {T_GT, OP_GT}, {T_GE, OP_GE}};
    for (size_t i = 0; i < COUNT(ops); i++)
        if (ops[i].kind == kind) {
            *ret = ops[i].op;
            return true;
        }
    return false;
}

void node_list_add(struct parser *p, struct node_list *l, struct node *n)
{
    l->items = arena_more(p->arena, l->items, l->count, &l->cap, sizeof *l->items);
    l->items[l->count++] = n;
}

struct node *node_with(struct parser *p, enum node_kind kind, uint32_t at,
                       struct node *const *items, size_t count)
{
    struct node *n = node_new(p->arena, kind, at);
    n->text = p->text;
    n->items = arena_array(p->arena, count, sizeof(struct node *));
    n->count = count;
    if (count > 0)
        memcpy(n->items, items, count * sizeof(struct node *));
    return n;
}

struct node *node_const(struct parser *p, uint32_t at, struct value v)
{
    struct node *n = node_new(p->arena, NODE_CONST, at);
    n->text = p->text;
    n->value = v;
    return n;
}

static bool begin(struct parser *p, struct arena *a, struct names *names, const struct text *text,
                  struct findings *findings)
{
    *p = (struct parser){
        .arena = a, .names = names, .text = text, .findings = findings, .filters = names->filters};
    if (text->text.len > TEXT_MAX)
        return fail(p, 0, "the text has more than %zu bytes", TEXT_MAX) != NULL;
    if (!str_is_utf8(text->text))
        return fail(p, 0, "the text is not UTF-8") != NULL;
    move_to(p, 0);
    return true;
}

/* A tree is only good if the whole text was used and it is not too deep (a sum of 1000 parts is, as a tree). */
static struct node *finish(struct parser *p, struct node *n)
{
    uint32_t at;
    if (n == NULL || p->failed)
        return NULL;
    if (p->token.kind != T_END)
        return fail_expected(p, "an operator or the end");
    bool long_enough = p->text->text.len + 8 > PARSE_DEPTH_MAX; /* a level takes a byte at least */
    if (long_enough && node_deeper_than(p->arena, n, PARSE_DEPTH_MAX, &at)) {
        p->token.at = at;
        p->depth = PARSE_DEPTH_MAX;
        (void)enter(p);
        return NULL;
    }
    return n;
}

static struct node *iteration(struct parser *p)
{
    uint32_t at = p->token.at;
    struct node *low = expression(p);
    if (low == NULL || !take(p, T_DOT_DOT))
        return low;
    struct node *high = expression(p), *n = node_new(p->arena, NODE_RANGE, at);
    n->text = p->text;
    n->range =
        (struct range_node){.low = low, .high = high, .low_closed = true, .high_closed = true};
    return high == NULL ? NULL : n;
}

/* A whole text by one rule of the grammar. */
static struct node *whole(struct arena *a, struct names *names, const struct text *text,
                          struct findings *findings, struct node *(*rule)(struct parser *p))
{
    struct parser p;
    size_t mark = names_mark(names);
    if (!begin(&p, a, names, text, findings))
        return NULL;
    struct node *n = finish(&p, rule(&p));
    names_pop(names, mark);
    return n;
}

struct node *parse_expression(struct arena *a, struct names *names, const struct text *text,
                              struct findings *findings)
{
    return whole(a, names, text, findings, expression);
}

struct node *parse_iteration(struct arena *a, struct names *names, const struct text *text,
                             struct findings *findings)
{
    return whole(a, names, text, findings, iteration);
}

struct node *parse_tests(struct arena *a, struct names *names, const struct text *text,
                         struct findings *findings)
{
    return whole(a, names, text, findings, cell_tests);
}

struct type_syntax *parse_type(struct arena *a, struct names *names, const struct text *text,
                               struct findings *findings)
{
    struct parser p;
    if (!begin(&p, a, names, text, findings))
        return NULL;
    struct type_syntax *t = type_syntax(&p);
    if (t == NULL || p.failed)
        return NULL;
    return p.token.kind == T_END ? t : fail_expected(&p, "the end of the type");
}
