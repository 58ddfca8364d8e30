/* table_fast: a table's columns as plain data. The constants a column's cells compare with cut its values into regions,
 * in each of which every cell gives the same: below the first constant, equal to it, between it and the next, and so
 * on. Which rules hold in a region is found out once, at load, by evaluating the cells there; a run looks its region
 * up and intersects sets of rules. A cell that is no comparison with constants stays an expression. */
#ifndef MOSAIC_DMN_TABLE_FAST_H
#define MOSAIC_DMN_TABLE_FAST_H

#include "common/dmn/table_private.h"

enum column_kind {
    COLUMN_EVALUATED, /* every cell is an expression */
    COLUMN_ANY,       /* every cell is "-" */
    COLUMN_NUMBER,
    COLUMN_STRING,
    COLUMN_BOOLEAN,
    COLUMN_DATE
};

/* Regions of numbers and dates: 2i lies below constant i and above the one before, 2i+1 is constant i, 2 count above
 * all. Of strings: i is constant i, count any other. Of booleans: 0 false, 1 true. The
 * last region is null. COLUMN_ANY has one region for everything. */
struct column {
    enum column_kind kind;
    size_t count;           /* constants, ascending (strings: by length, then by bytes) */
    struct number *numbers; /* of COLUMN_NUMBER */
    int64_t *scaled;        /* the same times 10^places, or NULL; of COLUMN_DATE: days */
    int places;
    struct str *strings;
    size_t regions;
    uint64_t *held;        /* for each region: the rules whose cell is true, or is an expression */
    uint64_t *unknown;     /* for each region: the rules whose cell is null */
    uint64_t *expressions; /* the rules whose cell is an expression; NULL: none */
    unsigned char
        *allowed; /* for each region; NULL: inputValues is an expression, or there is none */
};

struct fast_table {
    struct column *columns;
    const struct value **outputs; /* for each rule, or NULL where they must be evaluated */
};

#define NO_REGION SIZE_MAX

/* Where a value lies; NO_REGION: it is of another kind than the column's constants. */
size_t column_region(const struct column *c, const struct value *v);

#endif
