/* type_value: which values are of a type, and what becomes of a value at a boundary that has one. */
#include "common/dmn/eval.h"

#include "common/dmn/eval_private.h"
#include "common/dmn/function_private.h"

#define DEPTH_MAX 64

enum strictness {
    STRICT, /* `instance of`: every field of a context must be there */
    LENIENT /* a boundary: a field that is missing is null, and null is of every type */
};

static bool fits(struct eval *e, const struct type *t, struct value v, enum strictness how,
                 int depth);

static bool items_fit(struct eval *e, const struct type *t, const struct list *l,
                      enum strictness how, int depth)
{
    if (t->element->kind == TYPE_ANY)
        return true;
    for (size_t i = 0; i < l->count; i++)
        if (!is_null(l->items[i]) && !fits(e, t->element, l->items[i], how, depth))
            return false;
    return eval_may_go_on(e, l->count);
}

static bool fields_fit(struct eval *e, const struct type *t, const struct context *c,
                       enum strictness how, int depth)
{
    if (!eval_may_go_on(e, t->field_count)) /* the same part may be in it many times over */
        return false;
    for (size_t i = 0; i < t->field_count; i++) {
        const struct value *field = eval_entry(e, c, t->fields[i].name);
        if (field == NULL) {
            if (how == STRICT)
                return false;
        } else if (!is_null(*field) && !fits(e, t->fields[i].type, *field, how, depth)) {
            return false;
        }
    }
    return true;
}

static bool end_fits(struct eval *e, const struct type *t, bool has, struct value end,
                     enum strictness how, int depth)
{
    return !has || is_null(end) || fits(e, t, end, how, depth);
}

static bool range_fits(struct eval *e, const struct type *t, const struct range *r,
                       enum strictness how, int depth)
{
    return end_fits(e, t->element, r->has_low, r->low, how, depth) &&
           end_fits(e, t->element, r->has_high, r->high, how, depth);
}

/* Kinds and parts of a value that is not null. */
static bool fits(struct eval *e, const struct type *t, struct value v, enum strictness how,
                 int depth)
{
    if (depth > DEPTH_MAX || is_null(v))
        return false;
    if (t->kind == TYPE_ANY)
        return true;
    if (t->kind != type_kind_of(v.kind))
        return false;
    if (t->kind == TYPE_LIST)
        return items_fit(e, t, v.list, how, depth + 1);
    if (t->kind == TYPE_CONTEXT)
        return fields_fit(e, t, v.context, how, depth + 1);
    if (t->kind == TYPE_RANGE)
        return range_fits(e, t, v.range, how, depth + 1);
    return t->kind != TYPE_FUNCTION || function_is(v.function, t, how == LENIENT);
}

bool type_holds(struct eval *e, const struct type *t, struct value v)
{
    return is_null(v) ? t->kind == TYPE_NULL : fits(e, t, v, STRICT, 0);
}

static bool allowed(struct eval *e, const struct type *t, struct value v, int depth);

static bool tests_hold(struct eval *e, const struct node *tests, struct value v)
{
    return tests == NULL || is_true(eval_tests(e, tests, v, NULL));
}

/* The allowed values of a list are those of its elements (7.3.2); its constraint is about the whole. */
static bool list_allowed(struct eval *e, const struct type *t, const struct list *l, int depth)
{
    if (t->allowed == NULL && t->element->kind == TYPE_ANY)
        return true;
    if (!eval_may_go_on(e, l->count))
        return false;
    for (size_t i = 0; i < l->count; i++)
        if (!tests_hold(e, t->allowed, l->items[i]) ||
            (t->element != t && !allowed(e, t->element, l->items[i], depth)))
            return false;
    return true;
}

static bool fields_allowed(struct eval *e, const struct type *t, const struct context *c, int depth)
{
    if (!eval_may_go_on(e, t->field_count))
        return false;
    for (size_t i = 0; i < t->field_count; i++) {
        const struct value *field = eval_entry(e, c, t->fields[i].name);
        if (field != NULL && !allowed(e, t->fields[i].type, *field, depth))
            return false;
    }
    return true;
}

/* Whether the allowed values and constraints of the type's item definition, and of those it builds on, hold. A part
 * that is null is nobody's violation. */
static bool allowed(struct eval *e, const struct type *t, struct value v, int depth)
{
    if (is_null(v) || t == NULL || t == &type_any)
        return true;
    if (depth > DEPTH_MAX)
        return false;
    if (v.kind == VALUE_LIST && t->kind == TYPE_LIST) {
        if (!list_allowed(e, t, v.list, depth + 1))
            return false;
    } else if (!tests_hold(e, t->allowed, v)) {
        return false;
    }
    if (v.kind == VALUE_CONTEXT && !fields_allowed(e, t, v.context, depth + 1))
        return false;
    return tests_hold(e, t->constraint, v) && (t->base == t || allowed(e, t->base, v, depth + 1));
}

static struct value date_at_midnight(struct eval *e, int64_t day)
{
    struct moment m = {.day = day, .zone_kind = ZONE_OFFSET};
    return value_moment(e->arena, VALUE_DATE_TIME, m);
}

/* The same value in the shape the type asks for (10.3.2.9.4); null: there is none. */
static struct value conformed(struct eval *e, const struct type *t, struct value v)
{
    if (fits(e, t, v, LENIENT, 0))
        return v;
    if (v.kind == VALUE_LIST && v.list->count == 1 && t->kind != TYPE_LIST)
        return conformed(e, t, v.list->items[0]);
    if (t->kind == TYPE_LIST && v.kind != VALUE_LIST && fits(e, t->element, v, LENIENT, 0))
        return value_list(e->arena, &v, 1);
    if (t->kind == TYPE_DATE_TIME && v.kind == VALUE_DATE)
        return date_at_midnight(e, v.day);
    return NULL_VALUE;
}

struct value type_coerce(struct eval *e, const struct type *t, struct value v)
{
    if (is_null(v) ||
        (t->kind == TYPE_ANY && t->allowed == NULL && t->constraint == NULL && t->base == NULL))
        return v;
    struct value fitting = conformed(e, t, v);
    if (is_null(fitting)) {
        if (e->explain) {
            struct buf want = {.arena = e->arena};
            type_write(&want, t);
            eval_note(e, 0, "%s was found where a %.*s is wanted", a_kind(v),
                      STR_ARG(buf_view(&want)));
        }
        return NULL_VALUE;
    }
    if (!allowed(e, t, fitting, 0))
        return eval_note(e, 0, "the value is not among the allowed values of %.*s",
                         STR_ARG(t->name));
    return fitting;
}

static const struct type *type_of(struct arena *a, struct value v, int depth);

static const struct type *type_of_list(struct arena *a, const struct list *l, int depth)
{
    const struct type *element = NULL;
    for (size_t i = 0; i < l->count; i++) {
        const struct type *t = type_of(a, l->items[i], depth);
        if (element == NULL || element->kind == TYPE_NULL)
            element = t;
        else if (!type_conforms(t, element))
            return &type_any_list;
    }
    return type_list_of(a, element != NULL && element->kind != TYPE_NULL ? element : &type_any);
}

static const struct type *type_of_context(struct arena *a, const struct context *c, int depth)
{
    struct type *t = arena_alloc(a, sizeof *t);
    struct field *fields = arena_array(a, c->count, sizeof *fields);
    for (size_t i = 0; i < c->count; i++)
        fields[i] = (struct field){c->entries[i].name, type_of(a, c->entries[i].value, depth)};
    *t = (struct type){.kind = TYPE_CONTEXT, .fields = fields, .field_count = c->count};
    return t;
}

static const struct type *type_of_range(struct arena *a, const struct range *r, int depth)
{
    struct type *t = arena_alloc(a, sizeof *t);
    *t = (struct type){.kind = TYPE_RANGE,
                       .element = type_of(a, r->has_low ? r->low : r->high, depth)};
    return t;
}

static const struct type *type_of(struct arena *a, struct value v, int depth)
{
    if (depth > DEPTH_MAX)
        return &type_any;
    switch (v.kind) {
    case VALUE_NULL: return &type_null;
    case VALUE_BOOLEAN: return &type_boolean;
    case VALUE_NUMBER: return &type_number;
    case VALUE_STRING: return &type_string;
    case VALUE_DATE: return &type_date;
    case VALUE_TIME: return &type_time;
    case VALUE_DATE_TIME: return &type_date_time;
    case VALUE_DAYS: return &type_days;
    case VALUE_MONTHS: return &type_months;
    case VALUE_LIST: return type_of_list(a, v.list, depth + 1);
    case VALUE_CONTEXT: return type_of_context(a, v.context, depth + 1);
    case VALUE_RANGE: return type_of_range(a, v.range, depth + 1);
    case VALUE_FUNCTION: return &type_any_function;
    }
    return &type_any;
}

const struct type *type_of_value(struct arena *a, struct value v)
{
    return type_of(a, v, 0);
}
