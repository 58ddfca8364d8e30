/* report: what came of each case: a line for people where it failed, a row in the kit's own form of results
 * ("folder","test file","case","SUCCESS|FAILURE|ERROR","message", no header), and the totals. */
#ifndef MOSAIC_TCK_REPORT_H
#define MOSAIC_TCK_REPORT_H

#include <stdio.h>

#include "tools/tck/run.h"

struct report {
    FILE *csv; /* NULL: not wanted */
    size_t passed, failed;
};

/* `path` of the test file; `why` may have several lines. */
void report_case(struct report *r, struct str path, struct str id, enum verdict verdict,
                 struct str why);

#endif
