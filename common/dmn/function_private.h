/* function_private: what the evaluator and the types share about functions. */
#ifndef MOSAIC_DMN_FUNCTION_PRIVATE_H
#define MOSAIC_DMN_FUNCTION_PRIVATE_H

#include "common/dmn/ast.h"
#include "common/dmn/function.h"

/* Whether the function may stand where the function type is wanted: it takes whatever the type says is handed to it, and
 * gives what the type promises. `lenient`: a function whose result is not known may give anything. */
bool function_is(const struct function *f, const struct type *t, bool lenient);

#endif
