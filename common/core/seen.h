/* seen: which events of an internal topic are repeats. For each source writing to one input
 * partition the highest sequence taken in so far; an event not above it has had its effect.
 * Sources are few and live as long as the struct seen, in its own arena. */
#ifndef MOSAIC_CORE_SEEN_H
#define MOSAIC_CORE_SEEN_H

#include "common/core/event.h"

struct seen_source {
    struct str name;
    struct sequence highest;
    struct sequence to_store; /* scratch of whoever stores them: see changed */
    bool changed;
    struct seen_source *next;
};

struct seen {
    struct arena arena;
    struct seen_source *first;
    struct seen_source *last_found; /* events of one source come in runs */
};

#define SEQUENCE_NONE ((struct sequence){-1, 0}) /* below every sequence */

/* A zeroed struct seen is a valid empty one. */
void seen_done(struct seen *s);
struct seen_source *seen_source(struct seen *s,
                                struct str name); /* added when it is new; the name is copied */
/* True: the event is new and now counts as taken in. False: a repeat. */
bool seen_take(struct seen_source *source, struct sequence at);

#endif
