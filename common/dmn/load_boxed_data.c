/* load_boxed_data: boxed contexts, lists, relations, invocations and functions. */
#include "common/dmn/load_boxed.h"

static size_t count_expressions(const struct xml_node *n)
{
    size_t count = 0;
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        count += boxed_is_expression(c) ? 1 : 0;
    return count;
}

static bool has_name(const struct context_node *c, struct str name)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->entries[i].name, name))
            return true;
    return false;
}

static struct node *entry_value(struct boxed b, const struct xml_node *entry)
{
    const struct xml_node *variable = xml_child(entry, "variable");
    const struct xml_node *xml = boxed_expression_in(entry);
    if (xml == NULL)
        return boxed_fault(b, entry, "the entry has no expression");
    struct node *value = boxed_node(b, xml);
    return variable != NULL
               ? boxed_coerce(b, value, xml_attribute(variable, "typeRef"), variable->line)
               : value;
}

/* An entry without a variable is the result cell; it comes last. */
static void add_entry(struct boxed b, const struct xml_node *entry, struct context_node *c)
{
    const struct xml_node *variable = xml_child(entry, "variable");
    struct str name = variable != NULL ? load_name(b.unit, variable) : STR("");
    bool result = name.len == 0;
    if (result)
        name = STR_NONE; /* unlike FEEL's {"": 1} */
    struct boxed inside =
        result ? boxed_inside(b, "result") : boxed_inside(b, "entry '%.*s'", STR_ARG(name));
    if (result && xml_again(entry) != NULL)
        (void)boxed_fault(b, entry, "an entry without a name is the result; it must be the last");
    else if (!result && has_name(c, name))
        (void)boxed_fault(inside, entry, "the context has two entries of that name");
    else
        c->entries[c->count++] = (struct context_entry){name, entry_value(inside, entry)};
    if (!result)
        names_add(&b.loader->names, name);
}

struct node *boxed_context(struct boxed b, const struct xml_node *n)
{
    struct loader *l = b.loader;
    struct node *node = node_new(l->arena, NODE_CONTEXT, 0);
    size_t mark = names_mark(&l->names), count = boxed_count(b, n, "contextEntry");
    const struct xml_node *c = xml_child(n, "contextEntry");
    node->context.entries = arena_array(l->arena, count, sizeof *node->context.entries);
    for (size_t i = 0; i < count; i++, c = xml_again(c))
        add_entry(b, c, &node->context);
    names_pop(&l->names, mark);
    return node;
}

struct node *boxed_list(struct boxed b, const struct xml_node *n)
{
    struct node *node = boxed_items(b, NODE_LIST, count_expressions(n));
    size_t i = 0;
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        if (boxed_is_expression(c)) {
            node->items[i] = boxed_node(boxed_inside(b, "item %zu", i + 1), c);
            i++;
        }
    return node;
}

static struct node *relation_row(struct boxed b, const struct xml_node *columns,
                                 const struct xml_node *row)
{
    struct node *node = node_new(b.loader->arena, NODE_CONTEXT, 0);
    const struct xml_node *column = columns, *cell = boxed_expression_in(row);
    size_t mark = names_mark(&b.loader->names);
    node->context.entries =
        arena_array(b.loader->arena, count_expressions(row), sizeof *node->context.entries);
    for (; cell != NULL; cell = cell->next) {
        if (!boxed_is_expression(cell))
            continue;
        if (column == NULL)
            break;
        struct str name = load_name(b.unit, column);
        struct boxed inside = boxed_inside(b, "column '%.*s'", STR_ARG(name));
        struct node *value = boxed_coerce(inside, boxed_node(inside, cell),
                                          xml_attribute(column, "typeRef"), column->line);
        if (has_name(&node->context, name))
            (void)boxed_fault(inside, column, "the relation has two columns of that name");
        else
            node->context.entries[node->context.count++] = (struct context_entry){name, value};
        names_add(&b.loader->names, name);
        column = xml_again(column);
    }
    names_pop(&b.loader->names, mark);
    if (column != NULL || cell != NULL)
        return boxed_fault(b, row, "the row has not one expression for each column");
    return node;
}

/* A list of contexts, one for each row (10.2.1.6). */
struct node *boxed_relation(struct boxed b, const struct xml_node *n)
{
    struct node *node = boxed_items(b, NODE_LIST, xml_count(n, "row"));
    size_t i = 0;
    if (boxed_count(b, n, "column") == 0)
        return boxed_fault(b, n, "the relation has no columns");
    for (const struct xml_node *row = xml_child(n, "row"); row != NULL; row = xml_again(row), i++)
        node->items[i] =
            relation_row(boxed_inside(b, "row %zu", i + 1), xml_child(n, "column"), row);
    return node;
}

static struct node *binding_value(struct boxed b, const struct xml_node *binding,
                                  const struct xml_node *parameter)
{
    const struct xml_node *xml = boxed_expression_in(binding);
    if (xml == NULL) {
        finding_add(b.loader->findings, FINDING_WARNING, "empty", b.place, binding->line,
                    "the argument has no expression; it is null");
        return boxed_null(b.loader);
    }
    return boxed_coerce(b, boxed_node(b, xml), xml_attribute(parameter, "typeRef"),
                        parameter->line);
}

struct node *boxed_invocation(struct boxed b, const struct xml_node *n)
{
    struct loader *l = b.loader;
    const struct xml_node *callee = boxed_expression_in(n);
    size_t count = boxed_count(b, n, "binding");
    struct node *node = node_new(l->arena, NODE_CALL, 0);
    if (callee == NULL)
        return boxed_fault(b, n, "the invocation does not say what it calls");
    node->call.callee = boxed_node(boxed_inside(b, "called function"), callee);
    node->text = node->call.callee->text;
    node->call.arguments = arena_array(l->arena, count, sizeof(*node->call.arguments));
    node->call.names = count > 0 ? arena_array(l->arena, count, sizeof *node->call.names) : NULL;
    const struct xml_node *c = xml_child(n, "binding");
    for (size_t i = 0; i < count; i++, c = xml_again(c)) {
        const struct xml_node *parameter = xml_child(c, "parameter");
        if (parameter == NULL)
            return boxed_fault(b, c, "a binding does not name its parameter");
        struct str name = load_name(b.unit, parameter);
        struct boxed inside = boxed_inside(b, "parameter '%.*s'", STR_ARG(name));
        node->call.names[node->call.count] = name;
        node->call.arguments[node->call.count++] = binding_value(inside, c, parameter);
    }
    return node;
}

bool boxed_is_external(struct boxed b, const struct xml_node *function)
{
    struct str kind = xml_attribute(function, "kind");
    if (kind.len == 0 || str_eq(kind, STR("FEEL")))
        return false;
    finding_add(b.loader->findings, FINDING_WARNING, "external", b.place, function->line,
                "functions of kind '%.*s' are not run; calls give null", STR_ARG(kind));
    return true;
}

static void add_parameters(struct boxed b, const struct xml_node *n, struct function_node *f)
{
    struct loader *l = b.loader;
    size_t count = boxed_count(b, n, "formalParameter");
    const struct xml_node *c = xml_child(n, "formalParameter");
    f->parameters = arena_array(l->arena, count, sizeof *f->parameters);
    f->type_names = arena_array(l->arena, count, sizeof *f->type_names);
    for (size_t i = 0; i < count; i++, c = xml_again(c)) {
        struct marks mark = load_mark(l);
        const struct type *t = load_typeref(b.unit, xml_attribute(c, "typeRef"), b.place, c->line);
        (void)load_failed_since(l, mark);
        f->parameters[f->count] =
            (struct parameter){load_name(b.unit, c), t != NULL ? t : &type_any};
        names_add(&l->names, f->parameters[f->count++].name);
    }
}

/* Its typeRef is a function's type; models of older versions write the result's. */
struct node *boxed_function(struct boxed b, const struct xml_node *n)
{
    struct loader *l = b.loader;
    struct node *node = node_new(l->arena, NODE_FUNCTION, 0);
    const struct xml_node *xml = boxed_expression_in(n);
    struct str ref = xml_attribute(n, "typeRef");
    size_t mark = names_mark(&l->names);
    add_parameters(b, n, &node->function);
    node->function.external = boxed_is_external(b, n);
    node->function.body = xml == NULL || node->function.external
                              ? boxed_null(l)
                              : boxed_node(boxed_inside(b, "function"), xml);
    names_pop(&l->names, mark);
    struct node *to = boxed_coerce(b, node, ref, n->line);
    if (to != node && to->type->kind != TYPE_FUNCTION) {
        to->items[0] = node->function.body;
        node->function.body = to;
        return node;
    }
    return to;
}
