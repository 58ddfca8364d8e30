/* compare: values against expectations. */
#include "tools/tck/compare.h"

#define TOLERANCE STR("0.00000001")

static bool same_number(struct number a, struct number b)
{
    struct number difference, tolerance;
    return number_cmp(a, b) == 0 ||
           (number_sub(a, b, &difference) && number_parse(TOLERANCE, &tolerance) &&
            number_cmp(number_abs(difference), tolerance) < 0);
}

static bool same_moment(const struct moment *a, const struct moment *b)
{
    return a->day == b->day && a->nanos == b->nanos &&
           (a->zone_kind == ZONE_NONE) == (b->zone_kind == ZONE_NONE) &&
           moment_offset(a) == moment_offset(b);
}

static bool same_list(const struct list *a, const struct list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = same_value(a->items[i], b->items[i]);
    return same;
}

static bool same_context(const struct context *a, const struct context *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const struct value *v = context_get(b, a->entries[i].name);
        same = v != NULL && same_value(a->entries[i].value, *v);
    }
    return same;
}

bool same_value(struct value expected, struct value actual)
{
    if (expected.kind != actual.kind)
        return false;
    switch (expected.kind) {
    case VALUE_NUMBER: return same_number(expected.number, actual.number);
    case VALUE_LIST: return same_list(expected.list, actual.list);
    case VALUE_CONTEXT: return same_context(expected.context, actual.context);
    case VALUE_TIME:
    case VALUE_DATE_TIME: return same_moment(expected.moment, actual.moment);
    case VALUE_NULL:
    case VALUE_BOOLEAN:
    case VALUE_STRING:
    case VALUE_DATE:
    case VALUE_DAYS:
    case VALUE_MONTHS:
    case VALUE_RANGE:
    case VALUE_FUNCTION: break;
    }
    return value_is(expected, actual);
}
