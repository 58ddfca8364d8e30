/* compare: whether a value is the one a test expects, as the kit's own runners see it. */
#ifndef MOSAIC_TCK_COMPARE_H
#define MOSAIC_TCK_COMPARE_H

#include "common/dmn/value.h"

/* Numbers may differ by less than 1e-8; lists are compared in order, contexts entry by entry; dates and times must
 * agree in their local fields and in their offset. */
bool same_value(struct value expected, struct value actual);

#endif
