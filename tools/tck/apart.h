/* apart: runs a number of things in a process of its own, so that one that crashes or does not end fails alone. */
#ifndef MOSAIC_TCK_APART_H
#define MOSAIC_TCK_APART_H

#include "tools/tck/run.h"

#define APART_SECONDS 60 /* for one of them */

struct apart_work {
    void (*prepare)(void *context); /* in the new process, before the first */
    enum verdict (*run)(void *context, size_t i, struct str *ret_why);
    void (*tell)(void *context, size_t i, enum verdict verdict, struct str why); /* here */
    void *context;
};

/* Runs 0 to count - 1 in order and tells of each. After one that ended its process, the others go on in the next. */
void apart_run(struct arena *a, const struct apart_work *w, size_t count);

#endif
