/* load_element: the elements of the requirements graph and their types. */
#include "common/dmn/load.h"

static const struct {
    const char *xml;
    const char *what;
    enum element_kind kind;
} kinds[] = {
    {"inputData", "input", ELEMENT_INPUT},
    {"decision", "decision", ELEMENT_DECISION},
    {"businessKnowledgeModel", "knowledge model", ELEMENT_KNOWLEDGE},
    {"decisionService", "decision service", ELEMENT_SERVICE},
};

static void add(struct unit *u, const struct xml_node *n, size_t kind)
{
    struct loader *l = u->loader;
    struct model *m = l->model;
    struct str name = load_name(u, n), id = xml_attribute(n, "id");
    uint32_t index = (uint32_t)m->count++;
    m->elements[index] = (struct element){.kind = kinds[kind].kind,
                                          .name = name,
                                          .id = id,
                                          .model_namespace = u->ns,
                                          .type = &type_any,
                                          .line = n->line};
    struct str place =
        arena_fmt(l->arena, "%.*s%s '%.*s'", STR_ARG(u->place), kinds[kind].what, STR_ARG(name));
    l->plans[index] = (struct plan){.unit = u, .xml = n, .place = place};
    bool is_new = true;
    if (id.len > 0)
        (void)map_put(&u->ids, id, index, &is_new);
    if (!is_new)
        finding_add(l->findings, load_severity(l), "duplicate", place, n->line,
                    "the id '%.*s' is used twice", STR_ARG(id));
    if (name.len == 0)
        finding_add(l->findings, load_severity(l), "xml", place, n->line, "it has no name");
}

static void report_same_names(struct unit *u, size_t from)
{
    struct loader *l = u->loader;
    struct map seen;
    map_init(&seen, l->arena, l->model->count - from);
    for (size_t i = from; i < l->model->count; i++) {
        bool is_new = false;
        (void)map_put(&seen, l->model->elements[i].name, i, &is_new);
        if (!is_new)
            finding_add(l->findings, load_severity(l), "duplicate", l->plans[i].place,
                        l->model->elements[i].line,
                        "another element of the model has the same name");
    }
}

static size_t count_in(const struct unit *u)
{
    size_t count = 0;
    for (size_t k = 0; u->used && k < COUNT(kinds); k++)
        count += xml_count(u->document.root, kinds[k].xml);
    return count;
}

void elements_room(struct loader *l)
{
    size_t count = 0;
    for (size_t i = 0; i < l->unit_count; i++)
        count += count_in(&l->units[i]);
    l->model->elements = arena_array(l->arena, count, sizeof *l->model->elements);
    l->plans = arena_array(l->arena, count, sizeof *l->plans);
}

void elements_collect(struct unit *u)
{
    size_t from = u->loader->model->count;
    for (const struct xml_node *n = u->document.root->first; n != NULL; n = n->next)
        for (size_t k = 0; k < COUNT(kinds); k++)
            if (xml_is(n, kinds[k].xml))
                add(u, n, k);
    report_same_names(u, from);
}

static const struct type *typeref_of(struct plan *p, const struct xml_node *n)
{
    if (n == NULL)
        return NULL;
    struct marks mark = load_mark(p->unit->loader);
    const struct type *t = load_typeref(p->unit, xml_attribute(n, "typeRef"), p->place, n->line);
    (void)load_failed_since(p->unit->loader, mark);
    return t;
}

/* A variable's type; where it says none, that of the expression. */
static const struct type *value_type(struct plan *p)
{
    const struct type *t = typeref_of(p, xml_child(p->xml, "variable"));
    if (t == NULL)
        t = typeref_of(p, boxed_expression_in(p->xml));
    return t != NULL ? t : &type_any;
}

/* What a function gives. Its variable's type is a function's; models of older versions write the result's there. */
static const struct type *result_type(const struct type *t)
{
    if (t == NULL)
        return &type_any;
    return t->kind == TYPE_FUNCTION ? t->element : t;
}

static struct function *function_of(struct loader *l, const struct element *el,
                                    const struct parameter *parameters, size_t count,
                                    const struct type *result)
{
    struct function *f = arena_alloc(l->arena, sizeof *f);
    *f = (struct function){.name = el->name,
                           .parameters = parameters,
                           .parameter_count = count,
                           .result = load_is_free(result) ? NULL : result};
    return f;
}

static const struct type *function_type(struct loader *l, const struct parameter *parameters,
                                        size_t count, const struct type *result)
{
    struct type *t = arena_alloc(l->arena, sizeof *t);
    struct field *fields = arena_array(l->arena, count, sizeof *fields);
    for (size_t i = 0; i < count; i++)
        fields[i] = (struct field){parameters[i].name, parameters[i].type};
    *t = (struct type){.kind = TYPE_FUNCTION,
                       .fields = fields,
                       .field_count = count,
                       .element = result};
    return t;
}

/* The parameters as the logic names them; a type not said there is taken from the variable's function type. */
static struct parameter *parameters_of(struct plan *p, const struct xml_node *logic,
                                       const struct type *whole, size_t *ret_count)
{
    struct loader *l = p->unit->loader;
    size_t count = xml_count(logic, "formalParameter");
    struct parameter *parameters = arena_array(l->arena, count, sizeof *parameters);
    if (count > LOAD_PARTS_MAX)
        load_limit(l, p->place, logic->line, "it has more than 1,000 parameters");
    for (const struct xml_node *n = xml_child(logic, "formalParameter"); n != NULL;
         n = xml_again(n)) {
        const struct type *t = typeref_of(p, n);
        size_t i = (*ret_count)++;
        if (t == NULL && whole != NULL && whole->kind == TYPE_FUNCTION && i < whole->field_count)
            t = whole->fields[i].type;
        parameters[i] = (struct parameter){load_name(p->unit, n), t != NULL ? t : &type_any};
    }
    return parameters;
}

static void knowledge_type(struct plan *p, struct element *el)
{
    struct loader *l = p->unit->loader;
    const struct xml_node *logic = xml_child(p->xml, "encapsulatedLogic");
    const struct type *whole = typeref_of(p, xml_child(p->xml, "variable"));
    const struct type *result = result_type(whole);
    struct parameter *parameters = NULL;
    size_t count = 0;
    if (logic != NULL) {
        if (whole == NULL)
            whole = typeref_of(p, logic);
        parameters = parameters_of(p, logic, whole, &count);
        if (result->kind == TYPE_ANY)
            result = result_type(whole);
        if (result->kind == TYPE_ANY) {
            const struct type *t = typeref_of(p, boxed_expression_in(logic));
            result = t != NULL ? t : result;
        }
    }
    el->function = function_of(l, el, parameters, count, result);
    el->type = function_type(l, parameters, count, result);
}

/* After graph_requirements has found what it is made of. */
static void service_type(struct loader *l, struct element *el, const struct type *result)
{
    struct service *s = el->service;
    struct parameter *parameters = arena_array(l->arena, s->input_count, sizeof *parameters);
    for (size_t i = 0; i < s->input_count; i++) {
        const struct element *in = &l->model->elements[s->inputs[i]];
        parameters[i] = (struct parameter){in->name, in->type};
    }
    if (result->kind == TYPE_ANY && s->output_count == 1)
        result = l->model->elements[s->outputs[0]].type;
    el->function = function_of(l, el, parameters, s->input_count, result);
    el->function->native = service_call;
    el->function->object = s;
    el->type = function_type(l, parameters, s->input_count, result);
}

void elements_types(struct loader *l)
{
    for (size_t i = 0; i < l->model->count; i++) {
        struct element *el = &l->model->elements[i];
        if (el->kind == ELEMENT_KNOWLEDGE)
            knowledge_type(&l->plans[i], el);
        else if (el->kind != ELEMENT_SERVICE)
            el->type = value_type(&l->plans[i]);
    }
    graph_requirements(l);
    for (size_t i = 0; i < l->model->count; i++) {
        struct element *el = &l->model->elements[i];
        if (el->kind == ELEMENT_SERVICE)
            service_type(l, el,
                         result_type(
                             typeref_of(&l->plans[i], xml_child(l->plans[i].xml, "variable"))));
    }
}
