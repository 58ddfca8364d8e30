/* checks_private: what the parts of the table checks share. The constants of an input's tests cut its values into
 * regions in each of which every test gives the same; a dimension is the regions of one input. A rule is then a box:
 * for each dimension the regions where it holds. */
#ifndef MOSAIC_DMN_CHECKS_PRIVATE_H
#define MOSAIC_DMN_CHECKS_PRIVATE_H

#include "common/dmn/checks_table.h"
#include "common/dmn/eval.h"
#include "common/dmn/rule_bits.h"

struct region {
    struct value value; /* one that lies in it */
    bool other;         /* any that is none of the constants */
    bool doubtful;      /* perhaps none of its values is allowed */
};

struct dimension {
    struct str label; /* the input's expression */
    size_t *inputs;   /* the columns with that expression */
    size_t input_count;
    struct region *regions;
    size_t count; /* one, if no test tells values apart */
    bool any;     /* that one: nothing is to be said about its value */
    bool exact;   /* all allowed values are tests over constants */
    bool *known;  /* for each rule: its cell is a test over constants */
    /* For each region a set of rules: those that hold there for sure, and those that may. */
    uint64_t **sure, **may;
};

struct checker {
    struct arena *arena;  /* of this check */
    struct arena *texts;  /* of what the findings say */
    struct arena *search; /* of one search */
    struct arena *work;   /* of the evaluation of a cell */
    struct findings *findings;
    enum severity overlaps;
    const struct table *table;
    struct dimension *dimensions;
    size_t dimension_count;
    size_t words;    /* of a set of rules */
    uint64_t effort; /* words combined so far */
};

/* checks_constants.c: the constants that tests compare `?` with. False: they do other things too. */
struct constants {
    struct arena *arena;
    struct value *items;
    size_t count, cap;
    enum value_kind kind; /* VALUE_NULL until the first one is known */
    bool has_null;
};
bool constants_of_tests(struct constants *c, const struct node *tests);
/* Sorted, each once; false: some two of them cannot be ordered. */
bool constants_sort(struct constants *c);

/* checks_regions.c: the regions that sorted constants cut. */
void regions_make(struct dimension *d, struct arena *a, const struct constants *c);

/* checks_dimension.c; false: too much work. */
bool checks_dimensions(struct checker *c);

/* checks_cover.c: the search for a box that no rule of `rules` covers. */
enum cover { COVERED, UNCOVERED, COVER_TOO_MUCH };
struct cover_question {
    const uint64_t *rules; /* those that may cover */
    bool sure;             /* by what holds for sure; else by what may hold */
    size_t within;         /* only inside this rule's box; SIZE_MAX: everywhere */
    size_t *ret_at;        /* UNCOVERED: a region for each dimension */
};
enum cover cover_search(struct checker *c, const struct cover_question *q);

#endif
