/* table: rows for a reader, each column as wide as its widest text, figures to the right. A table and its
 * texts live in the arena. Strangers' bytes in it cannot steer the terminal. */
#ifndef MOSAIC_CTL_TABLE_H
#define MOSAIC_CTL_TABLE_H

#include "common/core/arena.h"

#define TABLE_COLUMNS_MAX 8

struct table {
    struct arena *arena;
    size_t columns;
    unsigned figures; /* bit i: column i holds figures */
    struct str (*rows)[TABLE_COLUMNS_MAX];
    size_t count, cap;
};

/* A row of as many texts as there are columns; they are not copied. */
void table_add(struct table *t, const struct str *texts);
void table_print(const struct table *t);

/* 1234567 as 1 234 567, and as minor units 12 345.67; what is no whole number stays as it is. */
struct str figure_count(struct arena *a, struct str value);
struct str figure_minor(struct arena *a, struct str value);

#endif
