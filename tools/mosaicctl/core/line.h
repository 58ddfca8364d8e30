/* line: one line of an event file: is it an event from outside, and where does it belong? Pure. */
#ifndef MOSAIC_CTL_LINE_H
#define MOSAIC_CTL_LINE_H

#include "common/core/event.h"
#include "common/core/upstream.h"

struct line_event {
    struct event event;
    enum ev_type type;
    union ev_any data;    /* as far as it could be read */
    struct faults faults; /* of envelope and data: for intake to tell, not for us */
    struct str key;       /* ptr NULL: the data does not give it */
};

/* False with a sentence: no JSON object, no id, source or type, or a type that is not from outside. */
MUST_CHECK bool line_read(struct arena *a, struct str line, struct line_event *ret,
                          struct err *err);

#endif
