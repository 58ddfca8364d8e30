/* near: which of the known names somebody may have meant by one that is not known.
 * Names are borrowed while the search lasts; the case of letters does not count. */
#ifndef MOSAIC_CORE_NEAR_H
#define MOSAIC_CORE_NEAR_H

#include "common/core/str.h"

#define NEAR_MAX_BYTES 64 /* nothing is near to a longer name */

struct near {
    struct str name;
    struct str best; /* ptr NULL: none so far is near enough */
    size_t distance;
};

/* The longer the name, the more of it may be wrong: a third and one byte, but a word of two not at all. */
struct near near_begin(struct str name);
void near_try(struct near *n, struct str known); /* the first of equally near ones stays */

#endif
