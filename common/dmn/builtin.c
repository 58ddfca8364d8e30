/* builtin: finding a function's rows, and the row that fits the arguments. */
#include "common/dmn/builtin_private.h"

#include <string.h>

const struct builtin *const builtin_tables[] = {
    builtin_conversion, builtin_range_text, builtin_boolean,    builtin_string, builtin_regex,
    builtin_list,       builtin_sets,       builtin_statistics, builtin_number, builtin_time,
    builtin_range,      builtin_ordering,   builtin_context,    NULL,
};

static bool named(const char *name, struct str s)
{
    return strlen(name) == s.len && memcmp(name, s.ptr, s.len) == 0;
}

const struct builtin *builtin_find(struct str name)
{
    if (name.len == 0)
        return NULL;
    for (size_t t = 0; builtin_tables[t] != NULL; t++)
        for (const struct builtin *b = builtin_tables[t]; b->name != NULL; b++)
            if (named(b->name, name))
                return b;
    return NULL;
}

/* Whether a value is of a parameter's kind. Parameters of built-in functions have plain types, so this is
 * less than `instance of`: the functions look into lists themselves. */
static bool is_of(const struct type *t, struct value v)
{
    return t->kind == TYPE_ANY || t->kind == type_kind_of(v.kind);
}

static struct value midnight(struct eval *e, int64_t day)
{
    return value_moment(e->arena, VALUE_DATE_TIME,
                        (struct moment){.day = day, .zone_kind = ZONE_OFFSET});
}

/* The implicit conversions of 10.3.2.9.4; false if they do not help. */
static bool converted(struct eval *e, const struct type *t, struct value v, struct value *ret)
{
    if (v.kind == VALUE_LIST && v.list->count == 1 && is_of(t, v.list->items[0]) &&
        t->kind != TYPE_LIST)
        return *ret = v.list->items[0], true;
    if (t->kind == TYPE_LIST && v.kind != VALUE_NULL)
        return *ret = value_list(e->arena, &v, 1), true;
    if (t->kind == TYPE_DATE_TIME && v.kind == VALUE_DATE)
        return *ret = midnight(e, v.day), true;
    return false;
}

static bool fits(struct eval *e, const struct builtin_parameter *p, bool convert, struct value v,
                 struct value *ret)
{
    *ret = v;
    if (is_null(v))
        return p->nullable;
    return is_of(p->type, v) || (convert && converted(e, p->type, v, ret));
}

/* The standard's c1, c2, ..., cN is "c" in the tables, and its item... "item": a name of one letter needs the number.
 * SIZE_MAX: not named so. */
static size_t variadic_number(const char *name, struct str s)
{
    size_t length = strlen(name);
    uint64_t number = 0;
    if (length > 1 && named(name, s))
        return 0;
    if (s.len <= length || memcmp(name, s.ptr, length) != 0 ||
        !str_to_u64(str_skip(s, length), &number) || number == 0 || number > BUILTIN_ARGS_MAX)
        return SIZE_MAX;
    return (size_t)number - 1;
}

size_t builtin_parameter_named(const struct builtin *b, struct str s)
{
    for (size_t i = 0; i < b->parameter_count; i++) {
        bool numbered = b->variadic && i + 1 == b->parameter_count;
        size_t number = numbered ? variadic_number(b->parameters[i].name, s) : SIZE_MAX;
        if (number != SIZE_MAX)
            return i + number;
        if (!numbered && named(b->parameters[i].name, s))
            return i;
    }
    return SIZE_MAX;
}

/* Named arguments put in the parameters' order. A nullable one left out is null. */
static bool put_in_order(const struct builtin *b, const struct str *names, const struct value *args,
                         size_t count, struct value *ordered, size_t *ret_count)
{
    bool given[BUILTIN_ARGS_MAX] = {false};
    size_t last = b->parameter_count;
    for (size_t i = 0; i < count; i++) {
        size_t at = builtin_parameter_named(b, names[i]);
        if (at >= BUILTIN_ARGS_MAX || given[at])
            return false;
        given[at] = true;
        ordered[at] = args[i];
        if (at >= last)
            last = at + 1;
    }
    for (size_t i = 0; i < last; i++) {
        if (given[i])
            continue;
        bool optional = i < b->parameter_count && b->parameters[i].optional;
        if (optional && b->parameters[i].nullable) {
            ordered[i] = NULL_VALUE;
            given[i] = true;
        } else if (!optional) {
            return false;
        }
    }
    while (last > 0 && !given[last - 1])
        last--;
    for (size_t i = 0; i < last; i++)
        if (!given[i])
            return false; /* an optional one before a given one */
    *ret_count = last;
    return true;
}

static bool fits_arity(const struct builtin *b, size_t count)
{
    size_t needed = 0;
    while (needed < b->parameter_count && !b->parameters[needed].optional)
        needed++;
    return count >= needed && (b->variadic || count <= b->parameter_count);
}

enum { PLAIN_ARGS = BUILTIN_ARGS_MAX };

/* Calls b if the arguments fit. */
static bool try_row(struct eval *e, const struct builtin *b, bool convert, const struct value *args,
                    size_t count, struct value *ret)
{
    struct value few[PLAIN_ARGS];
    struct value *checked = few;
    if (!fits_arity(b, count))
        return false;
    if (count > PLAIN_ARGS && (checked = builtin_items(e, count)) == NULL)
        return *ret = NULL_VALUE, true;
    for (size_t i = 0; i < count; i++) {
        size_t p = i < b->parameter_count ? i : (size_t)b->parameter_count - 1;
        if (!fits(e, &b->parameters[p], convert, args[i], &checked[i]))
            return false;
    }
    *ret = b->call(e, checked, count);
    return true;
}

static bool same_function(const struct builtin *a, const struct builtin *b)
{
    return b->name != NULL && (a->name == b->name || strcmp(a->name, b->name) == 0);
}

static struct value nothing_fits(struct eval *e, const struct builtin *b, const struct value *args,
                                 size_t count)
{
    struct buf kinds = {.arena = e->arena};
    if (!e->explain)
        return NULL_VALUE;
    for (size_t i = 0; i < count && i < PLAIN_ARGS; i++)
        buf_fmt(&kinds, "%s%s", i > 0 ? ", " : "", value_kind_text(args[i].kind));
    return eval_note(e, 0, "%s() does not take (%.*s%s)", b->name, STR_ARG(buf_view(&kinds)),
                     count > PLAIN_ARGS ? ", ..." : "");
}

/* First the rows as they stand, then with implicit conversions, so that a conversion never hides an exact row. */
struct value builtin_call(struct eval *e, const struct builtin *first, const struct str *names,
                          const struct value *args, size_t count)
{
    struct value result;
    for (int convert = 0; convert < 2; convert++) {
        for (const struct builtin *b = first; same_function(first, b); b++) {
            struct value ordered[PLAIN_ARGS];
            size_t ordered_count = count;
            if (names != NULL && !put_in_order(b, names, args, count, ordered, &ordered_count))
                continue;
            if (try_row(e, b, convert, names != NULL ? ordered : args, ordered_count, &result))
                return result;
        }
    }
    return nothing_fits(e, first, args, count);
}
