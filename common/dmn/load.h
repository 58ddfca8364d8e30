/* load: what the files of the loader share. Loading goes through the sources in these steps:
 *   load.c          reads the files, follows imports, gives each model its unit
 *   load_type.c     item definitions to types; load_typeref.c typeRefs to them; load_tests.c their allowed values
 *   load_element.c  inputs, decisions, knowledge models and services, with their types
 *   load_graph.c    requirements between them; cycles; the order to work in
 *   load_scope.c    which names an expression sees
 *   load_service.c  whether decision services have all the inputs they need
 *   load_logic.c    each element's logic, parsed and resolved
 *   load_boxed*.c   boxed expressions to nodes; load_table.c decision tables
 *   load_priority.c the order of a table's outputs, when everything is resolved
 * A struct loader lives as long as one dmn_load; all else is in the model's arena. */
#ifndef MOSAIC_DMN_LOAD_H
#define MOSAIC_DMN_LOAD_H

#include "common/core/buf.h"
#include "common/core/map.h"
#include "common/dmn/dmn.h"
#include "common/dmn/names.h"
#include "common/dmn/parse.h"
#include "common/dmn/table.h"
#include "common/dmn/xml.h"

/* No model that people write comes near these; they keep one made to harm from taking minutes or gigabytes. */
#define LOAD_TEXT_MAX ((size_t)256 << 10)  /* bytes of one expression */
#define LOAD_BYTES_MAX ((size_t)512 << 20) /* of memory, for the whole model */
#define LOAD_NEEDS_MAX 1000                /* requirements of one element */
#define LOAD_PARTS_MAX 1000                /* entries of a context, parameters, columns */

struct unit;

struct definition { /* a top-level item definition */
    struct str name;
    const struct xml_node *xml;
    struct type *type;    /* filled in steps */
    struct field *fields; /* of a structure, filled last, since it may hold itself */
    enum { SHAPE_NOT, SHAPE_BEGUN, SHAPE_DONE } shape;
};

struct import {
    struct str name; /* empty: a default import (DMN 1.5, 6.3.3) */
    struct unit *unit;
};

struct pending_tests { /* allowed values, to be parsed when all types are known */
    const struct xml_node *xml;
    struct type *type;
    struct str place;
    bool constraint;
};

struct unit { /* one model file that is used */
    struct loader *loader;
    struct xml_document document;
    struct str ns, name, place; /* place: begins each place in findings; empty for the first unit */
    struct import *imports;
    size_t import_count;
    struct definition *definitions;
    size_t definition_count;
    struct map definition_index;
    struct pending_tests *tests;
    size_t test_count, test_cap;
    struct type_names types;
    struct map ids; /* an element's id to its index in the model */
    bool used;
};

struct plan { /* one element while it is made, beside model->elements */
    struct unit *unit;
    const struct xml_node *xml;
    struct str place;
    uint32_t
        *needs; /* requirements, as indexes; of a service its outputs and encapsulated decisions */
    size_t need_count, need_cap;
};

struct pending_table {
    struct table *table;
    const struct type **expected; /* of each output, as the typeRefs say; NULL: nothing said */
};

struct loader {
    struct arena *arena;
    struct findings *findings;
    struct dmn_options options;
    struct names names;
    struct model *model;
    struct unit *units;
    size_t unit_count;
    struct plan *plans;
    struct pending_table *tables; /* every table met, to be compiled and checked */
    size_t table_count, table_cap;
    size_t circles;     /* reported */
    size_t arena_start; /* arena->used_bytes at the beginning */
    bool stopped;       /* by a limit */
};

/* Of what is wrong with one element: then the rest of a leniently loaded model still works. */
static inline enum severity load_severity(const struct loader *l)
{
    return l->options.lenient ? FINDING_WARNING : FINDING_ERROR;
}

/* A finding that no lenience forgives; nothing more is parsed after it. */
void load_limit(struct loader *l, struct str place, uint32_t line, const char *sentence);
/* Whether more may be parsed: no limit was reached and there is memory left. */
bool load_may_go_on(struct loader *l, struct str place, uint32_t line);
/* Any, and no allowed values either: nothing to coerce to. */
static inline bool load_is_free(const struct type *t)
{
    return t->kind == TYPE_ANY && t->allowed == NULL && t->constraint == NULL && t->base == NULL;
}

/* An array in the arena with room for one more; the new place is zeroed. */
void *load_push(struct arena *a, void *items, size_t *count, size_t *cap, size_t bytes);
struct str load_name(struct unit *u, const struct xml_node *n); /* its name attribute, normalised */

/* load_type.c, load_tests.c */
void types_collect(struct unit *u);
void types_shape(struct unit *u);
void types_fill(struct unit *u);
void types_tests(struct unit *u);
void load_test_later(struct unit *u, const struct xml_node *xml, struct type *t, struct str place);
/* load_typeref.c: a typeRef's type; NULL and a finding if there is none such, NULL for an empty ref. */
const struct type *load_typeref(struct unit *u, struct str ref, struct str place, uint32_t line);
struct definition *load_definition(struct unit *u, struct str name); /* own or imported; NULL */
const struct type *load_type_find(const void *unit, struct str name);

/* load_element.c */
void elements_room(struct loader *l);
void elements_collect(struct unit *u);
void elements_types(struct loader *l);
/* load_graph.c */
void graph_requirements(struct loader *l); /* called by elements_types */
uint32_t *graph_order(struct loader *l);   /* what is needed before what needs it; reports cycles */
void services_check(struct loader *l);     /* load_service.c */
/* load_scope.c: the names element `index` may use, also put before the parser (names_pop undoes that). */
struct scope *load_scope(struct loader *l, uint32_t index);
void load_members(struct unit *u); /* makes component and entry names known to the parser */
/* load_logic.c */
void load_logic(struct loader *l, uint32_t index);
/* Errors found since `from` become warnings where loading is lenient; true if there was one. */
struct marks {
    size_t count, errors;
};
struct marks load_mark(const struct loader *l);
bool load_failed_since(struct loader *l, struct marks from);

/* load_boxed.c: while one expression is made. */
struct boxed {
    struct loader *loader;
    struct unit *unit;
    struct str name;           /* of the element, for tables */
    struct str place;          /* "decision 'X', entry 'Y'" */
    const struct type *result; /* of the whole logic, where this is all of it; else NULL */
    bool iterated;             /* what a boxed iterator runs through: a text may be `1..3` */
};
bool boxed_is_expression(const struct xml_node *n);
const struct xml_node *boxed_expression_in(const struct xml_node *n); /* its first one; NULL */
/* A node; after a fault (a finding says it) the null constant. */
struct node *boxed_node(struct boxed b, const struct xml_node *n);
struct node *boxed_text(struct boxed b,
                        const struct xml_node *n); /* its <text>, as an expression */
/* Its <text>, as unary tests; NULL after a fault. */
struct node *boxed_tests(struct boxed b, const struct xml_node *n);
struct node *boxed_null(struct loader *l);
struct node *boxed_coerce(struct boxed b, struct node *n, struct str ref, uint32_t line);
struct node *boxed_function(struct boxed b, const struct xml_node *n);
/* Whether a function is not written in FEEL (Java, PMML): then it gives null, and a finding says so. */
bool boxed_is_external(struct boxed b, const struct xml_node *function);
struct text *boxed_text_of(struct boxed b, const struct xml_node *n);
struct boxed boxed_inside(struct boxed b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct node *boxed_table(struct boxed b, const struct xml_node *n); /* load_table.c */
void tables_priorities(struct loader *l); /* load_priority.c; after the resolver */

#endif
