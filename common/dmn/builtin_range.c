/* builtin_range: how points and ranges lie to each other (DMN 1.5, 10.3.4.7; Allen's relations).
 * The standard gives a formula for each signature. A point p behaves in all of them as the range [p..p], and all can
 * be said with four comparisons of ends, so each relation is written once, and half of them are the mirror of the
 * other half. An end that is not there lies beyond every other. */
#include "common/dmn/builtin_private.h"

struct ends {
    struct value low, high;
    bool has_low, has_high, low_in, high_in;
};

static struct ends ends_of(struct value v)
{
    if (v.kind != VALUE_RANGE)
        return (struct ends){v, v, true, true, true, true};
    const struct range *r = v.range;
    return (struct ends){.low = r->low,
                         .high = r->high,
                         .has_low = r->has_low,
                         .has_high = r->has_high,
                         .low_in = r->has_low && r->low_closed,
                         .high_in = r->has_high && r->high_closed};
}

/* How the ends of two ranges lie, -1, 0 or 1. */
struct order {
    struct ends a, b;
    int lows;     /* a's low to b's low */
    int highs;    /* a's high to b's high */
    int high_low; /* a's high to b's low */
    int low_high; /* a's low to b's high */
};

static bool compare(struct value a, bool has_a, int beyond_a, struct value b, bool has_b,
                    int beyond_b, int *ret)
{
    if (has_a && has_b)
        return value_order(a, b, ret);
    *ret = (has_a ? 0 : beyond_a) - (has_b ? 0 : beyond_b);
    return true;
}

static bool order_of(struct value first, struct value second, struct order *o)
{
    struct ends a = ends_of(first), b = ends_of(second);
    o->a = a;
    o->b = b;
    return compare(a.low, a.has_low, -1, b.low, b.has_low, -1, &o->lows) &&
           compare(a.high, a.has_high, 1, b.high, b.has_high, 1, &o->highs) &&
           compare(a.high, a.has_high, 1, b.low, b.has_low, -1, &o->high_low) &&
           compare(a.low, a.has_low, -1, b.high, b.has_high, 1, &o->low_high);
}

static struct order mirror(const struct order *o)
{
    return (struct order){.a = o->b,
                          .b = o->a,
                          .lows = -o->lows,
                          .highs = -o->highs,
                          .high_low = -o->low_high,
                          .low_high = -o->high_low};
}

static bool starts_earlier(const struct order *o)
{
    return o->lows < 0 || (o->lows == 0 && o->a.low_in && !o->b.low_in);
}

static bool ends_later(const struct order *o)
{
    return o->highs > 0 || (o->highs == 0 && o->a.high_in && !o->b.high_in);
}

static bool is_before(const struct order *o)
{
    return o->high_low < 0 || (o->high_low == 0 && !(o->a.high_in && o->b.low_in));
}

static bool meets(const struct order *o)
{
    return o->high_low == 0 && o->a.high_in && o->b.low_in;
}

static bool overlaps(const struct order *o)
{
    struct order m = mirror(o);
    return !is_before(o) && !is_before(&m);
}

static bool overlaps_before(const struct order *o)
{
    return starts_earlier(o) && !is_before(o) && !ends_later(o);
}

static bool finishes(const struct order *o)
{
    return o->highs == 0 && o->a.high_in == o->b.high_in && !starts_earlier(o);
}

static bool starts(const struct order *o)
{
    return o->lows == 0 && o->a.low_in == o->b.low_in && !ends_later(o);
}

static bool includes(const struct order *o)
{
    struct order m = mirror(o);
    return !starts_earlier(&m) && !ends_later(&m);
}

static bool coincides(const struct order *o)
{
    return o->lows == 0 && o->highs == 0 && o->a.low_in == o->b.low_in &&
           o->a.high_in == o->b.high_in;
}

static struct value judge(struct eval *e, bool (*relation)(const struct order *), bool mirrored,
                          const struct value *args)
{
    struct order o;
    if (!order_of(args[0], args[1], &o))
        return eval_note(e, 0, "a %s and a %s, or what they hold, cannot be ordered",
                         value_kind_text(args[0].kind), value_kind_text(args[1].kind));
    if (mirrored)
        o = mirror(&o);
    return value_bool(relation(&o));
}

#define RELATION(function, relation, mirrored)                                                     \
    static struct value function(struct eval *e, const struct value *args, size_t count)           \
    {                                                                                              \
        (void)count;                                                                               \
        return judge(e, relation, mirrored, args);                                                 \
    }
RELATION(before_rows, is_before, false)
RELATION(after_fn, is_before, true)
RELATION(meets_fn, meets, false)
RELATION(met_by_fn, meets, true)
RELATION(overlaps_fn, overlaps, false)
RELATION(overlaps_before_fn, overlaps_before, false)
RELATION(overlaps_after_fn, overlaps_before, true)
RELATION(finishes_fn, finishes, false)
RELATION(finished_by_fn, finishes, true)
RELATION(includes_fn, includes, false)
RELATION(during_fn, includes, true)
RELATION(starts_fn, starts, false)
RELATION(started_by_fn, starts, true)

/* A point never coincides with a range: the standard has no such signature. */
static struct value coincides_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    if ((args[0].kind == VALUE_RANGE) != (args[1].kind == VALUE_RANGE))
        return eval_note(e, 0, "coincides() takes two points or two ranges");
    return judge(e, coincides, false, args);
}

/* Rows with ranges first: a point may be anything, so a range would pass for one. */
#define ROW(name, first, second, call, what) FUNCTION(name, type_boolean, call, what, first, second)
#define RANGE NEEDED("range", type_any_range)
#define RANGE1 NEEDED("range1", type_any_range)
#define RANGE2 NEEDED("range2", type_any_range)
#define POINT NEEDED("point", type_any)
#define POINT1 NEEDED("point1", type_any)
#define POINT2 NEEDED("point2", type_any)
#define BEFORE "Whether all of the first lies below all of the second."
#define AFTER "Whether all of the first lies above all of the second."
#define FINISHES "Whether the first ends where the second ends and does not start earlier."
#define FINISHED_BY "Whether the first ends where the second ends and does not start later."
#define INCLUDES "Whether all of the second lies in the first."
#define DURING "Whether all of the first lies in the second."
#define STARTS "Whether the first starts where the second starts and does not end later."
#define STARTED_BY "Whether the first starts where the second starts and does not end earlier."
#define COINCIDES "Whether both are the same point or range."

const struct builtin builtin_range[] = {
    ROW("before", RANGE1, RANGE2, before_rows, BEFORE),
    ROW("before", POINT, RANGE, before_rows, BEFORE),
    ROW("before", RANGE, POINT, before_rows, BEFORE),
    ROW("before", POINT1, POINT2, before_rows, BEFORE),
    ROW("after", RANGE1, RANGE2, after_fn, AFTER),
    ROW("after", POINT, RANGE, after_fn, AFTER),
    ROW("after", RANGE, POINT, after_fn, AFTER),
    ROW("after", POINT1, POINT2, after_fn, AFTER),
    ROW("meets", RANGE1, RANGE2, meets_fn,
        "Whether the first ends with the very point the second starts with."),
    ROW("met by", RANGE1, RANGE2, met_by_fn,
        "Whether the first starts with the very point the second ends with."),
    ROW("overlaps", RANGE1, RANGE2, overlaps_fn, "Whether the two have a point in common."),
    ROW("overlaps before", RANGE1, RANGE2, overlaps_before_fn,
        "Whether the first starts earlier, reaches into the second and does not end later."),
    ROW("overlaps after", RANGE1, RANGE2, overlaps_after_fn,
        "Whether the second starts earlier, reaches into the first and does not end later."),
    ROW("finishes", RANGE1, RANGE2, finishes_fn, FINISHES),
    ROW("finishes", POINT, RANGE, finishes_fn, FINISHES),
    ROW("finished by", RANGE1, RANGE2, finished_by_fn, FINISHED_BY),
    ROW("finished by", RANGE, POINT, finished_by_fn, FINISHED_BY),
    ROW("includes", RANGE1, RANGE2, includes_fn, INCLUDES),
    ROW("includes", RANGE, POINT, includes_fn, INCLUDES),
    ROW("during", RANGE1, RANGE2, during_fn, DURING),
    ROW("during", POINT, RANGE, during_fn, DURING),
    ROW("starts", RANGE1, RANGE2, starts_fn, STARTS),
    ROW("starts", POINT, RANGE, starts_fn, STARTS),
    ROW("started by", RANGE1, RANGE2, started_by_fn, STARTED_BY),
    ROW("started by", RANGE, POINT, started_by_fn, STARTED_BY),
    ROW("coincides", RANGE1, RANGE2, coincides_fn, COINCIDES),
    ROW("coincides", POINT1, POINT2, coincides_fn, COINCIDES),
    {0},
};
