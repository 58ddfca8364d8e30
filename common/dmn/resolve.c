/* resolve: from the outside in, each node once. */
#include "common/dmn/resolve_private.h"

#include <stdarg.h>
#include <stdio.h>

#define SENTENCE_BYTES 1000

void fault(struct resolver *r, const char *code, const struct node *n, const char *format, ...)
{
    char sentence[SENTENCE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    finding_at(r->findings, r->lenient ? FINDING_WARNING : FINDING_ERROR, code,
               n->text != NULL ? n->text : r->text, n->at, "%s", sentence);
}

static void visit_items(struct resolver *r, struct node *n, const struct scope *s)
{
    for (size_t i = 0; i < n->count; i++)
        if (n->items[i] != NULL)
            visit(r, &n->items[i], s, n);
}

static const struct type *list_type(struct resolver *r, const struct node *n)
{
    if (n->count == 0)
        return &type_any_list;
    const struct type *element = n->items[0]->type;
    for (size_t i = 1; i < n->count; i++)
        element = type_join(element, n->items[i]->type);
    return type_list_of(r->arena, element->kind == TYPE_NULL ? &type_any : element);
}

static const struct type *range_type(struct resolver *r, struct node *n, const struct scope *s)
{
    const struct type *low = &type_any, *high = &type_any;
    if (n->range.low != NULL)
        low = visit(r, &n->range.low, s, n);
    if (n->range.high != NULL)
        high = visit(r, &n->range.high, s, n);
    check_comparable(r, n, low, high, true);
    struct type *t = arena_alloc(r->arena, sizeof *t);
    *t = (struct type){.kind = TYPE_RANGE, .element = type_known(low) ? low : high};
    return t;
}

static const struct type *if_type(struct resolver *r, const struct node *n)
{
    check_boolean(r, n->items[0], "the condition of 'if'");
    const struct type *otherwise =
        n->count > 2 && n->items[2] != NULL ? n->items[2]->type : &type_null;
    return type_join(n->items[1]->type, otherwise);
}

static const struct type *between_type(struct resolver *r, const struct node *n)
{
    check_comparable(r, n, n->items[0]->type, n->items[1]->type, true);
    check_comparable(r, n, n->items[0]->type, n->items[2]->type, true);
    return &type_boolean;
}

static const struct type *visit_in(struct resolver *r, struct node *n, const struct scope *s)
{
    const struct type *value = visit(r, &n->items[0], s, n);
    visit_tests(r, n->items[1], s, value);
    n->has_function |= n->items[1]->has_function;
    return &type_boolean;
}

/* Where a value of that type may come out of a boundary of the other as something else than null. */
static bool may_become(const struct type *from, const struct type *to)
{
    if (!type_known(from) || !type_known(to) || from->kind == to->kind)
        return true;
    if (from->kind == TYPE_LIST)
        return may_become(from->element, to);
    if (to->kind == TYPE_LIST)
        return may_become(from, to->element);
    return from->kind == TYPE_DATE && to->kind == TYPE_DATE_TIME;
}

static const struct type *coerce_type(struct resolver *r, struct node *n, const struct scope *s)
{
    const struct type *from = visit(r, &n->items[0], s, n);
    const struct type *to = n->type != NULL ? n->type : from;
    if (!may_become(from, to))
        fault(r, "type", n, "%.*s is given where %.*s is wanted", STR_ARG(type_text(r, from)),
              STR_ARG(type_text(r, to)));
    return to;
}

static const struct type *instance_type(struct resolver *r, struct node *n, const struct scope *s)
{
    visit(r, &n->instance.value, s, n);
    (void)resolve_type(r, n->instance.of, n->text != NULL ? n->text : r->text);
    return &type_boolean;
}

static const struct type *test_alone(struct resolver *r, const struct node *n)
{
    fault(r, "type", n, "a test stands where a value is wanted");
    return &type_any;
}

static const struct type *complete(struct resolver *r, struct node *n, const struct scope *s)
{
    switch (n->kind) {
    case NODE_CONST: return type_of_value(r->arena, n->value);
    case NODE_NAME: return visit_name(r, n, s, false);
    case NODE_QUESTION: return visit_question(r, n, s);
    case NODE_LIST: visit_items(r, n, s); return list_type(r, n);
    case NODE_CONTEXT: return visit_context(r, n, s);
    case NODE_RANGE: return range_type(r, n, s);
    case NODE_NEGATE: visit_items(r, n, s); return negate_type(r, n);
    case NODE_BINARY: visit_items(r, n, s); return binary_type(r, n);
    case NODE_BETWEEN: visit_items(r, n, s); return between_type(r, n);
    case NODE_IN: return visit_in(r, n, s);
    case NODE_IF: visit_items(r, n, s); return if_type(r, n);
    case NODE_FOR:
    case NODE_SOME:
    case NODE_EVERY: return visit_loop(r, n, s);
    case NODE_FUNCTION: return visit_function(r, n, s);
    case NODE_CALL: return visit_call(r, n, s);
    case NODE_PATH: return visit_path(r, n, s);
    case NODE_FILTER: return visit_filter(r, n, s);
    case NODE_INSTANCE_OF: return instance_type(r, n, s);
    case NODE_TESTS:
    case NODE_TEST: return test_alone(r, n);
    case NODE_COERCE: return coerce_type(r, n, s);
    case NODE_TABLE: return visit_table(r, n, s);
    }
    return &type_any;
}

/* The stack holds so many of the recursion's frames, and the evaluation goes no deeper. */
static const struct type *too_deep(struct resolver *r, struct node **at)
{
    finding_at(r->findings, FINDING_ERROR, "limit", (*at)->text != NULL ? (*at)->text : r->text,
               (*at)->at, "the expression is nested more than %d levels deep", RESOLVE_DEPTH_MAX);
    struct node *nothing = node_new(r->arena, NODE_CONST, (*at)->at);
    nothing->type = &type_null;
    *at = nothing;
    return nothing->type;
}

const struct type *visit(struct resolver *r, struct node **at, const struct scope *s,
                         struct node *parent)
{
    struct node *n = *at;
    if (r->depth >= RESOLVE_DEPTH_MAX)
        return too_deep(r, at);
    const struct text *before = r->text;
    if (n->text != NULL)
        r->text = n->text;
    r->depth++;
    n->type = complete(r, n, s);
    r->depth--;
    r->text = before;
    *at = fold(r, n);
    if (parent != NULL) {
        parent->has_function |= (*at)->has_function;
        parent->has_question |= (*at)->has_question;
    }
    return (*at)->type;
}

struct node *resolve(struct resolver *r, struct node *n, const struct scope *scope)
{
    size_t errors = r->findings->errors;
    if (n->kind == NODE_TESTS) {
        bool asks = scope != NULL && scope->question != NULL;
        const struct scope *outer = asks && scope->has_frame ? scope->outer : scope;
        visit_tests(r, n, outer, asks ? scope->question : &type_any);
    } else {
        visit(r, &n, scope, NULL);
    }
    return r->findings->errors == errors ? n : NULL;
}
