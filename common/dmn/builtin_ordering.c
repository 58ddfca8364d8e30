/* builtin_ordering: sort() (DMN 1.5, 10.3.4.9), and the merge sort that the figures of lists use too. */
#include "common/dmn/builtin_private.h"

#include <string.h>

/* Merges two neighbouring sorted runs of `from` into `to`. Of equals the left one goes first: stable. */
static bool merge(const struct value *from, struct value *to, size_t left, size_t count,
                  before_fn before, void *context)
{
    size_t l = 0, r = left, at = 0;
    bool go_on = true;
    while (l < left && r < count) {
        bool right_first = before(context, from[r], from[l], &go_on);
        if (!go_on)
            return false;
        to[at++] = right_first ? from[r++] : from[l++];
    }
    memcpy(to + at, from + l, (left - l) * sizeof *to);
    at += left - l;
    if (r < count)
        memcpy(to + at, from + r, (count - r) * sizeof *to);
    return true;
}

bool builtin_sort(struct eval *e, struct value *items, size_t count, before_fn before,
                  void *context)
{
    struct value *from = items, *to = builtin_items(e, count);
    if (to == NULL)
        return false;
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t i = 0; i < count; i += 2 * run) {
            size_t left = count - i < run ? count - i : run;
            size_t both = count - i < 2 * run ? count - i : 2 * run;
            if (!eval_may_go_on(e, both) || !merge(from + i, to + i, left, both, before, context))
                return false;
        }
        struct value *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != items)
        memcpy(items, from, count * sizeof *items);
    return true;
}

struct precedes {
    struct eval *e;
    const struct function *function;
};

static bool precedes(void *context, struct value b, struct value a, bool *ret_go_on)
{
    struct precedes *p = context;
    struct value both[] = {b, a};
    struct value first = function_call(p->e, p->function, NULL, both, 2);
    *ret_go_on = first.kind == VALUE_BOOLEAN;
    return is_true(first);
}

static struct value sort_fn(struct eval *e, const struct value *args, size_t count)
{
    const struct list *l = args[0].list;
    struct precedes p = {e, args[1].function};
    struct value *items = builtin_items(e, l->count);
    (void)count;
    if (items == NULL)
        return NULL_VALUE;
    if (l->count > 0)
        memcpy(items, l->items, l->count * sizeof *items);
    if (!builtin_sort(e, items, l->count, precedes, &p))
        return eval_note(e, 0, "sort(): precedes gave neither true nor false");
    return builtin_list_of(e, items, l->count);
}

const struct builtin builtin_ordering[] = {
    FUNCTION(
        "sort", type_any_list, sort_fn,
        "The list in the order in which precedes(x, y) is true where x comes before y; equals keep "
        "their order.",
        NEEDED("list", type_any_list), NEEDED("precedes", type_any_function)),
    {0},
};
