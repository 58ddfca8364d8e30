/* value: what a FEEL expression gives (DMN 1.5, 10.3.2). Passed by value; what it points to lives in the arena of
 * the model (constants) or of the evaluation, and is never changed once made. */
#ifndef MOSAIC_DMN_VALUE_H
#define MOSAIC_DMN_VALUE_H

#include "common/core/buf.h"
#include "common/dmn/number.h"
#include "common/dmn/temporal.h"

enum value_kind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_DATE,
    VALUE_TIME,
    VALUE_DATE_TIME,
    VALUE_DAYS,   /* days and time duration */
    VALUE_MONTHS, /* years and months duration */
    VALUE_LIST,
    VALUE_CONTEXT,
    VALUE_RANGE,
    VALUE_FUNCTION,
};

struct value {
    enum value_kind kind;
    union {
        bool boolean;
        struct number number;
        struct str string; /* UTF-8 */
        int64_t day;
        const struct moment *moment; /* VALUE_TIME, VALUE_DATE_TIME */
        nanos_t days;
        int64_t months;
        const struct list *list;
        const struct context *context;
        const struct range *range;
        const struct function *function; /* common/dmn/function.h */
    };
};

struct list {
    size_t count;
    struct value *items;
};

struct entry {
    struct str name;
    struct value value;
};

struct context { /* entries in the order they were made; names are unique */
    size_t count;
    struct entry *entries;
};

/* An end that is not there (`< 5`, `>= 3`) is null and open; one written as null has has_low or has_high and bounds
 * nothing either. `(=5)` is [5..5] of the form RANGE_EQUAL, since the two are not equal to each other (the kit's
 * 0068). */
enum range_form { RANGE_INTERVAL, RANGE_EQUAL };

struct range {
    bool low_closed, high_closed;
    bool has_low, has_high; /* false: unbounded on that side */
    struct value low, high;
    enum range_form form;
};

#define NULL_VALUE ((struct value){.kind = VALUE_NULL})
struct value value_bool(bool b);
struct value value_number(struct number n);
struct value value_i64(int64_t i);
struct value value_string(struct str s);
struct value value_date(int64_t day);
struct value value_moment(struct arena *a, enum value_kind kind, struct moment m);
struct value value_days(nanos_t d);
struct value value_months(int64_t months);
struct value value_list(struct arena *a, const struct value *items,
                        size_t count); /* copies the items */
struct value value_context(struct arena *a, const struct entry *entries, size_t count);
const struct value *context_get(const struct context *c, struct str name); /* NULL: no such entry */

static inline bool is_null(struct value v)
{
    return v.kind == VALUE_NULL;
}
static inline bool is_true(struct value v)
{
    return v.kind == VALUE_BOOLEAN && v.boolean;
}
static inline bool is_false(struct value v)
{
    return v.kind == VALUE_BOOLEAN && !v.boolean;
}

/* Three-valued truth: of comparisons, which are null where kinds do not fit together. */
enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };
struct value value_truth(enum truth t);

/* `=` of 10.3.2.13, Table 54 and onwards: null equals null; different kinds are TRUTH_UNKNOWN; lists and contexts by
 * content; times and dates-times by instant (with zones) and by both being local otherwise. */
enum truth value_equal(struct value a, struct value b);
/* The same; adds to *ret_steps what it took, since a value may be large. */
enum truth value_equal_counted(struct value a, struct value b, uint64_t *ret_steps);
/* `is()`: the same in kind and in every part, zone included. */
bool value_is(struct value a, struct value b);
/* The same, counted; TRUTH_UNKNOWN where the two are too deep or too large to tell. */
enum truth value_is_counted(struct value a, struct value b, uint64_t *ret_steps);
/* For < <= > >=: false if the two cannot be ordered; otherwise *ret is below, equal to or above 0. */
bool value_order(struct value a, struct value b, int *ret);
/* Whether v lies in the range; TRUTH_UNKNOWN where an end cannot be compared with it. */
enum truth range_holds(const struct range *r, struct value v);

/* FEEL's string(): a bare string stays bare, inside lists and contexts it is quoted; null is "null". */
void value_write(struct buf *b, struct value v);
/* The same; false: v is too deep or too long for the limits of a text, and what was written is cut. */
bool value_write_whole(struct buf *b, struct value v);
/* As a FEEL literal that reads back (strings quoted, dates as date("...")), for explanations and messages. */
void value_show(struct buf *b, struct value v);
/* As JSON: numbers plain, dates and durations as strings, functions and ranges as their text. */
void value_json(struct buf *b, struct value v);
const char *value_kind_text(enum value_kind kind); /* "days and time duration" ... */

/* Arithmetic of 10.3.4.5 over all kinds (numbers, strings with +, dates and durations); NULL_VALUE where it is
 * not defined. The operator is one of + - * / and '^' for **. */
struct value value_arithmetic(struct arena *a, char op, struct value left, struct value right);
struct value value_negate(struct value v); /* likewise, of one number or duration */
/* `.year`, `.value`, `.start included` and so on (10.3.2.3, Table 65) of dates, times, durations, ranges; false: no such
 * property. */
bool value_property(struct value v, struct str name, struct value *ret);

#endif
