/* eval_walk: going through what an iterator names, one element at a time, without making a list of a range. */
#ifndef MOSAIC_DMN_EVAL_WALK_H
#define MOSAIC_DMN_EVAL_WALK_H

#include "common/dmn/eval_private.h"

struct walk {
    const struct list *list; /* NULL: whole numbers or days from `at` to `last` */
    struct value single;     /* what is no list is walked as a list of it */
    struct list single_list;
    size_t next;
    bool days;
    int64_t at, last;
    int step; /* 1, -1, or 0 when nothing is left */
};

/* False: there is nothing that could be walked, which makes the loop null. */
bool walk_open(struct eval *e, const struct iterator *it, struct frame *f, struct walk *ret);
bool walk_next(struct walk *w, struct value *ret);

#endif
