/* load_scope: what an expression sees of the model: exactly what its element requires (DMN 1.5, 6.2.1, 7.2.1), what is
 * imported under the import's name. */
#include "common/dmn/load.h"

struct builder {
    struct loader *loader;
    const struct plan *plan;
    bool *visited; /* one for each unit */
    bool foreign;  /* something of another model is required */
};

struct variables {
    struct variable *items;
    size_t count, cap;
};

static void put(struct builder *b, struct variables *v, struct variable one)
{
    v->items = load_push(b->loader->arena, v->items, &v->count, &v->cap, sizeof *v->items);
    v->items[v->count - 1] = one;
}

/* By its name, and by its variable's where a model gives that another one (which the standard does not want). */
static void put_element(struct builder *b, struct variables *v, uint32_t index)
{
    const struct element *el = &b->loader->model->elements[index];
    const struct plan *p = &b->loader->plans[index];
    const struct xml_node *variable = xml_child(p->xml, "variable");
    struct str other = variable != NULL ? load_name(p->unit, variable) : STR("");
    if (other.len > 0 && !str_eq(other, el->name))
        put(b, v, (struct variable){other, el->type, PLACE_GLOBAL, index, NULL});
    put(b, v, (struct variable){el->name, el->type, PLACE_GLOBAL, index, NULL});
}

static void put_unit(struct builder *b, struct variables *v, struct unit *u);

static struct scope *scope_of(struct builder *b, const struct variables *v)
{
    struct scope *s = arena_alloc(b->loader->arena, sizeof *s);
    *s = (struct scope){.variables = v->items, .count = v->count};
    return s;
}

static void put_import(struct builder *b, struct variables *v, const struct import *im)
{
    struct variables inner = {0};
    if (im->name.len == 0) {
        put_unit(b, v, im->unit);
        return;
    }
    put_unit(b, &inner, im->unit);
    if (inner.count > 0)
        put(b, v,
            (struct variable){im->name, &type_any_context, PLACE_NOT, 0, scope_of(b, &inner)});
}

/* Direct imports are marked first, so that what several ways lead to is found by the shortest. */
static void put_unit(struct builder *b, struct variables *v, struct unit *u)
{
    struct loader *l = b->loader;
    bool *mine;
    for (size_t i = 0; i < b->plan->need_count; i++)
        if (l->plans[b->plan->needs[i]].unit == u)
            put_element(b, v, b->plan->needs[i]);
    if (!b->foreign)
        return;
    mine = arena_array(l->arena, u->import_count, sizeof *mine);
    for (size_t i = 0; i < u->import_count; i++) {
        size_t at = (size_t)(u->imports[i].unit - l->units);
        mine[i] = !b->visited[at];
        b->visited[at] = true;
    }
    for (size_t i = 0; i < u->import_count; i++)
        if (mine[i])
            put_import(b, v, &u->imports[i]);
}

struct scope *load_scope(struct loader *l, uint32_t index)
{
    struct builder b = {.loader = l, .plan = &l->plans[index]};
    struct variables v = {0};
    struct unit *u = b.plan->unit;
    for (size_t i = 0; i < b.plan->need_count; i++)
        b.foreign = b.foreign || l->plans[b.plan->needs[i]].unit != u;
    if (b.foreign) {
        b.visited = arena_array(l->arena, l->unit_count, sizeof *b.visited);
        b.visited[u - l->units] = true;
    }
    put_unit(&b, &v, u);
    if (l->model->elements[index].kind == ELEMENT_KNOWLEDGE)
        put_element(&b, &v, index);
    for (size_t i = 0; i < v.count; i++)
        names_add(&l->names, v.items[i].name);
    return scope_of(&b, &v);
}

/* Only of these elements is the name that of a member of some context. */
static bool names_member(const struct xml_node *n)
{
    static const char *const kinds[] = {"itemComponent", "variable", "column", "output", "import"};
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (xml_is(n, kinds[i]))
            return true;
    return n->parent != NULL && n->parent->parent == NULL; /* an element of the graph */
}

static const struct xml_node *after(const struct xml_node *n)
{
    if (n->first != NULL)
        return n->first;
    while (n != NULL && n->next == NULL)
        n = n->parent;
    return n != NULL ? n->next : NULL;
}

void load_members(struct unit *u)
{
    for (const struct xml_node *n = u->document.root; n != NULL; n = after(n)) {
        struct str name = xml_attribute(n, "name");
        if (name.len > 0 && names_member(n))
            names_add_member(&u->loader->names, name);
    }
}
