/* model: the decision requirements graph (DMN 1.5, chapter 6) after loading, and its evaluation. Immutable once loaded:
 * any number of threads evaluate the same model, each with its own struct eval. Lives in the loader's arena. */
#ifndef MOSAIC_DMN_MODEL_H
#define MOSAIC_DMN_MODEL_H

#include "common/dmn/eval.h"
#include "common/dmn/finding.h"
#include "common/dmn/resolve.h"

enum element_kind { ELEMENT_INPUT, ELEMENT_DECISION, ELEMENT_KNOWLEDGE, ELEMENT_SERVICE };

struct service {
    const struct model *model;
    uint32_t *outputs,
        *inputs; /* parameters, in the standard's order: input decisions after input data */
    size_t output_count, input_count;
};

struct element {
    enum element_kind kind;
    struct str name, id, model_namespace;
    const struct type *type;
    struct node *logic;        /* ELEMENT_DECISION: its expression; NULL if it has none */
    struct function *function; /* ELEMENT_KNOWLEDGE, ELEMENT_SERVICE */
    struct service *service;
    uint32_t line;
};

struct model_import {
    struct str name, ns; /* the name may be empty: a default import */
    struct str within;   /* namespace of the model that imports */
};

struct model {
    struct str name, ns;
    struct element *elements; /* of the model, then of those it imports */
    size_t count;
    struct model_import *imports;
    size_t import_count;
};

enum global_state { GLOBAL_NOT_YET, GLOBAL_KNOWN, GLOBAL_BEING_MADE };

/* The state of one evaluation: each element's value, made when it is first asked for. A decision service called from an
 * expression gets globals of its own. */
struct globals {
    const struct model *model;
    struct value *values;
    unsigned char *known; /* for each element an enum global_state */
};
/* Of e->globals. An element that needs itself is null, with a note. */
struct value globals_get(struct eval *e, uint32_t index);
/* None known yet; in e's arena. */
struct globals *globals_new(struct eval *e, const struct model *m);
/* Gives an element a value from outside: coerced to its type; null where it is not of it or not allowed. */
void globals_set(struct eval *e, struct globals *g, uint32_t index, struct value v);
/* As globals_set, without handing the value from function to function where it is plainly of its type. */
static inline void globals_give(struct eval *e, struct globals *g, uint32_t index,
                                const struct value *v)
{
    const struct element *el = &g->model->elements[index];
    if (!type_leaves(el->type, v->kind)) {
        globals_set(e, g, index, *v);
        return;
    }
    g->values[index] = *v;
    g->known[index] = GLOBAL_KNOWN;
}

/* Calls a decision service: what e->globals knows is neither used nor changed. One output is the result itself,
 * several are a context by their names. A native_fn; `object` is the struct service. */
struct value service_call(struct eval *e, const void *object, const struct value *args,
                          size_t count);

/* The results of a service by e->globals as they are. */
struct value service_outputs(struct eval *e, const struct service *s);

#endif
