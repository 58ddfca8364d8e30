/* load_type: item definitions (DMN 1.5, 7.3.2) to types, in three passes over all models: each definition gets a type
 * object; then its kind, following references from definition to definition; then what is inside structures. So a
 * structure may hold itself, while a definition that only refers in a circle is found. */
#include "common/dmn/load.h"

void types_collect(struct unit *u)
{
    struct loader *l = u->loader;
    const struct xml_node *root = u->document.root;
    u->definitions =
        arena_array(l->arena, xml_count(root, "itemDefinition"), sizeof *u->definitions);
    for (const struct xml_node *n = xml_child(root, "itemDefinition"); n != NULL;
         n = xml_again(n)) {
        struct str name = load_name(u, n);
        bool is_new = false;
        (void)map_put(&u->definition_index, name, u->definition_count, &is_new);
        if (!is_new || name.len == 0) {
            finding_add(l->findings, load_severity(l), "duplicate", u->document.file, n->line,
                        name.len == 0 ? "an item definition has no name%.*s"
                                      : "there are two item definitions named '%.*s'",
                        STR_ARG(name));
            continue;
        }
        struct type *t = arena_alloc(l->arena, sizeof *t);
        *t = (struct type){.kind = TYPE_ANY, .name = name};
        u->definitions[u->definition_count++] =
            (struct definition){.name = name, .xml = n, .type = t};
    }
}

static bool is_collection(const struct xml_node *n)
{
    struct str s = xml_attribute(n, "isCollection");
    return str_eq(s, STR("true")) || str_eq(s, STR("1"));
}

static struct str typeref_of(const struct xml_node *n)
{
    const struct xml_node *ref = xml_child(n, "typeRef");
    return ref != NULL ? ref->text : xml_attribute(n, "typeRef"); /* 1.1 has both forms */
}

static bool is_structure(const struct xml_node *n)
{
    return xml_child(n, "itemComponent") != NULL;
}

static struct str place_of(struct unit *u, struct str name)
{
    return arena_fmt(u->loader->arena, "%.*sitem definition '%.*s'", STR_ARG(u->place),
                     STR_ARG(name));
}

/* A type of its own for an item definition that restricts another. */
static struct type *derived(struct unit *u, const struct type *from)
{
    struct type *t = arena_alloc(u->loader->arena, sizeof *t);
    *t = *from;
    t->name = STR("");
    t->allowed = t->constraint = NULL;
    t->base = from;
    return t;
}

static void function_type(struct unit *u, const struct xml_node *item, struct str place,
                          struct type *t)
{
    struct loader *l = u->loader;
    struct field *fields = arena_array(l->arena, xml_count(item, "parameters"), sizeof *fields);
    const struct type *result =
        load_typeref(u, xml_attribute(item, "outputTypeRef"), place, item->line);
    t->kind = TYPE_FUNCTION;
    t->element = result != NULL ? result : &type_any;
    t->fields = fields;
    for (const struct xml_node *n = xml_child(item, "parameters"); n != NULL; n = xml_again(n)) {
        const struct type *of = load_typeref(u, xml_attribute(n, "typeRef"), place, n->line);
        fields[t->field_count++] = (struct field){load_name(u, n), of != NULL ? of : &type_any};
    }
}

/* The kind of an item definition or component, without what is inside a structure. */
static void shape(struct unit *u, const struct xml_node *n, struct str place, struct type *t,
                  struct field **ret_fields)
{
    struct loader *l = u->loader;
    const struct xml_node *function = xml_child(n, "functionItem");
    bool many = is_collection(n);
    struct type *one = t; /* the element, of a collection */
    if (many) {
        one = arena_alloc(l->arena, sizeof *one);
        one->kind = TYPE_ANY;
        t->kind = TYPE_LIST;
        t->element = one;
    }
    if (is_structure(n)) {
        *ret_fields = arena_array(l->arena, xml_count(n, "itemComponent"), sizeof **ret_fields);
        one->kind = TYPE_CONTEXT;
        one->fields = *ret_fields;
        one->field_count = xml_count(n, "itemComponent");
    } else if (function != NULL) {
        function_type(u, function, place, one);
    } else {
        const struct type *to = load_typeref(u, typeref_of(n), place, n->line);
        struct str name = one->name;
        if (to == NULL)
            to = &type_any;
        if (many && xml_child(n, "allowedValues") == NULL) {
            t->element = to;
        } else {
            *one = *derived(u, to);
            one->name = name;
            if (to->name.len == 0 && to->base == NULL)
                one->base = NULL; /* FEEL's own type has no tests */
        }
    }
    const struct xml_node *allowed = xml_child(n, "allowedValues");
    const struct xml_node *constraint = xml_child(n, "typeConstraint");
    if (allowed != NULL)
        load_test_later(u, allowed, one, place);
    if (constraint != NULL)
        load_test_later(u, constraint, t, place);
}

/* What must have its shape first: the definition this one refers to, since it copies its kind. */
static struct definition *refers_to(struct unit *u, const struct definition *d)
{
    if (is_structure(d->xml) || xml_child(d->xml, "functionItem") != NULL)
        return NULL;
    struct str name = name_normalise(u->loader->arena, typeref_of(d->xml));
    return type_builtin(name) == NULL ? load_definition(u, name) : NULL;
}

static struct unit *unit_of(struct loader *l, const struct definition *d)
{
    for (size_t i = 0; i < l->unit_count; i++)
        if (d >= l->units[i].definitions &&
            d < l->units[i].definitions + l->units[i].definition_count)
            return &l->units[i];
    return NULL;
}

static void report_circle(struct unit *u, const struct definition *d)
{
    finding_add(u->loader->findings, load_severity(u->loader), "cycle", place_of(u, d->name),
                d->xml->line, "the item definition '%.*s' refers to itself, directly or by others",
                STR_ARG(d->name));
}

static void chain(struct loader *l, struct definition *d)
{
    struct definition **stack = NULL;
    size_t count = 0, cap = 0;
    while (d != NULL && d->shape == SHAPE_NOT) {
        d->shape = SHAPE_BEGUN;
        stack = load_push(l->arena, stack, &count, &cap, sizeof(*stack));
        stack[count - 1] = d;
        d = refers_to(unit_of(l, d), d);
    }
    bool circle = d != NULL && d->shape == SHAPE_BEGUN;
    while (count > 0) {
        struct definition *top = stack[--count];
        struct unit *u = unit_of(l, top);
        if (circle)
            report_circle(u, top); /* stays of any type */
        else
            shape(u, top->xml, place_of(u, top->name), top->type, &top->fields);
        circle = circle && top != d;
        top->shape = SHAPE_DONE;
    }
}

void types_shape(struct unit *u)
{
    for (size_t i = 0; i < u->definition_count; i++)
        if (u->definitions[i].shape == SHAPE_NOT)
            chain(u->loader, &u->definitions[i]);
}

static void fill_fields(struct unit *u, const struct xml_node *n, struct str place,
                        struct field *fields);

static const struct type *component_type(struct unit *u, const struct xml_node *n, struct str place)
{
    bool plain = !is_collection(n) && !is_structure(n) && xml_child(n, "functionItem") == NULL &&
                 xml_child(n, "allowedValues") == NULL && xml_child(n, "typeConstraint") == NULL;
    if (plain) {
        const struct type *to = load_typeref(u, typeref_of(n), place, n->line);
        return to != NULL ? to : &type_any;
    }
    struct type *t = arena_alloc(u->loader->arena, sizeof *t);
    struct field *fields = NULL;
    shape(u, n, place, t, &fields);
    if (fields != NULL)
        fill_fields(u, n, place, fields);
    return t;
}

static void fill_fields(struct unit *u, const struct xml_node *n, struct str place,
                        struct field *fields)
{
    for (const struct xml_node *c = xml_child(n, "itemComponent"); c != NULL;
         c = xml_again(c), fields++) {
        struct str name = load_name(u, c);
        struct str here =
            arena_fmt(u->loader->arena, "%.*s, component '%.*s'", STR_ARG(place), STR_ARG(name));
        *fields = (struct field){name, component_type(u, c, here)};
    }
}

void types_fill(struct unit *u)
{
    for (size_t i = 0; i < u->definition_count; i++) {
        struct definition *d = &u->definitions[i];
        if (d->fields != NULL)
            fill_fields(u, d->xml, place_of(u, d->name), d->fields);
    }
}
