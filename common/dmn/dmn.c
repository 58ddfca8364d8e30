/* dmn: finding elements by name, giving inputs, asking for results. */
#include "common/dmn/dmn.h"

#define IMPORT_DEPTH_MAX 16 /* models may import each other in a circle */
#define ABSENT UINT32_MAX

void eval_start(struct eval *e, struct arena *a, struct dmn_limits limits)
{
    *e = (struct eval){.arena = a, .limits = limits, .arena_start = a->used_bytes};
}

void eval_explain(struct eval *e, bool expressions)
{
    struct trace *t = arena_alloc(e->arena, sizeof *t);
    t->expressions = expressions;
    t->tables_end = &t->tables;
    t->decisions_end = &t->decisions;
    t->values_end = &t->values;
    e->explain = true;
    e->trace = t;
}

static uint32_t find_in(const struct model *m, struct str ns, struct str name, int depth)
{
    for (uint32_t i = 0; i < m->count; i++)
        if (str_eq(m->elements[i].name, name) && str_eq(m->elements[i].model_namespace, ns))
            return i;
    uint32_t found = ABSENT;
    for (size_t i = 0; i < m->import_count && found == ABSENT && depth < IMPORT_DEPTH_MAX; i++) {
        const struct model_import *im = &m->imports[i];
        size_t skip = im->name.len == 0 ? 0 : im->name.len + 1;
        bool inside = skip == 0 || (name.len > skip && str_starts(name, im->name) &&
                                    name.ptr[im->name.len] == '.');
        if (inside && str_eq(im->within, ns))
            found = find_in(m, im->ns, str_skip(name, skip), depth + 1);
    }
    return found;
}

static uint32_t find_qualified(const struct model *m, struct str name)
{
    for (uint32_t i = 0; i < m->count; i++) {
        struct str ns = m->elements[i].model_namespace;
        if (name.len > ns.len + 1 && str_starts(name, ns) && name.ptr[ns.len] == '#' &&
            str_eq(str_skip(name, ns.len + 1), m->elements[i].name))
            return i;
    }
    return ABSENT;
}

bool dmn_find(const struct model *m, struct str name, uint32_t *ret_index)
{
    uint32_t found = find_in(m, m->ns, name, 0);
    if (found == ABSENT)
        found = find_qualified(m, name);
    if (found == ABSENT)
        return false;
    *ret_index = found;
    return true;
}

/* An input that only imported models have may be given by its bare name: each of them gets it. */
static void set_by_name(struct eval *e, struct globals *g, const struct entry *input)
{
    const struct model *m = g->model;
    uint32_t index = 0;
    if (dmn_find(m, input->name, &index)) {
        if (m->elements[index].kind == ELEMENT_INPUT || m->elements[index].kind == ELEMENT_DECISION)
            globals_set(e, g, index, input->value);
        return;
    }
    for (uint32_t i = 0; i < m->count; i++)
        if (m->elements[i].kind == ELEMENT_INPUT && str_eq(m->elements[i].name, input->name))
            globals_set(e, g, i, input->value);
}

static enum dmn_status finish(const struct eval *e)
{
    return e->stopped == STOP_NOT ? DMN_OK : DMN_LIMIT;
}

static size_t parameter_of(const struct function *f, struct str name)
{
    for (size_t i = 0; i < f->parameter_count; i++)
        if (str_eq(f->parameters[i].name, name))
            return i;
    return SIZE_MAX;
}

/* A service directly: what is no parameter of it may still be an input of what it encapsulates. */
static struct value run_service(struct eval *e, const struct element *el,
                                const struct entry *arguments, size_t count)
{
    const struct service *s = el->service;
    struct globals *g = e->globals;
    for (size_t i = 0; i < count; i++) {
        size_t at = arguments[i].name.len == 0 ? i : parameter_of(el->function, arguments[i].name);
        if (at < s->input_count)
            globals_set(e, g, s->inputs[at], arguments[i].value);
        else if (arguments[i].name.len > 0)
            set_by_name(e, g, &arguments[i]);
    }
    for (size_t i = 0; i < s->input_count; i++)
        if (g->known[s->inputs[i]] == GLOBAL_NOT_YET)
            globals_set(e, g, s->inputs[i], NULL_VALUE);
    return service_outputs(e, s);
}

static struct value run_knowledge(struct eval *e, const struct element *el,
                                  const struct entry *arguments, size_t count)
{
    struct value *values = arena_array(e->arena, el->function->parameter_count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        size_t at = arguments[i].name.len == 0 ? i : parameter_of(el->function, arguments[i].name);
        if (at < el->function->parameter_count)
            values[at] = arguments[i].value;
    }
    return function_call(e, el->function, NULL, values, el->function->parameter_count);
}

enum dmn_status dmn_invoke(struct eval *e, const struct model *m, struct str name,
                           const struct entry *arguments, size_t count, struct value *ret)
{
    uint32_t index = 0;
    *ret = NULL_VALUE;
    if (!dmn_find(m, name, &index) || m->elements[index].function == NULL)
        return DMN_UNKNOWN;
    const struct element *el = &m->elements[index];
    e->globals = globals_new(e, m);
    *ret = el->kind == ELEMENT_SERVICE ? run_service(e, el, arguments, count)
                                       : run_knowledge(e, el, arguments, count);
    return finish(e);
}

enum dmn_status dmn_evaluate(struct eval *e, const struct model *m, struct str decision,
                             const struct entry *inputs, size_t input_count, struct value *ret)
{
    uint32_t index = 0;
    *ret = NULL_VALUE;
    if (!dmn_find(m, decision, &index))
        return DMN_UNKNOWN;
    if (m->elements[index].function != NULL)
        return dmn_invoke(e, m, decision, inputs, input_count, ret);
    e->globals = globals_new(e, m);
    for (size_t i = 0; i < input_count; i++)
        set_by_name(e, e->globals, &inputs[i]);
    *ret = globals_get(e, index);
    return finish(e);
}

enum dmn_status dmn_evaluate_at(struct eval *e, const struct model *m, uint32_t decision,
                                const struct value *inputs, const uint32_t *input_indexes,
                                size_t input_count, struct value *ret)
{
    *ret = NULL_VALUE;
    if (decision >= m->count)
        return DMN_UNKNOWN;
    e->globals = globals_new(e, m);
    for (size_t i = 0; i < input_count; i++)
        if (input_indexes[i] < m->count)
            globals_give(e, e->globals, input_indexes[i], &inputs[i]);
    const struct element *el = &m->elements[decision];
    *ret = el->kind == ELEMENT_SERVICE ? service_outputs(e, el->service) : globals_get(e, decision);
    return finish(e);
}
