/* resolve_call: what is called, and with what (10.3.2.13.2). */
#include "common/dmn/resolve_private.h"

static const struct builtin *row_next(const struct builtin *row)
{
    const struct builtin *next = row + 1;
    return next->name != NULL && str_eq(str_of(next->name), str_of(row->name)) ? next : NULL;
}

static bool count_fits(const struct builtin *row, size_t count)
{
    size_t least = 0;
    for (size_t i = 0; i < row->parameter_count; i++)
        least += !row->parameters[i].optional;
    return count >= least && (row->variadic || count <= row->parameter_count);
}

static const struct builtin_parameter *parameter_at(const struct builtin *row, size_t i)
{
    if (i >= row->parameter_count)
        i = (size_t)row->parameter_count - 1; /* variadic */
    return &row->parameters[i];
}

/* Whether an argument of that type could ever be taken, after the coercions between an element and a list of it. */
static bool may_take(const struct type *parameter, const struct type *argument)
{
    if (parameter == NULL || !type_known(parameter) || !type_known(argument) ||
        parameter->kind == argument->kind)
        return true;
    if (parameter->kind == TYPE_LIST)
        return may_take(parameter->element, argument);
    if (argument->kind == TYPE_LIST)
        return may_take(parameter, argument->element);
    return parameter->kind == TYPE_DATE_TIME && argument->kind == TYPE_DATE;
}

static bool types_fit(const struct builtin *row, const struct call_node *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct builtin_parameter *p = parameter_at(row, i);
        if (c->names != NULL)
            p = parameter_at(row, builtin_parameter_named(row, c->names[i]));
        if (!may_take(p->type, c->arguments[i]->type))
            return false;
    }
    return true;
}

static bool names_fit(const struct builtin *row, const struct call_node *c)
{
    for (size_t i = 0; c->names != NULL && i < c->count; i++)
        if (builtin_parameter_named(row, c->names[i]) == SIZE_MAX)
            return false;
    return true;
}

static void parameter_write(struct buf *b, const struct builtin_parameter *p, bool more)
{
    buf_str(b, more ? STR(", ") : STR(""));
    buf_str(b, str_of(p->name));
    if (p->type == NULL || p->type->kind == TYPE_ANY)
        return;
    buf_str(b, STR(": "));
    type_write(b, p->type);
}

static struct str parameter_list(struct resolver *r, const struct builtin *first)
{
    struct buf b = {.arena = r->arena};
    for (const struct builtin *row = first; row != NULL; row = row_next(row)) {
        buf_str(&b, row == first ? STR("") : STR(" or "));
        buf_fmt(&b, "%s(", row->name);
        for (size_t i = 0; i < row->parameter_count; i++)
            parameter_write(&b, &row->parameters[i], i > 0);
        buf_str(&b, row->variadic ? STR(", ...)") : STR(")"));
    }
    return buf_view(&b);
}

/* What the rows of a built-in function say of a call. */
struct rows {
    bool counted, named;       /* one has so many parameters, one has those names */
    const struct type *result; /* of those that could fit; NULL: none */
};

static void ask_row(struct rows *a, const struct builtin *row, const struct call_node *c)
{
    bool counts = count_fits(row, c->count), names = names_fit(row, c);
    a->counted |= counts;
    a->named |= names;
    if (!counts || !names || !types_fit(row, c))
        return;
    const struct type *t = row->result != NULL ? row->result : &type_any;
    a->result = a->result == NULL ? t : type_join(a->result, t);
}

static const struct type *builtin_type(struct resolver *r, const struct node *n,
                                       const struct builtin *first)
{
    struct rows a = {.result = NULL};
    ask_row(&a, first, &n->call);
    for (const struct builtin *row = row_next(first); row != NULL; row = row_next(row))
        ask_row(&a, row, &n->call);
    if (a.result != NULL)
        return a.result;
    const char *why = !a.counted ? "takes another number of arguments"
                      : !a.named ? "has no parameter of that name"
                                 : "takes arguments of other types";
    fault(r, "arguments", n, "'%s' %s: %.*s", first->name, why, STR_ARG(parameter_list(r, first)));
    return &type_any;
}

/* The parameter an argument is for; NULL: there is none of that name. */
static const struct field *parameter_of(const struct type *t, const struct call_node *c, size_t i)
{
    if (c->names == NULL)
        return &t->fields[i];
    for (size_t k = 0; k < t->field_count; k++)
        if (str_eq(t->fields[k].name, c->names[i]))
            return &t->fields[k];
    return NULL;
}

static void check_unknown_parameter(struct resolver *r, const struct node *n, const struct type *t,
                                    struct str name)
{
    struct str *known = arena_array(r->arena, t->field_count, sizeof *known);
    for (size_t i = 0; i < t->field_count; i++) {
        known[i] = t->fields[i].name;
        if (known[i].len == 0)
            return; /* a function type as written in an expression has no names */
    }
    fault(r, "arguments", n, "the function has no parameter '%.*s'%.*s", STR_ARG(name),
          STR_ARG(near_name(r, name, known, t->field_count)));
}

static void check_arguments(struct resolver *r, const struct node *n, const struct type *t)
{
    const struct call_node *c = &n->call;
    if (t->field_count != c->count) {
        fault(r, "arguments", n, "the function takes %zu argument%s, not %zu", t->field_count,
              t->field_count == 1 ? "" : "s", c->count);
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        const struct field *p = parameter_of(t, c, i);
        if (p == NULL)
            check_unknown_parameter(r, n, t, c->names[i]);
        else if (!may_take(p->type, c->arguments[i]->type))
            fault(r, "type", c->arguments[i], "%.*s is given where %.*s is wanted",
                  STR_ARG(type_text(r, c->arguments[i]->type)), STR_ARG(type_text(r, p->type)));
    }
}

static const struct type *function_result(struct resolver *r, const struct node *n,
                                          const struct type *t)
{
    if (t->kind != TYPE_FUNCTION) {
        if (type_known(t))
            fault(r, "type", n, "%.*s is no function and cannot be called",
                  STR_ARG(type_text(r, t)));
        return &type_any;
    }
    if (t->any_fields)
        return &type_any;
    check_arguments(r, n, t);
    return t->element != NULL ? t->element : &type_any;
}

const struct type *visit_call(struct resolver *r, struct node *n, const struct scope *s)
{
    struct call_node *c = &n->call;
    if (c->callee->kind == NODE_NAME) {
        const struct text *before = r->text;
        if (c->callee->text != NULL)
            r->text = c->callee->text;
        c->callee->type = visit_name(r, c->callee, s, true);
        r->text = before;
    } else {
        visit(r, &c->callee, s, n);
    }
    for (size_t i = 0; i < c->count; i++)
        visit(r, &c->arguments[i], s, n);
    if (c->callee->kind == NODE_NAME && c->callee->name.place == PLACE_BUILTIN)
        return builtin_type(r, n, c->callee->name.builtin);
    return function_result(r, n, c->callee->type);
}
