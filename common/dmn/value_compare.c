/* value_compare: equality, identity and order of values (DMN 1.5, Table 50 and onwards).
 * Lists can be nested deeply and hold the same list many times over, so that comparing is limited in depth and in
 * steps; beyond the limits nothing is known. */
#include "common/dmn/value.h"

#define DEPTH_MAX 500
#define STEPS_MAX 4000000
#define BYTES_PER_STEP 1024 /* of strings */

struct compare {
    bool exact; /* is(): zones and fractions of seconds count, and nothing is unknown */
    uint32_t steps;
};

static enum truth equal(struct compare *c, const struct value *a, const struct value *b,
                        uint32_t depth);

static enum truth truth_of(bool b)
{
    return b ? TRUTH_YES : TRUTH_NO;
}

/* No as soon as one part differs; unknown if one part is. */
static enum truth both(enum truth a, enum truth b)
{
    if (a == TRUTH_NO || b == TRUTH_NO)
        return TRUTH_NO;
    return a == TRUTH_YES && b == TRUTH_YES ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth lists_equal(struct compare *c, const struct list *a, const struct list *b,
                              uint32_t depth)
{
    enum truth t = TRUTH_YES;
    if (a->count != b->count)
        return TRUTH_NO;
    for (size_t i = 0; i < a->count && t != TRUTH_NO; i++)
        t = both(t, equal(c, &a->items[i], &b->items[i], depth + 1));
    return t;
}

static enum truth contexts_equal(struct compare *c, const struct context *a,
                                 const struct context *b, uint32_t depth)
{
    enum truth t = TRUTH_YES;
    if (a->count != b->count)
        return TRUTH_NO;
    for (size_t i = 0; i < a->count && t != TRUTH_NO; i++) {
        const struct value *other = context_get(b, a->entries[i].name);
        c->steps += (uint32_t)(b->count < STEPS_MAX ? b->count : STEPS_MAX);
        if (other == NULL)
            return TRUTH_NO;
        t = both(t, equal(c, &a->entries[i].value, other, depth + 1));
    }
    return t;
}

static enum truth ranges_equal(struct compare *c, const struct range *a, const struct range *b,
                               uint32_t depth)
{
    if (a->form != b->form || a->low_closed != b->low_closed || a->high_closed != b->high_closed ||
        a->has_low != b->has_low || a->has_high != b->has_high)
        return TRUTH_NO;
    return both(equal(c, &a->low, &b->low, depth + 1), equal(c, &a->high, &b->high, depth + 1));
}

static bool same_zone(const struct moment *a, const struct moment *b)
{
    if (a->zone_kind != b->zone_kind)
        return false;
    switch (a->zone_kind) {
    case ZONE_NONE: return true;
    case ZONE_OFFSET: return a->offset == b->offset;
    case ZONE_NAMED: return str_eq(zone_name(a->zone), zone_name(b->zone));
    }
    return false;
}

static nanos_t instant(enum value_kind kind, const struct moment *m)
{
    return kind == VALUE_TIME ? time_instant(m) : moment_instant(m);
}

static int64_t whole_seconds(nanos_t n)
{
    return (int64_t)(n / NANOS_PER_SECOND - (n % NANOS_PER_SECOND < 0));
}

/* The kit's 0068 has moments equal that differ by less than a second: `=` is about their `second`. */
static enum truth moments_equal(const struct compare *c, enum value_kind kind,
                                const struct moment *a, const struct moment *b)
{
    if (c->exact)
        return truth_of(a->day == b->day && a->nanos == b->nanos && same_zone(a, b));
    if ((a->zone_kind == ZONE_NONE) != (b->zone_kind == ZONE_NONE))
        return TRUTH_UNKNOWN;
    return truth_of(whole_seconds(instant(kind, a)) == whole_seconds(instant(kind, b)));
}

static enum truth same_kind_equal(struct compare *c, const struct value *a, const struct value *b,
                                  uint32_t depth)
{
    switch (a->kind) {
    case VALUE_NULL: return TRUTH_YES;
    case VALUE_BOOLEAN: return truth_of(a->boolean == b->boolean);
    case VALUE_NUMBER: return truth_of(number_cmp(a->number, b->number) == 0);
    case VALUE_STRING:
        c->steps += (uint32_t)(a->string.len / BYTES_PER_STEP % STEPS_MAX);
        return truth_of(str_eq(a->string, b->string));
    case VALUE_DATE: return truth_of(a->day == b->day);
    case VALUE_TIME:
    case VALUE_DATE_TIME: return moments_equal(c, a->kind, a->moment, b->moment);
    case VALUE_DAYS: return truth_of(a->days == b->days);
    case VALUE_MONTHS: return truth_of(a->months == b->months);
    case VALUE_LIST: return lists_equal(c, a->list, b->list, depth);
    case VALUE_CONTEXT: return contexts_equal(c, a->context, b->context, depth);
    case VALUE_RANGE: return ranges_equal(c, a->range, b->range, depth);
    case VALUE_FUNCTION: return c->exact ? truth_of(a->function == b->function) : TRUTH_UNKNOWN;
    }
    return TRUTH_UNKNOWN;
}

static enum truth equal(struct compare *c, const struct value *a, const struct value *b,
                        uint32_t depth)
{
    if (depth > DEPTH_MAX || ++c->steps > STEPS_MAX)
        return TRUTH_UNKNOWN;
    if (a->kind == b->kind)
        return same_kind_equal(c, a, b, depth);
    return a->kind == VALUE_NULL || b->kind == VALUE_NULL || c->exact ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth value_equal(struct value a, struct value b)
{
    struct compare c = {.exact = false};
    return equal(&c, &a, &b, 0);
}

enum truth value_equal_counted(struct value a, struct value b, uint64_t *ret_steps)
{
    struct compare c = {.exact = false};
    enum truth t = equal(&c, &a, &b, 0);
    *ret_steps += c.steps;
    return t;
}

enum truth value_is_counted(struct value a, struct value b, uint64_t *ret_steps)
{
    struct compare c = {.exact = true};
    enum truth t = equal(&c, &a, &b, 0);
    *ret_steps += c.steps;
    return t;
}

bool value_is(struct value a, struct value b)
{
    uint64_t steps = 0;
    return value_is_counted(a, b, &steps) == TRUTH_YES;
}

static int sign_of(bool below, bool above)
{
    return below ? -1 : above;
}

static bool moments_order(enum value_kind kind, const struct moment *a, const struct moment *b,
                          int *ret)
{
    if ((a->zone_kind == ZONE_NONE) != (b->zone_kind == ZONE_NONE))
        return false;
    nanos_t x = instant(kind, a), y = instant(kind, b);
    *ret = sign_of(x<y, x> y);
    return true;
}

bool value_order(struct value a, struct value b, int *ret)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case VALUE_NUMBER: *ret = number_cmp(a.number, b.number); return true;
    case VALUE_STRING: *ret = str_cmp(a.string, b.string); return true;
    case VALUE_DATE: *ret = sign_of(a.day<b.day, a.day> b.day); return true;
    case VALUE_TIME:
    case VALUE_DATE_TIME: return moments_order(a.kind, a.moment, b.moment, ret);
    case VALUE_DAYS: *ret = sign_of(a.days<b.days, a.days> b.days); return true;
    case VALUE_MONTHS: *ret = sign_of(a.months<b.months, a.months> b.months); return true;
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_LIST:
    case VALUE_CONTEXT:
    case VALUE_RANGE:
    case VALUE_FUNCTION: return false;
    }
    return false;
}

/* Whether v lies on the right side of an end; an end that is null bounds nothing. */
static enum truth end_holds(bool there, struct value end, bool closed, struct value v, int side)
{
    int order;
    if (!there || is_null(end))
        return TRUTH_YES;
    if (!value_order(v, end, &order))
        return TRUTH_UNKNOWN;
    return truth_of(order == 0 ? closed : (order < 0) == (side < 0));
}

enum truth range_holds(const struct range *r, struct value v)
{
    if (r->form == RANGE_EQUAL)
        return value_equal(v, r->low);
    if (is_null(v))
        return TRUTH_UNKNOWN;
    return both(end_holds(r->has_low, r->low, r->low_closed, v, 1),
                end_holds(r->has_high, r->high, r->high_closed, v, -1));
}
