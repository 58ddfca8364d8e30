/* function: binding arguments to parameters, and calling. */
#include "common/dmn/function.h"

#include "common/dmn/builtin.h"
#include "common/dmn/eval.h"
#include "common/dmn/function_private.h"

#define ON_STACK 8 /* arguments; more are put into the arena */

static struct str function_label(const struct function *f)
{
    return f->name.len > 0 ? f->name : STR("the function");
}

static size_t parameter_find(const struct function *f, struct str name)
{
    for (size_t i = 0; i < f->parameter_count; i++)
        if (str_eq(f->parameters[i].name, name))
            return i;
    return f->parameter_count;
}

/* Puts named arguments in the parameters' order; every parameter must be named once. */
static bool bind_named(struct eval *e, const struct function *f, const struct str *names,
                       const struct value *args, struct value *ret)
{
    uint64_t bound = 0;
    for (size_t i = 0; i < f->parameter_count; i++) {
        size_t at = parameter_find(f, names[i]);
        if (at == f->parameter_count || (at < 64 && (bound >> at & 1) != 0)) {
            eval_note(e, 0, "%.*s has no parameter %.*s, or it is given twice",
                      STR_ARG(function_label(f)), STR_ARG(names[i]));
            return false;
        }
        bound |= at < 64 ? UINT64_C(1) << at : 0;
        ret[at] = args[i];
    }
    return true;
}

/* An argument that does not fit its parameter's type makes the whole call null (the kit's 0085), not only itself. */
static bool coerce(struct eval *e, const struct function *f, struct value *slots)
{
    for (size_t i = 0; i < f->parameter_count; i++) {
        const struct type *t = f->parameters[i].type;
        if (t == NULL || is_null(slots[i]))
            continue;
        slots[i] = type_coerce(e, t, slots[i]);
        if (is_null(slots[i])) {
            eval_note(e, 0, "argument %.*s of %.*s is of another type",
                      STR_ARG(f->parameters[i].name), STR_ARG(function_label(f)));
            return false;
        }
    }
    return true;
}

static bool bind(struct eval *e, const struct function *f, const struct str *names,
                 const struct value *args, struct value *ret)
{
    if (names != NULL && !bind_named(e, f, names, args, ret))
        return false;
    for (size_t i = 0; names == NULL && i < f->parameter_count; i++)
        ret[i] = args[i];
    return coerce(e, f, ret);
}

static struct value run(struct eval *e, const struct function *f, struct value *slots,
                        struct frame *frame)
{
    struct value v;
    if (f->native != NULL) {
        v = f->native(e, f->object, slots, f->parameter_count);
    } else {
        struct globals *outside = e->globals;
        if (f->globals != NULL)
            e->globals = f->globals;
        *frame = (struct frame){.outer = f->outer, .slots = slots};
        v = eval_node(e, f->body, frame);
        e->globals = outside;
    }
    return f->result != NULL ? type_coerce(e, f->result, v) : v;
}

struct value function_call(struct eval *e, const struct function *f, const struct str *names,
                           const struct value *args, size_t count)
{
    if (f->builtin != NULL)
        return builtin_call(e, f->builtin, names, args, count);
    if (count != f->parameter_count)
        return eval_note(e, 0, "%.*s takes %zu argument%s, not %zu", STR_ARG(function_label(f)),
                         f->parameter_count, f->parameter_count == 1 ? "" : "s", count);
    if (f->body == NULL && f->native == NULL)
        return eval_note(e, 0, "%.*s has no body that can be run here", STR_ARG(function_label(f)));
    struct value room[ON_STACK];
    struct frame on_stack, *frame = &on_stack;
    struct value *slots = room;
    bool keeps = f->body != NULL && f->body->has_function; /* a closure may hold the frame */
    if (count > ON_STACK || keeps)
        slots = arena_array(e->arena, count, sizeof *slots);
    if (keeps)
        frame = arena_alloc(e->arena, sizeof *frame);
    return bind(e, f, names, args, slots) ? run(e, f, slots, frame) : NULL_VALUE;
}

/* The least a caller may hand over must be taken, and what comes back must be what was promised. */
static bool parts_fit(const struct type *wanted, const struct type *given, bool lenient)
{
    return (lenient && given->kind == TYPE_ANY) || type_conforms(given, wanted);
}

static bool builtin_row_is(const struct builtin *row, const struct type *t)
{
    size_t least = 0;
    for (size_t i = 0; i < row->parameter_count; i++)
        least += !row->parameters[i].optional;
    if (t->field_count < least || (t->field_count > row->parameter_count && !row->variadic))
        return false;
    for (size_t i = 0; i < t->field_count; i++) {
        size_t at = i < row->parameter_count ? i : (size_t)row->parameter_count - 1;
        if (!type_conforms(t->fields[i].type, row->parameters[at].type))
            return false;
    }
    return row->result == NULL || parts_fit(t->element, row->result, true);
}

static bool builtin_is(const struct builtin *first, const struct type *t)
{
    struct str name = str_of(first->name);
    for (const struct builtin *row = first; row->name != NULL && str_eq(str_of(row->name), name);
         row++)
        if (builtin_row_is(row, t))
            return true;
    return false;
}

bool function_is(const struct function *f, const struct type *t, bool lenient)
{
    if (t->any_fields)
        return true;
    if (f->builtin != NULL)
        return builtin_is(f->builtin, t);
    if (f->parameter_count != t->field_count)
        return false;
    for (size_t i = 0; i < t->field_count; i++) {
        const struct type *takes = f->parameters[i].type;
        if (takes != NULL && !parts_fit(takes, t->fields[i].type, lenient))
            return false;
    }
    const struct type *gives = f->result != NULL                          ? f->result
                               : f->body != NULL && f->body->type != NULL ? f->body->type
                                                                          : &type_any;
    return parts_fit(t->element, gives, lenient);
}
