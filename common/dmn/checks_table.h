/* checks_table: what can be said about a decision table before it ever runs (DMN 1.5, 8.2.10, 8.2.11): rules that
 * hold together where only one may, rules that can never decide, inputs that no rule is for. Exact over the tests that
 * compare an input with constants; a cell that is any other expression may hold or not, and only what is sure is said. */
#ifndef MOSAIC_DMN_CHECKS_TABLE_H
#define MOSAIC_DMN_CHECKS_TABLE_H

#include "common/dmn/finding.h"
#include "common/dmn/table.h"

/* Work on one table: cells evaluated, and words of rule sets combined. Beyond it a warning says that the table was not
 * checked whole. */
#define CHECKS_CELLS_MAX 1000000
#define CHECKS_WORDS_MAX 30000000
#define CHECKS_INPUTS_MAX 100

/* For a resolved table. Overlaps (under UNIQUE, and under ANY with outputs that differ) have the severity `overlaps`,
 * gaps and rules that never decide are warnings. `a` keeps the texts of the findings. */
void check_table(struct arena *a, const struct table *t, enum severity overlaps,
                 struct findings *findings);

#endif
