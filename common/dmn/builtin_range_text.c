/* builtin_range_text: range("[1..3]") (DMN 1.5, 10.3.4.1). The text is read by FEEL's own parser, and then only a range
 * whose both ends are literals is let through: numbers, strings, @"...", and date("...") and its like. */
#include "common/dmn/builtin_private.h"
#include "common/dmn/parse.h"

enum { RANGE_TEXT_MAX = 10000 }; /* bytes; the ends are short literals */

static bool is_conversion(struct str name)
{
    return str_eq(name, STR("date")) || str_eq(name, STR("time")) ||
           str_eq(name, STR("date and time")) || str_eq(name, STR("duration"));
}

static bool is_constant(const struct node *n, enum value_kind kind)
{
    return n->kind == NODE_CONST && n->value.kind == kind;
}

/* date("2024-01-01") and its like. */
static bool converted_end(struct eval *e, const struct node *n, struct value *ret)
{
    const struct call_node *call = &n->call;
    if (n->kind != NODE_CALL || call->callee->kind != NODE_NAME || call->names != NULL ||
        call->count != 1 || !is_conversion(call->callee->name.text) ||
        !is_constant(call->arguments[0], VALUE_STRING))
        return false;
    *ret =
        builtin_call(e, builtin_find(call->callee->name.text), NULL, &call->arguments[0]->value, 1);
    return !is_null(*ret);
}

static bool end_of(struct eval *e, const struct node *n, struct value *ret)
{
    if (n == NULL)
        return false;
    if (n->kind == NODE_NEGATE && is_constant(n->items[0], VALUE_NUMBER))
        return *ret = value_negate(n->items[0]->value), true;
    if (n->kind != NODE_CONST)
        return converted_end(e, n, ret);
    *ret = n->value;
    return !is_null(*ret);
}

static struct value no_range(struct eval *e, struct str s, const char *why)
{
    if (s.len > 80)
        s.len = 80;
    return eval_note(e, 0, "range(\"%.*s\"): %s", STR_ARG(s), why);
}

static struct value range_of(struct eval *e, const struct range_node *n, struct str s)
{
    struct value low, high;
    int order;
    if (!end_of(e, n->low, &low) || !end_of(e, n->high, &high))
        return no_range(e, s, "both ends must be literals");
    if (low.kind != high.kind || !value_order(low, high, &order))
        return no_range(e, s, "the ends must be of one kind that has an order");
    if (order > 0)
        return no_range(e, s, "the lower end is above the upper one");
    struct range *r = arena_alloc(e->arena, sizeof *r);
    *r = (struct range){.low_closed = n->low_closed,
                        .high_closed = n->high_closed,
                        .has_low = true,
                        .has_high = true,
                        .low = low,
                        .high = high};
    return (struct value){.kind = VALUE_RANGE, .range = r};
}

static struct value range_fn(struct eval *e, const struct value *args, size_t count)
{
    struct str s = args[0].string;
    struct findings findings = {.arena = e->arena};
    struct text *text = arena_alloc(e->arena, sizeof *text);
    struct names names;
    (void)count;
    if (s.len > RANGE_TEXT_MAX || !eval_may_go_on(e, 100 + s.len))
        return no_range(e, s, "the text is too long");
    *text = (struct text){.text = s, .place = STR("range()")};
    names_init(&names, e->arena);
    const struct node *n = parse_expression(e->arena, &names, text, &findings);
    if (n == NULL || n->kind != NODE_RANGE)
        return no_range(e, s, "this is no range");
    return range_of(e, &n->range, s);
}

const struct builtin builtin_range_text[] = {
    FUNCTION("range", type_any_range, range_fn,
             "A range from its text (\"[1..3]\"), with literals of one kind for both ends.",
             NEEDED("from", type_string)),
    {0},
};
