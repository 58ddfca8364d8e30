/* explain: why an evaluation gave what it gave. Filled only if asked for; in the evaluation's arena. */
#ifndef MOSAIC_DMN_EXPLAIN_H
#define MOSAIC_DMN_EXPLAIN_H

#include "common/dmn/eval.h"

struct rule_trace {
    bool held;
    int failed_input; /* the first test that did not hold, -1 if all held */
    bool was_null;    /* that test gave null rather than false */
};

struct table_trace { /* one run of one decision table */
    struct table_trace *next;
    const struct table *table;
    struct value *inputs; /* one for each input column */
    struct rule_trace *rules;
    size_t input_count, rule_count;
    struct value result;
};

struct decision_trace { /* in the order they were finished */
    struct decision_trace *next;
    struct str name;
    struct value value;
};

struct value_trace { /* only if every expression was asked for */
    struct value_trace *next;
    const struct node *node;
    struct value value;
};

struct trace {
    bool expressions; /* asked for each expression's value too */
    struct table_trace *tables, **tables_end;
    struct decision_trace *decisions, **decisions_end;
    struct value_trace *values, **values_end;
};

/* As JSON: decisions with their values, tables with each rule's verdict, inputs and failed test (as written), notes. */
void explain_json(struct buf *b, const struct eval *e);

#endif
