/* builtin: the table of FEEL's built-in functions (DMN 1.5, 10.3.4). One row is one signature; a function with several
 * has several rows, tried in order. The table checks arguments, so that an implementation sees only what its row says;
 * it also prints the reference documentation. */
#ifndef MOSAIC_DMN_BUILTIN_H
#define MOSAIC_DMN_BUILTIN_H

#include "common/dmn/function.h"

#define BUILTIN_ARGS_MAX 8

struct builtin_parameter {
    const char *name; /* as the standard names it, for named arguments */
    const struct type *type;
    bool optional; /* may be left out at the end: the implementation then sees a smaller count */
    /* Null is handed on, also where it is left out before others; otherwise the row does not fit a null. */
    bool nullable;
};

struct builtin {
    const char *name;
    struct builtin_parameter parameters[BUILTIN_ARGS_MAX];
    const struct type *result;
    struct value (*call)(struct eval *e, const struct value *args, size_t count);
    const char *what; /* one plain sentence for the reference documentation */
    unsigned char parameter_count;
    bool variadic; /* the last parameter takes any number of arguments, at least one */
    bool impure;   /* now(), today(): never folded */
};

extern const struct builtin *const
    builtin_tables[]; /* one for each file of functions, each ended by a name NULL; then NULL */

/* The first row of that name (further rows follow it); NULL: there is no such function. */
const struct builtin *builtin_find(struct str name);
/* Which argument of a row a name stands for, from 0; SIZE_MAX: none. */
size_t builtin_parameter_named(const struct builtin *b, struct str name);
/* Finds the row that fits (arity, names, types; a singleton list stands for its element and the other way round) and
 * calls it. Null, with a note, if none does. */
struct value builtin_call(struct eval *e, const struct builtin *first, const struct str *names,
                          const struct value *args, size_t count);
void builtin_document(
    struct buf *b); /* Markdown: every function, its parameters, types and sentence */

#endif
