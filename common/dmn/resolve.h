/* resolve: the pass between parser and evaluator. Names become slots, types are inferred and checked, constants folded,
 * what names a type is looked up. After it a tree is complete and never changes. */
#ifndef MOSAIC_DMN_RESOLVE_H
#define MOSAIC_DMN_RESOLVE_H

#include "common/dmn/ast.h"
#include "common/dmn/finding.h"

struct variable {
    struct str name;
    const struct type *type; /* type_any if not known */
    enum place
        place; /* PLACE_LOCAL: its slot in this scope's frame; PLACE_GLOBAL: index of the model's element */
    uint32_t index;
    const struct scope
        *inside; /* an import: names reached by `import.name`; then it is no value itself */
};

struct scope { /* one frame (or, for globals, none) */
    const struct scope *outer;
    const struct variable *variables;
    size_t count;
    bool has_frame;          /* whether a frame stands for it at run time */
    bool is_item;            /* a filter's: also any entry of the element */
    const struct type *item; /* then: the element's type */
    const struct map *index; /* of the variables by name, where there are many; else NULL */
    const struct type
        *question; /* type of `?` where there is one (always slot 0 of its own frame); else NULL */
};

/* Finds a type by the name in a typeRef or an expression; NULL: unknown. */
struct type_names {
    const struct type *(*find)(const void *context, struct str name);
    const void *context;
};

struct resolver {
    struct arena *arena;
    const struct type_names *types;
    struct findings *findings;
    bool lenient; /* faults of type and unknown names are warnings, and give null when evaluated */
    /* The rest is the resolver's own; zero before the first call. */
    const struct text *text; /* the one being resolved, for messages */
    uint32_t depth, partials;
};

/* Returns the tree to use (folding may replace it); NULL after an error, which is in the findings.
 * Unary tests are resolved as eval_tests runs them, `?` in a frame of its own: a scope that has a `question` tells its
 * type, and if it has a frame, it is that one. */
struct node *resolve(struct resolver *r, struct node *n, const struct scope *scope);
const struct type *resolve_type(struct resolver *r, struct type_syntax *t, const struct text *text);

#endif
