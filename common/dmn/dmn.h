/* dmn: the decision engine's door. Load a model once, evaluate it as often as wanted.
 *
 *   struct findings findings = {0};
 *   struct model *m = dmn_load(&arena, sources, count, &findings);
 *   eval_start(&e, &work, DMN_LIMITS);
 *   dmn_evaluate(&e, m, STR("Discount"), inputs, n, &value);
 *
 * Pure: no I/O, no clock, no global state. A loaded model never changes and is shared by threads. */
#ifndef MOSAIC_DMN_DMN_H
#define MOSAIC_DMN_DMN_H

#include "common/dmn/explain.h"
#include "common/dmn/finding.h"
#include "common/dmn/model.h"

/* Stands in every decision; to be raised when a model may come to decide otherwise than before. */
#define DMN_ENGINE_VERSION "1"

struct dmn_source {
    struct str name; /* of the file, for messages */
    struct str xml;
};

struct dmn_options {
    /* A broken expression is a warning and gives null; the rest of the model still works. */
    bool lenient;
};

/* The first source is the model; the others are those it may import, found by their namespace. NULL if there is an
 * error; warnings alone do not refuse a model. *ret_findings begins as {0}. Model and findings live in the arena; of
 * the sources only the names must live as long. Limits on size and depth hold while loading. */
struct model *dmn_load(struct arena *a, const struct dmn_source *sources, size_t count,
                       struct findings *ret_findings);
struct model *dmn_load_with(struct arena *a, const struct dmn_source *sources, size_t count,
                            struct dmn_options options, struct findings *ret_findings);

/* DMN_UNKNOWN: the model has nothing of that name or index, so the value is null. DMN_LIMIT: e->stopped says which, and
 * the value is worth nothing. */
enum dmn_status { DMN_OK, DMN_UNKNOWN, DMN_LIMIT };

/* A decision by its name, with inputs by name; a missing input is null. An element of an imported model is named
 * "import.name" or "namespace#name"; an input that only imported models have also by its bare name. A value given for a
 * decision stands in for it. A service or knowledge model is called, with the inputs as its arguments. `e` is made by
 * eval_start; after it e->notes and e->trace say why. */
enum dmn_status dmn_evaluate(struct eval *e, const struct model *m, struct str decision,
                             const struct entry *inputs, size_t input_count, struct value *ret);
/* Many evaluations of the same decision or service: find it once, set inputs by index. */
bool dmn_find(const struct model *m, struct str name, uint32_t *ret_index);
enum dmn_status dmn_evaluate_at(struct eval *e, const struct model *m, uint32_t decision,
                                const struct value *inputs, const uint32_t *input_indexes,
                                size_t input_count, struct value *ret);
/* Calls a decision service or knowledge model; arguments by name, or all with empty names by position. What is no
 * argument of a service but an input of the model is handed on as that input. */
enum dmn_status dmn_invoke(struct eval *e, const struct model *m, struct str name,
                           const struct entry *arguments, size_t count, struct value *ret);
/* Before each evaluation: the value, notes and trace live in `a` until the caller resets it. Whoever wants named zones
 * or the time sets e->zones and e->now after it. */
void eval_start(struct eval *e, struct arena *a, struct dmn_limits limits);
/* Asks for the account of why, with `expressions` each expression's value too. After eval_start. */
void eval_explain(struct eval *e, bool expressions);

#endif
