/* run: one case of the kit on a loaded model. */
#ifndef MOSAIC_TCK_RUN_H
#define MOSAIC_TCK_RUN_H

#include "common/dmn/dmn.h"
#include "tools/tck/cases.h"

enum verdict { VERDICT_SUCCESS, VERDICT_FAILURE, VERDICT_ERROR };

struct surroundings {
    const struct zones *zones;
    struct moment now;
};

/* A case passes if all its results do. Otherwise *ret_why has a line for each result that differs: what was expected,
 * what came, and the engine's first note. VERDICT_ERROR: it could not be run. */
enum verdict run_case(struct arena *a, const struct surroundings *s, const struct model *m,
                      const struct test_case *c, struct str *ret_why);

#endif
