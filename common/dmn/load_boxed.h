/* load_boxed: the makers of boxed expressions, one for each kind. */
#ifndef MOSAIC_DMN_LOAD_BOXED_H
#define MOSAIC_DMN_LOAD_BOXED_H

#include "common/dmn/load.h"

struct node *boxed_fault(struct boxed b, const struct xml_node *n, const char *sentence);
/* Children of that name; 0 and a finding if there are too many. */
size_t boxed_count(struct boxed b, const struct xml_node *n, const char *part);
/* A node with room for so many .items. */
struct node *boxed_items(struct boxed b, enum node_kind kind, size_t count);
/* The expression inside the child `part` ("if", "in", "match" ...). */
struct node *boxed_child(struct boxed b, const struct xml_node *n, const char *part);

struct node *boxed_context(struct boxed b, const struct xml_node *n);
struct node *boxed_invocation(struct boxed b, const struct xml_node *n);
struct node *boxed_relation(struct boxed b, const struct xml_node *n);
struct node *boxed_list(struct boxed b, const struct xml_node *n);
struct node *boxed_conditional(struct boxed b, const struct xml_node *n);
struct node *boxed_filter(struct boxed b, const struct xml_node *n);
struct node *boxed_for(struct boxed b, const struct xml_node *n);
struct node *boxed_quantified(struct boxed b, const struct xml_node *n); /* some, every */

#endif
