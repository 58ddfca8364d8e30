/* load_graph: which element needs which (DMN 1.5, 6.2), circles among them, and the order to work in. */
#include "common/dmn/load.h"

#include <string.h>

#define CIRCLES_MAX 20 /* reported; one is enough to refuse a model */

static struct unit *unit_by_ns(struct loader *l, struct str ns)
{
    for (size_t i = 0; i < l->unit_count; i++)
        if (l->units[i].used && str_eq(l->units[i].ns, ns))
            return &l->units[i];
    return NULL;
}

/* `#id`, `namespace#id`, or a bare id. MAP_ABSENT: no such element. */
static size_t by_href(struct unit *u, struct str href)
{
    const char *hash = href.len > 0 ? memrchr(href.ptr, '#', href.len) : NULL;
    struct str id = href;
    struct unit *in = u;
    if (hash != NULL) {
        struct str ns = {href.ptr, (size_t)(hash - href.ptr)};
        id = str_skip(href, ns.len + 1);
        if (ns.len > 0)
            in = unit_by_ns(u->loader, ns);
    }
    return in != NULL ? map_get(&in->ids, id) : MAP_ABSENT;
}

static bool find_href(struct plan *p, const struct xml_node *n, uint32_t *ret)
{
    struct loader *l = p->unit->loader;
    struct str href = xml_attribute(n, "href");
    size_t index = by_href(p->unit, href);
    if (index != MAP_ABSENT) {
        *ret = (uint32_t)index;
        return true;
    }
    finding_add(l->findings, load_severity(l), "reference", p->place, n->line,
                "it refers to '%.*s', but the model has no such element", STR_ARG(href));
    return false;
}

static void need(struct plan *p, uint32_t index)
{
    if (p->need_count == LOAD_NEEDS_MAX) {
        if (!p->unit->loader->stopped)
            load_limit(p->unit->loader, p->place, p->xml->line,
                       "it has more than 1,000 requirements");
        return;
    }
    p->needs =
        load_push(p->unit->loader->arena, p->needs, &p->need_count, &p->need_cap, sizeof *p->needs);
    p->needs[p->need_count - 1] = index;
}

static void requirement(struct plan *p, const struct xml_node *n)
{
    uint32_t index = 0;
    for (const struct xml_node *c = n->first; c != NULL; c = c->next)
        if ((xml_is(c, "requiredDecision") || xml_is(c, "requiredInput") ||
             xml_is(c, "requiredKnowledge")) &&
            find_href(p, c, &index))
            need(p, index);
}

static void references(struct plan *p, const char *name, uint32_t *items, size_t *count)
{
    uint32_t index = 0;
    for (const struct xml_node *n = xml_child(p->xml, name); n != NULL; n = xml_again(n))
        if (find_href(p, n, &index))
            items[(*count)++] = index;
}

static void service_parts(struct plan *p, struct element *el)
{
    struct loader *l = p->unit->loader;
    struct service *s = arena_alloc(l->arena, sizeof *s);
    size_t inputs = xml_count(p->xml, "inputData") + xml_count(p->xml, "inputDecision");
    s->model = l->model;
    s->inputs = arena_array(l->arena, inputs, sizeof *s->inputs);
    if (inputs > LOAD_NEEDS_MAX)
        load_limit(l, p->place, p->xml->line, "the service has more than 1,000 inputs");
    s->outputs = arena_array(l->arena, xml_count(p->xml, "outputDecision"), sizeof *s->outputs);
    references(p, "inputData", s->inputs, &s->input_count);
    references(p, "inputDecision", s->inputs, &s->input_count);
    references(p, "outputDecision", s->outputs, &s->output_count);
    for (size_t i = 0; i < s->output_count; i++)
        need(p, s->outputs[i]);
    if (s->output_count == 0)
        finding_add(l->findings, load_severity(l), "service", p->place, el->line,
                    "the decision service has no output decision");
    el->service = s;
}

void graph_requirements(struct loader *l)
{
    for (size_t i = 0; i < l->model->count; i++) {
        struct plan *p = &l->plans[i];
        for (const struct xml_node *n = p->xml->first; n != NULL; n = n->next)
            if (xml_is(n, "informationRequirement") || xml_is(n, "knowledgeRequirement"))
                requirement(p, n);
        if (l->model->elements[i].kind == ELEMENT_SERVICE)
            service_parts(p, &l->model->elements[i]);
    }
}

struct walk {
    struct loader *l;
    unsigned char *state; /* 0 not seen, 1 on the path, 2 done */
    uint32_t *path;
    size_t *at; /* of each element on the path, the requirement to look at next */
    size_t depth;
    uint32_t *order;
    size_t count;
};

/* Knowledge models may call each other in a circle: then they are recursive functions. Values may not. */
static void report_circle(const struct walk *w, uint32_t back_to)
{
    struct loader *l = w->l;
    struct buf b = {.arena = l->arena};
    bool values = false;
    size_t from = w->depth;
    if (++l->circles > CIRCLES_MAX)
        return;
    while (from > 0 && w->path[from - 1] != back_to)
        from--;
    for (size_t i = from - 1; i < w->depth; i++) {
        const struct element *el = &l->model->elements[w->path[i]];
        values = values || el->kind != ELEMENT_KNOWLEDGE;
        if (i - (from - 1) < 20)
            buf_fmt(&b, "'%.*s' needs ", STR_ARG(el->name));
    }
    buf_fmt(&b, "'%.*s'", STR_ARG(l->model->elements[back_to].name));
    if (values)
        finding_add(l->findings, load_severity(l), "cycle", l->plans[back_to].place,
                    l->model->elements[back_to].line, "the requirements go in a circle: %.*s",
                    STR_ARG(buf_view(&b)));
}

static void enter(struct walk *w, uint32_t index)
{
    w->state[index] = 1;
    w->path[w->depth] = index;
    w->at[w->depth++] = 0;
}

static void step(struct walk *w)
{
    uint32_t top = w->path[w->depth - 1];
    const struct plan *p = &w->l->plans[top];
    if (w->at[w->depth - 1] == p->need_count) {
        w->state[top] = 2;
        w->order[w->count++] = top;
        w->depth--;
        return;
    }
    uint32_t next = p->needs[w->at[w->depth - 1]++];
    if (w->state[next] == 1)
        report_circle(w, next);
    else if (w->state[next] == 0)
        enter(w, next);
}

uint32_t *graph_order(struct loader *l)
{
    size_t count = l->model->count;
    struct walk w = {.l = l,
                     .state = arena_array(l->arena, count, 1),
                     .path = arena_array(l->arena, count, sizeof *w.path),
                     .at = arena_array(l->arena, count, sizeof *w.at),
                     .order = arena_array(l->arena, count, sizeof *w.order)};
    for (size_t i = 0; i < count; i++) {
        if (w.state[i] == 0)
            enter(&w, (uint32_t)i);
        while (w.depth > 0)
            step(&w);
    }
    return w.order;
}
