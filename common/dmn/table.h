/* table: decision tables (DMN 1.5, chapter 8). Compiled once: a cell that only compares its input with constants
 * becomes a plain comparison; everything else stays an expression. In the model's arena. */
#ifndef MOSAIC_DMN_TABLE_H
#define MOSAIC_DMN_TABLE_H

#include "common/dmn/ast.h"

enum hit_policy {
    HIT_UNIQUE,
    HIT_ANY,
    HIT_FIRST,
    HIT_PRIORITY,
    HIT_RULE_ORDER,
    HIT_OUTPUT_ORDER,
    HIT_COLLECT
};
enum aggregation { AGGREGATE_LIST, AGGREGATE_SUM, AGGREGATE_COUNT, AGGREGATE_MIN, AGGREGATE_MAX };

struct table_input {
    struct str label; /* the expression's text, for people */
    struct node *expression;
    struct node *allowed; /* inputValues, tests; or NULL */
    const struct type *type;
};

struct table_output {
    struct str name;          /* empty with a single output */
    struct node *allowed;     /* outputValues, in order of priority; or NULL */
    struct value *priorities; /* the values of `allowed`, in order */
    size_t priority_count;
    struct node *otherwise; /* defaultOutputEntry, or NULL */
    const struct type *type;
};

struct table_rule {
    struct node **tests;   /* one NODE_TESTS for each input */
    struct node **outputs; /* one for each output */
    struct str *annotations;
    uint32_t line;
};

struct fast_table; /* table_fast.c: columns of plain comparisons; NULL where it does not pay */

struct table {
    struct str name; /* of the decision or knowledge model */
    enum hit_policy policy;
    enum aggregation aggregation;
    struct table_input *inputs;
    struct table_output *outputs;
    struct table_rule *rules;
    size_t input_count, output_count, rule_count;
    struct str *annotation_names;
    size_t annotation_count;
    struct fast_table *fast;
    const struct text *text;
};

struct eval;
/* Input expressions are evaluated in `f`; each test in a frame above it whose slot 0 is `?`. */
struct value table_eval(struct eval *e, const struct table *t, struct frame *f);
void table_compile(struct arena *a, struct table *t); /* after the resolver */

#endif
