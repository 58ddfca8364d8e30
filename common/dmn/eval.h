/* eval: the evaluator of expressions. One struct eval is one evaluation on one thread, made by eval_start (dmn.h). It
 * owns nothing; memory comes from its arena, which the caller resets. No expression can make it crash or hang: steps,
 * depth and memory are limited, and when one is reached everything gives null quickly and `stopped` says which. */
#ifndef MOSAIC_DMN_EVAL_H
#define MOSAIC_DMN_EVAL_H

#include "common/dmn/ast.h"
#include "common/dmn/function.h"

struct dmn_limits {
    uint64_t steps;      /* nodes evaluated and elements made, in one evaluation */
    uint32_t depth;      /* calls and nested expressions */
    size_t memory_bytes; /* of the arena, in one evaluation */
};
#define DMN_LIMITS                                                                                 \
    ((struct dmn_limits){.steps = 10000000, .depth = 1000, .memory_bytes = (size_t)64 << 20})

enum stop { STOP_NOT, STOP_STEPS, STOP_DEPTH, STOP_MEMORY };

struct frame { /* the variables of one scope; in the arena, since closures may outlive the scope */
    struct frame *outer;
    struct value *slots;
};

struct note { /* why something was null; the newest first */
    struct note *next;
    struct str text; /* written as a finding's sentence is */
    uint32_t at;     /* offset in the expression's text */
};

struct eval {
    struct arena *arena;
    const struct zones *zones; /* NULL: no named zones */
    const struct moment *now;  /* NULL: now() and today() are null */
    struct dmn_limits limits;
    uint64_t steps;
    uint32_t depth;
    size_t arena_start; /* arena->used_bytes when it began */
    enum stop stopped;
    bool explain; /* keep notes and trace */
    struct note *notes;
    struct trace *trace; /* common/dmn/explain.h, only if explain */
    struct globals
        *globals; /* the model's evaluation: lazily evaluated decisions; common/dmn/model.h */
};

struct value eval_node(struct eval *e, const struct node *n, struct frame *f);
/* A unary tests node against a value: true, false or null. */
struct value eval_tests(struct eval *e, const struct node *tests, struct value question,
                        struct frame *f);
/* To be asked in every loop that does not go through eval_node: counts `steps`, looks at the memory; false: stop, give
 * null. */
bool eval_may_go_on(struct eval *e, uint64_t steps);
/* Before much is allocated: whether that is within the limit; false: stop, give null. */
bool eval_has_room(struct eval *e, size_t bytes);
/* value_equal, its steps counted: a value may be large. Unknown when the evaluation has to stop. */
enum truth eval_equal(struct eval *e, struct value a, struct value b);
/* context_get, its steps counted: a context may have many entries. */
const struct value *eval_entry(struct eval *e, const struct context *c, struct str name);
/* Gives null; keeps the sentence only if explain. */
struct value eval_note(struct eval *e, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
