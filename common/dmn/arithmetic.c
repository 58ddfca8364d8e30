/* arithmetic: + - * / ** over all kinds of values (DMN 1.5, 10.3.2.11, Tables 56 to 59). A date beside a date and time
 * stands for its midnight in UTC, so that only a date and time with a zone fits it. */
#include "common/dmn/value.h"

#include <string.h>

static struct value number_or_null(bool ok, struct number n)
{
    return ok ? value_number(n) : NULL_VALUE;
}

static struct value days_or_null(nanos_t d)
{
    return days_duration_fits(d) ? value_days(d) : NULL_VALUE;
}

static struct value months_or_null(int64_t months)
{
    return months_duration_fits(months) ? value_months(months) : NULL_VALUE;
}

static struct value of_numbers(char op, struct number a, struct number b)
{
    struct number n = a;
    switch (op) {
    case '+': return number_or_null(number_add(a, b, &n), n);
    case '-': return number_or_null(number_sub(a, b, &n), n);
    case '*': return number_or_null(number_mul(a, b, &n), n);
    case '/': return number_or_null(number_div(a, b, &n), n);
    case '^': return number_or_null(number_pow(a, b, &n), n);
    default: return NULL_VALUE;
    }
}

static struct value joined(struct arena *a, struct str left, struct str right)
{
    char *text = arena_alloc(a, left.len + right.len + 1);
    if (left.len > 0)
        memcpy(text, left.ptr, left.len);
    if (right.len > 0)
        memcpy(text + left.len, right.ptr, right.len);
    return value_string((struct str){text, left.len + right.len});
}

static bool is_moment(struct value v)
{
    return v.kind == VALUE_DATE || v.kind == VALUE_DATE_TIME;
}

/* Both with a zone, or both without: by the clocks of UTC, or by the same clock. */
static struct value between(nanos_t later, bool later_local, nanos_t earlier, bool earlier_local)
{
    return later_local == earlier_local ? days_or_null(later - earlier) : NULL_VALUE;
}

static struct value of_moments(struct value a, struct value b)
{
    if (a.kind == VALUE_DATE && b.kind == VALUE_DATE)
        return days_or_null((nanos_t)(a.day - b.day) * NANOS_PER_DAY);
    bool a_local = a.kind == VALUE_DATE_TIME && a.moment->zone_kind == ZONE_NONE;
    bool b_local = b.kind == VALUE_DATE_TIME && b.moment->zone_kind == ZONE_NONE;
    nanos_t x = a.kind == VALUE_DATE ? (nanos_t)a.day * NANOS_PER_DAY : moment_instant(a.moment);
    nanos_t y = b.kind == VALUE_DATE ? (nanos_t)b.day * NANOS_PER_DAY : moment_instant(b.moment);
    return between(x, a_local, y, b_local);
}

static struct value of_times(const struct moment *a, const struct moment *b)
{
    return between(time_instant(a), a->zone_kind == ZONE_NONE, time_instant(b),
                   b->zone_kind == ZONE_NONE);
}

/* A date has no time of day: what is left of one is cut off, downwards. */
static struct value date_plus_days(int64_t day, nanos_t d)
{
    bool ok;
    struct moment midnight = {.day = day};
    struct moment sum = moment_add(midnight, d, &ok);
    return ok ? value_date(sum.day) : NULL_VALUE;
}

static struct value plus_days(struct arena *a, struct value v, nanos_t d)
{
    bool ok = true;
    struct moment sum;
    switch ((int)v.kind) {
    case VALUE_DATE: return date_plus_days(v.day, d);
    case VALUE_TIME: sum = time_add(*v.moment, d); break;
    case VALUE_DATE_TIME: sum = moment_add(*v.moment, d, &ok); break;
    case VALUE_DAYS: return days_or_null(v.days + d);
    default: return NULL_VALUE;
    }
    return ok ? value_moment(a, v.kind, sum) : NULL_VALUE;
}

static struct value plus_months(struct arena *a, struct value v, int64_t months)
{
    bool ok;
    switch ((int)v.kind) {
    case VALUE_DATE: {
        int64_t day = day_add_months(v.day, months, &ok);
        return ok ? value_date(day) : NULL_VALUE;
    }
    case VALUE_DATE_TIME: {
        struct moment sum = *v.moment;
        sum.day = day_add_months(sum.day, months, &ok);
        return ok ? value_moment(a, VALUE_DATE_TIME, sum) : NULL_VALUE;
    }
    case VALUE_MONTHS: return months_or_null(v.months + months);
    default: return NULL_VALUE;
    }
}

static struct value add(struct arena *a, struct value l, struct value r)
{
    if (r.kind == VALUE_DAYS)
        return plus_days(a, l, r.days);
    if (r.kind == VALUE_MONTHS)
        return plus_months(a, l, r.months);
    if (l.kind == VALUE_DAYS)
        return plus_days(a, r, l.days);
    if (l.kind == VALUE_MONTHS)
        return plus_months(a, r, l.months);
    if (l.kind == VALUE_STRING && r.kind == VALUE_STRING)
        return joined(a, l.string, r.string);
    return NULL_VALUE;
}

static struct value subtract(struct arena *a, struct value l, struct value r)
{
    if (r.kind == VALUE_DAYS)
        return plus_days(a, l, -r.days);
    if (r.kind == VALUE_MONTHS)
        return plus_months(a, l, -r.months);
    if (is_moment(l) && is_moment(r))
        return of_moments(l, r);
    if (l.kind == VALUE_TIME && r.kind == VALUE_TIME)
        return of_times(l.moment, r.moment);
    return NULL_VALUE;
}

static bool is_duration(struct value v)
{
    return v.kind == VALUE_DAYS || v.kind == VALUE_MONTHS;
}

static struct number amount(struct value duration)
{
    return duration.kind == VALUE_DAYS ? number_of_wide(duration.days) : number_of(duration.months);
}

/* A duration times or by a number: whole nanoseconds or months, what is finer is cut off. */
static struct value scaled(char op, struct value duration, struct number by)
{
    number_wide_t whole;
    struct value v = of_numbers(op, amount(duration), by);
    if (is_null(v) || !number_to_wide(v.number, &whole))
        return NULL_VALUE;
    if (duration.kind == VALUE_DAYS)
        return days_or_null(whole);
    return whole >= -MONTHS_MAX && whole <= MONTHS_MAX ? value_months((int64_t)whole) : NULL_VALUE;
}

static struct value multiply(struct value l, struct value r)
{
    if (is_duration(l) && r.kind == VALUE_NUMBER)
        return scaled('*', l, r.number);
    if (l.kind == VALUE_NUMBER && is_duration(r))
        return scaled('*', r, l.number);
    return NULL_VALUE;
}

static struct value divide(struct value l, struct value r)
{
    if (is_duration(l) && r.kind == VALUE_NUMBER)
        return scaled('/', l, r.number);
    if (is_duration(l) && l.kind == r.kind)
        return of_numbers('/', amount(l), amount(r));
    return NULL_VALUE;
}

struct value value_arithmetic(struct arena *a, char op, struct value left, struct value right)
{
    if (left.kind == VALUE_NUMBER && right.kind == VALUE_NUMBER)
        return of_numbers(op, left.number, right.number);
    switch (op) {
    case '+': return add(a, left, right);
    case '-': return subtract(a, left, right);
    case '*': return multiply(left, right);
    case '/': return divide(left, right);
    default: return NULL_VALUE;
    }
}

struct value value_negate(struct value v)
{
    if (v.kind == VALUE_NUMBER)
        return value_number(number_negate(v.number));
    if (v.kind == VALUE_DAYS)
        return value_days(-v.days);
    if (v.kind == VALUE_MONTHS)
        return value_months(-v.months);
    return NULL_VALUE;
}
