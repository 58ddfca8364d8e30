/* resolve_type: types as written, in expressions and in typeRefs. */
#include "common/dmn/parse.h"
#include "common/dmn/resolve_private.h"

static const struct type *type_of_name(struct resolver *r, struct str name)
{
    const struct type *t =
        r->types != NULL && r->types->find != NULL ? r->types->find(r->types->context, name) : NULL;
    return t != NULL ? t : type_builtin(name);
}

static const struct type *one_part(struct resolver *r, enum type_kind kind,
                                   const struct type_syntax *t, const struct text *text)
{
    const struct type *element = resolve_type(r, t->parts[0], text);
    if (element == NULL)
        return NULL;
    struct type *made = arena_alloc(r->arena, sizeof *made);
    *made = (struct type){.kind = kind, .element = element};
    return made;
}

static const struct type *many_parts(struct resolver *r, enum type_kind kind,
                                     const struct type_syntax *t, const struct text *text)
{
    struct field *fields = arena_array(r->arena, t->count, sizeof *fields);
    for (size_t i = 0; i < t->count; i++) {
        fields[i].name = t->fields != NULL ? t->fields[i] : STR("");
        fields[i].type = resolve_type(r, t->parts[i], text);
        if (fields[i].type == NULL)
            return NULL;
    }
    struct type *made = arena_alloc(r->arena, sizeof *made);
    *made = (struct type){.kind = kind, .fields = fields, .field_count = t->count};
    if (kind == TYPE_FUNCTION && t->result == NULL)
        made->element = &type_any;
    else if (kind == TYPE_FUNCTION)
        made->element = resolve_type(r, t->result, text);
    return kind == TYPE_FUNCTION && made->element == NULL ? NULL : made;
}

static const struct type *composed(struct resolver *r, const struct type_syntax *t,
                                   const struct text *text)
{
    if (t->count == 1 && str_eq(t->name, STR("list")))
        return one_part(r, TYPE_LIST, t, text);
    if (t->count == 1 && str_eq(t->name, STR("range")))
        return one_part(r, TYPE_RANGE, t, text);
    if (t->count > 0 && str_eq(t->name, STR("context")))
        return many_parts(r, TYPE_CONTEXT, t, text);
    if (t->result != NULL && str_eq(t->name, STR("function")))
        return many_parts(r, TYPE_FUNCTION, t, text);
    return NULL;
}

const struct type *resolve_type(struct resolver *r, struct type_syntax *t, const struct text *text)
{
    t->resolved = composed(r, t, text);
    if (t->resolved == NULL && t->count == 0)
        t->resolved = type_of_name(r, t->name);
    if (t->resolved == NULL && t->count == 0)
        finding_at(r->findings, r->lenient ? FINDING_WARNING : FINDING_ERROR, "unknown_type", text,
                   0, "the type '%.*s' is not known", STR_ARG(t->name));
    return t->resolved;
}

/* The type of a parameter, written as text. */
static const struct type *parameter_type(struct resolver *r, const struct node *n, struct str name)
{
    const struct type *t = type_of_name(r, name);
    if (t != NULL)
        return t;
    struct names names;
    names_init(&names, r->arena);
    struct text *text = arena_alloc(r->arena, sizeof *text);
    *text = (struct text){.text = name};
    const struct text *around = n->text != NULL ? n->text : r->text;
    if (around != NULL) {
        text->place = around->place;
        text->line = around->line;
    }
    struct type_syntax *syntax = parse_type(r->arena, &names, text, r->findings);
    return syntax != NULL ? resolve_type(r, syntax, text) : NULL;
}

static bool known_parameter(const struct function_node *f, size_t i)
{
    return f->parameters[i].type != NULL || f->type_names == NULL || f->type_names[i].len == 0;
}

const struct type *visit_function(struct resolver *r, struct node *n, const struct scope *s)
{
    struct function_node *f = &n->function;
    struct variable *variables = arena_array(r->arena, f->count, sizeof *variables);
    struct field *fields = arena_array(r->arena, f->count, sizeof *fields);
    for (size_t i = 0; i < f->count; i++) {
        if (!known_parameter(f, i))
            f->parameters[i].type = parameter_type(r, n, f->type_names[i]);
        if (f->parameters[i].type == NULL)
            f->parameters[i].type = &type_any;
        fields[i] = (struct field){f->parameters[i].name, f->parameters[i].type};
        variables[i] =
            (struct variable){fields[i].name, fields[i].type, PLACE_LOCAL, (uint32_t)i, NULL};
    }
    struct scope inner = {.outer = s, .variables = variables, .count = f->count, .has_frame = true};
    struct type *t = arena_alloc(r->arena, sizeof *t);
    *t = (struct type){.kind = TYPE_FUNCTION,
                       .fields = fields,
                       .field_count = f->count,
                       .element = &type_any};
    if (!f->external && f->body != NULL)
        t->element = visit(r, &f->body, &inner, n);
    n->has_function = true;
    return t;
}
