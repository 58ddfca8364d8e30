/* load_service: a decision service is called with its own inputs only (DMN 1.5, 10.4), so that an input its decisions
 * need and it does not declare is always null in it. */
#include "common/dmn/load.h"

#define STEPS_MAX 10000000 /* over all services; what is beyond stays unchecked */

struct walk {
    struct loader *l;
    uint32_t *seen; /* the number of the service that saw the element last */
    uint32_t *stack;
    size_t depth, steps;
    uint32_t number;
};

static void see(struct walk *w, uint32_t index)
{
    w->steps++;
    if (w->seen[index] == w->number)
        return;
    w->seen[index] = w->number;
    w->stack[w->depth++] = index;
}

static void missing(struct walk *w, uint32_t service, uint32_t input)
{
    struct loader *l = w->l;
    struct str name = l->model->elements[input].name;
    finding_add(l->findings, FINDING_WARNING, "service", l->plans[service].place,
                l->model->elements[service].line,
                "its decisions need the input '%.*s', which is none of the service's inputs: in it "
                "'%.*s' is always null",
                STR_ARG(name), STR_ARG(name));
}

static void check(struct walk *w, uint32_t service)
{
    const struct service *s = w->l->model->elements[service].service;
    w->number++;
    for (size_t i = 0; i < s->input_count; i++)
        see(w, s->inputs[i]);
    w->depth = 0; /* what is given is not looked behind */
    for (size_t i = 0; i < s->output_count; i++)
        see(w, s->outputs[i]);
    while (w->depth > 0 && w->steps < STEPS_MAX) {
        uint32_t top = w->stack[--w->depth];
        const struct plan *p = &w->l->plans[top];
        enum element_kind kind = w->l->model->elements[top].kind;
        if (kind == ELEMENT_INPUT)
            missing(w, service, top);
        for (size_t i = 0; kind == ELEMENT_DECISION && i < p->need_count; i++)
            see(w, p->needs[i]);
    }
}

void services_check(struct loader *l)
{
    size_t count = l->model->count;
    struct walk w = {.l = l,
                     .seen = arena_array(l->arena, count, sizeof *w.seen),
                     .stack = arena_array(l->arena, count, sizeof *w.stack)};
    for (size_t i = 0; i < count && w.steps < STEPS_MAX; i++)
        if (l->model->elements[i].kind == ELEMENT_SERVICE)
            check(&w, (uint32_t)i);
}
