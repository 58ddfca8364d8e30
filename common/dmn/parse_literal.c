/* parse_literal: numbers, texts, @"...", lists, ranges in brackets, contexts (rules 19, 33 to 38, 56 to 60). */
#include "common/dmn/parse_private.h"

#include <string.h>

/* With a minus before it or not. What is too large is what every overflow is: null. */
struct node *number_literal(struct parser *p)
{
    uint32_t at = p->token.at;
    bool negative = take(p, T_MINUS);
    struct token t = p->token;
    struct number n;
    bool good = number_parse(slice(p, t.at, t.end), &n);
    advance(p);
    if (!good)
        return node_const(p, at, NULL_VALUE);
    return node_const(p, at, value_number(negative ? number_negate(n) : n));
}

struct node *string_literal(struct parser *p)
{
    struct token t = p->token;
    advance(p);
    return node_const(p, t.at, value_string(lex_unquote(p->arena, slice(p, t.at, t.end))));
}

/* The value of a date, time or duration that needs no time zone's name. */
static struct value temporal_value(struct arena *a, struct str s)
{
    struct moment m;
    int64_t integer;
    nanos_t nanos;
    if (date_text(s, &integer))
        return value_date(integer);
    if (date_time_text(s, NULL, &m))
        return value_moment(a, VALUE_DATE_TIME, m);
    if (time_text(s, NULL, &m))
        return value_moment(a, VALUE_TIME, m);
    if (months_duration_text(s, &integer))
        return value_months(integer);
    if (days_duration_text(s, &nanos))
        return value_days(nanos);
    return NULL_VALUE;
}

/* Zones by name are known only when it is evaluated: then it stays a call. A text that is none of all is null. */
struct node *at_literal(struct parser *p)
{
    uint32_t at = p->token.at;
    advance(p);
    if (p->token.kind != T_STRING)
        return fail_expected(p, "a text such as \"2024-12-31\" after '@'");
    struct node *text = string_literal(p);
    struct str s = text->value.string;
    struct value v = temporal_value(p->arena, s);
    if (v.kind != VALUE_NULL || s.len == 0 || memchr(s.ptr, '@', s.len) == NULL)
        return node_const(p, at, v);
    return call_of(p, at,
                   memchr(s.ptr, 'T', s.len) != NULL &&
                           memchr(s.ptr, 'T', s.len) < memchr(s.ptr, '@', s.len)
                       ? "date and time"
                       : "time",
                   text);
}

/* A list, `[a..b]` and its like, or `]a..b]`. */
struct node *bracket_literal(struct parser *p)
{
    uint32_t at = p->token.at;
    bool list = p->token.kind == T_OPEN_BRACKET;
    struct node_list l = {0};
    advance(p);
    if (list && take(p, T_CLOSE_BRACKET))
        return node_with(p, NODE_LIST, at, NULL, 0);
    do {
        struct node *n = expression(p);
        if (n == NULL)
            return NULL;
        if (p->token.kind == T_DOT_DOT && l.count == 0)
            return range_rest(p, at, n, list);
        node_list_add(p, &l, n);
    } while (list && take(p, T_COMMA));
    if (!list)
        return fail_expected(p, "'..', for ']' begins a range such as ]1..10]");
    if (!expect(p, T_CLOSE_BRACKET, "',' or ']' in the list"))
        return NULL;
    return node_with(p, NODE_LIST, at, l.items, l.count);
}

static struct str context_key(struct parser *p)
{
    struct token t = p->token;
    if (t.kind != T_STRING)
        return new_name(p, "a name", "");
    advance(p);
    struct str key = lex_unquote(p->arena, slice(p, t.at, t.end));
    return key.len == 0 ? STR("") : key;
}

struct entry_list {
    struct context_entry *items;
    size_t count, cap;
};

/* What comes after an entry sees its name; so does whoever takes it out of the context by a path or filter. */
static bool context_entry(struct parser *p, struct entry_list *l)
{
    struct str key = context_key(p);
    if (key.ptr == NULL || !expect(p, T_COLON, "':' after the name"))
        return false;
    struct node *value = expression(p);
    if (value == NULL)
        return false;
    l->items = arena_more(p->arena, l->items, l->count, &l->cap, sizeof *l->items);
    l->items[l->count++] = (struct context_entry){key, value};
    names_add(p->names, key);
    names_add_member(p->names, key);
    return true;
}

struct node *context_literal(struct parser *p)
{
    size_t mark = names_mark(p->names);
    uint32_t at = p->token.at;
    struct entry_list l = {0};
    advance(p);
    if (p->token.kind != T_CLOSE_BRACE)
        do {
            if (!context_entry(p, &l))
                return NULL;
        } while (take(p, T_COMMA));
    names_pop(p->names, mark);
    if (!expect(p, T_CLOSE_BRACE, "',' or '}' in the context"))
        return NULL;
    struct node *n = node_new(p->arena, NODE_CONTEXT, at);
    n->text = p->text;
    n->context = (struct context_node){l.items, l.count};
    return n;
}
