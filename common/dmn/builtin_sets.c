/* builtin_sets: lists without doubles, and lists without lists in them (DMN 1.5, 10.3.4.4). */
#include "common/core/map.h"
#include "common/dmn/builtin_private.h"

/* What was seen. Strings and numbers, the usual elements, are found by a map; others one by one. */
struct seen {
    struct eval *e;
    struct map strings, numbers;
    struct value *others;
    size_t other_count;
};

/* Equal numbers have the same text. */
static struct str number_key(struct arena *a, struct number n)
{
    struct buf b = {.arena = a};
    number_write(&b, n);
    return buf_view(&b);
}

static bool new_among_others(struct seen *s, struct value v)
{
    for (size_t i = 0; i < s->other_count; i++) {
        if (!eval_may_go_on(s->e, 1))
            return false;
        if (eval_equal(s->e, s->others[i], v) == TRUTH_YES)
            return false;
    }
    s->others[s->other_count++] = v;
    return true;
}

static bool is_new(struct seen *s, struct value v)
{
    bool added;
    if (v.kind == VALUE_STRING)
        map_put(&s->strings, v.string, 0, &added);
    else if (v.kind == VALUE_NUMBER)
        map_put(&s->numbers, number_key(s->e->arena, v.number), 0, &added);
    else
        added = new_among_others(s, v);
    return added;
}

/* Distinct elements of all the lists, in the order of their first appearance. */
static struct value union_fn(struct eval *e, const struct value *args, size_t count)
{
    size_t total = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        total += args[i].list->count;
    struct value *items = builtin_items(e, total);
    struct seen seen = {.e = e, .others = builtin_items(e, total)};
    if (items == NULL || seen.others == NULL)
        return NULL_VALUE;
    map_init(&seen.strings, e->arena, 0);
    map_init(&seen.numbers, e->arena, 0);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < args[i].list->count; k++) {
            if (!eval_may_go_on(e, 1))
                return NULL_VALUE;
            if (is_new(&seen, args[i].list->items[k]))
                items[kept++] = args[i].list->items[k];
        }
    }
    return e->stopped != STOP_NOT ? NULL_VALUE : builtin_list_of(e, items, kept);
}

/* Where flattening is: a list and the next item of it. Lists may nest as deep as memory allows, so no recursion. */
struct level {
    struct level *outer;
    const struct list *list;
    size_t next;
};

struct growing {
    struct value *items;
    size_t count, cap;
};

static bool add(struct eval *e, struct growing *g, struct value v)
{
    if (g->count == g->cap) {
        size_t cap = g->cap == 0 ? 16 : g->cap * 2;
        if (!builtin_room(e, cap * sizeof v))
            return false;
        g->items = arena_grow(e->arena, g->items, g->cap * sizeof v, cap * sizeof v);
        g->cap = cap;
    }
    g->items[g->count++] = v;
    return true;
}

static struct value flatten_fn(struct eval *e, const struct value *args, size_t count)
{
    struct growing flat = {0};
    struct level *spare = NULL;
    struct level *top = arena_alloc(e->arena, sizeof *top);
    (void)count;
    *top = (struct level){.list = args[0].list};
    while (top != NULL) {
        if (!eval_may_go_on(e, 1))
            return NULL_VALUE;
        if (top->next == top->list->count) {
            struct level *done = top;
            top = top->outer;
            done->outer = spare;
            spare = done;
            continue;
        }
        struct value v = top->list->items[top->next++];
        if (v.kind == VALUE_LIST) {
            struct level *inner = spare != NULL ? spare : arena_alloc(e->arena, sizeof *inner);
            spare = spare != NULL ? spare->outer : NULL;
            *inner = (struct level){.outer = top, .list = v.list};
            top = inner;
        } else if (!add(e, &flat, v)) {
            return NULL_VALUE;
        }
    }
    return builtin_list_of(e, flat.items, flat.count);
}

const struct builtin builtin_sets[] = {
    VARIADIC("union", type_any_list, union_fn,
             "The elements of all the lists, each once, in the order they first appear.",
             NEEDED("list", type_any_list)),
    FUNCTION("distinct values", type_any_list, union_fn,
             "The list's elements, each once, in the order they first appear.",
             NEEDED("list", type_any_list)),
    FUNCTION("flatten", type_any_list, flatten_fn,
             "The elements of the list, with every list in it replaced by its elements.",
             NEEDED("list", type_any_list)),
    {0},
};
