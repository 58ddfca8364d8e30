/* value: making values and asking what they are. */
#include "common/dmn/value.h"

#include <string.h>

struct value value_bool(bool b)
{
    return (struct value){.kind = VALUE_BOOLEAN, .boolean = b};
}

struct value value_number(struct number n)
{
    return (struct value){.kind = VALUE_NUMBER, .number = n};
}

struct value value_i64(int64_t i)
{
    return value_number(number_of(i));
}

struct value value_string(struct str s)
{
    return (struct value){.kind = VALUE_STRING, .string = s};
}

struct value value_date(int64_t day)
{
    return (struct value){.kind = VALUE_DATE, .day = day};
}

struct value value_moment(struct arena *a, enum value_kind kind, struct moment m)
{
    struct moment *kept = arena_alloc(a, sizeof *kept);
    *kept = m;
    return (struct value){.kind = kind, .moment = kept};
}

struct value value_days(nanos_t d)
{
    return (struct value){.kind = VALUE_DAYS, .days = d};
}

struct value value_months(int64_t months)
{
    return (struct value){.kind = VALUE_MONTHS, .months = months};
}

struct value value_list(struct arena *a, const struct value *items, size_t count)
{
    struct list *l = arena_alloc(a, sizeof *l);
    l->count = count;
    l->items = arena_array(a, count, sizeof *items);
    if (count > 0)
        memcpy(l->items, items, count * sizeof *items);
    return (struct value){.kind = VALUE_LIST, .list = l};
}

struct value value_context(struct arena *a, const struct entry *entries, size_t count)
{
    struct context *c = arena_alloc(a, sizeof *c);
    c->count = count;
    c->entries = arena_array(a, count, sizeof *entries);
    if (count > 0)
        memcpy(c->entries, entries, count * sizeof *entries);
    return (struct value){.kind = VALUE_CONTEXT, .context = c};
}

const struct value *context_get(const struct context *c, struct str name)
{
    for (size_t i = 0; i < c->count; i++)
        if (str_eq(c->entries[i].name, name))
            return &c->entries[i].value;
    return NULL;
}

struct value value_truth(enum truth t)
{
    return t == TRUTH_UNKNOWN ? NULL_VALUE : value_bool(t == TRUTH_YES);
}

const char *value_kind_text(enum value_kind kind)
{
    switch (kind) {
    case VALUE_NULL: return "null";
    case VALUE_BOOLEAN: return "boolean";
    case VALUE_NUMBER: return "number";
    case VALUE_STRING: return "string";
    case VALUE_DATE: return "date";
    case VALUE_TIME: return "time";
    case VALUE_DATE_TIME: return "date and time";
    case VALUE_DAYS: return "days and time duration";
    case VALUE_MONTHS: return "years and months duration";
    case VALUE_LIST: return "list";
    case VALUE_CONTEXT: return "context";
    case VALUE_RANGE: return "range";
    case VALUE_FUNCTION: return "function";
    }
    return "";
}
