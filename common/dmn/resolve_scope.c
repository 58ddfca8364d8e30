/* resolve_scope: the nodes that open a frame: contexts, loops, filters, tests, tables. */
#include "common/core/map.h"
#include "common/dmn/resolve_private.h"
#include "common/dmn/table.h"

static bool is_function(const struct node *n)
{
    while (n->kind == NODE_COERCE)
        n = n->items[0];
    return n->kind == NODE_FUNCTION;
}

static void become_null(struct node *n)
{
    n->kind = NODE_CONST;
    n->value = NULL_VALUE;
    n->has_function = n->has_question = false;
}

/* A context being resolved: the scope of its entries grows with each of them. */
struct opened {
    struct scope scope;
    struct variable *variables;
    struct field *fields;
    struct map index;
};

static struct opened *open_context(struct resolver *r, const struct context_node *c,
                                   const struct scope *s)
{
    struct opened *o = arena_alloc(r->arena, sizeof *o);
    o->variables = arena_array(r->arena, c->count, sizeof *o->variables);
    o->fields = arena_array(r->arena, c->count, sizeof *o->fields);
    map_init(&o->index, r->arena, c->count);
    o->scope = (struct scope){.outer = s,
                              .variables = o->variables,
                              .has_frame = true,
                              .index = &o->index};
    return o;
}

static void make_visible(struct opened *o, size_t i, struct str name)
{
    o->scope.count = i + 1;
    if (name.ptr != NULL)
        map_put(&o->index, name, i, NULL);
}

/* An entry sees those before it; a function sees itself too, so that it may call itself. */
static void visit_entry(struct resolver *r, struct node *n, size_t i, struct opened *o)
{
    struct context_entry *entry = &n->context.entries[i];
    o->variables[i] = (struct variable){entry->name, &type_any, PLACE_LOCAL, (uint32_t)i, NULL};
    if (is_function(entry->value))
        make_visible(o, i, entry->name);
    o->variables[i].type = visit(r, &entry->value, &o->scope, n);
    make_visible(o, i, entry->name);
    o->fields[i] = (struct field){entry->name, o->variables[i].type};
}

const struct type *visit_context(struct resolver *r, struct node *n, const struct scope *s)
{
    struct context_node *c = &n->context;
    struct opened *o = open_context(r, c, s);
    for (size_t i = 0; i < c->count; i++) {
        struct str name = c->entries[i].name;
        if (name.ptr != NULL && map_get(&o->index, name) != MAP_ABSENT) {
            fault(r, "duplicate", n, "the entry '%.*s' is there twice", STR_ARG(name));
            become_null(n);
            return &type_null;
        }
        visit_entry(r, n, i, o);
        if (name.ptr == NULL) /* the result cell */
            return o->variables[i].type;
    }
    struct type *t = arena_alloc(r->arena, sizeof *t);
    *t = (struct type){.kind = TYPE_CONTEXT, .fields = o->fields, .field_count = c->count};
    return t;
}

/* Of what an iterator goes through. */
static const struct type *element_type(const struct type *t)
{
    if (t->kind == TYPE_LIST || t->kind == TYPE_RANGE)
        return t->element;
    return t->kind == TYPE_NULL ? &type_any : t;
}

static bool may_bound(const struct type *t)
{
    return !type_known(t) || t->kind == TYPE_NUMBER || t->kind == TYPE_DATE;
}

static void visit_iterator(struct resolver *r, struct node *n, size_t i, struct scope *inner)
{
    struct iterator *it = &n->loop.iterators[i];
    struct variable *variables = arena_array(r->arena, 2, sizeof *variables);
    const struct type *in = visit(r, &it->in, inner->outer, n);
    if (it->in_high != NULL) {
        const struct type *high = visit(r, &it->in_high, inner->outer, n);
        if (!may_bound(in) || !may_bound(high) ||
            (type_known(in) && type_known(high) && in->kind != high->kind))
            fault(r, "type", n, "an iteration runs between two whole numbers or two dates");
    }
    variables[0] = (struct variable){it->name, it->in_high != NULL ? in : element_type(in),
                                     PLACE_LOCAL, 0, NULL};
    variables[1] = (struct variable){STR("partial"), &type_any_list, PLACE_LOCAL, 1, NULL};
    inner->variables = variables;
    inner->count = n->kind == NODE_FOR && !str_eq(it->name, STR("partial")) ? 2 : 1;
    inner->has_frame = true;
}

const struct type *visit_loop(struct resolver *r, struct node *n, const struct scope *s)
{
    struct loop_node *l = &n->loop;
    struct scope *scopes = arena_array(r->arena, l->count, sizeof *scopes);
    for (size_t i = 0; i < l->count; i++) {
        scopes[i].outer = i == 0 ? s : &scopes[i - 1];
        visit_iterator(r, n, i, &scopes[i]);
    }
    uint32_t partials = r->partials;
    const struct type *body = visit(r, &l->body, l->count > 0 ? &scopes[l->count - 1] : s, n);
    l->uses_partial = r->partials != partials;
    if (n->kind == NODE_FOR)
        return type_list_of(r->arena, body);
    check_boolean(r, l->body, "the condition after 'satisfies'");
    return &type_boolean;
}

const struct type *visit_filter(struct resolver *r, struct node *n, const struct scope *s)
{
    const struct type *list = visit(r, &n->items[0], s, n);
    const struct type *item = list->kind == TYPE_LIST ? list->element
                              : type_known(list)      ? list
                                                      : &type_any;
    struct variable variable = {STR("item"), item, PLACE_LOCAL, 0, NULL};
    struct scope inner = {.outer = s,
                          .variables = &variable,
                          .count = 1,
                          .has_frame = true,
                          .is_item = true,
                          .item = item};
    const struct type *by = visit(r, &n->items[1], &inner, n);
    if (by->kind == TYPE_NUMBER)
        return item;
    if (by->kind == TYPE_BOOLEAN)
        return type_list_of(r->arena, item);
    if (type_known(by))
        fault(r, "type", n->items[1], "a filter is a condition or a position, not %.*s",
              STR_ARG(type_text(r, by)));
    return &type_any;
}

/* Types a test can be about `?`: its own, a range or a list of it, a condition. */
static void check_test(struct resolver *r, const struct node *test, const struct type *question)
{
    const struct type *t = test->items[0]->type;
    if (test->op != OP_EQ) {
        check_comparable(r, test, question, t, test->op != OP_NE);
        return;
    }
    if (t->kind == TYPE_RANGE && question->kind != TYPE_RANGE)
        check_comparable(r, test, question, t->element, true);
    else if (t->kind == TYPE_LIST || t->kind == TYPE_FUNCTION ||
             (t->kind == TYPE_BOOLEAN && test->items[0]->kind != NODE_CONST))
        return;
    else
        check_comparable(r, test, question, t, false);
}

void visit_tests(struct resolver *r, struct node *n, const struct scope *s,
                 const struct type *question)
{
    struct scope inner = {.outer = s, .has_frame = true, .question = question};
    n->type = &type_boolean;
    for (size_t i = 0; i < n->tests.count; i++) {
        struct node *test = n->tests.tests[i];
        if (test->kind == NODE_TESTS) {
            visit_tests(r, test, &inner, question);
        } else {
            test->type = &type_boolean;
            visit(r, &test->items[0], &inner, test);
            check_test(r, test, question);
        }
        n->has_function |= test->has_function;
    }
}

/* Tests that belong to the node and are evaluated in a frame above its own. */
static void visit_tests_of(struct resolver *r, struct node *tests, const struct scope *s,
                           const struct type *question, struct node *parent)
{
    if (tests == NULL || tests->kind != NODE_TESTS)
        return;
    visit_tests(r, tests, s, question);
    parent->has_function |= tests->has_function;
}

static void visit_rule(struct resolver *r, struct node *n, const struct scope *s,
                       struct table_rule *rule)
{
    const struct table *t = n->table;
    for (size_t i = 0; i < t->input_count; i++)
        visit_tests_of(r, rule->tests[i], s, t->inputs[i].type, n);
    for (size_t i = 0; i < t->output_count; i++) {
        if (rule->outputs[i] == NULL)
            continue;
        const struct type *given = visit(r, &rule->outputs[i], s, n), *wanted = t->outputs[i].type;
        if (wanted != NULL && type_known(given) && type_known(wanted) &&
            given->kind != wanted->kind && given->kind != TYPE_LIST && wanted->kind != TYPE_LIST &&
            !(given->kind == TYPE_DATE && wanted->kind == TYPE_DATE_TIME))
            fault(r, "type", rule->outputs[i], "%.*s is given where the output wants %.*s",
                  STR_ARG(type_text(r, given)), STR_ARG(type_text(r, wanted)));
    }
}

const struct type *visit_table(struct resolver *r, struct node *n, const struct scope *s)
{
    struct table *t = n->table;
    for (size_t i = 0; i < t->input_count; i++) {
        const struct type *type = visit(r, &t->inputs[i].expression, s, n);
        if (t->inputs[i].type == NULL)
            t->inputs[i].type = type;
        visit_tests_of(r, t->inputs[i].allowed, s, t->inputs[i].type, n);
    }
    for (size_t i = 0; i < t->output_count; i++) {
        const struct type *type = t->outputs[i].type != NULL ? t->outputs[i].type : &type_any;
        visit_tests_of(r, t->outputs[i].allowed, s, type, n);
        if (t->outputs[i].otherwise != NULL)
            visit(r, &t->outputs[i].otherwise, s, n);
    }
    for (size_t i = 0; i < t->rule_count; i++)
        visit_rule(r, n, s, &t->rules[i]);
    return n->type != NULL ? n->type : &type_any;
}
