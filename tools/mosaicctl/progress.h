/* progress: a bar with a rate on a terminal, nothing where nobody looks, one line at the end.
 * Lives on the caller's stack. */
#ifndef MOSAIC_CTL_PROGRESS_H
#define MOSAIC_CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* "events published" */
    int64_t total;    /* of whatever progress_show() is given as done; 0: not known */
    bool on_terminal;
    int64_t began_us, shown_us;
};

void progress_begin(struct progress *p, const char *what, int64_t total);
void progress_show(struct progress *p, int64_t done, int64_t count); /* count: of what */
void progress_end(struct progress *p, int64_t count);

#endif
