/* table_private: one run of a table, shared by table.c (the order of things), table_hits.c (what a hit policy makes of
 * the rules that hold) and table_fast.c (which rules hold, by plain comparisons). */
#ifndef MOSAIC_DMN_TABLE_PRIVATE_H
#define MOSAIC_DMN_TABLE_PRIVATE_H

#include "common/dmn/explain.h"
#include "common/dmn/rule_bits.h"

struct table_run {
    struct eval *e;
    const struct table *t;
    struct frame *f;
    struct value *inputs;     /* one for each column */
    uint64_t *hits;           /* the rules that hold, a bit each */
    size_t words;             /* of hits */
    struct rule_trace *trace; /* one for each rule, or NULL: nobody asked why */
};

/* The first rule of the set at or after `from`; the table's rule_count if there is none. */
size_t rule_next(const struct table_run *r, size_t from);
/* Says in the trace that a rule failed at a column. */
void rule_failed(struct table_run *r, size_t rule, size_t column, bool was_null);

/* Whether a column's value is one of its inputValues: each element if it is a list. */
bool input_allowed(struct eval *e, const struct table_input *input, struct value v,
                   struct frame *f);
/* A rule's outputs as one value; false: one of them is not allowed, with a note. */
bool rule_output(struct table_run *r, size_t rule, struct value *ret);
struct value outputs_value(struct arena *a, const struct table *t, const struct value *outputs);
/* What the hit policy makes of the rules that hold. */
struct value hits_value(struct table_run *r);

/* Finds the rules that hold, one cell after the other. */
void rules_by_cells(struct table_run *r);

/* The same by comparisons; false: a value is not allowed in column *ret_column. */
bool rules_by_columns(struct table_run *r, size_t *ret_column);
/* A rule's outputs where they are constant and allowed; NULL: to be evaluated. */
const struct value *fast_output(const struct fast_table *fast, size_t rule);

#endif
