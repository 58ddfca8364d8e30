/* node: what can be asked of a tree of any kind. */
#ifndef MOSAIC_DMN_NODE_H
#define MOSAIC_DMN_NODE_H

#include "common/dmn/ast.h"

/* Whether some node stands deeper than `max` (the root is at 1), and where in the text. Not recursive itself. */
bool node_deeper_than(struct arena *a, const struct node *n, uint32_t max, uint32_t *ret_at);

#endif
