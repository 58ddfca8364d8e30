/* checks_regions: below the first constant, equal to it, between it and the next, and so on; an example for each. */
#include "common/dmn/checks_private.h"

/* Strictly between two values, either of which may be NULL (no bound). */
static bool lies_between(const struct value *low, struct value v, const struct value *high)
{
    int order;
    if (low != NULL && (!value_order(*low, v, &order) || order >= 0))
        return false;
    return high == NULL || (value_order(v, *high, &order) && order < 0);
}

/* The integer next to one bound reads best; else the middle. */
static bool number_between(const struct value *low, const struct value *high, struct value *ret)
{
    struct number one = number_of(1), two = number_of(2), n;
    const struct value *from = low != NULL ? low : high;
    bool good = number_round(from->number, 0, low != NULL ? ROUND_FLOOR : ROUND_CEILING, &n) &&
                (low != NULL ? number_add(n, one, &n) : number_sub(n, one, &n));
    *ret = value_number(n);
    if (good && lies_between(low, *ret, high))
        return true;
    if (low == NULL || high == NULL)
        return false;
    good = number_add(low->number, high->number, &n) && number_div(n, two, &n);
    *ret = value_number(n);
    return good && lies_between(low, *ret, high);
}

/* `v` moved by a step; false where its kind has no such step. */
static bool stepped(struct arena *a, struct value v, nanos_t step, struct value *ret)
{
    bool good = true;
    switch ((int)v.kind) {
    case VALUE_DATE: *ret = value_date(v.day + (step > 0 ? 1 : -1)); return true;
    case VALUE_MONTHS: *ret = value_months(v.months + (step > 0 ? 1 : -1)); return true;
    case VALUE_DAYS: *ret = value_days(v.days + step); return true;
    case VALUE_TIME: *ret = value_moment(a, v.kind, time_add(*v.moment, step)); return true;
    case VALUE_DATE_TIME:
        *ret = value_moment(a, v.kind, moment_add(*v.moment, step, &good));
        return good;
    default: return false;
    }
}

static bool other_between(struct arena *a, const struct value *low, const struct value *high,
                          struct value *ret)
{
    static const nanos_t steps[] = {NANOS_PER_DAY, 60 * NANOS_PER_SECOND, NANOS_PER_SECOND, 1};
    const struct value *from = low != NULL ? low : high;
    for (size_t i = 0; i < COUNT(steps); i++)
        if (stepped(a, *from, low != NULL ? steps[i] : -steps[i], ret) &&
            lies_between(low, *ret, high))
            return true;
    return false;
}

static void add(struct dimension *d, struct value v, bool other)
{
    d->regions[d->count++] = (struct region){.value = v, .other = other};
}

static void add_between(struct dimension *d, struct arena *a, const struct value *low,
                        const struct value *high)
{
    struct value v;
    enum value_kind kind = low != NULL ? low->kind : high->kind;
    if (kind == VALUE_NUMBER ? number_between(low, high, &v) : other_between(a, low, high, &v))
        add(d, v, false);
}

/* A text that is none of the constants: longer than all of them. */
static struct value other_text(struct arena *a, const struct constants *c)
{
    size_t longest = 0;
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].string.len > longest)
            longest = c->items[i].string.len;
    char *text = arena_alloc(a, longest + 1);
    for (size_t i = 0; i <= longest; i++)
        text[i] = '-';
    return value_string((struct str){text, longest + 1});
}

void regions_make(struct dimension *d, struct arena *a, const struct constants *c)
{
    d->regions = arena_array(a, 2 * c->count + 4, sizeof *d->regions);
    d->count = 0;
    if (c->kind == VALUE_BOOLEAN) {
        add(d, value_bool(true), false);
        add(d, value_bool(false), false);
    } else if (c->kind == VALUE_STRING) {
        for (size_t i = 0; i < c->count; i++)
            add(d, c->items[i], false);
        add(d, other_text(a, c), true);
    } else {
        for (size_t i = 0; i < c->count; i++) {
            add_between(d, a, i == 0 ? NULL : &c->items[i - 1], &c->items[i]);
            add(d, c->items[i], false);
        }
        if (c->count > 0)
            add_between(d, a, &c->items[c->count - 1], NULL);
    }
    if (c->has_null && c->kind == VALUE_NULL)
        add(d, value_bool(true), true);
    if (c->has_null)
        add(d, NULL_VALUE, false);
    d->any = d->count == 0;
    if (d->any)
        add(d, NULL_VALUE, false);
}
