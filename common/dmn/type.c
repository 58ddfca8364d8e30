/* type: the lattice of FEEL's types. */
#include "common/dmn/type.h"

#include "common/dmn/function.h"

#define DEPTH_MAX 64 /* of types within types; a model cannot make them deeper */

const struct type type_any = {.kind = TYPE_ANY};
const struct type type_null = {.kind = TYPE_NULL};
const struct type type_boolean = {.kind = TYPE_BOOLEAN};
const struct type type_number = {.kind = TYPE_NUMBER};
const struct type type_string = {.kind = TYPE_STRING};
const struct type type_date = {.kind = TYPE_DATE};
const struct type type_time = {.kind = TYPE_TIME};
const struct type type_date_time = {.kind = TYPE_DATE_TIME};
const struct type type_days = {.kind = TYPE_DAYS};
const struct type type_months = {.kind = TYPE_MONTHS};
const struct type type_any_list = {.kind = TYPE_LIST, .element = &type_any};
const struct type type_any_context = {.kind = TYPE_CONTEXT, .any_fields = true};
const struct type type_any_range = {.kind = TYPE_RANGE, .element = &type_any};
const struct type type_any_function = {.kind = TYPE_FUNCTION,
                                       .element = &type_any,
                                       .any_fields = true};

/* The first name of each type is the one to write. */
static const struct {
    const char *name;
    const struct type *type;
} names[] = {
    {"Any", &type_any},
    {"Null", &type_null},
    {"boolean", &type_boolean},
    {"number", &type_number},
    {"string", &type_string},
    {"date", &type_date},
    {"time", &type_time},
    {"date and time", &type_date_time},
    {"dateTime", &type_date_time},
    {"days and time duration", &type_days},
    {"dayTimeDuration", &type_days},
    {"years and months duration", &type_months},
    {"yearMonthDuration", &type_months},
    {"list", &type_any_list},
    {"context", &type_any_context},
    {"range", &type_any_range},
    {"function", &type_any_function},
};

const struct type *type_builtin(struct str name)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq(name, str_of(names[i].name)))
            return names[i].type;
    return NULL;
}

const struct type *type_list_of(struct arena *a, const struct type *element)
{
    if (element->kind == TYPE_ANY)
        return &type_any_list;
    struct type *t = arena_alloc(a, sizeof *t);
    t->kind = TYPE_LIST;
    t->element = element;
    return t;
}

const struct type *type_field(const struct type *t, struct str name)
{
    if (t->kind != TYPE_CONTEXT)
        return NULL;
    for (size_t i = 0; i < t->field_count; i++)
        if (str_eq(t->fields[i].name, name))
            return t->fields[i].type;
    return NULL;
}

/* Item definitions may hold themselves, so that comparing two of them need not end; then they do not conform. */
#define STEPS_MAX 10000

struct conforming {
    int depth, steps;
};

static bool conforms(struct conforming *c, const struct type *sub, const struct type *super);

static bool function_conforms(struct conforming *c, const struct type *sub,
                              const struct type *super)
{
    if (super->any_fields)
        return true;
    if (sub->any_fields || sub->field_count != super->field_count)
        return false;
    for (size_t i = 0; i < sub->field_count; i++) /* it must take whatever is handed to the other */
        if (!conforms(c, super->fields[i].type, sub->fields[i].type))
            return false;
    return conforms(c, sub->element, super->element);
}

static bool context_conforms(struct conforming *c, const struct type *sub, const struct type *super)
{
    for (size_t i = 0; i < super->field_count; i++) {
        const struct type *field = type_field(sub, super->fields[i].name);
        if (field == NULL || !conforms(c, field, super->fields[i].type))
            return false;
    }
    return true;
}

static bool parts_conform(struct conforming *c, const struct type *sub, const struct type *super)
{
    switch (super->kind) {
    case TYPE_LIST:
    case TYPE_RANGE: return conforms(c, sub->element, super->element);
    case TYPE_CONTEXT: return context_conforms(c, sub, super);
    case TYPE_FUNCTION: return function_conforms(c, sub, super);
    case TYPE_ANY:
    case TYPE_NULL:
    case TYPE_BOOLEAN:
    case TYPE_NUMBER:
    case TYPE_STRING:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_DATE_TIME:
    case TYPE_DAYS:
    case TYPE_MONTHS: break;
    }
    return true;
}

static bool conforms(struct conforming *c, const struct type *sub, const struct type *super)
{
    if (sub == super || super->kind == TYPE_ANY || sub->kind == TYPE_NULL)
        return true;
    if (sub->kind != super->kind || c->depth > DEPTH_MAX || ++c->steps > STEPS_MAX)
        return false;
    c->depth++;
    bool yes = parts_conform(c, sub, super);
    c->depth--;
    return yes;
}

bool type_conforms(const struct type *sub, const struct type *super)
{
    struct conforming c = {0};
    return conforms(&c, sub, super);
}

static void write(struct buf *b, const struct type *t, int depth);

static void write_fields(struct buf *b, const struct type *t, int depth)
{
    buf_char(b, '<');
    for (size_t i = 0; i < t->field_count; i++) {
        if (i > 0)
            buf_str(b, STR(", "));
        if (t->kind == TYPE_CONTEXT) {
            buf_str(b, t->fields[i].name);
            buf_str(b, STR(": "));
        }
        write(b, t->fields[i].type, depth);
    }
    buf_char(b, '>');
}

static void write(struct buf *b, const struct type *t, int depth)
{
    if (t->name.len > 0 || depth > DEPTH_MAX) {
        buf_str(b, t->name.len > 0 ? t->name : STR("..."));
        return;
    }
    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].type->kind == t->kind) {
            buf_str(b, str_of(names[i].name));
            break;
        }
    if ((t->kind == TYPE_LIST || t->kind == TYPE_RANGE) && t->element->kind != TYPE_ANY) {
        buf_char(b, '<');
        write(b, t->element, depth + 1);
        buf_char(b, '>');
    }
    if ((t->kind == TYPE_CONTEXT || t->kind == TYPE_FUNCTION) && !t->any_fields)
        write_fields(b, t, depth + 1);
    if (t->kind == TYPE_FUNCTION && !t->any_fields) {
        buf_str(b, STR(" -> "));
        write(b, t->element, depth + 1);
    }
}

void type_write(struct buf *b, const struct type *t)
{
    write(b, t, 0);
}
