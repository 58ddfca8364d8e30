/* eval_private: the evaluator's parts, one file each; eval.c dispatches. All give null rather than fail. */
#ifndef MOSAIC_DMN_EVAL_PRIVATE_H
#define MOSAIC_DMN_EVAL_PRIVATE_H

#include "common/dmn/eval.h"

#define EVAL_ON_STACK 8 /* values of a short frame or list of arguments that needs no arena */

struct value eval_binary(struct eval *e, const struct node *n, struct frame *f);
struct value eval_negate(struct eval *e, const struct node *n, struct frame *f);
struct value eval_between(struct eval *e, const struct node *n, struct frame *f);
struct value eval_if(struct eval *e, const struct node *n, struct frame *f);

struct value eval_for(struct eval *e, const struct node *n, struct frame *f);
struct value eval_some(struct eval *e, const struct node *n, struct frame *f);
struct value eval_every(struct eval *e, const struct node *n, struct frame *f);

struct value eval_path(struct eval *e, const struct node *n, struct frame *f);
struct value eval_filter(struct eval *e, const struct node *n, struct frame *f);
struct value eval_item_name(struct eval *e, const struct name_node *name, struct frame *f);

struct value eval_in(struct eval *e, const struct node *n, struct frame *f);
struct value eval_test_alone(struct eval *e, const struct node *n, struct frame *f);

const char *a_kind(struct value v); /* "a number", "null": for notes */

/* A list that grows in the arena. */
struct gather {
    struct value *items;
    size_t count, cap;
};
void gather_add(struct eval *e, struct gather *g, struct value v);
struct value gather_list(struct eval *e, const struct gather *g);

#endif
