/* resolve_private: the resolver's parts. Each completes one kind of node and tells its type; resolve.c dispatches. */
#ifndef MOSAIC_DMN_RESOLVE_PRIVATE_H
#define MOSAIC_DMN_RESOLVE_PRIVATE_H

#include "common/dmn/builtin.h"
#include "common/dmn/resolve.h"

#define RESOLVE_DEPTH_MAX 1000

/* Completes the node at *at, which may be replaced (folded); returns its type. `parent` inherits its marks,
 * or is NULL. */
const struct type *visit(struct resolver *r, struct node **at, const struct scope *s,
                         struct node *parent);
/* Unary tests about a value of type `question`: opens the frame of `?`. */
void visit_tests(struct resolver *r, struct node *n, const struct scope *s,
                 const struct type *question);

const struct type *visit_name(struct resolver *r, struct node *n, const struct scope *s,
                              bool callee);
const struct type *visit_question(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_path(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_filter(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_call(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_context(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_loop(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_function(struct resolver *r, struct node *n, const struct scope *s);
const struct type *visit_table(struct resolver *r, struct node *n, const struct scope *s);

/* What an operator gives, its operands already complete; says so where they cannot go together. */
const struct type *binary_type(struct resolver *r, const struct node *n);
const struct type *negate_type(struct resolver *r, const struct node *n);
void check_comparable(struct resolver *r, const struct node *at, const struct type *a,
                      const struct type *b, bool ordered);
void check_boolean(struct resolver *r, const struct node *n, const char *what);
const struct type *type_join(const struct type *a, const struct type *b);

/* The names near to `name` that are known here: "; did you mean 'x'?", or nothing. */
struct str name_suggestion(struct resolver *r, const struct scope *s, struct str name);
struct str near_name(struct resolver *r, struct str name, const struct str *known, size_t count);

/* A fault in a rule author's text: an error, or a warning if lenient. */
void fault(struct resolver *r, const char *code, const struct node *n, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
struct str type_text(struct resolver *r, const struct type *t); /* "a number", "a list<string>" */

static inline bool type_known(const struct type *t)
{
    return t->kind != TYPE_ANY && t->kind != TYPE_NULL;
}

/* The constant the node comes to, or the node itself. */
struct node *fold(struct resolver *r, struct node *n);

#endif
