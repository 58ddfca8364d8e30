/* table_compile: what the passes that turn a table's cells into columns of plain data share. */
#ifndef MOSAIC_DMN_TABLE_COMPILE_H
#define MOSAIC_DMN_TABLE_COMPILE_H

#include "common/dmn/table_fast.h"

struct compiler {
    struct arena *arena;  /* the model's */
    struct arena scratch; /* of one column */
    struct arena work;    /* of the evaluation of cells */
    struct eval e; /* of constant cells only: it has no globals, zones or clock, and needs none */
    const struct table *t;
    struct column *column;
    size_t index;       /* of the column */
    bool *plain;        /* for each rule: its cell compares with constants of the column's kind */
    struct value *reps; /* for each region a value in it; VALUE_FUNCTION: no value lies there */
    bool *own;          /* for each region: whether it is a constant of the cell at hand */
};

static inline const struct node *compiler_cell(const struct compiler *c, size_t rule)
{
    return c->t->rules[rule].tests[c->index];
}

/* The kind of the first constant its cells compare with; COLUMN_EVALUATED: none that can be
 * looked up. COLUMN_ANY: all cells are "-". */
enum column_kind column_kind_of(const struct table *t, size_t column);
/* Whether tests compare with constants of the column's kind only. */
bool column_fits(const struct column *c, const struct node *tests);
/* Whether tests give the same wherever they are evaluated. */
bool tests_are_constant(const struct node *tests);
/* The constants of the plain cells and of inputValues, sorted, each once. */
void column_constants(struct compiler *c);
/* Fills c->own for a plain cell. */
void cell_regions(struct compiler *c, size_t rule);

#endif
