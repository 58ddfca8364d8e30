/* function: values that can be called: built-in ones, those written in FEEL (closures), business knowledge models
 * and decision services. */
#ifndef MOSAIC_DMN_FUNCTION_H
#define MOSAIC_DMN_FUNCTION_H

#include "common/dmn/type.h"

struct builtin;
struct frame;
struct eval;
struct globals;

struct parameter {
    struct str name;
    const struct type *type; /* type_any if none was given */
};

/* How a decision service or an external function is called; `object` is the model's own. Never stops on errors:
 * gives null and says why by eval_note. */
typedef struct value (*native_fn)(struct eval *e, const void *object, const struct value *args,
                                  size_t count);

struct function {
    const struct builtin *builtin; /* one of builtin, body, native is there */
    const struct node *body; /* evaluated in a new frame above `outer` that holds the parameters */
    struct frame *outer;     /* what it closes over */
    struct globals
        *globals; /* and the values of the model's elements where it was made; NULL: the caller's */
    native_fn native;
    const void *object;
    struct str name;                    /* for messages; empty if it has none */
    const struct parameter *parameters; /* not of a builtin */
    size_t parameter_count;
    const struct type *result; /* coerced to; NULL: none */
};

/* Named arguments have names[i].len > 0 for all; positional ones have names NULL. Null with a note where their number or
 * names do not fit, or a value does not fit its parameter's type, to which it is coerced. */
struct value function_call(struct eval *e, const struct function *f, const struct str *names,
                           const struct value *args, size_t count);

#endif
