/* parse: FEEL's grammar (DMN 1.5, 10.3.1.2), text in, tree out. Knows nothing of models or types. Depth is limited. */
#ifndef MOSAIC_DMN_PARSE_H
#define MOSAIC_DMN_PARSE_H

#include "common/dmn/ast.h"
#include "common/dmn/finding.h"
#include "common/dmn/names.h"

#define PARSE_DEPTH_MAX 300

/* NULL: a finding says what was expected, what was found, where. The text's bytes must live as long as the tree. */
struct node *parse_expression(struct arena *a, struct names *names, const struct text *text,
                              struct findings *findings);
/* What an iteration runs through: an expression, or `1..3`, which is then the range [1..3]. */
struct node *parse_iteration(struct arena *a, struct names *names, const struct text *text,
                             struct findings *findings);
/* Unary tests: a table's input cell, allowed values. Always a NODE_TESTS. */
struct node *parse_tests(struct arena *a, struct names *names, const struct text *text,
                         struct findings *findings);
/* A type as text ("list<tPerson>"), for typeRef too. */
struct type_syntax *parse_type(struct arena *a, struct names *names, const struct text *text,
                               struct findings *findings);

#endif
