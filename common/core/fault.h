/* fault: what is wrong with an input, all of it at once, in words for whoever sent it.
 * The list and its texts live in the arena it was made with. */
#ifndef MOSAIC_CORE_FAULT_H
#define MOSAIC_CORE_FAULT_H

#include "common/core/arena.h"

#define FAULTS_MAX 100 /* after that one "too_many" closes the list */

struct fault {
    const char
        *code; /* snake_case, stable, static: "missing", "out_of_range", "date_unknown" ... */
    struct str pointer; /* RFC 6901 JSON pointer into the event's data; "" is the whole */
    struct str message; /* a sentence */
};

struct faults {
    struct arena *arena;
    struct fault *items;
    size_t count;
    size_t cap;
};

void faults_init(struct faults *f, struct arena *a);
void fault_add(struct faults *f, const char *code, struct str pointer, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* One sentence for an operator: the first five with code, pointer and message, and how many more there are.
 * Lives in `a`; some kilobytes at most. ptr NULL: there are none. */
struct str faults_text(struct arena *a, const struct faults *f);

#endif
