/* builtin_boolean: truth (DMN 1.5, 10.3.4.2, 10.3.4.4) and sameness (10.3.4.6). */
#include "common/dmn/builtin_private.h"

static struct value not_fn(struct eval *e, const struct value *args, size_t count)
{
    (void)e, (void)count;
    return value_bool(!args[0].boolean);
}

/* Missing by name is null; missing by position is an error. */
static struct value is_fn(struct eval *e, const struct value *args, size_t count)
{
    if (count != 2)
        return eval_note(e, 0, "is() takes two values");
    uint64_t steps = 0;
    enum truth t = value_is_counted(args[0], args[1], &steps);
    return eval_may_go_on(e, steps) ? value_truth(t) : NULL_VALUE;
}

/* `decisive` alone settles it; anything else that is not a boolean leaves it open. */
static struct value fold_booleans(struct eval *e, const struct value *items, size_t count,
                                  bool decisive)
{
    bool open = false;
    if (!eval_may_go_on(e, count))
        return NULL_VALUE;
    for (size_t i = 0; i < count; i++) {
        if (items[i].kind != VALUE_BOOLEAN)
            open = true;
        else if (items[i].boolean == decisive)
            return value_bool(decisive);
    }
    return open ? NULL_VALUE : value_bool(!decisive);
}

static struct value all_of_list(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return fold_booleans(e, args[0].list->items, args[0].list->count, false);
}

static struct value all_of(struct eval *e, const struct value *args, size_t count)
{
    return fold_booleans(e, args, count, false);
}

static struct value any_of_list(struct eval *e, const struct value *args, size_t count)
{
    (void)count;
    return fold_booleans(e, args[0].list->items, args[0].list->count, true);
}

static struct value any_of(struct eval *e, const struct value *args, size_t count)
{
    return fold_booleans(e, args, count, true);
}

#define ALL "False if one is false, true if all are true (or there are none), null otherwise."
#define ANY "True if one is true, false if all are false (or there are none), null otherwise."

const struct builtin builtin_boolean[] = {
    FUNCTION("not", type_boolean, not_fn, "The opposite truth value.",
             NEEDED("negand", type_boolean)),
    FUNCTION(
        "is", type_boolean, is_fn,
        "Whether both are the same element of FEEL's domain: the same kind and the same in every "
        "part, zones included.",
        OPTIONAL_NULLABLE("value1", type_any), OPTIONAL_NULLABLE("value2", type_any)),
    FUNCTION("all", type_boolean, all_of_list, ALL, NEEDED("list", type_any_list)),
    VARIADIC("all", type_boolean, all_of, ALL, NULLABLE("b", type_any)),
    FUNCTION("any", type_boolean, any_of_list, ANY, NEEDED("list", type_any_list)),
    VARIADIC("any", type_boolean, any_of, ANY, NULLABLE("b", type_any)),
    {0},
};
