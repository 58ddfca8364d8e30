/* type: FEEL's types and item definitions (DMN 1.5, 10.3.2.9, 7.3.2). Made at load, in the model's arena, then
 * read only. Two types may be the same and different objects: compare with type_conforms both ways. */
#ifndef MOSAIC_DMN_TYPE_H
#define MOSAIC_DMN_TYPE_H

#include <assert.h>

#include "common/dmn/value.h"

enum type_kind {
    TYPE_ANY,
    TYPE_NULL,
    TYPE_BOOLEAN,
    TYPE_NUMBER,
    TYPE_STRING,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_DATE_TIME,
    TYPE_DAYS,
    TYPE_MONTHS,
    TYPE_LIST,     /* of .element */
    TYPE_CONTEXT,  /* with .fields; more fields may be there */
    TYPE_RANGE,    /* of .element */
    TYPE_FUNCTION, /* .fields are the parameters, .element the result */
};

struct field {
    struct str name;
    const struct type *type;
};

struct node;

struct type {
    enum type_kind kind;
    struct str name; /* of the item definition, or empty */
    const struct type *element;
    const struct field *fields;
    size_t field_count;
    bool any_fields;            /* TYPE_CONTEXT, TYPE_FUNCTION written without their parts */
    const struct node *allowed; /* unary tests over `?`, or NULL: allowedValues */
    const struct node
        *constraint;         /* typeConstraint of DMN 1.5; for a list it is about the whole list */
    const struct type *base; /* the item definition it refers to, whose tests hold too; or NULL */
};

extern const struct type type_any, type_null, type_boolean, type_number, type_string, type_date,
    type_time, type_date_time, type_days, type_months, type_any_list, type_any_context,
    type_any_range, type_any_function;

/* FEEL's own names ("number", "date and time", "dateTime", "yearMonthDuration" ...); NULL if it is none. */
const struct type *type_builtin(struct str name);
const struct type *type_list_of(struct arena *a, const struct type *element);
const struct type *type_field(const struct type *t, struct str name); /* NULL if unknown */
bool type_conforms(const struct type *sub, const struct type *super); /* 10.3.2.9.3 */
void type_write(struct buf *b, const struct type *t);                 /* "list<number>" */
/* What a value shows of its type: of a list the element's type where all are the same, else Any. */
const struct type *type_of_value(struct arena *a, struct value v);

/* The kind of type that all values of a kind have. */
static inline enum type_kind type_kind_of(enum value_kind kind)
{
    static_assert((int)TYPE_NULL == (int)VALUE_NULL + 1 &&
                      (int)TYPE_MONTHS == (int)VALUE_MONTHS + 1 &&
                      (int)TYPE_FUNCTION == (int)VALUE_FUNCTION + 1,
                  "types and kinds of values are in the same order");
    return (enum type_kind)(kind + 1);
}

/* Whether coercing would surely give a value of that kind itself: a plain type, without tests. */
static inline bool type_leaves(const struct type *t, enum value_kind kind)
{
    return t->kind == type_kind_of(kind) && t->kind <= TYPE_MONTHS && t->allowed == NULL &&
           t->constraint == NULL && t->base == NULL;
}

struct eval;
/* `instance of`: kinds and parts, and the allowed values of an item definition. */
bool type_holds(struct eval *e, const struct type *t, struct value v);
/* What happens at every boundary that has a type (10.3.2.9.4): itself if it conforms, a singleton list becomes its
 * element and an element a singleton list, a date a date and time at midnight UTC, otherwise null. */
struct value type_coerce(struct eval *e, const struct type *t, struct value v);

#endif
